#!/bin/bash
# docker-credential-secretservice on gnome-keyring, beside Debian's program of the same name.
#
# over libsecret, too

# shellcheck source=secret_service.sh
. "$(dirname "$0")/secret_service.sh"
need gnome-keyring-daemon jq

start_bus
start_keyring

it 'what it stores comes back'
stores "$ours" ghcr.io builder 'hunter2'
gets "$ours" ghcr.io builder 'hunter2'
lists "$ours" '{"ghcr.io":"builder"}'

it 'it says that its store is ready'
says_of_store "$ours" ready
out_json .Store '"secretservice"'
run "$ours" status -o text
succeeds_quietly
out_has '^state: +ready$'

it 'an entry is found under another spelling of its registry'
stores "$ours" https://index.docker.io/v1/ joe 'hunter2 of joe'
gets "$ours" docker.io joe 'hunter2 of joe'
gets "$ours" https://ghcr.io builder 'hunter2'

it 'erase removes the entry and no other'
run "$ours" erase <<<ghcr.io
succeeds_quietly
finds_nothing "$ours" ghcr.io
lists "$ours" '{"https://index.docker.io/v1/":"joe"}'

it 'erase of what is not there succeeds'
run "$ours" erase <<<ghcr.io
succeeds_quietly

it 'version and --help need no keyring and no bus'
run env -u DBUS_SESSION_BUS_ADDRESS -u XDG_RUNTIME_DIR "$ours" version
succeeds_quietly
out_has '^docker-credential-secretservice \(pullsecret\) [0-9.]+$'
run env -u DBUS_SESSION_BUS_ADDRESS -u XDG_RUNTIME_DIR "$ours" --help
succeeds_quietly
out_has 'usage: docker-credential-secretservice'

it 'ten stores and ten erases at once lose nothing'
for i in {1..10}; do
  "$ours" store <<<"$(entry "old$i.example.com" builder hunter2)"
done
pids=()
for i in {1..10}; do
  "$ours" store <<<"$(entry "new$i.example.com" builder "hunter2 $i")" &
  pids+=($!)
  "$ours" erase <<<"old$i.example.com" &
  pids+=($!)
done
wait "${pids[@]}"
run "$ours" list <<<unused
out_json '[keys[] | select(endswith(".example.com"))] == ([range(1; 11) | "new\(.).example.com"] | sort)' \
  true
for i in {1..10}; do
  gets "$ours" "new$i.example.com" builder "hunter2 $i"
  "$ours" erase <<<"new$i.example.com"
done

# ---- Beside upstream's program

secrets=('hunter2' 'hunter2: p"a\s$<w>örd' $'hunter2\nwith a line break\n'
  '{"type":"service_account","private_key":"-----BEGIN\nhunter2\n-----END\n"}')

it 'upstream reads what it stores'
for i in "${!secrets[@]}"; do
  stores "$ours" "ours$i.example.com" builder "${secrets[i]}"
  gets "$upstream" "ours$i.example.com" builder "${secrets[i]}"
done

it 'it reads what upstream stores'
for i in "${!secrets[@]}"; do
  stores "$upstream" "theirs$i.example.com" builder "${secrets[i]}"
  gets "$ours" "theirs$i.example.com" builder "${secrets[i]}"
done

it 'both list the same server URLs'
run "$upstream" list <<<unused
lists "$ours" "$(jq -cS . "$scratch/out")"
out_json 'length' 9

it 'each erases what the other one stored'
for i in "${!secrets[@]}"; do
  run "$upstream" erase <<<"ours$i.example.com"
  succeeds
  finds_nothing "$ours" "ours$i.example.com"
  run "$ours" erase <<<"theirs$i.example.com"
  succeeds_quietly
  finds_nothing "$upstream" "theirs$i.example.com"
done

it "it replaces upstream's entry of another username, which leaves one"
stores "$upstream" quay.io joe 'hunter2 of joe'
stores "$ours" quay.io jane 'hunter2 of jane'
gets "$ours" quay.io jane 'hunter2 of jane'
gets "$upstream" quay.io jane 'hunter2 of jane'
run "$upstream" list <<<unused
out_json '."quay.io"' '"jane"'

it "upstream replaces its entry of the same username"
stores "$upstream" quay.io jane 'hunter2, newer'
gets "$ours" quay.io jane 'hunter2, newer'

it 'of several entries that upstream leaves the newest counts, and store removes the others'
stores "$upstream" stale.example.com second 'hunter2'
stores "$upstream" stale.example.com first 'hunter2 of first'
sleep 1.1 # the service's times are in seconds
stores "$upstream" stale.example.com second 'hunter2 of second'
gets "$ours" stale.example.com second 'hunter2 of second'
stores "$ours" stale.example.com third 'hunter2 of third'
gets "$upstream" stale.example.com third 'hunter2 of third'
run "$ours" erase <<<stale.example.com
finds_nothing "$upstream" stale.example.com

