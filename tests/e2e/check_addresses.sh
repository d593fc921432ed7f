#!/bin/bash
# check, at a registry with a public address, in a network of the script's own: what it sends for or
# redirects to in a local network is not asked. The registries are stand-ins.

# shellcheck source=own_mounts.sh
. "$(dirname "$0")/own_mounts.sh"
enter_own_mounts "$@"
if [ "${1-}" != in-own-network ] && unshare --net true 2>/dev/null; then
  exec unshare --net bash "$0" in-own-network
fi
# shellcheck source=check_cases.sh
. "$(dirname "$0")/check_cases.sh"
need jq python3 ip unshare
if [ "${1-}" != in-own-network ]; then
  it 'a public address of its own'
  skip 'no network of its own is allowed here'
  finish
fi

public=9.9.9.9 private=10.9.9.9
it 'a public and a private address'
{ ip link set lo up && ip address add $public/32 dev lo && ip address add $private/32 dev lo; } ||
  problem 'no addresses'

host=0.0.0.0 start_hostile registry
host=0.0.0.0 start_hostile inside
port=${at[registry]##*:} inside=${at[inside]##*:}
registry=$public:$port
image=$registry/acme/app:1
entries "{\"$registry\": $(entry "$user" "$password")}"

check_image() {
  run pullsecret check "$scratch/secret.yaml" --timeout 2 --insecure-registry "$registry" \
    --image "$image" -o json
}
# inside_is_not_asked: and the reason says why.
inside_is_not_asked() {
  check_image
  status_is 1
  out_json '[.[].outcome] | unique' '["unreachable"]'
  expect 'the reason' grep -q 'private address' <(jq -r '.[0].reason' "$scratch/out")
  log_is inside . '[]'
}

it 'the stand-in at a public address can answer as a registry does'
behaves registry '{}'
check_image
succeeds_quietly
outcomes_are '["pulls"]'

for address in $private 127.0.0.1 localhost 169.254.169.254 '[::1]' '[::ffff:10.9.9.9]' \
  0x0a090909 167772161 0.0.0.0; do
  it "a realm at $address"
  behaves registry "{\"v2\": [\"bearer\", \"https://$address:$inside/token\"]}"
  inside_is_not_asked
done

for address in $private 127.0.0.1 localhost '[::ffff:10.9.9.9]' 0x0a090909; do
  it "a redirect to $address"
  behaves registry "{\"manifest\": [\"redirect\", \"http://$address:$inside/v2/acme/app/manifests/1\"]}"
  inside_is_not_asked
done

it 'a redirect to another public place is followed, without the credential'
ip address add 9.9.9.10/32 dev lo
behaves registry "{\"manifest\": [\"redirect\", \"http://9.9.9.10:$inside/v2/acme/app/manifests/1\"]}"
check_image
log_is inside 'length > 0' true
log_is inside 'map(.knows) | any' false

it 'a registry inside may send inside'
behaves registry "{\"v2\": [\"bearer\", \"http://$private:$inside/token\"]}"
behaves inside '{}'
registry=$private:$port
entries "{\"$registry\": $(entry "$user" "$password")}"
image=$registry/acme/app:1
check_image
succeeds_quietly

finish
