#!/bin/bash
# How long credentials last: what check says of it, and what is done with a Secret that ends too soon.
# What inspect says is in tests/unit/cli/cases/.
#
# one build: it is about what is said

# shellcheck source=hints.sh
. "$(dirname "$0")/hints.sh"
# shellcheck source=documents.sh
. "$e2e/documents.sh"
# shellcheck source=cluster.sh
. "$e2e/cluster.sh"

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

it 'check says it, to people and to scripts'
# Half an hour more than is told, for a slow machine.
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

it '--min-validity says what pullsecret-recipes(7) shows'
entry $ecr AWS "$(ecr_password 2870)" | secret regcred
jq '.metadata.namespace = "staging"' regcred.json >staging.json
run pullsecret inspect --min-validity 2h staging.json
fails_with 1
same 'the error' "$(<"$scratch/err")" "$(
  manual pullsecret-recipes.7 | sed -n '/inspect --min-validity 2h$/,/^```/{/^pullsecret: \|^  /p}')"

# ---- What the hint says, done

start_cluster default

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
