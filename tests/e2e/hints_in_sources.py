"""hints_in_sources.py FOLDER...

Prints each string of the C++ sources in FOLDERs that holds a command for people, one a line: with
backticks in it, or beginning as a command does, or with an option that is to be added; doctor's remedies, {"migrate --to STORE", " sets it"} and
fix(" renames it", …), as they are printed. Help texts, which have line breaks, are left out.
"""

import pathlib
import re
import sys

TOKEN = re.compile(
    r"""//[^\n]*|/\*.*?\*/                      # a comment
    |R"(?P<mark>\w*)\((?P<raw>.*?)\)(?P=mark)"  # a raw string
    |"(?P<text>(?:[^"\\\n]|\\.)*)"              # a string
    |'(?:[^'\\\n]|\\.)+'                        # a character
    |(?P<space>\s+)|(?P<fix>\bfix\()|.""",
    re.DOTALL | re.VERBOSE,
)
COMMAND = re.compile(
    r"(apt|chmod|docker|docker-credential-\S+|export|kubectl|ln|openssl|pass|pullsecret|rm|rmdir|sed"
    r"|sudo|unset) \S|(add|add it, with|name it with) --"
)
WAY_OUT = re.compile(r"(doctor|migrate) --")
ESCAPES = {"n": "\n", "r": "\r", "t": "\t"}


def unescaped(text):
    return re.sub(r"\\(.)", lambda escape: ESCAPES.get(escape[1], escape[1]), text)


def strings_in(source):
    """Neighbours are one string, as for the compiler; a way out is one with its effect."""
    string = way_out = None
    for token in TOKEN.finditer(source):
        if token["raw"] is not None or token["text"] is not None:
            part = token["raw"] if token["raw"] is not None else unescaped(token["text"])
            string = (string or "") + part
        elif not token["space"] and not token[0].startswith(("//", "/*")):
            if string and not string.startswith(" "):
                way_out = None
            if way_out and (string or token[0] in "};"):
                if string or way_out.endswith(" "):
                    yield f"`pullsecret {way_out}" + (f"`{string}" if string else "")
                way_out = None
            elif string and WAY_OUT.match(string):
                way_out = string
            elif string is not None:
                yield string
            string = None
            if token["fix"]:
                way_out = "doctor --fix"


found = set()
for folder in sys.argv[1:]:
    for file in sorted(pathlib.Path(folder).rglob("*.[ch]*")):
        for string in strings_in(file.read_text(encoding="utf-8")):
            if "\n" not in string and ("`" in string or COMMAND.match(string)):
                found.add(string)
print(*sorted(found), sep="\n")
