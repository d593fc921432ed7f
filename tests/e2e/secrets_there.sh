#!/bin/bash
# Secrets in a cluster are taken and changed: kubectl is real, the API server is api_server_standin.py.
# What is said is in tests/unit/cli/cases/secrets_there.txt.

# shellcheck source=cluster.sh
. "$(dirname "$0")/cluster.sh"
start_cluster other team

for name in a b c; do
  registry=ghcr.io
  [ $name != c ] || registry=quay.io
  kubectl create secret docker-registry $name --docker-server=$registry --docker-username=u \
    --docker-password=old --dry-run=client -o yaml | kubectl apply -f - >/dev/null
done
kubectl label secret a app=web >/dev/null
config '{"auths": {"ghcr.io": {"auth": "dTpuZXc="}}}'

# data_of NAME [OPTION]...: what the cluster has.
data_of() { kubectl get secret "$@" -o json | jq -r '.data[".dockerconfigjson"] | @base64d'; }

it 'one entry is added, and replaced, and all else stays'
kubectl get secret a -o yaml >before.yaml
run sh -c 'printf new >password; kubectl get secret a -o yaml |
  pullsecret create --into - --server quay.io --username u --password-file password | kubectl replace -f -'
succeeds
same 'the entries' "$(data_of a | jq -c '.auths | map_values(.password)')" '{"ghcr.io":"old","quay.io":"new"}'
same 'the old one, byte for byte' "$(data_of a | grep -c '"ghcr.io":{"username":"u","password":"old","auth":"dTpvbGQ="}')" 1
same 'the label' "$(kubectl get secret a -o json | jq -r .metadata.labels.app)" web

it 'a lost update is refused'
run sh -c 'pullsecret convert -q --into before.yaml | kubectl replace -f -'
status_is 1
expect 'a conflict' grep -q 'has been modified' "$scratch/err"

it 'rotation: every Secret that has the registry, and no other'
run sh -c 'kubectl get secrets -A --field-selector type=kubernetes.io/dockerconfigjson -o yaml |
  pullsecret convert --into - --registry ghcr.io | kubectl replace -f -'
succeeds
same 'what is replaced' "$(cat "$scratch/out")" "$(printf 'secret/%s replaced\n' a b)"
same 'the entries' "$(for name in a b c; do data_of $name | jq -c '.auths | map_values(.password)'; done)" \
  "$(printf '%s\n' '{"ghcr.io":"new","quay.io":"new"}' '{"ghcr.io":"new"}' '{"quay.io":"old"}')"

it 'a copy has nothing of the cluster'
run sh -c 'kubectl get secret c -o yaml | pullsecret convert --config - -n other -o json'
succeeds_quietly
out_json .metadata '{"name":"c","namespace":"other"}'
run sh -c 'kubectl get secret c -o yaml | pullsecret convert --config - -n other | kubectl create -f -'
succeeds
same 'the entry' "$(data_of c -n other | jq -c '.auths | map_values(.password)')" '{"quay.io":"old"}'

finish
