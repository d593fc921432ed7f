#!/bin/bash
# The credential helper protocol: the cases of protocol-cases.json with the three helpers and, side
# by side, with Debian's two. Where those answer differently, the table says how and why.
#
# over libsecret, too
# starts early: it has the most cases

# shellcheck source=secret_service.sh
. "$(dirname "$0")/secret_service.sh"
secretservice=$ours # which is pass from here on
# shellcheck source=pass_cases.sh
. "$e2e/pass_cases.sh"
need python3 jq gnome-keyring-daemon docker-credential-encryptedfile

# empty_keyring: through the service itself, whichever program stored what is in it. A first call that
# overtakes gnome-keyring's record of the caller is repeated: it answers that it knows no such method,
# or nothing.
empty_keyring() {
  local service=/org/freedesktop/secrets api=org.freedesktop.Secret items item
  tell() {
    dbus-send --session --print-reply=literal --reply-timeout=2000 \
      --dest=org.freedesktop.secrets "$@"
  }
  search() {
    until tell "$service" "$api.Service.SearchItems" dict:string:string:docker_cli,1; do
      sleep 0.05
    done
  }
  while items=$(search | grep -Eo "$service/collection/[^ ]+"); do
    for item in $items; do
      tell "$item" "$api.Item.Delete"
    done
  done 2>/dev/null
}
export -f empty_keyring
export password_store

# conforms ours|upstream STORE PROGRAM EMPTY: each case of the table is one of this script.
conforms() {
  local line
  while IFS= read -r line; do
    case $line in
    'ok - '*) it "${line#ok - }" ;;
    'not ok - '*) it "${line#not ok - }" && problem 'it answers otherwise' ;;
    *) problem "$line" ;;
    esac
  done < <(python3 "$e2e/conformance.py" "$e2e/../data/protocol-cases.json" "$@")
  wait "$!" || failed=1
}

# through_route STORE EMPTY: docker-credential-route in front of it; of pass and secretservice with
# `tests/run --all` alone: route_stores.sh has them always.
through_route() {
  mkdir -p ~/.config/docker-credential-route
  printf '{"routes": [{"match": "*", "helper": "%s"}]}' "$1" >~/.config/docker-credential-route/routes.json
  conforms ours "route to $1" "$program_folder/docker-credential-route" "$2"
}

# both STORE EMPTY: our program, and Debian's where it is the version that the differences are of.
both() {
  local version
  conforms ours "$1" "$program_folder/docker-credential-$1" "$2"
  [ ! "$all_rounds" ] || through_route "$1" "$2"
  version=$("/usr/bin/docker-credential-$1" version 2>/dev/null)
  if [ "$version" = 0.6.4 ]; then
    conforms upstream "$1" "/usr/bin/docker-credential-$1" "$2"
  else
    it "upstream $1"
    skip "Debian's 0.6.4 is not installed"
  fi
}

if [ "$on_libsecret" ]; then
  start_bus
  start_keyring
  conforms ours 'secretservice over libsecret' "$secretservice" empty_keyring
  finish
fi

empty_encrypted_file='rm -rf ~/.local/share/docker-credential-encryptedfile'
conforms ours encryptedfile "$program_folder/docker-credential-encryptedfile" \
  "$empty_encrypted_file"
through_route encryptedfile "$empty_encrypted_file"

make_key builder
new_store builder
both pass 'find "$password_store" -mindepth 1 ! -name .gpg-id -delete'

start_bus
start_keyring
both secretservice empty_keyring

finish
