#!/bin/bash
# credential-provider --service-account-token, where a real docker-registry trusts a cluster's issuer: the
# Pod's own token pulls, as it is and exchanged; and exchanges that err.

# shellcheck source=check_cases.sh
. "$(dirname "$0")/check_cases.sh"
# shellcheck source=provider_cases.sh
. "$e2e/provider_cases.sh"
need docker-registry skopeo jq python3 openssl curl

# ---- The cluster, the registry's token server and exchange, the registry

openssl genrsa -out "$scratch/cluster.key" 2048 2>"$scratch/openssl.log" || bail_out "$(<"$scratch/openssl.log")"
start_server issuer python3 "$programs/cluster_issuer.py" "$scratch/cluster.key"
cluster=http://$address

# token_settings JSON: how the token server answers from now on.
token_settings() {
  jq -n --arg right "$password" --arg keys "$cluster/openid/v1/jwks" '{issuer: "test", service: "registry",
    workloads: {keys: $keys, issuer: "https://cluster.example.com", audience: "registry"},
    users: {builder: {password: $right, rights: {"acme/app": ["pull", "push"]}},
      oidc: {proof: "workload", rights: {"acme/app": ["pull"]}},
      exchanged: {proof: "exchanged", rights: {"acme/app": ["pull"]}}}} + '"$1" >"$scratch/settings.json"
}
token_settings '{}'
start_tokens
exchange=$tokens/exchange
start_registry_of_tokens
make_image "$scratch/image"
push acme/app:1

# pod_token [AUDIENCE [SECONDS]]: as the kubelet gets it for a Pod.
pod_token() {
  curl -sf "$cluster/token?account=team:app&audience=${1-registry}&lifetime=${2-3600}" || bail_out 'no token'
}

# hands_on TOKEN IMAGE [OPTION]...: the kubelet's stand-in asks, with this token for the Pod.
hands_on() {
  local token=$1 image=$2
  shift
  REQUEST=$(jq -nc --arg image "${image%%,*}" --arg token "$token" '{kind: "CredentialProviderRequest",
    apiVersion: "credentialprovider.kubelet.k8s.io/v1", image: $image, serviceAccountToken: $token,
    serviceAccountAnnotations: {"acme.example/scope": "repository:acme/app:pull"}}') \
    asks "$@"
  expect 'no token in what is said' lacks "${token##*.}" <(jq -r .stderr "$scratch/out")
}

# pulls_with_answer: whether the image comes with what the kubelet has taken.
pulls_with_answer() {
  skopeo_pulls "$(jq -r ".taken.auth[\"$registry\"].username" "$scratch/out")" \
    "$(jq -r ".taken.auth[\"$registry\"].password" "$scratch/out")" "$registry/acme/app:1"
}

does_not_pull() { ! skopeo_pulls "$@"; }

straight=(--service-account-token --username oidc --match "$registry" --audience-expected registry)
exchanged=(--service-account-token --username exchanged --match "$registry" --exchange "$exchange")

# ---- The token as it is

it 'the token of the Pod is the password, and pulls'
token=$(pod_token)
hands_on "$token" "$registry/acme/app" "${straight[@]}"
taken_is .auth "{\"$registry\":{\"password\":\"$token\",\"username\":\"oidc\"}}"
taken_is '[.cacheKeyType, (.cacheDuration | test("^5[34]m"))]' '["Registry",true]'
expect 'the image' pulls_with_answer
expect 'none without it' does_not_pull oidc hunter2 "$registry/acme/app:1"

it 'a token for another audience, or that has ended, goes nowhere; nor would it pull'
hands_on "$(pod_token other)" "$registry/acme/app" "${straight[@]}"
discarded 'serviceAccountToken: it is for other, not for registry alone$'
expect 'no image' does_not_pull oidc "$(pod_token other)" "$registry/acme/app:1"
hands_on "$(pod_token registry -5)" "$registry/acme/app" "${straight[@]}"
discarded 'serviceAccountToken: it has expired '
expect 'no image' does_not_pull oidc "$(pod_token registry -5)" "$registry/acme/app:1"

