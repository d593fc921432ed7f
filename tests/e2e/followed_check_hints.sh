#!/bin/bash
# What pullsecret check tells people to do, done: the command is taken from what it printed and run
# against a real registry, and then the image pulls.
#
# one build: it is about what is said
#
# shellcheck disable=SC2119 # each message here has but one hint

# shellcheck source=check_cases.sh
. "$(dirname "$0")/check_cases.sh"
# shellcheck source=hints.sh
. "$e2e/hints.sh"
need docker docker-registry htpasswd skopeo jq

start_registry
make_image "$scratch/image"
skopeo copy --insecure-policy --dest-tls-verify=false --dest-creds "$user:$password" \
  "oci:$scratch/image:1" "docker://$registry/acme/app:1" >"$scratch/push.log" 2>&1 ||
  bail_out "no image: $(cat "$scratch/push.log")"
image=$registry/acme/app:1

# hint_of OUTCOME: takes that of the first try with it.
hint_of() {
  take_hint "$(jq -r --arg outcome "$1" 'map(select(.outcome == $outcome))[0].hint // ""' "$scratch/out")"
  expect "a hint for $1" [ "$hint" ]
}

# follow_in_order: each command of the hint, docker login with a username and a password; the last
# one's Secret is secret.yaml, and with it the image pulls.
follow_in_order() {
  local commands
  mapfile -t commands < <(grep -o '`[^`]*`' <<<"$hint" | tr -d '`')
  same 'the number of commands' "${#commands[@]}" 2
  command=${commands[0]}
  follow_by bash -c "$command --username $user --password-stdin" <<<"$password"
  command=${commands[1]}
  follow
  [ ! -s "$scratch/out" ] || cp "$scratch/out" secret.yaml
  run pullsecret check secret.yaml --image "$image"
  succeeds_quietly
}

it 'a wrong password: log in, and make the Secret again'
config "{\"auths\":{\"$registry\":{\"auth\":\"$(printf '%s:hunter2-old' "$user" | base64 -w 0)\"}}}"
run pullsecret check --image "$image" -o json
hint_of refused
follow_in_order

it 'no credential: log in, and make a Secret'
config '{"credsStore":"encryptedfile"}'
run pullsecret check --image "$image" -o json
hint_of 'no access'
follow_in_order

it 'a wrong password in a Secret of a cluster: what else it has stays'
stand_in_for_kubectl "$scratch/bin" secret.yaml 'get secret regcred -n team -o yaml'
entries "{\"$registry\": $(entry "$user" hunter2-old), \"quay.io\": $(entry octocat hunter2)}"
pullsecret convert -n team | sed 's/^metadata:/&\n  uid: 1/' >secret.yaml
config '{"credsStore":"encryptedfile"}'
run pullsecret check secret.yaml --image "$image" -o json
hint_of refused
follow_in_order
run pullsecret inspect secret.yaml -o json
out_json '[.[].entries[].key] | sort' "[\"$registry\",\"quay.io\"]"

it 'a Secret that the kubelet refuses, in the words of inspect'
echo '{"auths":{"ghcr.io":{"auth":"?"}}}' >refused.json
run pullsecret check refused.json --image ghcr.io/acme/app
fails_with 1 'the kubelet refuses the whole Secret' 'hint: "auth" is base64 of username:password'

it 'what is piped in is read as -'
run pullsecret check --image ghcr.io/acme/app <refused.json
hint_on_standard_error
printf '%s\n' "$hint" >>"$scratch/followed"
run sh -c "$command --image ghcr.io/acme/app" <refused.json
fails_with 1 'the kubelet refuses the whole Secret'

it 'convert --images-in with no entry for any image: log in'
config '{"credsStore":"encryptedfile"}'
echo "{\"kind\":\"Pod\",\"spec\":{\"imagePullSecrets\":[{\"name\":\"regcred\"}],\"containers\":[{\"image\":\"$image\"}]}}" >pod.json
run pullsecret convert --images-in pod.json
hint_on_standard_error
follow_by bash -c "${command/REGISTRY/$registry} --username $user --password-stdin" <<<"$password"
run pullsecret convert --images-in pod.json
succeeds_quietly
pull_data '.auths | keys' "[\"$registry\"]"

