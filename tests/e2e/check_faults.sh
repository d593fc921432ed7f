#!/bin/bash
# check, at registries that are out of order or wicked: it ends in time, says what is wrong, and tells
# nobody a password who has no right to it. The registries are stand-ins, since no real one does this.

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

# they_behave JSON [JSON]: the registry and the other server.
they_behave() {
  behaves registry "$1"
  behaves other "${2-{\}}"
}

# check_image: asks for it, with the password, which comes into no output.
check_image() {
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
they_behave '{}'
check_image
succeeds_quietly
outcomes_are '["pulls"]'
log_is registry '[.[] | [.method, .path, .authorization]]' \
  '[["GET","/v2/",""],["HEAD","/v2/acme/app/manifests/1","Basic"]]'
log_is registry '[.[].connection] | unique | length' 1

# What is no answer to /v2/ is none of a registry; a status or a page is believed of the manifest alone,
# as it is by containerd, which asks for nothing else.
for place in v2 manifest; do
  for case in \
    '["silent"]|unreachable|[Tt]imed? ?out' \
    '["slow_headers"]|unreachable|[Tt]imed? ?out' \
    '["endless_headers"]|unreachable|headers are longer' \
    '["long_challenge", 1000000]|unreachable|headers are longer' \
    '["reset_in_headers"]|unreachable|.' \
    '["garbage"]|unreachable|does not speak HTTP' \
    '["redirects_without_end"]|unreachable|more than 5 redirects' \
    '["redirect", "ftp://127.0.0.1/x"]|unreachable|no http or https URL' \
    '["redirect", "http://u:p@127.0.0.1/x"]|unreachable|no http or https URL'; do
    IFS='|' read -r behaviour outcome reason <<<"$case"
    it "$behaviour in answer to $place"
    they_behave "{\"$place\": $behaviour}"
    check_image
    ends_with "$outcome" "$reason"
  done
done

for case in \
  '200, "<html>", "Content-Type: text/html"|unreachable|web page' \
  '500|unreachable|status 500' \
  '429|rate limited|.'; do
  IFS='|' read -r answer outcome reason <<<"$case"
  it "[$answer] in answer to everything"
  they_behave "{\"v2\": [\"status\", $answer], \"manifest\": [\"status\", $answer]}"
  check_image
  ends_with "$outcome" "$reason"
done

it 'a body without end is cut'
they_behave '{"manifest": ["endless_body", 403]}'
check_image
ends_with 'no access' '.'
they_behave '{"v2": ["endless_body", 401]}'
check_image
succeeds_quietly
outcomes_are '["pulls"]'

for behaviour in '["reset_in_body", 403]' '["slow_body", 403]'; do
  it "$behaviour: half a body leaves the status of a refusal"
  they_behave "{\"manifest\": $behaviour}"
  check_image
  ends_with 'no access' .
done

for case in \
  '"http://169.254.169.254/token"|over http|169\.254' \
  '"http://127.0.0.2/token"|over http|127\.0\.0\.2' \
  '"http://user:pass@127.0.0.1/token"|no URL|.' \
  '"not a URL"|no URL|.' \
  '"ftp://127.0.0.1/token"|no URL|.' \
  '"file:///etc/passwd"|no URL|.' \
  '"http://127.0.0.1:99999/token"|no URL|.' \
  '"https://127.0.0.1:1/token"|.|.'; do
  IFS='|' read -r realm reason more <<<"$case"
  it "the realm $realm gets nothing"
  they_behave "{\"v2\": [\"bearer\", $realm]}"
  check_image
  ends_with unreachable "$reason"
  ends_with unreachable "$more"
  log_is registry '[.[] | select(.knows)]' '[]'
done

it 'a realm on the same host with another port gets the password, the registry the token alone'
they_behave "{\"v2\": [\"bearer\", \"http://${at[other]}/token\"]}"
check_image
succeeds
log_is registry '[.[].knows] | any' false
log_is other '[.[] | [.method, .knows]]' '[["POST",true]]'

for token in '"token", "a\nb"' '"token", "a\r\nX-Injected: 1"' '"token", ""' '"token", "ä"' \
  '"long_token", 1000000' '"status", 200, "[]"' '"endless_body"'; do
  it "a token server that answers [$token]"
  they_behave "{\"v2\": [\"bearer\", \"http://${at[other]}/token\"]}" "{\"token\": [$token]}"
  check_image
  ends_with unreachable 'gives no token'
  log_is registry '[.[] | select(.authorization != "")]' '[]'
done

it 'a long refusal is told in short'
they_behave '{"manifest": ["long_refusal", 200000]}'
check_image
ends_with 'no access' .
out_json '.[0].registry_says | startswith("not yours: xxx")' true

it 'of a thousand challenges the first is met'
they_behave '{"v2": ["many_challenges", 1000]}'
check_image
ends_with unreachable '127\.0\.0\.1 port 1'

for place in v2 manifest; do
  it "a redirect of $place to another port loses the credential"
  they_behave "{\"$place\": [\"redirect\", \"http://${at[other]}/v2/acme/app/manifests/1\"]}"
  check_image
  log_is other 'length > 0' true
  log_is other 'map(.knows or .authorization != "") | any' false
done

it 'a redirect on the same host and port keeps the credential'
they_behave "{\"v2\": [\"basic\"], \"manifest\": [\"redirect\", \"/v2/moved\"]}"
check_image
log_is registry '[.[] | select(.path == "/v2/moved") | .authorization] | unique' '["","Basic"]'

it 'what is posted for a token is posted nowhere else'
they_behave "{\"v2\": [\"bearer\", \"http://${at[registry]}/token\"],
  \"token\": [\"redirect\", \"http://${at[other]}/token\", 308]}"
check_image
log_is other 'map(.knows or .authorization != "") | any' false

bearer="[\"bearer\", \"http://${at[other]}/token\"]"
for case in \
  'a registry with Basic|{"manifest": ["echo"]}|{}' \
  "a registry with tokens|{\"v2\": $bearer, \"manifest\": [\"echo\"]}|{\"token\": [\"token\", \"hunter2-token\"]}" \
  "a token server|{\"v2\": $bearer, \"manifest\": $bearer}|{\"token\": [\"echo\"]}"; do
  IFS='|' read -r who registry other <<<"$case"
  it "what $who repeats of a request is not shown"
  they_behave "$registry" "$other"
  check_image
  status_is 1
  run pullsecret check "$scratch/secret.yaml" --timeout 2 --image "$image"
  status_is 1
  expect 'no password' lacks hunter2 "$scratch/out"
done

it 'control characters and bidi marks of a registry are shown as what they are'
they_behave "{\"manifest\": [\"status\", 403, $(jq -n '"a\u001b[31m\u202eevil\u0007\nnext\u0000" |
  {errors: [{code: "DENIED", message: .}]} | tojson')]}"
check_image
ends_with 'no access' '.'
expect 'no control character' lacks $'[\001-\011\013-\037\177]|\u202e' "$scratch/out"
run pullsecret check "$scratch/secret.yaml" --image "$image"
expect 'no control character' lacks $'[\001-\011\013-\037\177]|\u202e' "$scratch/out"

it 'what curl programs read at home has no part in it'
they_behave '{}'
config '{}'
echo "machine 127.0.0.1 login planted password hunter2-netrc" >.netrc
chmod 600 .netrc
printf 'user = "planted:hunter2-curlrc"\nheader = "X-Planted: hunter2"\n' >.curlrc
run pullsecret check --image "$image" -o json
outcomes_are '["no access"]'
log_is registry 'map(.knows or .authorization != "") | any' false
rm .netrc .curlrc

finish
