#!/bin/bash
# What pullsecret's messages about its command line and about Secrets tell people to do, done: the
# command is taken from the message and run. kubectl is real; the API server is api_server_standin.py.
#
# one build: it is about what is said

# shellcheck source=hints.sh
. "$(dirname "$0")/hints.sh"
# shellcheck source=cluster.sh
. "$e2e/cluster.sh"

file=$HOME/.docker/config.json
chmod 700 "$HOME/.docker"
umask 077
password=hunter2
plain=$(printf 'builder:%s' "$password" | base64)
config "{\"auths\":{\"ghcr.io\":{\"auth\":\"$plain\"}}}"

# ---- The command line

it 'help, where that is told'
for arguments in 'create' 'convert --nowhere' 'convert word' 'convert --registry' 'get --no' \
  'convert --all=maybe' 'convrt' 'nothing-alike' 'completion'; do
  # shellcheck disable=SC2086 # words
  run pullsecret $arguments
  status_is 2
  hint_on_standard_error 'pullsecret help'
  command=$(grep -oE 'pullsecret help( (completion|convert|create|get))?' <<<"$hint")
  follow
  out_has '^Usage:|^usage:'
done

it 'get and create by the example, and an argument that belongs behind an option'
run pullsecret get
hint_on_standard_error
follow
out_json .Secret "$(jq -nc --arg password "$password" '$password')"
run pullsecret convert ghcr.io
hint_on_standard_error
follow
printf %s "$password" >token
run pullsecret create --server ghcr.io --username me
hint_on_standard_error
follow
pull_data '.auths | keys' '["ghcr.io"]'

# ---- A cluster

start_cluster default
pullsecret convert | kubectl apply -f - >/dev/null

it 'inspect: nothing to inspect, no object, nothing but other objects'
typing -- sh -c 'pullsecret inspect </dev/tty'
hint_on_standard_error
follow
out_has '^Secret default/regcred'
run pullsecret inspect <<<'[]'
hint_on_standard_error
command="${command/NAME/regcred} | pullsecret inspect"
follow
out_has 'ghcr\.io'
kubectl create secret generic other --from-literal=a=b --dry-run=client -o yaml >other.yaml
run pullsecret inspect other.yaml
hint_on_standard_error
command="${command/%; */ | pullsecret inspect}"
command=${command/NAME/regcred}
follow
out_has 'ghcr\.io'

it 'Secrets that are there: what has no such entry, and what is no Secret'
kubectl get secret regcred -o yaml >there.yaml
run pullsecret convert --into there.yaml --remove quay.io
hint_on_standard_error
command="${command% shows what is there} there.yaml"
follow
out_has 'ghcr\.io'
run pullsecret convert --into "$file"
hint_on_standard_error
command=${command/FILE/$file}
follow
pull_data '.auths | keys' '["ghcr.io"]'

it 'Secrets that are there: of a List none gets what it does not have, and where there is none'
printf %s "$password" >token
for name in one two; do
  kubectl create secret docker-registry $name --docker-server=ghcr.io --docker-username=u --docker-password=p \
    --dry-run=client -o yaml | kubectl apply -f - >"$scratch/log"
done
kubectl get secrets one two -o yaml >list.yaml
run pullsecret create --into list.yaml --server quay.io --username u --password-file token
hint_on_standard_error
command="$command | pullsecret create --into - --server quay.io --username u --password-file token"
follow
pull_data '.auths | keys' '["ghcr.io","quay.io"]'
kubectl create secret generic alone --from-literal=a=b --dry-run=client -o yaml >alone.yaml
run pullsecret convert --into alone.yaml
hint_on_standard_error
command="${command%%; *} | pullsecret convert --into - -q"
command=${command/NAME/one}
follow
pull_data '.auths | keys' '["ghcr.io"]'

