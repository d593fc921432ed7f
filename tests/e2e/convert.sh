#!/bin/bash
# convert: which config file counts, which registries are taken from it, and which store or entry
# answers for each.
#
# one build: it is about what is said

# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
need jq python3

# entries KEY...: `auths` with an inline credential for each key, user and password named after it.
entries() {
  jq -nc '[$ARGS.positional[] | {(.): {auth: ("u-\(.):hunter2-\(.)" | @base64)}}] | add | {auths: .}' \
    --args "$@"
}

# converts_to KEY...: convert succeeds with just these registry keys.
converts_to() {
  succeeds
  pull_data '.auths | keys' "$(jq -ncS '$ARGS.positional | sort' --args "$@")"
}

# credential KEY USERNAME PASSWORD: the Secret has just that for KEY, and a fitting `auth`.
credential() {
  pull_data ".auths[\"$1\"]" "$(jq -ncS '$ARGS.positional as [$u, $p] |
    {username: $u, password: $p, auth: ("\($u):\($p)" | @base64)}' --args "$2" "$3")"
}

# ---- Which file

mkdir docker-config
entries folder.example >docker-config/config.json
entries named.example >named.json

it 'the first config file that exists counts: Docker, podman, ~/.dockercfg'
mkdir -p .config/containers run/containers xdg/containers
entries docker.example >.docker/config.json
entries runtime.example >run/containers/auth.json
entries xdg.example >xdg/containers/auth.json
entries home.example >.config/containers/auth.json
entries oldest.example | jq -c .auths >.dockercfg
run pullsecret convert
converts_to docker.example
err_is_empty
rm .docker/config.json
places=(env XDG_RUNTIME_DIR="$HOME/run" XDG_CONFIG_HOME="$HOME/xdg")
run "${places[@]}" REGISTRY_AUTH_FILE="$HOME/named.json" pullsecret convert
converts_to named.example
err_has '^pullsecret: note: .*named\.json'
run "${places[@]}" pullsecret convert
converts_to runtime.example
err_has '^pullsecret: note: .*run/containers/auth\.json'
rm run/containers/auth.json
run "${places[@]}" pullsecret convert
converts_to xdg.example
run pullsecret convert
converts_to home.example
err_has '^pullsecret: note: .*\.config/containers/auth\.json'
rm .config/containers/auth.json
run pullsecret convert
converts_to oldest.example
err_has '^pullsecret: note: .*\.dockercfg'
run pullsecret convert --quiet
converts_to oldest.example
err_is_empty
rm -r .dockercfg .config run xdg

it 'with DOCKER_CONFIG set only that folder counts'
mkdir empty
run env DOCKER_CONFIG="$HOME/empty" REGISTRY_AUTH_FILE="$HOME/named.json" pullsecret convert
fails_with 1 'empty/config\.json'
run env DOCKER_CONFIG="$HOME/docker-config" pullsecret convert
converts_to folder.example
err_is_empty

it 'without HOME the home folder is that of the passwd entry'
run env -u HOME DOCKER_CONFIG="$HOME/docker-config" pullsecret convert
converts_to folder.example

it '--config takes a file, a folder, or - for standard input'
for place in named.json docker-config -; do
  run pullsecret convert --config "$place" <named.json
  succeeds_quietly
  pull_data '.auths | length' 1
done
converts_to named.example

entries ghcr.io quay.io >.docker/config.json

it 'DOCKER_AUTH_CONFIG is asked first'
DOCKER_AUTH_CONFIG='{"auths": {"ghcr.io": {"auth": "Y2k6aHVudGVyMi1jaQ=="}, "ci.example": {"auth": "Y2k6aHVudGVyMg=="}}}'
run env DOCKER_AUTH_CONFIG="$DOCKER_AUTH_CONFIG" pullsecret convert
converts_to ci.example ghcr.io quay.io
err_is_empty
credential ghcr.io ci hunter2-ci
credential quay.io u-quay.io hunter2-quay.io

it 'DOCKER_AUTH_CONFIG alone is enough'
run env HOME="$scratch" DOCKER_AUTH_CONFIG="$DOCKER_AUTH_CONFIG" pullsecret convert
converts_to ci.example ghcr.io

it 'DOCKER_AUTH_CONFIG does not take part when --config is given'
run env DOCKER_AUTH_CONFIG="$DOCKER_AUTH_CONFIG" pullsecret convert --config .docker/config.json
converts_to ghcr.io quay.io
credential ghcr.io u-ghcr.io hunter2-ghcr.io

it 'a DOCKER_AUTH_CONFIG that Docker ignores is ignored with a warning'
run env DOCKER_AUTH_CONFIG='{"auths": {}, "credsStore": "hunter2"}' pullsecret convert
converts_to ghcr.io quay.io
err_has '^pullsecret: warning: .*DOCKER_AUTH_CONFIG'

# ---- Which registries

