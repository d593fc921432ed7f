#!/bin/bash
# man/errors.md: each message is read from there. The condition behind it is made with the real docker,
# skopeo, gnome-keyring, GPG and Debian's helpers; they print that message, the command below it is run, and
# docker works again, or the doctor names the cause.
#
# one build: it is about what is said

# shellcheck source=registry_cases.sh
. "$(dirname "$0")/registry_cases.sh"
# shellcheck source=pass_cases.sh
. "$e2e/pass_cases.sh"
# shellcheck source=secret_service.sh
. "$e2e/secret_service.sh"
# shellcheck source=doctor_cases.sh
. "$e2e/doctor_cases.sh"
# shellcheck source=readme_messages.sh
. "$e2e/readme_messages.sh"
need docker docker-registry htpasswd skopeo podman kubectl python3 gnome-keyring-daemon \
  /usr/bin/docker-credential-pass /usr/bin/docker-credential-secretservice

file=$HOME/.docker/config.json

# What a daemon, a kubelet and an API server say, and what a Secret holds.
not_here='pull access denied|denied: requested|Failed to pull|failed to authorize|FailedToRetrieve'
not_here+='|Required value|Invalid value|"credsStore":"desktop"|toomanyrequests|pull policy of Never'
# What macOS and Windows say, upstream's pass 0.9, a service that does not start within 25 seconds, and
# GLib where the bus is behind another user namespace.
not_here+='|User interaction|logon session|store is uninitialized|Timeout was reached|Exhausted all'
# What writing.sh tries.
not_here+='|device or resource|read-only file system|cross-device|operation not permitted|not a directory'
not_here+='|file exists|no space|mkdir …/.docker: permission denied|nothing may be made in this folder'

# ---- Docker and skopeo

# uses NAME: that store for everything. skopeo knows credHelpers alone.
uses() {
  config "{\"auths\":{\"$registry\":{}},\"credsStore\":\"$1\",\"credHelpers\":{\"$registry\":\"$1\"}}"
}

# debians NAME: Debian's helper is the first on PATH.
debians() { ln -sf "/usr/bin/docker-credential-$1" "$scratch/bin/"; }

# docker_asks: docker asks the store, and hides what it says.
docker_asks() { run "$@" docker manifest inspect --insecure "$registry/acme/app:1"; }

# skopeo_asks: and shows it. What it logs is as on a terminal, without backslashes.
skopeo_asks() {
  run skopeo inspect --tls-verify=false --authfile "$file" "docker://$registry/acme/app:1"
  sed -i 's/\\"/"/g' "$scratch/err"
}

# cannot_store PART...: docker login prints the page's message.
cannot_store() {
  docker_login "$registry"
  status_is 1
  shows "$@"
}

# cannot_get PART...: skopeo prints the page's message.
cannot_get() {
  skopeo_asks
  status_is 1
  shows "$@"
}

# docker_works: login keeps the password in a store, and finds it there.
docker_works() {
  docker_login "$registry"
  succeeds
  json_is 'in the config file' "{\"$registry\":{}}" .auths "$file"
  logs_in_again "$registry"
}

# both_fail STORE PART: skopeo and docker login do, with messages that have that part; the page's command
# mends it.
both_fail() {
  uses "$1"
  cannot_get "$2"
  cannot_store "$2"
  fixed
  docker_works
}

# The programs of this machine, but for credential helpers.
programs=$scratch/programs
mkdir "$programs"
find /bin/ /usr/bin/ /usr/local/bin/ -maxdepth 1 ! -type d ! -name 'docker-credential-*' \
  -exec ln -sf -t "$programs" {} +
PATH=$scratch/bin:$program_folder:$programs

start_registry

it 'the page has messages, and a command for each'
expect 'sixty messages or more' [ "${#messages[@]}" -ge 60 ]
same 'the number of commands' "${#fixes[@]}" "${#messages[@]}"

# ---- Helpers that are not there, or do not run

for name in desktop desktop.exe osxkeychain wincred gcloud ecr-login; do
  it "$name is not on this machine"
  not_found=("\"docker-credential-$name\": executable file not found" 'docker-credential-… resolves')
  uses "$name"
  docker_asks
  shows 'no basic auth credentials'
  cannot_get "${not_found[@]}"
  cannot_store "${not_found[@]}"
  fixed
  docker_works
