#!/bin/bash
# inspect: on a terminal, of what kubectl makes, for each image whose answer of the kubelet is known,
# and of hostile files. What it says is in tests/unit/cli/cases/.

# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
need jq python3

# secret DATA [NAME] [TYPE] [DATA KEY]: a Secret's manifest.
secret() {
  local type=${3:-kubernetes.io/dockerconfigjson} key=${4:-.dockerconfigjson}
  jq -nc --arg data "$1" --arg name "${2:-regcred}" --arg type "$type" --arg key "$key" \
    '{apiVersion: "v1", kind: "Secret", metadata: {name: $name, namespace: "team"}, type: $type,
      data: {($key): ($data | @base64)}}'
}

it 'a terminal as standard input is wrong usage'
run python3 "$e2e/on_terminal.py" screen -- sh -c 'pullsecret inspect </dev/tty'
fails_with 2 'standard input is a terminal' 'hint: kubectl get secret regcred -o yaml \| pullsecret'

it 'colour on a terminal only, without NO_COLOR'
secret '{"auths": {"GHCR.IO": {"auth": "dTpodW50ZXIy"}}}' >odd.json
for environment in TERM=xterm NO_COLOR=1 TERM=dumb; do
  run env TERM=xterm "$environment" python3 "$e2e/on_terminal.py" screen -- \
    sh -c 'pullsecret inspect odd.json >/dev/tty'
  succeeds_quietly
  if [ "$environment" = TERM=xterm ]; then
    grep -q $'\033\[31mmisspelled-key' screen || problem 'no red on a terminal'
  elif grep -q $'\033' screen; then
    problem "colour with $environment"
  fi
done
run env TERM=xterm pullsecret inspect odd.json
expect 'no colour in a pipe' lacks $'\033' "$scratch/out"

it 'what kubectl makes'
if command -v kubectl >/dev/null; then
  kubectl create secret docker-registry regcred --docker-server=ghcr.io --docker-username=octocat \
    --docker-password=hunter2 --dry-run=client -o yaml >kubectl.yaml
  run pullsecret inspect kubectl.yaml -o json
  succeeds_quietly
  out_json '.[0] | .name, .entries[0].username, .entries[0].length, .problems' '"regcred"
"octocat"
7
[]'
else
  skip 'kubectl is not installed'
fi

it 'agrees with each row of kubelet-keyring.json'
rows=$e2e/../data/kubelet-keyring.json
mapfile -t images < <(jq -r '[.[].image] | unique | .[]' "$rows")
jq -c '[.[].key] | unique | .[] | {auths: {(.): {auth: "dTpodW50ZXIy"}}}' "$rows" |
  while read -r data; do secret "$data" "$(jq -r '.auths | keys[0]' <<<"$data" | base64 -w 0)"; done >keys.json
for image in "${images[@]}"; do
  run pullsecret inspect keys.json --image "$image" -o json
  if ((status == 0)); then
    jq -r '.[0].entries[].key' "$scratch/out"
  fi | sort >offered
  jq -r --arg image "$image" '.[] | select(.image == $image and .offered) | .key' "$rows" | sort >expected
  # Docker Hub's own key steps in only where no other serves.
  if grep -qv 'index\.docker\.io' offered; then
    grep -v 'index\.docker\.io' expected >other && mv other expected
  fi
  same "the keys for $image" "$(cat offered)" "$(cat expected)"
done

it 'a Secret that is too large'
head -c 1100000 /dev/zero | tr '\0' ' ' >spaces
secret '{"auths": {}}' | jq --rawfile spaces spaces '.stringData[".dockerconfigjson"] = "{}" + $spaces' >odd.json
run pullsecret inspect odd.json -o json
out_json '[.[0].problems[].name]' '["too-large-to-apply","too-large"]'

# ---- Hostile input

# refused WHAT REGEX [LIMIT]: the file `hostile` is refused within 100 MB, or LIMIT.
refused() {
  it "refused cheaply: $1"
  run python3 -c '
import resource, subprocess, sys
status = subprocess.call(["pullsecret", "inspect", "hostile"])
megabytes = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
sys.exit(f"{megabytes:.0f} MB" if megabytes > int(sys.argv[1]) else status)' "${3-100}"
  fails_with 1 "hostile.*: $2"
}

head -c 100000000 /dev/zero | tr '\0' a >hostile
refused '100 MB' 'larger than 64 MiB' 150
head -c 4000000 /dev/urandom >hostile
refused 'binary data' 'binary data, and no manifest'
repeated 100000 '[' >hostile
refused '100,000 levels in YAML' 'nested deeper than 64 levels'
repeated 100000 '- ' >hostile
refused '100,000 levels of blocks' 'nested deeper than 64 levels'
repeated 100000 '{"kind":' >hostile
refused '100,000 levels in JSON' 'nested deeper than 64 levels'
{
  echo 'a0: &a0 [x,x,x,x,x,x,x,x,x,x]'
  for i in {1..9}; do
    printf 'a%d: &a%d [%s*a%d]\n' "$i" "$i" "$(printf "*a$((i - 1)),%.0s" {1..9})" $((i - 1))
  done
} >hostile
refused 'aliases that explode' 'its aliases stand for more than 250000 values'
{
  printf 'a: &a '
  head -c 1000000 /dev/zero | tr '\0' x
  printf '\nb: [*a'
  printf ',*a%.0s' {1..1000}
  echo ']'
} >hostile
refused 'one large scalar a thousand times' 'its aliases and tags stand for more than 8 MiB'
{
  printf '{"kind":"X","a":['
  repeated 5000000 '{},'
  printf '{}]}'
} >hostile
refused '5,000,000 objects in JSON' 'more than 5000000 values'
{
  printf '{"kind":"X","a":['
  repeated 120000 '{},'
  printf '{}]}'
} >hostile
refused '120,000 objects in JSON' 'no pull secret, only 1 object: X'
{
  printf '%%TAG !a! '
  head -c 1000000 /dev/zero | tr '\0' t
  printf '\n---\n'
  printf -- '- !a!x y\n%.0s' {1..70000}
} >hostile
refused 'a large tag 70,000 times' 'its aliases and tags stand for more than 8 MiB'
{
  printf '{"auths":{"":{}'
  repeated 120000 ',"":{}'
  printf '}}'
} >hostile
it 'a key repeated 120,000 times is named once'
run pullsecret inspect hostile -o json
succeeds_quietly
out_json '[.[0].problems[].name]' '["too-large-to-apply","repeated-key"]'
printf 'kind: Secret\ntype: kubernetes.io/dockercfg\n---\n%.0s' {1..15000} >hostile
it 'refused cheaply: thousands of empty Secrets'
run pullsecret inspect hostile
fails_with 1 'more than 10000 entries in all'
repeated 2000000 '[a,' >hostile
refused 'millions of levels' 'nested deeper than 64 levels'
echo ',' >hostile
refused 'a comma, which is no YAML' 'not YAML: did not find expected node content'

finish
