# shellcheck shell=bash
# What the scripts about docker-credential-secretservice share: a session bus of their own,
# gnome-keyring on it, and calls of the helper. The script stands alone: nothing of a desktop's is
# reached.

declare -F start_bus >/dev/null && return # sourced already
# shellcheck source=lib.sh
declare -F finish >/dev/null || . "$(dirname "${BASH_SOURCE[0]}")/lib.sh" # registry_cases.sh may have
need docker-credential-secretservice dbus-daemon

ours=$(command -v docker-credential-secretservice)
# The same over libsecret, from the tests' build, where the installed one is over sd-bus.
if [ "$on_libsecret" ]; then
  ours=$(dirname "$(command -v scan-memory)")/libsecret/docker-credential-secretservice
  if [ ! -x "$ours" ]; then
    it 'docker-credential-secretservice on libsecret'
    skip 'it is not built: libsecret-1-dev is missing, or the installed one is over libsecret'
    finish
  fi
  ours=$(for_others "$ours")
fi

# encrypts: our program encrypts the secrets on the bus.
encrypts() { ldd "$ours" | grep -q libsecret; }

# shellcheck disable=SC2034 # for the scripts
upstream=/usr/bin/docker-credential-secretservice # of golang-docker-credential-helpers

# bus_config: of one at $DBUS_SESSION_BUS_ADDRESS, which lets everybody in who may reach it.
bus_config() {
  cat <<END
<busconfig>
  <type>session</type>
  <listen>$DBUS_SESSION_BUS_ADDRESS</listen>
  <auth>EXTERNAL</auth>
  <auth>DBUS_COOKIE_SHA1</auth> <!-- over a network -->
  <policy context="default">
    <allow user="*"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
    <allow send_destination="*" eavesdrop="true"/>
  </policy>
</busconfig>
END
}

# start_bus: without service folders, so that it starts no program of the desktop's.
start_bus() {
  export XDG_RUNTIME_DIR=$scratch/run
  export DBUS_SESSION_BUS_ADDRESS=unix:path=$XDG_RUNTIME_DIR/bus
  mkdir -m 700 "$XDG_RUNTIME_DIR"
  bus_config >"$scratch/bus.conf"
  start bus dbus-daemon --config-file="$scratch/bus.conf" --nofork
  wait_until "test -S $XDG_RUNTIME_DIR/bus" || bail_out "no bus: $(cat "$scratch/bus.log")"
}

on_bus() {
  dbus-send --session --print-reply --dest=org.freedesktop.DBus / \
    org.freedesktop.DBus.NameHasOwner "string:$1" | grep -q 'boolean true'
}

# start_service COMMAND...: a Secret Service, in the place of the one before it.
start_service() {
  stop_service
  start service "$@"
  service=$!
  wait_until 'on_bus org.freedesktop.secrets' ||
    bail_out "no Secret Service: $(cat "$scratch/service.log")"
}

service=
stop_service() {
  [ "$service" ] || return 0
  kill "$service"
  wait "$service" 2>/dev/null
  service=
}

# The keyring's password is 'hunter2'; both keep what is in it.
start_keyring() {
  start_service gnome-keyring-daemon --foreground --unlock --components=secrets \
    < <(printf hunter2)
}
start_locked_keyring() { start_service gnome-keyring-daemon --foreground --components=secrets; }

remove_keyring() {
  stop_service
  rm -rf "$HOME/.local/share/keyrings"
}

# ---- Calls

# refuses REGEX...: the helper that was run is `refused`, and not because it waited in vain.
refuses() {
  refused "$@"
  expect 'no waiting' lacks 'within [0-9]+ seconds' "$scratch/out"
}

# refuses_all REGEX...: get, store, erase and list, each of them.
refuses_all() {
  run "$ours" get <<<ghcr.io
  refuses "$@"
  run "$ours" store <<<"$(entry ghcr.io builder 'hunter2')"
  refuses "$@"
  run "$ours" erase <<<ghcr.io
  refuses "$@"
  run "$ours" list <<<unused
  refuses "$@"
}