it 'it goes to no registry that is not named, and the log says so'
hands_on "$token" quay.io/acme/app "${straight[@]}"
out_json '[.taken.auth, .stderr]' \
  '[null,"pullsecret: note: quay.io/acme/app: no --match names it, and it gets no token\n"]'

it '50 Pods at once'
images=$(printf "$registry/acme/app-%d," {1..49})$registry/acme/app-50
hands_on "$token" "$images" "${straight[@]}"
same 'the answers' "$(jq -r --arg registry "$registry" '.taken.auth[$registry].password // "\(.discarded) \(.stderr)"' "$scratch/out" |
  sort | uniq -c | tr -s ' ')" " 50 $token"

it 'without an exchange no other program is there'
mkdir -p "$scratch/alone/bin"
cp "$program_folder/pullsecret" "$scratch/alone/bin/"
jq -nc --arg token "$token" --arg image "$registry/acme/app" '{kind: "CredentialProviderRequest",
  apiVersion: "credentialprovider.kubelet.k8s.io/v1", image: $image, serviceAccountToken: $token}' >"$scratch/request"
run "$scratch/alone/bin/pullsecret" credential-provider "${straight[@]}" <"$scratch/request"
succeeds_quietly
out_json ".auth[\"$registry\"].password" "\"$token\""
run "$scratch/alone/bin/pullsecret" credential-provider "${exchanged[@]}" <"$scratch/request"
fails_with 1 'the program that asks the registries is not there'

# ---- Exchanged

exchange_log() {
  jq -s . "$scratch/tokens" >"$scratch/asked.json"
  json_is "in the exchange's log" "$2" "$1" "$scratch/asked.json"
}

it 'the exchange gives a password for it, and that pulls'
: >"$scratch/tokens"
hands_on "$token" "$registry/acme/app" "${exchanged[@]}" --audience "https://$registry" --scope pull
exchange_log '[.[] | [.method, .user, .password, .scope, .service, .bearer]]' \
  "[[\"POST\",\"system:serviceaccount:team:app\",\"right\",\"pull\",\"https://$registry\",false]]"
