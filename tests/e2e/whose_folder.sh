#!/bin/bash
# Whose folder root changes files in, and as whom; and that somebody who exchanges folders meanwhile
# gets nothing of root's. The other user is nobody.
#
# one build: it is about what is said

# shellcheck source=hints.sh
. "$(dirname "$0")/hints.sh"
need jq python3

can_be_nobody || finish
theirs=$scratch/theirs
file=$theirs/.docker/config.json

# their_config JSON: the other user's config.
their_config() {
  rm -rf "$theirs"
  mkdir -p "$theirs/.docker"
  echo "$1" >"$file"
  chmod 700 "$theirs/.docker"
  chmod 640 "$file"
  chown -R 65534:65534 "$theirs"
}
owner() { stat -c %u:%g:%a "$1"; }
set_hooks() { run env "${@:2}" pullsecret doctor --hooks "$1"; }

# sudo(8), without asking for a password.
cat >"$scratch/bin/sudo" <<'SUDO'
#!/bin/sh
[ "$1" = -u ] || exec "$@"
user=$2
shift 2
exec setpriv --reuid="$user" --regid="$(id -g "$user")" --clear-groups "$@"
SUDO
chmod +x "$scratch/bin/sudo"

# ---- The rule

it "another user's folder is not root's to change; the hint does it"
their_config '{}'
before=$(owner "$file")
set_hooks on HOME="$theirs"
fails_with 1 "error: $theirs/.docker: a folder of nobody; root changes no file in another user's folder"
same 'the file' "$(cat "$file")" '{}'
hint_on_standard_error 'sudo -u'
follow
same 'the plugin' "$(jq -r '.features.hooks' "$file")" true
same 'the owner' "$(owner "$file")" "$before"
for command in 'doctor --fix --yes' 'migrate --to inline'; do
  their_config '{"credsStore": "encryptedfile", "auths": {"ghcr.io": {}, "GHCR.IO": {}}}'
  # shellcheck disable=SC2086 # words
  run env HOME="$theirs" pullsecret $command
  [ "$command" != 'doctor --fix --yes' ] ||
    err_has "$theirs/.docker: a folder of nobody; root changes no file in another user's folder"
  same 'the owner' "$(owner "$file")" "$before"
  same 'the files' "$(ls -A "$theirs/.docker")" config.json
done

it "in the folder of the user who called sudo, the file stays theirs"
their_config '{}'
set_hooks on HOME="$theirs" SUDO_UID=65534
succeeds
same 'the owner' "$(owner "$file")" "$before"
rm -r "$theirs/.docker"
set_hooks on HOME="$theirs" SUDO_UID=65534
succeeds
same 'the owner of the new file' "$(owner "$file")" 65534:65534:600
same 'the owner of the new folder' "$(owner "$theirs/.docker")" 65534:65534:700
set_hooks off HOME="$theirs" SUDO_UID=1
fails_with 1 'a folder of nobody'

it "what asks stores for sudo's caller is left to that user, whose stores they are"
for command in 'migrate --to encryptedfile' 'doctor --fix --yes'; do
  # shellcheck disable=SC2086 # words
  run env HOME="$theirs" SUDO_UID=65534 pullsecret $command --config "$file"
  fails_with 1 "whose stores are not root's" "hint: \`sudo -u nobody pullsecret $command"
done
rm -r "$theirs/.docker"
run env HOME="$theirs" SUDO_UID=65534 pullsecret doctor --fix --yes
fails_with 1 "whose stores are not root's"
set_hooks on HOME="$theirs" SUDO_UID=65534

it "a file of root's in the folder of sudo's caller; the hint does it"
chown 0:0 "$file"
chmod 600 "$file"
set_hooks off HOME="$theirs" SUDO_UID=65534
fails_with 1 "error: $file: it belongs to root, in a folder of nobody"
hint_on_standard_error 'sudo chown'
follow
set_hooks off HOME="$theirs" SUDO_UID=65534
succeeds

it 'a file that is named below the home of its owner is changed as that user'
if unshare --mount true 2>/dev/null; then
  their_config '{}'
  sed "s,^nobody:.*,nobody:x:65534:65534::$theirs:/bin/sh," /etc/passwd >"$scratch/passwd"
  in_home() {
    # shellcheck disable=SC2016 # the inner shell's
    run unshare --mount bash -c 'mount --bind "$0/passwd" /etc/passwd && exec "$@"' "$scratch" "$@"
  }
  in_home pullsecret doctor --hooks on --config "$file"
  succeeds
  same 'the owner' "$(owner "$file")" "$before"
  in_home env DOCKER_CONFIG="$theirs/.docker" pullsecret doctor --hooks off
  fails_with 1 'a folder of nobody'
  mkdir "$scratch/elsewhere"
  cp "$file" "$scratch/elsewhere"
  chown -R 65534:65534 "$scratch/elsewhere"
  in_home pullsecret doctor --hooks off --config "$scratch/elsewhere/config.json"
  fails_with 1 'a folder of nobody'
