#!/bin/bash
# inspect: what it says of Secrets from kubectl, of Docker config files, of broken and hostile ones,
# and which entries it finds for an image.

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

# problems_are DATA NAMES: what is said of the Secret of DATA.
problems_are() {
  secret "$1" >secret.json
  run pullsecret inspect secret.json -o json
  succeeds_quietly
  out_json '[.[0] | .problems[], .entries[].problems[] | .name]' "$2"
}

ecr=123456789012.dkr.ecr.eu-central-1.amazonaws.com
secret '{"auths": {"ghcr.io": {"auth": "b2N0b2NhdDpnaHBfaHVudGVyMg=="},
  "'$ecr'": {"username": "AWS", "password": "hunter2"}}}' >two.json

# ---- The table

it 'a table of all entries, without the passwords'
run pullsecret inspect two.json
succeeds_quietly
out_is "Secret team/regcred
  type  kubernetes.io/dockerconfigjson
  data  $(jq -j '.data[] | @base64d' two.json | wc -c) bytes

  REGISTRY KEY      USERNAME  KIND          LENGTH  EXPIRES  SERVES
  ghcr.io           octocat   GitHub token  11      -        ghcr.io/*
  $ecr
                    AWS       ECR token     7       -        123456789012.dkr.
                                                             ecr.eu-central-1.
                                                             amazonaws.com/*

  $ecr
    note  short-lived: such a token lasts 12 hours
    hint  make the Secret again before, from a CronJob, or use a credential that
          lasts"

it '--show-secrets shows the passwords'
run pullsecret inspect two.json --show-secrets
succeeds_quietly
out_has '^    password  ghp_hunter2$'
out_has '^    password  hunter2$'

it 'standard input, with - and without'
for arguments in '' -; do
  # shellcheck disable=SC2086 # no argument or one
  run pullsecret inspect $arguments <two.json
  succeeds_quietly
  out_has '^Secret team/regcred$'
done

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

it 'lines have at most 80 columns, unless a registry key is longer'
secret '{"auths": {"'$ecr'/some/long/path/of/a/repository": {"username": "'"$(printf 'u%.0s' {1..100})"'",
  "password": "hunter2"}, "registry-1.docker.io": {"auth": "?"}}, "credsStore": "pass"}' >wide.json
run pullsecret inspect wide.json --show-secrets
succeeds_quietly
out_has "^  $ecr/some/long/path/of/a/repository$"
expect 'no wide line' lacks '^.{81}' "$scratch/out"

it 'control characters are made visible'
secret '{"auths": {"a\u001b[31m.io": {"username": "u\n", "password": "hunter2\u0007"}}}' >odd.json
run pullsecret inspect odd.json --show-secrets
succeeds_quietly
expect 'none on standard output' lacks $'[\001-\010\013-\037\177]' "$scratch/out"

# ---- JSON

it 'JSON has all fields, and passwords only with --show-secrets'
run pullsecret inspect two.json -o json
succeeds_quietly
out_json '.[0] | [.name, .namespace, .type, .bytes > 0, .problems]' \
  '["regcred","team","kubernetes.io/dockerconfigjson",true,[]]'
out_json '.[0].entries[0]' '{"expires":null,"key":"ghcr.io","kind":"GitHub token","length":11,"matched_as":"ghcr.io","problems":[],"serves":"ghcr.io/*","username":"octocat"}'
out_json '.[0].entries[1].problems' '[{"hint":"make the Secret again before, from a CronJob, or use a credential that lasts","message":"such a token lasts 12 hours","name":"short-lived","severity":"note"}]'
expect 'no secret' lacks hunter2 "$scratch/out"
run pullsecret inspect two.json -o json --show-secrets
out_json '[.[0].entries[].password]' '["ghp_hunter2","hunter2"]'

it 'a password that is not UTF-8 is there in base64'
secret "{\"auths\": {\"a.io\": {\"auth\": \"$(printf 'u:hunter2\377' | base64)\"}}}" >bytes.json
run pullsecret inspect bytes.json -o json --show-secrets
succeeds_quietly
out_json '.[0].entries[0] | [.length, .password, .password_base64]' '[8,null,"aHVudGVyMv8="]'

it 'a JSON Web Token that has expired, and one that has not'
for expiry in 1700000000 4102444800; do
  claims=$(printf '{"exp":%s}' $expiry | base64 | tr '+/' '-_' | tr -d =)
  secret '{"auths": {"a.io": {"username": "u", "password": "eyJhbGciOiJub25lIn0.'"$claims"'.hunter2"}}}' \
    >"$expiry.json"
done
run pullsecret inspect 1700000000.json -o json
out_json '.[0].entries[0] | [.expires, .problems[].name]' '["2023-11-14T22:13:20Z","expired"]'
run pullsecret inspect 4102444800.json -o json
out_json '.[0].entries[0] | [.expires, .problems[].name]' '["2100-01-01T00:00:00Z"]'

# ---- What is wrong

it 'each thing that is wrong has its name'
problems_are '{"auths": {"ghcr.io": {"auth": "dTpodW50ZXIy"}}}' '[]'
problems_are '{"auths": {"ghcr.io": {"auth": "dTpodW50ZXIy"}, "a.io": {"auth": "hunter2"}}}' \
  '["refused","refused-entry"]'
problems_are '{"auths": {"ghcr.io": {"auth": "dTpodW50ZXIy"}},}' '["refused"]'
problems_are '{"auths": {"https://registry-1.docker.io": {"auth": "dTpodW50ZXIy"}}}' '["misspelled-key"]'
problems_are '{"auths": {"ghcr.io/*": {"auth": "dTpodW50ZXIy"}}}' '["serves-nothing"]'
problems_are '{"auths": {"u:hunter2@ghcr.io": {"auth": "dTpodW50ZXIy"}}}' '["login-in-key"]'
problems_are '{"auths": {"a.azurecr.io": {"identitytoken": "hunter2"}}}' '["identity-token"]'
problems_are '{"auths": {"a.io": {"registrytoken": "hunter2"}}}' '["registry-token"]'
problems_are '{"auths": {"a.io": {}}, "credsStore": "desktop"}' '["store-named","empty-entry"]'
problems_are '{"auths": {"a.io": {"password": "hunter2"}, "b.io": {"username": "u"}}}' \
  '["no-username","no-password"]'
problems_are "{\"auths\": {\"a.io\": {\"auth\": \"$(printf 'u:hunter2\0' | base64)\"}}}" '["trailing-nul"]'
problems_are '{"auths": {"a.io": {"auth": "dTpw"}, "https://a.io": {"auth": "dTpodW50ZXIy"}}}' \
  '["ambiguous-key"]'
problems_are '{"auths": {"a.io": {"auth": "dTpw"}, "a.io": {"auth": "dTpodW50ZXIy"}}}' '["repeated-key"]'
problems_are '{"auths": {}}' '["no-entries"]'

it 'a login in a key is shown with --show-secrets only'
for data in '{"auths": {"u:hunter2@GHCR.IO": {"auth": "?"}}}' \
  '{"auths": {"https://u:hunter2@ghcr.io": {"auth": "dTpw"}, "x:hunter2@ghcr.io": {"auth": "dTpx"}}}'; do
  secret "$data" >odd.json
  for format in table json; do
    run pullsecret inspect odd.json -o $format
    succeeds_quietly
    out_has '…@'
    expect 'no login' lacks hunter2 "$scratch/out"
    run pullsecret inspect odd.json -o $format --show-secrets
    out_has 'u:hunter2@'
  done
  run pullsecret inspect odd.json --image quay.io/x
  fails_with 1
done
for key in oci://u:hunter2@ghcr.io HTTPS://u:hunter2@ghcr.io ghcr.io/u:hunter2@x; do
  secret '{"auths": {"'$key'": {"auth": "dTpw"}}}' >odd.json
  run pullsecret inspect odd.json -o json
  succeeds_quietly
  expect "no login of $key" lacks hunter2 "$scratch/out"
  run pullsecret inspect odd.json -o json --show-secrets
  out_has '"matched_as": ".*u:hunter2@'
done

it 'a token as the username is shown with --show-secrets only'
for login in ghp_hunter2: glpat-hunter2:x-oauth-basic; do
  secret '{"auths": {"a.io": {"auth": "'"$(printf %s "$login" | base64)"'"}}}' >odd.json
  for format in table json; do
    run pullsecret inspect odd.json -o $format
    succeeds_quietly
    out_has 'Git(Hub|Lab) token'
    out_has "${login%%hunter2*}…"
    expect 'no token' lacks hunter2 "$scratch/out"
    run pullsecret inspect odd.json -o $format --show-secrets
    out_has "${login%:*}"
  done
done

it 'a Secret of another type, of the other type, without base64, too large'
secret '{"auths": {}}' regcred Opaque >odd.json
run pullsecret inspect odd.json -o json
out_json '[.[0].problems[].name]' '["wrong-type","no-entries"]'
secret '{"auths": {}}' regcred kubernetes.io/dockercfg >odd.json
run pullsecret inspect odd.json -o json
out_json '.[0].problems[0].name' '"missing-data-key"'
jq '.data[".dockerconfigjson"] = "{}"' two.json >odd.json
run pullsecret inspect odd.json -o json
out_json '.[0] | [.bytes, .problems[].name]' '[null,"not-base64"]'
run pullsecret inspect odd.json
expect 'no size' lacks '^  data' "$scratch/out"
head -c 1100000 /dev/zero | tr '\0' ' ' >spaces
jq --rawfile spaces spaces '.stringData[".dockerconfigjson"] = "{}" + $spaces' two.json >odd.json
run pullsecret inspect odd.json -o json
out_json '[.[0].problems[].name]' '["too-large-to-apply","too-large"]'

it 'a Secret whose data key or type is another names what is there, and what it should be'
secret "$(jq -j '.data[] | @base64d' two.json)" regcred Opaque config.json >odd.json
run pullsecret inspect odd.json -o json
succeeds_quietly
out_json '.[0] | [.problems[].name], [.entries[].key]' '["wrong-data-key"]
["ghcr.io","'$ecr'"]'
run pullsecret inspect odd.json
out_has 'wrong-data-key: config\.json is a Docker config, which the kubelet$'
secret "$(jq -j '.data[] | @base64d' two.json)" regcred kubernetes.io/dockerconfigjson config.json >odd.json
run pullsecret inspect odd.json -o json
out_json '.[0].problems | map(.name), map(.hint), (.[0].message | endswith("it has config.json"))' \
  '["missing-data-key"]
["call the data key .dockerconfigjson in place of config.json"]
true'
jq '.data[".dockerconfigjson"] = .data["config.json"] | del(.data["config.json"])' odd.json >mended.json
run pullsecret inspect mended.json -o json
out_json '.[0].problems' '[]'

it "an Opaque Secret with other things in it is none of inspect's business"
secret '{"a": {"b": 1}}' web Opaque config.json >odd.json
run pullsecret inspect odd.json
fails_with 1 'no pull secret, only 1 object: Secret of type Opaque'

it 'data that is base64 of base64'
secret "$(jq -r '.data[]' two.json)" >odd.json
run pullsecret inspect odd.json -o json
succeeds_quietly
out_json '[.[0].problems[].name]' '["encoded-twice"]'
run pullsecret inspect odd.json --image ghcr.io/acme/app
fails_with 1 'the kubelet refuses it'

it 'the bare data of a Secret, as kubectl get -o jsonpath prints it'
for options in '' '-w 0'; do
  # shellcheck disable=SC2086 # no option or two words
  run pullsecret inspect -o json < <(jq -j '.data[] | @base64d' two.json | base64 $options)
  succeeds_quietly
  out_json '[.[0].entries[].username]' '["octocat","AWS"]'
done
run pullsecret inspect < <(echo '{"auths": [' | base64)
fails_with 1 'standard input, decoded:2:1: '

# ---- Manifests

it 'YAML with several documents, anchors, comments, other kinds, both types'
cat >many.yaml <<'END'
# a Helm chart's output
kind: ConfigMap
metadata: &metadata {namespace: team}
---
kind: Secret
metadata: {name: plain, namespace: team}
type: kubernetes.io/dockerconfigjson
stringData:
  .dockerconfigjson: |
    {"auths": {"ghcr.io": {"auth": "dTpodW50ZXIy"}}} 
---
kind: Secret
metadata: {name: tls}
type: kubernetes.io/tls
---
apiVersion: v1
kind: List
items:
  - kind: Secret
    metadata: &m {name: old, namespace: team}
    type: kubernetes.io/dockercfg
    data:
      .dockercfg: >-
        eyJnaGNyLmlvIjp7ImF1dGgiOiJkVHB2
        ZEdobGNnPT0ifX0=
  - {kind: Secret, metadata: *m, type: kubernetes.io/dockercfg, stringData: {.dockercfg: '{}'}}
END
run pullsecret inspect many.yaml -o json
succeeds
err_has '^pullsecret: note: skipped 2 objects: ConfigMap, Secret of type kubernetes.io/tls$'
out_json '[.[] | .name, (.entries | length)]' '["plain",1,"old",0,"old",0]'

it 'a folded block has spaces, which are no base64'
out_json '.[1].problems[] | [.name, .hint]' \
  '["not-base64","it has spaces in it: write the value with | in place of >"]'

it 'a config.json and a .dockercfg are read as the kubelet would read them'
config '{"auths": {"ghcr.io": {}}, "credsStore": "desktop"}'
run pullsecret inspect .docker/config.json
succeeds_quietly
out_has '^Docker config, as the kubelet would read it'
out_has 'empty-entry: '
out_has 'pullsecret convert asks it'
printf '{"ghcr.io": {"auth": "dTpodW50ZXIy"}}' >.dockercfg
run pullsecret inspect .dockercfg -o json
succeeds_quietly
out_json '.[0] | .type, .entries[0].username' '"kubernetes.io/dockercfg"
"u"'

it 'a Secret without a name is no config file'
run sh -c 'jq "del(.metadata.name)" two.json | pullsecret inspect'
succeeds_quietly
out_has '^Secret without a name$'

it 'what convert makes has nothing wrong in it'
config '{"auths": {"GHCR.IO": {"auth": "dTpodW50ZXIy"}, "docker.io": {"auth": "dTpodW50ZXIy"}}}'
run sh -c 'pullsecret convert -n a,b | pullsecret inspect -o json'
succeeds_quietly
out_json '[.[] | .namespace, (.problems + (.entries | map(.problems) | add) | length)]' '["a",0,"b",0]'

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

# ---- Images

it '--image shows the entries in the order of the kubelet'
secret '{"auths": {"*.io": {"auth": "dTpodW50ZXIy"}, "ghcr.io": {"auth": "dTpodW50ZXIy"},
  "https://ghcr.io/v2/acme": {"auth": "dTpodW50ZXIy"}, "quay.io": {"auth": "dTpodW50ZXIy"}}}' first \
  >first.json
secret '{"auths": {"http://ghcr.io": {"auth": "djpodW50ZXIy"}}}' second >second.json
run sh -c 'cat first.json second.json |
  pullsecret inspect --image ghcr.io/acme/app:1 --image quay.io/x -o json'
succeeds_quietly
out_json '.[0] | .image, .repository, (.entries | map(.secret.name + " " + .key + " " + .matched_as))' \
  '"ghcr.io/acme/app:1"
"ghcr.io/acme/app"
["first https://ghcr.io/v2/acme ghcr.io/acme","first ghcr.io ghcr.io","second http://ghcr.io ghcr.io","first *.io *.io"]'
out_json '.[1].entries | map(.key)' '["quay.io","*.io"]'
run sh -c 'cat first.json second.json | pullsecret inspect --image ghcr.io/acme/app:1'
succeeds_quietly
out_has '^Image ghcr.io/acme/app:1$'
out_has '^  http://ghcr.io .* team/second$'

it '--image without an entry fails, and says why for each key'
secret '{"auths": {"ghcr.io:443": {"auth": "dTpodW50ZXIy"}, "GHCR.IO": {"auth": "dTpodW50ZXIy"},
  "ghcr.io/other": {"auth": "dTpodW50ZXIy"}, "a.io": {"auth": "dTpodW50ZXIy"}}}' >near.json
run pullsecret inspect near.json --image ghcr.io/acme/app --image a.io/x
fails_with 1 'no entry serves 1 of 2 images:$' '^  ghcr\.io/acme/app$' '^    ghcr\.io:443 has another port$' \
  '^    GHCR\.IO is not how the kubelet spells it; ghcr\.io would serve it$' \
  '^    ghcr\.io/other has a path that the image' '^    a\.io is another registry$'

it '--image takes nothing from a Secret that the kubelet refuses'
secret '{"auths": {"ghcr.io": {"auth": "dTpodW50ZXIy"}, "a.io": {"auth": "?"}}}' >refused.json
run pullsecret inspect refused.json --image ghcr.io/acme/app
fails_with 1 'regcred: the kubelet refuses it, and pulls no image for a Pod that names it$'
expect 'no word of a pull without a login' lacks 'without a login' "$scratch/err"
run sh -c 'cat two.json refused.json | pullsecret inspect --image ghcr.io/acme/app'
fails_with 1 'regcred: the kubelet refuses it'
secret '{"auths": {"ghcr.io": {"auth": "dTpodW50ZXIy"}}}' plain Opaque >opaque.json
run pullsecret inspect opaque.json --image ghcr.io/acme/app
fails_with 1 'plain: the kubelet reads no entry of it' 'without a login'

it 'an entry that the kubelet refuses has neither username nor kind nor length'
run pullsecret inspect refused.json -o json
succeeds_quietly
out_json '.[0].entries[1] | [.username, .kind, .length, .expires]' '[null,null,null,null]'

it 'a bad image name or format is wrong usage'
run pullsecret inspect two.json --image UPPER/case:x:y
fails_with 2
run pullsecret inspect two.json -o yaml
fails_with 2 'table, json'
run pullsecret inspect two.json other.json
fails_with 2
run pullsecret inspect ''
fails_with 2 "the file's name is empty"

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

# ---- Hostile input

# refused WHAT REGEX: the file `hostile` is refused within 100 MB.
refused() {
  it "refused cheaply: $1"
  run python3 -c '
import resource, subprocess, sys
status = subprocess.call(["pullsecret", "inspect", "hostile"])
megabytes = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
sys.exit(f"{megabytes:.0f} MB" if megabytes > 100 else status)'
  fails_with 1 "hostile.*: $2"
}

head -c 100000000 /dev/zero | tr '\0' a >hostile
refused '100 MB' 'holds more than 8 MiB|larger than 8 MiB'
head -c 4000000 /dev/urandom >hostile
refused 'binary data' 'binary data, and no manifest'
printf '[%.0s' {1..100000} >hostile
refused '100,000 levels in YAML' 'nested deeper than 64 levels'
printf -- '- %.0s' {1..100000} >hostile
refused '100,000 levels of blocks' 'nested deeper than 64 levels'
printf '{"kind":%.0s' {1..100000} >hostile
refused '100,000 levels in JSON' 'nested deeper than 64 levels'
{
  echo 'a0: &a0 [x,x,x,x,x,x,x,x,x,x]'
  for i in {1..9}; do
    printf 'a%d: &a%d [%s*a%d]\n' "$i" "$i" "$(printf "*a$((i - 1)),%.0s" {1..9})" $((i - 1))
  done
} >hostile
refused 'aliases that explode' 'more than 250000 values'
{
  printf 'a: &a '
  head -c 1000000 /dev/zero | tr '\0' x
  printf '\nb: [*a'
  printf ',*a%.0s' {1..1000}
  echo ']'
} >hostile
refused 'one large scalar a thousand times' 'it stands for more than 8 MiB'
{
  printf '{"kind":"X","a":['
  printf '{},%.0s' {1..250000}
  printf '{}]}'
} >hostile
refused '250,000 objects in JSON' 'more than 250000 values'
{
  printf '{"kind":"X","a":['
  printf '{},%.0s' {1..120000}
  printf '{}]}'
} >hostile
refused '120,000 objects in JSON' 'no pull secret, only 1 object: X'
{
  printf '%%TAG !a! '
  head -c 1000000 /dev/zero | tr '\0' t
  printf '\n---\n'
  printf -- '- !a!x y\n%.0s' {1..70000}
} >hostile
refused 'a large tag 70,000 times' 'it stands for more than 8 MiB'
{
  printf '{"auths":{"":{}'
  printf ',"":{}%.0s' {1..120000}
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
printf '[a,%.0s' {1..2000000} >hostile
refused 'millions of tokens' 'more than 250000 values'
echo ',' >hostile
refused 'a comma, of which yaml-cpp makes documents without an end' 'not YAML: no value can begin here'
printf 'kind: Secret\ndata: [1, 2]\n' >hostile
refused 'a wrong type' '"data" of a Secret must be an object of strings'
printf 'password: *hunter2\n' >hostile
refused 'an alias of nothing' 'not YAML'
: >hostile
refused 'an empty file' 'no pull secret'
printf 'kind: ConfigMap\n---\nkind: Secret\n' >hostile
refused 'no pull secret among others' 'no pull secret, only 2 objects: ConfigMap, Secret of type Opaque'

it 'a file that is not there'
run pullsecret inspect absent.yaml
fails_with 1 'absent\.yaml: no such file'

finish
