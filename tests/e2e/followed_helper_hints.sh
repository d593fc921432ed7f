#!/bin/bash
# What docker-credential-pass and docker-credential-encryptedfile tell people to do, done: the command
# is taken from the message and run. Then the helper works, and what it kept before is still there.
# pass, gpg and pinentry are real.
#
# one build: it is about what is said
# starts early: it has many keys made

# shellcheck source=pass_cases.sh
. "$(dirname "$0")/pass_cases.sh"
# shellcheck source=hints.sh
. "$e2e/hints.sh"
need python3 gpg-connect-agent

sealed=$program_folder/docker-credential-encryptedfile

# keeps PROGRAM SERVERURL: what was there before, still.
keeps() {
  ask "$1" get "$2"
  answers_text "$2" builder hunter2
}

# ---- pass: the store

it 'pass: not initialised'
make_key builder
keep_text "$ours" old.example builder hunter2
hint_of_helper
command=${command/KEY/builder@example.invalid}
follow
keep_text "$ours" old.example builder hunter2
succeeds
keeps "$ours" old.example

it 'pass: not initialised, and no key: gpg --quick-generate-key makes one'
command=$(grep -o '`gpg --quick-generate-key`' <<<"$hint" | tr -d '`')
run sh -c "${command/gpg /gpg --batch --quiet --pinentry-mode loopback --passphrase \'\' } new@example.invalid"
succeeds
command=$(grep -o '`gpg --list-secret-keys`' <<<"$hint" | tr -d '`')
follow
out_has 'new@example\.invalid'

# ---- pass: keys

# uses_key NAME: a store that has an entry, and whose key is that one from now on.
uses_key() {
  new_store builder
  keep_text "$ours" old.example builder hunter2
  echo "$1" >"$password_store/.gpg-id"
}

# hint_about_key: as a helper's error and as its status, which are the same.
hint_about_key() {
  local said
  keep_text "$ours" new.example builder hunter2
  hint_of_helper
  said=$hint
  run "$ours" status
  hint_of_status
  same 'the hint of the status' "$hint" "$said"
}

# key_is_mended: what is stored can be read, and so can what was there.
key_is_mended() {
  says_of_store "$ours" ready
  keep_text "$ours" new.example builder hunter2
  succeeds
  keeps "$ours" new.example
  keeps "$ours" old.example
}

it 'pass: an expired key'
make_key expired '' --faked-system-time 20200101T000000
uses_key expired@example.invalid
hint_about_key
command=${command/gpg /gpg --command-fd 0 --no-tty --quiet }
follow_by sh -c "$command" <<<0
key_is_mended

it 'pass: a key whose subkey has expired'
key=$(fingerprint expired)
gpg --batch --quiet --faked-system-time 20200101T000000 --quick-set-expire "$key" 1d '*' 2>"$scratch/log"
uses_key expired@example.invalid
hint_about_key
command=$(grep -o 'gpg --edit-key[^`]*' <<<"$hint")
command=${command/gpg /gpg --command-fd 0 --no-tty --quiet }
follow_by sh -c "$command" <<<0
key_is_mended

it 'pass: a key that has no part to encrypt with'
gpg --batch --quiet --passphrase '' --quick-generate-key sign@example.invalid ed25519 sign never 2>/dev/null
uses_key sign@example.invalid
hint_about_key
# Without --batch gpg would ask for a passphrase of the new key.
follow_by sh -c "${command/gpg /gpg --batch --passphrase \'\' }"
key_is_mended

it 'pass: a key that is disabled'
make_key disabled
gpg --batch --quiet --edit-key "$(fingerprint disabled)" disable save >"$scratch/log" 2>&1
uses_key disabled@example.invalid
hint_about_key
follow_typing -- sh -c "$command"
key_is_mended

it 'pass: a key that gpg does not trust'
make_key stranger
echo "$(fingerprint stranger):2:" | gpg --quiet --import-ownertrust 2>/dev/null
uses_key stranger@example.invalid
hint_about_key
command=${command/gpg /gpg --command-fd 0 --no-tty --quiet }
follow_by sh -c "$command" < <(printf '5\ny\n')
key_is_mended

it 'pass: a key that is revoked'
make_key revoked
sed 's/^:---/---/' "$GNUPGHOME/openpgp-revocs.d/$(fingerprint revoked).rev" |
  gpg --batch --quiet --import 2>/dev/null
uses_key revoked@example.invalid
hint_about_key
command=${command/KEY/builder@example.invalid}
follow
key_is_mended

it 'pass: a public key that is missing'
make_key away
gpg --batch --quiet --pinentry-mode loopback --passphrase '' --export-secret-keys away@example.invalid >FILE
key=$(fingerprint away)
gpg --batch --yes --delete-secret-and-public-key "$key"
for name in "$key" 0123456789ABCDEF; do
  uses_key "$name"
  hint_about_key
  if [ "$name" = "$key" ]; then
    follow
    echo "$key:6:" | gpg --quiet --import-ownertrust 2>/dev/null
  else
    command=$(grep -o 'pass init KEY' <<<"$hint")
    command=${command/KEY/builder@example.invalid}
    follow
  fi
  key_is_mended