else
  skip 'there are no mount namespaces here'
fi

it 'a folder that others may write to; the hint does it'
config '{}'
chmod 777 "$HOME/.docker"
set_hooks on
fails_with 1 "error: $HOME/.docker: others may write to this folder \\(mode 0777\\)"
hint_on_standard_error 'chmod go-w'
follow
set_hooks on
succeeds
mkdir -m 1777 "$scratch/sticky"
echo '{}' >"$scratch/sticky/config.json"
set_hooks on DOCKER_CONFIG="$scratch/sticky"
succeeds
chown 65534 "$scratch/sticky/config.json"
set_hooks off DOCKER_CONFIG="$scratch/sticky"
fails_with 1 "error: $scratch/sticky: others may write"

it 'a relative folder is taken from where the program is started'
mkdir "$scratch/there"
cd "$scratch/there" || exit 1
set_hooks on DOCKER_CONFIG=relative/docker
succeeds
expect 'the config' [ -f relative/docker/config.json ]
echo '{"auths": {"ghcr.io": {"auth": "dTpodW50ZXIy"}}}' >relative/docker/config.json
run env DOCKER_CONFIG=relative/docker pullsecret doctor --fix --yes
succeeds
run env HOME=home DOCKER_CONFIG=relative/docker pullsecret migrate --to encryptedfile
succeeds
run env HOME=home docker-credential-encryptedfile get <<<ghcr.io
out_json .Username '"u"'
same 'the folder' "$(stat -c %a home/.local)" 700
cd "$HOME" || exit 1

# ---- Folders that are exchanged meanwhile

roots=$scratch/roots
mkdir -m 711 "$roots"
rounds=$(rounds 300)
secret=dTpodW50ZXIyLW9mLXJvb3Q=

# races NAME COMMAND...: root runs it again and again, while the owner of the folder exchanges it for a
# link to root's own. A word @ is on and off in turns.
races() {
  it "$1: what is root's stays root's while folders are exchanged"
  shift
  their_config '{}'
  exec 4<"$theirs/.docker" # the folder itself, by whichever name
  "${as_nobody[@]}" ln -s "$roots" "$theirs/x"
  mkfifo "$scratch/end"
  "${as_nobody[@]}" python3 "$e2e/exchange_folders.py" "$theirs/.docker" "$theirs/x" <"$scratch/end" &
  local racer=$! round lost=0 leaked=0
  exec 3>"$scratch/end"
  for ((round = 0; round < rounds; ++round)); do
    echo '{"auths": {"ghcr.io": {}, "GHCR.IO": {}}, "credsStore": "encryptedfile"}' \
      >"/proc/$$/fd/4/config.json"
    chown 65534:65534 "/proc/$$/fd/4/config.json"
    echo "{\"auths\": {\"quay.io\": {\"auth\": \"$secret\"}, \"QUAY.IO\": {},
      \"a.example\": {\"auth\": \"dTpodW50ZXIy\"}}}" >"$roots/config.json"
    chown 0:0 "$roots/config.json"
    "${@/@/$( ((round % 2)) && echo on || echo off)}" >"$scratch/out" 2>"$scratch/err"
    [ "$(stat -c %u:%g "$roots/config.json")" = 0:0 ] || lost=$((lost + 1))
    ! grep -rqF "$secret" "/proc/$$/fd/4/" || leaked=$((leaked + 1))
    find "$roots/" "/proc/$$/fd/4/" -name '*config.json?*' -delete
  done
  exec 3>&- 4>&-
  wait $racer
  rm "$scratch/end"
  same "runs of $rounds after which root's file was another's" $lost 0
  same "runs of $rounds after which root's password was in the other's folder" $leaked 0
}
races 'doctor --hooks' env HOME="$theirs" pullsecret doctor --hooks @
races 'doctor --fix' env HOME="$theirs" pullsecret doctor --fix --yes
races 'migrate --config' pullsecret migrate --to encryptedfile --registry a.example --config "$file"
races "for sudo's caller" env SUDO_UID=65534 HOME="$theirs" pullsecret doctor --hooks @

all_are_followed
finish