store main '{"ghcr.io": ["u-main", "hunter2-main"], "quay.io": ["u-quay", "hunter2-quay"],
  "https://index.docker.io/v1/": ["mobyuser", "hunter2-hub"],
  "https://index.docker.io/v1/access-token": ["mobyuser", "hunter2-access"],
  "https://index.docker.io/v1/refresh-token": ["mobyuser", "hunter2-refresh"]}'
store other '{"other.example": ["u-other", "hunter2-other"], "ghcr.io": ["u-o", "hunter2-o"]}'

it 'the registries of auths and credHelpers are taken, and no other of the store'
config '{"auths": {"ghcr.io": {}}, "credHelpers": {"other.example": "other"}, "credsStore": "main"}'
run pullsecret convert
succeeds_quietly
converts_to ghcr.io other.example
credential ghcr.io u-main hunter2-main
credential other.example u-other hunter2-other
same 'what the store was asked' "$(asked main)" 'get ghcr.io'

it '--all adds what the store lists, but no token of Docker Hub'
run pullsecret convert --all
succeeds_quietly
converts_to ghcr.io https://index.docker.io/v1/ other.example quay.io

it '--all with an image takes what the store alone knows to serve it'
store main '{"*.example.com": ["u-wild", "hunter2-wild"], "quay.io": ["u-quay", "hunter2-quay"]}'
run pullsecret convert --all --image registry.example.com/acme/app
succeeds_quietly
converts_to '*.example.com'
store main '{"ghcr.io": ["u-main", "hunter2-main"], "quay.io": ["u-quay", "hunter2-quay"],
  "https://index.docker.io/v1/": ["mobyuser", "hunter2-hub"],
  "https://index.docker.io/v1/access-token": ["mobyuser", "hunter2-access"],
  "https://index.docker.io/v1/refresh-token": ["mobyuser", "hunter2-refresh"]}'

it 'when the file names no registry, the store is asked for its list'
config '{"credsStore": "main"}'
store main "$(cat "$scratch/bin/docker-credential-main.json")"
run pullsecret convert
succeeds_quietly
converts_to ghcr.io https://index.docker.io/v1/ quay.io
same 'what the store was asked first' "$(asked main | head -n 1)" 'list unused'
same 'whether a token was asked for' "$(asked main | grep -c token)" 0

it 'tokens of Docker Hub that the file names are left out'
config '{"auths": {"ghcr.io": {}, "https://index.docker.io/v1/access-token": {},
  "https://index.docker.io/v1/refresh-token": {}}, "credsStore": "main"}'
run pullsecret convert
succeeds_quietly
converts_to ghcr.io

it 'a list with display labels in place of server URLs is understood'
helper labels <<'END'
case $1 in
list)
  echo '{"Registry credentials for ghcr.io": "u",
    "Registry credentials for https://index.docker.io/v1/": "u",
    "Registry credentials for https://index.docker.io/v1/refresh-token": "u"}'
  ;;
get) printf '{"ServerURL": "", "Username": "u", "Secret": "hunter2-%s"}' "$(cat)" ;;
esac
END
config '{"credsStore": "labels"}'
run pullsecret convert
succeeds_quietly
converts_to ghcr.io https://index.docker.io/v1/
credential ghcr.io u hunter2-ghcr.io

it 'a store without a list is an error when the list is needed'
helper listless <<'END'
echo 'list is not implemented'
exit 1
END
config '{"credsStore": "listless"}'
run pullsecret convert
fails_with 1 'docker-credential-listless list: exit status 1: list is not implemented'

config '{"auths": {"ghcr.io": {}, "GHCR.io/acme": {"auth": "YWNtZTpodW50ZXIy"}}, "credsStore": "main"}'

it '--registry takes only these, and asks for them as Docker would'
run pullsecret convert --registry ghcr.io --registry quay.io
succeeds_quietly
converts_to ghcr.io quay.io
run pullsecret convert --registry docker.io
succeeds_quietly
converts_to https://index.docker.io/v1/
credential https://index.docker.io/v1/ mobyuser hunter2-hub
run pullsecret convert --registry gone.example
fails_with 1 '^  gone\.example: no credential in the store "main"' 'hint: docker login gone\.example'

it '--registry finds the entry of the file under an older spelling'
config '{"auths": {"https://quay.io/v1/": {"auth": "b2xkOmh1bnRlcjI="}}}'
run pullsecret convert --registry quay.io
succeeds_quietly
credential https://quay.io/v1/ old hunter2

it '--image takes only what the kubelet would offer for it'
config "$(entries ghcr.io/acme ghcr.io/other quay.io https://index.docker.io/v1/ '*.example.com')"
run pullsecret convert --image ghcr.io/acme/app:1.4
converts_to ghcr.io/acme
run pullsecret convert --image nginx
converts_to https://index.docker.io/v1/
run pullsecret convert --image quay.io/a/b --image registry.example.com/c@sha256:"$(printf '%064d' 0)"
converts_to '*.example.com' quay.io
run pullsecret convert --image ghcr.io/third/app
fails_with 1 '^  ghcr\.io: '

