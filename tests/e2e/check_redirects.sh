#!/bin/bash
# check, at a registry that redirects: a login that another host than the registry wants is not met,
# and said; what is asked for a token is what the manifest's own challenge names. The registries are
# stand-ins, since no real one does this.

# shellcheck source=check_cases.sh
. "$(dirname "$0")/check_cases.sh"
need jq python3

start_hostile registry
start_hostile other
start_hostile tokens
secret=hunter2-redirected
entries "{\"${at[registry]}\": $(entry "$user" "$secret")}"
image=${at[registry]}/acme/app:1

# they_behave REGISTRY [OTHER [TOKENS]]
they_behave() {
  behaves registry "$1"
  behaves other "${2-{\}}"
  behaves tokens "${3-{\}}"
}

check_image() { run pullsecret check "$scratch/secret.yaml" --timeout 5 --image "$image" -o json; }

# nobody_else_knows: the password, or what was had for it.
nobody_else_knows() {
  for name in other tokens; do
    log_is "$name" 'map(.knows or .authorization != "") | any' false
  done
}

# sends_on STATUS PLACE...: a registry that sends what is asked for in these places to the other.
sends_on() {
  jq -nc --argjson moved "[\"redirect\", \"http://${at[other]}/v2/acme/app/manifests/1\", $1]" \
    '[$ARGS.positional[] | {(.): $moved}] | add' --args "${@:2}"
}

# says_where: with the password and without a login.
says_where() {
  status_is 1
  outcomes_are '["no access","no access"]'
  local reason="${at[registry]} sends to ${at[other]}, which wants a login of its own"
  out_json '.[0].reason' "\"$reason; containerd would send the credential there\""
  out_json '.[1].reason' "\"$reason\""
}

for other in '["basic"]' "[\"bearer\", \"http://${at[other]}/token\"]" \
  "[\"bearer\", \"http://${at[tokens]}/token\"]" '["status", 401]'; do
  answers="{\"v2\": $other, \"manifest\": $other}"
  it "the manifest is with a host that answers $other"
  they_behave "$(sends_on 307 manifest)" "$answers"
  check_image
  nobody_else_knows
  says_where

  it "all is with a host that answers $other"
  they_behave "$(sends_on 307 v2 manifest)" "$answers"
  check_image
  nobody_else_knows
  says_where

  it "/v2/ alone is with a host that answers $other"
  they_behave "$(sends_on 307 v2)" "$answers"
  check_image
  nobody_else_knows
  succeeds_quietly
  outcomes_are '["pulls"]'
done

for status in 301 302 303 308; do
  it "a redirect with status $status"
  they_behave "$(sends_on "$status" v2 manifest)" \
    "{\"v2\": [\"bearer\", \"http://${at[other]}/token\"], \"manifest\": [\"bearer\", \"http://${at[other]}/token\"]}"
  check_image
  nobody_else_knows
  says_where
done

it 'the login alone, of a registry whose /v2/ is elsewhere'
they_behave "{\"v2\": [\"redirect\", \"http://${at[other]}/v2/\"]}"
run pullsecret check "$scratch/secret.yaml" --timeout 5 -o json
status_is 1
outcomes_are '["no access"]'
nobody_else_knows

it 'a registry that redirects, and wants a login itself, gets it'
they_behave "{\"v2\": [\"basic\"], \"manifest\": [\"redirect\", \"http://${at[other]}/v2/acme/app/manifests/1\"]}" \
  '{"manifest": ["status", 200]}'
check_image
succeeds_quietly
outcomes_are '["pulls"]'
nobody_else_knows
log_is registry 'map(.authorization) | unique' '["","Basic"]'

it 'a redirect and back'
they_behave "{\"manifest\": [\"redirect\", \"http://${at[other]}/v2/x\"]}" \
  "{\"v2\": [\"redirect\", \"http://${at[registry]}/v2/moved\"]}"
check_image
succeeds_quietly
outcomes_are '["pulls"]'
nobody_else_knows

it 'a token server that redirects tells nobody, and is said to'
for status in 302 307 308; do
  they_behave "{\"v2\": [\"bearer\", \"http://${at[tokens]}/token\"], \"manifest\": [\"bearer\", \"http://${at[tokens]}/token\"]}" \
    '{"token": ["status", 401]}' "{\"token\": [\"redirect\", \"http://${at[other]}/token\", $status]}"
  check_image
  status_is 1
  log_is other 'map(.knows or .authorization != "") | any' false
  out_json '.[0].reason' "\"its token server sends to ${at[other]}, which wants a login of its own\""
done

it 'another host gets a token for anybody, where there is no credential'
config '{}'
they_behave "{\"manifest\": [\"redirect\", \"http://${at[other]}/v2/acme/app/manifests/1\"]}" \
  "{\"manifest\": [\"bearer_for\", \"http://${at[other]}/token\", \"repository:inner:pull\"], \"token\": [\"scoped\"]}"
run pullsecret check --timeout 5 --image "$image" -o json
succeeds_quietly
outcomes_are '["anonymous"]'
log_is other 'map(.knows) | any' false
log_is registry 'map(.authorization) | unique' '[""]'
entries "{\"${at[registry]}\": $(entry "$user" "$secret")}"

it 'the scope that a challenge names is asked for beside the own one'
for v2 in '["as_registry"]' "[\"bearer\", \"http://${at[tokens]}/token\"]"; do
  they_behave "{\"v2\": $v2, \"manifest\": [\"bearer_for\", \"http://${at[tokens]}/token\", \"repository:inner:pull\"]}" \
    '{}' '{"token": ["scoped"]}'
  check_image
  succeeds_quietly
  outcomes_are '["pulls"]'
done

it 'a header whose first challenge containerd does not know'
they_behave '{"v2": ["status", 401, "{}", "WWW-Authenticate: Negotiate, Basic realm=\"x\""],
  "manifest": ["status", 401, "{}", "WWW-Authenticate: Negotiate, Basic realm=\"x\""]}'
check_image
status_is 1
outcomes_are '["no access","no access"]'
out_json '.[0].reason | contains("containerd reads the first alone")' true
log_is registry 'map(.knows) | any' false

it 'what a registry puts of the password into its redirect or realm is not shown'
for behaviour in '["redirect", "http://hunter2-redirected.invalid/"]' \
  '["bearer", "http://hunter2-redirected/token"]' '["bearer", "hunter2-redirected"]'; do
  they_behave "{\"v2\": [\"basic\"], \"manifest\": $behaviour}"
  check_image
  status_is 1
  expect 'no password' lacks hunter2 "$scratch/out" "$scratch/err"
done

finish
