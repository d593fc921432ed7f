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

# ---- What is no credential

it 'an empty password is refused wherever it is, as docker login refuses it'
store alpha '{"ghcr.io":["bob",""]}'
for config in '{"auths":{"ghcr.io":{"auth":"'"$(auth_of bob:)"'"}}}' \
  '{"auths":{"ghcr.io":{}},"credsStore":"alpha"}'; do
  config "$config"
  run pullsecret get ghcr.io
  fails_with 1 '^pullsecret: error: ghcr.io: '
  run pullsecret convert
  fails_with 1 '^  ghcr.io: '
  run pullsecret convert -o config
  fails_with 1 '^  ghcr.io: '
  run pullsecret doctor
  status_is 1
  out_has '^problem +(entry-no-password|helper-|entry-unreadable)'
done

it 'a registry token is for Docker alone: get has no place for it, -o config keeps it'
config '{"auths":{"ghcr.io":{"registrytoken":"hunter2"}}}'
run pullsecret get ghcr.io
fails_with 1 'ghcr.io: it has a registry token only' '^pullsecret: hint: docker login ghcr.io$'
run pullsecret get -o password ghcr.io
fails_with 1 'ghcr.io: it has a registry token only'
run pullsecret convert
fails_with 1 'registry token only, which the kubelet cannot use'
run pullsecret convert -o config
succeeds_quietly
out_json '.auths["ghcr.io"].registrytoken' '"hunter2"'

# ---- White space at the ends of a login

it 'Docker sends the line break of echo: the doctor and convert say so'
config "{\"auths\":{\"ghcr.io\":{\"auth\":\"$(echo bob:hunter2 | base64)\"}}}"
docker_sends ghcr.io/acme/app 'bob hunter2\n'
run pullsecret doctor
status_is 1
out_has '^problem +password-ends-in-line-break +ghcr.io'
out_has 'docker login ghcr.io$'
run pullsecret convert
succeeds
err_has '^pullsecret: warning: ghcr.io: the password ends in a line break'
err_has '^pullsecret: hint: docker login ghcr.io$'

it 'inspect says so of the Secret, and what it advises mends it'
cp "$scratch/out" "$scratch/secret.yaml"
run pullsecret inspect "$scratch/secret.yaml"
succeeds_quietly
out_has 'password-ends-in-line-break'
printf 'hunter2\n' >"$scratch/token"
run pullsecret create --server ghcr.io --username bob --password-file "$scratch/token"
succeeds_quietly
cp "$scratch/out" "$scratch/secret.yaml"
run pullsecret inspect "$scratch/secret.yaml"
succeeds
expect 'no remark' lacks 'password-|username-' "$scratch/out"

# ---- DOCKER_AUTH_CONFIG

it "GitLab's variable of type File holds a path; the hint makes the content of it"
config '{}'
printf '{"auths":{"ghcr.io":%s}}' "$inline" >"$scratch/variable"
run env "DOCKER_AUTH_CONFIG=$scratch/variable" pullsecret get ghcr.io
fails_with 1 'ghcr.io: DOCKER_AUTH_CONFIG is not taken' \
  'ignoring DOCKER_AUTH_CONFIG, as Docker does: DOCKER_AUTH_CONFIG: it holds the path of a file'
hint=$(sed -n 's/^pullsecret: hint: \(export .*\)/\1/p' "$scratch/err")
run env "DOCKER_AUTH_CONFIG=$scratch/variable" sh -c "$hint; exec pullsecret get ghcr.io"
succeeds_quietly
out_json .Username '"file"'

it 'an entry of it without auth is named, and the variable blamed'
run env 'DOCKER_AUTH_CONFIG={"auths":{"ghcr.io":{}}}' pullsecret get ghcr.io
fails_with 1 'DOCKER_AUTH_CONFIG:1:21: the entry of ghcr.io has no "auth"' \
  'ghcr.io: DOCKER_AUTH_CONFIG is not taken' 'hint: correct DOCKER_AUTH_CONFIG, or docker login'
run env 'DOCKER_AUTH_CONFIG={"auths":{"ghcr.io":{"auth":""}}}' pullsecret convert
fails_with 1 'it names no registry, and DOCKER_AUTH_CONFIG is not taken'

it 'the hint on a login in it with a line break mends that'
broken=$(echo bob:hunter2 | base64)
run env "DOCKER_AUTH_CONFIG={\"auths\":{\"ghcr.io\":{\"auth\":\"$broken\"}}}" pullsecret doctor
out_has 'password-ends-in-line-break +DOCKER_AUTH_CONFIG: for ghcr.io'
mended=$(printf '%s' 'bob:hunter2' | base64 -w 0)
run env "DOCKER_AUTH_CONFIG={\"auths\":{\"ghcr.io\":{\"auth\":\"$mended\"}}}" pullsecret doctor
expect 'nothing about the password' lacks 'password-ends' "$scratch/out"

# ---- Keys that serve no image

# secret_for SERVER: create makes a Secret for it, if it takes it.
secret_for() {
  run pullsecret create --server "$1" --username bob --password-file "$scratch/token"
}

it 'create refuses a server that serves no image, and names the one that is meant'
for server in 'ghcr.io ' $'ghcr.io\n' ghcr.io/acme/app:1.4 'http://[bad' $'ghcr.\001io' \
  'ghcr.io/*' registry; do
  secret_for "$server"
  fails_with 2 '^pullsecret: error: --server: this key serves no image$' '^pullsecret: hint: '
  meant=$(sed -n 's/^pullsecret: hint: the key must be //p' "$scratch/err")
  case $server in ghcr.io[[:space:]] | *:1.4) expect 'the one that is meant' [ "$meant" ] ;; esac
  [ "$meant" ] || continue
  secret_for "$meant"
  succeeds_quietly
  cp "$scratch/out" "$scratch/secret.yaml"
  run pullsecret inspect --image ghcr.io/acme/app:1.4 "$scratch/secret.yaml"
  succeeds
done

it 'convert refuses such a key, and --skip-unresolved leaves it out'
config "{\"auths\":{\"ghcr.io \":$inline,\"quay.io\":$inline}}"
run pullsecret convert
fails_with 1 'no usable credential for 1 of 2' '^  "ghcr.io ": this key serves no image$' \
  'hint: the key must be ghcr.io$' '--skip-unresolved converts the others'
run pullsecret convert --skip-unresolved
succeeds
err_has 'warning: "ghcr.io ": left out: this key serves no image'
pull_data '.auths | keys' '["quay.io"]'

it 'doctor says so, too'
run pullsecret doctor
out_has '^warning +entry-spelling +"ghcr.io "'

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
