#!/bin/bash
# What pullsecret answers for a registry is what Docker sends for it: docker's own CLI says, to a
# stand-in for the daemon.
#
# one build: it is about what is chosen

# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
need docker python3 jq

socket=$scratch/daemon.sock
start daemon python3 "$e2e/docker_daemon_standin.py" "$socket" "$scratch/sent"
daemon_listens() { [ -S "$socket" ]; }
wait_until daemon_listens || bail_out "no stand-in for the daemon: $(cat "$scratch/daemon.log")"

# docker_sends IMAGE CREDENTIAL: docker pull sends this username and password; '' is anonymous.
docker_sends() {
  : >"$scratch/sent"
  run env "DOCKER_HOST=unix://$socket" docker pull --quiet "$1"
  same "what docker sends for $1" \
    "$(sed 's/^[^ ]* //' "$scratch/sent" | jq -r 'if .username then "\(.username) \(.password)" else "" end')" "$2"
}

# get_answers REGISTRY CREDENTIAL: the same of pullsecret get.
get_answers() {
  run pullsecret get "$1"
  succeeds_quietly
  out_json '"\(.Username) \(.Secret)"' "\"$2\""
}

# auth_of USERNAME:PASSWORD
auth_of() { printf '%s' "$1" | base64 -w 0; }
inline='{"auth":"'$(auth_of file:hunter2)'"}'

# ---- Spellings

it 'a store is asked for a registry as it is spelled'
store alpha '{"GHCR.io":["upper","hunter2"]}'
config '{"credsStore":"alpha"}'
docker_sends GHCR.io/acme/app 'upper hunter2'
get_answers GHCR.io 'upper hunter2'
get_answers https://GHCR.io/v2/ 'upper hunter2'

it 'also where the store has another spelling, too, and the config names that'
store alpha '{"GHCR.io":["upper","hunter2"],"ghcr.io":["lower","hunter2"]}'
config '{"auths":{"ghcr.io":{}},"credsStore":"alpha"}'
docker_sends GHCR.io/acme/app 'upper hunter2'
get_answers GHCR.io 'upper hunter2'
docker_sends ghcr.io/acme/app 'lower hunter2'
get_answers ghcr.io 'lower hunter2'
run pullsecret convert --registry GHCR.io
succeeds_quietly
pull_data '.auths["ghcr.io"].username' '"upper"'

it 'a line of credHelpers counts for the name that Docker looks up, and for no other'
store alpha '{"ghcr.io":["alpha","hunter2"]}'
store beta '{"ghcr.io":["beta","hunter2"]}'
config '{"credHelpers":{"https://ghcr.io":"alpha"},"credsStore":"beta"}'
docker_sends ghcr.io/acme/app 'beta hunter2'
get_answers ghcr.io 'beta hunter2'
get_answers https://ghcr.io 'beta hunter2'
same 'what alpha was asked' "$(asked alpha)" ''

# ---- An empty name in credHelpers

it 'a line without a name is the file, also beside credsStore'
store beta '{"ghcr.io":["beta","hunter2"]}'
config "{\"auths\":{\"ghcr.io\":$inline},\"credHelpers\":{\"ghcr.io\":\"\"},\"credsStore\":\"beta\"}"
docker_sends ghcr.io/acme/app 'file hunter2'
get_answers ghcr.io 'file hunter2'
run pullsecret convert
succeeds_quietly
pull_data '.auths["ghcr.io"].username' '"file"'

it 'the doctor finds nothing wrong with it, and --fix nothing to do'
run pullsecret doctor
out_has '^ok +helper-name-empty +credHelpers for ghcr.io'
out_has '^ok +entry-ok +ghcr.io: .* user file'

it 'the entry may have an older spelling'
config "{\"auths\":{\"https://ghcr.io/v1/\":$inline},\"credHelpers\":{\"ghcr.io\":\"\"}}"
docker_sends ghcr.io/acme/app 'file hunter2'
get_answers ghcr.io 'file hunter2'
run pullsecret convert
succeeds_quietly

finish
