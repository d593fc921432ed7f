#!/bin/bash
# docker-credential-secretservice and a session bus that is reached over the network: no secret
# crosses it as it is.
#
# over libsecret, too

# shellcheck source=secret_service.sh
. "$(dirname "$0")/secret_service.sh"
need gnome-keyring-daemon jq python3

start_bus
start_keyring

# The bus again, at a TCP port. What passes there is written to $scratch/wire.
: >"$scratch/wire"
start wiretap python3 "$e2e/wiretap.py" "$XDG_RUNTIME_DIR/bus" "$scratch/wire"
wait_until "test -s $scratch/wiretap.log" || bail_out "no wiretap: $(cat "$scratch/wiretap.log")"
local_bus=$DBUS_SESSION_BUS_ADDRESS
network_bus=tcp:host=127.0.0.1,port=$(<"$scratch/wiretap.log")

over_network=(env "DBUS_SESSION_BUS_ADDRESS=$network_bus" "$ours")

# no_secret_on_wire: though all else is.
no_secret_on_wire() {
  expect 'a call on the wire' grep -aq SearchItems "$scratch/wire"
  expect 'no secret on the wire' lacks hunter2 "$scratch/wire"
}

if ! encrypts; then
  it 'refuses a bus on the network, where secrets could be read'
  export DBUS_SESSION_BUS_ADDRESS=$network_bus
  refuses_all 'the session bus is reached over the network, where secrets could be read; let'
  run "$ours" status
  status_is 1
  out_is ''
  err_has '^docker-credential-secretservice: error: secret service: the session bus is reached over'
  expect 'no call on the wire' lacks org.freedesktop "$scratch/wire"
  finish
fi

it 'what it stores over the network comes back, and is encrypted on its way'
run "${over_network[@]}" store <<<"$(entry ghcr.io builder 'hunter2 of builder')"
succeeds_quietly
gets "$ours" ghcr.io builder 'hunter2 of builder'
run "${over_network[@]}" get <<<ghcr.io
succeeds_quietly
out_json .Secret '"hunter2 of builder"'
expect 'the server URL on the wire' grep -aq ghcr.io "$scratch/wire"
no_secret_on_wire

it 'it lists and erases over the network'
run "${over_network[@]}" list <<<unused
succeeds_quietly
out_json . '{"ghcr.io":"builder"}'
run "${over_network[@]}" erase <<<ghcr.io
succeeds_quietly
finds_nothing "$ours" ghcr.io

it 'it says of the keyring that it is there'
run "${over_network[@]}" status
succeeds_quietly
out_json .State '"ready"'

it 'a service that cannot encrypt gets and gives no secret over the network'
start_service python3 "$e2e/secret_service_standin.py" plain
: >"$scratch/wire"
run "${over_network[@]}" get <<<ghcr.io
refuses 'the session bus is reached over the network, and the service cannot encrypt secrets; let'
run "${over_network[@]}" store <<<"$(entry ghcr.io builder 'hunter2 of builder')"
refuses 'the session bus is reached over the network, and the service cannot encrypt secrets; let'
no_secret_on_wire

it 'at a local socket it does without'
export DBUS_SESSION_BUS_ADDRESS=$local_bus
gets "$ours" ghcr.io builder 'hunter2 in the clear'

finish
