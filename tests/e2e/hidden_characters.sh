#!/bin/bash
# What a terminal obeys, or nobody sees, in a username, a secret or a name: in no JSON and YAML that
# is written does it stand as it is, and whoever reads that has it as it was.
#
# one build: it is about what is said

# shellcheck source=encryptedfile_cases.sh
. "$(dirname "$0")/encryptedfile_cases.sh"
need python3

# $hidden: DEL, all of C1, the marks and controls of direction, the separators of lines, the byte
# order mark; $visible: what is written as it is.
hidden=$(python3 -c "print(''.join(map(chr, [0x7f, *range(0x80, 0xa0), 0x61c, 0x200e, 0x200f,
  *range(0x202a, 0x202f), *range(0x2066, 0x206a), 0x2028, 0x2029, 0xfeff])) + 'x', end='')")
visible='Müller 中 😀'
name="a${hidden}$visible"
secret="hunter2$hidden"

# shows_nothing_hidden FILE...
shows_nothing_hidden() {
  python3 - "$@" <<'END' || problem "there is something hidden in the output"
import sys, unicodedata
for file in sys.argv[1:]:
    text = open(file, encoding='utf-8', newline='').read()
    found = {hex(ord(c)) for c in text
             if c != '\n' and c != '\t' and unicodedata.category(c) in ('Cc', 'Cf', 'Zl', 'Zp')}
    if found:
        sys.exit(f'{file}: {found}')
END
}

# is_same FILTER TEXT: jq finds TEXT in the output.
is_same() { same "what $1 reads" "$(jq -j "$1" "$scratch/out")" "$2"; }

login=$(jq -nj --arg user "$name" --arg secret "$secret" '$user + ":" + $secret' | base64 -w 0)
config "$(jq -nc --arg auth "$login" --arg name "$name" \
  '{auths: {"ghcr.io": {auth: $auth}}, HttpHeaders: {($name): $name}, note: $name}')"

it 'the config has them as they are'
grep -q $'\u009b' "$HOME/.docker/config.json" || problem 'the config has none'

it 'get'
run pullsecret get ghcr.io
succeeds_quietly
shows_nothing_hidden "$scratch/out"
is_same .Username "$name"
is_same .Secret "$secret"
out_has 'Müller 中 😀'
run pullsecret get ghcr.io -o password
succeeds_quietly
same 'the bare password' "$(<"$scratch/out")" "$secret"

it 'inspect'
run pullsecret inspect -o json --show-secrets "$HOME/.docker/config.json"
succeeds
shows_nothing_hidden "$scratch/out" "$scratch/err"
is_same '.[0].entries[0].username' "$name"
is_same '.[0].entries[0].password' "$secret"
run pullsecret inspect --show-secrets "$HOME/.docker/config.json"
succeeds
shows_nothing_hidden "$scratch/out" "$scratch/err"

for format in json yaml; do
  it "convert -o $format"
  run pullsecret convert -o $format --annotation "note=$name"
  succeeds_quietly
  shows_nothing_hidden "$scratch/out"
  manifest '.[0].metadata.annotations.note' "$(jq -nc --arg name "$name" '$name')"
  pull_data '.auths["ghcr.io"].username' "$(jq -nc --arg name "$name" '$name')"
done

it 'convert -o config'
run pullsecret convert -o config --all
succeeds
shows_nothing_hidden "$scratch/out"
is_same .note "$name"
is_same '.HttpHeaders | keys[0]' "$name"

it 'doctor'
run pullsecret doctor -o json
shows_nothing_hidden "$scratch/out" "$scratch/err"
out_json type '"array"'

name=${name/$'\177'/} # which no helper takes in a username
login=$(jq -nj --arg user "$name" --arg secret "$secret" '$user + ":" + $secret' | base64 -w 0)

it "a helper's answers"
jq -nc --arg user "$name" --arg secret "$secret" \
  '{ServerURL: "ghcr.io", Username: $user, Secret: $secret}' >"$scratch/input"
run "$helper" store <"$scratch/input"
succeeds_quietly
run "$helper" get <<<ghcr.io
succeeds_quietly
shows_nothing_hidden "$scratch/out"
is_same .Username "$name"
is_same .Secret "$secret"
run "$helper" list <<<unused
succeeds_quietly
shows_nothing_hidden "$scratch/out"
is_same '.["ghcr.io"]' "$name"
run env XDG_DATA_HOME="$HOME/$hidden" "$helper" status
shows_nothing_hidden "$scratch/out" "$scratch/err"

it 'what migrate and doctor --fix leave in config.json stays byte for byte'
config "$(jq -nc --arg auth "$login" --arg name "$name" \
  '{auths: {"ghcr.io": {auth: $auth}}, note: $name}')"
run pullsecret migrate --to encryptedfile
succeeds
shows_nothing_hidden "$scratch/out" "$scratch/err"
grep -qF "\"note\": \"$name\"" "$HOME/.docker/config.json" || problem 'the note was rewritten'
run "$helper" get <<<ghcr.io
is_same .Username "$name"

it 'a helper that fails with what it was given, escaped or not, does not get it printed'
for secret in $'hunter2\u009b<' $'hunter2\u202e"'; do
  config "$(jq -nc --arg auth "$(printf 'builder:%s' "$secret" | base64 -w 0)" \
    '{auths: {"ghcr.io": {auth: $auth}}}')"
  for writes in 'tr -d "\n"' "python3 -c 'import json, sys; print(json.dumps(json.load(sys.stdin), ensure_ascii=False).replace(\"<\", \"\\\\u003c\").strip(\"{}\"))'"; do
    helper tells <<<"[ \"\$1\" = store ] || exit 1; $writes | tr -d '{}'; exit 1"
    run pullsecret migrate --to tells
    status_is 1
  done
done

finish
