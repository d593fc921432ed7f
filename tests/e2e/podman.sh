#!/bin/bash
# podman, skopeo and buildah beside docker: what Docker finds by its config, they find, too, after
# migrate and after doctor --fix; and what podman keeps in its own files and helpers is found there.

# shellcheck source=registry_cases.sh
. "$(dirname "$0")/registry_cases.sh"
# shellcheck source=hints.sh
. "$e2e/hints.sh"
need docker docker-registry htpasswd skopeo podman buildah jq docker-credential-encryptedfile

config_file=$HOME/.docker/config.json
export XDG_RUNTIME_DIR=$scratch/run
mkdir -m 700 "$XDG_RUNTIME_DIR"
umask 077
start_registry
hub=https://index.docker.io/v1/
auth=$(printf '%s:%s' "$user" "$password" | base64 -w 0)
storage=(--root "$scratch/storage" --runroot "$scratch/runroot" --storage-driver vfs)

# get_login PROGRAM REGISTRY: whom it would log in as.
get_login() {
  case $1 in
  skopeo) run skopeo login --get-login "$2" ;;
  *) run "$1" "${storage[@]}" login --get-login "$2" ;;
  esac
}

# all_find USER NAME...
all_find() {
  local who=$1 name program
  shift
  for name; do
    for program in podman skopeo buildah; do
      get_login "$program" "$name"
      succeeds
      out_is "$who"
    done
  done
}

# none_finds NAME
none_finds() {
  local program
  for program in podman skopeo buildah; do
    get_login "$program" "$1"
    expect 'failure' [ "$status" -ne 0 ]
    err_has "not logged into $1"
  done
}

# all_pull: docker finds the credential, and the image comes back.
all_pull() {
  logs_in_again "$registry"
  pull_by_helper
  succeeds
}

# config_json FILTER EXPECTED: in the config file.
config_json() { json_is 'in the config file' "$2" "$1" "$config_file"; }

# doctor_finds NAME...: the names of what is not ok.
doctor_finds() {
  run pullsecret doctor -o json -q
  out_json '[.[].name] - ["helper-interactive-only"]' "$(jq -nc '$ARGS.positional' --args -- "$@")"
}

# follow_fix: what the finding says, and then there is none.
follow_fix() {
  hint_of_finding podman-cannot-read
  follow_by sh -c "$command --yes"
  doctor_finds
}

new_home() {
  rm -rf "$HOME/.docker" "$HOME/.local" "$HOME/.config" "$XDG_RUNTIME_DIR/containers"
  mkdir "$HOME/.docker"
}

inline="{\"auths\":{\"$registry\":{\"auth\":\"$auth\"},\"$hub\":{\"auth\":\"$auth\"}}}"
make_image "$scratch/image"
config "$inline"
skopeo copy --insecure-policy --dest-tls-verify=false --authfile "$config_file" \
  "oci:$scratch/image:1" "docker://$registry/acme/app:1" >"$scratch/skopeo.log" 2>&1 ||
  bail_out "no image: $(cat "$scratch/skopeo.log")"

# ---- migrate

it 'migrate to a store: all of them find what they found'
all_find "$user" "$registry" docker.io registry-1.docker.io
run pullsecret migrate --to encryptedfile
succeeds
err_has 'note: credHelpers has a line for each, too: podman, skopeo and buildah do not ask credsStore; --for docker'
config_json '[.credsStore, .credHelpers]' \
  "[\"encryptedfile\",{\"$registry\":\"encryptedfile\",\"docker.io\":\"encryptedfile\",\"registry-1.docker.io\":\"encryptedfile\"}]"
all_find "$user" "$registry" docker.io registry-1.docker.io
all_pull
doctor_finds

it 'back into the file, and each alone'
run pullsecret migrate --to inline --registry docker.io
succeeds
config_json '[.credsStore, .credHelpers]' "[null,{\"$registry\":\"encryptedfile\"}]"
all_find "$user" "$registry" docker.io
run pullsecret migrate --to inline --registry "$registry"
succeeds
config_json '[.credsStore, .credHelpers]' '[null,null]'
all_find "$user" "$registry" docker.io
all_pull
doctor_finds

