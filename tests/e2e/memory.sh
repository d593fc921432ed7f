#!/bin/bash
# No memory that pullsecret has freed holds the secret: the program scan-memory looks through all of
# it at the last moment of the process.
#
# one build: scan-memory cannot look through a sanitizer's memory

# shellcheck source=check_cases.sh
. "$(dirname "$0")/check_cases.sh"
need jq python3

can_scan "$program_folder/pullsecret" || finish

# The short one fits into std::string itself, without memory of its own: it stays in whatever holds
# the string. The long one has memory of its own, moves when a string grows, and is cut into pieces
# by buffers.
short=hunter2:Xq7
long=hunter2-"$(printf 'Zk%02d' {1..50})"-hunter2-end

# split_secret SECRET: into part-*, 8 bytes each, since memory that was used again may hold no more
# than the secret's end, or a piece from between.
split_secret() {
  rm -f part-*
  printf %s "${1:0:8}" >part-start
  printf %s "${1:${#1}/2-4:8}" >part-middle
  printf %s "${1: -8}" >part-end
}

# scan PART COMMAND...: runs COMMAND with the file $input on standard input.
scan() { run scan-memory "$@" <"$input"; }

# leaves_nothing STATUS COMMAND...: it exits with STATUS, and no part of the secret is left. The
# function $prepare comes before each run.
leaves_nothing() {
  local part expected=$1
  shift
  for part in part-*; do
    $prepare
    scan "$part" "$@"
    expect "no $part in memory" [ "$status" -eq 0 ]
    err_has "^exit status $expected\$"
  done
}

# leaves_secret COMMAND...: every part is found.
leaves_secret() {
  local part
  for part in part-*; do
    scan "$part" "$@"
    expect "$part in memory" [ "$status" -eq 1 ]
    err_has '^found '
  done
}

# use_secret SECRET: it is in the config, the store "main" and the file `password`.
use_secret() {
  secret=$1
  auth=$(printf 'octocat:%s' "$secret" | base64 -w 0)
  input=/dev/null prepare=:
  config "{\"auths\": {\"ghcr.io\": {\"auth\": \"$auth\"}, \"quay.io\": {}},
    \"credHelpers\": {\"quay.io\": \"main\"}}"
  store main "{\"quay.io\": [\"octocat\", \"$secret\"]}"
  printf '%s\n' "$secret" >password
}

# stores_inline, stores_sealed: the config and the encrypted file as they are to be before each run.
stores_inline() {
  rm -rf .local
  config "{\"auths\": {\"docker.io\": {\"auth\": \"$auth\"}}}"
}
stores_sealed() {
  rm -rf .local
  config '{"auths": {"quay.io": {}}, "credsStore": "encryptedfile"}'
  jq -nc --arg secret "$secret" '{ServerURL: "quay.io", Username: "octocat", Secret: $secret}' |
    docker-credential-encryptedfile store
}

# The stand-in for a registry and its token server gives the password of another as its token.
start_hostile registry
token_server="[\"bearer\", \"http://${at[registry]}/token\"]"

# check_leaves_nothing STATUS PASSWORD BEHAVIOUR: with that of the registry, and a password.
check_leaves_nothing() {
  jq -nc --arg password "$2" --arg registry "${at[registry]}" \
    '{auths: {($registry): {auth: ("octocat:" + $password | @base64)}}}' >check.json
  behaves registry "$3"
  leaves_nothing "$1" pullsecret check check.json --image "${at[registry]}/acme/app:1"
  leaves_nothing "$1" pullsecret check check.json --image "${at[registry]}/acme/app:1" -o json
}

secret_has() { pull_data ".auths[\"$1\"].password" "\"$secret\""; }
both_have_it() { out_json '.auths | map_values(.auth)' "{\"ghcr.io\":\"$auth\",\"quay.io\":\"$auth\"}"; }
a_thousand() {
  jq -n --arg auth "$auth" '{auths: [range(1000) | {"registry-\(.).io": {auth: $auth}}] | add}' >many.json
}
refused_entry() {
  printf '{"auths": {"ghcr.io": {"auth": "%s=="}}}' "$(base64 -w 0 <password)" >refused.json
}

