# shellcheck shell=bash
# The messages of man/errors.md, and checks that they are what programs print.
#
# Each line of a ```text block is a message there, and the next line that begins with
# `**Fix:** `COMMAND`` is what mends it.

# shellcheck source=documents.sh
. "$(dirname "${BASH_SOURCE[0]}")/documents.sh"

# Each message of the page, the command that stands below it, and whether `shows` looked for it.
messages=()
fixes=()
tried=()

# read_messages: those of the Markdown on standard input.
read_messages() {
  local line fix in_block=
  messages=()
  fixes=()
  while IFS= read -r line; do
    case $line in
    '```text') in_block=yes ;;
    '```') in_block= ;;
    '**Fix:** `'*'`'*)
      fix=${line#*\`}
      while ((${#fixes[@]} < ${#messages[@]})); do fixes+=("${fix%%\`*}"); done
      ;;
    *) [ ! "$in_block" ] || messages+=("$line") ;;
    esac
  done
}

read_messages <"$errors"

# is_printed MESSAGE: on standard error, with anything in the place of each `…`.
is_printed() {
  local pattern
  pattern=$(sed 's/[][\\*?()]/\\&/g; s/…/*/g' <<<"$1")
  # shellcheck disable=SC2053 # a pattern
  [[ $(<"$scratch/err") == *$pattern* ]]
}

# shows PART...: what was run printed a message that the page has, and that has one of these parts: its
# words in one release and in another. Sets `fix` to the page's command.
shows() {
  local i part
  fix=
  for i in "${!messages[@]}"; do
    for part; do
      [[ ${messages[i]} == *"$part"* ]] || continue
      tried[i]=yes
      ! is_printed "${messages[i]}" || fix=${fixes[i]}
    done
  done
  expect "a message of the page's with: $*" [ "$fix" ]
}

# untried: the messages that no `shows` looked for.
untried() {
  local i
  for i in "${!messages[@]}"; do
    [ "${tried[i]-}" ] || printf '%s\n' "${messages[i]}"
  done
}

# command_below PART: the page's command for the message that has it.
command_below() {
  local i
  for i in "${!messages[@]}"; do
    [[ ${messages[i]} != *"$1"* ]] || printf '%s\n' "${fixes[i]}"
  done | head -n 1
}

# on_terminal COMMAND...: where questions are answered with y.
on_terminal() { typing y -- "$@"; }

# fixed: the page's command does it.
fixed() {
  on_terminal bash -c "$fix"
  succeeds
}

# doctor_names FINDING: the page's command does.
doctor_names() {
  on_terminal bash -c "$fix"
  status_is 1
  out_has "^problem +$1 "
}
