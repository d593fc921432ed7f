# shellcheck shell=bash
# What the scripts about `pullsecret check` share: registries, images there, and what check says.

# shellcheck source=registry_cases.sh
. "$(dirname "${BASH_SOURCE[0]}")/registry_cases.sh"

# shellcheck disable=SC2034 # for the scripts that source this file
programs=$e2e/../programs

# start_tokens: a token server by settings.json, whose log is $scratch/tokens. Sets `tokens`, its URL.
start_tokens() {
  openssl req -x509 -newkey rsa:2048 -nodes -subj /CN=tokens -days 2 -keyout "$scratch/token.key" \
    -out "$scratch/token.crt" 2>"$scratch/openssl.log" || bail_out "$(<"$scratch/openssl.log")"
  start_server tokens python3 "$programs/token_server.py" "$scratch/settings.json" "$scratch/token.key" \
    "$scratch/token.crt" "$scratch/tokens"
  tokens=http://$address
}

# start_registry_of_tokens: a registry whose rights come from there.
start_registry_of_tokens() {
  start_registry_with "auth: {token: {realm: $tokens/token, service: registry, issuer: test, rootcertbundle: $scratch/token.crt}}"
}

# push REPOSITORY:TAG: the image of make_image goes there.
push() {
  skopeo copy --insecure-policy --dest-tls-verify=false --dest-creds "$user:$password" \
    "oci:$scratch/image:1" "docker://$registry/$1" >"$scratch/push.log" 2>&1 ||
    bail_out "no image: $(cat "$scratch/push.log")"
}

# entry USER PASSWORD
entry() { jq -nc '{auth: ($ARGS.positional | join(":") | @base64)}' --args "$@"; }

# entries JSON: those of secret.yaml, as kubectl makes it, and of the Docker config.
entries() {
  config "{\"auths\": $1}"
  jq '{apiVersion: "v1", kind: "Secret", metadata: {name: "regcred"},
    type: "kubernetes.io/dockerconfigjson", data: {".dockerconfigjson": tojson | @base64}}' \
    "$HOME/.docker/config.json" >"$scratch/secret.yaml"
}

# outcomes_are JSON: of all tries, in their order.
outcomes_are() { out_json '[.[].outcome]' "$1"; }

# is_unreachable REASON HINT: in each try, and these are in the first.
is_unreachable() {
  status_is 1
  out_json '[.[].outcome] | unique' '["unreachable"]'
  expect "the reason to have /$1/" grep -Eqi -- "$1" <(jq -r '.[0].reason' "$scratch/out")
  expect "the hint to have /$2/" grep -Eq -- "$2" <(jq -r '.[0].hint' "$scratch/out")
}

# skopeo_pulls USER PASSWORD IMAGE
skopeo_pulls() {
  rm -rf "$scratch/pulled"
  skopeo copy --insecure-policy --src-tls-verify=false --src-creds "$1:$2" "docker://$3" \
    "dir:$scratch/pulled" >"$scratch/pull.log" 2>&1
}

# ---- The stand-in for registries that are out of order or wicked

# start_hostile NAME [CERTIFICATE KEY]: sets `at` of NAME to its HOST:PORT; with a certificate it is
# behind TLS.
declare -A at
start_hostile() {
  behaves "$1" '{}'
  start_server "$1" python3 "$programs/hostile_registry.py" "$scratch/$1.json" "$scratch/$1" "${@:2}"
  # shellcheck disable=SC2034 # for the scripts that source this file
  at[$1]=$address
}

# behaves NAME JSON: how it answers from now on, as hostile_registry.py says; its log begins anew.
behaves() {
  printf %s "$2" >"$scratch/$1.json"
  : >"$scratch/$1"
}

# log_is NAME FILTER EXPECTED: of what it was asked.
log_is() {
  jq -s . "$scratch/$1" >"$scratch/asked.json"
  json_is "in the log of $1" "$3" "$2" "$scratch/asked.json"
}
