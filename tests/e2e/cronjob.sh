#!/bin/bash
# man/cronjob.yaml, which makes pull Secrets again, as it stands there: kubectl applies it, starts a Job
# of it, and the Job's container runs, as another user, on a read-only root, with just the rights that
# its Roles give. The API server is api_server_standin.py, the kubelet run_job.py; the helper of Amazon
# is a script, since its answers cannot be had here.
#
# one build: it is about what is said
# starts early: its Jobs take their time

# shellcheck source=certificates.sh
. "$(dirname "$0")/certificates.sh"
# shellcheck source=cluster.sh
. "$e2e/cluster.sh"
need bwrap openssl

recipes=$e2e/../../man/recipes.md
ecr=123456789012.dkr.ecr.eu-central-1.amazonaws.com
chmod 755 "$scratch" # its container has another user

# ---- The cluster

make_authority authority
make_certificate server authority localhost
start_cluster --pods "$scratch/server.crt" "$scratch/server.key" staging production default
wait_until 'api_address https' || bail_out "no address for Pods: $(<"$scratch/api.log")"

# ---- The image: this machine's Debian with what is in that of a release

image=$scratch/image
mkdir -p "$image/local/bin"
cp "$(command -v pullsecret)" "$image/local/bin/"
[[ $(command -v kubectl) == /usr/bin/* ]] || cp -L "$(command -v kubectl)" "$image/local/bin/"
cat >"$image/local/bin/docker-credential-ecr-login" <<'END_OF_HELPER'
#!/bin/sh
# It keeps a cache in the home folder, as Amazon's does.
mkdir -p ~/.ecr && echo hunter2 >~/.ecr/cache.json || exit
[ "$1" = get ] && cat /usr/local/token.json && exit
echo 'error: NoCredentialProviders: no valid providers in chain'
exit 1
END_OF_HELPER
chmod -R a+rX "$image"
chmod 755 "$image/local/bin/"*

# token PASSWORD: what Amazon gives out from now on.
token() {
  jq -nc --arg secret "$1" '{Username: "AWS", Secret: $secret}' >"$image/local/token.json"
  chmod 644 "$image/local/token.json"
}

# changed_job NAME [FILTER]: a Job of the CronJob after jq's FILTER, as kubectl makes it.
changed_job() {
  jq --arg name "$1" '{apiVersion: "batch/v1",
    kind: "Job", metadata: {$name, namespace: "pull-secrets"}, spec: .spec.jobTemplate.spec} | '"${2-.}" cronjob.json
}

# first_job NAME: the recipe's command makes it of the CronJob and prints it. It would send it as protobuf,
# which the stand-in does not read. Before 1.21 kubectl does not know CronJobs of batch/v1.
kubectl_minor=$(kubectl version --client -o json 2>/dev/null | jq -r '.clientVersion.minor | gsub("[^0-9]"; "")')
first_job() {
  local command
  command=$(grep -oP '^`\Kkubectl create job [^`]*' "$recipes")
  if ((kubectl_minor < 21)); then
    changed_job "$1"
  else
    bash -c "${command/ first / $1 } --dry-run=client -o json"
  fi
}

# run_job NAME [JOB]: the Job of this name, which `first_job` or JOB prints, is started and runs to its
# end.
run_job() {
  if [ $# -gt 1 ]; then printf '%s' "$2"; else first_job "$1"; fi >job.json
  run kubectl create -f job.json
  succeeds
  out_is "job.batch/$1 created"
  run python3 "$e2e/run_job.py" pull-secrets "$1" "$image" "$(api_address https)" "$scratch/authority.crt"
}

# passwords: those of both namespaces.
passwords() {
  kubectl get secrets -A --field-selector type=kubernetes.io/dockerconfigjson -o json |
    jq -r --arg key $ecr '[.items | sort_by(.metadata.namespace)[] | select(.metadata.name == "regcred")
      | .data[".dockerconfigjson"] | @base64d | fromjson.auths[$key].password] | join(" ")'
}
passwords_are() { same 'the passwords in production and staging' "$(passwords)" "$*"; }

if ! setpriv --reuid 65532 --regid 65532 --clear-groups bwrap --ro-bind / / true 2>"$scratch/log" &&
  ! bwrap --ro-bind / / --unshare-user --uid 65532 true 2>"$scratch/log"; then
  it 'the CronJob runs'
  skip "bubblewrap may not make a sandbox here: $(<"$scratch/log")"
  finish
fi

# ---- As the recipe says

cp "$e2e/../../man/cronjob.yaml" pull-secrets.yaml
token hunter2-first

it 'the manifest is applied, and is unchanged the second time'
run kubectl apply -f pull-secrets.yaml
succeeds_quietly
same 'what was created' "$(grep -c ' created$' "$scratch/out")" 8
run kubectl apply -f pull-secrets.yaml
succeeds_quietly
same 'what was unchanged' "$(grep -c ' unchanged$' "$scratch/out")" 8

it 'the Roles name the Secret, and runs do not pile up'
for namespace in staging production; do
  kubectl get role pull-secrets -n $namespace -o json >role.json
  json_is "in the Role in $namespace" '[["secrets"],["regcred"],["get","patch"],["secrets"],null,["create"]]' \
    '[.rules[] | .resources, .resourceNames, .verbs]' role.json
done
kubectl get cronjob pull-secrets -n pull-secrets -o json >cronjob.json
json_is 'in the CronJob' '["7 */6 * * *","Forbid",1,3,["limits","requests"]]' '.spec | [.schedule,
  .concurrencyPolicy, .successfulJobsHistoryLimit, .failedJobsHistoryLimit,
  (.jobTemplate.spec.template.spec.containers[0].resources | keys)]' cronjob.json

it 'its Job makes the Secret in both namespaces'
run_job first
succeeds_quietly
out_is 'secret/regcred created
secret/regcred created'
passwords_are hunter2-first hunter2-first

it 'the kubelet would use the Secret'
run bash -o pipefail -c 'kubectl get secret regcred -n staging -o yaml |
  pullsecret inspect -o json --image '$ecr/app
succeeds_quietly
out_json '.[0].entries | map([.key, .username, .secret.namespace])' "[[\"$ecr\",\"AWS\",\"staging\"]]"

it 'a second run with the same token changes nothing, and one with a new token does'
run_job second
succeeds_quietly
out_is 'secret/regcred unchanged
secret/regcred unchanged'
token hunter2-third
run_job third
succeeds_quietly
out_is 'secret/regcred configured
secret/regcred configured'
passwords_are hunter2-third hunter2-third

it 'a store that fails fails the Job, and leaves the Secrets as they are'
rm "$image/local/token.json"
run_job fourth
status_is 1
err_has 'docker-credential-ecr-login get: exit status 1: .*NoCredentialProviders'
passwords_are hunter2-third hunter2-third
kubectl get secret regcred -n staging -o yaml >before
token hunter2-fifth

# convert prints nothing where it fails: here it is made to fail behind its last line.
it 'a convert that fails late fails the Job'
mv "$image/local/bin/pullsecret" "$image/local/bin/real"
printf '#!/bin/sh\nreal "$@"\nexit 1\n' >"$image/local/bin/pullsecret"
chmod 755 "$image/local/bin/pullsecret"
run_job fifth
status_is 1
mv "$image/local/bin/real" "$image/local/bin/pullsecret"

# ---- Rights

# as_job ARGUMENT...: kubectl, with the rights of the Job's service account.
as_job() {
  run env -u KUBECONFIG kubectl --server "$(api_address https)" --certificate-authority "$scratch/authority.crt" \
    --token "${token-stand-in-token.pull-secrets.pull-secrets}" "$@"
}

it 'the Roles grant what the Job needs, and no more'
as_job get secret regcred -n staging
succeeds
kubectl create secret generic other --from-literal a=hunter2 --dry-run=client -o json >other.json
kubectl create -n staging -f other.json >/dev/null
for arguments in 'get secret other -n staging' 'get secrets -n staging' 'get secret regcred -n default' \
  'get configmap docker-config -n pull-secrets' 'get role pull-secrets -n staging' \
  'create configmap x -n staging' 'create secret generic x -n default' 'label secret other -n staging a=b' \
  'create job x -n pull-secrets --image x' 'get namespace staging'; do
  # shellcheck disable=SC2086 # words
  as_job $arguments
  status_is 1
  err_has 'forbidden: .* cannot (get|list|create|patch) resource'
done
jq '.metadata.name = "another"' other.json >another.json
as_job create -n staging -f another.json
succeeds # as the recipe says: no rule allows to create one name alone
for token in stand-in-token.pull-secrets.default stand-in-token.staging.pull-secrets other; do
  as_job get secret regcred -n staging
  status_is 1
  err_has 'Unauthorized|must be logged in'
done

it 'without a Role in one namespace the Job fails, and the other Secret is made again'
sed '/^kind: Role$/,/^---/{/namespace: production/,/^---/s/resources: \[secrets\]/resources: [pods]/}' \
  pull-secrets.yaml | kubectl apply -f - >"$scratch/log" 2>&1 || problem "$(<"$scratch/log")"
token hunter2-sixth
run_job sixth
status_is 1
err_has 'secrets "regcred" is forbidden: .* cannot get resource "secrets" .* in the namespace "production"'
passwords_are hunter2-fifth hunter2-sixth

it 'once the Secrets are there, the Job needs no right to create'
sed '/verbs: \[create\]/d' pull-secrets.yaml >no-create.yaml
same 'how many rules that are' "$(diff pull-secrets.yaml no-create.yaml | grep -c '^<')" 2
kubectl apply -f no-create.yaml >"$scratch/log" 2>&1 || problem "$(<"$scratch/log")"
run_job seventh
succeeds_quietly
passwords_are hunter2-sixth hunter2-sixth

# ---- The container

# container_runs FILTER SCRIPT: a Job after jq's FILTER, with SCRIPT for its container's.
jobs=0
container_runs() {
  jobs=$((jobs + 1))
  run_job "changed-$jobs" "$(changed_job "changed-$jobs" "$1" |
    jq --arg script "$2" '.spec.template.spec.containers[0].args = [$script]')"
}

