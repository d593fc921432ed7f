#!/bin/bash
# check through a proxy: a stand-in for one logs what it is asked, and is the only one that knows the
# host's name. Behind it is a real docker-registry with TLS.

# shellcheck source=check_cases.sh
. "$(dirname "$0")/check_cases.sh"
# shellcheck source=certificates.sh
. "$e2e/certificates.sh"
need docker-registry htpasswd skopeo jq python3 openssl

make_authority authority
make_certificate server authority registry.invalid
htpasswd_auth=$(by_htpasswd "$password")
start_registry_with "$htpasswd_auth"
make_image "$scratch/image"
push acme/app:1
kill $! && wait $! 2>/dev/null
start_registry_with "$htpasswd_auth" \
  "tls: {certificate: $scratch/server.crt, key: $scratch/server.key}"

# proxy_behaves JSON: from now on; its log begins anew.
proxy_behaves() {
  printf %s "$1" >"$scratch/proxy.json"
  : >"$scratch/proxy"
}
proxy_behaves '{}'
start_server proxy python3 "$programs/logging_proxy.py" "$scratch/proxy.json" "$scratch/proxy" "${registry##*:}"
proxy=$address

image=registry.invalid/acme/app:1
entries "{\"registry.invalid\": $(entry "$user" "$password")}"
export SSL_CERT_FILE=$scratch/authority.crt

check_image() {
  run pullsecret check "$scratch/secret.yaml" --timeout 2 --image "$image" -o json
  expect 'no password' lacks hunter2 "$scratch/out"
}
proxy_log_is() {
  jq -s . "$scratch/proxy" >"$scratch/asked.json"
  json_is "in the proxy's log" "$2" "$1" "$scratch/asked.json"
}
it 'without the proxy the name is not known'
check_image
is_unreachable 'resolve host.*registry\.invalid' 'whether the name is right'

for variable in HTTPS_PROXY https_proxy ALL_PROXY; do
  it "$variable is asked for a tunnel, and learns no password"
  proxy_behaves '{}'
  run env "$variable=http://$proxy" pullsecret check "$scratch/secret.yaml" --image "$image" -o json
  succeeds_quietly
  outcomes_are '["pulls"]'
  proxy_log_is '[.[] | [.method, .target]] | unique' '[["CONNECT","registry.invalid:443"]]'
  proxy_log_is length 1
  proxy_log_is '[.[].headers[] | select(test("authorization|cookie"))]' '[]'
done

it 'NO_PROXY leaves it out'
for hosts in registry.invalid .invalid 'other.example,registry.invalid' '*'; do
  proxy_behaves '{}'
  NO_PROXY=$hosts HTTPS_PROXY=http://$proxy check_image
  is_unreachable 'resolve host' .
  proxy_log_is length 0
done

it 'a name and password in the URL of the proxy are for it alone'
proxy_behaves '{}'
HTTPS_PROXY=http://planted:hunter2-proxy@$proxy check_image
succeeds_quietly
proxy_log_is '[.[].headers | contains(["proxy-authorization"])] | unique' '[true]'

for refused in 403 407 503; do
  it "a proxy that refuses with $refused"
  proxy_behaves "{\"status\": $refused}"
  HTTPS_PROXY=http://planted:hunter2-proxy@$proxy check_image
  is_unreachable "proxy.*$refused" 'HTTPS_PROXY'
done

it 'a proxy that nobody answers for, and one that is not known'
HTTPS_PROXY=http://planted:hunter2-proxy@127.0.0.1:1 check_image
is_unreachable 'proxy.*127\.0\.0\.1' 'HTTPS_PROXY'
HTTPS_PROXY=http://planted:hunter2-proxy@proxy.invalid:1 check_image
is_unreachable 'proxy.*proxy\.invalid' 'HTTPS_PROXY'

part=hunter2-proxy
it 'what NO_PROXY takes out has no part of it'
run env NO_PROXY=registry.invalid HTTPS_PROXY="htp://planted:$part@127.0.0.1:1" \
  pullsecret check "$scratch/secret.yaml" --timeout 2 --image "$image" -o json
is_unreachable 'resolve host' .

it 'proxies of other kinds that nobody answers for'
for url in "socks5h://planted:$part@127.0.0.1:1" "socks5h://planted:$part@proxy.invalid:1" \
  "https://planted:$part@127.0.0.1:1" "planted:$part@127.0.0.1:1"; do
  HTTPS_PROXY=$url check_image
  is_unreachable 'proxy (127\.0\.0\.1|proxy\.invalid):1 of HTTPS_PROXY' HTTPS_PROXY
done

it 'a password with its characters written as they have to be'
proxy_behaves '{}'
HTTPS_PROXY=http://planted:a%23%2F%3F%40%20$part@$proxy check_image
succeeds_quietly
outcomes_are '["pulls"]'

it 'a proxy that does not answer'
proxy_behaves '{"silent": true}'
HTTPS_PROXY=http://$proxy check_image
is_unreachable 'proxy|timed? ?out' .

it 'what is on this machine is asked without a proxy'
proxy_behaves '{}'
entries "{\"$registry\": $(entry "$user" "$password")}"
HTTPS_PROXY=http://$proxy http_proxy=http://$proxy \
  run pullsecret check "$scratch/secret.yaml" --image "$registry/acme/app:1"
succeeds_quietly
proxy_log_is length 0

finish
