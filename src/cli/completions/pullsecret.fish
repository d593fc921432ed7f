# Completion for fish. `pullsecret __complete WORD...` prints what can stand for the last word, one
# candidate a line, with a tab and a description, and at last `:0` if files can, too, else `:4`.

function __pullsecret_complete
    set -l words (commandline --tokenize --current-process --cut-at-cursor)
    set -l current (commandline --current-token --cut-at-cursor)
    set -l program $words[1]
    set -e words[1]
    # The program's candidates are for the value of --option=VALUE, and fish's for all of it.
    set -l option (string match --regex -- '^-[^=]*=' "$current")
    for line in ($program __complete $words "$current" 2>/dev/null)
        switch $line
            case :0
                set -l value (string replace -- "$option" '' "$current")
                for file in (__fish_complete_path $value)
                    echo -- "$option$file"
                end
            case ':*'
            case '*'
                echo -- "$option$line"
        end
    end
end

complete --command pullsecret --no-files --arguments '(__pullsecret_complete)'
