#!/bin/bash
# What a program that is ended in the middle of writing a config leaves beside it: nothing, where it
# can help it; else doctor finds it, and what pullsecret left is removed. What it says of other files there
# is in tests/unit/cli/cases/doctor_file.txt.

# shellcheck source=doctor_cases.sh
. "$(dirname "$0")/doctor_cases.sh"
need python3

file=$HOME/.docker/config.json

# in_store: the credential is in the encrypted file, where the config names it.
in_store() {
  jq -n '{auths: {"ghcr.io": {}}, credsStore: "encryptedfile", credHelpers: {"ghcr.io": "encryptedfile"}, padding: ("x" * 2000000)}' >"$file"
  has_stored encryptedfile ghcr.io u hunter2
}

# ended_by SIGNAL: `migrate --to inline` is ended while it writes.
ended_by() {
  run python3 "$e2e/signal_new_file.py" "$1" "$HOME/.docker" \
    "$HOME/.local/share/docker-credential-encryptedfile" pullsecret migrate --to inline
  succeeds
  same 'the end' "$(out_text)" "-$(kill -l "${1#SIG}")"
}

files() { find "$HOME/.docker" -mindepth 1 -printf '%f\n' | sort | xargs; }

for signal in SIGINT SIGHUP SIGTERM; do
  it "a $signal while a credential comes inline leaves nothing beside the config"
  in_store
  ended_by $signal
  same 'the files' "$(files)" config.json
  run pullsecret get ghcr.io
  succeeds
done

it 'what SIGKILL leaves is found by doctor'
in_store
ended_by SIGKILL
expect 'a new file with the credential' grep -q dTpodW50ZXIy "$HOME"/.docker/.config.json.pullsecret-*
doctor
finds warning file-left-behind 'killed while it wrote the config.* plain text' \
  "^rm $HOME/.docker/.config.json.pullsecret-......$"

it 'and removed by doctor --fix, which says so and changes nothing else'
cp "$file" "$scratch/before"
run pullsecret doctor --fix --yes
succeeds
err_has "note: $HOME/.docker/.config.json.pullsecret-...... will be removed$"
same 'the files' "$(files)" config.json
expect 'the same config' cmp "$file" "$scratch/before"
doctor
lacks_finding file-left-behind

finish
