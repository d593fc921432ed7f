#!/bin/bash
# Names of registries that hold what nobody is to see, or what nobody can see, in what the doctor says.
# What the others say is in tests/unit/cli/cases/.
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

it 'a login in the name of a registry is in nothing that the doctor says, nor what nobody can see'
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

finish