it 'what aliases stand for, what is too deep, and what is too large'
{
  printf 'kind: Pod\nmetadata: {name: app}\nspec: &spec {containers: [{image: ghcr.io/acme/app}], x: &x '
  printf '%1000000s' '' | tr ' ' x
  printf '}\n'
  for i in {1..10}; do printf -- '---\nkind: Pod\nmetadata: {name: a%s}\nspec: {containers: [{image: x}]}\n' "$i"; done
} >objects.yaml
{ sed '/^---/,$d' objects.yaml; for i in {1..10}; do printf 'y%s: *x\n' "$i"; done; } >aliases.yaml
run pullsecret convert --images-in aliases.yaml
status_is 1
expect 'to write out' grep -q 'hint: write out what they stand for' "$scratch/err"
yq -y . objects.yaml >written.yaml
run pullsecret convert --images-in written.yaml -q
succeeds
{ cat objects.yaml; printf -- '---\nkind: CustomResourceDefinition\nspec: '; printf '[%.0s' {1..70}; printf ']%.0s' {1..70}; echo; } >deep.yaml
run pullsecret convert --images-in deep.yaml
status_is 1
expect 'to leave it out' grep -q 'hint: no Pod and no Secret is: leave out the object' "$scratch/err"
run pullsecret convert --images-in objects.yaml -q
succeeds
{ cat objects.yaml; printf '# '; head -c 67108864 /dev/zero | tr '\0' x; } >large-objects.yaml
run pullsecret convert --images-in large-objects.yaml
status_is 1
expect 'to give fewer' grep -q 'hint: give fewer objects at once' "$scratch/err"

it 'inspect: a config.json under another key becomes a pull secret'
kubectl create secret generic kaniko --from-file=config.json="$file" --dry-run=client -o yaml >kaniko.yaml
kubectl apply -f kaniko.yaml >"$scratch/log"
run pullsecret inspect kaniko.yaml -o json
take_hint "$(jq -r '.. | objects | select(.name == "wrong-data-key") | .hint' "$scratch/out")"
follow
kubectl get secret kaniko-pull -o yaml | run pullsecret inspect --image ghcr.io/acme/app:1
succeeds

it 'inspect: a config.json under .dockercfg, and its map under .dockerconfigjson, are made anew in place'
for case in '.dockercfg|.' '.dockerconfigjson|.auths'; do
  key=${case%|*}
  jq -c "${case#*|}" "$file" >wrong.json
  kubectl create secret generic "wrong-${key#.docker}" --type="kubernetes.io/${key#.}" \
    --from-file="$key=wrong.json" --dry-run=client -o yaml >wrong.yaml
  kubectl apply -f wrong.yaml >"$scratch/log"
  run pullsecret inspect wrong.yaml -o json
  take_hint "$(jq -r '.. | objects | select(.name == "wrong-format") | .hint' "$scratch/out")"
  follow
  kubectl get secret "wrong-${key#.docker}" -o yaml | run pullsecret inspect --image ghcr.io/acme/app:1
  succeeds
done

# secret_with VALUE: a pull secret whose data has that, as it is.
secret_with() {
  jq -n --arg value "$1" '{kind: "Secret", metadata: {name: "regcred"},
    type: "kubernetes.io/dockerconfigjson", data: {".dockerconfigjson": $value}}'
}

# hint_for FILE: takes that of the first finding which inspect has for it.
hint_for() {
  run pullsecret inspect "$1" -o json
  take_hint "$(jq -r '[.. | objects | select(.severity? == "problem") | .hint][0]' "$scratch/out")"
}

it 'inspect: text that is not base64, and a key that is not escaped, are made right'
secret_with '%%%' >odd.json
hint_for odd.json
cp "$file" config.json
follow
secret_with "$(cat "$scratch/out")" >right.json
run pullsecret inspect right.json --image ghcr.io/acme/app:1
succeeds
jq -n '{type: "service_account", private_key: "x\ny"}' >key.json
printf '{"auths":{"gcr.io":{"username":"_json_key","password":"%s"}}}' "$(cat key.json)" |
  kubectl create secret generic regcred --type=kubernetes.io/dockerconfigjson \
    --from-file=.dockerconfigjson=/dev/stdin --dry-run=client -o yaml >odd.yaml
