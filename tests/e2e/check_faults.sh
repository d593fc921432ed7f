#!/bin/bash
# check, at registries that break off, dribble and flood, or redirect: it ends in time, says what is wrong,
# and tells nobody a password who has no right to it. The registries are stand-ins, since no real one does
# this. What is judged of whole answers is in tests/unit/registry/ and tests/unit/cli/cases/check.txt.

# shellcheck source=check_cases.sh
. "$(dirname "$0")/check_cases.sh"
need jq python3

# All of it ends long before that, for each request ends after two seconds.
patience=40
secret=hunter2-$(printf 'faults%.0s' {1..5})

start_hostile registry
start_hostile other
entries "{\"${at[registry]}\": $(entry "$user" "$secret")}"
image=${at[registry]}/acme/app:1

# check_image REGISTRY [OTHER]: asks a registry and another server that behave so, with the password, which
# comes into no output.
check_image() {
  behaves registry "$1"
  behaves other "${2-{\}}"
  run pullsecret check "$scratch/secret.yaml" --timeout 2 --image "$image" -o json
  expect 'no password' lacks "hunter2|$(printf %s "$secret" | base64 | cut -c 4-20)" "$scratch/out"
  log_is registry 'map(.cookie) | any' false
  log_is registry 'length <= 20' true
}

# ends_with OUTCOME REASON: of the try with the password.
ends_with() {
  status_is 1
  out_json '.[0].outcome' "\"$1\""
  expect "the reason to have /$2/" grep -Eq -- "$2" <(jq -r '.[0].reason' "$scratch/out")
}

it 'the stand-in can answer as a registry does'
check_image '{}'
succeeds_quietly
outcomes_are '["pulls"]'
log_is registry '[.[] | [.method, .path, .authorization]]' \
  '[["GET","/v2/",""],["HEAD","/v2/acme/app/manifests/1","Basic"]]'
log_is registry '[.[].connection] | unique | length' 1

for place in v2 manifest; do
  for case in '["silent"]|[Tt]imed? ?out' '["slow_headers"]|[Tt]imed? ?out' \
    '["endless_headers"]|headers are longer' '["long_challenge", 1000000]|headers are longer' \
    '["reset_in_headers"]|.' '["garbage"]|does not speak HTTP'; do
    it "${case%|*} in answer to $place"
    check_image "{\"$place\": ${case%|*}}"
    ends_with unreachable "${case##*|}"
  done
done

it 'a body without end is cut; one that breaks off or dribbles leaves the status'
for behaviour in endless_body reset_in_body slow_body; do
  check_image "{\"manifest\": [\"$behaviour\", 403]}"
  ends_with 'no access' .
done
check_image '{"v2": ["endless_body", 401]}'
succeeds_quietly
check_image '{"manifest": ["long_refusal", 200000]}'
ends_with 'no access' .
out_json '.[0].registry_says | startswith("not yours: xxx")' true

it 'of a token server that floods no token is taken; of a thousand challenges the first is'
bearer="{\"v2\": [\"bearer\", \"http://${at[other]}/token\"]}"
check_image "$bearer"
succeeds
log_is registry '[.[].knows] | any' false
log_is other '[.[] | [.method, .knows]]' '[["POST",true]]'
for token in '"long_token", 1000000' '"endless_body"'; do
  check_image "$bearer" "{\"token\": [$token]}"
  ends_with unreachable 'gives no token'
  log_is registry '[.[] | select(.authorization != "")]' '[]'
done
check_image '{"v2": ["many_challenges", 1000]}'
ends_with unreachable '127\.0\.0\.1 port 1'

for code in 301 302 303 307 308; do
  it "a redirect with status $code: to the same port with the credential, to another one without"
  check_image "{\"v2\": [\"basic\"], \"manifest\": [\"redirect\", \"/v2/moved\", $code]}"
  log_is registry '[.[] | select(.path == "/v2/moved") | .authorization] | unique' '["","Basic"]'
  moved="[\"redirect\", \"http://${at[other]}/v2/acme/app/manifests/1\", $code]"
  check_image "{\"v2\": $moved, \"manifest\": $moved}" '{"v2": ["basic"], "manifest": ["basic"]}'
  ends_with 'no access' "${at[registry]} sends to ${at[other]}, which wants a login of its own"
  log_is other 'length > 0' true
  log_is other 'map(.knows or .authorization != "") | any' false
  check_image "{\"v2\": [\"bearer\", \"http://${at[registry]}/token\"],
    \"token\": [\"redirect\", \"http://${at[other]}/token\", $code]}"
  log_is other 'map(.knows or .authorization != "") | any' false
done

it 'what curl programs read at home has no part in it'
config '{}'
behaves registry '{}'
echo "machine 127.0.0.1 login planted password hunter2-netrc" >.netrc
chmod 600 .netrc
printf 'user = "planted:hunter2-curlrc"\nheader = "X-Planted: hunter2"\n' >.curlrc
run pullsecret check --image "$image" -o json
outcomes_are '["no access"]'
log_is registry 'map(.knows or .authorization != "") | any' false

finish