it 'the container is another user, without capabilities, and can write in its cache alone'
container_runs . 'id -u && grep -E "^(CapEff|CapPrm|NoNewPrivs)" /proc/self/status && touch "$HOME/x" &&
  for folder in / /etc /usr /usr/local /tmp /docker /var/run/secrets/kubernetes.io/serviceaccount; do
    ! touch $folder/x || echo "it can write to $folder"; done 2>/dev/null'
succeeds
out_is "65532
CapPrm:	0000000000000000
CapEff:	0000000000000000
NoNewPrivs:	1"

it 'what Pod security refuses does not run'
for filter in '.spec.template.spec.securityContext.runAsNonRoot = false' \
  '.spec.template.spec.securityContext.runAsUser = 0' \
  'del(.spec.template.spec.securityContext.seccompProfile)' \
  'del(.spec.template.spec.containers[0].securityContext.allowPrivilegeEscalation)' \
  'del(.spec.template.spec.containers[0].securityContext.capabilities)'; do
  container_runs "$filter" 'echo it runs'
  status_is 1
  err_has 'violates PodSecurity "restricted"'
done

# ---- The stand-in keeps the rules, so that the cases above can fail

start_cluster staging production

# refused WHAT REGEX SED: the manifest after SED is not taken.
refused() {
  it "the stand-in refuses $1"
  sed "$3" pull-secrets.yaml >changed.yaml
  expect 'a change' [ "$(cmp pull-secrets.yaml changed.yaml)" ]
  run kubectl apply -f changed.yaml
  status_is 1
  err_has "$2"
}