hint_for odd.yaml
command=${command/HOST/gcr.io}
follow
cp "$scratch/out" right.yaml
run pullsecret inspect -o json right.yaml
out_json '[.[].entries[] | .username, .problems]' '["_json_key",[]]'

it 'inspect: a Secret without data, and what describe prints'
jq -n '{kind: "Secret", metadata: {name: "regcred"}, type: "kubernetes.io/dockerconfigjson", data: null}' >empty.json
hint_for empty.json
follow
pull_data '.auths | keys' '["ghcr.io"]'
kubectl get secret regcred -o yaml >there.yaml
printf 'Name:  regcred\nType:  kubernetes.io/dockerconfigjson\n\nData\n====\n.dockerconfigjson:  60 bytes\n' >described
run pullsecret inspect described
hint_on_standard_error
command="${command/NAME/regcred} | pullsecret inspect"
follow
out_has 'ghcr\.io'

it 'inspect: templates that nobody filled in'
secret_with '${CONFIG}' >template.yaml
hint_for template.yaml
CONFIG=$(base64 -w 0 "$file")
export CONFIG
command=${command/FILE/template.yaml}
follow
out_has 'ghcr\.io'
secret_with REPLACE_ME >template.yaml
hint_for template.yaml
cat >kustomization.yaml <<'END'
resources: [template.yaml]
patches:
- patch: |
    kind: Secret
    metadata: {name: regcred}
    data: {.dockerconfigjson: CONFIG}
END
sed -i "s/CONFIG/$CONFIG/; 1i apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization" kustomization.yaml
sed -i 's/"kind": "Secret"/"apiVersion": "v1", &/' template.yaml
sed -i 's/^    kind: Secret/    apiVersion: v1\n&/' kustomization.yaml
follow
out_has 'ghcr\.io'
secret_with __CONFIG__ >template.json
hint_for template.json
command=${command/MARK/__CONFIG__}
command=${command/VALUE/$CONFIG}
command=${command/FILE/template.json}
follow
out_has 'ghcr\.io'
unset CONFIG

it 'inspect: an empty entry, a store in the data, a NUL at the end'
config '{"auths":{"ghcr.io":{}},"credsStore":"encryptedfile"}'
has_stored encryptedfile ghcr.io builder hunter2
for data in "$(cat "$file")" \
  "{\"auths\":{\"ghcr.io\":{\"auth\":\"$(printf 'u:hunter2\0' | base64)\"}}}"; do
  printf '%s' "$data" >"$scratch/data.json"
  run pullsecret inspect -o json "$scratch/data.json"
  jq -r '.. | .hint? // "" | select(test("pullsecret convert"))' "$scratch/out" >hints
  expect 'a hint' [ -s hints ]
  while IFS= read -r hint; do follow_by pullsecret convert; done <hints
  cp "$scratch/out" secret.yaml
  run pullsecret inspect -o json secret.yaml
  out_json '[.. | objects | select(.severity? == "problem")]' '[]'
done

it 'a manifest that is too large for client-side apply'
jq -nc --arg plain "$plain" '{auths: ([range(4000) | {("r\(.).example"): {auth: $plain}}] | add)}' >"$file"
run pullsecret convert --name large
hint_on_standard_error
pullsecret convert --name large >large.yaml 2>"$scratch/log"
follow_by sh -c "${command#*: } <large.yaml"
run pullsecret inspect -o json large.yaml
take_hint "$(jq -r '.. | objects | select(.name? == "too-large-to-apply") | .hint' "$scratch/out")"
follow_by sh -c "$command -f large.yaml"
run kubectl get secret large -o name
out_is secret/large

all_are_followed
finish