it 'a Pod whose ServiceAccount is not given: give it, and its Secrets count'
stand_in_for_kubectl "$scratch/bin" accounts.yaml 'get serviceaccounts -n team -o yaml'
cat >accounts.yaml <<'END'
apiVersion: v1
kind: List
items:
- {apiVersion: v1, kind: ServiceAccount, metadata: {name: default, namespace: team}, imagePullSecrets: [{name: regcred}]}
END
entries "{\"$registry\": $(entry "$user" "$password")}"
pullsecret convert -n team >secret.yaml
echo "{\"kind\":\"Pod\",\"metadata\":{\"namespace\":\"team\"},\"spec\":{\"containers\":[{\"image\":\"$image\"}]}}" >pod.json
run pullsecret check secret.yaml --images-in pod.json -o json
take_hint "$(jq -r '.[0].problems[0].hint' "$scratch/out")"
follow
{ cat "$scratch/out" && echo --- && cat pod.json; } >both.yaml
run pullsecret check secret.yaml --images-in both.yaml
succeeds_quietly

it 'a Pod that names no Secret, nor does its ServiceAccount: the patch gives it one'
cat >accounts.yaml <<'END'
apiVersion: v1
kind: ServiceAccount
metadata: {name: default, namespace: team}
END
{ cat accounts.yaml && echo --- && cat pod.json; } >both.yaml
run pullsecret check secret.yaml --images-in both.yaml -o json
take_hint "$(jq -r '.[0].problems[] | select(.name == "names-none").hint' "$scratch/out")"
follow
{ cat accounts.yaml && echo --- && cat pod.json; } >both.yaml
run pullsecret check secret.yaml --images-in both.yaml
succeeds_quietly

it 'and so does the line'
line=${hint%%;*}
same 'the line' "$line" 'spec.imagePullSecrets: [{name: regcred}]'
jq '.spec += {imagePullSecrets: [{name: "regcred"}]}' pod.json >named.json
run pullsecret check secret.yaml --images-in named.json
succeeds_quietly

it 'a Docker config with the login, and a Pod that names no Secret: make one, and name it'
config "{\"auths\":{\"$registry\": $(entry "$user" "$password")}}"
printf '#!/bin/sh\n%s\n' '[ "$*" = "apply -f -" ] && cat >made.yaml' >"$scratch/bin/kubectl"
run pullsecret check --images-in pod.json -o json
take_hint "$(jq -r '.[0].problems[] | select(.name == "config-not-read").hint' "$scratch/out")"
follow
jq '.spec += {imagePullSecrets: [{name: "regcred"}]}' pod.json >named.json
run pullsecret check made.yaml --images-in named.json
succeeds

it 'a Pod that names a Secret which is not here: make it by that name'
jq '.spec += {imagePullSecrets: [{name: "acme"}]}' pod.json >acme.json
run pullsecret check acme.json -o json
hint_of 'no access'
grep -qF 'if `kubectl get secret acme' <<<"$hint" || problem 'it may overwrite one that is there'
command=$(grep -o '`pullsecret [^`]*`' <<<"$hint" | tr -d '`')
follow
cp "$scratch/out" acme.yaml
run pullsecret check acme.yaml --images-in acme.json
succeeds_quietly

it 'a Secret of a file that has no entry for the image: add one to the file'
config '{"auths":{"quay.io":{"auth":"YTpi"}}}'
pullsecret convert -n team >others.yaml
config "{\"auths\":{\"$registry\": $(entry "$user" "$password")}}"
run pullsecret check others.yaml --images-in named.json -o json
hint_of 'no access'
command=$(grep -o '`pullsecret [^`]*`' <<<"$hint" | tr -d '`')
follow_by sh -c "${command/FILE/others.yaml}"
cp "$scratch/out" added.yaml
run pullsecret check added.yaml --images-in named.json
succeeds
run pullsecret inspect added.yaml -o json
out_json '[.[].entries[].key] | sort' "[\"$registry\",\"quay.io\"]"

