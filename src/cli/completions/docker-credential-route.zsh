#compdef docker-credential-route
# Completion of docker-credential-route for zsh: its actions, and the hosts and accounts it knows.

local hosts accounts
case $CURRENT:$words[2] in
2:*) compadd init accounts use explain forget status ;;
*:init) compadd -- --undo --yes ;;
3:(accounts|use|explain|forget))
  hosts=(${(f)"$($words[1] accounts 2>/dev/null | cut -d ' ' -f 1)"})
  compadd -- $hosts
  ;;
4:use)
  accounts=(${(f)"$($words[1] accounts $words[3] 2>/dev/null | sed 's/^[^ ]*  //; s/  in use$//')"})
  compadd -- $accounts
  ;;
3:status) compadd -- -o ;;
4:status) compadd json text ;;
esac