done

it 'pass: a secret key that is missing'
new_store away
keep_text "$ours" old.example builder hunter2
gpg --batch --yes --delete-secret-keys "$key"
ask "$ours" get old.example
hint_of_helper
follow
keeps "$ours" old.example
gpg --batch --yes --delete-secret-keys "$key"
run "$ours" status
hint_of_status
follow
key_is_mended

it 'pass: a key that gpg does not encrypt to for a reason of its own'
uses_key builder@example.invalid
echo 'cipher-algo NONE' >"$GNUPGHOME/gpg.conf"
# says_why: the hint's command shows what gpg says.
says_why() {
  printf '%s\n' "$hint" >>"$scratch/followed"
  run sh -c "${command/KEY/$(cat "$password_store/.gpg-id")}"
  err_has 'cipher algorithm is invalid'
}
run "$ours" status
hint_of_status
says_why
keep_text "$ours" new.example builder hunter2
hint_of_helper
says_why
rm "$GNUPGHOME/gpg.conf"
key_is_mended

# ---- pass: passphrases and programs

it 'pass: no terminal for the passphrase, and no pinentry'
make_key locked 'correct passphrase'
new_store locked
keep_text "$ours" old.example builder hunter2
if ! command -v pinentry-curses >/dev/null; then
  skip 'pinentry-curses is not installed'
else
  # asked_in_terminal COMMAND: the passphrase is typed where gpg asks for it.
  asked_in_terminal() {
    printf '%s\n' "$hint" >>"$scratch/followed"
    run python3 "$e2e/typed_passphrase.py" 'correct passphrase' "$scratch/out-of-helper" \
      sh -c "$command; printf %s old.example | $ours get"
    cp "$scratch/out-of-helper" "$scratch/out"
    answers_text old.example builder hunter2
  }
  agent_has 'pinentry-program /usr/bin/pinentry-curses'
  forget_passphrases
  ask "$ours" get old.example
  hint_of_helper
  asked_in_terminal
  agent_has 'pinentry-program /nonexistent/pinentry'
  forget_passphrases
  ask "$ours" get old.example
  hint_of_helper
  # It is installed; the option that hides it goes, and gpg-agent ends.
  agent_has
  command=$(grep -o 'gpgconf --kill gpg-agent' <<<"$hint")
  follow
  forget_passphrases
  run python3 "$e2e/typed_passphrase.py" 'wrong passphrase' "$scratch/out-of-helper" \
    sh -c "printf %s old.example | $ours get"
  cp "$scratch/out-of-helper" "$scratch/out"
  hint_of_helper
  command=$(grep -o 'export GPG_TTY[^`]*' <<<"$hint")
  asked_in_terminal
fi

it 'pass: a damaged entry'
new_store builder
keep_text "$ours" old.example builder hunter2
keep_text "$ours" ghcr.io builder hunter2
: >"$(folder_of ghcr.io)/builder.gpg"
ask "$ours" get ghcr.io
hint_of_helper
same 'the hint' "$hint" 'log in again, which replaces it'
keep_text "$ours" ghcr.io builder hunter2
keeps "$ours" ghcr.io
keeps "$ours" old.example

it 'pass: a link in the place of a folder, and a pipe in that of an entry'
keep_text "$ours" link.example builder hunter2
rm -r "$(folder_of link.example)"
ln -s "$(folder_of old.example)" "$(folder_of link.example)"
rm "$(folder_of ghcr.io)/builder.gpg"
mkfifo "$(folder_of ghcr.io)/it's a pipe.gpg"
for server in link.example ghcr.io; do
  ask "$ours" get "$server"
  hint_of_helper
  follow
  keep_text "$ours" "$server" builder hunter2
  keeps "$ours" "$server"
done
keeps "$ours" old.example

# ---- encryptedfile

# new_sealed_file: a file with a key file, and an entry in it.
new_sealed_file() {
  rm -rf "$HOME/.local" "$HOME/.config" FILE
  run "$sealed" init
  keep_text "$sealed" old.example builder hunter2
}

it 'encryptedfile: another process holds the lock'
new_sealed_file
lock=$HOME/.local/share/docker-credential-encryptedfile/credentials.lock
is_held() { lslocks -o PATH | grep -qF "$lock"; }
python3 -c 'import fcntl, sys, time; lock = open(sys.argv[1]); fcntl.flock(lock, 2); time.sleep(60)' "$lock" &
holder=$!
wait_until is_held
run "$sealed" status
hint_of_status
follow
out_has "$lock"
mapfile -t holders < <(awk -v lock="$lock" '$3 == lock {print $1}' "$scratch/out")
kill "${holders[@]}"
wait "$holder"
keep_text "$sealed" ghcr.io builder hunter2
keeps "$sealed" ghcr.io

