#!/bin/bash
# docker-credential-secretservice on a machine without a desktop: what its manual page tells people to do
# there, with a real gnome-keyring on a bus of dbus-run-session's.
#
# one build: it is about gnome-keyring

# shellcheck source=documents.sh
. "$(dirname "$0")/documents.sh"
need dbus-run-session gnome-keyring-daemon docker-credential-secretservice

unlock='printf %s "$password" | gnome-keyring-daemon --unlock --components=secrets'
store='echo "{\"ServerURL\":\"a.example\",\"Username\":\"u\",\"Secret\":\"hunter2\"}" |
  docker-credential-secretservice store'

# in_session COMMAND...: one line after the other, in one shell. A daemon of the session before may
# still be about to end.
in_session() {
  export XDG_RUNTIME_DIR
  XDG_RUNTIME_DIR=$(mktemp -d "$scratch/run.XXXXXX")
  run dbus-run-session -- bash -c "password=correct
$(printf '%s\n' "$@")"
}

it 'the page has these commands'
for line in '$ dbus-run-session -- bash' "\$ $unlock"; do
  expect "$line in the page" grep -qF -- "$line" <(manual_text docker-credential-secretservice.1)
done

it 'unlocked first, it makes a keyring, and the next session opens it'
in_session "$unlock" "$store"
succeeds
in_session "$unlock" 'echo a.example | docker-credential-secretservice get'
succeeds
out_has '"Secret":"hunter2"'

it 'where something else asked first, it says nothing and unlocks nothing; another session does'
in_session 'docker-credential-secretservice status' "$unlock && echo done" 'docker-credential-secretservice status'
succeeds
same 'the states' "$(grep -oE '"State":"[a-z]*"|^done' "$scratch/out" | xargs)" 'State:locked done State:locked'
in_session "$unlock" 'docker-credential-secretservice status'
out_json .State '"ready"'

finish
