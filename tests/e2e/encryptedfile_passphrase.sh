#!/bin/bash
# docker-credential-encryptedfile with a passphrase: asked for on a real terminal, kept in a real
# session keyring, and without either.

# shellcheck source=encryptedfile_cases.sh
. "$(dirname "$0")/encryptedfile_cases.sh"

old='hunter2 correct hörse'
new='hunter2 battery staple'
wrong='hunter2 wrong'

# The terminal must never show what was typed.
nothing_typed_shown() {
  lacks 'hunter2|battery' "$scratch/screen" || problem 'the terminal shows the passphrase'
  screen_has '\[ended: echo is on\]'
}

it 'init --passphrase asks twice, with echo off'
typing "$old" "$old" -- "$helper" init --passphrase
succeeds
screen_has 'New passphrase: ' 'The same again: '
nothing_typed_shown
err_has 'made .*/credentials$'
[ ! -e "$key_file" ] || problem 'there is a key file'

it 'init again is refused, before anything is asked'
remember
typing "$new" "$new" -- "$helper" init --passphrase
action_fails 'there already; .*rekey'
unchanged

keyring=
it 'the key is kept in the session: nothing asks again, with or without a terminal'
run "$helper" status
if grep -q '"State":"locked"' "$scratch/out"; then
  typing "$old" -- "$helper" unlock
  skip "$(cat "$scratch/err")"
else
  keyring=yes
  out_json '[.State, .Key, .Entries]' '["ready","a passphrase (Argon2id, 3 passes over 256 MiB)",0]'
  keep ghcr.io
  succeeds_quietly
  has ghcr.io
  ask list
  out_json . '{"ghcr.io":"builder"}'
fi

# What is asked and kept is the same for a file whose key takes a fraction of a second.
run "$helper" lock
cheap_file
old=$cheap

if [ "$keyring" ]; then
  typing "$old" -- "$helper" unlock
  keep ghcr.io

  it 'lock forgets the key: locked without a terminal says which command unlocks'
  run "$helper" lock
  succeeds_quietly
  remember
  for action in get erase list; do
    ask $action ghcr.io
    refused '/credentials: locked, and there is no terminal' '`docker-credential-encryptedfile unlock`$'
  done
  keep quay.io
  refused 'locked' '`docker-credential-encryptedfile unlock`$'
  unchanged
  says_of_store "$helper" locked locked
  out_has 'docker-credential-encryptedfile unlock`"'
  typing -- "$helper" status
  succeeds_quietly
  out_json '[.State, .Faults]' '["locked",[]]'
  run "$helper" unlock
  action_fails 'locked, and there is no terminal'

  it 'unlock asks, and keeps the key'
  typing "$old" -- "$helper" unlock
  succeeds_quietly
  screen_has "Passphrase for $data/credentials: "
  nothing_typed_shown
  has ghcr.io

  it 'a get on a terminal asks, answers, and keeps the key'
  run "$helper" lock
  typing "$old" -- "$helper" get <<<ghcr.io
  succeeds_quietly
  out_json .Secret '"hunter2"'
  nothing_typed_shown
  has ghcr.io

  it 'unlock --for lets the key go in time'
  run "$helper" unlock --for 1s
  succeeds_quietly
  has ghcr.io
  sleep 2.2
  ask get ghcr.io
  refused locked

  it 'DOCKER_CREDENTIAL_UNLOCK_FOR sets that time for a question on the way, too'
  DOCKER_CREDENTIAL_UNLOCK_FOR=1s typing "$old" -- "$helper" get <<<ghcr.io
  succeeds_quietly
  sleep 2.2
  ask get ghcr.io
  refused locked

  it 'several that ask at once ask once'
  # shellcheck disable=SC2016 # for the inner shell
  typing "$old" -- bash -c 'for i in 1 2 3 4; do "$0" get <<<ghcr.io & done; wait' "$helper"
  same 'the answers' "$(grep -c '"Secret":"hunter2"' "$scratch/out")" 4
  same 'the questions' "$(grep -o 'Passphrase for' "$scratch/screen" | wc -l)" 1
  run "$helper" lock
fi

it 'a wrong passphrase may be tried again, three times in all'
remember
typing "$wrong" "$old" -- "$helper" list
succeeds_quietly
screen_has 'This is not its passphrase'
nothing_typed_shown
run "$helper" lock
typing "$wrong" "$wrong" "$wrong" "$old" -- "$helper" list
refused 'locked, and what was entered is not its passphrase' 'unlock`$'
same 'the questions' "$(grep -o 'Passphrase for' "$scratch/screen" | wc -l)" 3
unchanged

it 'an empty answer and the end of input are errors'
for answer in '' '^D'; do
  typing "$answer" -- "$helper" list
  refused 'no passphrase was given'
  screen_has '\[ended: echo is on\]'
