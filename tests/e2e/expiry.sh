#!/bin/bash
# How long credentials last: what the manual shows, and what is done with a Secret that ends too soon. What
# is said is in tests/unit/cli/cases/expiry.txt.
#
# one build: it is about what is said

# shellcheck source=hints.sh
. "$(dirname "$0")/hints.sh"
# shellcheck source=documents.sh
. "$e2e/documents.sh"
# shellcheck source=cluster.sh
. "$e2e/cluster.sh"

now=$(date +%s)

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

it '--min-validity says what pullsecret-recipes(7) shows'
entry $ecr AWS "$(ecr_password 2870)" | secret regcred
jq '.metadata.namespace = "staging"' regcred.json >staging.json
run pullsecret inspect --min-validity 2h staging.json
fails_with 1
same 'the error' "$(<"$scratch/err")" "$(
  sed -n '/inspect --min-validity 2h$/,/^```/{/^pullsecret: \|^  /p}' "$recipes")"

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
