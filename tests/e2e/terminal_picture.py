"""terminal_picture.py FILE.svg [--update] COMMAND

Runs COMMAND, a line for bash, on a terminal of 100 columns. With --update it draws what the terminal shows,
below COMMAND as a prompt, into FILE.svg; else it prints what of that and of FILE.svg differs, with exit
status 1. White space does not count: rich draws none where nothing is.
"""

import difflib
import fcntl
import os
import pty
import re
import struct
import sys
import termios
import xml.etree.ElementTree

from rich.console import Console
from rich.text import Text
from rich import _export_format, terminal_theme

COLUMNS = 100


def run_on_terminal(command):
    process, terminal = pty.fork()
    if process == 0:
        fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", 24, COLUMNS, 0, 0))
        os.environ["TERM"] = "xterm-256color"
        os.execvp("bash", ["bash", "-c", command])
    shown = b""
    while True:
        try:
            part = os.read(terminal, 65536)
        except OSError:  # nobody has the terminal any more
            break
        if not part:
            break
        shown += part
    os.waitpid(process, 0)
    return shown.decode().replace("\r\n", "\n")


def draw(shown, file):
    console = Console(width=COLUMNS, record=True, file=open(os.devnull, "w"), force_terminal=True)
    for line in Text.from_ansi(shown).split(allow_blank=True):
        for at in range(0, len(line) or 1, COLUMNS):
            console.print(line[at:at + COLUMNS])
    # Without the fonts of another host.
    form = re.sub(r"@font-face {{.*?}}\n", "", _export_format.CONSOLE_SVG_FORMAT, flags=re.S)
    name = os.path.basename(file).removesuffix(".svg")
    svg = console.export_svg(title=f"pullsecret {name}", unique_id=name, code_format=form,
                             theme=terminal_theme.SVG_EXPORT_THEME)
    with open(file, "w") as output:
        output.write(re.sub(r"[ \t]+$", "", svg, flags=re.M).rstrip("\n") + "\n")


def lines_of(file):
    lines = {}
    for text in xml.etree.ElementTree.parse(file).iter("{http://www.w3.org/2000/svg}text"):
        if "clip-path" in text.attrib:  # the title has none
            place = float(text.get("y")), float(text.get("x"))
            lines.setdefault(place[0], []).append((place[1], text.text or ""))
    return ["".join(part for _, part in sorted(lines[y])) for y in sorted(lines)]


def without_space(lines):
    return [line for line in (re.sub(r"\s", "", line) for line in lines) if line]


file, *update, command = sys.argv[1:]
screen = f"$ {command}\n{run_on_terminal(command)}"
if update:
    draw(screen, file)
else:
    plain = re.sub(r"\x1b\[[0-9;]*m", "", screen).splitlines()
    wrapped = [line[at:at + COLUMNS] for line in plain for at in range(0, len(line) or 1, COLUMNS)]
    found = list(difflib.unified_diff(without_space(lines_of(file)), without_space(wrapped), lineterm="", n=0))
    print("\n".join(found))
    sys.exit(1 if found else 0)
