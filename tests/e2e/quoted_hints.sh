#!/bin/bash
# Hints that name a file, a folder, a helper or a registry, where that has a name which a shell would
# take for more than a name. The command is run as it was printed, in sh: it does what the hint says,
# to what it names, and nothing else.
#
# one build: it is about what is said

# shellcheck source=hints.sh
. "$(dirname "$0")/hints.sh"
need jq openssl setpriv

# Each would make a file called `pwned` if it was taken for a command. sh takes $'…', in which a line
# break is printed, for what POSIX said until 2024.
names=("a b'; touch pwned; '" '$(touch pwned)' '-x; touch pwned' '"; touch pwned; "' '~ & touch pwned #')
with_line_break=$'a\ntouch pwned\nb'

# for_each_name: for each name, in a folder that has nothing but what `prepare` makes, `try` is run
# and its hint followed.
for_each_name() {
  local name
  for name in "${names[@]}" "$with_line_break"; do
    ran_in=$(mktemp -d "$scratch/in.XXXXXX")
    cd "$ran_in" || exit 1
    shell='sh'
    [ "$name" != "$with_line_break" ] || shell='bash'
    "$1" "$name"
    expect "nothing called pwned by the name $name: ${command-}" [ ! -e pwned ]
    cd "$HOME" || exit 1
  done
}

# doctor [VARIABLE=VALUE]...: what it finds.
doctor() { run env "$@" pullsecret doctor -o json --timeout 30; }

# finding_is_mended NAME [VARIABLE=VALUE]...: doctor finds it, its hint is followed, and it is gone.
finding_is_mended() {
  doctor "${@:2}"
  hint_of_finding "$1"
  follow
  doctor "${@:2}"
  out_json "any(.[]; .name == \"$1\")" false
}

logged_in='{"auths":{"ghcr.io":{"auth":"dTpodW50ZXIy"}}}'

# docker_folder NAME: Docker's folder, called so.
docker_folder() {
  mkdir -m 700 -- "$1"
  (umask 077 && printf '%s' "$logged_in" >"./$1/config.json")
}

keeps_login() { same 'the config' "$(cat "./$1/config.json")" "$logged_in"; }

# ---- Files and folders

it 'a folder and a file that others may write to'
open_folder() {
  docker_folder "$1"
  chmod go+w "./$1" "./$1/config.json"
  finding_is_mended folder-mode "DOCKER_CONFIG=$1"
  finding_is_mended file-mode "DOCKER_CONFIG=$1"
  keeps_login "$1"
}
for_each_name open_folder

it 'a folder in the place of the file, and a link to itself'
no_file() {
  mkdir -p -- "$1/config.json"
  finding_is_mended file-directory "DOCKER_CONFIG=$1"
  ln -s config.json "./$1/config.json"
  finding_is_mended file-dangling-link "DOCKER_CONFIG=$1"
}
for_each_name no_file

it 'a pipe in the place of the file, a link to a device, and a file that is none'
pipe() {
  mkdir -p -- "$1"
  mkfifo -m 600 "./$1/config.json"
  finding_is_mended file-unreadable "DOCKER_CONFIG=$1"
  ln -s /dev/null "./$1/config.json"
  finding_is_mended file-unreadable "DOCKER_CONFIG=$1"
  expect 'the device' [ -c /dev/null ]
  (umask 077 && head -c 16777217 /dev/zero >"./$1/config.json")
  finding_is_mended file-unreadable "DOCKER_CONFIG=$1"
  expect 'the large file' [ -s "./$1/config.json.large" ]
}
for_each_name pipe

it 'a home without a config.json'
no_config() {
  mkdir -- "$1"
  echo '{"auths":{}}' >auth.json
  run env "HOME=$PWD/$1" REGISTRY_AUTH_FILE=auth.json pullsecret migrate --to inline
  hint_on_standard_error
  follow
  same 'the config' "$(cat "./$1/.docker/config.json")" '{}'
  same 'their modes' "$(stat -c %a "./$1/.docker" "./$1/.docker/config.json" | xargs)" '700 600'
}
for_each_name no_config

it 'a relative folder, and a file in place of a folder'
misplaced() {
  docker_folder "$1"
  doctor "DOCKER_CONFIG=$1"
  hint_of_finding docker-config-relative
  follow_by "$shell" -c "$command && printf '%s' \"\$DOCKER_CONFIG\""
  out_is "$(pwd)/$1"
  doctor "DOCKER_CONFIG=$PWD/$1/config.json"
  hint_of_finding docker-config-missing
  follow_by "$shell" -c "$command && printf '%s' \"\$DOCKER_CONFIG\""
  out_is "$PWD/$1"
}
for_each_name misplaced

