#!/bin/bash
# Who runs a program that reads standard input, and has a terminal there, is told that it waits, and
# for what; nobody else is.

# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
need python3 jq

helpers=(encryptedfile pass secretservice)

# reading TEXT COMMAND...: COMMAND reads a terminal, where TEXT and the key for its end are typed;
# its standard error is none.
reading() {
  # shellcheck disable=SC2016 # for the inner shell
  typing "$1"$'\n\004' -- \
    sh -c 'printf "ready: " >/dev/tty; exec "$@" </dev/tty' sh "${@:2}"
}

# waits_for WHAT [PROGRAM]: that is all that standard error says.
waits_for() {
  same 'standard error' "$(cat "$scratch/err")" \
    "${2-pullsecret: note}: waiting for $1 on standard input; Ctrl-D on a line of its own ends it"
}

# ---- Helpers

it 'get and erase wait for a server URL, whatever becomes of it'
for name in "${helpers[@]}"; do
  for action in get erase; do
    reading ghcr.io "docker-credential-$name" $action
    waits_for 'a server URL' "docker-credential-$name"
  done
done

it 'store waits for a credential'
credential='{"ServerURL":"ghcr.io","Username":"u","Secret":"hunter2"}'
for name in "${helpers[@]}"; do
  reading "$credential" "docker-credential-$name" store
  waits_for '{"ServerURL":"…","Username":"…","Secret":"…"}' "docker-credential-$name"
done
reading ghcr.io docker-credential-encryptedfile get
succeeds
out_is "$credential"

it 'list has nothing to wait for'
for name in "${helpers[@]}"; do
  # Without a key for the end: it does not come to reading.
  # shellcheck disable=SC2016
  typing -- \
    sh -c 'exec "docker-credential-$1" list </dev/tty' sh "$name"
  err_is_empty
done

it 'standard input that is no terminal is read without a word'
for name in "${helpers[@]}"; do
  for action in get erase store list; do
    run "docker-credential-$name" $action </dev/null
    err_is_empty
    run "docker-credential-$name" $action < <(echo ghcr.io)
    err_is_empty
  done
done

it 'a closed standard error is no reason to fail'
# shellcheck disable=SC2016
reading ghcr.io sh -c 'exec docker-credential-encryptedfile erase 2>&-'
succeeds_quietly

it 'without an action, a helper names those for people, too'
run docker-credential-encryptedfile
status_is 1
out_is 'usage: docker-credential-encryptedfile <store|get|erase|list|version>; for people: init, unlock, lock, rekey, status, --help'
run docker-credential-encryptedfile stat
status_is 1
out_has 'unknown action: stat; .*init, unlock, lock, rekey, status$'
for name in pass secretservice; do
  run "docker-credential-$name"
  status_is 1
  out_is "usage: docker-credential-$name <store|get|erase|list|version>; for people: status, --help"
done

# ---- pullsecret

it 'a config that is to be typed'
inline="{\"auths\":{\"ghcr.io\":{\"auth\":\"$(printf u:hunter2 | base64)\"}}}"
for command in convert 'get ghcr.io' doctor; do
  # shellcheck disable=SC2086 # the words of a command
  reading "$inline" pullsecret $command --config -
  succeeds
  waits_for 'a config'
  # shellcheck disable=SC2086
  reading "$inline" pullsecret $command --config - --quiet
  succeeds_quietly
  # shellcheck disable=SC2086
  run pullsecret $command --config - <<<"$inline"
  succeeds_quietly
done

it 'a password that is to be typed'
create=(pullsecret create --server ghcr.io --username u --password-stdin)
reading hunter2 "${create[@]}"
succeeds
waits_for 'the password, which shows as it is typed,'
pull_data '.auths["ghcr.io"].password' '"hunter2"'
run "${create[@]}" <<<hunter2
succeeds_quietly

it 'a manifest is not typed'
reading 'kind: Secret' pullsecret inspect
fails_with 2 'standard input is a terminal'

finish