it '--image asks for its registry as Docker would when the file names none'
config '{"credsStore": "main"}'
run pullsecret convert --image ghcr.io/acme/app
succeeds_quietly
converts_to ghcr.io
run pullsecret convert --image nginx:1
succeeds_quietly
converts_to https://index.docker.io/v1/

# ---- Which store answers

it 'credHelpers comes before credsStore, and credsStore before the entry in the file'
config '{"auths": {"ghcr.io": {"auth": "ZmlsZTpodW50ZXIy"}, "quay.io": {"auth": "ZmlsZTpodW50ZXIy"},
  "file.example": {"auth": "ZmlsZTpodW50ZXIyLWZpbGU=", "email": "me@example.com"}},
  "credHelpers": {"ghcr.io": "other"}, "credsStore": "main"}'
run pullsecret convert
succeeds_quietly
credential ghcr.io u-o hunter2-o
credential quay.io u-quay hunter2-quay

it 'what no store has is taken from the entry in the file'
pull_data '.auths["file.example"]' \
  '{"auth":"ZmlsZTpodW50ZXIyLWZpbGU=","email":"me@example.com","password":"hunter2-file","username":"file"}'

# stored_as SPELLING KEY: a credential that the store has under SPELLING is found for KEY.
stored_as() {
  it "$2 is found in a store that has it as $1"
  store one "{\"$1\": [\"u\", \"hunter2\"]}"
  config "{\"auths\": {\"$2\": {}}, \"credsStore\": \"one\"}"
  run pullsecret convert
  succeeds_quietly
  credential "${3:-$2}" u hunter2
  same 'what the store was asked first' "$(asked one | head -n 1)" "get $2"
}

stored_as docker.io https://index.docker.io/v1/
stored_as index.docker.io https://index.docker.io/v1/
stored_as https://index.docker.io/v1/ docker.io https://index.docker.io/v1/
stored_as https://ghcr.io ghcr.io
stored_as https://ghcr.io/v1/ ghcr.io
stored_as https://ghcr.io/v2/ ghcr.io
stored_as ghcr.io https://ghcr.io/v1/
stored_as localhost:5000 https://localhost:5000

it "a helper's answer counts for the server URL that was asked, and may leave it out"
helper silent <<'END'
echo 'a word on standard error' >&2
echo '{"ServerURL": "elsewhere.example", "username": "u", "SECRET": "hunter2", "More": 1}'
END
config '{"auths": {"ghcr.io": {}}, "credsStore": "silent"}'
run pullsecret convert
succeeds_quietly
converts_to ghcr.io
credential ghcr.io u hunter2

# ---- Tokens

azure_user=00000000-0000-0000-0000-000000000000
store tokens '{"acme.azurecr.io": ["<token>", "hunter2-azure"], "idp.example": ["<token>", "hunter2-token"]}'

it "an identity token of Azure's registry becomes a password"
config '{"auths": {"acme.azurecr.io": {}}, "credsStore": "tokens"}'
run pullsecret convert
succeeds_quietly
credential acme.azurecr.io $azure_user hunter2-azure
config "{\"auths\": {\"inline.azurecr.io\": {\"auth\": \"$(printf %s: $azure_user | base64 -w 0)\",
  \"identitytoken\": \"hunter2-inline\"}}}"
run pullsecret convert
succeeds_quietly
credential inline.azurecr.io $azure_user hunter2-inline

it 'another identity token is an error in a Secret, and kept in a config file'
config '{"auths": {"idp.example": {}}, "credsStore": "tokens"}'
run pullsecret convert
fails_with 1 '^  idp\.example: .*identity token' 'hint: .*-o config'
run pullsecret convert -o config
succeeds_quietly
out_json '.auths["idp.example"].identitytoken' '"hunter2-token"'

# ---- What stays unresolved

config '{"auths": {"gone.example": {}, "ghcr.io": {}, "bad.example": {"auth": "bm9jb2xvbg=="}},
  "credsStore": "main"}'

it 'every unresolved registry is named with its reason'
run pullsecret convert
fails_with 1 '2 of 3 registries' '^  gone\.example: no credential in the store "main"' \
  '^    hint: docker login gone\.example' '^  bad\.example: ' 'hint: --skip-unresolved'

it '--skip-unresolved converts the others, with a warning for each'
run pullsecret convert --skip-unresolved
converts_to ghcr.io
err_has '^pullsecret: warning: gone\.example: '
err_has '^pullsecret: warning: bad\.example: '
err_lacks 'error:'
run pullsecret convert --skip-unresolved --quiet
converts_to ghcr.io
err_is_empty

it '--skip-unresolved is an error when no credential is left'
run pullsecret convert --skip-unresolved --registry gone.example
fails_with 1 '1 of 1 registries'

finish
