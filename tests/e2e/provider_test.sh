#!/bin/bash
# credential-provider test: what the kubelet does with its credential providers for an image. There
# is no kubelet here; the providers are pullsecret's own and scripts that answer well and badly.
#
# shellcheck disable=SC2016 # the scripts' variables are theirs

# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
need jq python3

bin_dir="$scratch/bin dir"
config_file=$scratch/config.yaml
mkdir "$bin_dir"
image=ghcr.io/acme/app:1.4
api=credentialprovider.kubelet.k8s.io/v1

# provider NAME: that program is the shell script on standard input.
provider() {
  { echo '#!/bin/sh' && cat; } >"$bin_dir/$1"
  chmod +x "$bin_dir/$1"
}

# response AUTH [FIELDS]: what answers with these entries.
response() {
  printf 'cat <<END\n{"kind":"CredentialProviderResponse","apiVersion":"%s",%s"auth":%s}\nEND\n' \
    "$api" "${2-\"cacheKeyType\":\"Registry\",}" "$1"
}

# providers NAME:PATTERN[,PATTERN]...: the config has these, in this order.
providers() {
  local one
  printf 'apiVersion: kubelet.config.k8s.io/v1\nkind: CredentialProviderConfig\nproviders:\n'
  for one; do
    printf -- '- name: %s\n  matchImages: [%s]\n  defaultCacheDuration: 10m\n  apiVersion: %s\n' \
      "${one%%|*}" "${one#*|}" "$api"
  done
} >"$config_file"

# try [OPTION...]: as JSON.
try() {
  run pullsecret credential-provider test "$image" --config-file "$config_file" \
    --bin-dir "$bin_dir" -o json "$@"
}

# discards REGEX: the only provider's answer.
discards() {
  try
  status_is 1
  err_has 'error: the kubelet discards the answer, and pulls without a login$'
  out_json '[.succeeds, .tried, .providers[0].cache_seconds]' '[false,[],null]'
  jq -r '.providers[0].discarded' "$scratch/out" >"$scratch/reason"
  expect "a reason with /$1/" grep -Eq -- "$1" "$scratch/reason"
}

octocat='{"ghcr.io":{"username":"octocat","password":"ghp_hunter2"}}'

it 'a provider is asked, and its credential would be tried'
providers 'good|ghcr.io, quay.io'
response "$octocat" | provider good
try
succeeds_quietly
out_json '[.image, .asked_for, .succeeds]' "[\"$image\",\"ghcr.io/acme/app\",true]"
out_json '.tried' '[{"key":"ghcr.io","provider":"good","username":"octocat"}]'
out_json '.providers[0] | [.pattern, .keys, .cache_key_type, .cache_seconds, .cache_is_default, .discarded]' \
  '["ghcr.io",["ghcr.io"],"Registry",600,true,null]'
out_lacks hunter2

it 'the table says it to people, and shows no password'
run pullsecret credential-provider test "$image" --config-file "$config_file" --bin-dir "$bin_dir"
succeeds_quietly
out_has '^  PROVIDER +MATCHED BY +ANSWER +TOOK +KEPT$'
out_has '^  good +ghcr.io +1 credential +[0-9]+ ms +10m \(default\), for its registry$'
out_has '^  ghcr.io +octocat +GitHub token +11 +good$'
out_lacks hunter2

it 'the request is what the kubelet sends'
provider good <<'END'
cat >"$0.request"
END
try
same 'the request' "$(jq -cS . "$bin_dir/good.request")" \
  "{\"apiVersion\":\"$api\",\"image\":\"ghcr.io/acme/app\",\"kind\":\"CredentialProviderRequest\"}"

it 'it starts as a service: its environment, no terminal, in /'
cat >>"$config_file" <<'END'
  args: [a b, c]
  env:
  - {name: HOME, value: /root}
  - {name: PATH, value: "/usr/bin:/bin"}
END
provider good <<'END'
exec >"$0.seen"
env | grep -v -e ^_= -e ^PWD= -e ^SHLVL= -e ^OLDPWD= | sort
pwd
printf '%s.' "$@"
(: </dev/tty) 2>/dev/null && echo a terminal
END
run python3 "$e2e/on_terminal.py" "$scratch/screen" -- pullsecret credential-provider test "$image" \
  --config-file "$config_file" --bin-dir "$bin_dir"
