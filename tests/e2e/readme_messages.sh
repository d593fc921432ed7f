# shellcheck shell=bash
# The messages of README.md's 'Fixing credsStore errors', and checks that they are what programs
# print.
#
# In that section each line of a ```text block is a message, and the next line `**Fix:** `COMMAND``
# is what mends it.

# shellcheck source=lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

# Each message, the command that stands below it, and whether `shows` looked for it.
messages=()
fixes=()
tried=()

read_readme() {
  local line fix in_block=
  while IFS= read -r line; do
    case $line in
    '```text') in_block=yes ;;
    '```') in_block= ;;
    '**Fix:** `'*'`')
      fix=${line#*\`}
      while ((${#fixes[@]} < ${#messages[@]})); do fixes+=("${fix%\`}"); done
      ;;
    *) [ ! "$in_block" ] || messages+=("$line") ;;
    esac
  done < <(sed '1,/^## Fixing credsStore errors$/d; /^## /,$d' "$e2e/../../README.md")
}
read_readme

# is_printed MESSAGE: on standard error, with anything in the place of each `…`.
is_printed() {
  local pattern
  pattern=$(sed 's/[][\\*?()]/\\&/g; s/…/*/g' <<<"$1")
  # shellcheck disable=SC2053 # a pattern
  [[ $(<"$scratch/err") == *$pattern* ]]
}

# shows PART...: what was run printed a message that README has, and that has one of these parts: its
# words in one release and in another. Sets `fix` to README's command.
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
  expect "a message of README's with: $*" [ "$fix" ]
}

# untried: the messages that no `shows` looked for.
untried() {
  local i
  for i in "${!messages[@]}"; do
    [ "${tried[i]-}" ] || printf '%s\n' "${messages[i]}"
  done
}

# command_below PART: README's command for the message that has it.
command_below() {
  local i
  for i in "${!messages[@]}"; do
    [[ ${messages[i]} != *"$1"* ]] || printf '%s\n' "${fixes[i]}"
  done | head -n 1
}

# on_terminal COMMAND...: where questions are answered with y.
on_terminal() { run python3 "$e2e/on_terminal.py" "$scratch/screen" y -- "$@"; }

# fixed: README's command does it.
fixed() {
  on_terminal bash -c "$fix"
  succeeds
}

# doctor_names FINDING: README's command does.
doctor_names() {
  on_terminal bash -c "$fix"
  status_is 1
  out_has "^problem +$1 "
}
