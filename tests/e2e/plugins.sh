#!/bin/bash
# `kubectl pullsecret …` and `docker pullsecret …`, by the real kubectl and docker of this machine, and
# docker's error hooks. Docker asks them from 29.3 on; the calls are those that it makes, replayed with
# errors that the docker of this machine prints. Others are in tests/unit/cli/cases/hooks.txt.
#
# one build: it is about what is said

# shellcheck source=registry_cases.sh
. "$(dirname "$0")/registry_cases.sh"
# shellcheck source=hints.sh
. "$e2e/hints.sh"
need jq openssl

plugin=$(cd "$program_folder/.." && pwd)/lib/docker/cli-plugins/docker-pullsecret
mkdir -p .docker/cli-plugins
ln -s "$plugin" .docker/cli-plugins/docker-pullsecret
config '{"auths": {"ghcr.io": {"auth": "b2N0b2NhdDpodW50ZXIy"}}}'
file=$HOME/.docker/config.json

# is_since VERSION OTHER: OTHER is that one or a later one, as the manual says; skips the case if not.
is_since() {
  [ "$(printf '%s\n' "$@" | sort -V | head -n 1)" = "$1" ] && return
  skip "it is version $2, and completes plugins from $1 on"
  return 1
}

# ---- kubectl

if command -v kubectl >/dev/null; then
  it 'kubectl finds pullsecret, which makes a Secret'
  run kubectl pullsecret convert -n team
  succeeds_quietly
  manifest '.[0].metadata' '{"name":"regcred","namespace":"team"}'
  run kubectl plugin list
  out_has /kubectl-pullsecret$

  it "kubectl's namespace may stand before the command"
  run kubectl pullsecret -n team convert
  succeeds_quietly
  manifest '.[0].metadata.namespace' '"team"'
  run kubectl pullsecret --namespace=team convert
  manifest '.[0].metadata.namespace' '"team"'

  for option in --context=x '--kubeconfig x' '--as x' --cluster=x; do
    it "kubectl pullsecret convert $option is refused, with the reason"
    # shellcheck disable=SC2086 # an option and its value
    run kubectl pullsecret convert $option
    fails_with 2 "${option%%[= ]*}: refused: nothing is asked of a cluster" 'hint: .*kubectl'
  done

  it 'help and messages say kubectl pullsecret'
  run kubectl pullsecret --help
  succeeds_quietly
  out_has '^    kubectl pullsecret convert '
  out_lacks '^    pullsecret|[$] pullsecret'
  run kubectl pullsecret help get
  out_has '^    \$ kubectl pullsecret get ghcr\.io'
  run kubectl pullsecret convert --nowhere
  fails_with 2 'unknown option --nowhere' 'hint: kubectl pullsecret help convert has them all$'
  run kubectl pullsecret convert ghcr.io
  hint_on_standard_error ''
  same 'the hint' "$hint" 'kubectl pullsecret convert --registry ghcr.io'
  follow
  pull_data '.auths | keys' '["ghcr.io"]'

  it 'check, which becomes another program, says kubectl pullsecret too'
  echo '{"kind": "Secret", "metadata": {"name": "s"}, "type": "kubernetes.io/dockerconfigjson",
    "data": {".dockerconfigjson": "ENC[AES256_GCM,data:x]"}}' >sops.json
  run kubectl pullsecret check sops.json
  status_is 1
  out_has 'is not base64'
  out_has '→ `sops -d FILE [|] kubectl pullsecret inspect`$'

  it 'data is data'
  run kubectl pullsecret convert --annotation 'note=`pullsecret convert`'
  manifest '.[0].metadata.annotations.note' '"`pullsecret convert`"'

  it 'kubectl completes'
  if is_since 1.26 "$(kubectl version --client -o json | jq -r '.clientVersion.gitVersion | ltrimstr("v")')"; then
    run kubectl __complete pullsecret conv
    out_has '^convert	'
    run kubectl __complete pullsecret get ''
    out_is 'ghcr.io
:4'
    run kubectl __complete pullsecret inspect ''
    out_is :0
  fi
else
  it 'kubectl finds pullsecret'
  skip 'kubectl is not installed'
fi

# ---- docker

it 'docker-pullsecret says who it is'
run "$plugin" docker-cli-plugin-metadata
succeeds_quietly
out_json '[.SchemaVersion, .Vendor, .Version, (.ShortDescription | length > 9)]' \
  "[\"0.1.0\",\"pullsecret\",\"$(pullsecret --version | cut -d ' ' -f 2)\",true]"