same 'what it sees' "$(tr '\n' ' ' <"$bin_dir/good.seen")" \
  'HOME=/root LANG=C.UTF-8 PATH=/usr/bin:/bin / a b.c.'

it 'how long an answer is kept, and for what'
providers 'good|ghcr.io'
while IFS='|' read -r fields expected; do
  response "$octocat" "$fields" | provider good
  try
  succeeds_quietly
  out_json '.providers[0] | [.cache_key_type, .cache_seconds, .cache_is_default]' "$expected"
done <<'END'
"cacheKeyType":"Image","cacheDuration":"1h30m0s",|["Image",5400,false]
"cacheKeyType":"Global","cacheDuration":"0s",|["Global",0,false]
"cacheKeyType":"Registry","cacheDuration":null,|["Registry",600,true]
END

it 'what the kubelet discards'
provider good <<<'exit 3'
discards '^exit status 3$'
provider good <<<'printf "database is locked\n\ntry again\n" >&2; exit 1'
discards '^exit status 1: database is locked; try again$'
provider good <<<'kill -9 $$'
discards '^ended by signal 9'
provider good <<<':'
discards .
provider good <<<'echo hello'
discards .
response "$octocat" '"cacheKeyType":"registry",' | provider good
discards cacheKeyType
response "$octocat" '' | provider good
discards cacheKeyType
response "$octocat" '"cacheKeyType":"Image","cacheDuration":600,' | provider good
discards cacheDuration
{ response "$octocat" && echo 'echo noise'; } | provider good
discards .
response "$octocat" | sed 's|/v1"|/v1beta1"|' | provider good
discards v1beta1
printf '#!/absent/interpreter\n' >"$bin_dir/good"
discards /absent/interpreter
provider good <<<'yes | tr -d "\n"'
discards 'larger than 1 MiB'

it 'a provider that hangs is ended with all that it started'
provider good <<<'sleep 600 & sleep 601'
try --timeout 0.2
status_is 1
out_json '.providers[0].discarded' '"no answer within 0.2 s"'
nothing_left

it 'no credential for the image: it is pulled without a login'
response null | provider good
try
status_is 1
err_has 'error: no provider has a credential for it: the kubelet pulls without a login$'
out_json '.providers[0] | [.keys, .untried, .cache_seconds]' '[[],[],600]'

it 'a key that does not serve the image says why'
response '{"GHCR.io":{"username":"a","password":"hunter2"},"ghcr.io:443":{"username":"a","password":"hunter2"}}' |
  provider good
try
status_is 1
out_json '.providers[0].untried | map([.key, (.reason | length > 0)])' \
  '[["GHCR.io",true],["ghcr.io:443",true]]'

it 'the credentials of all providers are tried in the order of the keyring'
providers 'good|ghcr.io' 'other|"*.io"' 'third|quay.io'
response "$octocat" | provider good
response '{"ghcr.io/acme":{"username":"b","password":"hunter2"},"*.io":{"username":"c","password":"hunter2"},"ghcr.io":{"username":"d","password":"hunter2"}}' |
  provider other
response null | provider third
try
succeeds_quietly
out_json '.tried | map([.key, .username, .provider])' \
  '[["ghcr.io/acme","b","other"],["ghcr.io","octocat","good"],["ghcr.io","d","other"],["*.io","c","other"]]'
out_json '.providers[2] | [.pattern, .milliseconds]' '[null,null]'

it 'a token in the place of a username is not shown'
providers 'good|ghcr.io'
response '{"ghcr.io":{"username":"ghp_hunter2hunter2hunter2hunter2hunter2hunt","password":"x-oauth-basic"}}' |
  provider good
try
succeeds_quietly
out_lacks hunter2

# ---- Not asked

it 'no provider is asked: the nearest pattern, and what would match'
while IFS='|' read -r image patterns reason mend; do
  providers "good|$patterns"
  try
  status_is 1
  err_has 'error: the kubelet asks no provider for '
  out_json '.providers[0] | [.not_asked, .nearest_pattern]' "[\"$reason\",$mend]"
