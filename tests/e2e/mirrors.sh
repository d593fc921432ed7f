#!/bin/bash
# check goes the way of a node's containerd: to real docker-registries that are mirrors of another, with
# the login that the runtime would send; and each hint about a mirror, followed.

# shellcheck source=check_cases.sh
. "$(dirname "$0")/check_cases.sh"
# shellcheck source=certificates.sh
. "$e2e/certificates.sh"
need docker-registry htpasswd skopeo jq openssl

# start_mirror NAME PASSWORD [HTTP]: sets `mirror`, HOST:PORT of a registry of its own with the images
# of the first, PASSWORD for `user` there, and `process`.
start_mirror() {
  local registry
  start_registry_with "$(by_htpasswd "$2" "$1-")" "${3-}" "$1"
  process=$!
  mirror=$registry
}

# hosts: standard input is the hosts.toml of `registry`.
hosts() {
  mkdir -p "$scratch/certs.d/${registry/:/_}_"
  cat >"$scratch/certs.d/${registry/:/_}_/hosts.toml"
}

check_by_hosts() { run pullsecret check "$scratch/secret.yaml" --image "$image" --hosts "$scratch/certs.d" -o json; }
check_by_k3s() { run pullsecret check "$scratch/secret.yaml" --image "$image" --registries "$scratch/registries.yaml" -o json; }
hint_of() { jq -r ".[$1].hint" "$scratch/out"; }

start_registry
make_image "$scratch/image"
push acme/app:1
push proxy/app:1
image=$registry/acme/app:1
entries "{\"$registry\": $(entry "$user" "$password")}"
start_mirror same "$password"
same=$mirror process_of_same=$process
start_mirror own 'hunter2-of-the-mirror'
own=$mirror

it 'a folder in which nothing is said of the registry'
mkdir "$scratch/certs.d"
check_by_hosts
succeeds_quietly
outcomes_are '["pulls"]'

it 'a mirror that takes the login of the registry is asked first, and told its name'
hosts <<<"[host.\"http://$same\"]"
check_by_hosts
succeeds_quietly
out_json '[.[] | [.outcome, .endpoint]]' \
  "[[\"pulls\",\"http://$same/v2\"],[\"pulls\",\"https://$registry/v2\"]]"
expect 'the name of the registry' grep -q "ns=${registry/:/%3A}" "$scratch/same.log"
expect 'the manifest by its name, in a HEAD' grep -Eq 'HEAD /v2/acme/app/manifests/1\?ns=' "$scratch/same.log"

it 'one that takes another login gets that of the registry, which pulls'
hosts <<<"[host.\"http://$own\"]"
check_by_hosts
succeeds_quietly
outcomes_are '["refused","pulls"]'
expect 'the hint' grep -q "$own has to take that, or ask for no login" <<<"$(hint_of 0)"

it 'an entry for the mirror is never asked for'
entries "{\"$registry\": $(entry "$user" "$password"), \"$own\": $(entry "$user" hunter2-of-the-mirror)}"
check_by_hosts
outcomes_are '["refused","pulls"]'
out_json '[.[].problems[].name] | unique' '["local-registry","mirror-entry-unused"]'
entries "{\"$registry\": $(entry "$user" "$password")}"

it 'the hint followed: the mirror takes the login of the registry'
hosts <<<"server = \"http://$same\""
check_by_hosts
succeeds_quietly
outcomes_are '["pulls"]'

it 'a header that logs in'
hosts <<END
server = "http://$own"
[header]
  Authorization = "Basic $(printf '%s:hunter2-of-the-mirror' "$user" | base64 -w 0)"
END
entries '{}'
check_by_hosts
succeeds_quietly
outcomes_are '["pulls"]'
entries "{\"$registry\": $(entry "$user" "$password")}"

it 'k3s: the login of registries.yaml counts where no Secret has an entry, and rewrites do'
cat >"$scratch/registries.yaml" <<END
mirrors:
  "$registry":
    endpoint: ["http://$own"]
    rewrite: {"^acme/(.*)": "proxy/\$1"}
configs:
  "$own": {auth: {username: "$user", password: hunter2-of-the-mirror}}
END
check_by_k3s
succeeds_quietly
outcomes_are '["refused","pulls"]'
out_json '[.[].problems[].name] | unique' '["file-login-unused","local-registry"]'
entries '{}'
check_by_k3s
succeeds_quietly
out_json '[.[] | [.outcome, .username]]' "[[\"pulls\",\"$user\"],[\"no access\",null]]"
expect 'the rewritten name' grep -Eq 'HEAD /v2/proxy/app/manifests/1\?ns=' "$scratch/own.log"
run pullsecret inspect "$scratch/secret.yaml" --image "$image" --registries "$scratch/registries.yaml"
out_has "http://$own/v2 +proxy/app +its own: builder$"

it 'k3s: the hint followed, where neither has a login for the mirror'
sed -i '/^configs/,$d' "$scratch/registries.yaml"
check_by_k3s
status_is 1
outcomes_are '["no access","no access"]'
same 'the hint' "$(hint_of 0)" "write the login for $own into configs of $scratch/registries.yaml"
printf 'configs: {"%s": {auth: {auth: %s}}}\n' "$own" \
  "$(printf '%s:hunter2-of-the-mirror' "$user" | base64 -w 0)" >>"$scratch/registries.yaml"
check_by_k3s
succeeds_quietly
outcomes_are '["pulls","no access"]'

it 'what only root reads comes through a pipe'
run pullsecret check "$scratch/secret.yaml" --image "$image" --registries <(cat "$scratch/registries.yaml") -o json
succeeds_quietly
outcomes_are '["pulls","no access"]'

it 'a mirror behind TLS, and the hint followed: its authority in hosts.toml'
entries "{\"$registry\": $(entry "$user" "$password")}"
make_authority authority
make_certificate server authority localhost
start_mirror behind_tls "$password" "tls: {certificate: $scratch/server.crt, key: $scratch/server.key}"
mirror=localhost:${mirror##*:}
hosts <<<"server = \"https://$mirror\""
check_by_hosts
status_is 1
out_json '[.[].outcome] | unique' '["unreachable"]'
expect 'the hint' grep -q "name the authority's certificate, as ca in hosts.toml" <<<"$(hint_of 0)"
cp "$scratch/authority.crt" "$scratch/certs.d/${registry/:/_}_/"
hosts <<<"server = \"https://$mirror\"
ca = \"authority.crt\""
check_by_hosts
succeeds_quietly
outcomes_are '["pulls"]'
hosts <<<"server = \"http://$mirror\"
skip_verify = true"
check_by_hosts
succeeds_quietly
outcomes_are '["pulls"]'

it 'a mirror that speaks no TLS, and the hint followed'
hosts <<<"server = \"https://$same\""
check_by_hosts
status_is 1
same 'the hint' "$(hint_of 0)" "an endpoint without TLS is written http://$same"
hosts <<<"server = \"http://$same\""
check_by_hosts
succeeds_quietly

it 'a file that containerd cannot read: it asks the registry itself'
hosts <<<"server = http://$own"
check_by_hosts
succeeds
outcomes_are '["pulls"]'
err_has 'hosts.toml:1: .*containerd passes over the file, and asks'

it 'a mirror that is gone'
hosts <<<"[host.\"http://$same\"]
dial_timeout = \"2s\""
kill "$process_of_same"
wait "$process_of_same" 2>/dev/null
check_by_hosts
succeeds_quietly
outcomes_are '["unreachable","pulls"]'

finish
