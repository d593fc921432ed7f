#!/bin/bash
# Names of registries that hold what nobody is to see, or what nobody can see: a login in a name is
# hidden in every message, table and report, and characters without width, or that turn the line
# around, are shown.
#
# one build: it is about what is said

# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
need jq

# Fails, and says what it was asked for.
helper echoes <<'END'
read -r server
echo "no luck with $server"
exit 1
END
store holds '{"https://s:hunter2@h.io": ["u", "-hunter2"]}'
key=https://bob:hunter2@ghcr.io
config '{
  "auths": {
    "https://bob:hunter2@ghcr.io": {},
    "al:hunter2@quay.io": {"auth": "dTpodW50ZXIy"},
    "AL:hunter2@x.io": {"Auth": "dTpodW50ZXIy"},
    "AL:hunter2@x.io": {"Auth": "dTpodW50ZXIy"},
    "colon:hunter2@c.io": {"username": "a:b", "password": "hunter2"},
    "token:hunter2@t.io": {"registrytoken": "hunter2"},
    "docker.io/a:hunter2@q": {"identitytoken": "hunter2"},
    "https://s:hunter2@h.io": {},
    "gh\u200bcr.io": {"auth": "dTpodW50ZXIy"},
    "a\u202eoi.rc\u2066": {}
  },
  "credHelpers": {
    "https://eve:hunter2@y.io": "nothere",
    "e:hunter2@e.io": "echoes",
    "https://s:hunter2@h.io": "holds"
  }
}'
chmod 600 "$HOME/.docker/config.json"

# hides_all OUTPUT: nothing of it is what should be hidden or shown.
hides_all() {
  expect 'no login' lacks hunter2 "$1"
  expect 'no invisible character' lacks $'\u202e|\u2066|\u200b' "$1"
}

it 'a login in the name of a registry is in no message'
for arguments in convert 'convert --skip-unresolved' "convert --registry $key" \
  'convert --registry e:hunter2@e.io' 'convert --registry token:hunter2@t.io -o config' \
  "get $key" 'get e:hunter2@e.io' 'get al:hunter2@none.io' 'get token:hunter2@t.io' \
  'migrate --to holds --dry-run' 'migrate --to holds --registry token:hunter2@t.io' \
  'migrate --to inline --from holds --dry-run' "convert --image $key/x" \
  "convert $key"; do
  # shellcheck disable=SC2086 # options
  run pullsecret $arguments
  hides_all "$scratch/err"
done
run pullsecret convert --registry "$key"
fails_with 1 '^  https://…@ghcr\.io: ' '`docker login ghcr\.io`'
run pullsecret get e:hunter2@e.io
fails_with 1 '…@e\.io: docker-credential-echoes get: ' 'hint: .*echo SERVER_URL \| docker-credential-echoes get'

it 'what turns a name around, or has no width, is shown in it'
run pullsecret convert --registry $'a\u202eoi.rc\u2066'
fails_with 1 '^  a\\u202eoi\.rc\\u2066: '
run pullsecret migrate --to holds --dry-run
out_has '^gh\\u200bcr\.io '
hides_all "$scratch/out"

it 'nor in what the doctor says'
for format in table json; do
  run pullsecret doctor -o $format
  status_is 1
  hides_all "$scratch/out"
  hides_all "$scratch/err"
done
out_json 'map(select(.name == "entry-login-in-key") | .subject) | index("https://…@ghcr.io") != null' true
run pullsecret doctor --fix --yes
hides_all "$scratch/out"
hides_all "$scratch/err"

it 'nor in what inspect prints'
config '{"auths": {"https://bob:hunter2@ghcr.io": {"auth": "dTpodW50ZXIy"}, "q\u202e.io": {"auth": "!"}}}'
for options in '' '-o json' '--image ghcr.io/a/b'; do
  # shellcheck disable=SC2086 # options
  run pullsecret inspect $options <"$HOME/.docker/config.json"
  expect 'no login' lacks hunter2 "$scratch/out"
  hides_all "$scratch/err"
done

it 'nor in a field that is refused'
config '{"credHelpers": {"https://bob:hunter2@ghcr.io": 1}}'
run pullsecret convert
fails_with 1 'credHelpers\.https://…@ghcr\.io must be a string'

it 'nor in the name of an image'
run pullsecret inspect --image "$key/acme/app" <"$HOME/.docker/config.json"
hides_all "$scratch/err"

it 'the Secret has the registry alone, as the kubelet takes it'
config '{"auths": {"https://bob:hunter2@ghcr.io": {"auth": "dTpodW50ZXIy"}}}'
run pullsecret convert
succeeds_quietly
pull_data '.auths | keys' '["https://ghcr.io"]'
run pullsecret convert --image ghcr.io/acme/app
succeeds_quietly
pull_data '.auths | keys' '["https://ghcr.io"]'
run pullsecret create --server bob:hunter2@ghcr.io --username u --password-stdin <<<hunter2
succeeds
pull_data '.auths | keys' '["ghcr.io"]'

finish