refused 'an unknown field' 'unknown field "spec.jobTemplate.spec.template.spec.containers\[0\].comand"' 's/command:/comand:/'
refused 'a schedule that is none' 'spec.schedule: Invalid' 's|7 \*/6|77 */6|'
refused 'an unknown policy' 'concurrencyPolicy: Unsupported' 's/: Forbid/: Forbidden/'
refused 'a text for a number' 'unmarshal .* into a int|invalid type' 's/Limit: 3/Limit: "3"/'
refused 'a quantity that is none' 'quantities must' 's/memory: 64Mi/memory: 64 MB/'
refused 'a mount without its volume' 'Not found: "cash"' 's/{name: cache, mountPath/{name: cash, mountPath/'
refused 'a volume of two kinds' 'exactly one' 's/medium: Memory, sizeLimit: 64Mi}/}, configMap: {name: docker-config}/'
refused 'a Pod that starts again' 'restartPolicy: Unsupported' 's/: Never/: Always/'
refused 'a rule without verbs' 'rules\[1\].verbs: Required' 's/, verbs: \[create\]//'
refused 'another role for a binding' 'cannot change roleRef' 's/kind: Role, name: pull-secrets/kind: Role, name: other/'
refused 'a subject without a namespace' 'subjects\[0\].namespace: Required' \
  's/kind: ServiceAccount, name: pull-secrets, namespace: pull-secrets/kind: ServiceAccount, name: pull-secrets/'
refused 'a namespace that does not exist' 'namespaces "stagin" not found' 's/namespace: staging/namespace: stagin/'

# ---- The image, which .ci/test-packages runs

it 'the recipe puts the image where the CronJob names it'
same 'the image' "$(sed -n 's|^  docker://||p' "$recipes")" "$(sed -n 's/^ *image: //p' pull-secrets.yaml)"

finish
