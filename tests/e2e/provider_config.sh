#!/bin/bash
# credential-provider config: what is said of stores that cannot work on a node, and its hints,
# followed. What else it says is in tests/unit/cli/cases/.

# shellcheck source=encryptedfile_cases.sh
. "$(dirname "$0")/encryptedfile_cases.sh"
# shellcheck source=hints.sh
. "$e2e/hints.sh"
need jq python3

# provider FILTER EXPECTED: of pullsecret's, in what was printed.
provider() { manifest ".[0].providers[] | select(.name == \"pullsecret\") | $1" "$2"; }

# make: prints the config, without a word if the store works on a node.
make() {
  run pullsecret credential-provider config
  succeeds
}

# says REGEX...: on standard error.
says() {
  local regex
  for regex; do err_has "$regex"; done
}

inline='{"auth":"b2N0b2NhdDpodW50ZXIy"}'

config "{\"auths\":{\"ghcr.io\":$inline}}"

it 'the link is made as the comment says, and the linked program works'
make
take_hint "$(grep 'BIN_DIR has a link' "$scratch/out")"
mkdir "$scratch/bin dir"
follow_by sh -c "${command/BIN_DIR/\"$scratch/bin dir\"}"
run "$scratch/bin dir/pullsecret" --version
succeeds_quietly

it 'a helper that is not there'
config "{\"auths\":{\"ghcr.io\":$inline},\"credsStore\":\"absent\"}"
make
says 'warning: docker-credential-absent: not found on PATH: the provider fails'
hint_on_standard_error
follow_by sh -c "$command || [ \$? = 1 ]"
out_has 'helper-not-found'

it 'secretservice needs a desktop: migrate moves it to a key file'
config '{"auths":{"ghcr.io":{}},"credsStore":"secretservice"}'
helper secretservice <<'END'
case $1 in
get) read -r server || :; [ -e "$0.gone" ] && echo 'credentials not found in native keychain' && exit 1
  echo '{"ServerURL":"ghcr.io","Username":"octocat","Secret":"hunter2"}' ;;
list) [ -e "$0.gone" ] && echo '{}' || echo '{"ghcr.io":"octocat"}' ;;
erase) touch "$0.gone" ;;
esac
END
make
says 'warning: docker-credential-secretservice: it needs the session of a desktop.s user'
hint_on_standard_error
follow
make
err_is_empty
provider .matchImages '["ghcr.io"]'
rm "$scratch/bin/docker-credential-secretservice"

it 'the key file that the environment names goes with the store'
DOCKER_CREDENTIAL_KEY_FILE=$HOME/.config/docker-credential-encryptedfile/key make
provider '.env[] | select(.name == "DOCKER_CREDENTIAL_KEY_FILE").value' \
  "\"$HOME/.config/docker-credential-encryptedfile/key\""

it 'a key file that is not there'
mv "$key_file" "$key_file.away"
make
says 'warning: docker-credential-encryptedfile: .*'
mv "$key_file.away" "$key_file"

it 'a passphrase that this session has kept: rekey puts a key file in its place'
forget_all
typing 'hunter2 phrase' 'hunter2 phrase' -- "$helper" init --passphrase
keep ghcr.io
if run "$helper" status && grep -q '"State":"locked"' "$scratch/out"; then
  typing 'hunter2 phrase' -- "$helper" unlock
fi
make
says 'warning: docker-credential-encryptedfile: it needs a passphrase, which nobody enters on a node'
hint_on_standard_error encryptedfile
printf '%s\n' "$hint" >>"$scratch/followed"
typing 'hunter2 phrase' -- sh -c "$command"
make
err_is_empty

all_are_followed
finish
