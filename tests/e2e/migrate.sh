#!/bin/bash
# pullsecret migrate between the real stores, and out of the plain text, after a real docker login;
# Docker and skopeo find the credential afterwards.

# shellcheck source=registry_cases.sh
. "$(dirname "$0")/registry_cases.sh"
# shellcheck source=pass_cases.sh
. "$e2e/pass_cases.sh"
# shellcheck source=secret_service.sh
. "$e2e/secret_service.sh"
need docker docker-registry htpasswd skopeo gnome-keyring-daemon docker-credential-encryptedfile

config_file=$HOME/.docker/config.json
auth_of() { printf '%s' "$1" | base64 -w 0; }

# migrates ARGUMENT...: for docker alone (podman.sh), and says nothing but its table and how many moved.
migrates() {
  run pullsecret migrate --for docker "$@"
  succeeds
  err_lacks '^pullsecret: (error|warning|hint)'
}

# config_json FILTER EXPECTED: in the config file.
config_json() { json_is 'in the config file' "$2" "$1" "$config_file"; }

# listed STORE: the server URLs in it, on one line.
listed() { "docker-credential-$1" list <<<unused | jq -r 'keys | join(" ")'; }

# still_logs_in: Docker finds the password, and what convert finds pulls the image.
still_logs_in() {
  logs_in_again "$registry"
  run pullsecret convert --registry "$registry" -o config --output-file "$scratch/found.json"
  succeeds_quietly
  pull "$scratch/found.json"
  succeeds
}

# skopeo_finds: and so does skopeo, which knows of entries and credHelpers alone.
skopeo_finds() {
  still_logs_in
  pull_by_helper
  succeeds
}

make_key builder
new_store builder
start_bus
start_keyring
start_registry
make_image "$scratch/image"

# ---- All of it, from place to place

config "{\"auths\": {\"ghcr.io\": {\"auth\": \"$(auth_of u:hunter2-ghcr)\", \"email\": \"u@example.com\"}}, \"psFormat\": \"{{.ID}}\\t<b>\"}"
chmod 600 "$config_file"
docker_login "$registry"
cp "$config_file" "$scratch/inline.json"
skopeo copy --insecure-policy --dest-tls-verify=false --authfile "$config_file" \
  "oci:$scratch/image:1" "docker://$registry/acme/app:1" >"$scratch/skopeo.log" 2>&1 ||
  bail_out "no image: $(cat "$scratch/skopeo.log")"

it '--dry-run tells what would happen and changes nothing'
migrates --to encryptedfile --dry-run
out_has "^$registry +inline +encryptedfile +would move$"
out_has '^ghcr.io +inline +encryptedfile +would move$'
expect 'the config as it was' cmp -s "$config_file" "$scratch/inline.json"
same 'what is in the store' "$(listed encryptedfile)" ''

# passes_through FROM TO
passes_through() {
  it "from $1 to $2: Docker finds the password there"
  migrates --to "$2"
  out_has "^$registry +$1 +$2 +moved$"
  out_has "^ghcr.io +$1 +$2 +moved$"
  config_json '[.credsStore, .credHelpers, .psFormat]' "[\"$2\",null,\"{{.ID}}\\t<b>\"]"
  config_json .auths "{\"$registry\":{},\"ghcr.io\":{\"email\":\"u@example.com\"}}"
  still_logs_in
  same "what is in $2" "$(listed "$2")" "$registry ghcr.io"
  [ "$1" = inline ] || same "what is left in $1" "$(listed "$1")" ''
  run pullsecret get ghcr.io -o password
  out_is hunter2-ghcr
}

passes_through inline encryptedfile
passes_through encryptedfile pass
passes_through pass secretservice
passes_through secretservice encryptedfile

# Debian's programs, beside ours.
ln -s /usr/bin/docker-credential-pass "$scratch/bin/docker-credential-debian-pass"
ln -s /usr/bin/docker-credential-secretservice "$scratch/bin/docker-credential-debian-secrets"
if [ -x /usr/bin/docker-credential-pass ] && [ -x /usr/bin/docker-credential-secretservice ]; then
  passes_through encryptedfile debian-pass
  passes_through debian-pass debian-secrets
  passes_through debian-secrets debian-pass

  it "one store by two names, Debian's program and ours, loses nothing"
  run pullsecret migrate --for docker --to pass
  succeeds
  err_has 'debian-pass and pass are one store by two names'
  out_has "^ghcr.io +debian-pass +pass +there already; still in debian-pass, too$"
  config_json .credsStore '"pass"'
  same 'what is in pass' "$(listed pass)" "$registry ghcr.io"
  still_logs_in
