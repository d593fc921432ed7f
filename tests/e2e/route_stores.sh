#!/bin/bash
# Several accounts through docker-credential-route over real stores: ours, and those of Debian's
# golang-docker-credential-helpers, which have the same names.
#
# one build: what others do with the program

# Sourced again inside a session of its own.
[ "${in_session-}" ] || in_session=yes exec python3 "$(dirname "$0")/in_session.py" bash "$0" "$@"

# shellcheck source=pass_cases.sh
. "$(dirname "$0")/pass_cases.sh"
# shellcheck source=secret_service.sh
. "$e2e/secret_service.sh"
need gnome-keyring-daemon docker-credential-encryptedfile docker-credential-route

route=$program_folder/docker-credential-route

# ask ACTION [SERVERURL]
ask_route() { run "$route" "$1" <<<"${2-unused}"; }

# store_login USERNAME SECRET
store_login() {
  stores "$route" ghcr.io "$@"
}

# answers USERNAME SECRET
answers() {
  ask_route get ghcr.io
  succeeds_quietly
  out_json '[.Username, .Secret]' "$(jq -nc '$ARGS.positional' --args "$1" "$2")"
}

# accounts_over STORE
accounts_over() {
  mkdir -p "$HOME/.config/docker-credential-route"
  printf '{"routes": [{"match": "*", "helper": "%s"}]}\n' "$1" \
    >"$HOME/.config/docker-credential-route/routes.json"
  store_login alice hunter2-a
  store_login 'robot$acme+ci' hunter2-r
  run "$route" accounts
  succeeds_quietly
  out_is "$(printf 'ghcr.io  %s  in use\nghcr.io  alice' 'robot$acme+ci')"
  ask_route list
  out_json . '{"ghcr.io":"robot$acme+ci"}'
  answers 'robot$acme+ci' hunter2-r
  run "$route" use ghcr.io alice
  succeeds_quietly
  answers alice hunter2-a
  DOCKER_CREDENTIAL_ACCOUNT='robot$acme+ci' answers 'robot$acme+ci' hunter2-r
  # Alone it has what any other program finds.
  run "docker-credential-$1" get <<<ghcr.io
  out_json .Secret '"hunter2-a"'
  ask_route erase ghcr.io
  succeeds
  err_has 'not in use: robot'
  ask_route get ghcr.io
  out_is 'credentials not found in native keychain'
  run "$route" use ghcr.io 'robot$acme+ci'
  succeeds_quietly
  answers 'robot$acme+ci' hunter2-r
  ask_route erase ghcr.io
  succeeds_quietly
  run "docker-credential-$1" list <<<unused
  out_json . '{}'
}

make_key builder
new_store builder
start_bus
start_keyring

for store in encryptedfile pass secretservice; do
  it "two accounts are stored, listed, chosen and logged out over $store"
  accounts_over "$store"
done

for store in pass secretservice; do
  it "and over $store of golang-docker-credential-helpers"
  if [ ! -x "/usr/bin/docker-credential-$store" ]; then
    skip 'it is not installed'
    continue
  fi
  ln -s "/usr/bin/docker-credential-$store" "$scratch/bin/"
  accounts_over "$store"
done

finish
