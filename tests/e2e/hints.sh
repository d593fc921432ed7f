# shellcheck shell=bash
# Hints, and what comes of them: a case has a program print its message, takes the command from what
# it printed, and runs it in a shell.

# shellcheck source=lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

# command_in HINT: its first command, which stands in backticks where the hint has other words, too.
command_in() {
  case $1 in
  *\`*\`*)
    local command=${1#*\`}
    printf '%s' "${command%%\`*}"
    ;;
  *) printf '%s' "$1" ;;
  esac
}

# hint_of_finding NAME: sets `hint` to that of the first such finding in doctor's JSON.
hint_of_finding() {
  hint=$(jq -r --arg name "$1" 'map(select(.name == $name))[0].hint // ""' "$scratch/out")
  expect "a hint of the finding $1" [ "$hint" ]
}

# hint_on_standard_error [REGEX]: sets `hint` to the last one there, of those with REGEX.
hint_on_standard_error() {
  hint=$(sed -nE 's/^(pullsecret: |    )hint: //p' "$scratch/err" | grep -E -- "${1-}" | tail -n 1)
  expect "a hint with /${1-}/" [ "$hint" ]
}

# follow [SHELL]: runs the hint's command, as it was printed.
follow() {
  command=$(command_in "$hint")
  run "${1:-sh}" -c "$command"
  succeeds
}

# What sudo(8) does for somebody who may do all of it already. It stands in for the real one, which
# asks for a password.
stand_in_for_sudo() {
  printf '#!/bin/sh\nexec "$@"\n' >"$scratch/bin/sudo"
  chmod +x "$scratch/bin/sudo"
}
