#!/bin/bash
# credential-provider, as the kubelet asks it (a stand-in follows the kubelet's rules): what it answers
# from each kind of store. What it says is in tests/unit/cli/cases/credential_provider.txt.

# shellcheck source=provider_cases.sh
. "$(dirname "$0")/provider_cases.sh"
# shellcheck source=pass_cases.sh
. "$e2e/pass_cases.sh"
# shellcheck source=secret_service.sh
. "$e2e/secret_service.sh"
# shellcheck source=own_mounts.sh
. "$e2e/own_mounts.sh"
need jq python3 gnome-keyring-daemon

it 'an inline credential, in each version of the request'
provider_config '{"auths": {"ghcr.io": {"auth": "b2N0b2NhdDpodW50ZXIy"}}}'
for version in v1 v1beta1 v1alpha1; do
  API_VERSION=credentialprovider.kubelet.k8s.io/$version asks ghcr.io/acme/app
  taken '{"auth":{"ghcr.io":{"password":"hunter2","username":"octocat"}},"cacheDuration":null,"cacheKeyType":"Registry"}'
done

it 'without HOME the folder of the passwd entry counts'
read -ra within <<<"$(own_mounts)"
if ((${#within[@]} == 0)); then
  skip 'no mount namespace is allowed here'
else
  mkdir -p "$scratch/somebody/.docker"
  cp "$node_config" "$scratch/somebody/.docker/"
  echo "somebody:x:0:0::$scratch/somebody:/bin/sh" >"$scratch/passwd"
  # shellcheck disable=SC2016 # for the inner shell
  within+=(sh -c 'mount --bind "$0" /etc/passwd && exec "$@"' "$scratch/passwd")
  DOCKER_CONFIG_OF_NODE='' asks ghcr.io/acme/app
  taken_is '.auth | keys' '["ghcr.io"]'
fi
within=()

# ---- Each store

it 'docker-credential-encryptedfile, with its key under /etc, as a unit hands it over'
mkdir -p "$scratch/etc" "$scratch/credentials"
(umask 077 && head -c 32 /dev/urandom | base64 >"$scratch/etc/docker-credential-key")
cp "$scratch/etc/docker-credential-key" "$scratch/credentials/"
printf '{"ServerURL":"ghcr.io","Username":"builder","Secret":"hunter2"}' >"$scratch/input"
run env DOCKER_CREDENTIAL_KEY_FILE="$scratch/etc/docker-credential-key" docker-credential-encryptedfile \
  store <"$scratch/input"
succeeds
provider_config '{"credsStore": "encryptedfile"}'
for key in "DOCKER_CREDENTIAL_KEY_FILE=$scratch/etc/docker-credential-key" \
  "CREDENTIALS_DIRECTORY=$scratch/credentials"; do
  variables=("$key" "HOME=$HOME")
  asks ghcr.io/acme/app
  taken_is .auth '{"ghcr.io":{"password":"hunter2","username":"builder"}}'
done
variables=("HOME=$HOME")
asks ghcr.io/acme/app
discarded 'docker-credential-encryptedfile get: exit status 1: '

it '50 pulls at once'
variables=("HOME=$HOME" "DOCKER_CREDENTIAL_KEY_FILE=$scratch/etc/docker-credential-key")
asks "$(printf 'ghcr.io/acme/app-%d,' {1..49})ghcr.io/acme/app-50"
same 'the answers' "$(jq -r '.taken.auth["ghcr.io"].password // "\(.discarded) \(.stderr)"' "$scratch/out" |
  sort | uniq -c | tr -s ' ')" ' 50 hunter2'

it 'docker-credential-pass'
make_key builder
new_store builder
run docker-credential-pass store <"$scratch/input"
succeeds
provider_config '{"credsStore": "pass"}'
variables=("HOME=$HOME" "GNUPGHOME=$GNUPGHOME" "PASSWORD_STORE_DIR=$password_store")
asks ghcr.io/acme/app
taken_is .auth '{"ghcr.io":{"password":"hunter2","username":"builder"}}'

it 'docker-credential-secretservice, where the node has a bus'
start_bus
start_keyring
run docker-credential-secretservice store <"$scratch/input"
succeeds
provider_config '{"credsStore": "secretservice"}'
variables=("DBUS_SESSION_BUS_ADDRESS=$DBUS_SESSION_BUS_ADDRESS")
asks ghcr.io/acme/app
taken_is .auth '{"ghcr.io":{"password":"hunter2","username":"builder"}}'
variables=()
asks ghcr.io/acme/app
discarded 'docker-credential-secretservice get: '

it 'a store that does not have it: the image is public'
variables=("DBUS_SESSION_BUS_ADDRESS=$DBUS_SESSION_BUS_ADDRESS")
asks quay.io/acme/app
taken_is .auth null

finish
