#!/bin/bash
# check, at a real docker-registry behind TLS: whom it trusts, as Docker does, and that skopeo trusts
# the same; client certificates; HTTP/2, and connections that are used again.

# shellcheck source=own_mounts.sh
. "$(dirname "$0")/own_mounts.sh"
enter_own_mounts "$@"
# shellcheck source=check_cases.sh
. "$(dirname "$0")/check_cases.sh"
# shellcheck source=certificates.sh
. "$e2e/certificates.sh"
need docker-registry htpasswd skopeo jq python3 openssl

# Docker's folder for certificates, and the hosts' names, are the machine's: without mounts of the
# script's own they are left alone.
it 'a machine whose files may be covered'
mkdir -p "$scratch/docker/certs.d"
{ cat /etc/hosts && echo '127.0.0.1 registry.test other.test'; } >"$scratch/hosts"
if ! { mount --bind "$scratch/hosts" /etc/hosts && mkdir -p /etc/docker &&
  mount --bind "$scratch/docker" /etc/docker; } 2>/dev/null; then
  skip '/etc/hosts and /etc/docker cannot be covered by mounts here'
  finish
fi

make_authority authority
make_authority other-authority
make_certificate server authority registry.test
make_certificate expired authority registry.test 20210101000000Z
make_certificate client authority client
make_certificate stranger other-authority client

