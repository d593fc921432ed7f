# shellcheck shell=bash
# What the scripts about doctor's findings on helpers and stores share.

# shellcheck source=lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
need jq

# A home of this kind is in order but for what the case is about.
chmod 700 "$HOME/.docker"
(umask 077 && : >"$HOME/.docker/config.json")

as_user=() # the words before its command

# doctor: what it finds in the user's config.
doctor() {
  run "${as_user[@]}" pullsecret doctor -o json --timeout "${limit:-30}"
  out_json 'type' '"array"'
}

# finds SEVERITY NAME [MESSAGE [HINT]]: there is such a finding, whose message and hint have these
# regular expressions.
finds() {
  expect "a finding: $*" has_finding "$@"
  [ "$1" != problem ] || status_is 1
}

has_finding() {
  jq -e --arg severity "$1" --arg name "$2" --arg message "${3-}" --arg hint "${4-}" \
    'any(.[]; .severity == $severity and .name == $name and
      (.message | test($message)) and (.hint | test($hint)))' "$scratch/out" >/dev/null
}

# lacks_finding NAME
lacks_finding() { out_json "any(.[]; .name == \"$1\")" false; }

# follows NAME: runs the command that this finding's hint has last, and the finding is gone; what is
# left is no problem.
follows() {
  local command
  command=$(jq -r --arg name "$1" 'map(select(.name == $name))[0].hint
    | [scan("`([^`]*)`")] | last[0] // ""' "$scratch/out")
  expect "a command in the hint of $1" [ "$command" ]
  run bash -c "${command/ --fix/ --fix --yes --timeout ${limit:-30}}"
  succeeds
  doctor
  succeeds
  lacks_finding "$1"
}