it 'a folder and a file of another user'
if [ "$(id -u)" -ne 0 ]; then
  skip 'only root can make one'
else
  stand_in_for_sudo
  chmod 755 "$scratch"
  of_another_user() {
    docker_folder "$1"
    chmod 755 . "./$1"
    run "${as_nobody[@]}" env "DOCKER_CONFIG=$1" pullsecret doctor -o json
    hint_of_finding file-owner
    # sudo's $(id -u) is that of its caller.
    command=${command/'$(id -u):$(id -g)'/65534:65534}
    follow
    run "${as_nobody[@]}" env "DOCKER_CONFIG=$1" pullsecret doctor -o json
    out_json 'any(.[]; .name == "file-owner")' false
    hint_of_finding folder-owner
    command=${command/'$(id -u):$(id -g)'/65534:65534}
    follow
    run "${as_nobody[@]}" env "DOCKER_CONFIG=$1" pullsecret doctor -o json
    succeeds
    out_json 'map(select(.severity != "ok" and .name != "docker-config-relative"))' '[]'
    keeps_login "$1"
    chmod 000 "./$1/config.json"
    run "${as_nobody[@]}" env "DOCKER_CONFIG=$1" pullsecret doctor -o json
    hint_of_finding file-unreadable
    follow_by "${as_nobody[@]}" "$shell" -c "$command"
    run "${as_nobody[@]}" env "DOCKER_CONFIG=$1" pullsecret doctor -o json
    succeeds
    keeps_login "$1"
  }
  for_each_name of_another_user
fi

it "a backup of doctor's that has credentials in plain text"
backup() {
  docker_folder "$1"
  jq -c '.auths["gone.example"] = {}' <<<"$logged_in" >"./$1/config.json"
  run env "DOCKER_CONFIG=$1" pullsecret doctor --fix --yes
  succeeds
  run env "DOCKER_CONFIG=$1" "XDG_DATA_HOME=$PWD/data" "XDG_CONFIG_HOME=$PWD/config" \
    pullsecret migrate --to encryptedfile
  succeeds
  hint_on_standard_error 'plain text'
  follow
  same "what is in Docker's folder" "$(ls -A -- "./$1")" config.json
  run env "DOCKER_CONFIG=$1" "XDG_DATA_HOME=$PWD/data" "XDG_CONFIG_HOME=$PWD/config" \
    pullsecret get ghcr.io -o password
  out_is hunter2
}
for_each_name backup

# ---- Helpers

# folder_with_helper NAME: a helper `here` in a folder called so, which is on PATH.
folder_with_helper() {
  mkdir -p -- "./$1"
  printf '%s\n' '#!/bin/sh' 'cat >/dev/null' '[ "$1" != list ] || exec echo "{}"' \
    'echo credentials not found in native keychain' 'exit 1' >"./$1/docker-credential-here"
  config '{"credsStore":"here"}'
}

it 'a helper that is not executable, or has the line breaks of Windows'
helper_file() {
  folder_with_helper "$1"
  finding_is_mended helper-not-executable "PATH=$PWD/$1:$PATH"
  sed -i 's/$/\r/' "./$1/docker-credential-here"
  finding_is_mended helper-wrong-format "PATH=$PWD/$1:$PATH"
}
for_each_name helper_file

