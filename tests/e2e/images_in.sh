#!/bin/bash
# --images-in: a Secret with just what some workloads need, which entries serve their images, and which
# pull Secrets they name that are not there; from what helm prints, and from hostile manifests.

# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
need jq python3

# entry USER PASSWORD
entry() { jq -nc '{auth: ($ARGS.positional | join(":") | @base64)}' --args "$@"; }

config "{\"auths\": {
  \"https://index.docker.io/v1/\": $(entry hub hunter2-hub),
  \"ghcr.io\": $(entry octocat hunter2-github),
  \"ghcr.io/other\": $(entry other hunter2-other),
  \"quay.io\": $(entry acme+k8s hunter2-quay),
  \"registry.example:5000\": $(entry nobody hunter2-unused)}}"

# What `helm template` prints: comments, empty documents, kinds that make no Pod, quoted text.
cat >chart.yaml <<'END_OF_CHART'
---
# Source: app/templates/serviceaccount.yaml
apiVersion: v1
kind: ServiceAccount
metadata:
  name: app
---
# Source: app/templates/configmap.yaml
apiVersion: v1
kind: ConfigMap
metadata: {name: app}
data:
  notes: |
    image: registry.example:5000/not/an-image
---
# Source: app/templates/empty.yaml
---
# Source: app/templates/deployment.yaml
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
  namespace: team
spec:
  template:
    spec:
      imagePullSecrets:
        - name: regcred
        - name: "other-secret"
      initContainers:
        - name: wait
          image: "ghcr.io/acme/wait:1.0@sha256:0000000000000000000000000000000000000000000000000000000000000000"
      containers:
        - name: web
          image: "ghcr.io/acme/web:{{ tag }}"
        - name: sidecar
          image: registry.k8s.io/pause:3.9
---
# Source: app/templates/cronjob.yaml
apiVersion: batch/v1
kind: CronJob
metadata: {name: nightly, namespace: team}
spec:
  jobTemplate:
    spec:
      template:
        spec:
          containers: [{name: a, image: quay.io/acme/report}]
END_OF_CHART
sed -i 's/{{ tag }}/1.4/' chart.yaml

# named_image NAME: a Pod `broken` of the namespace `team` with that image.
named_image() {
  jq -nc --arg image "$1" '{kind: "Pod", metadata: {name: "broken", namespace: "team"},
    spec: {containers: [{image: $image}]}}'
}

# ---- convert

it 'a Secret with just what the workloads need, from standard input'
run pullsecret convert --images-in - <chart.yaml
succeeds
pull_data '.auths | keys' '["ghcr.io","quay.io"]'
pull_data '.auths["ghcr.io"].auth | @base64d' '"octocat:hunter2-github"'
err_has '^pullsecret: note: standard input: passed over 2 objects: ServiceAccount, ConfigMap$'
err_has '^pullsecret: note: no entry serves, so the kubelet pulls without a login: registry\.k8s\.io/pause:3\.9$'

it 'the same from a file, and -q says nothing of it'
run pullsecret convert --images-in chart.yaml
cp "$scratch/out" from-file.yaml
run pullsecret convert -q --images-in - <chart.yaml
succeeds_quietly
out_is_file from-file.yaml

it 'with --image and --registry beside it, all of them'
run pullsecret convert -q --images-in chart.yaml --image nginx --registry registry.example:5000
succeeds_quietly
pull_data '.auths | keys' \
  '["ghcr.io","https://index.docker.io/v1/","quay.io","registry.example:5000"]'

it 'the store is asked for what the workloads need, and for nothing else'
config '{"credsStore": "json", "auths": {"ghcr.io": {}, "quay.io": {}, "registry.example:5000": {}}}'
store json '{"ghcr.io": ["octocat", "hunter2-github"], "quay.io": ["acme", "hunter2-quay"],
  "registry.example:5000": ["nobody", "hunter2-unused"]}'
run pullsecret convert -q --images-in chart.yaml
succeeds_quietly
pull_data '.auths | keys' '["ghcr.io","quay.io"]'
same 'the questions' "$(asked json | grep '^get ' | sort)" $'get ghcr.io\nget quay.io'

it 'images that are all public make no Secret, and say so'
named_image registry.k8s.io/pause:3.9 >public.yaml
run pullsecret convert --images-in public.yaml
fails_with 1 'no entry of the config serves any of the images'

it 'workloads without an image make no Secret'
run pullsecret convert --images-in - <<<$'kind: Service\n---\nkind: Pod'
fails_with 1 'standard input: the manifests name no image' 'hint: it takes Pods'

it 'one standard input has one reader'
run pullsecret convert --config - --images-in - <chart.yaml
fails_with 2 'standard input'
run pullsecret inspect - --images-in - <chart.yaml
fails_with 2 'standard input'
run pullsecret inspect --images-in - <chart.yaml
fails_with 2 'standard input'
run pullsecret convert --images-in ''
fails_with 2 "--images-in: the file's name is empty"
run pullsecret convert --images-in absent.yaml
fails_with 1 'absent\.yaml'