taken_is '[.cacheKeyType, .cacheDuration]' '["Registry","4m30s"]'
expect 'another password than the token' [ "$(jq -r ".taken.auth[\"$registry\"].password" "$scratch/out")" != "$token" ]
expect 'the image' pulls_with_answer

it 'the scope is that of the annotation'
: >"$scratch/tokens"
hands_on "$token" "$registry/acme/app" "${exchanged[@]}" --scope-annotation acme.example/scope
exchange_log '[.[].scope]' '["repository:acme/app:pull"]'
expect 'the image' pulls_with_answer

it '50 Pods at once, with an exchange each'
: >"$scratch/tokens"
hands_on "$token" "$images" "${exchanged[@]}"
same 'the answers' "$(jq -r '.discarded' "$scratch/out" | sort | uniq -c | tr -s ' ')" ' 50 null'
exchange_log '[.[] | select(.password == "right")] | length' 50

it 'what the exchange says of a token that it refuses is told, without the token'
hands_on "$(pod_token other)" "$registry/acme/app" "${exchanged[@]}"
discarded '127\.0\.0\.1:[0-9]*: it refuses with status 400: no good token: …: invalid_request$'

it 'the token is in no message, argument list, environment or file'
token_settings '{delay: 2}'
mkdir -p "$scratch/tmp" "$scratch/provider-home"
TMPDIR=$scratch/tmp HOME=$scratch/provider-home start provider \
  pullsecret credential-provider "${exchanged[@]}" <"$scratch/request"
provider=$!
is_at_exchange() { grep -q libcurl "/proc/$provider/maps"; }
expect 'the program that asks' wait_until is_at_exchange
for place in cmdline environ; do
  expect "no token in its $place" lacks "${token##*.}" "/proc/$provider/$place"
done
wait "$provider"
same 'its own words' "$(grep -v '^{' "$scratch/provider.log")" ''
expect 'no token in its answer' lacks "${token##*.}" "$scratch/provider.log"
same 'files left' "$(find "$scratch/tmp" "$scratch/provider-home" -type f)" ''
token_settings '{}'

# ---- Exchanges that err

start_hostile plain
bad=(--service-account-token --username oidc --match "$registry" --exchange "http://${at[plain]}/token")

errs() {
  it "$1"
  behaves plain "{\"token\": $2}"
  hands_on "$token" "$registry/acme/app" "${bad[@]}" --timeout "${4-20s}"
  discarded "127\\.0\\.0\\.1:[0-9]*: $3"
}
errs 'an exchange that redirects: the token does not follow' "[\"redirect\", \"http://${at[plain]}/v2/stolen\", 302]" \
  'it redirects with status 302, and the token goes nowhere else$'
same 'requests' "$(jq -r '"\(.method) \(.path)"' "$scratch/plain")" 'POST /token'
errs 'one that keeps its word with 307, too' "[\"redirect\", \"http://${at[plain]}/v2/stolen\", 307]" 'it redirects with status 307'
same 'requests' "$(jq -r '"\(.method) \(.path)"' "$scratch/plain")" 'POST /token'
errs 'one that is asked too often' '["status", 429, "{}", "Retry-After: 30"]' 'it refuses with status 429, and says Retry-After: 30$'
errs 'one that is out of order' '["status", 503, "<html>hunter2</html>"]' 'it refuses with status 503$'
errs 'one that says all that it was told' '["echo"]' 'it refuses with status 403: '
errs 'one whose answer is no JSON' '["status", 200, "hunter2"]' 'its answer is no JSON object of at most 64 KiB$'
errs 'one whose answer has no token' '["status", 200, "{\"token\": \"hunter2\"}"]' 'its answer has no token in access_token$'
errs 'one whose token no header could carry' '["token", "hunter2 \n"]' 'what its answer has in access_token is no token: it has a blank, or another character that none has$'
errs 'one whose answer has no end' '["endless_body", 200]' 'its answer has no token in access_token$'
errs 'one whose token is huge' '["long_token", 1000000]' 'its answer is no JSON object of at most 64 KiB$'
errs 'one that says nothing' '["silent"]' 'timed out: 127\.0\.0\.1 has not answered within [0-9]* ms$' 4s
errs 'one that takes its time' '["slow_body", 200]' 'timed out: ' 4s
errs 'one that speaks no HTTP' '["garbage"]' ''
errs 'one that breaks off' '["reset_in_headers"]' ''

it 'a vendor whose answer has the password elsewhere'
behaves plain '{"token": ["status", 200, "{\"token\": \"new\"}"]}'
hands_on "$token" "$registry/acme/app" "${bad[@]}" --exchange-json --exchange-field 'oidc_token={token}' --exchange-field token
taken_is '[.auth[].password, .cacheDuration]' '["new",null]'

it 'with TLS on this machine, too'
openssl req -x509 -newkey rsa:2048 -nodes -subj /CN=127.0.0.1 -days 2 -keyout "$scratch/tls.key" -out "$scratch/tls.crt" \
  2>"$scratch/openssl.log" || bail_out "$(<"$scratch/openssl.log")"
start_hostile tls "$scratch/tls.crt" "$scratch/tls.key"
hands_on "$token" "$registry/acme/app" --service-account-token --username oidc --exchange "https://${at[tls]}/token"
taken_is '.auth[].password' '"given-token"'

it 'an exchange on this machine gets no token for a registry of the Internet, nor for one that is not there'
behaves plain '{}'
for image in registry.invalid/acme/app 127.0.0.1:1/acme/app; do
  hands_on "$token" "$image" --service-account-token --username oidc --exchange "https://${at[tls]}/token"
  discarded 'it is at a private address, and nobody answers at '
done
hands_on "$token" "localhost:${registry#*:}/acme/app" --service-account-token --username oidc --exchange "http://${at[plain]}/token"
discarded "over http it is asked only at the registry's own host: name it at localhost, or an https URL"
same 'requests' "$(<"$scratch/plain")" ''

it 'where the kubelet no longer waits, nor does the provider'
behaves plain '{"token": ["silent"]}'
# shellcheck disable=SC2016 # for the inner shell
run bash -c 'set -o pipefail; timeout 15 pullsecret credential-provider "$@" | sleep 0.3' - "${bad[@]}" <"$scratch/request"
fails_with 1 'nobody waits for the answer any more'

finish
