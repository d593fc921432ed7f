#!/bin/bash
# The pictures of README, man/pictures/*.svg, show what the programs print today. `pictures.sh --update` draws
# them anew.
#
# one build: it is about what is said

# shellcheck source=check_cases.sh
. "$(dirname "$0")/check_cases.sh"
# shellcheck source=certificates.sh
. "$e2e/certificates.sh"
need python3 openssl
[ -z "${1-}" ] || update=--update

# shows PICTURE COMMAND
shows() {
  it "$1.svg shows what \`${2//$'\n'/}\` prints"
  # shellcheck disable=SC2086 # nothing, or a word
  run /usr/bin/python3 "$e2e/terminal_picture.py" "$e2e/../../man/pictures/$1.svg" ${update-} "$2"
  succeeds
  expect 'no secret' lacks hunter2 "$e2e/../../man/pictures/$1.svg"
}

/usr/bin/python3 -c 'import rich' 2>/dev/null || {
  it 'the pictures'
  skip 'python3-rich is not installed'
  finish
}

chmod 700 "$HOME/.docker"
(umask 077 && config '{"auths":{"ghcr.io":{}},"credsStore":"desktop"}')
shows doctor 'pullsecret doctor -q'

# The Pods of a cluster, and a registry that refuses who does not log in, whatever its name: behind a proxy.
cat >"$scratch/team.json" <<'END'
{"apiVersion": "v1", "kind": "List", "items": [
  {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "app", "namespace": "team", "uid": "1"},
   "spec": {"imagePullSecrets": [{"name": "reg-cred"}], "containers": [{"image": "ghcr.io/acme/app:1.4"}]}},
  {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": "default", "namespace": "team", "uid": "2"}},
  {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "regcred", "namespace": "team", "uid": "3"},
   "type": "kubernetes.io/dockerconfigjson",
   "stringData": {".dockerconfigjson": "{\"auths\": {\"ghcr.io\": {\"username\": \"u\", \"password\": \"hunter2\"}}}"}}]}
END
printf '#!/bin/sh\n[ "$*" = "get pods,serviceaccounts,secrets -n team -o yaml" ] && cat %s\n' "$scratch/team.json" \
  >"$scratch/bin/kubectl"
chmod +x "$scratch/bin/kubectl"
make_authority authority
make_certificate server authority ghcr.io
start_hostile registry "$scratch/server.crt" "$scratch/server.key"
printf '{}' >"$scratch/proxy.json"
start_server proxy python3 "$programs/logging_proxy.py" "$scratch/proxy.json" "$scratch/proxy" "${at[registry]##*:}"
HTTPS_PROXY=http://$address
export SSL_CERT_FILE=$scratch/authority.crt HTTPS_PROXY
rm "$HOME/.docker/config.json"
shows check 'kubectl get pods,serviceaccounts,secrets -n team -o yaml |
  pullsecret check --images-in - -q'

finish