# ---- inspect

config "{\"auths\": {\"ghcr.io\": $(entry octocat hunter2-github), \"quay.io\": $(entry a hunter2)}}"
pullsecret convert --namespace team >regcred.yaml

it 'inspect shows the entries for each image, and the pull Secrets that are not there'
grep -v pause chart.yaml >private.yaml
run pullsecret inspect regcred.yaml --images-in private.yaml -o json
succeeds
out_json '[.[].image]' '["ghcr.io/acme/wait:1.0@sha256:'"$(printf '%064d' 0)"'","ghcr.io/acme/web:1.4","quay.io/acme/report"]'
err_has '^pullsecret: warning: Deployment team/web: it names the pull Secret other-secret, which is not here$'
err_lacks 'the pull Secret regcred'

it 'a Secret of another namespace is not the one'
sed 's/namespace: .*team.*/namespace: elsewhere/' regcred.yaml >elsewhere.yaml
run pullsecret inspect elsewhere.yaml --images-in private.yaml
succeeds
err_has 'Deployment team/web: it names the pull Secret regcred, which is not here$'
grep -v namespace: regcred.yaml >anywhere.yaml
run pullsecret inspect anywhere.yaml --images-in private.yaml
succeeds
err_lacks 'the pull Secret regcred'

it 'inspect takes the Secret from standard input, and fails for what no entry serves'
run pullsecret inspect --images-in chart.yaml <regcred.yaml
fails_with 1 'no entry serves 1 of 4 images' 'registry\.k8s\.io/pause:3\.9'

# ---- Manifests that are wrong

for command in 'convert' 'inspect regcred.yaml'; do
  it "${command% *}: an image that is none says whose it is"
  for name in 'Acme App' 'https://ghcr.io/acme/app' 'ghcr.io/Acme/app' 'app:' $'a\nb\e[31m' '@'; do
    named_image "$name" >broken.yaml
    # shellcheck disable=SC2086 # a command with its argument
    run pullsecret $command --images-in broken.yaml
    fails_with 1 '^pullsecret: error: Pod team/broken: .* is not an image name' 'hint: an image name is'
  done

  it "${command% *}: a field of another type says whose it is"
  for spec in '{containers: {}}' '[]' '{containers: [{image: [a]}]}' '{volumes: [{image: a}]}'; do
    printf 'kind: Pod\nmetadata: {name: broken}\nspec: %s\n' "$spec" >broken.yaml
    # shellcheck disable=SC2086 # a command with its argument
    run pullsecret $command --images-in broken.yaml
    fails_with 1 '^pullsecret: error: Pod broken: .* must be '
  done

  it "${command% *}: hostile manifests are refused, and do not take long"
  python3 - <<'END_OF_PYTHON'
def write(name, text):
    with open(name + ".hostile", "w") as file:
        file.write(text)

write("deep", '{"kind":"List","items":[' * 50_000)
write("values", "kind: Pod\nx: [" + "a," * 300_000 + "]\n")
write("size", "kind: Pod\nx: " + "a" * (9 * 1024 * 1024))
write("aliases", "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(
    f"{name}: &{name} [{','.join(['*' + before] * 9)}]\n" for before, name in zip("abcdefgh", "bcdefghi")))
write("images", "kind: Pod\nspec:\n  containers:\n" + "".join(f"  - image: a{i}\n" for i in range(60_000)))
write("flow", "[" * 50_000)
write("nul", "kind: Pod\0")
END_OF_PYTHON
  printf 'kind: Pod\nx: "\xff"\n' >bytes.hostile
  for file in *.hostile; do
    # shellcheck disable=SC2086 # a command with its argument
    run pullsecret $command --images-in "$file"
    fails_with 1
  done
done

it 'as many images as are taken, and as many entries'
python3 - <<'END_OF_PYTHON'
import base64, json
with open("most-images.yaml", "w") as file:
    file.write("kind: Pod\nspec:\n  containers:\n" + "".join(f"  - image: h.example/a{i}\n" for i in range(2000)))
auths = {f"h{i}.example": {"auth": base64.b64encode(b"a:hunter2").decode()} for i in range(9_999)}
auths["h.example"] = {"auth": base64.b64encode(b"a:hunter2").decode()}
with open("most-entries.json", "w") as file:
    json.dump({"auths": auths}, file)
END_OF_PYTHON
run pullsecret inspect most-entries.json --images-in most-images.yaml -o json
succeeds_quietly
out_json length 2000
run pullsecret convert -q --config most-entries.json --images-in most-images.yaml
succeeds_quietly
pull_data '.auths | keys' '["h.example"]'

finish
