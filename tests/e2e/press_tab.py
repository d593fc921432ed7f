"""press_tab.py KEYS SHELL...

Starts SHELL on a terminal, waits for its prompt `ready> `, types each line of standard input and
then KEYS, and prints what the shell's line is then. The shell has to append its line to the file
that TYPED names, and empty it, when ^G is typed. KEYS are letters that are typed with Ctrl: I is
Tab.
"""

import os
import pty
import select
import sys
import time

SECONDS = 30
PROMPT = b"ready> "
control_g = b"\x07"


def lines_in(file):
    try:
        with open(file, encoding="utf-8") as lines:
            return lines.read().split("\n")[:-1]
    except FileNotFoundError:
        return []


def run_until(terminal, is_done):
    """Reads what the shell shows, so that it goes on, until `is_done` of it."""
    shown, deadline = b"", time.monotonic() + SECONDS
    while not is_done(shown):
        if time.monotonic() > deadline:
            sys.exit(f"press_tab.py: the shell hangs: {shown!r}")
        if select.select([terminal], [], [], 0.01)[0]:
            shown += os.read(terminal, 4096)


def main():
    keys = bytes(ord(key) - ord("A") + 1 for key in sys.argv[1])
    typed = os.environ["TYPED"]
    if os.path.exists(typed):
        os.remove(typed)
    shell, terminal = pty.fork()
    if shell == 0:
        os.execvp(sys.argv[2], sys.argv[2:])
    run_until(terminal, lambda shown: PROMPT in shown)
    for number, line in enumerate(sys.stdin.read().splitlines(), 1):
        os.write(terminal, line.encode() + keys + control_g)
        run_until(terminal, lambda _, number=number: len(lines_in(typed)) >= number)
    print("\n".join(lines_in(typed)))
    os.close(terminal)
    os.waitpid(shell, 0)


main()
