#!/bin/bash
# Where docker login fails because it cannot write its config, or the store what it keeps: the doctor says
# so before, with docker's words, and what it tells people to do lets them log in. Nothing is written to
# find it out. man/errors.md has docker's message, and a command that does the same.
#
# one build: what docker and podman do

# shellcheck source=own_mounts.sh
. "$(dirname "$0")/own_mounts.sh"
enter_own_mounts "$@"
# shellcheck source=registry_cases.sh
. "$(dirname "$0")/registry_cases.sh"
# shellcheck source=hints.sh
. "$e2e/hints.sh"
# shellcheck source=readme_messages.sh
. "$e2e/readme_messages.sh"
need docker docker-registry htpasswd jq setpriv
[ "$in_own_mounts" ] || bail_out 'no mount namespace is allowed here'

start_registry
chmod 755 "$scratch"
mkdir -m 1777 "$scratch/tmp"
export TMPDIR=$scratch/tmp
file=$HOME/.docker/config.json
plain='{"auths":{"a.example":{"auth":"dTpodW50ZXIy"}}}'
as_user=()
# Other helpers would be Docker's own choice.
only_docker=$scratch/only-docker
mkdir "$only_docker"
ln -s "$(command -v docker)" "$only_docker/"

log_in() { run "${as_user[@]}" env PATH="$PATH" "$@" "$scratch/then-log-in" '' <<<"$password"; }
doctor() { run "${as_user[@]}" env "$@" pullsecret doctor -o json; }

