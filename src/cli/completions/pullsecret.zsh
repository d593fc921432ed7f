#compdef pullsecret
# Completion for zsh. `pullsecret __complete WORD...` prints what can stand for the last word, one
# candidate a line, with a tab and a description, and at last `:0` if files can, too, else `:4`.

_pullsecret() {
  local -a lines candidates
  local line
  lines=("${(@f)$("${(Q)words[1]}" __complete "${(@Q)words[2,CURRENT-1]}" "${(Q)PREFIX}" 2>/dev/null)}")
  [[ $PREFIX != -*=* ]] || compset -P 1 '*='
  for line in "${lines[@]}"; do
    case $line in
      :0) _files && return ;;
      :* | '') ;;
      *) candidates+=("${${line%%$'\t'*}//:/\\:}:${line#*$'\t'}") ;;
    esac
  done
  _describe -t values pullsecret candidates
}

# Sourced, it defines the completion; found in $fpath, it is the completion.
if [[ $funcstack[1] == _pullsecret ]]; then
  _pullsecret "$@"
else
  compdef _pullsecret pullsecret
fi
