#!/bin/bash
# check: what a real docker-registry with Basic authentication says to the credentials of a Secret and
# of a Docker config, for people and for scripts; and that it says `pulls` just where skopeo pulls.

# shellcheck source=check_cases.sh
. "$(dirname "$0")/check_cases.sh"
need docker-registry htpasswd skopeo jq python3

start_registry
make_image "$scratch/image"
push acme/app:1
image=$registry/acme/app:1
digest=sha256:$(skopeo inspect --raw --tls-verify=false --creds "$user:$password" "docker://$image" |
  sha256sum | cut -d ' ' -f 1)

right=$(entry "$user" "$password")

it 'an image that pulls, from the Docker config and from a Secret'
entries "{\"$registry\": $right}"
for file in '' "$scratch/secret.yaml"; do
  # shellcheck disable=SC2086 # no argument or one
  run pullsecret check $file --image "$image"
  succeeds_quietly
  out_has "^Image $image$"
  out_has "^  $registry +$user +[^ ]+ +- +pulls$"
done

it 'one request at a time'
run pullsecret check --jobs 1 --image "$image" --image "$registry/acme/app:2" --image "$registry/acme/app:3" -o json
status_is 1
out_json '[.[] | select(.key) | .outcome]' '["pulls","no such image","no such image"]'

it 'whoever has never logged in asks without a login'
run env DOCKER_CONFIG="$scratch/nowhere" pullsecret check --image "$image" -o json
status_is 1
outcomes_are '["no access"]'
err_has '^pullsecret: note: there is no Docker config: images are asked for without a login$'
run env DOCKER_CONFIG="$scratch/nowhere" pullsecret check
fails_with 1 'no Docker config found'

it 'an image by its digest, and one with both'
run pullsecret check --image "$registry/acme/app@$digest" --image "$registry/acme/app:1@$digest" -o json
succeeds_quietly
outcomes_are '["pulls","pulls"]'

it 'a wrong password is refused, and so is none'
entries "{\"$registry\": $(entry "$user" hunter2-wrong)}"
run pullsecret check "$scratch/secret.yaml" --image "$image" -o json
status_is 1
outcomes_are '["refused","no access"]'
out_json '.[0] | [.username, .key, .succeeds]' "[\"$user\",\"$registry\",false]"
out_json '.[0].hint | contains("docker login")' true
err_has '^pullsecret: error: 1 of 1 images do not pull$'
expect 'no password' lacks hunter2 "$scratch/out"

it 'a tag, a digest and a repository that are not there'
entries "{\"$registry\": $right}"
run pullsecret check --image "$registry/acme/app:2" --image "$registry/acme/other:1" \
  --image "$registry/acme/app@sha256:$(printf '%064d' 0)" -o json
status_is 1
out_json '[.[] | select(.key) | .outcome]' '["no such image","no such image","no such image"]'

it 'the entries are tried in the order of the kubelet, up to the first that pulls'
entries "{\"$registry/acme\": $(entry "$user" hunter2-wrong), \"$registry\": $right}"
run pullsecret check "$scratch/secret.yaml" --image "$image" -o json
succeeds_quietly
out_json '[.[] | [.key, .outcome, .succeeds]]' \
  "[[\"$registry/acme\",\"refused\",true],[\"$registry\",\"pulls\",true]]"

it 'without an image it logs in, and says what that is worth'
run pullsecret check "$scratch/secret.yaml" -o json
status_is 1
out_json '[.[] | [.image, .registry, .outcome]]' \
  "[[null,\"$registry\",\"refused\"],[null,\"$registry\",\"logs in\"]]"
err_has '^pullsecret: note: that it logs in does not say that it pulls'
entries "{\"$registry\": $right}"
run pullsecret check -q
succeeds_quietly
out_has "^Registry $registry$"
entries "{\"$registry\": $right, \"*.example\": $right}"
echo '{"kind": "Service"}' >>"$scratch/secret.yaml"
run pullsecret check "$scratch/secret.yaml"
err_has '^pullsecret: note: skipped 1 object: Service$'
err_has '^pullsecret: note: \*\.example names no single registry that could be asked$'
run pullsecret check -q "$scratch/secret.yaml"
succeeds_quietly

