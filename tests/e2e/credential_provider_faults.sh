#!/bin/bash
# credential-provider, where something fails: helpers that are slow, hang, crash or flood, a kubelet that
# is gone, requests that are none. Nothing is left running, and one line says what is wrong.

# shellcheck source=provider_cases.sh
. "$(dirname "$0")/provider_cases.sh"
need jq python3

answer='printf '\''{"Username":"builder","Secret":"hunter2"}'\'''
provider_config '{"credsStore": "one"}'

it 'a helper that is slow'
helper one <<END
sleep 1
$answer
END
asks ghcr.io/acme/app
taken_is .auth '{"ghcr.io":{"password":"hunter2","username":"builder"}}'

it 'a helper that hangs is ended within --timeout, with all that it started'
helper one <<END
sleep 1000 &
sleep 1000
END
asks ghcr.io/acme/app --timeout 1
discarded '^pullsecret: error: ghcr\.io: docker-credential-one get: no answer within 1 s'
nothing_left

it '--timeout is the time of all calls together'
helper one <<END
sleep 0.7
echo 'credentials not found in native keychain'
exit 1
END
asks ghcr.io/acme/app --timeout 1
discarded 'docker-credential-one get: no'
nothing_left

it 'a helper that crashes, floods, fails, or answers nonsense'
for fault in 'kill -SEGV $$' 'yes hunter2' 'echo hunter2 >&2; exit 3' 'echo hunter2' \
  'echo "{\"Username\":\"\",\"Secret\":\"hunter2\"" && exit 1'; do
  helper one <<<"$fault"
  run python3 "$e2e/kubelet_standin.py" ghcr.io/acme/app "DOCKER_CONFIG=$scratch/node" \
    "PATH=$scratch/bin:$program_folder:/usr/bin:/bin" -- \
    "$program_folder/pullsecret" credential-provider
  out_json '[.status, .taken, (.stderr | split("\n") | length)]' '[1,null,2]'
  nothing_left
done

it 'a helper that is not there'
rm "$scratch/bin/docker-credential-one"
asks ghcr.io/acme/app
discarded 'docker-credential-one: not found on PATH'

it 'a helper that fails beside a credential that works: no answer, as convert makes no Secret'
helper one <<<'exit 1'
provider_config '{"auths": {"*.io": {"auth": "b2N0b2NhdDpodW50ZXIy"}}, "credHelpers": {"ghcr.io": "one"}}'
asks ghcr.io/acme/app
discarded '^pullsecret: error: ghcr\.io: docker-credential-one get: '
asks quay.io/acme/app
taken_is '.auth | keys' '["*.io"]'

it 'what is no config'
provider_config '{"auths": '
asks ghcr.io/acme/app
discarded 'config\.json:1:'
provider_config '{"credsStore": "one"}'

it 'the token of a service account is handed on to nobody'
helper one <<END
{ cat && env && cat /proc/self/cmdline && echo "\$0 \$*"; } >"$scratch/handed-on" 2>&1
$answer
END
REQUEST='{"kind":"CredentialProviderRequest","apiVersion":"credentialprovider.kubelet.k8s.io/v1","image":"ghcr.io/acme/app","serviceAccountToken":"hunter2-token","serviceAccountAnnotations":{"acme.example/role":"hunter2-role"}}' \
  asks ghcr.io/acme/app
taken_is '.auth | keys' '["ghcr.io"]'
expect 'what the helper got' grep -q ghcr.io "$scratch/handed-on"
expect 'no token in it' lacks 'hunter2' "$scratch/handed-on"

# ---- Whoever asked is gone

# begin_hanging COMMAND: a helper that takes long, and that has begun; `caller` is the process ID of a
# stand-in that asks it.
begin_hanging() {
  rm -f "$scratch/started"
  helper one <<END
touch "$scratch/started"
$1
END
  start kubelet python3 "$e2e/kubelet_standin.py" ghcr.io/acme/app "DOCKER_CONFIG=$scratch/node" \
    "PATH=$scratch/bin:$program_folder:/usr/bin:/bin" -- \
    "$program_folder/pullsecret" credential-provider
  caller=$!
  wait_until has_started || problem 'the helper does not start'
}
has_started() { [ -e "$scratch/started" ]; }
wait_until_nothing_runs() {
  wait "$caller" 2>/dev/null
  wait_until nothing_runs 20 || nothing_left
}

it 'the kubelet is killed while a helper hangs: nothing stays behind'
for signal in KILL TERM; do
  begin_hanging 'sleep 1000 & sleep 1000'
  kill -s $signal "$caller"
  wait_until_nothing_runs
done

it 'the provider is killed itself: the helper that it waited for ends'
for signal in TERM KILL; do
  begin_hanging 'exec sleep 1000'
  pkill -$signal -f "^$program_folder/pullsecret credential-provider"
  wait_until_nothing_runs
done

# ---- Requests

# refuses REGEX: the request on standard input.
refuses() {
  run pullsecret credential-provider <"$scratch/request"
  fails_with 1 "$1"
  expect 'one line' [ "$(wc -l <"$scratch/err")" -eq 1 ]
}

it 'what is no request'
helper one <<<'touch "$E2E_SCRATCH/was-asked"; exit 1'
config '{"credsStore": "one"}'
request() {
  jq -nc --arg kind "${2-CredentialProviderRequest}" --arg version "${3-credentialprovider.kubelet.k8s.io/v1}" \
    --arg image "$1" '{$kind, apiVersion: $version, $image}' >"$scratch/request"
}
: >"$scratch/request"
refuses 'no CredentialProviderRequest: it is empty'
echo 'not json hunter2' >"$scratch/request"
refuses 'standard input:1:'
head -c 10000000 /dev/zero | tr '\0' ' ' >"$scratch/request"
refuses 'more than 1 MiB|larger than 1 MiB|1 MiB'
python3 -c 'print("[" * 100000)' >"$scratch/request"
refuses 'nested deeper than 64'
python3 -c 'print("{\"image\":" * 100000)' >"$scratch/request"
refuses 'nested deeper than 64'
request ghcr.io/acme/app Pod
refuses 'its kind is "Pod"'
request ghcr.io/acme/app CredentialProviderRequest credentialprovider.kubelet.k8s.io/v2
refuses 'apiVersion .* is not known'
for image in '' '../../etc/passwd' 'https://ghcr.io/acme/app' 'ghcr.io/Acme' '-x' $'ghcr.io/a\nb' 'ghcr.io/$(id)'; do
  request "$image"
  refuses 'image'
done
expect 'no helper was asked' [ ! -e "$scratch/was-asked" ]

it 'wrong usage'
run pullsecret credential-provider --config -
fails_with 2 '--config: standard input is the request'
run pullsecret credential-provider --timeout 0
fails_with 2 '--timeout'
run pullsecret credential-provider ghcr.io
fails_with 2

finish
