#!/bin/bash
# What doctor says of the entries of a config: those in the file, and those in a real store.
#
# one build: it is about what is said

# shellcheck source=doctor_cases.sh
. "$(dirname "$0")/doctor_cases.sh"

# keep SERVER USERNAME SECRET: in the encrypted file.
keep() {
  jq -nc '{ServerURL: $ARGS.positional[0], Username: $ARGS.positional[1],
    Secret: $ARGS.positional[2]}' --args "$@" | docker-credential-encryptedfile store
}

# jwt CLAIMS: a JSON Web Token of them.
jwt() { printf 'eyJhbGciOiJub25lIn0.%s.c2ln' "$(printf '%s' "$1" | base64 -w 0 | tr -d = | tr '/+' '_-')"; }

inline() { config "{\"auths\": {\"$1\": $2}}"; }

# all_well: no finding but `ok`, and perhaps a word about where the helper is installed.
all_well() {
  succeeds_quietly
  out_json 'map(select(.severity != "ok" and .name != "helper-interactive-only"))' '[]'
}

it 'in the store, with the username and no secret'
keep ghcr.io octocat hunter2
config '{"auths": {"ghcr.io": {}}, "credsStore": "encryptedfile"}'
doctor
all_well
finds ok entry-ok '^password of the user octocat, in the store encryptedfile$'
expect 'no secret' lacks hunter2 "$scratch/out"

it 'in the file, where there is no store'
inline ghcr.io '{"auth": "b2N0b2NhdDpnaHBfaHVudGVyMg=="}'
doctor
all_well
finds ok entry-ok '^GitHub token of the user octocat, in plain text in the file$'

it 'nowhere: an empty entry and no store'
inline quay.io '{}'
doctor
finds problem entry-empty 'names no store' '^docker login quay.io$'

it 'in a store that the config does not name any more'
inline ghcr.io '{}'
doctor
finds problem entry-empty 'the store encryptedfile has its credential' 'doctor --fix. names it'

it 'not in the store'
config '{"auths": {"quay.io": {}}, "credsStore": "encryptedfile"}'
doctor
finds problem entry-not-in-store 'anonymous' '^docker login quay.io$'

it 'in the store under a name that Docker does not ask for'
keep https://harbor.example octocat hunter2
helper exact <<'END'
case $1 in
list) echo '{"https://harbor.example": "octocat"}' ;;
get)
  [ "$(cat)" = https://harbor.example ] && echo '{"Username": "octocat", "Secret": "hunter2"}' && exit
  echo 'credentials not found in native keychain'
  exit 1
  ;;
esac
END
config '{"auths": {"harbor.example": {}}, "credsStore": "exact"}'
doctor
finds problem entry-not-in-store 'another spelling'

it 'in the file beside a store'
config '{"auths": {"ghcr.io": {"auth": "b2N0b2NhdDpodW50ZXIy"}}, "credsStore": "encryptedfile"}'
doctor
finds warning entry-plain-text 'plain text' \
  '^.pullsecret migrate --from inline --to encryptedfile --registry ghcr.io.$'

it 'and the command that the hint names takes it out of the file'
run pullsecret migrate --from inline --to encryptedfile --registry ghcr.io
succeeds
same 'the entry' "$(jq -c '.auths["ghcr.io"]' "$HOME/.docker/config.json")" '{}'
doctor
all_well

it 'an auth that is no base64 of username:password'
inline ghcr.io '{"auth": "aHVudGVyMg"}'
doctor
finds problem entry-undecodable 'config.json:1:23: its "auth" is not base64; Docker refuses the whole file'
expect 'no secret' lacks aHVudGVyMg "$scratch/out"

it 'an identity token, in the file and in the store'
inline acme.azurecr.io '{"identitytoken": "hunter2"}'
doctor
finds warning entry-identity-token 'a pull secret cannot'
keep acme.azurecr.io '<token>' hunter2
config '{"auths": {"acme.azurecr.io": {}}, "credsStore": "encryptedfile"}'
doctor
finds warning entry-identity-token 'a pull secret cannot'

it 'a JSON Web Token that has ended, and one that has not'
keep jwt.example u "$(jwt '{"exp": 1700000000}')"
config '{"auths": {"jwt.example": {}}, "credsStore": "encryptedfile"}'
doctor
finds problem entry-expired 'ended at 2023-11-14T22:13Z' '^docker login jwt.example$'
keep jwt.example u "$(jwt '{"exp": 4102444800}')"
doctor
all_well
finds ok entry-ok 'it ends at 2100-01-01T00:00Z$'

it "an ECR password that has ended by its own word"
ecr=123456789012.dkr.ecr.eu-central-1.amazonaws.com
keep $ecr AWS "$(printf '{"payload":"hunter2","version":"2","type":"DATA_KEY","expiration":1700000000}' | base64 -w 0)"
config "{\"auths\": {\"$ecr\": {}}, \"credsStore\": \"encryptedfile\"}"
doctor
finds problem entry-expired '^ECR token of the user AWS, .* ended at 2023-11-14T22:13Z'

for key in docker.io registry-1.docker.io https://index.docker.io/v1 GHCR.IO; do
  it "a name that Docker or the kubelet does not use: $key"
  inline "$key" '{"auth": "b2N0b2NhdDpodW50ZXIy"}'
  doctor
  finds warning entry-spelling 'has to be (https://index.docker.io/v1/|ghcr.io)$'
done

it 'the same registry under two names, and one name twice'
config '{"auths": {"ghcr.io": {"auth": "b2N0b2NhdDpodW50ZXIy"}, "https://ghcr.io": {}}}'
doctor
finds warning entry-twice 'the same registry as ghcr.io'
config '{"auths": {"ghcr.io": {}, "ghcr.io": {"auth": "b2N0b2NhdDpodW50ZXIy"}}}'
doctor
finds warning entry-twice 'more than once: the last one counts'

finish
