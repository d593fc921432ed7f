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

it 'without libcurl it says what installs it, on this distribution'
libcurl=$(ldd "$program_folder/../libexec/pullsecret/pullsecret-check" | sed -n 's/^\tlibcurl.* => \(.*\) (.*/\1/p')
# on_distribution OS_RELEASE: check there, without libcurl.
on_distribution() {
  printf '%b' "$1" >os-release
  run bwrap --bind / / --dev-bind /dev /dev --ro-bind /dev/null "$(readlink -f "$libcurl")" \
    --ro-bind os-release "$(readlink -f /etc/os-release)" pullsecret check --image "$image"
}
while read -r release command <&3; do
  on_distribution "$release"
  fails_with 1 'check asks the registries with libcurl, which cannot be loaded here' "hint: sudo $command\$"
done 3<<'END'
ID=debian\n apt-get install libcurl4
ID=linuxmint\nID_LIKE="ubuntu\040debian"\n apt-get install libcurl4
ID="rocky"\nID_LIKE="rhel\040centos\040fedora"\n dnf install libcurl
ID="opensuse-leap"\nID_LIKE="suse\040opensuse"\n zypper install libcurl4
ID=arch\n pacman -S curl
NAME="Alpine\040Linux"\nID=alpine\n apk add libcurl
END
on_distribution 'ID=slackware\n'
fails_with 1 libcurl 'hint: install libcurl 7\.85 or later'
run bwrap --bind / / --dev-bind /dev /dev --ro-bind /dev/null "$(readlink -f "$libcurl")" pullsecret check --help
succeeds

finish