# serve [HTTP]: the registry starts again, with these settings of its server. Sets `image`.
serve() {
  # shellcheck disable=SC2154 # of the registry before
  [ ! "${server-}" ] || { kill "$server" && wait "$server" 2>/dev/null; }
  start_registry_with "auth: {htpasswd: {realm: test, path: $scratch/htpasswd}}" "${1-}"
  server=$!
  port=${registry##*:}
  image=registry.test:$port/acme/app:1
  rm -rf /etc/docker/certs.d/*
  certificates=/etc/docker/certs.d/registry.test:$port
  entries "{\"registry.test:$port\": $(entry "$user" "$password"),
    \"other.test:$port\": $(entry "$user" "$password")}"
}
tls() { echo "tls: {certificate: $scratch/$1.crt, key: $scratch/$1.key${2:+, $2}}"; }

# trust FILE...: these of $scratch are in Docker's folder for the registry.
trust() {
  mkdir -p "$certificates"
  local file
  for file; do cp "$scratch/$file" "$certificates/"; done
}

# check_image [OPTION]...
check_image() { run pullsecret check "$scratch/secret.yaml" --image "$image" -o json "$@"; }

# pulls, as it does for skopeo.
pulls() {
  check_image "$@"
  succeeds_quietly
  outcomes_are '["pulls"]'
}
skopeo_takes() { skopeo inspect --creds "$user:$password" "docker://$image" >"$scratch/skopeo.log" 2>&1; }

# is_not_reached REASON HINT
is_not_reached() {
  check_image
  status_is 1
  out_json '[.[].outcome] | unique' '["unreachable"]'
  expect "the reason to have /$1/" grep -Eqi -- "$1" <(jq -r '.[0].reason' "$scratch/out")
  expect "the hint to have /$2/" grep -Eq -- "$2" <(jq -r '.[0].hint' "$scratch/out")
}

printf '%s' "$password" | htpasswd -Bin "$user" >"$scratch/htpasswd"
start_registry_with "auth: {htpasswd: {realm: test, path: $scratch/htpasswd}}"
server=$!
make_image "$scratch/image"
push acme/app:1

serve "$(tls server)"
it 'a certificate that nobody known has signed'
is_not_reached 'certificate' "/etc/docker/certs.d/registry.test:$port/ca.crt.*--insecure-registry"
expect 'skopeo not to take it, either' test ! "$(skopeo_takes && echo taken)"

it 'the authority where the hint says'
hint=$(jq -r '.[0].hint' "$scratch/out" | grep -o '/etc/docker[^ ,]*')
mkdir -p "$(dirname "$hint")"
cp "$scratch/authority.crt" "$hint"
pulls
expect 'skopeo to take it, too' skopeo_takes

it 'HTTP/2, and one connection for 20 images'
tags=$scratch/registry/docker/registry/v2/repositories/acme/app/_manifests/tags
names=()
for number in {1..20}; do
  cp -r "$tags/1" "$tags/tag-$number"
  names+=(--image "registry.test:$port/acme/app:tag-$number")
done
lines=$(wc -l <"$scratch/registry.log")
check_image "${names[@]}"
succeeds_quietly
out_json '[.[].outcome] | [length, unique]' '[21,["pulls"]]'
tail -n "+$((lines + 1))" "$scratch/registry.log" >"$scratch/requests"
same 'the versions of HTTP' "$(grep -o '" *HTTP/[0-9.]*"\|HTTP/[0-9.]*"' "$scratch/requests" | sort -u)" 'HTTP/2.0"'
same 'the connections' "$(grep -o 'http.request.remoteaddr="[^"]*"' "$scratch/requests" | sort -u | wc -l)" 1

it 'an authority of another registry is none of this one'
mv "$certificates" "$certificates-other"
is_not_reached certificate .

it 'the authority in the file of SSL_CERT_FILE'
SSL_CERT_FILE=$scratch/authority.crt pulls

it '--insecure-registry takes any certificate'
pulls --insecure-registry "registry.test:$port"
run pullsecret check "$scratch/secret.yaml" --image "$image" --insecure-registry registry.test -o json
status_is 1

it 'a certificate of another name'
trust authority.crt
cp -r "$certificates" "/etc/docker/certs.d/other.test:$port"
image=other.test:$port/acme/app:1
is_not_reached 'other\.test|name' .
expect 'skopeo not to take it, either' test ! "$(skopeo_takes && echo taken)"

it 'a certificate that has ended'
serve "$(tls expired)"
trust authority.crt
is_not_reached 'expired' .
expect 'skopeo not to take it, either' test ! "$(skopeo_takes && echo taken)"

serve "$(tls server "clientcas: [$scratch/authority.crt]")"
it 'a registry that wants a client certificate, and gets none'
trust authority.crt
is_not_reached . .
expect 'skopeo not to take it, either' test ! "$(skopeo_takes && echo taken)"

it 'a registry that wants a client certificate, and gets it'
cp "$scratch/client.crt" "$scratch/client.cert"
trust client.cert client.key
pulls
expect 'skopeo to take it, too' skopeo_takes

it 'half of a client certificate is an error, as with Docker'
rm "$certificates/client.key"
is_not_reached 'client\.cert: there is no client\.key' .
expect 'skopeo not to take it, either' test ! "$(skopeo_takes && echo taken)"

it 'a client certificate of a stranger'
cp "$scratch/stranger.crt" "$certificates/client.cert"
cp "$scratch/stranger.key" "$certificates/client.key"
is_not_reached . .

it 'what is no certificate, and a folder that cannot be read'
echo nonsense >"$certificates/client.cert"
is_not_reached . .
echo nonsense >"$certificates/authority.crt"
is_not_reached . .

serve
it 'a registry without TLS'
is_not_reached . '--insecure-registry'
pulls --insecure-registry "registry.test:$port"

# ---- A stand-in behind TLS

start_hostile wicked "$scratch/server.crt" "$scratch/server.key"
start_hostile plain
port=${at[wicked]##*:} plain=registry.test:${at[plain]##*:}
image=registry.test:$port/acme/app:1
certificates=/etc/docker/certs.d/registry.test:$port
trust authority.crt
entries "{\"registry.test:$port\": $(entry "$user" "$password")}"

it 'the stand-in behind TLS can answer as a registry does'
behaves wicked '{}'
pulls

it 'a redirect from https to http is not followed'
behaves wicked "{\"manifest\": [\"redirect\", \"http://$plain/v2/x\"]}"
is_not_reached 'from https to http' ''
log_is plain '.' '[]'

it 'a realm over http of a registry over https is not asked'
behaves wicked "{\"v2\": [\"bearer\", \"http://$plain/token\"]}"
is_not_reached 'over http' ''
log_is plain '.' '[]'

finish