done

it 'a Windows program'
if [ -e /proc/sys/fs/binfmt_misc/WSLInterop ]; then
  skip 'this system runs Windows programs'
else
  printf 'MZ\x90\0\x03\0\0\0\x04\0\0\0\xff\xff\0\0' >"$scratch/bin/docker-credential-desktop.exe"
  chmod +x "$scratch/bin/docker-credential-desktop.exe"
  both_fail desktop.exe 'err: fork/exec …/docker-credential-desktop.exe: exec format error'
  rm "$scratch/bin/docker-credential-desktop.exe"
fi

it 'a script whose interpreter may not be run'
cp /bin/true "$scratch/interpreter"
chmod 644 "$scratch/interpreter"
printf '#!%s\n' "$scratch/interpreter" >"$scratch/bin/docker-credential-script"
chmod +x "$scratch/bin/docker-credential-script"
both_fail script 'err: fork/exec …/docker-credential-…: permission denied'

it 'a helper that is not executable'
cp /bin/true "$scratch/bin/docker-credential-wincred"
chmod 644 "$scratch/bin/docker-credential-wincred"
uses wincred
cannot_store '"docker-credential-wincred": exec' 'docker-credential-… resolves'
doctor
finds problem helper-not-executable '' 'chmod'
fixed
docker_works

# VS Code's own program is not here. This stands in for it: it ends as that one does without a window.
it 'a VS Code dev container whose window is gone, by a stand-in for its helper'
helper dev-containers-7e2dae06 <<<'exit 255'
both_fail dev-containers-7e2dae06 'err: exit status 255'

