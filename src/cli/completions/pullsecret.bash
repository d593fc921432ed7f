# shellcheck shell=bash
# Completion for bash. `pullsecret __complete WORD...` prints what can stand for the last word, one
# candidate a line, with a tab and a description, and at last `:0` if files can, too, else `:4`.

_pullsecret() {
  # bash ends a word at each = and :, which are parts of ours.
  local rest=${COMP_LINE:0:COMP_POINT} piece words=()
  for piece in "${COMP_WORDS[@]:0:COMP_CWORD+1}"; do
    if ((${#words[@]} == 0)) || [[ $rest == [[:space:]]* ]]; then
      words+=('')
      rest=${rest#"${rest%%[![:space:]]*}"}
    fi
    [[ $rest == "$piece"* ]] || piece=$rest
    words[-1]+=$piece
    rest=${rest#"$piece"}
  done

  # What bash puts a candidate in the place of is the last piece alone.
  local value=${words[-1]} before lines line
  [[ $value != -*=* ]] || value=${value#*=}
  [[ $piece != [=:]* ]] || piece=
  before=${value%"$piece"}

  mapfile -t lines < <("$1" __complete "${words[@]:1}" 2>/dev/null)
  COMPREPLY=()
  for line in "${lines[@]}"; do
    line=${line%%$'\t'*}
    if [[ $line == :0 ]]; then
      compopt -o default
    elif [[ $line != :* && $line == "$value"* ]]; then
      COMPREPLY+=("${line#"$before"}")
    fi
  done
}

complete -F _pullsecret pullsecret
