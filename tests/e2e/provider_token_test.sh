#!/bin/bash
# credential-provider test, where the kubelet hands over a token of the Pod's ServiceAccount: what the
# provider gets, held against the kubelet's stand-in, which is one; a registry that takes the token; and
# the hints, followed. What else it says is in tests/unit/cli/cases/.

# shellcheck source=check_cases.sh
. "$(dirname "$0")/check_cases.sh"
# shellcheck source=cluster.sh
. "$e2e/cluster.sh"
# shellcheck source=hints.sh
. "$e2e/hints.sh"
need docker-registry skopeo openssl

bin_dir=$scratch/providers
mkdir "$bin_dir"
api_version=credentialprovider.kubelet.k8s.io/v1
image=registry.example.com/acme/app
account=team/builder
start_cluster team

# provider: the config's only program is the shell script on standard input.
provider() {
  { echo '#!/bin/sh' && cat; } >"$bin_dir/provider"
  chmod +x "$bin_dir/provider"
}

# attributes JSON: the config's `tokenAttributes`; null: none.
attributes() {
  jq -n --argjson token "$1" --arg image "${image%%/*}" --arg api "$api_version" '{
    apiVersion: "kubelet.config.k8s.io/v1", kind: "CredentialProviderConfig", providers: [{name: "provider",
    matchImages: [$image], defaultCacheDuration: "10m", apiVersion: $api, tokenAttributes: $token}]}' >config.json
}

# try [OPTION...]: as JSON.
try() {
  run pullsecret credential-provider test "$image" --config-file config.json --bin-dir "$bin_dir" -o json "$@"
}

make_token() { kubectl create token "${account#*/}" -n "${account%/*}" --audience "$1"; }

# ---- What the provider gets

wants() { jq -nc --argjson more "$1" '{serviceAccountTokenAudience: "reg", cacheType: "Token", requireServiceAccount: true} + $more'; }
role='{"requiredServiceAccountAnnotationKeys": ["acme.example/role"]}'
scope='{"requireServiceAccount": false, "optionalServiceAccountAnnotationKeys": ["acme.example/scope", "acme.example/a"]}'
make_token reg >token
provider <<<'cat >"$0.seen"; exit 1'

# as_the_kubelet ATTRIBUTES [KEY=VALUE]...: the provider gets the same from both, or is started by neither;
# the ServiceAccount has these annotations. With no_account there is none.
as_the_kubelet() {
  local json=$1 key options=(--service-account "$account" --token-file token) standin=()
  shift
  attributes "$json"
  for key; do options+=(--annotation "$key"); done
  standin=("SERVICE_ACCOUNT=$(jq -nc --rawfile token token '{token: ($token | rtrimstr("\n")), annotations:
    ($ARGS.positional | map(index("=") as $at | {key: .[:$at], value: .[$at + 1:]}) | from_entries)}' --args "$@")")
  [ ! "${no_account-}" ] || options=() standin=(SERVICE_ACCOUNT=null)
  rm -f "$bin_dir"/provider.seen
  env "TOKEN_ATTRIBUTES=$json" "${standin[@]}" python3 "$e2e/kubelet_standin.py" "$image" -- "$bin_dir/provider" \
    >"$scratch/standin" || problem 'the stand-in fails'
  mv "$bin_dir/provider.seen" kubelet.seen 2>/dev/null || : >kubelet.seen
  try "${options[@]}"
  status_is 1
  mv "$bin_dir/provider.seen" own.seen 2>/dev/null || : >own.seen
  same "what the provider gets for $json and $*" "$(<own.seen)" "$(<kubelet.seen)"
  out_json '.providers[0].not_started != null' "$(jq '.not_started != null' "$scratch/standin")"
  out_lacks "$(cut -d . -f 2 token)"
}

it 'the provider gets what the kubelet hands over, or is not started'
for wanted in null "$(wants '{}')" "$(wants "$role")" "$(wants "$scope")"; do
  no_account=yes as_the_kubelet "$wanted"
  as_the_kubelet "$wanted"
  as_the_kubelet "$wanted" acme.example/role=puller
  as_the_kubelet "$wanted" 'acme.example/scope=a <b> & "ü"' acme.example/a= acme.example/other=c ACME.example/role=d
done

# ---- Hints

it 'without a token the hint says how to have one'
attributes "$(wants '{}')"
try --service-account "$account"
status_is 1
hint_on_standard_error 'create token'
rm -f "$bin_dir/provider.seen"
follow_by sh -c "$command | pullsecret credential-provider test $image --config-file config.json \
  --bin-dir $bin_dir -o json --service-account $account --token-file - || [ \$? = 1 ]"