it 'a Secret that is made in the cluster: give what was made'
printf '%s\n' 'apiVersion: external-secrets.io/v1' 'kind: ExternalSecret' \
  'metadata: {name: regcred, namespace: team}' >external.yaml
{ cat external.yaml && echo --- && cat named.json; } >both.yaml
run pullsecret check both.yaml -o json
take_hint "$(jq -r '.[0].problems[] | select(.name == "secret-to-come").hint' "$scratch/out")"
stand_in_for_kubectl "$scratch/bin" secret.yaml 'get secret regcred -n team -o yaml'
follow
{ cat "$scratch/out" && echo --- && cat external.yaml && echo --- && cat named.json; } >both.yaml
run pullsecret check both.yaml
succeeds

it 'a template that nobody has rendered: render it'
printf '%s\n' '{{- if .Values.enabled }}' 'kind: Pod' '{{- end }}' >chart.yaml
run pullsecret check --images-in chart.yaml
hint_on_standard_error
{ cat secret.yaml && echo --- && cat named.json; } >both.yaml
# It stands in for helm, which the machine of a test may not have.
printf '#!/bin/sh\n%s\n' '[ "$*" = "template ." ] && cat both.yaml' >"$scratch/bin/helm"
chmod +x "$scratch/bin/helm"
follow

it 'what helm install --dry-run prints around manifests: have them alone'
{ printf 'NAME: app\nHOOKS:\nMANIFEST:\n---\n' && cat named.json && printf '\nNOTES:\nhave fun\n'; } >dry-run.txt
run pullsecret check --images-in dry-run.txt
hint_on_standard_error
follow

it 'an image that is a template: its tool fills it in'
# kustomize is kubectl's own; here it has nothing to put together.
stand_in_for_kubectl "$scratch/bin" both.yaml 'kustomize .'
export IMAGE=$image
# shellcheck disable=SC2016 # it is the mark
for mark in '{{ .Values.image }}' '${IMAGE}' '__IMAGE__' 'REPLACE_ME'; do
  jq --arg mark "$mark" '.spec.containers[0].image = $mark' named.json >template.json
  run pullsecret check secret.yaml --images-in template.json -o json
  hint_of InvalidImageName
  command=${command/MARK/$mark}
  command=${command/VALUE/$image}
  { cat secret.yaml && echo --- && cat template.json; } >template.yaml
  command=${command/FILE/template.yaml}
  follow
done
unset IMAGE

it 'an image that is put there later: the Pods have it'
cat >config.yaml <<'END'
apiVersion: apps.openshift.io/v1
kind: DeploymentConfig
metadata: {name: app, namespace: team}
spec:
  triggers: [{type: ImageChange, imageChangeParams: {containerNames: [app], from: {kind: ImageStreamTag, name: app}}}]
  template: {spec: {containers: [{name: app, image: " "}]}}
END
stand_in_for_kubectl "$scratch/bin" named.json 'get pods -n team -o yaml'
run pullsecret check secret.yaml --images-in config.yaml
hint_on_standard_error
command="$command | pullsecret check secret.yaml --images-in -"
follow

it 'what is piped into convert and get is taken with --config -'
run pullsecret convert <secret.yaml
hint_on_standard_error
follow_by sh -c "$command" <secret.yaml
pull_data '.auths | keys' "[\"$registry\"]"
run pullsecret get "$registry" <secret.yaml
hint_on_standard_error
follow_by sh -c "${command/HOST/$registry} -o username" <secret.yaml
same 'the username' "$(<"$scratch/out")" "$user"

it 'what is piped through a loop, or to a job of cron, is nobody else'"'"'s business'
config "{\"auths\":{\"$registry\": $(entry "$user" "$password")}}"
run bash -o pipefail -c 'printf "team-a\nteam-b\n" | while read -r name; do
  pullsecret convert -n "$name" || exit; pullsecret get "$1" -o username || exit; done | grep -c "$2"' \
  bash "$registry" "namespace\\|^$user"
succeeds
same 'what came of the loop' "$(<"$scratch/out")" 4
run bash -o pipefail -c ': | pullsecret check --image "$1"' bash "$image"
succeeds

all_are_followed
finish
