#!/bin/bash
# docker-credential-secretservice and a session bus of another user: no secret goes there. The users
# are root and nobody, where the caller can become both.
#
# over libsecret, too

# shellcheck source=secret_service.sh
. "$(dirname "$0")/secret_service.sh"
need jq python3

can_be_nobody || finish

# bus_of NAME PREFIX...: a bus at $scratch/NAME/bus that lets everybody in, and on it a Secret
# Service, both with this prefix.
bus_of() {
  local name=$1 folder=$scratch/$1
  shift
  mkdir -m 777 "$folder"
  export DBUS_SESSION_BUS_ADDRESS=unix:path=$folder/bus
  bus_config >"$folder/bus.conf"
  start "bus-$name" "$@" dbus-daemon --config-file="$folder/bus.conf" --nofork
  wait_until "test -S $folder/bus" || bail_out "no bus: $(cat "$scratch/bus-$name.log")"
  start "service-$name" "$@" python3 "$standin" plain
  wait_until 'on_bus org.freedesktop.secrets' ||
    bail_out "no Secret Service: $(cat "$scratch/service-$name.log")"
}

chmod 755 "$scratch"
standin=$(for_others "$e2e/secret_service_standin.py")
bus_of root env
root_bus=$DBUS_SESSION_BUS_ADDRESS
bus_of nobody "${as_nobody[@]}"
nobody_bus=$DBUS_SESSION_BUS_ADDRESS

it "root's secrets do not go to the bus of nobody"
refuses_all '^secret service: the session bus belongs to user 65534, and this is user 0; run as the user'
says_of_store "$ours" unusable no-bus
run "$ours" status -o text
out_has 'the session bus belongs to user 65534, and this is user 0'

it 'nor where it is the second of a list, after one that is not there'
export DBUS_SESSION_BUS_ADDRESS="unix:path=$scratch/none;$nobody_bus"
refuses_all '^secret service: the session bus belongs to user 65534, and this is user 0; run as the user'
export DBUS_SESSION_BUS_ADDRESS=$nobody_bus

it "those of nobody do"
run "${as_nobody[@]}" env "DBUS_SESSION_BUS_ADDRESS=$nobody_bus" "$ours" get <<<ghcr.io
succeeds_quietly
out_json .Secret '"hunter2 in the clear"'

it "and those of nobody to root's, as root sees all there is"
run "${as_nobody[@]}" env "DBUS_SESSION_BUS_ADDRESS=$root_bus" "$ours" get <<<ghcr.io
succeeds_quietly
out_json .Secret '"hunter2 in the clear"'

it "those of a third user do not go to nobody's"
run setpriv --reuid=daemon --regid=daemon --clear-groups \
  env "DBUS_SESSION_BUS_ADDRESS=$nobody_bus" "$ours" get <<<ghcr.io
refuses '^secret service: the session bus belongs to user 65534, and this is user [0-9]+; '

it 'in a user namespace it is the same user, by another number'
in_namespace=("${as_nobody[@]}" unshare -Ur)
if [ "$("${in_namespace[@]}" id -u 2>/dev/null)" = 0 ]; then
  run "${in_namespace[@]}" env "DBUS_SESSION_BUS_ADDRESS=$nobody_bus" "$ours" get <<<ghcr.io
  expect 'no refusal for the owner' lacks 'belongs to user' "$scratch/out"
  run "${in_namespace[@]}" env "DBUS_SESSION_BUS_ADDRESS=$root_bus" "$ours" get <<<ghcr.io
  status_is 1
else
  skip 'nobody can have no user namespace here'
fi

finish
