#!/bin/bash
# What pullsecret makes is what kubectl makes and takes. The API server behind `kubectl apply` is a
# stand-in, api_server_standin.py; kubectl is real.
#
# one build: it is about what is said

# shellcheck source=documents.sh
. "$(dirname "$0")/documents.sh"
# shellcheck source=cluster.sh
. "$e2e/cluster.sh"

# kubectl_makes ARGUMENT...: kubectl's Secret, as `kubectl create secret` with ARGUMENTs prints it.
kubectl_makes() {
  kubectl create secret "$@" --dry-run=client -o json >"$scratch/kubectl.json" 2>"$scratch/kubectl.log" ||
    problem "kubectl: $(cat "$scratch/kubectl.log")"
}

# same_object: what `run` printed is what kubectl made, but for the null creationTimestamp that
# kubectl prints and the API server ignores.
same_object() {
  succeeds
  same "pullsecret's object" "$(jq -cS . "$scratch/out")" \
    "$(jq -cS 'del(.metadata.creationTimestamp)' "$scratch/kubectl.json")"
}

# generic TYPE KEY ARGUMENT...: kubectl's Secret of TYPE with the data that pullsecret wrote last.
generic() {
  jq -j --arg key "$2" '.data[$key] | @base64d' "$scratch/out" >"$scratch/data"
  kubectl_makes generic regcred --type="kubernetes.io/$1" --from-file="$2=$scratch/data" "${@:3}"
}

config '{"auths": {
  "ghcr.io": {"auth": "b2N0b2NhdDpodW50ZXIyLWdoY3I="},
  "https://index.docker.io/v1/": {"auth": "bW9ieTpodW50ZXIyOmh1Yg=="}}}'

# ---- The same object

it 'convert makes the object that kubectl makes of the same data'
run pullsecret convert -o json
generic dockerconfigjson .dockerconfigjson
same_object

it 'convert makes the object that kubectl makes in a namespace'
run pullsecret convert -o json -n team-a
generic dockerconfigjson .dockerconfigjson -n team-a
same_object

it 'convert --type dockercfg makes the object that kubectl makes of the same data'
run pullsecret convert -o json --type dockercfg
generic dockercfg .dockercfg
same_object

it 'convert --append-hash gives the name that kubectl gives'
run pullsecret convert -o json --append-hash
generic dockerconfigjson .dockerconfigjson --append-hash
same_object

it 'convert --append-hash --type dockercfg gives the name that kubectl gives'
run pullsecret convert -o json --append-hash --type dockercfg
generic dockercfg .dockercfg --append-hash
same_object

