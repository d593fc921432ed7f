# shellcheck shell=bash
# Completion of docker-credential-route for bash: its actions, and the hosts and accounts it knows.

_docker_credential_route() {
  local words=() word
  case $COMP_CWORD:${COMP_WORDS[1]} in
  1:*) words=(init accounts use explain forget status) ;;
  *:init) words=(--undo --yes) ;;
  2:accounts | 2:use | 2:explain | 2:forget)
    mapfile -t words < <("$1" accounts 2>/dev/null | cut -d ' ' -f 1 | uniq)
    ;;
  3:use) mapfile -t words < <("$1" accounts "${COMP_WORDS[2]}" 2>/dev/null | sed 's/^[^ ]*  //; s/  in use$//') ;;
  2:status) words=(-o) ;;
  3:status) words=(json text) ;;
  esac
  COMPREPLY=()
  for word in "${words[@]}"; do
    [[ $word != "$2"* ]] || COMPREPLY+=("$(printf %q "$word")")
  done
}

complete -F _docker_credential_route docker-credential-route