it 'encryptedfile: unknown arguments'
run "$sealed" status --nowhere
hint_of_helper err
follow
out_has '^usage:'
run "$sealed" lock --nowhere
hint_of_helper err
follow

it 'encryptedfile: rekey before there is a file, and init after'
rm -rf "$HOME/.local" "$HOME/.config"
run "$sealed" rekey
status_is 1
hint_of_helper err
follow
run "$sealed" rekey
succeeds
keep_text "$sealed" old.example builder hunter2
run "$sealed" init
status_is 1
hint_of_helper err
follow
keeps "$sealed" old.example

it 'encryptedfile: no terminal for a new passphrase'
for action in init rekey; do
  rm -rf "$HOME/.local" "$HOME/.config"
  [ "$action" = init ] || new_sealed_file
  run setsid "$sealed" "$action" --passphrase
  status_is 1
  err_has '; a key file needs none: leave --passphrase out$'
  run setsid "$sealed" "$action"
  succeeds
  [ "$action" = init ] || keeps "$sealed" old.example
done

it 'encryptedfile: a key file that is no key'
new_sealed_file
(umask 077 && echo hunter2 >FILE)
run "$sealed" rekey --key-file FILE
status_is 1
hint_of_helper err
follow
cat "$scratch/out" >FILE
run "$sealed" rekey --key-file FILE
succeeds
DOCKER_CREDENTIAL_KEY_FILE=$PWD/FILE keeps "$sealed" old.example

it 'encryptedfile: locked'
rm -rf "$HOME/.local" "$HOME/.config"
# keyctl's session is that of what runs on the terminal.
typing 'correct horse' 'correct horse' -- \
  sh -c "$sealed init --passphrase && exec $sealed store" \
  <<<'{"ServerURL":"old.example","Username":"builder","Secret":"hunter2"}'
succeeds
run setsid sh -c "$sealed lock; exec $sealed get" <<<old.example
hint_of_helper
follow_typing 'correct horse' -- \
  sh -c "PATH=$program_folder:$PATH; ${command#*: } && exec $sealed get" <<<old.example
answers_text old.example builder hunter2
typing no no no -- \
  sh -c "$sealed lock; exec $sealed unlock"
status_is 1
hint_of_helper err
follow_typing 'correct horse' -- \
  sh -c "PATH=$program_folder:$PATH; $command"

it 'encryptedfile: a damaged file and a missing key: moved away, a new one is made'
for broken in .local/share/docker-credential-encryptedfile/credentials \
  .config/docker-credential-encryptedfile/key; do
  new_sealed_file
  mv "$HOME/$broken" backup
  [ "${broken##*/}" = key ] || { head -c -3 backup && echo xyz; } >"$HOME/$broken"
  run "$sealed" get <<<old.example
  out_has 'a backup.*move .* away.* and log in again'
  hint_of_helper
  mv "$HOME/.local/share/docker-credential-encryptedfile/credentials" away
  [ "${broken##*/}" = key ] || PATH=$program_folder:$PATH follow
  keep_text "$sealed" old.example builder hunter2
  succeeds
  keeps "$sealed" old.example
  # Or its backup comes back.
  mv away "$HOME/.local/share/docker-credential-encryptedfile/credentials"
  mv backup "$HOME/$broken"
  keeps "$sealed" old.example
done

it 'encryptedfile: another program has its file: moved away, init makes one'
new_sealed_file
echo hunter2 of another >"$HOME/.local/share/docker-credential-encryptedfile/credentials"
run "$sealed" get <<<old.example
hint_of_helper
mv "$HOME/.local/share/docker-credential-encryptedfile/credentials" away
PATH=$program_folder:$PATH follow
keep_text "$sealed" old.example builder hunter2
keeps "$sealed" old.example

it 'encryptedfile: a passphrase was chosen, and the file is gone: init --passphrase, or init'
for way in passphrase key backup; do
  rm -rf "$HOME/.local" "$HOME/.config"
  typing 'correct horse' 'correct horse' -- \
    "$sealed" init --passphrase
  succeeds
  mv "$HOME/.local/share/docker-credential-encryptedfile/credentials" away
  keep_text "$sealed" old.example builder hunter2
  status_is 1
  hint_of_helper
  case $way in
  passphrase)
    follow_typing 'correct horse' 'correct horse' -- \
      sh -c "PATH=$program_folder:$PATH; $command"
    ;;
  key)
    run sh -c "PATH=$program_folder:$PATH; ${command% --passphrase}"
    succeeds
    ;;
  backup) mv away "$HOME/.local/share/docker-credential-encryptedfile/credentials" ;;
  esac
  [ "$way" = key ] || continue
  keep_text "$sealed" old.example builder hunter2
  keeps "$sealed" old.example
done

gpgconf --kill all
all_are_followed
finish
