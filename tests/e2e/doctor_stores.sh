#!/bin/bash
# pullsecret doctor and what stands behind the helpers of gnome-keyring and pass: a real bus, a real
# keyring, real GPG keys; with pullsecret's helpers and with upstream's. What else keeps a store from its
# work its helper's `status` says, in secretservice_keyring.sh, pass_failures.sh and
# tests/unit/cli/cases/encryptedfile.txt; what finding becomes of that, tests/unit/doctor/stores_test.cpp.
#
# one build: it is about what is said

# shellcheck source=pass_cases.sh
. "$(dirname "$0")/pass_cases.sh"
# shellcheck source=secret_service.sh
. "$e2e/secret_service.sh"
# shellcheck source=doctor_cases.sh
. "$e2e/doctor_cases.sh"
need gnome-keyring-daemon dbus-send

uses() { config "{\"auths\":{\"ghcr.io\":{}},\"credsStore\":\"$1\"}"; }

# by WHOSE NAME: the helper is pullsecret's or upstream's.
by() {
  local program=$program_folder/docker-credential-$2
  [ "$1" = ours ] || program=/usr/bin/docker-credential-$2
  ln -sf "$program" "$scratch/bin/docker-credential-$2"
}

# cannot_use STORE REGEX: it is not put in the place of another one.
cannot_use() {
  run pullsecret doctor --fix --yes --use "$1"
  fails_with 1 "--use: $1 does not work: .*$2"
}

# ---- secretservice

uses secretservice
# list_answers: a daemon that just started may not have all of its objects yet.
list_answers() { docker-credential-secretservice list <<<unused; }

for whose in ours upstream; do
  by "$whose" secretservice

  it "secretservice, $whose: no session bus"
  doctor
  finds problem secretservice-no-bus 'there is no session bus' '--use encryptedfile'
  DISPLAY=:99 doctor
  finds problem secretservice-no-bus
  nothing_left

  it "secretservice, $whose: a bus that has gone"
  DBUS_SESSION_BUS_ADDRESS=unix:path=$scratch/nowhere doctor
  finds problem secretservice-no-bus

  it "secretservice, $whose: no bus, and hardly a program on PATH"
  mkdir "$scratch/few"
  ln -s "$(command -v jq)" "$scratch/bin/docker-credential-secretservice" "$scratch/few"
  run env "PATH=$scratch/few" "$(command -v pullsecret)" doctor -q -o json
  finds problem secretservice-no-bus
  run env "PATH=$scratch/few" "DBUS_SESSION_BUS_ADDRESS=unix:path=$scratch/nowhere" \
    "$(command -v pullsecret)" doctor -q -o json
  finds problem secretservice-no-bus
  rm -r "$scratch/few"
done

start_bus
bus=$!

for whose in ours upstream; do
  by "$whose" secretservice

  it "secretservice, $whose: no service on the bus"
  stop_service
  doctor
  finds problem secretservice-no-service 'keeps secrets; docker login and' 'start gnome-keyring-daemon'
  cannot_use secretservice 'session bus'

  it "secretservice, $whose: no service, and hardly a program on PATH"
  mkdir "$scratch/few"
  ln -s "$scratch/bin/docker-credential-secretservice" "$scratch/few"
  run env "PATH=$scratch/few" "$(command -v pullsecret)" doctor -q -o json
  finds problem secretservice-no-service
  rm -r "$scratch/few"

  it "secretservice, $whose: a keyring that nobody has made yet"
  remove_keyring
  start_locked_keyring
  wait_until list_answers 3
  doctor
  finds problem secretservice-no-keyring 'no default keyring yet.*docker login fails' '--use encryptedfile`$'
  cannot_use secretservice 'no default keyring yet'

  it "secretservice, $whose: an unlocked keyring"
  start_keyring
  stores "$program_folder/docker-credential-secretservice" ghcr.io octocat hunter2
  doctor
  succeeds
  finds ok helper-ok 'has 1 credential;'
  finds ok entry-ok

  it "secretservice, $whose: a locked keyring, and no program to ask for its password"
  start_locked_keyring
  doctor
  finds problem secretservice-locked 'the default keyring is locked' 'unlock it'
  lacks_finding entry-not-in-store
  cannot_use secretservice 'is locked'

  it "secretservice, $whose: and nothing that is locked in goes from the config"
  run pullsecret doctor --fix --yes
  out_has secretservice-locked
  same 'the config' "$(jq -c . "$HOME/.docker/config.json")" \
    '{"auths":{"ghcr.io":{}},"credsStore":"secretservice"}'
done

it 'secretservice: a locked keyring that has nothing for Docker'
by ours secretservice
remove_keyring
start_keyring
start_locked_keyring
doctor
finds problem secretservice-locked 'docker login fails' '--use encryptedfile`$'
DISPLAY=:99 doctor
finds warning secretservice-locked 'have to ask first'

