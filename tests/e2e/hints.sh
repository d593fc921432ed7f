# shellcheck shell=bash
# Hints, and what comes of them: a case has a program print its message, takes the command from what
# it printed, and runs it in a shell. tests/data/hints.txt says which script follows which hint.

# shellcheck source=lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

table=$e2e/../data/hints.txt
: >"$scratch/followed"

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

# take_hint HINT: sets `hint` and its `command`.
take_hint() {
  hint=$1
  command=$(command_in "$hint")
}

# hint_of_finding NAME: takes that of the first such finding in doctor's JSON.
hint_of_finding() {
  take_hint "$(jq -r --arg name "$1" 'map(select(.name == $name))[0].hint // ""' "$scratch/out")"
  expect "a hint of the finding $1" [ "$hint" ]
}

# hint_of_status: takes that of the first fault in a helper's status.
hint_of_status() {
  take_hint "$(jq -r '.Faults[0].Hint // ""' "$scratch/out")"
  expect 'a hint in the status' [ "$hint" ]
}

# hint_of_helper [FILE]: takes that of a helper's error, which is one line on standard output, or on
# standard error.
hint_of_helper() {
  take_hint "$(sed -n 's/^[^;]*; //p' "$scratch/${1-out}")"
  expect 'a hint in the error' [ "$hint" ]
}

# hint_on_standard_error [REGEX]: takes the last one there, of those with REGEX.
hint_on_standard_error() {
  take_hint "$(sed -nE 's/^(pullsecret: |    )hint: //p' "$scratch/err" |
    grep -E -- "${1-}" | tail -n 1)"
  expect "a hint with /${1-}/" [ "$hint" ]
}

# follow: runs the hint's command, as it was printed, in sh or another shell that $shell names.
follow() { follow_by "${shell:-sh}" -c "$command"; }

# follow_by COMMAND...: follows the hint by COMMAND, where somebody has to add something to what it
# says, such as a password.
follow_by() {
  printf '%s\n' "$hint" >>"$scratch/followed"
  run "$@"
  succeeds
}

# follow_typing ANSWER... -- COMMAND...: the same on a terminal, where the questions get the answers.
follow_typing() { follow_by python3 "$e2e/on_terminal.py" "$scratch/screen" "$@"; }

# all_are_followed: all hints that the table gives this script were.
all_are_followed() {
  local script hint
  it 'all hints that are given to this script are followed'
  while IFS=$'\t' read -r script hint; do
    [ "$script" = "$(basename "$0" .sh)" ] || continue
    expect_followed "$hint"
  done <"$table"
}

# expect_followed STRING: as it stands in the sources, with `{}` or `{name}` for what differs.
expect_followed() {
  local pattern
  pattern=$(sed 's/[][\.*^$]/\\&/g; s/{[a-z]*}/.*/g' <<<"$1")
  grep -q -- "$pattern" "$scratch/followed" || problem "not followed: $1"
}

# What sudo(8) does for somebody who may do all of it already. It stands in for the real one, which
# asks for a password.
stand_in_for_sudo() {
  printf '#!/bin/sh\nexec "$@"\n' >"$scratch/bin/sudo"
  chmod +x "$scratch/bin/sudo"
}
