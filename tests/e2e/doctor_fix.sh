#!/bin/bash
# pullsecret doctor --fix: what it asks, who it may not be stopped by, and the real stores. What it
# changes and what it never touches is in tests/unit/cli/cases/.
#
# one build: it is about what is said

# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
need jq python3

file=$HOME/.docker/config.json

backups() { find "$HOME" -name 'config.json.bak-*' | sort; }
forget_backups() { find "$HOME" -name 'config.json.bak-*' -delete; }

# answering ANSWER: doctor --fix on a terminal, where ANSWER is typed.
answering() {
  typing "$1" -- pullsecret doctor --fix
}

fix() { run pullsecret doctor --fix --yes "$@"; }

it 'a store that works takes the place of one that is not there'
has_stored encryptedfile ghcr.io octocat hunter2
printf '{\n\t"auths": {\n\t\t"ghcr.io": {}\n\t},\n\t"credsStore": "desktop"\n}' >"$file"
chmod 600 "$file"
fix
succeeds
same 'credsStore' "$(jq -r .credsStore "$file")" encryptedfile
out_has '^ok +entry-ok +ghcr.io: password of the user'

it 'docker finds the credential there'
run docker-credential-encryptedfile get <<<ghcr.io
out_json .Username '"octocat"'

it 'what a pass that is not set up in this shell may have stays'
if command -v pass >/dev/null; then
  config '{"auths":{"ghcr.io":{},"quay.io":{}},"credsStore":"pass"}'
  fix
  status_is 1
  same 'the entries' "$(jq -c '.auths | keys' "$file")" '["ghcr.io","quay.io"]'
  fix --use encryptedfile
  same 'credsStore, with --use' "$(jq -r .credsStore "$file")" encryptedfile
else
  skip 'pass is not installed'
fi

it 'a file that cannot be replaced stays as it is, with its mode and without a backup'
if [ "$(id -u)" -eq 0 ] && command -v chattr >/dev/null && chattr +i "$file" 2>/dev/null; then
  chattr -i "$file"
  config '{"auths":{"ghcr.io":{}},"credsStore":"desktop"}'
  chmod 644 "$file"
  forget_backups
  chattr +i "$file"
  fix
  chattr -i "$file"
  status_is 1
  same 'the mode' "$(stat -c %a "$file")" 644
  same 'the backups' "$(backups)" ''
else
  skip 'nothing here makes a file immutable'
fi

it 'the owner stays'
if [ "$(id -u)" -eq 0 ]; then
  config '{"auths":{"ghcr.io":{}},"credsStore":"desktop"}'
  chown 65534:65534 "$file"
  fix
  same 'the owner' "$(stat -c %u:%g "$file")" 65534:65534
  chown 0:0 "$file"
else
  skip 'only root can give a file to somebody else'
fi

# ---- Asking

it 'it asks, and y changes the file'
config '{"auths":{"ghcr.io":{}},"credsStore":"desktop"}'
chmod 600 "$file"
answering y
succeeds
same 'credsStore' "$(jq -r .credsStore "$file")" encryptedfile
expect 'a question' grep -q 'make this change? \[y/N\]' "$scratch/screen"

it 'any other answer changes nothing'
config '{"auths":{"ghcr.io":{}},"credsStore":"desktop"}'
forget_backups
for answer in n '' yep; do
  answering "$answer"
  fails_with 1 'nothing was changed'
done
same 'credsStore' "$(jq -r .credsStore "$file")" desktop
same 'the backups' "$(backups)" ''

it 'without a terminal to ask on nothing changes'
run setsid -w pullsecret doctor --fix
fails_with 1 'there is no terminal to ask on' 'hint: `pullsecret doctor --fix --yes`'
same 'credsStore' "$(jq -r .credsStore "$file")" desktop

it 'what it says then keeps --use'
config '{"auths":{"ghcr.io":{}},"credsStore":"desktop"}'
run setsid -w pullsecret doctor --fix --use encryptedfile
err_has 'hint: `pullsecret doctor --fix --use encryptedfile --yes` does not ask'

finish
