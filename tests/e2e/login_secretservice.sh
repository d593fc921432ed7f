#!/bin/bash
# docker login through Debian's docker-credential-secretservice, with a gnome-keyring of its own on
# a private session bus.

# shellcheck source=registry_cases.sh
. "$(dirname "$0")/registry_cases.sh"
need dbus-daemon gnome-keyring-daemon
use_debians secretservice

export XDG_RUNTIME_DIR=$scratch/run
export DBUS_SESSION_BUS_ADDRESS=unix:path=$XDG_RUNTIME_DIR/bus
mkdir -m 700 "$XDG_RUNTIME_DIR"

# No service folders: the bus starts no program of the desktop's.
cat >"$scratch/bus.conf" <<END
<busconfig>
  <type>session</type>
  <listen>$DBUS_SESSION_BUS_ADDRESS</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow eavesdrop="true"/>
    <allow own="*"/>
    <allow send_destination="*" eavesdrop="true"/>
  </policy>
</busconfig>
END

start dbus dbus-daemon --config-file="$scratch/bus.conf" --nofork
wait_until "test -S $XDG_RUNTIME_DIR/bus" || bail_out "no bus: $(cat "$scratch/dbus.log")"
start keyring gnome-keyring-daemon --foreground --unlock --components=secrets <<<'hunter2 keyring'
wait_until 'docker-credential-secretservice list' || bail_out "no keyring: $(cat "$scratch/keyring.log")"

login_cases secretservice
finish
