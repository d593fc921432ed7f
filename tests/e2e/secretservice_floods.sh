#!/bin/bash
# docker-credential-secretservice and a session bus that sends without end: the helper says so, and
# neither its memory nor the time it takes hangs on how long that goes on. What floods stands in for a
# bus, since no real one does.
#
# over libsecret, too
# starts early: it waits for half a minute

# shellcheck source=secret_service.sh
. "$(dirname "$0")/secret_service.sh"
need jq python3

# bus_that BEHAVIOUR [PREFIX...]: flooding_bus.py, which lists them.
bus_that() {
  local behaviour=$1
  shift
  rm -rf "$scratch/bus"
  mkdir -m 777 "$scratch/bus"
  export DBUS_SESSION_BUS_ADDRESS=unix:path=$scratch/bus/socket
  start "$behaviour" "$@" python3 "$e2e/flooding_bus.py" "$behaviour" "$scratch/bus/socket"
  wait_until "grep -q ready $scratch/$behaviour.log" ||
    bail_out "no bus: $(cat "$scratch/$behaviour.log")"
}

asks() { run python3 "$e2e/peak_memory.py" "$scratch/peak" "$ours" get <<<ghcr.io; }

for behaviour in greeting line; do
  it "a $behaviour without end"
  bus_that "$behaviour"
  asks
  refuses '^secret service: '
  takes_at_most 40
done

it 'a bus that does not let one in, or speaks out of turn'
bus_that refusal
asks
refuses '^secret service: '
if encrypts; then # sd-bus reads on
  bus_that two-lines
  asks
  refuses '^secret service: .*what answers there is no bus; '
fi

for behaviour in calls signals; do
  it "$behaviour without end"
  bus_that "$behaviour"
  asks
  refuses '^secret service: the session bus sends more than anybody asked it for; '
  takes_at_most 200
done

it 'one message of the size that D-Bus allows'
bus_that message
run timeout 20 python3 "$e2e/peak_memory.py" "$scratch/peak" "$ours" get <<<ghcr.io
if encrypts; then
  refuses '^secret service: the session bus sends more than anybody asked it for; '
  takes_at_most 200
fi

it "another user's: nothing of it is read"
if can_be_nobody; then
  bus_that greeting "${as_nobody[@]}"
  asks
  refuses '^secret service: the session bus belongs to user 65534, and this is user 0; '
  takes_at_most 40
  has_ended() { grep -qx '[0-9]*' "$scratch/greeting.log"; }
  wait_until has_ended
  same 'the MiB that it read' "$(tail -n 1 "$scratch/greeting.log")" 0
fi

finish
