#!/bin/bash
# How long credentials last: what inspect and check say of it, to people and to scripts, and what
# `inspect --min-validity` lets pass.
#
# one build: it is about what is said

# shellcheck source=hints.sh
. "$(dirname "$0")/hints.sh"
# shellcheck source=documents.sh
. "$e2e/documents.sh"
need jq kubectl python3

day=86400
now=$(date +%s)

# web_token SECONDS: a JSON Web Token that ends so many seconds from now.
web_token() {
  printf 'eyJhbGciOiJub25lIn0.%s.hunter2' \
    "$(printf '{"exp":%d}' $((now + $1)) | base64 -w 0 | tr '+/' '-_' | tr -d =)"
}

# ecr_password SECONDS: one of Amazon ECR, which ends so many seconds from now.
ecr_password() {
  printf '{"payload":"hunter2","version":"2","type":"DATA_KEY","expiration":%d}' $((now + $1)) | base64 -w 0
}

ecr=123456789012.dkr.ecr.eu-central-1.amazonaws.com
entry() { jq -n --arg key "$1" --arg user "$2" --arg password "$3" '{($key): {username: $user, password: $password}}'; }

# secret NAME: the Secret in NAME.json of the entries on standard input.
secret() {
  jq -s --arg name "$1" '{apiVersion: "v1", kind: "Secret", metadata: {name: $name, namespace: "team"},
    type: "kubernetes.io/dockerconfigjson",
    data: {".dockerconfigjson": {auths: add} | tojson | @base64}}' >"$1.json"
}

# Half an hour more than is told, for a slow machine.
{ entry ghcr.io octocat hunter2 && entry $ecr AWS "$(ecr_password $((11 * 3600 + 1800)))"; } | secret ecr
{ entry a.example u "$(web_token $((-3 * day - 1800)))" && entry b.example u "$(web_token $((3 * day + 1800)))"; } |
  secret tokens
jq -s '{apiVersion: "v1", kind: "List", items: .}' ecr.json tokens.json >all.json

it 'inspect says what is left, as people say it'
run pullsecret inspect all.json
succeeds_quietly
out_has '^  ghcr\.io +octocat +password +7 +- +ghcr'
out_has '^  +AWS +ECR token +[0-9]+ +11 h left +123456789012'
out_has '^  a\.example +u +password +[0-9]+ +expired 3 days ago +a\.example'
out_has '^  b\.example +u +password +[0-9]+ +3 days left +b\.example'
out_has '^    note  short-lived: such a token lasts 12 hours, this one until$'
out_has "^          $(date -u -d "@$((now + 11 * 3600 + 1800))" +%Y-%m-%dT%H:%MZ)$"
expect 'lines of at most 80 characters' lacks '^.{81}' "$scratch/out"

it 'inspect --image says it, too'
run pullsecret inspect all.json --image $ecr/app --image a.example/app
succeeds_quietly
out_has '^ +AWS +ECR token +[0-9]+ +11 h left +team/ecr$'
out_has '^  a\.example +u +password +[0-9]+ +expired 3 days ago +team/tokens$'
expect 'lines of at most 80 characters' lacks '^.{81}' "$scratch/out"

it 'the JSON has the time as programs compare it'
run pullsecret inspect all.json -o json
succeeds_quietly
out_json "[.[].entries[].expires | if . then fromdate - $now else . end]" \
  "[null,$((11 * 3600 + 1800)),$((-3 * day - 1800)),$((3 * day + 1800))]"

it 'check says it, to people and to scripts'
{ entry 127.0.0.1:1 u "$(web_token $((11 * 3600 + 1800)))" &&
  entry 127.0.0.1:1/acme u "$(web_token $((-3 * day - 1800)))" &&
  entry 127.0.0.1:1/acme/app u hunter2; } | secret nowhere
run pullsecret check nowhere.json --image 127.0.0.1:1/acme/app/x
status_is 1
out_has '^  127\.0\.0\.1:1 +u +team/nowhere +11 h left +unreachable$'
out_has '^  127\.0\.0\.1:1/acme +u +team/nowhere +expired 3 days ago +unreachable$'
out_has '^  127\.0\.0\.1:1/acme/app +u +team/nowhere +- +unreachable$'
out_has '^  without a login +- +- +- +unreachable$'
expect 'lines of at most 80 characters' lacks '^.{81}' "$scratch/out"
jq '.data[] | @base64d | fromjson' nowhere.json >config.json
for credentials in nowhere.json '--config config.json'; do
  # shellcheck disable=SC2086 # words
  run pullsecret check $credentials --image 127.0.0.1:1/acme/app/x -o json
  status_is 1
  out_json "[.[] | [.key, (.expires | if . then fromdate - $now else . end)]]" \
    "[[\"127.0.0.1:1/acme/app\",null],[\"127.0.0.1:1/acme\",$((-3 * day - 1800))],[\"127.0.0.1:1\",$((11 * 3600 + 1800))],[null,null]]"
done

# ---- --min-validity

# ends_within DURATION FILE LINE...: inspect fails, and names these entries in this order.
ends_within() {
  run pullsecret inspect --min-validity "$1" "$2"
  fails_with 1
  same "the entries that end within $1" "$(grep '^  ' "$scratch/err")" "$(printf '  %s\n' "${@:3}")"
}

