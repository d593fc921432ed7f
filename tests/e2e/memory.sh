#!/bin/bash
# No memory that pullsecret has freed holds the secret: the program scan-memory looks through all of
# it at the last moment of the process.
#
# one build: scan-memory cannot look through a sanitizer's memory

# shellcheck source=check_cases.sh
. "$(dirname "$0")/check_cases.sh"
need scan-memory jq python3

# cannot_scan WHY: nothing of this script can be tried here.
cannot_scan() {
  it 'no secret is left in memory'
  skip "$1"
  finish
}

printf 'hunter2-probe' >probe
if grep -q __asan_init "$program_folder/pullsecret"; then
  cannot_scan 'the sanitizers keep freed memory as it was'
fi
run scan-memory probe pullsecret --version
[ "$status" -ne 2 ] || cannot_scan "no program may be traced here: $(tail -n 1 "$scratch/err")"

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

# scan PART COMMAND...: runs COMMAND with the file `input` on standard input.
scan() { run scan-memory "$@" <input; }

# leaves_nothing STATUS COMMAND...: it exits with STATUS, and no part of the secret is left. The
# function $prepare comes before each run.
prepare=:
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

# use_secret SECRET: it is in part-*, the config, the store "main" and the file `password`.
use_secret() {
  secret=$1
  auth=$(printf 'octocat:%s' "$secret" | base64 -w 0)
  split_secret "$secret"
  : >input
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

# cases_of KIND SECRET
cases_of() {
  local kind=$1 format
  use_secret "$2"

  it "$kind secret: the scan finds it in a program that keeps it"
  cp password input
  leaves_secret bash -c 'read -r kept'

  it "$kind secret: the scan finds it in base64, wherever it stands in there"
  for before in '' x xx; do
    printf '%s' "$before$secret" | base64 -w 0 >input
    leaves_secret bash -c 'read -r kept'
  done
  : >input

  for format in yaml json; do
    it "$kind secret: convert -o $format, an inline registry"
    leaves_nothing 0 pullsecret convert --registry ghcr.io -o $format
    secret_has ghcr.io

    it "$kind secret: convert -o $format, a registry in a store"
    leaves_nothing 0 pullsecret convert --registry quay.io -o $format
    secret_has quay.io
  done

  it "$kind secret: convert -o config, all registries"
  leaves_nothing 0 pullsecret convert -o config
  out_json '.auths | map_values(.auth)' "{\"ghcr.io\":\"$auth\",\"quay.io\":\"$auth\"}"

  it "$kind secret: convert with everything a manifest can have"
  leaves_nothing 0 pullsecret convert -n a,b,c --append-hash --immutable --label a=b
  secret_has ghcr.io

  it "$kind secret: convert --type dockercfg"
  leaves_nothing 0 pullsecret convert --type dockercfg --registry ghcr.io
  pull_data '.["ghcr.io"].password' "\"$secret\""

  it "$kind secret: convert --config -"
  cp .docker/config.json input
  leaves_nothing 0 pullsecret convert --config - --registry ghcr.io
  secret_has ghcr.io
  : >input

  it "$kind secret: convert --output-file"
  leaves_nothing 0 pullsecret convert --output-file secret.yaml
  cp secret.yaml "$scratch/out"
  secret_has ghcr.io

  it "$kind secret: convert among a thousand others"
  jq -n --arg auth "$auth" \
    '{auths: [range(1000) | {"registry-\(.).io": {auth: $auth}}] | add}' >many.json
  leaves_nothing 0 pullsecret convert --config many.json
  secret_has registry-999.io

  it "$kind secret: convert with one registry unresolved"
  leaves_nothing 1 pullsecret convert --registry ghcr.io --registry quay.io --registry gone.example
  expect 'nothing on standard output' [ ! -s "$scratch/out" ]

  it "$kind secret: convert with a file that cannot be written"
  leaves_nothing 1 pullsecret convert --output-file no/folder/secret.yaml

  it "$kind secret: convert with a config that is cut off"
  head -c -2 .docker/config.json >cut.json
  leaves_nothing 1 pullsecret convert --config cut.json

  it "$kind secret: convert with an entry that Docker refuses"
  printf '{"auths": {"ghcr.io": {"auth": "%s=="}}}' "$(base64 -w 0 <password)" >bad.json
  leaves_nothing 1 pullsecret convert --config bad.json

  for format in json password; do
    it "$kind secret: get -o $format"
    leaves_nothing 0 pullsecret get quay.io -o $format
    out_has "$secret"
  done

  it "$kind secret: create --password-stdin"
  cp password input
  leaves_nothing 0 pullsecret create --server ghcr.io --username octocat --password-stdin
  secret_has ghcr.io
  : >input

  it "$kind secret: create --password-file"
  leaves_nothing 0 pullsecret create --server ghcr.io --username octocat --password-file password
  secret_has ghcr.io

  it "$kind secret: doctor"
  leaves_nothing 0 pullsecret doctor
  out_has 'entry-ok +quay.io'

  it "$kind secret: doctor --fix"
  prepare=stores_inline
  leaves_nothing 0 pullsecret doctor --fix --yes
  err_has '^\+.*https://index.docker.io/v1/'

  it "$kind secret: migrate into a store"
  leaves_nothing 0 pullsecret migrate --from inline --to encryptedfile
  out_has 'moved'

  it "$kind secret: migrate out of a store"
  prepare=stores_sealed
  leaves_nothing 0 pullsecret migrate --to inline
  out_has 'moved'
  prepare=:

  it "$kind secret: check, sent to the registry"
  check_leaves_nothing 0 "$secret" '{}'

  it "$kind secret: check, sent to a token server"
  check_leaves_nothing 0 "$secret" "{\"v2\": $token_server}"

  it "$kind secret: check, a token"
  check_leaves_nothing 0 hunter2-other "{\"v2\": $token_server, \"token\": [\"token\", \"$secret\"]}"

  it "$kind secret: check, repeated by the registry"
  check_leaves_nothing 1 "$secret" '{"manifest": ["echo"]}'

  pullsecret convert >secret.yaml
  pullsecret convert -o json >secret.json
  for format in yaml json; do
    it "$kind secret: inspect, $format"
    leaves_nothing 0 pullsecret inspect secret.$format
    out_has 'octocat'

    it "$kind secret: inspect --show-secrets, $format"
    leaves_nothing 0 pullsecret inspect --show-secrets -o json secret.$format
    out_has "$secret"
  done
}

cases_of short "$short"
cases_of long "$long"
finish
