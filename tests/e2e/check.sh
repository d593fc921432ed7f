#!/bin/bash
# check asks a real docker-registry with Basic authentication: it says `pulls` just where skopeo pulls.
# What it says is in tests/unit/cli/cases/check.txt.

# shellcheck source=check_cases.sh
. "$(dirname "$0")/check_cases.sh"
need docker-registry htpasswd skopeo jq python3

start_registry
make_image "$scratch/image"
push acme/app:1
image=$registry/acme/app:1
digest=sha256:$(skopeo inspect --raw --tls-verify=false --creds "$user:$password" "docker://$image" |
  sha256sum | cut -d ' ' -f 1)

it 'an image by its digest, one with both, and what is not there'
entries "{\"$registry\": $(entry "$user" "$password")}"
run pullsecret check --jobs 1 --image "$registry/acme/app@$digest" --image "$registry/acme/app:1@$digest" -o json
succeeds_quietly
outcomes_are '["pulls","pulls"]'
run pullsecret check --image "$registry/acme/app:2" --image "$registry/acme/other:1" \
  --image "$registry/acme/app@sha256:$(printf '%064d' 0)" -o json
status_is 1
out_json '[.[] | select(.key) | .outcome]' '["no such image","no such image","no such image"]'

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