done

it 'Ctrl-C ends the question and restores echo'
typing '^C' -- "$helper" list
status_is 130
out_is ''
screen_has '\[ended: echo is on\]'

it 'Ctrl-Z stops the question and restores echo; in the foreground again it asks again'
typing '^Z' "$old" -- "$helper" list
succeeds_quietly
screen_has '\[stopped: echo is on\]'
same 'the questions' "$(grep -o 'Passphrase for' "$scratch/screen" | wc -l)" 2
nothing_typed_shown
run "$helper" lock

it 'without keyrings, as in a container, a passphrase works, and it says that it will ask again'
# What asks once, however many spellings it looks for, gets the one answer.
says_that_it_will_ask() {
  screen_has 'The passphrase will be asked for each time; .*keyring: operation not permitted\.'
  nothing_typed_shown
}
typing "$old" -- python3 "$e2e/in_session.py" --without-keyrings "$helper" get <<<absent.example
refused 'credentials not found in native keychain'
says_that_it_will_ask
request a.example >"$scratch/input"
typing "$old" -- python3 "$e2e/in_session.py" --without-keyrings "$helper" store <"$scratch/input"
succeeds_quietly
says_that_it_will_ask
typing "$old" -- python3 "$e2e/in_session.py" --without-keyrings "$helper" unlock
action_fails "the kernel's session keyring: operation not permitted"

it 'a new passphrase that is mistyped changes nothing'
remember
typing "$old" "$new" "$wrong" -- "$helper" rekey --passphrase
action_fails 'the two passphrases differ'
unchanged

it 'rekey --passphrase: the new passphrase opens the file, the old one does not'
run "$helper" lock
typing "$old" "$new" "$new" -- "$helper" rekey --passphrase
succeeds_quietly
nothing_typed_shown
run "$helper" lock
typing "$old" "$new" -- "$helper" list
succeeds_quietly
screen_has 'This is not its passphrase'
run "$helper" lock

it 'rekey to a key file, which it says, and back to a passphrase'
typing "$new" -- "$helper" rekey
succeeds
err_has "open without a passphrase, for whoever can read $key_file$"
[ -e "$key_file" ] || problem 'there is no key file'
says_of_store "$helper" ready
out_json .Key "\"$key_file\""
typing "$old" "$old" -- "$helper" rekey --passphrase
succeeds_quietly
[ ! -e "$key_file" ] || problem 'the key file is still there'
run "$helper" lock
typing "$old" -- "$helper" list
succeeds_quietly

it 'rekey --key-file says it, too, and tells which variable to set'
named="$scratch/it's named"
(umask 077 && openssl rand -base64 32 >"$named")
typing "$old" -- "$helper" rekey --key-file "$named"
succeeds
err_has "open without a passphrase, for whoever can read $named$"
eval "$(sed -n 's/.*from now on: `\(export .*\)`$/\1/p' "$scratch/err")"
run "$helper" list
succeeds_quietly
run "$helper" rekey --key-file "$named"
succeeds_quietly # no passphrase before, and the variable names it

# ---- The choice outlives the file: what comes of it is in tests/unit/cli/cases/encryptedfile.txt

# answers_of_gone: nothing is stored with a key file, whoever else does so at once.
answers_of_gone() {
  : >"$scratch/at-once"
  for _ in 1 2 3 4; do
    request quay.io | "$helper" store >>"$scratch/at-once" &
  done
  wait
  same 'the refusals' "$(grep -c 'a passphrase was chosen' "$scratch/at-once")" 4
  [ ! -e "$data/credentials" ] || problem 'there are credentials'
  [ ! -e "$key_file" ] || problem 'there is a key file'
}

unset DOCKER_CREDENTIAL_KEY_FILE

it 'with its credentials gone, nothing is stored under a plain key file'
forget_all
typing "$old" "$old" -- "$helper" init --passphrase
for gone in "$data/credentials" "$data"; do
  rm -r "$gone"
  answers_of_gone
done
run "$helper" init
keep ghcr.io
succeeds_quietly

it 'rekey --passphrase chooses, too, and rekey takes that back'
typing "$old" "$old" -- "$helper" rekey --passphrase
succeeds
run "$helper" lock
mv "$data/credentials" "$scratch/away"
answers_of_gone
mv "$scratch/away" "$data/credentials"
typing "$old" -- "$helper" rekey
succeeds
rm "$data/credentials"
keep quay.io
succeeds_quietly
has quay.io

it 'a file that a passphrase opened before there was such a mark gets it at the next change'
forget_all
typing "$old" "$old" -- "$helper" init --passphrase
find "$HOME/.config" -name passphrase-chosen -delete
request a.example >"$scratch/input"
typing "$old" -- "$helper" store <"$scratch/input"
succeeds_quietly
rm "$data/credentials"
answers_of_gone

finish
