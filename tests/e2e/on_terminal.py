"""on_terminal.py SCREEN [ANSWER]... -- COMMAND...

Runs COMMAND with a new terminal as its controlling one, while its standard streams stay as they
are. Each question on the terminal, a line that ends in ": ", gets the next ANSWER; `^C`, `^Z` and
`^D` are those keys. A command that stops goes on in the foreground at once. What the terminal shows
goes to the file SCREEN, with lines of this program's own: whether echo is on when COMMAND stops and
when it ends. Exit status as a shell's.
"""

import fcntl
import os
import select
import signal
import sys
import termios
import time

KEYS = {"^C": b"\x03", "^Z": b"\x1a", "^D": b"\x04"}
SECONDS = 30


def report_echo(screen, terminal, when):
    echo = "on" if termios.tcgetattr(terminal)[3] & termios.ECHO else "off"
    os.write(screen, f"\n[{when}: echo is {echo}]\n".encode())


def exit_status(status):
    return 128 + os.WTERMSIG(status) if os.WIFSIGNALED(status) else os.WEXITSTATUS(status)


def run_as_shell(terminal, screen, command):
    """The terminal's session: a shell that knows one job."""
    os.setsid()
    fcntl.ioctl(terminal, termios.TIOCSCTTY, 0)
    signal.signal(signal.SIGTTOU, signal.SIG_IGN)
    go, start = os.pipe()
    job = os.fork()
    if job == 0:
        os.close(start)
        os.read(go, 1)
        signal.signal(signal.SIGTTOU, signal.SIG_DFL)
        os.execvp(command[0], command)
    os.setpgid(job, job)
    os.tcsetpgrp(terminal, job)
    os.close(start)
    while True:
        _, status = os.waitpid(job, os.WUNTRACED)
        if not os.WIFSTOPPED(status):
            break
        report_echo(screen, terminal, "stopped")
        os.kill(job, signal.SIGCONT)
    report_echo(screen, terminal, "ended")
    os._exit(exit_status(status))


def answer_questions(terminal, screen, answers, shell):
    shown, deadline = b"", time.monotonic() + SECONDS
    while time.monotonic() < deadline:
        if select.select([terminal], [], [], 0.02)[0]:
            text = os.read(terminal, 4096)
            os.write(screen, text)
            shown += text
        elif os.waitid(os.P_PID, shell, os.WEXITED | os.WNOHANG | os.WNOWAIT):
            return
        if shown.endswith(b": ") and answers:
            shown = b""
            answer = answers.pop(0)
            os.write(terminal, KEYS.get(answer, answer.encode() + b"\n"))
    sys.exit(f"on_terminal.py: no end after {SECONDS} seconds")


def main():
    split = sys.argv.index("--")
    screen = os.open(sys.argv[1], os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_APPEND, 0o600)
    ours, theirs = os.openpty()
    shell = os.fork()
    if shell == 0:
        os.close(ours)
        run_as_shell(theirs, screen, sys.argv[split + 1 :])
    answer_questions(ours, screen, sys.argv[2:split], shell)
    sys.exit(exit_status(os.waitpid(shell, 0)[1]))


main()