it 'an empty secret comes back, which upstream stores and does not find again'
stores "$ours" empty.example.com builder ''
gets "$ours" empty.example.com builder ''
finds_nothing "$upstream" empty.example.com
stores "$upstream" empty.example.com builder ''
gets "$ours" empty.example.com builder ''

it 'a keyring that is just being started is asked until it answers'
for i in {1..5}; do
  stop_service
  start service gnome-keyring-daemon --foreground --unlock --components=secrets \
    < <(printf hunter2)
  service=$!
  asks_again() {
    run "$ours" get <<<empty.example.com
    lacks 'no program on the session bus' "$scratch/out"
  }
  wait_until asks_again
  succeeds_quietly
  out_json .Username '"builder"'
done

# ---- Memory

it 'no memory holds any part of the secret after store and get'
if can_scan "$ours"; then
  # leaves_nothing_of SECRET [COMMAND...]: our program, run by COMMAND.
  leaves_nothing_of() {
    local secret=$1 part
    shift
    for part in "${secret:0:8}" "${secret:${#secret}/2-4:8}" "${secret: -8}"; do
      printf '%s' "$part" >"$scratch/part"
      run "$@" scan-memory "$scratch/part" "$ours" store <<<"$(entry scan.example.com joe "$secret")"
      succeeds
      run "$@" scan-memory "$scratch/part" "$ours" get <<<scan.example.com
      succeeds
      out_json .Secret "\"$secret\""
    done
  }
  for size in 12 300 3000; do
    secret=hunter2-$(head -c "$size" /dev/urandom | base64 -w 0)
    leaves_nothing_of "$secret"
    # Where it may lock no memory, libsecret keeps secrets in the heap.
    leaves_nothing_of "$secret" prlimit --memlock=0 \
      setpriv --bounding-set=-ipc_lock --inh-caps=-ipc_lock
    run scan-memory "$scratch/part" "$upstream" get <<<scan.example.com
    expect "upstream's program to leave it, which shows that the scan finds it" [ "$status" -eq 1 ]
  done
fi

# ---- What goes wrong

start_locked_keyring

it 'a locked keyring that nothing here can prompt for is an error at once'
run "$ours" get <<<quay.io
refuses '^secret service: the request to unlock the keyring was dismissed, or no program here can' \
  'encryptedfile'
run "$ours" store <<<"$(entry quay.io builder hunter2)"
refuses 'request to unlock'
run "$ours" erase <<<quay.io
refuses 'request to unlock'
run "$ours" list <<<unused
refuses 'request to unlock'

it 'it says that the keyring is locked'
says_of_store "$ours" locked locked
out_has 'the default keyring is locked.*seahorse'

it 'a locked keyring is not asked for what is not in it'
finds_nothing "$ours" nowhere.example.com

it 'a keyring that was locked in vain still has its entries'
start_keyring
gets "$ours" quay.io jane 'hunter2, newer'

it 'without any keyring get and list have nothing, and store says what it cannot make'
remove_keyring
start_locked_keyring
finds_nothing "$ours" quay.io
lists "$ours" '{}'
run "$ours" store <<<"$(entry quay.io builder hunter2)"
refuses 'request to make a first keyring'
says_of_store "$ours" locked no-keyring

it 'without a service it names programs that are one'
stop_service
refuses_all '^secret service: no program on the session bus keeps secrets; start gnome-keyring' \
  '"credsStore": "encryptedfile" needs none$'
says_of_store "$ours" unusable no-service
out_json '.Faults[0].Prevents' '["store","get"]'

it 'with a bus that has gone it says where there is none'
export DBUS_SESSION_BUS_ADDRESS=unix:path=$scratch/nowhere
refuses_all "there is no session bus at unix:path=$scratch/nowhere: no such file or directory" \
  '"credsStore": "encryptedfile" needs none;'
says_of_store "$ours" unusable no-bus
out_has "there is no session bus at unix:path=$scratch/nowhere"

it 'without a bus it says so, and launches none'
printf '#!/bin/sh\ntouch %s/launched\n' "$scratch" >"$scratch/bin/dbus-launch"
chmod +x "$scratch/bin/dbus-launch"
unset DBUS_SESSION_BUS_ADDRESS XDG_RUNTIME_DIR
export DISPLAY=:99
refuses_all 'there is no session bus: DBUS_SESSION_BUS_ADDRESS and XDG_RUNTIME_DIR are not set' \
  '"credsStore": "encryptedfile" needs none;'
says_of_store "$ours" unusable no-bus
export XDG_RUNTIME_DIR=$scratch
refuses_all 'there is no session bus at \$XDG_RUNTIME_DIR/bus: no such file or directory'
export DBUS_SESSION_BUS_ADDRESS=autolaunch:
refuses_all 'there is no session bus at autolaunch:: '
expect 'no bus to be launched' [ ! -e "$scratch/launched" ]

finish
