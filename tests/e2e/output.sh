#!/bin/bash
# What comes out of convert: YAML as PyYAML reads it, the same bytes each time, and a file that may not
# grow. The rest is in tests/unit/cli/cases/.
#
# one build: it is about what is said

# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
need jq python3

config '{"auths": {"ghcr.io": {"auth": "b2N0b2NhdDpodW50ZXIy"}}}'

it 'strings stay strings in YAML: annotations, read with PyYAML'
yaml_strings
run pullsecret convert "${annotations[@]}"
succeeds_quietly
manifest '.[0].metadata.annotations | to_entries | sort_by(.key | ltrimstr("text-") | tonumber) |
  map(.value)' "$(jq -c . "$e2e/../data/yaml-strings.json")"

it 'strings stay strings in YAML: names, labels and namespaces'
for name in 123 1e3 0x1f null true 1.0 0123 2001-01-01 y; do
  run pullsecret convert --name "$name" --label "$name=$name"
  succeeds_quietly
  manifest '.[0].metadata' "{\"labels\":{\"$name\":\"$name\"},\"name\":\"$name\"}"
done
run pullsecret convert -n 007
manifest '.[0].metadata.namespace' '"007"'

it 'the same input gives the same bytes, however long each store takes'
helper slow <<'END'
server=$(cat)
sleep "0.0$(od -An -N1 -tu1 /dev/urandom | tr -d ' ')"
printf '{"Username": "u", "Secret": "hunter2-%s"}' "$server"
END
config "$(jq -nc '{auths: [range(20) | {"r\(.).io": {}}] | add, credsStore: "slow"}')"
run pullsecret convert
cp "$scratch/out" first.yaml
for _ in 1 2 3; do
  run pullsecret convert
  succeeds_quietly
  out_is_file first.yaml
done

config '{"auths": {"ghcr.io": {"auth": "b2N0b2NhdDpodW50ZXIy"}}}'

it 'a file that may not grow so large is left as it was, and that is an error'
echo old >secret.yaml
run bash -c '(ulimit -f 0; pullsecret convert --output-file secret.yaml) 2>&1 | cat'
out_has '^pullsecret: error: secret.yaml: file too large$'
same 'the file' "$(cat secret.yaml)" old
same 'the files' "$(find . -name '.secret.yaml.*')" ''

finish
