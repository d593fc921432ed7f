#!/bin/bash
# What pullsecret answers for a registry is what Docker sends for it: docker's own CLI says, to a
# stand-in for the daemon. What is said of logins is in tests/unit/cli/cases/logins.txt.
#
# one build: it is about what is chosen

# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
need docker python3 jq

socket=$scratch/daemon.sock
start daemon python3 "$e2e/docker_daemon_standin.py" "$socket" "$scratch/sent"
daemon_listens() { [ -S "$socket" ]; }
wait_until daemon_listens || bail_out "no stand-in for the daemon: $(cat "$scratch/daemon.log")"

# docker_sends IMAGE CREDENTIAL: docker pull sends this username and password, as a JSON string.
docker_sends() {
  : >"$scratch/sent"
  run env "DOCKER_HOST=unix://$socket" docker pull --quiet "$1"
  sed 's/^[^ ]* //' "$scratch/sent" >"$scratch/sent.json"
  json_is "in what docker sends for $1" "\"$2\"" '"\(.username) \(.password)"' "$scratch/sent.json"
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

it 'the entry may have an older spelling'
config "{\"auths\":{\"https://ghcr.io/v1/\":$inline},\"credHelpers\":{\"ghcr.io\":\"\"}}"
docker_sends ghcr.io/acme/app 'file hunter2'
get_answers ghcr.io 'file hunter2'
run pullsecret convert
succeeds_quietly

# ---- White space at the ends of a login

it 'Docker sends the line break of echo'
config "{\"auths\":{\"ghcr.io\":{\"auth\":\"$(echo bob:hunter2 | base64)\"}}}"
docker_sends ghcr.io/acme/app 'bob hunter2\n'

# ---- Types that a later docker does not know

it 'what this docker refuses for its type is a problem, and what it takes is none'
for fields in '"experimental":true' '"experimental":null' '"experimental":"enabled"' '"Experimental":{}' \
  '"auths":{"ghcr.io":{"email":5}}' '"auths":{"ghcr.io":{"Email":["x"]}}' \
  '"auths":{"ghcr.io":{"email":null}}' '"auths":{"ghcr.io":{"email":"me@example.com"}}' \
  '"auths":{"ghcr.io":{"username":5}}' '"stackOrchestrator":5'; do
  config "{$fields}"
  run docker context show
  refused=false
  ! grep -q 'WARNING: Error' "$scratch/err" || refused=true
  run pullsecret doctor -o json
  out_json 'any(.[]; .severity == "problem" and (.name == "file-field-type" or .name == "entry-undecodable"))' \
    "$refused"
done

finish
