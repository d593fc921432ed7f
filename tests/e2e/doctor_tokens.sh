#!/bin/bash
# pullsecret doctor --fix where credsStore names a helper that only mints tokens: docker login works
# then, and docker sends for each image what it sent before. docker and the registry are real; the
# daemon is a stand-in that notes what docker sends it, and so is ecr-login, by its source
# (ecr-login/ecr.go): its `store` is not implemented, and what it cannot give it calls not found.
# gcloud's, where it is installed, is the real one, without an account.
#
# one build: it is about what is chosen

# shellcheck source=registry_cases.sh
. "$(dirname "$0")/registry_cases.sh"
# shellcheck source=doctor_cases.sh
. "$e2e/doctor_cases.sh"
need docker docker-registry htpasswd python3

file=$HOME/.docker/config.json
ecr=123456789012.dkr.ecr.eu-west-1.amazonaws.com
asleep=210987654321.dkr.ecr.us-east-1.amazonaws.com
daemon_listens() { [ -S "$scratch/docker.sock" ]; }
start daemon python3 "$e2e/docker_daemon_standin.py" "$scratch/docker.sock" "$scratch/sent"
wait_until daemon_listens || bail_out "no stand-in for the daemon: $(cat "$scratch/daemon.log")"
start_registry

helper ecr-login <<END
server=\$(cat)
case \$1/\${server#https://} in
get/$ecr | get/proxy.example) echo '{"ServerURL":"x","Username":"AWS","Secret":"hunter2-token"}' ;;
get/*) echo 'credentials not found in native keychain' && exit 1 ;;
list/*) [ -e "$scratch/list" ] || { echo 'ecr: could not list credentials' && exit 1; }
  echo '{"https://$ecr":"AWS"}' ;;
version/*) echo 0.9.0 ;;
*) echo 'not implemented' && exit 1 ;;
esac
END

# sent IMAGE...: what docker sends for each, a line.
sent() {
  local image
  for image; do
    : >"$scratch/sent"
    docker --host "unix://$scratch/docker.sock" pull --quiet "$image" >/dev/null 2>&1
    jq -c '[.username, .password]' <<<"$(cut -d ' ' -f 2- "$scratch/sent")"
  done
}

images=("$ecr/app" "$asleep/app" proxy.example/app ghcr.io/app "$registry/app")

it 'docker login fails there, and the doctor says so'
config "{\"auths\":{\"$ecr\":{},\"$asleep\":{},\"proxy.example\":{},\"ghcr.io\":{}},\"credsStore\":\"ecr-login\"}"
docker_login "$registry"
err_has 'error storing credentials - err: exit status 1, out: `not implemented`'
doctor
finds problem helper-read-only 'only mints tokens for Amazon ECR.*`error storing credentials … not implemented`' \
  "; or \`pullsecret doctor --fix\` names it in credHelpers for $ecr and 2 more, and encryptedfile for all others"
run pullsecret doctor
err_has 'hint: .*pullsecret doctor --fix.* mends'

it '--fix moves it to the registries that are its own, or that it has a token for'
before=$(sent "${images[@]}")
same 'what docker sent' "$(sort -u <<<"$before")" $'["AWS","hunter2-token"]\n[null,null]'
run pullsecret doctor --fix --yes
same 'the stores' "$(jq -cS '[.credsStore, .credHelpers]' "$file")" \
  "[\"encryptedfile\",{\"$ecr\":\"ecr-login\",\"$asleep\":\"ecr-login\",\"proxy.example\":\"ecr-login\"}]"
same 'what docker sends' "$(sent "${images[@]}")" "$before"
doctor
lacks_finding helper-read-only
run pullsecret doctor --fix --yes
err_has 'there is nothing to mend'

it 'and docker login works'
docker_login "$registry"
succeeds
logs_in_again "$registry"
same 'what docker sends' "$(sent "$ecr/app")" '["AWS","hunter2-token"]'

it 'what it lists alone counts, too; a credential in the file is not hidden by the new store'
touch "$scratch/list"
config "{\"auths\":{\"ghcr.io\":{\"auth\":\"dTpodW50ZXIy\"}},\"credsStore\":\"ecr-login\"}"
has_stored encryptedfile ghcr.io other hunter2
before=$(sent "$ecr/app")
run pullsecret doctor --fix --yes
succeeds
same 'the stores' "$(jq -cS '[.credsStore, .credHelpers]' "$file")" \
  "[null,{\"$ecr\":\"ecr-login\"}]"
same 'what docker sends' "$(sent "$ecr/app" ghcr.io/app)" "$before"$'\n["u","hunter2"]'
rm "$scratch/list"

it 'lines that are there stay'
config "{\"auths\":{\"$ecr\":{}},\"credsStore\":\"ecr-login\",\"credHelpers\":{\"ghcr.io\":\"encryptedfile\",\"$asleep\":\"ecr-login\"}}"
before=$(sent "$ecr/app" "$asleep/app" ghcr.io/app)
run pullsecret doctor --fix --yes
same 'the lines' "$(jq -cS .credHelpers "$file")" \
  "{\"$ecr\":\"ecr-login\",\"$asleep\":\"ecr-login\",\"ghcr.io\":\"encryptedfile\"}"
same 'what docker sends' "$(sent "$ecr/app" "$asleep/app" ghcr.io/app)" "$before"

it 'where no registry of its own is known it is not taken away'
config '{"credsStore":"ecr-login"}'
doctor
finds problem helper-read-only '' '^name it in credHelpers for the registries of Amazon ECR'
run pullsecret doctor
err_lacks 'hint'
run pullsecret doctor --fix --yes
same 'the config' "$(<"$file")" '{"credsStore":"ecr-login"}'

it 'in credHelpers it is where it belongs'
config "{\"credHelpers\":{\"$ecr\":\"ecr-login\"}}"
doctor
lacks_finding helper-read-only

it "Google's helper keeps nothing, and says nothing of it"
if command -v docker-credential-gcloud >/dev/null; then
  config '{"auths":{"eu.gcr.io":{}},"credsStore":"gcloud"}'
  docker_login "$registry"
  succeeds
  run docker-credential-gcloud get <<<"$registry"
  status_is 1
  # A call takes a second: to the doctor, who makes dozens, what it says is said again.
  for action in get list version; do
    docker-credential-gcloud "$action" <<<"$registry" >"$scratch/gcloud-$action" 2>/dev/null
    echo $? >"$scratch/gcloud-$action-status"
  done
  helper gcloud <<<"cat >/dev/null; cat '$scratch/gcloud-'\$1; exit \$(cat '$scratch/gcloud-'\$1-status)"
  doctor
  finds problem helper-read-only "Google's registries.*or is forgotten"
  run pullsecret doctor --fix --yes
  json_is 'in the config' '["encryptedfile","gcloud","encryptedfile"]' \
    "[.credsStore, .credHelpers[\"eu.gcr.io\", \"$registry\"]]" "$file"
  docker_login "$registry"
  succeeds
  logs_in_again "$registry"
else
  skip "Google's helper is not installed"
fi

finish