it 'the images of manifests'
cat >"$scratch/manifests.yaml" <<END
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec: {template: {spec: {containers: [{image: $image}], initContainers: [{image: $registry/acme/app:2}]}}}
---
kind: Service
END
run pullsecret check --images-in "$scratch/manifests.yaml" -o json
status_is 1
out_json '[.[] | select(.key) | [.image, .outcome]]' \
  "[[\"$registry/acme/app:2\",\"no such image\"],[\"$image\",\"pulls\"]]"
err_has '^pullsecret: note: .*manifests\.yaml: passed over 1 object: Service$'

it 'check says pulls just where skopeo pulls'
for secret in "$password" hunter2 '' "$password " "x$password"; do
  for name in "$image" "$registry/acme/app:2" "$registry/acme/app@$digest" "$registry/other"; do
    entries "{\"$registry\": $(entry "$user" "$secret")}"
    run pullsecret check "$scratch/secret.yaml" --image "$name" -o json
    found=$(jq 'map(.succeeds) | any' "$scratch/out")
    wanted=false
    ! skopeo_pulls "$user" "$secret" "$name" || wanted=true
    same "whether $name pulls" "$found" "$wanted"
  done
done

it 'a registry that nobody answers for'
run pullsecret check --image 127.0.0.1:1/acme/app -o json
status_is 1
outcomes_are '["unreachable"]'
run pullsecret check --image registry.invalid/acme/app -o json
status_is 1
outcomes_are '["unreachable"]'

it 'the table fits 80 columns'
entries "{\"$registry\": $(entry a-long-user-name-of-a-robot-account hunter2-wrong)}"
run pullsecret check "$scratch/secret.yaml" --image "$image" --image "$registry/acme/app:2"
status_is 1
expect 'lines of at most 80 characters' lacks '^.{81}' "$scratch/out"
out_has '^    hint '

it 'wrong usage, and what cannot be read'
run pullsecret check --image 'Not an image'
fails_with 2 '--image'
run pullsecret check "$scratch/secret.yaml" --config x
fails_with 2 '--config'
run pullsecret check - --images-in -
fails_with 2 'standard input'
run pullsecret check absent.yaml --image alpine
fails_with 1 'absent\.yaml'
run pullsecret check --images-in "$scratch/secret.yaml"
fails_with 1 'name no image'
echo '{"auths": {"ghcr.io": {"auth": "?"}}}' >"$scratch/refused.json"
run pullsecret check "$scratch/refused.json" --image ghcr.io/acme/app
fails_with 1 'the kubelet refuses it' 'hint: `pullsecret inspect .*says why$'

it 'the program that it becomes is not there, or cannot be started: an error that says so'
mkdir -p "$scratch/alone/bin"
cp "$(command -v pullsecret)" "$scratch/alone/bin/"
run "$scratch/alone/bin/pullsecret" check --image "$image"
fails_with 1 'alone/libexec/pullsecret/pullsecret-check: .*not there' 'hint: install'
mkdir -p "$scratch/alone/libexec/pullsecret"
printf 'MZ' >"$scratch/alone/libexec/pullsecret/pullsecret-check"
chmod +x "$scratch/alone/libexec/pullsecret/pullsecret-check"
run "$scratch/alone/bin/pullsecret" check --image "$image"
fails_with 1 'alone/libexec/pullsecret/pullsecret-check: ' 'hint: '
expect 'no other command to load libcurl' lacks libcurl <(ldd "$scratch/alone/bin/pullsecret")
for words in '--help' '--image Not' '--nonsense'; do
  # shellcheck disable=SC2086 # words
  run "$scratch/alone/bin/pullsecret" check $words
  expect "no need of it for $words" lacks libexec "$scratch/err"
done

finish
