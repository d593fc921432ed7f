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

# Docker's folder for certificates, and the hosts' names, are the machine's: this script sees a copy of
# /etc in its place.
it 'a copy of /etc in its place'
cp -a /etc "$scratch/etc" 2>/dev/null # what its user may read
rm -rf "$scratch/etc/docker"
mkdir -p "$scratch/etc/docker/certs.d"
echo '127.0.0.1 registry.test other.test' >>"$scratch/etc/hosts"
if ! mount_here --bind "$scratch/etc" /etc 2>"$scratch/err"; then
  skip "$(<"$scratch/err")"
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
  start_registry_with "$htpasswd_auth" "${1-}"
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
  is_unreachable "$@"
}

# is_no_case_for_insecure: what --insecure-registry would not mend, or at the price of all safety.
is_no_case_for_insecure() {
  expect 'no --insecure-registry' lacks '[-]-insecure-registry' "$scratch/out"
}

htpasswd_auth=$(by_htpasswd "$password")
start_registry_with "$htpasswd_auth"
server=$!
make_image "$scratch/image"
push acme/app:1

serve "$(tls server)"
it 'a certificate that nobody known has signed'
is_not_reached 'no authority that is trusted here' \
  "/etc/docker/certs.d/registry.test:$port/ca.crt.*--insecure-registry registry.test:$port$"
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
is_not_reached "another host's" 'how the registry.s name is spelled'
is_no_case_for_insecure
expect 'skopeo not to take it, either' test ! "$(skopeo_takes && echo taken)"

it 'a certificate that has ended'
serve "$(tls expired)"
trust authority.crt
is_not_reached 'expired' 'clock is right'
is_no_case_for_insecure
expect 'skopeo not to take it, either' test ! "$(skopeo_takes && echo taken)"

serve "$(tls server "clientcas: [$scratch/authority.crt]")"
it 'a registry that wants a client certificate, and gets none'
trust authority.crt
is_not_reached 'demands a client certificate, and there is none' "$certificates/client.cert"
is_no_case_for_insecure
expect 'skopeo not to take it, either' test ! "$(skopeo_takes && echo taken)"

it 'a registry that wants a client certificate, and gets it where the hint says'
hint=$(jq -r '.[0].hint' "$scratch/out" | grep -o '/etc/docker[^ ,]*')
cp "$scratch/client.crt" "$hint"
cp "$scratch/client.key" "$(dirname "$hint")/client.key"
pulls
expect 'skopeo to take it, too' skopeo_takes

it 'half of a client certificate is an error, as with Docker'
rm "$certificates/client.key"
is_not_reached 'client\.cert: there is no client\.key' 'has its key in NAME\.key'
is_no_case_for_insecure
expect 'skopeo not to take it, either' test ! "$(skopeo_takes && echo taken)"

it 'a client certificate of a stranger'
cp "$scratch/stranger.crt" "$certificates/client.cert"
cp "$scratch/stranger.key" "$certificates/client.key"
is_not_reached 'does not take the client certificate .*client\.cert' .
is_no_case_for_insecure

it 'the key of another certificate, and what is no certificate'
cp "$scratch/client.key" "$certificates/client.key"
is_not_reached 'client\.cert: it is no client certificate, or .*client\.key is not its key' PEM
is_no_case_for_insecure
echo nonsense >"$certificates/client.cert"
is_not_reached 'client\.cert: it is no client certificate' PEM
is_no_case_for_insecure
echo nonsense >"$certificates/authority.crt"
rm "$certificates"/client.*
is_not_reached 'authority' .

# Each of them is refused at once: nobody writes into the pipe, and the device has no end.
for file in authority.crt client.cert client.key; do
  for kind in pipe device folder large; do
    it "a $kind as $file"
    rm -rf "$certificates"
    trust authority.crt
    cp "$scratch/client.crt" "$certificates/client.cert"
    cp "$scratch/client.key" "$certificates/client.key"
    rm "$certificates/$file"
    case $kind in
    pipe) mkfifo "$certificates/$file" ;;
    device) ln -s /dev/zero "$certificates/$file" ;;
    folder) mkdir "$certificates/$file" ;;
    large) truncate -s 5M "$certificates/$file" ;;
    esac
    is_not_reached "${file/./\\.}: it (is no regular file|has more than 4 MiB)" PEM
    is_no_case_for_insecure
  done
done

it 'a pipe as the file of SSL_CERT_FILE'
serve "$(tls server)"
mkfifo "$scratch/pipe"
SSL_CERT_FILE=$scratch/pipe is_not_reached 'pipe: it is no regular file' PEM

it 'the keys of connections are written nowhere'
trust authority.crt
SSLKEYLOGFILE=$scratch/keys pulls
expect 'no file with keys' test ! -e "$scratch/keys"

serve
it 'a registry without TLS'
is_not_reached 'speaks HTTP, and no TLS' 'whether the port is right'
is_no_case_for_insecure
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

it 'a server that wants a client certificate and says so over HTTP, as nginx does'
cat >"$scratch/nginx.py" <<'END'
import http.server, ssl, sys

class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        body = b"<html>400 No required SSL certificate was sent</html>"
        self.send_response(400)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body if self.command != "HEAD" else b"")

    do_HEAD = do_GET

server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH, cafile=sys.argv[3])
context.verify_mode = ssl.CERT_OPTIONAL
context.load_cert_chain(*sys.argv[1:3])
server.socket = context.wrap_socket(server.socket, server_side=True)
print(server.server_port, flush=True)
server.serve_forever()
END
start_server nginx python3 "$scratch/nginx.py" "$scratch/server.crt" "$scratch/server.key" "$scratch/authority.crt"
wicked_image=$image
image=registry.test:${address##*:}/acme/app:1
SSL_CERT_FILE=$scratch/authority.crt is_not_reached 'demands a client certificate, and there is none' \
  'certs\.d/registry\.test:[0-9]+/client\.cert'
image=$wicked_image

it 'a realm over http of a registry over https is not asked'
behaves wicked "{\"v2\": [\"bearer\", \"http://$plain/token\"]}"
is_not_reached 'over http' ''
log_is plain '.' '[]'

finish
