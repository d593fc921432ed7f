#!/bin/bash
# credential-provider, where helpers are slow or hang, or the kubelet is gone: nothing is left running. What
# it says of other faults is in tests/unit/cli/cases/credential_provider.txt.

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

finish