else
  it "Debian's programs"
  skip 'golang-docker-credential-helpers is not installed'
  migrates --to pass
fi

it 'what migrate wrote is what Docker writes, byte for byte'
cp "$config_file" "$scratch/ours.json"
docker_login "$registry"
succeeds
json_is 'in the file after Docker wrote it' "$(jq -cS . "$scratch/ours.json")" . "$config_file"
cp "$config_file" "$scratch/dockers.json"
migrates --to secretservice
sed -i 's/"secretservice"/"pass"/' "$config_file"
expect "Docker's layout" cmp -s "$config_file" "$scratch/dockers.json"
sed -i 's/"pass"/"secretservice"/' "$config_file"
still_logs_in

it 'back into the file: as it was, and no store is asked'
migrates --to inline
json_is 'in the config file' "$(jq -cS . "$scratch/inline.json")" . "$config_file"
same 'what is left in secretservice' "$(listed secretservice)" ''
skopeo_finds

it 'a second run finds nothing to do'
cp "$config_file" "$scratch/before.json"
run pullsecret migrate --to inline
succeeds
out_is ''
err_has 'note: there is no credential to move'
expect 'the config as it was' cmp -s "$config_file" "$scratch/before.json"

# ---- Some of it

it 'one registry alone, in any spelling, gets a line of credHelpers'
migrates --to pass --registry "https://$registry/v1/"
config_json '[.credsStore, .credHelpers]' "[null,{\"$registry\":\"pass\"}]"
config_json ".auths[\"$registry\"]" '{}'
config_json '.auths["ghcr.io"].auth' "\"$(auth_of u:hunter2-ghcr)\""
skopeo_finds

it 'the rest later, and the line stays'
migrates --to encryptedfile
out_has "^$registry +pass +stays: a line of credHelpers;"
config_json '[.credsStore, .credHelpers]' "[\"encryptedfile\",{\"$registry\":\"pass\"}]"
skopeo_finds

it 'the line goes when its store is emptied into the one of credsStore'
migrates --to encryptedfile --from pass
config_json '[.credsStore, .credHelpers]' '["encryptedfile",null]'
still_logs_in

it 'one registry back into the file: the others are found where they are'
migrates --to inline --registry "$registry"
config_json '[.credsStore, .credHelpers]' '[null,{"ghcr.io":"encryptedfile"}]'
skopeo_finds
run pullsecret get ghcr.io -o password
out_is hunter2-ghcr

it 'another credential at the new place is not overwritten'
docker-credential-secretservice store <<<"$(entry ghcr.io other hunter2-other)"
run pullsecret migrate --to secretservice --registry ghcr.io --registry "$registry"
status_is 1
out_has "^$registry +inline +secretservice +moved$"
out_has '^ghcr.io +encryptedfile +secretservice +failed$'
err_has 'error: 1 of 2 credentials cannot move:'
err_has 'ghcr.io: another credential is at the new place, secretservice'
err_has 'hint: if that one is not needed: `printf %s ghcr.io \| docker-credential-secretservice erase`;'
run pullsecret get ghcr.io -o password
out_is hunter2-ghcr
still_logs_in

# ---- The file

it 'a symbolic link, its mode and its owner stay'
mkdir "$HOME/dotfiles"
printf '{"auths": {"a.example": {"auth": "%s"}}}\n' "$(auth_of u:hunter2)" >"$HOME/dotfiles/docker.json"
chmod 640 "$HOME/dotfiles/docker.json"
[ "$EUID" -ne 0 ] || chown 1234:5678 "$HOME/dotfiles/docker.json"
owner=$(stat -c %u:%g "$HOME/dotfiles/docker.json")
ln -sf ../dotfiles/docker.json "$config_file"
migrates --to encryptedfile --registry a.example
same 'the link' "$(readlink "$config_file")" ../dotfiles/docker.json
same 'mode and owner' "$(stat -c '%a %u:%g' "$HOME/dotfiles/docker.json")" "640 $owner"
config_json . '{"auths":{"a.example":{}},"credHelpers":{"a.example":"encryptedfile"}}'
rm "$config_file"

it 'a store that does not work becomes no target, even with nothing to move'
config '{"psFormat": "x"}'
for option in --quiet --dry-run; do
  PASSWORD_STORE_DIR=$scratch/none run pullsecret migrate --to pass "$option"
  fails_with 1 '--to: pass does not work: .*is not initialised' 'pass init'
  config_json . '{"psFormat":"x"}'
done

finish