it 'without lines the doctor says so, and adds them'
run pullsecret migrate --to encryptedfile --for docker -q
succeeds_quietly
config_json '[.credsStore, .credHelpers]' '["encryptedfile",null]'
none_finds "$registry"
logs_in_again "$registry"
doctor_finds podman-cannot-read
follow_fix
all_find "$user" "$registry" docker.io
all_pull

it 'docker logout leaves a line, and nothing to mend'
run docker logout "$registry"
succeeds
none_finds "$registry"
doctor_finds
run pullsecret convert
succeeds_quietly
pull_data '.auths | keys' "[\"$hub\"]"
docker_login "$registry"
succeeds
all_find "$user" "$registry" docker.io

it "Debian's helpers do not know docker.io"
if [ -x /usr/bin/docker-credential-pass ]; then
  cat >"$scratch/bin/docker-credential-exact" <<'END'
#!/bin/sh
server=$(cat)
case $1$server in
gethttps://index.docker.io/v1/) echo '{"Username":"octo","Secret":"hunter2"}' ;;
list*) echo '{"https://index.docker.io/v1/":"octo"}' ;;
*) echo credentials not found in native keychain && exit 1 ;;
esac
END
  chmod +x "$scratch/bin/docker-credential-exact"
  config "{\"auths\":{\"$hub\":{}},\"credsStore\":\"exact\",\"credHelpers\":{\"docker.io\":\"exact\"}}"
  none_finds docker.io
  doctor_finds podman-cannot-read
  hint_of_finding podman-cannot-read
  expect 'a login that podman keeps itself' [ "$command" = 'podman login docker.io' ]
fi

# ---- What stands in the file

it 'username and password beside each other'
new_home
config "$(jq -nc --arg registry "$registry" --arg user "$user" --arg password "$password" \
  '{auths: {($registry): {username: $user, password: $password}}}')"
logs_in_again "$registry"
none_finds "$registry"
doctor_finds podman-cannot-read
follow_fix
all_find "$user" "$registry"
all_pull

it 'an empty name in credHelpers'
new_home
config "{\"auths\":{\"$registry\":{\"auth\":\"$auth\"}},\"credHelpers\":{\"$registry\":\"\"}}"
logs_in_again "$registry"
get_login podman "$registry"
status_is 125
doctor_finds podman-cannot-read
follow_fix
all_find "$user" "$registry"
all_pull
config "{\"auths\":{\"$registry\":{\"auth\":\"$auth\"}},\"credsStore\":\"encryptedfile\",\"credHelpers\":{\"$registry\":\"\"}}"
doctor_finds podman-cannot-read
hint_of_finding podman-cannot-read
follow
all_find "$user" "$registry"
all_pull

it 'a store that is gone, beside what stands in the file'
new_home
config "{\"auths\":{\"$registry\":{\"auth\":\"$auth\"}},\"credsStore\":\"gone\"}"
all_find "$user" "$registry"
run pullsecret doctor -o json -q
hint_of_finding helper-not-found
expect 'a way to mend it' grep -q 'takes it out: what stands in the file stays in use' <<<"$hint"
command='pullsecret doctor --fix --yes'
follow
all_find "$user" "$registry"
all_pull

# ---- What podman keeps

it "podman's own login counts before, and nothing is to be said"
new_home
config "{\"auths\":{\"$registry\":{}},\"credsStore\":\"encryptedfile\"}"
docker_login "$registry"
doctor_finds podman-cannot-read
run podman "${storage[@]}" login --tls-verify=false -u "$user" --password-stdin "$registry" <<<"$password"
succeeds
all_find "$user" "$registry"
doctor_finds

it 'the nearest path of its auth.json'
new_home
mkdir "$XDG_RUNTIME_DIR/containers"
printf '{"auths":{"quay.io":{"auth":"%s"},"quay.io/acme":{"auth":"%s"}}}' \
  "$(printf host:hunter2 | base64)" "$(printf acme:hunter2 | base64)" \
  >"$XDG_RUNTIME_DIR/containers/auth.json"