if command -v docker >/dev/null; then
  it 'docker finds pullsecret, and shows what it is'
  run docker --help
  out_has '^  pullsecret\* +Docker'
  run docker pullsecret get ghcr.io -o username
  succeeds_quietly
  out_is octocat

  it 'help and messages say docker pullsecret'
  for arguments in 'pullsecret help' 'pullsecret --help' 'help pullsecret'; do
    # shellcheck disable=SC2086 # words
    run docker $arguments
    succeeds_quietly
    out_has '^    docker pullsecret convert '
  done
  run docker help pullsecret get
  out_has '^    docker pullsecret get HOST'
  run docker pullsecret get
  fails_with 2 'no registry named' 'hint: docker pullsecret get ghcr\.io$'
  take_hint 'docker pullsecret get ghcr.io'
  follow
  run docker pullsecret
  out_has '^Usage:'

  it "docker's own options count as far as they are about the config"
  mkdir other
  printf '{"auths": {"quay.io": {"auth": "cTpodW50ZXIy"}, "127.0.0.1:1": {"auth": "cTpodW50ZXIy"}}, "cliPluginsExtraDirs": ["%s"]}' \
    "$HOME/.docker/cli-plugins" >other/config.json
  run docker --config other --log-level error pullsecret get quay.io -o username
  succeeds_quietly
  out_is q
  run docker --config=other pullsecret doctor -q -o json
  succeeds_quietly
  run docker --config=other pullsecret check --image 127.0.0.1:1/acme/app -o json
  status_is 1
  out_json '.[0].username' '"q"'
  run docker -D -H unix:///nowhere pullsecret get ghcr.io -o username
  succeeds_quietly
  out_is octocat

  it 'docker completes'
  if is_since 23.0 "$(docker --version | sed 's/^[^0-9]*//; s/[^0-9.].*//')"; then
    run docker __complete pullsecret conv
    out_has '^convert	'
    run docker __complete pullsecret convert -o ''
    out_is 'yaml
json
config
:4'
  fi
else
  it 'docker finds pullsecret'
  skip 'docker is not installed'
fi

# ---- docker's hooks

# asks COMMAND ERROR: as docker does after its COMMAND failed.
asks() {
  run "$plugin" pullsecret docker-cli-plugin-hooks \
    "$(jq -nc --arg command "$1" --arg error "$2" '{RootCmd: $command, Flags: {}, CommandError: $error}')"
  succeeds_quietly
  out_json .Type 0
  jq -r .Template "$scratch/out" >"$scratch/template"
  expect 'four lines at most' [ "$(wc -l <"$scratch/template")" -le 4 ]
  expect 'no action' lacks '\{\{' "$scratch/template"
}

# says REGEX...: in the template.
says() {
  local regex
  for regex; do expect "a template with /$regex/" grep -Eq -- "$regex" "$scratch/template"; done
}

it 'docker works on with what --hooks on has written'
if command -v docker >/dev/null; then
  run pullsecret doctor --hooks on
  succeeds
  err_has 'docker 29\.3'
  run docker pullsecret get ghcr.io -o username
  out_is octocat
else
  skip 'docker is not installed'
fi

# From here on a helper that is run leaves a trace, and so does a shell that looks for it.
printf 'touch "$HOME/shell-was-run"\n' | tee .bashrc >.profile
export SHELL=/bin/bash
helper asked <<'END_OF_HELPER'
touch "$HOME/helper-was-run"
exit 1
END_OF_HELPER

it 'a helper that is not there'
config '{"auths": {"ghcr.io": {}}, "credsStore": "desktop"}'
asks pull 'error getting credentials - err: exec: "docker-credential-desktop": executable file not found in $PATH, out: ``'
says '^docker-credential-desktop: Docker Desktop wrote this config' '^→ .*`docker pullsecret doctor --fix`'
take_hint "$(grep -o '`docker pullsecret doctor --fix`.*' "$scratch/template" | sed 's/docker pullsecret/pullsecret/')"
(umask 077 && openssl rand -base64 32 >key)
export DOCKER_CREDENTIAL_KEY_FILE=$HOME/key
follow_by pullsecret doctor --fix --yes
json_is 'in the config' false '.credsStore == "desktop"' "$file"
unset DOCKER_CREDENTIAL_KEY_FILE

# docker_says PASSWORD: asks with what the docker of this machine prints where such a login fails.
docker_says() {
  printf %s "$1" | docker login -u "$user" --password-stdin "$registry" >"$scratch/said" 2>&1
  asks login "$(grep -v '^time=' "$scratch/said")"
}

it 'the errors of a login by the docker of this machine, at a real registry'
if command -v docker >/dev/null && command -v docker-registry >/dev/null && command -v htpasswd >/dev/null; then
  start_registry
  config '{"credsStore": "desktop"}'
  docker_says "$password"
  says '^docker-credential-desktop: Docker Desktop wrote this config'
  config '{}'
  docker_says hunter2-wrong
  says "^$registry: the Docker config has no login for it" "^→ docker login $registry\$"
else
  skip 'docker, docker-registry and htpasswd are not all installed'
fi

it 'a helper that is there and fails'
config '{"auths": {"ghcr.io": {}}, "credsStore": "asked", "credHelpers": {"gcr.io": "gcloud-not-there"}}'
asks pull 'error getting credentials - err: exit status 1, out: `{{hunter2}}`'
out_lacks hunter2
says '^→ `docker pullsecret doctor` asks the credential stores'
take_hint "→ \`pullsecret doctor\` asks the credential stores, and says what is wrong with them"
follow_by sh -c "$command || [ \$? = 1 ]"
out_has '^problem .*docker-credential-asked'
rm -f helper-was-run shell-was-run

it 'no helper was run, and no shell'
expect 'no trace of a helper' [ ! -e helper-was-run ]
expect 'no trace of a shell' [ ! -e shell-was-run ]

all_are_followed
finish