# A link in the real /usr/local/bin would stay on the machine.
it 'a helper that is on PATH in this shell only'
stand_in_for_sudo
linked_helper() {
  folder_with_helper "$1"
  chmod +x "./$1/docker-credential-here"
  doctor "PATH=$PWD/$1:$PATH" SHELL=/bin/sh
  hint_of_finding helper-interactive-only
  link
  rm -r usr-local-bin
  # In the interactive shell only; there it cannot be told where a line of PATH ends.
  [ "$1" != "$with_line_break" ] || return
  printf 'PATH=%q:$PATH\n' "$PWD/$1" >"$HOME/.bashrc"
  doctor SHELL=/bin/bash
  hint_of_finding helper-interactive-only
  link
  rm "$HOME/.bashrc"
}
link() {
  mkdir usr-local-bin
  command=${command//\/usr\/local\/bin\//usr-local-bin/}
  follow
  run usr-local-bin/docker-credential-here list
  out_is '{}'
}
for_each_name linked_helper

it 'a helper of such a name that answers no JSON'
named_helper() {
  case $1 in *[/$'\n']*) return ;; esac
  mkdir bin
  printf '#!/bin/sh\ncat >/dev/null\necho not-json\n' >"bin/docker-credential-$1"
  chmod +x "bin/docker-credential-$1"
  config "$(jq -nc --arg store "$1" '{credsStore: $store}')"
  doctor "PATH=$PWD/bin:$PATH"
  hint_of_finding helper-no-json
  PATH=$PWD/bin:$PATH follow
  out_is not-json
  printf '#!/bin/sh\n[ "$1" = get ] && echo "{\\"Username\\":\\"\\",\\"Secret\\":\\"\\"}" || echo no-list\n' \
    >"bin/docker-credential-$1"
  doctor "PATH=$PWD/bin:$PATH"
  hint_of_finding helper-no-list
  PATH=$PWD/bin:$PATH follow
  out_is no-list
  printf '#!/bin/sh\necho "$1 $(cat)"\nexit 1\n' >"bin/docker-credential-$1"
  PATH=$PWD/bin:$PATH run pullsecret get -- "$1.example"
  hint_on_standard_error
  PATH=$PWD/bin:$PATH follow_by sh -c "$command || true"
  out_is "get $1.example"
}
for_each_name named_helper

# ---- Registries and stores

# It stands in for docker, which would ask the network for such a registry: it says what it is given.
printf '#!/bin/sh\nprintf "<%%s>" "$@"\n' >"$scratch/bin/docker"
chmod +x "$scratch/bin/docker"

it 'a registry to log in to'
registry_to_log_in_to() {
  local key words
  config '{}'
  for key in "$1" "${1// /}"; do
    case $key in
    *[/\ $'\n']*) words='<login><REGISTRY>' ;;
    -*) words="<login><--><$key>" ;;
    *) words="<login><$key>" ;;
    esac
    run pullsecret get -- "$key"
    hint_on_standard_error 'docker login'
    follow
    out_is "$words"
  done
}
for_each_name registry_to_log_in_to
rm "$scratch/bin/docker"

# A store of such a name, over a folder of files.
it 'a store to move a credential to'
store_to_move_to() {
  case $1 in *[/$'\n']*) return ;; esac
  mkdir bin
  ln -s "$program_folder/docker-credential-encryptedfile" "bin/docker-credential-$1"
  export XDG_DATA_HOME=$PWD/data XDG_CONFIG_HOME=$PWD/config
  config "$(jq -nc --arg name "$1" '{auths: {"ghcr.io": {auth: "dTpodW50ZXIy"}}, credsStore: $name}')"
  PATH=$PWD/bin:$PATH
  doctor
  hint_of_finding entry-plain-text
  follow
  json_is 'in the config' '{}' '.auths[]' "$HOME/.docker/config.json"
  doctor
  out_json 'any(.[]; .name == "entry-plain-text")' false
  run pullsecret get -o password ghcr.io
  out_is hunter2
  unset XDG_DATA_HOME XDG_CONFIG_HOME
  PATH=${PATH#"$PWD/bin:"}
}
for_each_name store_to_move_to

# ---- Keys

it 'a key file that is not there, is open to others, or is named for the first time'
key_file() {
  mkdir -p -- "./$1"
  (
    export XDG_DATA_HOME=$PWD/data DOCKER_CREDENTIAL_KEY_FILE=$PWD/$1/key
    run docker-credential-encryptedfile status
    hint_of_status
    follow
    says_of_store docker-credential-encryptedfile ready
    chmod 644 "$DOCKER_CREDENTIAL_KEY_FILE"
    run docker-credential-encryptedfile status
    hint_of_status
    follow
    says_of_store docker-credential-encryptedfile ready
    unset DOCKER_CREDENTIAL_KEY_FILE
    run docker-credential-encryptedfile init
    run docker-credential-encryptedfile rekey --key-file "$PWD/$1/key"
    take_hint "$(sed 's/^docker-credential-encryptedfile: //' "$scratch/err")"
    follow_by "$shell" -c "$command && docker-credential-encryptedfile status"
    out_json .State '"ready"'
    printf '%s\n' "${problems[@]}" >"$scratch/problems"
  )
  mapfile -t -O "${#problems[@]}" problems < <(grep . "$scratch/problems")
}
for_each_name key_file

all_are_followed
finish
