"""validate_json.py SCHEMAS FILE...: each FILE, NAME.json or NUMBER.NAME.json, is as SCHEMAS/NAME.json says.

Prints how many there were of each NAME, and what is wrong; the exit status is 1 if anything is.
"""

import collections
import json
import pathlib
import sys

from jsonschema import Draft202012Validator

validators = {}
for path in sorted(pathlib.Path(sys.argv[1]).glob("*.json")):
    schema = json.loads(path.read_text(encoding="utf-8"))
    Draft202012Validator.check_schema(schema)
    validators[path.stem] = Draft202012Validator(schema)

count = collections.Counter()
is_wrong = False
for file in map(pathlib.Path, sys.argv[2:]):
    name = file.name.split(".")[-2]
    count[name] += 1
    for error in validators[name].iter_errors(json.loads(file.read_text(encoding="utf-8"))):
        print(f"{file.name}: {error.json_path}: {error.message[:300]}", file=sys.stderr)
        is_wrong = True
for name in validators:
    print(name, count[name])
sys.exit(is_wrong)
