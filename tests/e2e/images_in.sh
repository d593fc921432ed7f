#!/bin/bash
# --images-in: hostile manifests, and as many images and entries as are taken. What it says is in
# tests/unit/cli/cases/.

# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
need jq python3

config '{"auths": {"ghcr.io": {"auth": "b2N0b2NhdDpodW50ZXIy"}}}'
pullsecret convert >regcred.yaml

for command in 'convert' 'inspect regcred.yaml'; do
  it "${command% *}: hostile manifests are refused, and do not take long"
  python3 - <<'END_OF_PYTHON'
def write(name, text):
    with open(name + ".hostile", "w") as file:
        file.write(text)

write("deep", '{"kind":"List","items":[' * 50_000)
write("values", '{"kind":"Pod","x":[' + "0," * 5_100_000 + "0]}")
write("size", "kind: Pod\nx: " + "a" * (65 * 1024 * 1024))
write("aliases", "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(
    f"{name}: &{name} [{','.join(['*' + before] * 9)}]\n" for before, name in zip("abcdefgh", "bcdefghi")))
write("images", "kind: Pod\nspec:\n  containers:\n" + "".join(f"  - image: a{i}\n" for i in range(60_000)))
write("flow", "[" * 50_000)
write("nul", "kind: Pod\0")
END_OF_PYTHON
  printf 'kind: Pod\nx: "\xff"\n' >bytes.hostile
  for file in *.hostile; do
    # shellcheck disable=SC2086 # a command with its argument
    run pullsecret $command --images-in "$file"
    fails_with 1
  done
done

it 'as many images as are taken, and as many entries'
python3 - <<'END_OF_PYTHON'
import base64, json
with open("most-images.yaml", "w") as file:
    file.write("kind: Pod\nspec:\n  containers:\n" + "".join(f"  - image: h.example/a{i}\n" for i in range(2000)))
auths = {f"h{i}.example": {"auth": base64.b64encode(b"a:hunter2").decode()} for i in range(9_999)}
auths["h.example"] = {"auth": base64.b64encode(b"a:hunter2").decode()}
with open("most-entries.json", "w") as file:
    json.dump({"auths": auths}, file)
END_OF_PYTHON
run pullsecret inspect most-entries.json --images-in most-images.yaml -o json
succeeds_quietly
out_json length 2000
run pullsecret convert -q --config most-entries.json --images-in most-images.yaml
succeeds_quietly
pull_data '.auths | keys' '["h.example"]'

finish