# create_as_kubectl NAME PASSWORD [EMAIL]: both make the same Secret of it.
create_as_kubectl() {
  local email=()
  [ $# -lt 3 ] || email=(--email "$3")
  it "create makes the object that kubectl makes of $1"
  run pullsecret create --server ghcr.io --username 'octo cat' --password-stdin "${email[@]}" -o json \
    < <(printf '%s' "$2")
  kubectl_makes docker-registry regcred --docker-server=ghcr.io --docker-username='octo cat' \
    --docker-password="$2" "${email[@]/#--email/--docker-email}"
  same_object
  expect 'no message but of white space' lacks 'pullsecret: (error|note)' "$scratch/err"
}

create_as_kubectl 'a plain password' hunter2
create_as_kubectl 'a password with colons' 'hunter2:a::b:'
create_as_kubectl 'a password with quotes and backslashes' $'hunter2"\'\\n\\'
create_as_kubectl 'a password with <, > and &' '<hunter2&amp;>'
create_as_kubectl 'a password with spaces at its ends' '  hunter2  '
create_as_kubectl 'a password with control characters' $'\001hunter2\t\033[0m\177'
create_as_kubectl 'a password beyond ASCII' $'hunter2-pässwörd-密碼-🔑-\u2028-\u2029'
create_as_kubectl 'a password of several lines' $'{\n  "type": "hunter2",\n  "key": "-----\\n"\n}'
create_as_kubectl 'a password that looks like an option' '--hunter2=-n'
create_as_kubectl 'an email address' hunter2 'Octo "O" <octo@example.com>'

it 'create --append-hash gives the name that kubectl gives'
run pullsecret create --server ghcr.io --username u --password-stdin --append-hash -o json <<<hunter2
kubectl_makes docker-registry regcred --docker-server=ghcr.io --docker-username=u \
  --docker-password=hunter2 --append-hash
same_object

# ---- kubectl apply

start_cluster team-a team-b default

# apply ARGUMENT...: applies what `run` printed last.
apply() {
  cp "$scratch/out" "$scratch/manifest"
  run kubectl apply "$@" -f "$scratch/manifest"
}

# stored NAMESPACE: the data that the server holds there, under the name regcred.
stored() {
  kubectl get secret regcred -n "$1" -o json |
    jq -cS '.data[".dockerconfigjson"] | @base64d | fromjson | .auths | map_values(.password)'
}

it 'the API server says that it is a stand-in'
same 'its Server header' \
  "$(python3 -c 'import sys, urllib.request as r; print(r.urlopen(sys.argv[1]).headers["Server"])' \
    "$(api_address http)/version" | grep -o 'stand-in for the Kubernetes API server')" \
  'stand-in for the Kubernetes API server'
same 'its first line' "$(grep -c 'stand-in for the Kubernetes API server' "$scratch/api.log")" 1

for output in yaml json; do
  it "kubectl apply creates the Secret of convert -o $output, and then finds nothing to change"
  run pullsecret convert -o $output --name "of-$output"
  apply
  succeeds_quietly
  out_is "secret/of-$output created"
  run pullsecret convert -o $output --name "of-$output"
  apply
  succeeds_quietly
  out_is "secret/of-$output unchanged"
done

it 'pullsecret convert | kubectl apply -f - renews a changed password'
run bash -o pipefail -c 'pullsecret convert --registry ghcr.io | kubectl apply -f -'
succeeds_quietly
same 'the data' "$(stored default)" '{"ghcr.io":"hunter2-ghcr"}'
run bash -o pipefail -c 'printf %s "$1" | pullsecret create --server ghcr.io --username octocat \
  --password-stdin | kubectl apply -f -' bash hunter2-new
succeeds_quietly
out_is 'secret/regcred configured'
same 'the data' "$(stored default)" '{"ghcr.io":"hunter2-new"}'

for output in yaml json; do
  it "kubectl apply takes the Secrets of convert -o $output for several namespaces"
  run pullsecret convert -n team-a,team-b -n default -o $output --name "many-$output"
  apply
  succeeds_quietly
  same "kubectl's list" "$(kubectl get -f "$scratch/manifest" -o json |
    jq -c '[.items[].metadata | "\(.namespace)/\(.name)"] | sort')" \
    "[\"default/many-$output\",\"team-a/many-$output\",\"team-b/many-$output\"]"
done

it 'kubectl apply takes labels, annotations, an immutable Secret and the legacy type'
run pullsecret convert --name all --type dockercfg --immutable --label app=web --label empty= \
  --annotation 'example.com/why=it is: "so"' --annotation $'lines=a\n b\n'
apply
succeeds_quietly
same 'the object' "$(kubectl get secret all -o json | jq -c '[.type, .immutable, .metadata.labels,
    (.metadata.annotations | del(.["kubectl.kubernetes.io/last-applied-configuration"]))]')" \
  '["kubernetes.io/dockercfg",true,{"app":"web","empty":""},{"example.com/why":"it is: \"so\"","lines":"a\n b\n"}]'

# yaml_strings: sets `annotations`, the options that give each string of yaml-strings.json to an
# annotation, the first to text-0. YAML reads each as something else when it is not quoted.
yaml_strings() {
  local texts i
  mapfile -d '' texts < <(jq -j '.[] + "\u0000"' "$e2e/../data/yaml-strings.json")
  annotations=()
  for i in "${!texts[@]}"; do
    annotations+=(--annotation "text-$i=${texts[i]}")
  done
}

it 'kubectl, and PyYAML, read the strings as they were meant'
yaml_strings
run pullsecret convert --name 123 --label 1e3=0x1F "${annotations[@]}"
manifest '.[0].metadata.annotations | to_entries | sort_by(.key | ltrimstr("text-") | tonumber) |
  map(.value)' "$(jq -c . "$e2e/../data/yaml-strings.json")" # PyYAML's
apply
succeeds_quietly
same 'the object' "$(kubectl get secret 123 -o json |
  jq -c '.metadata.labels, [.metadata.annotations | del(.["kubectl.kubernetes.io/last-applied-configuration"])
    | to_entries | sort_by(.key | ltrimstr("text-") | tonumber)[].value]')" \
  "{\"1e3\":\"0x1F\"}
$(jq -c . "$e2e/../data/yaml-strings.json")"