# new_home: an empty one, of who runs docker.
new_home() {
  HOME=$(mktemp -d "$scratch/home.XXXXXX")
  mkdir -m 700 "$HOME/.docker"
  file=$HOME/.docker/config.json
  (umask 077 && config "$plain")
  if ((${#as_user[@]})); then chown -R 65534:65534 "$HOME"; fi
  cd "$HOME" || exit 1
}

# is_told SUBJECT: docker login fails, with a message of the page's, and the doctor finds why, by docker's
# own words, and changes nothing.
is_told() {
  local said before
  log_in "${@:2}"
  status_is 1
  shows 'Error saving credentials: '
  said=$(sed -n 's/^Error saving credentials: //p' "$scratch/err")
  [[ $fix != export* ]] || by_page_logs_in "${@:2}"
  before=$(find "$HOME" -printf '%p %m %s %T@\n' 2>/dev/null)
  doctor "${@:2}"
  status_is 1
  same 'what is there' "$(find "$HOME" -printf '%p %m %s %T@\n' 2>/dev/null)" "$before"
  out_json '[.[] | select(.name == "file-unwritable") | .severity, .subject]' "[\"problem\",\"$1\"]"
  quoted=$(jq -r '.[] | select(.name == "file-unwritable").message' "$scratch/out" | sed 's/^[^`]*`\([^`]*\)`.*/\1/')
  # shellcheck disable=SC2053 # a pattern
  [[ $said == ${quoted/ …: / *: } ]] || problem "docker says: $said; the doctor: $quoted"
  hint_of_finding file-unwritable
}

# Both in one shell: the command that is its argument, and docker login.
cat >"$scratch/then-log-in" <<END
#!/bin/sh
eval "\$1"
PATH=$only_docker
exec docker login -u $user --password-stdin $registry
END
chmod 755 "$scratch/then-log-in"

# following_it_logs_in [VARIABLE=VALUE]...: what the hint says does.
following_it_logs_in() {
  follow_by "${as_user[@]}" env PATH="$PATH" "$@" "$scratch/then-log-in" "$command" <<<"$password"
  out_has 'Login Succeeded'
}

# following_it_stores: what it says about the user's store lets that user log in, and is all.
following_it_stores() {
  follow_by "${as_user[@]}" sh -c "$command"
  run "${as_user[@]}" docker login -u "$user" --password-stdin "$registry" <<<"$password"
  succeeds
  doctor
  succeeds
}

# by_page_logs_in [VARIABLE=VALUE]...: the page's command does.
by_page_logs_in() {
  run "${as_user[@]}" env PATH="$PATH" "$@" "$scratch/then-log-in" "$fix" <<<"$password"
  succeeds
}

it 'the file is mounted by itself'
new_home
printf '%s' "$plain" >"$scratch/mounted.json"
mount_here --bind "$scratch/mounted.json" "$file"
is_told "$file"
out_json '.[] | select(.name == "entry-ok").severity' '"ok"'
following_it_logs_in
run pullsecret migrate --to encryptedfile
fails_with 1 'config.json: device or resource busy' 'hint: it is mounted by itself.*: mount its folder'
expect 'no store to be made' [ ! -e .local/share/docker-credential-encryptedfile ]
umount "$file"

it 'docker logout says nothing of it, and the login is still there'
printf '%s' '{"auths":{"'"$registry"'":{"auth":"dTpodW50ZXIy"}}}' >"$scratch/mounted.json"
mount_here --bind "$scratch/mounted.json" "$file"
run docker logout "$registry"
succeeds
err_is_empty
json_is 'still' '["auth"]' ".auths[\"$registry\"] | keys" "$file"
umount "$file"

it 'what else is wrong is mended once it can be written'
printf '%s' '{"auths":{"ghcr.io":{}},"credsStore":"nowhere"}' >"$scratch/mounted.json"
chmod 600 "$scratch/mounted.json"
mount_here --bind "$scratch/mounted.json" "$file"
run pullsecret doctor -o json
out_has 'once the file can be written: `pullsecret doctor --fix` puts encryptedfile in its place'
run pullsecret doctor --fix --yes
fails_with 1 'config.json: device or resource busy' 'hint: it is mounted by itself.*: mount its folder'
umount "$file"

it 'its folder is mounted read-only'
new_home
mount_here --bind .docker .docker
mount_here -o remount,ro,bind .docker
is_told "$HOME/.docker"
following_it_logs_in
umount .docker

it 'the home folder is mounted read-only'
mkdir -m 755 home
mount_here -t tmpfs -o ro none home
is_told "$HOME/home" HOME="$HOME/home"
following_it_logs_in HOME="$HOME/home"
umount home

it 'one that DOCKER_CONFIG names, such as a Secret, may be meant to be so: nobody has to chmod it'
mkdir data
(umask 022 && printf '%s' "$plain" >data/..config.json && ln -s ..config.json data/config.json)
chmod 1777 data
mount_here --bind data data
mount_here -o remount,ro,bind data
for as_user in '' "${as_nobody[*]}"; do
  ((EUID == 0)) || [ ! "$as_user" ] || continue
  read -ra as_user <<<"$as_user"
  chmod 755 .
  doctor DOCKER_CONFIG="$HOME/data"
  succeeds
  out_json '[.[] | select(.severity != "ok") | .name, .severity]' '["file-unwritable","warning"]'
  out_lacks 'chmod|chown'
  log_in DOCKER_CONFIG="$HOME/data"
  err_has 'read-only file system'
done
as_user=()
umount data

it 'a link to a file on another mount, and one to another folder'
mkdir other
mount_here --bind other other
mv .docker/config.json other/
ln -s ../other/config.json .docker/config.json
is_told "$file"
following_it_logs_in
json_is 'in the file' "[\"$registry\",\"a.example\"]" '.auths | keys' "$file"
expect 'no link' [ ! -L "$file" ]
umount other
mv .docker/config.json other/
ln -s ../other/config.json .docker/config.json
log_in
succeeds
doctor
succeeds

it 'no space is left'
new_home
mount_here -t tmpfs -o size=4k none .docker
cat /dev/zero >.docker/filled 2>/dev/null
rm -f .docker/config.json
is_told "$HOME/.docker"
follow
out_has "$HOME/.docker"
umount .docker

it "Docker's folder is a file, or a link to nothing"
new_home
rm -r .docker && echo old >.docker
is_told "$HOME/.docker"
following_it_logs_in
rm -r .docker && ln -s elsewhere .docker
is_told "$HOME/.docker"
following_it_logs_in
expect 'a config behind the link' [ -s elsewhere/config.json ]

it 'chattr: the file stays as it is, or its folder'
new_home
if chattr +i "$file" 2>/dev/null; then
  stand_in_for_sudo
  is_told "$file"
  following_it_logs_in
  chattr +i .docker
  doctor
  out_json 'any(.[]; .name == "file-unwritable")' true
  hint_of_finding file-unwritable
  follow
  chattr +a "$file"
  doctor
  hint_of_finding file-unwritable
  follow
  doctor
  succeeds
  rm "$scratch/bin/sudo"
else
  skip 'this file system has no such attribute, or it is not allowed'
fi

it 'root without capabilities'
new_home
chmod 555 .docker
as_user=(setpriv --bounding-set=-all)
is_told "$HOME/.docker"
following_it_logs_in
as_user=()

end_case
if can_be_nobody; then
  as_user=("${as_nobody[@]}")

  it 'a folder of mode 0555, with a config and without'
  new_home
  chmod 555 .docker
  is_told "$HOME/.docker"
  following_it_logs_in
  rm .docker/config.json && chmod 555 .docker
  is_told "$HOME/.docker"
  following_it_logs_in

  it 'HOME is /, or not writable, and nobody has logged in yet'
  new_home
  is_told / HOME=/
  expect 'the way by HOME' grep -q '^set HOME' <<<"$hint"
  following_it_logs_in HOME=/
  mkdir closed && chmod 755 closed
  is_told "$HOME/closed" HOME="$HOME/closed"
  following_it_logs_in HOME="$HOME/closed"

  it "another user's file in a sticky folder"
  mkdir sticky && chmod 1777 sticky
  printf '%s' "$plain" >sticky/config.json && chmod 644 sticky/config.json
  is_told "$HOME/sticky/config.json" DOCKER_CONFIG="$HOME/sticky"
  following_it_logs_in
  chown 65534 sticky
  doctor DOCKER_CONFIG="$HOME/sticky"
  out_json 'any(.[]; .name == "file-unwritable")' false
  log_in DOCKER_CONFIG="$HOME/sticky"
  succeeds

  it 'a store that cannot be written to'
  new_home
  run "${as_user[@]}" env HOME="$HOME" docker-credential-encryptedfile init
  succeeds
  (umask 077 && config '{"credsStore":"encryptedfile"}') && chown 65534:65534 "$file"
  data=$HOME/.local/share/docker-credential-encryptedfile
  chmod 500 "$data"
  run "${as_user[@]}" docker login -u "$user" --password-stdin "$registry" <<<"$password"
  status_is 1
  shows 'docker-credential-encryptedfile: nothing may be made in this folder'
  doctor
  status_is 1
  out_json '.[] | select(.name == "encryptedfile-unwritable").severity' '"problem"'
  hint_of_finding encryptedfile-unwritable
  following_it_stores

  it 'a store that is closed to its own user'
  for closed in "$data" "$data/credentials"; do
    chmod 0 "$closed"
    doctor
    status_is 1
    hint_of_finding encryptedfile-unreadable
    follow_by "${as_user[@]}" sh -c "$command"
    doctor
    succeeds
  done

  it 'a lock that is none'
  for kind in mkdir mkfifo 'ln -s nowhere' 'install -m 400 /dev/null'; do
    rm -rf "$data/credentials.lock"*
    # shellcheck disable=SC2086 # words
    "${as_user[@]}" $kind "$data/credentials.lock"
    run "${as_user[@]}" docker login -u "$user" --password-stdin "$registry" <<<"$password"
    status_is 1
    doctor
    status_is 1
    hint_of_finding encryptedfile-unwritable
    following_it_stores
  done
  rm -rf "$data/credentials.lock.old"

  it 'such a store takes the place of no other, and what it has is read'
  chmod 500 "$data"
  doctor
  out_json '[.[] | select(.subject == "'"$registry"'").name]' '["entry-ok"]'
  config '{"credsStore":"nowhere"}'
  run "${as_user[@]}" env PATH="$program_folder:$only_docker" pullsecret doctor --fix --yes
  status_is 1
  same 'credsStore' "$(jq -r .credsStore "$file")" nowhere
  run "${as_user[@]}" env PATH="$program_folder:$only_docker" pullsecret migrate --to encryptedfile
  fails_with 1 'encryptedfile does not work: .*nothing may be made in this folder'
  chmod 700 "$data"
  as_user=()
fi

it 'the encrypted store: where it is not made yet, read-only, or mounted by itself'
new_home
mkdir data
mount_here -t tmpfs -o ro none data
run env XDG_DATA_HOME="$HOME/data" docker-credential-encryptedfile status
out_json '[.State, .Faults[].Kind, .Faults[].Prevents[]]' '["unusable","unwritable","store"]'
run env XDG_CONFIG_HOME="$HOME/data" docker-credential-encryptedfile status
out_json '[.State, .Faults[].Kind]' '["unusable","unwritable"]'
umount data
says_of_store docker-credential-encryptedfile ready
run docker-credential-encryptedfile init
data=.local/share/docker-credential-encryptedfile
mount_here --bind "$data/credentials" "$data/credentials"
says_of_store docker-credential-encryptedfile unusable unwritable
run docker-credential-encryptedfile store <<<'{"ServerURL":"a.example","Username":"u","Secret":"hunter2"}'
status_is 1
umount "$data/credentials"
says_of_store docker-credential-encryptedfile ready

it "another user's folder, which root may write to and does not use"
if ((EUID == 0)); then
  chown 65534 "$data"
  says_of_store docker-credential-encryptedfile unusable unwritable
  run docker-credential-encryptedfile store <<<'{"ServerURL":"a.example","Username":"u","Secret":"hunter2"}'
  status_is 1
else
  skip 'only root can make one'
fi

it "Docker Desktop's helper is gone, and the login stands in the file"
new_home
entries='{"auths":{"'"$registry"'":{"auth":"'$(printf '%s:%s' "$user" "$password" | base64 -w 0)'"}}'
config "$entries"',"credsStore":"desktop"}'
run pullsecret get "$registry"
hint_on_standard_error 'Docker Desktop'
follow_typing y -- bash -c "$command"
run pullsecret get -o password "$registry"
out_is "$password"
run docker login "$registry"
expect 'the login' grep -q 'existing credentials' "$scratch/out" "$scratch/err"

it 'what a line of credHelpers keeps in the file moves when it is asked to'
config "$entries"',"credsStore":"encryptedfile","credHelpers":{"'"$registry"'":""}}'
run pullsecret migrate --to encryptedfile
out_has 'stays: credHelpers names inline for it; --registry'
run pullsecret migrate --to encryptedfile --registry "$registry"
succeeds
json_is 'in the file' '{}' ".auths[\"$registry\"]" "$file"
run pullsecret get -o password "$registry"
out_is "$password"

it 'a username alone is no login: a store is named, and docker login puts one there'
config '{"auths":{"'"$registry"'":{"username":"'$user'"}},"credsStore":"encryptedfile"}'
printf %s "$registry" | docker-credential-encryptedfile erase
doctor
status_is 1
out_json '[.[] | select(.subject == "'"$registry"'").name]' '["entry-not-in-store"]'
hint_of_finding entry-not-in-store
follow_by bash -c "$command --username $user --password-stdin" <<<"$password"
doctor
succeeds

it "a login of buildx's own that has none for its registry"
buildx=$HOME/.docker/buildx/config/$registry@pull
mkdir -p "$buildx"
echo '{}' >"$buildx/config.json"
doctor
succeeds
hint_of_finding buildx-login
follow_by bash -c "PATH=$only_docker; $command --username $user --password-stdin" <<<"$password"
doctor
out_json '[.[] | select(.name == "buildx-login").severity]' '["ok"]'
run pullsecret convert --image "$registry/acme/app"
succeeds
pull_data '.auths | keys' "[\"$registry\"]"

it 'podman login writes its own file'
new_home
rm -r .docker
mkdir -p .config/containers
printf '%s' "$plain" >.config/containers/auth.json
chmod 600 .config/containers/auth.json
mount_here --bind .config/containers/auth.json .config/containers/auth.json
doctor
status_is 1
out_json '.[] | select(.name == "file-unwritable") | .message | test("podman login and logout fail with `rename …: device or resource busy`")' true
hint_of_finding file-unwritable
if command -v podman >/dev/null; then
  run podman login --tls-verify=false --authfile .config/containers/auth.json -u "$user" --password-stdin "$registry" <<<"$password"
  status_is 125
  err_has 'rename .*: device or resource busy'
fi
command="$(command_in "in this shell: ${hint##*in this shell: }"); podman login --tls-verify=false -u $user --password-stdin $registry"
if command -v podman >/dev/null; then follow_by bash -c "$command" <<<"$password"; fi
umount .config/containers/auth.json

all_are_followed
finish