# docker-credential-secretservice 0.9 is not in Debian. This stands in for it: the answers of its
# `list`, which come from libsecret's labels.
it "secretservice: labels in place of server URLs, by a stand-in for upstream's 0.9"
start_keyring
rm "$scratch/bin/docker-credential-secretservice"
helper secretservice <<'END'
case $1 in
list) echo '{"Registry credentials for ghcr.io":"octocat"}' ;;
get) echo '{"ServerURL":"ghcr.io","Username":"octocat","Secret":"hunter2"}' ;;
*) echo 'docker-credential-secretservice (github.com/docker/docker-credential-helpers) v0.9.3' ;;
esac
END
doctor
succeeds
finds ok helper-ok 'has 1 credential; .* v0\.9\.3'
finds warning secretservice-lists-labels 'display labels in place of server URLs'
stop_service

# ---- pass

make_key builder
make_key expired '' --faked-system-time 20200101T000000
make_key locked 'correct passphrase'
pass_ours=$program_folder/docker-credential-pass

# key_is NAME: the store's, by its address, and an entry is there that the key `builder` opens.
key_is() {
  new_store builder
  keep_text "$pass_ours" ghcr.io octocat hunter2
  echo "$1@example.invalid # a comment" >"$password_store/.gpg-id"
}

uses pass
for whose in ours upstream; do
  by "$whose" pass

  it "pass, $whose: a store that works"
  key_is builder
  doctor
  succeeds
  finds ok helper-ok 'has 1 credential;'
  finds ok entry-ok

  it "pass, $whose: not initialised"
  rm -rf "$password_store"
  doctor
  finds problem pass-not-initialized "$password_store is not initialised" 'pass init KEY'
  cannot_use pass 'not initialised'
  mkdir "$password_store"
  PASSWORD_STORE_DIR=$password_store doctor
  finds problem pass-not-initialized '' '`pullsecret doctor --fix --use encryptedfile`$'
  follows pass-not-initialized
  uses pass

  it "pass, $whose: its key has expired"
  key_is expired
  doctor
  finds problem pass-key-expired "key $(fingerprint expired) has expired" 'gpg --edit-key'
  cannot_use pass 'has expired'

  it "pass, $whose: no terminal for the passphrase"
  new_store locked
  keep_text "$pass_ours" ghcr.io octocat hunter2
  forget_passphrases
  doctor
  finds problem pass-no-pinentry 'cannot ask for the key.s passphrase: there is no terminal' 'export GPG_TTY='
done

it 'pass: a key that gpg can ask about takes the place of another store'
by ours pass
new_store locked
forget_passphrases
config '{"credsStore":"desktop"}'
run pullsecret doctor --fix --yes --use pass
same 'credsStore' "$(jq -r .credsStore "$HOME/.docker/config.json")" pass

# ---- encryptedfile

uses encryptedfile
by ours encryptedfile
key=$HOME/.config/docker-credential-encryptedfile/key

it 'encryptedfile: a store that works'
keep_text docker-credential-encryptedfile ghcr.io octocat hunter2
doctor
succeeds
finds ok helper-ok

it 'encryptedfile: its key file is missing'
rm "$key"
doctor
finds problem encryptedfile-key-missing "$key: not there.*; docker login and docker pull fail" 'put its key back'
cannot_use encryptedfile 'not there, but it is the key'
rm -r "$HOME/.local/share/docker-credential-encryptedfile"

# ---- Without pullsecret's helpers

# alone: the doctor has none of them beside it, and upstream's on PATH.
mkdir "$scratch/alone"
cp "$(command -v pullsecret)" "$scratch/alone/"
alone() {
  run env "PATH=$scratch/bin:/usr/bin:/bin" "$scratch/alone/pullsecret" doctor -o json --timeout 30
}
by upstream secretservice
by upstream pass

it 'upstream alone: what is wrong is said in its own words'
uses secretservice
DBUS_SESSION_BUS_ADDRESS=unix:path=$scratch/nowhere alone
finds problem helper-fails 'Could not connect'
alone
finds problem helper-fails 'was not provided by any .service files'

it 'upstream alone: entries without a server URL are those of a locked keyring'
remove_keyring
start_keyring
stores "$program_folder/docker-credential-secretservice" ghcr.io octocat hunter2
start_locked_keyring
alone
finds problem secretservice-locked 'entries without a server URL' 'unlock it'
lacks_finding entry-not-in-store
start_keyring
alone
succeeds
finds ok helper-ok 'has 1 credential'
stop_service

it 'upstream alone: pass'
uses pass
key_is expired
alone
succeeds
finds ok helper-ok
new_store locked
keep_text "$pass_ours" ghcr.io octocat hunter2
forget_passphrases
alone
finds problem helper-fails 'decryption failed: (No secret key|No such file or directory)'

# ---- What takes the place of a store

it 'pass comes first, then secretservice, then encryptedfile'
ln -sf "$program_folder"/docker-credential-{pass,secretservice,encryptedfile} "$scratch/bin"
new_store builder
start_keyring
for store in pass secretservice encryptedfile; do
  config '{"credsStore":"desktop"}'
  run pullsecret doctor --fix --yes
  same 'credsStore' "$(jq -r .credsStore "$HOME/.docker/config.json")" "$store"
  [ "$store" != pass ] || rm -r "$password_store"
  [ "$store" != secretservice ] || stop_service
done

it 'no process is left, but for those that gpg keeps'
gpgconf --kill all
stop_service
kill "$bus"
nothing_left

finish