for name in quay.io quay.io/acme quay.io/acme/app quay.io/acme-other/app quay.io/other/app; do
  get_login podman "$name"
  who=$(cat "$scratch/out")
  run pullsecret get "$name" -o username -q
  succeeds_quietly
  out_is "$who"
done

it 'credential-helpers of registries.conf'
new_home
mkdir -p "$HOME/.config/containers"
echo 'credential-helpers = ["encryptedfile"]' >"$HOME/.config/containers/registries.conf"
run podman "${storage[@]}" login --tls-verify=false -u "$user" --password-stdin "$registry" <<<"$password"
succeeds
expect 'no auth.json' [ ! -e "$XDG_RUNTIME_DIR/containers/auth.json" ]
all_find "$user" "$registry"
run pullsecret get "$registry" -o password -q
succeeds_quietly
out_is "$password"
run pullsecret convert -q
succeeds_quietly
pull_data '.auths | map_values(.username)' "{\"$registry\":\"$user\"}"
run pullsecret doctor -o json
out_json '[.[].name] - ["helper-interactive-only"] | sort | unique' \
  '["default-store","entry-ok","file-not-dockers","helper-ok"]'

it 'credential-helpers without the file: no login in a file is found'
new_home
mkdir -p "$HOME/.config/containers"
echo 'credential-helpers = ["encryptedfile"]' >"$HOME/.config/containers/registries.conf"
config "{\"auths\":{\"$registry\":{\"auth\":\"$auth\"}}}"
none_finds "$registry"
doctor_finds podman-cannot-read
hint_of_finding podman-cannot-read
expect 'a way to name the file' grep -q 'let it name "containers-auth.json", too' <<<"$hint"
echo 'credential-helpers = ["encryptedfile", "containers-auth.json"]' >"$HOME/.config/containers/registries.conf"
all_find "$user" "$registry"
doctor_finds

it 'what podman takes from a store by its own settings stays there'
new_home
mkdir -p "$HOME/.config/containers"
echo 'credential-helpers = ["encryptedfile"]' >"$HOME/.config/containers/registries.conf"
config '{"credsStore":"encryptedfile"}'
docker_login "$registry"
succeeds
all_find "$user" "$registry"
run pullsecret migrate --to inline
succeeds
err_has "not erased in encryptedfile: podman's own settings name this store"
config_json '.credsStore' null
all_find "$user" "$registry"
all_pull

it 'no empty name is written, which podman takes for a program'
new_home
config "{\"auths\":{\"$registry\":{\"auth\":\"$auth\"}},\"credsStore\":\"encryptedfile\",\"credHelpers\":{\"$registry\":\"gone\"}}"
run pullsecret doctor --fix --yes -q
config_json '[.credHelpers[]?]' '["gone"]'
config '{"credsStore":"encryptedfile","credHelpers":{"https://ghcr.io/v1/":""}}'
run pullsecret doctor --fix --yes -q
succeeds
config_json '.credHelpers' null

it "what podman does not read of its own file is no login"
new_home
mkdir "$XDG_RUNTIME_DIR/containers"
for entry in '{"\($r)/":{$auth}}' '{($r):{username:"u",password:"p"}}' '{"https://u@\($r)":{$auth}}' \
  '{"ftp://\($r)":{$auth}}'; do
  jq -n --arg r "$registry" --arg auth "$auth" "{auths:$entry}" >"$XDG_RUNTIME_DIR/containers/auth.json"
  none_finds "$registry"
  run pullsecret get "$registry" -q
  status_is 1
  run pullsecret doctor -o json
  out_json 'any(.[]; .name == "podman-cannot-read" and .severity == "problem")' true
  out_json 'any(.[]; .name == "entry-ok")' false