done <<'END'
registry.example.com:5000/a|quay.io, registry.example.com|registry.example.com names no port, and the image does; registry.example.com:5000 would match|"registry.example.com:5000"
nginx|index.docker.io|index.docker.io is not how the kubelet names Docker Hub; docker.io would match|"docker.io"
ghcr.io/a|"https://ghcr.io"|https://ghcr.io has a scheme; ghcr.io would match|"ghcr.io"
1.dkr.ecr.eu-west-1.amazonaws.com/a|"*.amazonaws.com"|*.amazonaws.com has another number of labels: each * stands for one|null
ghcr.io/a|quay.io, "*.example.com"|none of its patterns is for this registry|null
END
image=ghcr.io/acme/app:1.4

it 'a field that newer kubelets refuse is told'
providers 'good|ghcr.io'
echo '  timeout: 10s' >>"$config_file"
response "$octocat" | provider good
try
succeeds
err_has 'warning: .*: newer kubelets do not start with a field that they do not know: providers\[0\].timeout$'
try -q
succeeds_quietly

# ---- The kubelet does not start

it 'a program that is not there, or may not be run'
providers 'good|ghcr.io' 'absent|quay.io'
try
fails_with 1 'bin dir/absent: there is no such program: the kubelet does not start$'
providers 'good|ghcr.io'
chmod -x "$bin_dir/good"
try
fails_with 1 'bin dir/good: .*: the kubelet does not start$' "hint: .*chmod \+x '.*bin dir/good'"
chmod +x "$bin_dir/good"

it 'a config that the kubelet refuses'
sed -i s/10m/10/ "$config_file"
try
fails_with 1 'config.yaml: defaultCacheDuration of provider good is no duration'
printf '{' >"$config_file"
try
fails_with 1 'config.yaml:1:2: '
rm "$config_file"
try
fails_with 1 'config.yaml: no such file'

it 'a folder of configs, in their order'
config_file=$scratch/folder.d/20.yaml
mkdir "$scratch/folder.d"
providers 'good|ghcr.io'
config_file=$scratch/folder.d/10.json
providers 'other|ghcr.io'
echo nonsense >"$scratch/folder.d/30.txt"
config_file=$scratch/folder.d
try
succeeds_quietly
out_json '.providers | map(.name)' '["other","good"]'
cp "$scratch/folder.d/20.yaml" "$scratch/folder.d/15.yml"
try
fails_with 1 'two providers are named good, in several files'
config_file=$bin_dir
try
fails_with 1 'there is no .yaml, .yml or .json in this folder'

it 'what is missing on the command line'
run pullsecret credential-provider test --config-file a --bin-dir b
fails_with 2 'no image named'
run pullsecret credential-provider test nginx --bin-dir b
fails_with 2 'no --config-file' 'hint: .*--image-credential-provider-config$'
run pullsecret credential-provider test nginx --config-file a
fails_with 2 'no --bin-dir' 'hint: .*--image-credential-provider-bin-dir$'
run pullsecret credential-provider test 'not an image' --config-file a --bin-dir b
fails_with 2 'is not an image name'

# ---- pullsecret's own

config_file=$scratch/own.yaml
it "what config printed works with pullsecret's own provider, from a link"
ln -s "$program_folder/pullsecret" "$bin_dir/"
config '{"auths":{"ghcr.io":{"auth":"b2N0b2NhdDpnaHBfaHVudGVyMg=="}},"credsStore":"mine"}'
store mine '{"https://index.docker.io/v1/":["builder","hunter2"]}'
run pullsecret credential-provider config --output-file "$config_file"
succeeds_quietly
for image in ghcr.io/acme/app nginx:1; do
  try
  succeeds_quietly
done
out_json '.tried | map([.username, .provider])' '[["builder","pullsecret"]]'
out_lacks hunter2

it 'an image of another registry'
image=quay.io/acme/app
try
status_is 1
err_has 'the kubelet asks no provider for quay.io/acme/app$'

it 'a helper that fails is told with its last words'
image=nginx
rm "$scratch/bin/docker-credential-mine"
helper mine <<<'echo "the vault is sealed"; exit 1'
discards 'the vault is sealed'

finish