made() { pullsecret convert -o "$1" >"secret.$1"; }
printed_to() { cp "$1" "$scratch/out"; }

# arguments of pullsecret | exit status | done before | a check on what came of it
commands=$(
  cat <<'END'
convert --registry ghcr.io -o yaml | 0 || secret_has ghcr.io
convert --registry quay.io -o yaml | 0 || secret_has quay.io
convert --registry ghcr.io -o json | 0 || secret_has ghcr.io
convert --registry quay.io -o json | 0 || secret_has quay.io
convert -o config | 0 || both_have_it
convert -n a,b,c --append-hash --immutable --label a=b | 0 || secret_has ghcr.io
convert --type dockercfg --registry ghcr.io | 0 || pull_data '.["ghcr.io"].password' "\"$secret\""
convert --config - --registry ghcr.io | 0 | input=.docker/config.json | secret_has ghcr.io
convert --output-file secret.yaml | 0 || printed_to secret.yaml; secret_has ghcr.io
convert --config many.json | 0 | a_thousand | secret_has registry-999.io
convert --registry ghcr.io --registry quay.io --registry gone.example | 1 || out_is ''
convert --output-file no/folder/secret.yaml | 1 || out_is ''
convert --config cut.json | 1 | head -c -2 .docker/config.json >cut.json | out_is ''
convert --config refused.json | 1 | refused_entry | out_is ''
get quay.io -o json | 0 || out_has "$secret"
get quay.io -o password | 0 || out_has "$secret"
create --server ghcr.io --username octocat --password-stdin | 0 | input=password | secret_has ghcr.io
create --server ghcr.io --username octocat --password-file password | 0 || secret_has ghcr.io
doctor | 0 || out_has 'entry-ok +quay.io'
doctor --fix --yes | 0 | prepare=stores_inline | err_has '^\+.*https://index.docker.io/v1/'
migrate --from inline --to encryptedfile | 0 | prepare=stores_inline | out_has moved
migrate --to inline | 0 | prepare=stores_sealed | out_has moved
inspect secret.yaml | 0 | made yaml | out_has octocat
inspect secret.json | 0 | made json | out_has octocat
inspect --show-secrets -o json secret.yaml | 0 | made yaml | out_has "$secret"
inspect --show-secrets -o json secret.json | 0 | made json | out_has "$secret"
END
)

# cases_of KIND SECRET
cases_of() {
  local kind=$1 arguments expected before check
  use_secret "$2"
  split_secret "$2"

  it "$kind secret: the scan finds it in a program that keeps it"
  input=password
  leaves_secret bash -c 'read -r kept'

  it "$kind secret: the scan finds it in base64, wherever it stands in there"
  input=encoded
  for before in '' x xx; do
    printf '%s' "$before$secret" | base64 -w 0 >encoded
    leaves_secret bash -c 'read -r kept'
  done

  while IFS='|' read -r arguments expected before check; do
    it "$kind secret: $arguments"
    use_secret "$2"
    eval "$before"
    # shellcheck disable=SC2086 # words
    leaves_nothing $expected pullsecret $arguments
    eval "$check"
  done <<<"$commands"
  use_secret "$2"

  it "$kind secret: check, sent to the registry"
  check_leaves_nothing 0 "$secret" '{}'

  it "$kind secret: check, sent to a token server"
  check_leaves_nothing 0 "$secret" "{\"v2\": $token_server}"

  it "$kind secret: check, a token"
  check_leaves_nothing 0 hunter2-other "{\"v2\": $token_server, \"token\": [\"token\", \"$secret\"]}"

  it "$kind secret: check, repeated by the registry"
  check_leaves_nothing 1 "$secret" '{"manifest": ["echo"]}'
}

cases_of short "$short"
cases_of long "$long"
finish