done
for key in "$registry" "http://$registry" "https://$registry/v1/" "https://$registry/team"; do
  echo "{\"auths\":{\"$key\":{\"auth\":\"$auth\"}}}" >"$XDG_RUNTIME_DIR/containers/auth.json"
  all_find "$user" "$registry"
  run pullsecret get "$registry" -o username -q
  out_is "$user"
  run pullsecret doctor -o json
  out_json 'any(.[]; .name == "podman-cannot-read")' false
done

it 'credsStore in its own file: podman does not ask it'
config '{"credsStore":"encryptedfile"}'
docker_login "$registry"
echo "{\"auths\":{\"$registry\":{}},\"credsStore\":\"encryptedfile\"}" >"$XDG_RUNTIME_DIR/containers/auth.json"
rm -rf "$HOME/.docker"
none_finds "$registry"
run pullsecret doctor -o json
out_json 'any(.[]; .name == "podman-cannot-read" and .subject == "credsStore")' true

# ---- su

it 'XDG_RUNTIME_DIR is another user'\''s'
if ((EUID != 0)); then
  skip 'it takes root to be two users'
else
  new_home
  chmod 711 "$scratch"
  chmod 755 "$HOME"
  "${as_nobody[@]}" test -w "$HOME" && problem 'the home folder is open to others'
  mkdir -p "$XDG_RUNTIME_DIR/containers"
  chown -R 65534:65534 "$HOME"
  run "${as_nobody[@]}" pullsecret doctor -o json -q
  out_json '[.[] | select(.hint | test("chmod|chown"))] | length' 0
  out_json 'any(.[]; .name == "file-missing")' true
  run "${as_nobody[@]}" pullsecret doctor --fix --yes
  config_json . '{"credsStore":"encryptedfile"}'
  config "{\"auths\":{\"$registry\":{\"auth\":\"$auth\"}}}"
  chown 65534:65534 "$config_file"
  run "${as_nobody[@]}" skopeo login --get-login "$registry"
  status_is 1
  run "${as_nobody[@]}" pullsecret doctor -o json -q
  hint_of_finding podman-cannot-read
  follow_by "${as_nobody[@]}" sh -c "$command; skopeo login --get-login $registry"
  out_is "$user"
fi

all_are_followed
it "podman's own file cannot be read: the doctor says so, as podman fails"
config '{}'
mkdir -p "$HOME/.config/containers"
echo '{' >"$HOME/.config/containers/auth.json"
run podman login --get-login ghcr.io
expect 'that podman fails' [ "$status" -ne 0 ]
run pullsecret doctor -o json
out_json 'map(select(.name == "podman-cannot-read" and (.subject | contains("auth.json")))) | length' 1
rm "$HOME/.config/containers/auth.json"

it 'its settings are a folder, a pipe, or of a wrong type: podman fails, and the doctor says so'
conf=$HOME/.config/containers/registries.conf
for make in "mkdir $conf" "mkfifo $conf" "ln -s nowhere $conf.d/x.conf" "echo [credential-helpers] >$conf" \
  "echo credential-helpers = 1 >$conf" "echo 'unqualified-search-registries = 1' >$conf.d/x.conf"; do
  rm -rf "$conf" "$conf.d"
  mkdir "$conf.d"
  sh -c "$make"
  run timeout 5 podman "${storage[@]}" login --get-login ghcr.io
  expect "that podman fails: $make" [ "$status" -ne 0 ]
  err_lacks 'not logged into'
  run pullsecret doctor -o json
  out_json 'map(select(.name == "podman-cannot-read" and (.subject | contains("registries.conf")))) | length' 1
done
for make in "mkdir $conf.d/x.conf" "ln -s /dev/null $conf" "ln -s nowhere $conf"; do
  rm -rf "$conf" "$conf.d"
  mkdir "$conf.d"
  sh -c "$make"
  run podman "${storage[@]}" login --get-login ghcr.io
  err_has 'not logged into'
  run pullsecret doctor -o json
  out_json 'any(.[]; .name == "podman-cannot-read")' false
done
rm -rf "$conf" "$conf.d"

finish
