# shellcheck shell=bash
# The rows about the helpers, for tests/bench/run: beside Debian's upstream programs, over the same
# real stores.
#
# shellcheck disable=SC2154 # build, scratch, ratio and times are tests/bench/run's

upstream_folder=/usr/bin # of golang-docker-credential-helpers
background=()

stop_background() {
  ((${#background[@]} == 0)) || kill "${background[@]}" 2>/dev/null
  gpgconf --kill all 2>/dev/null
  wait
}

# A session bus and a keyring of the benchmark's own.
start_keyring() {
  export XDG_RUNTIME_DIR=$scratch/run
  mkdir -m 700 "$XDG_RUNTIME_DIR"
  dbus-daemon --session --nofork --address="unix:path=$XDG_RUNTIME_DIR/bus" >/dev/null 2>&1 &
  background+=($!)
  export DBUS_SESSION_BUS_ADDRESS=unix:path=$XDG_RUNTIME_DIR/bus
  gnome-keyring-daemon --foreground --unlock --components=secrets \
    < <(printf hunter2) >/dev/null 2>&1 &
  background+=($!)
  local tries=100
  until docker-credential-secretservice list </dev/null >/dev/null 2>&1; do
    ((--tries)) || fail 'gnome-keyring does not start'
    sleep 0.1
  done
}

start_password_store() {
  export GNUPGHOME=$scratch/gnupg PASSWORD_STORE_DIR=$scratch/password-store
  mkdir -m 700 "$GNUPGHOME"
  if ! { gpg --batch --quiet --passphrase '' --quick-generate-key bench@example.invalid &&
    pass init bench@example.invalid; } >/dev/null 2>&1; then
    fail 'no password store'
  fi
}

# fill STORE COUNT: keeps that many credentials in it.
fill() {
  local i
  for ((i = 0; i < $2; ++i)); do
    printf '{"ServerURL":"registry-%d.example.com","Username":"user","Secret":"hunter2"}' "$i" |
      "docker-credential-$1" store || fail "docker-credential-$1 does not store"
  done
}

# against_upstream PAIRS STORE ACTION TARGET INPUT [PROGRAM]: both programs must print the same, but
# for what each says of its version. PROGRAM takes the place of ours.
against_upstream() {
  local name=docker-credential-$2
  local program=${6:-$name}
  compare "$1" "$program" "$3" -- "$upstream_folder/$name" "$3" <"$5"
  [ "$3" = version ] || [ "$(jq -S . "$scratch/a")" = "$(jq -S . "$scratch/b")" ] ||
    fail "$program $3 and upstream's differ"
  report "$2${6:+ over libsecret} $3" "upstream's, Debian 12" "$ratio" "$4" "$times"
}

measure_secretservice() {
  start_keyring
  fill secretservice 20
  against_upstream 200 secretservice get 0.8 "$scratch/server"
  against_upstream 200 secretservice list 0.5 "$scratch/server"
  against_upstream 100 secretservice store 0.9 "$scratch/request"
  against_upstream 300 secretservice version 0.5 /dev/null

  local on_libsecret=$build/tests/libsecret/docker-credential-secretservice
  if [ ! -x "$on_libsecret" ]; then
    echo 'tests/bench/run: warning: libsecret-1-dev is not installed' >&2
    return
  fi
  against_upstream 200 secretservice get 1 "$scratch/server" "$on_libsecret"
  against_upstream 200 secretservice list 0.5 "$scratch/server" "$on_libsecret"
  against_upstream 100 secretservice store 1 "$scratch/request" "$on_libsecret"
  against_upstream 300 secretservice version 1 /dev/null "$on_libsecret"
}

measure_pass() {
  start_password_store
  fill pass 1
  against_upstream 100 pass get 0.7 "$scratch/server"
  against_upstream 300 pass version 0.5 /dev/null
}

measure_encryptedfile() {
  fill encryptedfile 100
  compare 300 docker-credential-encryptedfile get -- /bin/true <"$scratch/server"
  [ "$(jq -r .Secret "$scratch/a")" = hunter2 ] || fail 'encryptedfile has lost the credential'
  report 'encryptedfile get, key file, 100 entries' '`/bin/true`' "$ratio" 3 "$times"
  compare 300 docker-credential-encryptedfile version -- \
    "$upstream_folder/docker-credential-pass" version
  report 'encryptedfile version' "upstream's pass version" "$ratio" 0.5 "$times"
}

# routes RULES: those of docker-credential-route.
routes() {
  mkdir -p "$HOME/.config/docker-credential-route"
  printf '{"routes": [%s]}' "$1" >"$HOME/.config/docker-credential-route/routes.json"
}

# After measure_encryptedfile. The helper of the last row takes as long as gcloud's.
measure_route() {
  local hosts i
  routes '{"match": "*", "helper": "encryptedfile", "cache": "1h"}'
  docker-credential-route get <"$scratch/server" >"$scratch/first" || fail 'route does not answer'
  compare 300 docker-credential-route get -- /bin/true <"$scratch/server"
  [ "$(jq -r .Secret "$scratch/a")" = hunter2 ] || fail 'route remembers something else'
  report 'route get, remembered' '`/bin/true`' "$ratio" 2 "$times"
  routes '{"match": "*", "helper": "encryptedfile"}'
  compare 300 docker-credential-route get -- docker-credential-encryptedfile get <"$scratch/server"
  report 'route get, `encryptedfile`' 'the helper alone' "$ratio" 2 "$times"

  printf '#!/bin/sh\nread -r server\nsleep 0.8\nprintf %s\n' \
    "'{\"ServerURL\":\"x\",\"Username\":\"AWS\",\"Secret\":\"hunter2\"}'" >"$scratch/bin/docker-credential-ecr-login"
  chmod +x "$scratch/bin/docker-credential-ecr-login"
  routes '{"match": "*.dkr.ecr.*.amazonaws.com", "helper": "ecr-login", "cache": "6h"}'
  hosts=$(for ((i = 0; i < 40; ++i)); do printf '"%012d.dkr.ecr.eu-west-1.amazonaws.com"\n' "$i"; done)
  jq -s 'map({key: ., value: "route"}) | {credHelpers: from_entries}' <<<"$hosts" >"$scratch/routed.json"
  jq '.credHelpers |= map_values("ecr-login")' "$scratch/routed.json" >"$scratch/direct.json"
  pullsecret convert --config "$scratch/routed.json" >"$scratch/first" || fail 'route does not answer'
  compare 3 pullsecret convert --config "$scratch/routed.json" -- \
    pullsecret convert --config "$scratch/direct.json"
  cmp -s "$scratch/a" "$scratch/b" || fail 'the Secrets differ'
  report 'convert, 40 ECR registries that route remembers, a helper of 0.8 s' 'without route' \
    "$ratio" 0.02 "$times"
  docker-credential-route forget
}

# Of the stores that need no shared library but libc.
measure_start() {
  local store
  for store in encryptedfile pass; do
    compare 500 "docker-credential-$store" version -- /bin/true </dev/null
    report "$store version" '`/bin/true`' "$ratio" 1.5 "$times"
  done
}

measure_helpers() {
  echo registry-0.example.com >"$scratch/server"
  printf '{"ServerURL":"registry-0.example.com","Username":"user","Secret":"hunter2"}' \
    >"$scratch/request"
  measure_secretservice
  measure_pass
  measure_encryptedfile
  measure_route
  measure_start
}