it '--min-validity lets pass what lasts so long, and what does not say when it ends'
for duration in 2h 90m 1h30m 30s 90 0 11h15m; do
  run pullsecret inspect --min-validity $duration ecr.json
  succeeds_quietly
  out_has '^Secret team/ecr$'
done
run pullsecret inspect --min-validity 87600h -o json <<<'{"auths": {"ghcr.io": {"auth": "dTpodW50ZXIy"}}}'
succeeds_quietly
out_json '.[0].entries[0].expires' null
entry a.example u "$(web_token $((253402300799 - now)))" | secret lasting
run pullsecret inspect --min-validity 87600h -o json lasting.json
succeeds_quietly
out_json '.[0].entries[0].expires' '"9999-12-31T23:59:59Z"'

it '--min-validity fails for what ends sooner, and names each'
ends_within 12h ecr.json "$ecr in Secret team/ecr: 11 h left"
err_has '^pullsecret: error: 1 of 2 entries last less than 12h0m0s:$'
ends_within 100h all.json "$ecr in Secret team/ecr: 11 h left" \
  'a.example in Secret team/tokens: expired 3 days ago' 'b.example in Secret team/tokens: 3 days left'
err_has '^pullsecret: error: 3 of 4 entries last less than 100h0m0s:$'

it '--min-validity says what pullsecret-recipes(7) shows'
entry $ecr AWS "$(ecr_password 2870)" | secret regcred
jq '.metadata.namespace = "staging"' regcred.json >staging.json
run pullsecret inspect --min-validity 2h staging.json
fails_with 1
same 'the error' "$(<"$scratch/err")" "$(
  manual pullsecret-recipes.7 | sed -n '/inspect --min-validity 2h$/,/^```/{/^pullsecret: \|^  /p}')"

it '--min-validity fails for what has ended, whatever is asked for'
for duration in 0 1s 71h; do
  ends_within $duration tokens.json 'a.example in Secret team/tokens: expired 3 days ago'
done
ends_within 0s tokens.json 'a.example in Secret team/tokens: expired 3 days ago'
err_has '^pullsecret: error: 1 of 2 entries have ended:$'

it '--min-validity counts the entries of the images, each once'
run pullsecret inspect --min-validity 12h all.json --image ghcr.io/app --image b.example/app
succeeds_quietly
run pullsecret inspect --min-validity 12h all.json --image a.example/app --image a.example/b --image ghcr.io/app
fails_with 1 '^pullsecret: error: 1 of 2 entries last less than 12h0m0s:$' '^  a\.example in Secret team/tokens: '

it '--min-validity of a Docker config, and of a Secret without a name'
jq '.data[] | @base64d | fromjson' tokens.json >config.json
ends_within 1s config.json 'a.example in the Docker config file: expired 3 days ago'
err_has '^pullsecret: hint: log in again$'
jq 'del(.metadata)' tokens.json >nameless.json
ends_within 1s nameless.json 'a.example in a Secret without a name: expired 3 days ago'

it '--min-validity passes over what cannot be read, and shows it'
run pullsecret inspect --min-validity 2h <<<'{"auths": {"ghcr.io": {"auth": "?"}}}'
succeeds_quietly
out_has 'problem +refused:'

it 'what is no duration is wrong usage'
for nonsense in '' x h 1d -1h 1h30 2H 1e3s 90000h 1h-30m 99999999999999999999h hunter2; do
  run pullsecret inspect "--min-validity=$nonsense" ecr.json
  fails_with 2 '--min-validity: not a duration from 0s to 87600h0m0s$' 'hint: .*a day is 24h'
done
run pullsecret inspect ecr.json --min-validity
fails_with 2 'needs an argument'

it '--timeout takes durations and seconds'
helper slow <<<'sleep 60'
config '{"credHelpers": {"ghcr.io": "slow"}}'
for limit in 50ms 0.05 0.05s; do
  run pullsecret convert --timeout $limit
  fails_with 1 'no answer within 0\.05 s'
done
run pullsecret convert --timeout 25h
fails_with 2 '--timeout: not a duration from 10ms to 24h0m0s$'

# ---- What the hint says, done

start api /usr/bin/python3 "$e2e/api_server_standin.py" default
api() { grep -oP 'http://127\.0\.0\.1:\d+' "$scratch/api.log"; }
wait_until api || bail_out "no API server: $(cat "$scratch/api.log")"
export KUBECONFIG=$scratch/kubeconfig
kubectl config set-cluster stand-in --server "$(api)" >/dev/null
kubectl config set-context stand-in --cluster stand-in --namespace default >/dev/null
kubectl config use-context stand-in >/dev/null

it 'a Secret that ends too soon is made again, and lasts'
store ecr-login "$(jq -nc --arg key $ecr --arg secret "$(ecr_password 60)" '{($key): ["AWS", $secret]}')"
config '{"credHelpers": {"'$ecr'": "ecr-login"}}'
pullsecret convert | kubectl apply -f - >"$scratch/log" 2>&1
monitor=(sh -c 'kubectl get secret regcred -o yaml | pullsecret inspect --min-validity 2h')
run "${monitor[@]}"
fails_with 1 "^  $ecr in Secret default/regcred: [0-9]+ s left$"
hint_on_standard_error kubectl
store ecr-login "$(jq -nc --arg key $ecr --arg secret "$(ecr_password 43200)" '{($key): ["AWS", $secret]}')"
follow
out_is 'secret/regcred configured'
run "${monitor[@]}"
succeeds_quietly

all_are_followed
finish
