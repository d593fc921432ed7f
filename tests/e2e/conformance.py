"""conformance.py PROTOCOL-CASES OURS-OR-UPSTREAM STORE PROGRAM EMPTY

Runs the cases of protocol-cases.json with PROGRAM, a docker-credential-STORE, and prints a test
case for each, with that name. The shell command EMPTY empties the store before each of them.

A case's steps are [ACTION, INPUT, EXIT STATUS, STANDARD OUTPUT]. ACTION is one argument or the list
of all. An object is JSON, beside

  {"repeat": TEXT, "times": N}   a long string
  {"latin1": TEXT}               bytes, as input
  {"matches": REGEX}             text that the regular expression describes, as output

Text on standard output ends with a line break that is not in the table, unless it is empty.

`ours` must answer so, and leave standard error empty, but for what docker-credential-route says of
other accounts. `upstream` must, too, unless one of the
differences names the case and STORE: then it must answer what stands there, [EXIT STATUS, STANDARD
OUTPUT] for each step.
"""

import json
import re
import subprocess
import sys


OTHER_ACCOUNTS = re.compile(rb"docker-credential-route: .*: still kept, and not in use: .*\n")


def filled(value):
    """VALUE with its long strings."""
    if not isinstance(value, dict):
        return value
    if "repeat" in value:
        return value["repeat"] * value["times"]
    return {name: filled(item) for name, item in value.items()}


def as_input(value):
    if isinstance(value, dict) and "latin1" in value:
        return value["latin1"].encode("latin-1")
    value = filled(value)
    return (value if isinstance(value, str) else json.dumps(value)).encode()


def is_output(found, expected):
    if expected == "":
        return found == b""
    text = found.decode("utf-8", "backslashreplace")
    if not text.endswith("\n"):
        return False
    if isinstance(expected, str):
        return text == expected + "\n"
    if "matches" in expected:
        return re.fullmatch(expected["matches"], text[:-1]) is not None
    try:
        return text.count("\n") == 1 and json.loads(text) == filled(expected)
    except ValueError:
        return False


def problem(step, expected, ran):
    return [
        f"{json.dumps(step[0])} of {json.dumps(step[1])[:200]}",
        f"expected: {expected[0]} {json.dumps(expected[1])[:200]}",
        f"exit status: {ran.returncode}",
        f"standard output: {ran.stdout[:300]!r}",
        f"standard error: {ran.stderr[:300]!r}",
    ]


def problems(steps, answers):
    """What is wrong with PROGRAM: a list of lines."""
    found = []
    for step, expected in zip(steps, answers, strict=True):
        action, text = step[0], step[1]
        arguments = action if isinstance(action, list) else [action]
        ran = subprocess.run(
            [program, *arguments], input=as_input(text), capture_output=True, timeout=60
        )
        right = ran.returncode == expected[0] and is_output(ran.stdout, expected[1])
        said = OTHER_ACCOUNTS.sub(b"", ran.stderr)
        if not right or (origin == "ours" and said):
            found += problem(step, expected, ran)
    return found


tables, origin, store, program, empty = sys.argv[1:]
with open(tables, encoding="utf-8") as file:
    tables = json.load(file)
differences = {}
if origin == "upstream":
    differences = {row["case"]: row for row in tables["differences"] if store in row["upstream"]}

failed = False
for case in tables["cases"]:
    name, steps = case["case"], case["steps"]
    answers = [step[2:] for step in steps]
    difference = differences.pop(name, None)
    title = f"{origin} {store}: {name}"
    if difference:
        answers = difference["answers"]
        title += f": {difference['reason']}"
    subprocess.run(["bash", "-c", empty], check=True, stdout=subprocess.DEVNULL, timeout=60)
    lines = problems(steps, answers)
    print("not ok" if lines else "ok", "-", title, flush=True)
    for line in lines:
        print(line, flush=True)
    failed = failed or bool(lines)

for name in differences:
    print(f"not ok - {origin} {store}: the difference is about a case: {name}")
sys.exit(1 if failed or differences else 0)
