#!/bin/bash
# What pullsecret's messages tell people to do, done: the command is taken from the message and run.
# Then what was wrong is gone, and every credential that was there still is. docker, the registry and
# the stores are real. What is said of the command line and of Secrets is in followed_secret_hints.sh.
#
# one build: it is about what is said

# shellcheck source=registry_cases.sh
. "$(dirname "$0")/registry_cases.sh"
# shellcheck source=hints.sh
. "$e2e/hints.sh"
need docker docker-registry htpasswd jq python3 setpriv

file=$HOME/.docker/config.json
chmod 700 "$HOME/.docker"
umask 077
start_registry
other=localhost:${registry#*:} # the same one, under another name
plain=$(printf '%s:%s' "$user" "$password" | base64 -w 0)

# doctor: what it finds.
doctor() { run pullsecret doctor -o json --timeout 30; }

# mended NAME: there is no such finding any more, and no problem.
mended() {
  doctor
  succeeds
  out_json "any(.[]; .name == \"$1\")" false
}

# kept REGISTRY...: Docker's credential for each is that of these tests, by whatever store.
kept() {
  local name
  for name; do
    run pullsecret get "$name"
    succeeds
    out_json '[.Username, .Secret]' "$(jq -nc '$ARGS.positional' --args "$user" "$password")"
    logs_in_again "$name"
  done
}

# log_in: the hint's `docker login` with a username and a password.
log_in() {
  expect 'docker login' grep -q '^docker login' <<<"$command"
  follow_by bash -c "$command --username $user --password-stdin" <<<"$password"
}

on_terminal() { follow_typing y -- sh -c "$command"; }

# in_store NAME REGISTRY: the tests' credential is there.
in_store() { has_stored "$1" "$2" "$user" "$password"; }

# new_home [CONFIG]: nothing is left of the case before.
new_home() {
  rm -rf "$HOME/.docker" "$HOME/.local" "$HOME/.config"
  mkdir -m 700 "$HOME/.docker"
  [ $# -eq 0 ] || config "$1"
}

# Docker takes no store by itself on a machine like this one, without helpers that it looks for.
mkdir "$scratch/programs"
find /bin/ /usr/bin/ /usr/local/bin/ -maxdepth 1 ! -type d ! -name 'docker-credential-*' ! -name pass \
  -exec ln -sf -t "$scratch/programs" {} +
ln -s "$program_folder/pullsecret" "$program_folder/docker-credential-encryptedfile" "$scratch/programs/"
PATH=$scratch/bin:$scratch/programs

# ---- docker login

it 'get and convert: a registry without a credential'
new_home "{\"auths\":{\"$other\":{\"auth\":\"$plain\"}}}"
run pullsecret get "$registry"
hint_on_standard_error
log_in
kept "$registry" "$other"
config "{\"auths\":{\"$registry\":{},\"$other\":{\"auth\":\"$plain\"}}}"
run pullsecret convert
hint_on_standard_error 'docker login'
log_in
run pullsecret convert
succeeds
kept "$registry" "$other"

it 'convert: no registry at all'
new_home '{}'
run pullsecret convert
hint_on_standard_error
command=${command/REGISTRY*/$registry}
command=${command#log in with }
log_in
run pullsecret convert
succeeds

it 'migrate: no credential in the store, and no config.json'
new_home "{\"auths\":{\"$registry\":{},\"$other\":{}},\"credsStore\":\"encryptedfile\"}"
in_store encryptedfile "$other"
run pullsecret migrate --to inline --registry "$registry"
hint_on_standard_error 'docker login'
log_in
run pullsecret migrate --to inline --registry "$registry"
succeeds
kept "$registry" "$other"
new_home
printf '{"auths":{"%s":{"auth":"%s"}}}' "$other" "$plain" >"$HOME/auth.json"
REGISTRY_AUTH_FILE=$HOME/auth.json run pullsecret migrate --to encryptedfile
fails_with 1
hint_on_standard_error 'make one'
follow
REGISTRY_AUTH_FILE=$HOME/auth.json run pullsecret migrate --to encryptedfile
succeeds
docker_login "$registry"
succeeds
kept "$registry"

it 'migrate: what no store keeps'
for field in identitytoken registrytoken; do
  new_home "{\"auths\":{\"$registry\":{\"auth\":\"$plain\",\"$field\":\"old\"}}}"
  run pullsecret migrate --to encryptedfile
  status_is 1
  hint_on_standard_error 'docker login'
  log_in
  run pullsecret migrate --to encryptedfile
  succeeds
  kept "$registry"
done

it 'migrate: what is no file in the place of config.json'
for kind in mkfifo mkdir; do
  new_home
  mkdir -p "${file%/*}"
  "$kind" "$file"
  run pullsecret migrate --to encryptedfile
  fails_with 1 'config.json: not a config.json'
  hint_on_standard_error 'move it away'
  follow
  run pullsecret migrate --to encryptedfile
  succeeds
  docker_login "$registry"
  succeeds
  kept "$registry"
done

it 'doctor: a config that is named, and not there'
new_home
run pullsecret doctor -o json --config "$HOME/other/config.json"
hint_of_finding file-missing
command=${command/REGISTRY/$registry}
follow_by bash -c "$command --username $user --password-stdin" <<<"$password"
run pullsecret get "$registry" --config "$HOME/other/config.json" -o username
out_is "$user"

it 'doctor: a credential that stands beside auths, and what such a login leaves of it'
new_home "{\"$registry\":{\"auth\":\"$plain\"}}"
doctor
hint_of_finding entry-not-in-auths
command=${command#move it into auths, or }
log_in
mended entry-not-in-auths
kept "$registry"

it 'doctor: no config, another program has one, an entry that is empty or not in its store'
new_home
doctor
hint_of_finding file-missing
command=${command/REGISTRY/$registry}
log_in
mended file-missing
new_home
export REGISTRY_AUTH_FILE=$HOME/auth.json
doctor
hint_of_finding file-not-dockers
command=${command/REGISTRY/$registry}
log_in
unset REGISTRY_AUTH_FILE
mended file-not-dockers
new_home "{\"auths\":{\"$registry\":{},\"$other\":{\"auth\":\"$plain\"}}}"
doctor
hint_of_finding entry-empty
log_in
mended entry-empty
kept "$registry" "$other"
new_home "{\"auths\":{\"$registry\":{},\"$other\":{}},\"credsStore\":\"encryptedfile\"}"
in_store encryptedfile "$other"
doctor
hint_of_finding entry-not-in-store
log_in
mended entry-not-in-store
kept "$registry" "$other"

it 'doctor: an entry that Docker cannot decode'
new_home "{\"auths\":{\"$registry\":{\"auth\":\"!\"},\"$other\":{\"auth\":\"$plain\"}}}"
doctor
hint_of_finding entry-undecodable
jq "del(.auths[\"$registry\"])" "$file" >"$file.new" && mv "$file.new" "$file"
log_in
mended entry-undecodable
kept "$registry" "$other"

it 'doctor --fix: log in again where an entry had to go'
new_home "{\"auths\":{\"$registry\":{},\"$other\":{\"auth\":\"$plain\"}}}"
run pullsecret doctor --fix --yes
succeeds
take_hint "$(sed -n 's/.*note: log in again: //p' "$scratch/err")"
log_in
kept "$registry" "$other"

it 'a folder that is closed to its owner'
as_owner=()
((EUID != 0)) || as_owner=("${as_nobody[@]}")
new_home "{\"auths\":{\"$other\":{\"auth\":\"$plain\"}}}"
[ ${#as_owner[@]} -eq 0 ] || chown -R 65534:65534 "$HOME/.docker"
chmod 755 "$scratch" "$scratch/programs" "$HOME"
chmod 000 "$HOME/.docker"
run "${as_owner[@]}" pullsecret doctor -o json
hint_of_finding file-unreadable
follow_by "${as_owner[@]}" sh -c "$command"
run "${as_owner[@]}" pullsecret get "$other" -o password
out_is "$password"
[ ${#as_owner[@]} -eq 0 ] || chown -R 0:0 "$HOME/.docker"

# ---- doctor --fix

# fix_mends FINDING CONFIG: on a terminal, where the question is answered with y.
fix_mends() {
  new_home "$2"
  in_store encryptedfile "$registry"
  doctor
  hint_of_finding "$1"
  expect 'a hint to mend it' grep -q 'pullsecret doctor --fix' <<<"$hint"
  command=$(grep -o 'pullsecret doctor --fix[^`]*' <<<"$hint")
  on_terminal
  mended "$1"
}
inline="\"$other\":{\"auth\":\"$plain\"}"

it 'doctor --fix renames an entry, and takes out what is there twice'
fix_mends entry-spelling "{\"auths\":{\"ftp://$other/v1/\":{\"auth\":\"$plain\"}}}"
kept "$other"
fix_mends entry-twice "{\"auths\":{$inline,\"https://$other\":{\"auth\":\"$plain\"}}}"
kept "$other"

it 'doctor --fix adds the name that Docker Hub goes by'
fix_mends entry-spelling "{\"auths\":{$inline,\"registry-1.docker.io\":{\"auth\":\"$plain\"}}}"
kept "$other" docker.io

it 'doctor --fix mends a line of credHelpers'
fix_mends entry-spelling \
  "{\"auths\":{$inline},\"credHelpers\":{\"https://$registry\":\"encryptedfile\"}}"
kept "$other" "$registry"
fix_mends entry-spelling "{\"credHelpers\":{\" $registry/team/app:1.4\":\"encryptedfile\"}}"
kept "$registry"

it 'a login by the name of a line that Docker takes for just this spelling goes to its helper'
capitals=${other^^}
new_home "{\"credHelpers\":{\"$capitals\":\"encryptedfile\"}}"
doctor
hint_of_finding entry-not-in-store
log_in
mended entry-not-in-store
kept "$capitals"
expect 'nothing in plain text' lacks '"auth":' "$file"
doctor
out_json '[.[] | select(.name == "entry-spelling")] | length' 1
hint_of_finding entry-spelling
on_terminal
doctor
hint_of_finding entry-not-in-store
log_in
kept "$other"
mended entry-not-in-store
expect 'nothing in plain text' lacks '"auth":' "$file"

it 'doctor --fix names a store that has the credential'
fix_mends entry-empty "{\"auths\":{$inline,\"$registry\":{}}}"
kept "$other" "$registry"

it 'doctor --fix replaces a helper that is not there, a prefix, and a store that nobody chose'
fix_mends helper-not-found "{\"auths\":{\"$registry\":{}},\"credsStore\":\"nowhere\"}"
kept "$registry"
fix_mends helper-name-prefix \
  "{\"auths\":{\"$registry\":{}},\"credsStore\":\"docker-credential-encryptedfile\"}"
kept "$registry"
ln -s "$program_folder/docker-credential-secretservice" "$scratch/bin/"
fix_mends default-store '{}'
json_is 'in the config' '"encryptedfile"' .credsStore "$file"

it 'doctor --fix writes a helper right, and moves one that only mints tokens to its registries'
fix_mends helper-misspelled "{\"auths\":{\"$registry\":{}},\"credsStore\":\"Encryptedfile \"}"
kept "$registry"
# It stands in for Amazon's, which asks the network: it has one registry, and no `store`.
ecr=123456789012.dkr.ecr.eu-central-1.amazonaws.com
store ecr-login "{\"$ecr\": [\"AWS\", \"hunter2-ecr\"]}"
fix_mends entry-spelling '{"credHelpers":{"*.dkr.ecr.*.amazonaws.com":"ecr-login"}}'
json_is 'in the config' "{\"$ecr\":\"ecr-login\"}" .credHelpers "$file"
fix_mends helper-read-only "{\"auths\":{\"$registry\":{}},\"credsStore\":\"ecr-login\"}"
run pullsecret get "$ecr" -o password
out_is hunter2-ecr
docker_login "$registry"
kept "$registry"
rm "$scratch/bin/docker-credential-ecr-login"

it 'doctor --fix --use replaces a store that cannot be used'
fix_mends secretservice-no-bus "{\"auths\":{\"$registry\":{}},\"credsStore\":\"secretservice\"}"
kept "$registry"
rm "$scratch/bin/docker-credential-secretservice"

it 'doctor: what it says at its end, also without a terminal'
new_home "{\"auths\":{\"$registry\":{},$inline}}"
run pullsecret doctor
hint_on_standard_error
on_terminal
kept "$other"
new_home "{\"auths\":{\"$registry\":{},$inline}}"
run pullsecret doctor --fix
hint_on_standard_error
follow
kept "$other"

# ---- migrate

it 'doctor: a setting whose name is wrong, or empty, beside credentials in plain text'
for name in '"credStore":"encryptedfile"' '"credsStore":""'; do
  new_home "{\"auths\":{$inline},$name}"
  doctor
  take_hint "$(jq -r 'map(select(.hint | test("STORE")))[0].hint' "$scratch/out")"
  command=${command/STORE/encryptedfile}
  follow
  kept "$other"
  json_is 'in the config' "{\"$other\":{}}" .auths "$file"
done

it 'doctor: plain text beside a store'
new_home "{\"auths\":{$inline},\"credsStore\":\"encryptedfile\"}"
in_store encryptedfile "$registry"
doctor
hint_of_finding entry-plain-text
follow
mended entry-plain-text
kept "$other" "$registry"

it 'doctor: plain text of a path beside a store that has the host, or gets it'
path="\"$registry/team\":{\"auth\":\"$(printf 'team:hunter2-team' | base64 -w 0)\"}"
for host in "\"$registry\":{}" "\"$registry\":{\"auth\":\"$plain\"}" "\"https://$registry/v1/\":{\"auth\":\"$plain\"}"; do
  new_home "{\"auths\":{$path,$host},\"credsStore\":\"encryptedfile\"}"
  in_store encryptedfile "$registry"
  doctor
  expect 'a hint to take it out of the file' grep -q '^take it out of the file' \
    <(jq -r --arg key "$registry/team" '.[] | select(.subject == $key).hint' "$scratch/out")
  jq "del(.auths[\"$registry/team\"])" "$file" >"$file.new" && mv "$file.new" "$file"
  if [ "$host" != "\"$registry\":{}" ]; then
    doctor
    hint_of_finding entry-plain-text
    follow
  fi
  mended entry-plain-text
  kept "$registry"
done

it "doctor: Docker Desktop's helper in colima"
cat >"$scratch/bin/docker-credential-desktop" <<'end'
#!/bin/sh
if [ "$1" = store ]; then
  echo 'Post "http://ipc/registry/credstore-updated": dial unix backend.sock: connect: no such file or directory'
  exit 1
fi
XDG_DATA_HOME=$HOME/desktop exec docker-credential-encryptedfile "$1"
end
chmod +x "$scratch/bin/docker-credential-desktop"
new_home "{\"auths\":{\"$registry\":{}},\"credsStore\":\"desktop\",\"currentContext\":\"default\"}"
XDG_DATA_HOME=$HOME/desktop in_store encryptedfile "$registry"
mended helper-read-only
docker_login "$registry"
err_has 'credstore-updated'
sed -i s/default/colima/ "$file"
doctor
hint_of_finding helper-read-only
follow
mended helper-read-only
sed -i s/colima/default/ "$file"
kept "$registry"
docker_login "$registry"
succeeds
new_home '{"credsStore":"desktop","currentContext":"colima"}'
rm -r "$HOME/desktop"
doctor
hint_of_finding helper-read-only
command='pullsecret doctor --fix'
on_terminal
mended helper-read-only
rm "$scratch/bin/docker-credential-desktop"

it 'migrate: another credential at the new place, and the one or the other is not needed'
another='{"ServerURL":"'$other'","Username":"another","Secret":"hunter2-another"}'
new_home "{\"auths\":{$inline}}"
docker-credential-encryptedfile store <<<"$another"
run pullsecret migrate --to encryptedfile
hint_on_standard_error
follow
run pullsecret migrate --to encryptedfile
succeeds
kept "$other"
new_home "{\"auths\":{$inline},\"credHelpers\":{\"$other\":\"encryptedfile\"}}"
docker-credential-encryptedfile store <<<"$another"
run pullsecret migrate --to inline --registry "$other"
hint_on_standard_error
# Where there is a podman, no empty name is to be written.
if grep -q 'take its line out of credHelpers' <<<"$hint"; then
  jq "del(.credHelpers[\"$other\"])" "$file" >"$file.new"
else
  jq ".credHelpers |= (. + {$(grep -o '"[^"]*": ""' <<<"$hint")})" "$file" >"$file.new"
fi
mv "$file.new" "$file"
kept "$other"

it 'migrate: a store that fails, for which the file stands in'
helper fails <<<'echo it is broken; exit 1'
new_home "{\"auths\":{$inline},\"credsStore\":\"fails\"}"
run pullsecret migrate --from inline --to encryptedfile
hint_on_standard_error
command="pullsecret doctor -o json | jq -er '.[0].hint'"
follow
command=$(grep -o 'pullsecret doctor --fix[^`]*' "$scratch/out")
on_terminal
kept "$other"
run pullsecret migrate --from inline --to encryptedfile
succeeds
kept "$other"

it 'migrate: no place named'
run pullsecret migrate
hint_on_standard_error
command=${command/pass/encryptedfile}
follow

# ---- The environment

it 'a DOCKER_CONFIG that is nowhere, and one in quotes'
new_home "{\"auths\":{$inline}}"
for folder in "$HOME/nowhere/.docker/there" "$file/there"; do
  DOCKER_CONFIG=$folder doctor
  hint_of_finding docker-config-missing
  follow_by env "DOCKER_CONFIG=$folder" sh -c "$command; pullsecret get $other"
done

it 'a DOCKER_AUTH_CONFIG that is outdated, and the file of a variable'
export DOCKER_AUTH_CONFIG="{\"auths\":{\"$other\":{\"auth\":\"eDpodW50ZXIyLW9sZA==\"}}}"
doctor
hint_of_finding environment-overrides
follow_by sh -c "$command; pullsecret get $other -o password"
out_is "$password"
printf '{"auths":{"%s":{"auth":"%s"}}}' "$registry" "$plain" >"$HOME/variable"
export DOCKER_AUTH_CONFIG=$HOME/variable
doctor
hint_of_finding environment-refused
# Its command has double quotes, and no backticks.
follow_by bash -c "$(grep -o 'export DOCKER_AUTH_CONFIG=.*' <<<"$command"); pullsecret get $registry -o password"
out_is "$password"
unset DOCKER_AUTH_CONFIG

it 'a HOME that is not set'
run env -u HOME pullsecret doctor -o json
hint_of_finding home-unset
follow_by env -u HOME sh -c "$command; cd && echo \"\$HOME\""
run env "HOME=$(cat "$scratch/out")" pullsecret doctor -o json
out_json 'any(.[]; .name == "home-unset")' false

it "snap-confined: the config of Docker's snap, by where it is"
snap=$HOME/snap/docker/2963/.docker
mkdir -p "$snap"
in_store encryptedfile "$registry"
echo "{\"auths\":{\"$registry\":{}},\"credsStore\":\"encryptedfile\"}" >"$snap/config.json"
export DOCKER_CONFIG=$snap
doctor
hint_of_finding snap-confined
follow
mended snap-confined
kept "$registry"
unset DOCKER_CONFIG

all_are_followed
finish
