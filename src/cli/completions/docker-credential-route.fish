# Completion of docker-credential-route for fish: its actions, and the hosts and accounts it knows.

function __docker_credential_route_words
    set -l words (commandline -opc)
    switch (count $words):"$words[2]"
        case '1:*'
            printf '%s\n' init accounts use explain forget status
        case '*:init'
            printf '%s\n' --undo --yes
        case 2:accounts 2:use 2:explain 2:forget
            docker-credential-route accounts 2>/dev/null | cut -d ' ' -f 1
        case 3:use
            docker-credential-route accounts $words[3] 2>/dev/null | string replace -r '^[^ ]*  ' '' | string replace -r '  in use$' ''
        case 2:status
            echo -- -o
        case 3:status
            printf '%s\n' json text
    end
end

complete -c docker-credential-route -f -a '(__docker_credential_route_words)'