it 'kubectl apply --server-side takes the Secret'
run pullsecret convert --name server-side
apply --server-side
succeeds_quietly
out_is 'secret/server-side serverside-applied'

it 'a manifest too large for kubectl apply comes with a hint, which is true'
jq -nc '{auths: [range(2500) | {"registry-\(.).example.com": {auth: ("u\(.):hunter2" | @base64)}}] | add}' \
  >"$HOME/large.json"
run pullsecret convert --config large.json --name large
succeeds
err_has '^pullsecret: hint: .*kubectl apply --server-side'
apply
status_is 1
err_has 'metadata.annotations: Too long'
run kubectl apply --server-side -f "$scratch/manifest"
succeeds_quietly

it 'what inspect says of a config.json in an Opaque Secret makes a pull secret of it'
pullsecret convert -o config --output-file config.json
kubectl create secret generic kaniko -n team-a --from-file=config.json --dry-run=client -o json |
  kubectl apply -f - >"$scratch/kubectl.log" 2>&1 || problem "kubectl: $(cat "$scratch/kubectl.log")"
run bash -o pipefail -c 'kubectl get secret kaniko -n team-a -o yaml | pullsecret inspect -o json'
succeeds_quietly
run sh -c "$(jq -r '.[0].problems[0].hint' "$scratch/out")"
succeeds_quietly
out_is 'secret/kaniko-pull created'
run bash -o pipefail -c 'kubectl get secret kaniko-pull -n team-a -o yaml | pullsecret inspect -o json'
out_json '.[0] | [.problems[].name], ([.entries[].key] | sort)' '[]
["ghcr.io","https://index.docker.io/v1/"]'

# ---- The stand-in keeps the rules, so that the cases above can fail

# refused WHAT REGEX FILTER: the Secret after jq's FILTER is not taken.
refused() {
  it "the stand-in refuses $1"
  run pullsecret convert --registry ghcr.io -o json --name refused
  jq "$3" "$scratch/out" >"$scratch/changed"
  mv "$scratch/changed" "$scratch/out"
  apply
  status_is 1
  err_has "$2"
}

refused 'a Secret without its key' 'Required value' '.data = {"config.json": .data[]}'
refused 'data that is not base64' 'illegal base64' '.data[] = "e30*"'
refused 'data that is not JSON' 'not a JSON object' '.data[] = ("{]" | @base64)'
refused 'data that is no JSON object' 'not a JSON object' '.data[] = ("[]" | @base64)'
refused 'a name in capitals' 'RFC 1123' '.metadata.name = "Refused"'
refused 'a label value with a space' 'valid label' '.metadata.labels = {"a": "b c"}'
refused 'an unknown field' 'unknown field' '.immutabel = true'
refused 'a namespace that does not exist' 'not found' '.metadata.namespace = "team-c"'
refused 'another type for an existing Secret' 'field is immutable' \
  '.metadata.name = "of-json" | .type = "Opaque"'
refused 'new data for an immutable Secret' 'field is immutable' \
  '.metadata.name = "all" | .type = "kubernetes.io/dockercfg" | .immutable = true |
    .data = {".dockercfg": .data[]} | .metadata.annotations = {}'
refused 'more than 1,048,576 bytes of data' 'Too long' \
  '.data.large = ("x" * 1048577 | @base64)'

# The stand-in for the API server replaces no objects: this one is a file, and kubectl a script.
it 'the command of pullsecret-recipes(7) adds a pull Secret to a service account, and takes none away'
stand_in_for_kubectl "$scratch/recipe" account.json 'get serviceaccount default -n production -o json'
sed -n '/^Let all new Pods of a service account/,/^serviceaccount/{/^\$ /,/^serviceaccount/p}' "$recipes" |
  sed -e 's/^\$ //' -e '/^serviceaccount/d' >"$scratch/recipe/command"
# adds BEFORE AFTER: lists of names.
adds() {
  jq -n --argjson names "$1" '{kind: "ServiceAccount", metadata: {resourceVersion: "7"}} +
    if $names then {imagePullSecrets: $names | map({name: .})} else {} end' >account.json
  PATH=$scratch/recipe:$PATH run bash "$scratch/recipe/command"
  succeeds
  json_is "after $1" "$2" '.imagePullSecrets | map(.name)' account.json
  json_is 'the version' '"7"' .metadata.resourceVersion account.json
}
adds null '["regcred"]'
adds '["other"]' '["other","regcred"]'
adds '["regcred","other"]' '["other","regcred"]'

finish