it 'a helper that keeps nothing, by a stand-in for that of Amazon ECR'
ecr=123456789012.dkr.ecr.eu-west-1.amazonaws.com
helper ecr-login <<END
server=\$(cat)
case \$1/\$server in
get/$ecr) echo '{"ServerURL":"$ecr","Username":"AWS","Secret":"hunter2-token"}' ;;
get/*) echo 'credentials not found in native keychain' && exit 1 ;;
list/*) echo '{"https://$ecr":"AWS"}' ;;
version/*) echo 0.9.0 ;;
*) echo 'not implemented' && exit 1 ;;
esac
END
config "{\"auths\":{\"$ecr\":{}},\"credsStore\":\"ecr-login\"}"
cannot_store 'not implemented'
fixed
docker_login "$registry"
succeeds
json_is 'in the config file' "{\"$ecr\":\"ecr-login\"}" .credHelpers "$file"
rm "$scratch/bin/docker-credential-ecr-login"

# ---- secretservice

debians secretservice

it 'secretservice: no session bus'
both_fail secretservice 'Cannot autolaunch D-Bus'

it 'secretservice: no service on the bus'
start_bus
both_fail secretservice 'The name org.freedesktop.secrets'

it 'secretservice: no keyring'
rm "$file"
start_locked_keyring
config "{\"auths\":{\"$registry\":{}},\"credsStore\":\"secretservice\"}"
cannot_store 'Object does not exist at path'
fixed
docker_works

it 'secretservice: a locked keyring'
start_keyring
uses secretservice
docker_works
start_locked_keyring
cannot_store 'Cannot create an item in a locked collection'
fixed
docker_works
stop_service
unset DBUS_SESSION_BUS_ADDRESS XDG_RUNTIME_DIR

# ---- pass

debians pass
make_key builder
make_key expired '' --faked-system-time 20200101T000000
make_key locked 'correct passphrase'
make_key stranger
echo "$(fingerprint stranger):2:" | gpg --quiet --import-ownertrust 2>/dev/null

it 'pass: not initialised'
uses pass
cannot_store 'pass not initialized'
fix=${fix/KEY/builder@example.invalid}
fixed
docker_works

it 'pass: no such key, an expired one, one that gpg does not trust'
echo 0123456789ABCDEF >"$password_store/.gpg-id"
cannot_store 'skipped: No public key'
doctor_names pass-key-missing
fingerprint expired >"$password_store/.gpg-id"
cannot_store 'skipped: Unusable public key'
doctor_names pass-key-expired
fingerprint stranger >"$password_store/.gpg-id"
cannot_store 'There is no assurance'
doctor_names pass-key-untrusted

it 'pass: no terminal, or no pinentry, for the passphrase'
new_store locked
docker_login "$registry"
succeeds
entry=$(find "$password_store" -name '*.gpg')
forget_passphrases
cannot_get 'decryption failed: No secret key' 'decryption failed: No such file'
run gpg --decrypt "$entry"
shows 'Inappropriate ioctl for device'
run pullsecret doctor
out_has 'problem +pass-no-pinentry'
agent_has 'pinentry-program /nonexistent/pinentry'
forget_passphrases
cannot_get 'decryption failed: No secret key' 'decryption failed: No pinentry'
run gpg --decrypt "$entry"
shows 'public key decryption failed: No pinentry'
doctor_names pass-no-pinentry
agent_has

it 'pass: the secret key is missing'
new_store builder
docker_login "$registry"
gpg --batch --yes --delete-secret-keys "$(fingerprint builder)"
cannot_get 'decryption failed: No secret key'
doctor_names pass-key-missing
gpgconf --kill all
rm -r "$password_store" "$scratch/bin/docker-credential-pass"

# ---- Without a store, or a config file

it 'docker chooses a store by itself'
rm "$scratch/bin/docker-credential-secretservice"
rm "$file"
cannot_store 'pass: the password store'
rm "$programs/pass"
cannot_store 'secret service: there is no session bus'
fixed
docker_works
config '{"currentContext":"default"}'
fixed
json_is 'in the config file' '{"credsStore":"encryptedfile","currentContext":"default"}' . "$file"

it 'credentials in plain text'
rm "$file"
PATH=$programs docker_login "$registry"
succeeds
shows 'stored unencrypted in'
fixed
json_is 'in the config file' "{\"$registry\":{}}" .auths "$file"
logs_in_again "$registry"

it "a file of another user's"
if [ "$(id -u)" -ne 0 ]; then
  skip 'only root can make one'
else
  chmod 755 "$scratch" "$HOME" "$HOME/.docker"
  chmod 600 "$file"
  docker_asks "${as_nobody[@]}"
  if grep -q '^WARNING' "$scratch/err"; then
    shows 'Error loading config file: open' 'config.json: open …/.docker/config.json: permission denied'
  else # Docker 26 goes on without a word
    shows 'no basic auth credentials'
    not_here+='|Error loading config file: .*permission denied'
    fix='sudo chown -R "$(id -u):$(id -g)" ~/.docker'
  fi
  run "${as_nobody[@]}" pullsecret doctor -q -o json
  finds problem file-owner
  expect "the hint $fix" grep -qxF -- "${fix/\~/$HOME}" <(jq -r '.[].hint' "$scratch/out")
  config '{"auths":{"a.example":{"auth":"dTpodW50ZXIy"}}}'
  chmod 644 "$file"
  PATH=$programs run "${as_nobody[@]}" \
    docker login --username "$user" --password-stdin "$registry" <<<"$password"
  shows 'Error saving credentials: open'
  fix=${fix#sudo } # what sudo gives is here already
  fix=${fix/'$(id -u):$(id -g)'/65534:65534}
  fixed
  docker_asks "${as_nobody[@]}"
  err_lacks WARNING
  chown -R 0:0 "$HOME/.docker"
fi

# ---- What is in the file

# docker_refuses CONFIG PART FINDING: docker prints the page's message, and the doctor says why.
docker_refuses() {
  config "$1"
  docker_asks
  shows "$2"
  doctor_names "$3"
}

it 'a file that docker refuses'
docker_refuses '{"auths":{},}' "invalid character '}'" file-syntax
docker_refuses '{"auths":{"a.example":{"auth":"!!!"}}}' 'illegal base64 data' entry-undecodable
docker_refuses '{"auths":{"a.example":{"auth":"dQ=="}}}' 'Invalid auth' entry-undecodable
docker_refuses '{"auths":[]}' 'json: cannot unmarshal array' file-field-type

it 'a setting that docker does not know'
make_image "$scratch/image"
config '{"credsStore":"encryptedfile"}'
docker_works
run skopeo copy --insecure-policy --dest-tls-verify=false --dest-creds "$user:$password" \
  "oci:$scratch/image:1" "docker://$registry/acme/app:1"
config "{\"auths\":{\"$registry\":{}},\"credStore\":\"encryptedfile\"}"
skopeo_asks
shows 'unauthorized: authentication required' 'reading manifest'
docker_asks
shows 'no basic auth credentials'
fixed
docker_asks
err_lacks 'no basic auth credentials'

it 'a store that podman does not ask'
podman=(podman --root "$scratch/storage" --runroot "$scratch/runroot" --storage-driver vfs)
config '{"credsStore":"encryptedfile"}'
docker_works
run "${podman[@]}" login --get-login "$registry"
shows 'Error: not logged into'
fixed
run "${podman[@]}" login --get-login "$registry"
succeeds
out_is "$user"

it 'a helper of podman'\''s that is not there'
config "{\"auths\":{\"$registry\":{\"auth\":\"$(printf '%s:%s' "$user" "$password" | base64 -w 0)\"}}}"
mkdir -p "$HOME/.config/containers"
echo 'credential-helpers = ["gone"]' >"$HOME/.config/containers/registries.conf"
run "${podman[@]}" login --get-login "$registry"
shows '* error getting credentials'
doctor_names helper-not-found
skopeo_asks
shows '* error getting credentials'
doctor_names helper-not-found
rm "$HOME/.config/containers/registries.conf"
run "${podman[@]}" login --get-login "$registry"
out_is "$user"

it "podman's files, where it refuses them"
mkdir "$HOME/.config/containers/registries.conf"
run "${podman[@]}" login --get-login "$registry"
shows 'loading registries configuration'
run pullsecret doctor
out_has '^warning +podman-cannot-read '
rmdir "$HOME/.config/containers/registries.conf"
: >"$HOME/.config/containers/auth.json"
run "${podman[@]}" login --get-login "$registry"
shows 'reading JSON file'
run pullsecret doctor
out_has '^warning +podman-cannot-read '
rm "$HOME/.config/containers/auth.json"

# ---- Kubernetes

# The messages are the kubelet's, which is not here; and so no cluster, whose end of the pipes is
# left out.
inspect=$(command_below '401 Unauthorized')
convert=$(command_below '"credsStore":"desktop"')

inspect_it() { run bash -c "${inspect#kubectl * | }" <"$scratch/secret.yaml"; }
convert_it() {
  run bash -c "${convert% | kubectl *}"
  succeeds
  cp "$scratch/out" "$scratch/secret.yaml"
}

it 'a Secret that was made of a config file with a store'
has_stored encryptedfile ghcr.io "$user" "$password"
config '{"auths":{"ghcr.io":{}},"credsStore":"encryptedfile"}'
kubectl create secret generic regcred --type=kubernetes.io/dockerconfigjson \
  --from-file=.dockerconfigjson="$file" --dry-run=client -o yaml >"$scratch/secret.yaml"
inspect_it
out_has empty-entry
convert_it
inspect_it
succeeds
out_has "$user"
expect 'no problem in the Secret' lacks problem "$scratch/out"

it 'a Secret for Docker Hub, and one for an image, by the commands of the page'
has_stored encryptedfile https://index.docker.io/v1/ "$user" "$password"
config '{"auths":{"ghcr.io":{},"https://index.docker.io/v1/":{}},"credsStore":"encryptedfile"}'
for message in toomanyrequests:https://index.docker.io/v1/ 'pull policy of Never:ghcr.io'; do
  convert=$(command_below "${message%%:*}")
  convert=${convert#docker login && }
  convert_it
  run pullsecret inspect -o json "$scratch/secret.yaml"
  out_json '[.[].entries[].key]' "[\"${message#*:}\"]"
done
convert=$(command_below '"credsStore":"desktop"')

it 'a Secret without this image'
has_stored encryptedfile quay.io "$user" "$password"
config '{"auths":{"quay.io":{}},"credsStore":"encryptedfile"}'
convert_it
inspect_it
status_is 1

# ---- All of them

it 'each message of the page is tried, or no program here prints it'
same 'the messages that are not tried' "$(untried | grep -Ev "$not_here")" ''

finish