out_json '.tokens[0] | [.audiences, .subject]' '[["reg"],"system:serviceaccount:team:builder"]'
out_json '.tokens[0].expires != null' true
expect 'a provider that got it' grep -q serviceAccountToken "$bin_dir/provider.seen"

it 'a token for another audience: the hint makes the right one'
make_token other >other.jwt
try --service-account "$account" --token-file other.jwt
err_has 'warning: the token: it is for the audience other, and the kubelet.s is for reg$'
hint_on_standard_error 'create token'
follow
mv "$scratch/out" right
run pullsecret credential-provider test "$image" --config-file config.json --bin-dir "$bin_dir" -o json \
  --service-account "$account" --token-file right
err_lacks warning

it 'a helper in the place of a provider: the hint prints a config that does'
helper mine <<'END'
[ "$1" = get ] || exit 1
echo '{"ServerURL":"registry.example.com","Username":"octocat","Secret":"hunter2"}'
END
attributes null
ln -sf "$scratch/bin/docker-credential-mine" "$bin_dir/provider"
try
status_is 1
out_json '.providers[0].discarded | startswith("it is a docker-credential-helper")' true
run pullsecret credential-provider test "$image" --config-file config.json --bin-dir "$bin_dir"
take_hint "$(sed -n 's/^→ //p' "$scratch/out")"
config '{"credHelpers": {"registry.example.com": "mine"}}'
follow
mv "$scratch/out" config.json
rm "$bin_dir/provider"
ln -s "$program_folder/pullsecret" "$bin_dir/pullsecret"
try
succeeds
out_json '.tried | map(.username)' '["octocat"]'

# ---- A registry, and pullsecret's own provider

it 'a registry that takes the token: --check says that the image pulls, and with which try'
jq -n --rawfile token token '{issuer: "test", service: "registry", users: {token:
  {password: ($token | rtrimstr("\n")), rights: {"acme/app": ["pull", "push"]}}}}' >"$scratch/settings.json"
start_tokens
start_registry_of_tokens
make_image "$scratch/image"
user=token password=$(<token)
push acme/app:1
image=$registry/acme/app:1
pullsecret credential-provider config --service-account-token reg --username token --match "$registry" \
  -o json --output-file config.json
try --service-account "$account" --token-file - --check <token
succeeds
out_json '[.pulls, (.checked | map([.provider, .outcome]))]' '[true,[["pullsecret","pulls"]]]'
out_lacks "$(cut -d . -f 2 token)"

it 'it refuses another'
account=team/another
make_token reg >token
try --service-account "$account" --token-file token --check
status_is 1
err_has 'error: the image does not pull$'
out_json '[.succeeds, .pulls, .checked[0].outcome]' '[true,false,"refused"]'

it 'the registry is not asked without --check'
: >"$scratch/tokens"
try --service-account "$account" --token-file token
succeeds
out_json '[.pulls, .checked]' '[null,null]'
expect 'nobody asked' [ ! -s "$scratch/tokens" ]

it 'a second provider is pullsecret by a link of its own name'
pullsecret credential-provider config --service-account-token reg --username second --match "$registry" \
  --merge config.json --name second -o json --output-file config.json
ln -s pullsecret "$bin_dir/second"
try --service-account "$account" --token-file token
succeeds
out_json '.tried | map([.provider, .username])' '[["pullsecret","token"],["second","second"]]'

# ---- Hints about options

# with_option VALUE COMMAND...: follows the hint by the command with the option that it names first.
with_option() {
  local value=$1 option
  shift
  option=$(grep -oE -m 1 -- '--[a-z-]+' <<<"$hint" | head -n 1)
  follow_by "$@" "$option" "$value"
}

it 'an option that goes with another: the hint names that'
config=(pullsecret credential-provider config --username token --match "$registry")
run "${config[@]}" --cache-type Token
status_is 2
hint_on_standard_error '^add --'
with_option reg "${config[@]}" --cache-type Token
out_has 'serviceAccountTokenAudience: reg'

it 'a token without a username: the hint names the option'
config=(pullsecret credential-provider config --service-account-token reg --match "$registry")
run "${config[@]}"
status_is 2
hint_on_standard_error 'username'
with_option token "${config[@]}"
out_has 'username=token'

it 'a pullsecret that ignores the token: the hint names what its args lack'
pullsecret credential-provider config --service-account-token reg --username token --match "$registry" \
  -o json >right.json
jq '.providers[0].args = ["credential-provider"]' right.json >config.json
try --service-account "$account" --token-file token
err_has 'it ignores the token: its args lack --service-account-token'
hint_on_standard_error 'add it'
mv right.json config.json
follow_by pullsecret credential-provider test "$image" --config-file config.json --bin-dir "$bin_dir" \
  --service-account "$account" --token-file token
err_lacks 'ignores the token'

all_are_followed
finish
