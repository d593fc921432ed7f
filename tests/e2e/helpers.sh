#!/bin/bash
# How helpers are run: sixteen side by side; what the terminal shows meanwhile; and what other users of
# the machine can see. All else is in tests/unit/helper/client_test.cpp.

# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
need jq script

# counting NAME SECONDS: a helper whose calls take that long, and are noted in $scratch/NAME.calls as
# `begin SERVERURL` and `end SERVERURL`.
counting() {
  helper "$1" <<END
server=\$(cat)
echo "begin \$server" >>"$scratch/$1.calls"
sleep $2
echo "end \$server" >>"$scratch/$1.calls"
printf '{"Username": "u", "Secret": "hunter2-%s"}' "\$server"
END
  : >"$scratch/$1.calls"
}

# most_at_once NAME: how many of its calls ran at the same time.
most_at_once() {
  awk '{ running += $1 == "begin" ? 1 : -1; if (running > most) most = running } END { print most }' \
    "$scratch/$1.calls"
}

# registries COUNT HELPER: a config with that many registries in that store.
registries() {
  config "$(jq -nc '$ARGS.positional as [$count, $helper] | {credsStore: $helper,
    auths: [range($count | tonumber) | {"r\(.).example": {}}] | add}' --args "$1" "$2")"
}

# ---- Side by side

it 'at most 16 calls run at once, the first of them alone'
counting many 0.4
registries 33 many
run pullsecret convert
succeeds_quietly
pull_data '.auths | length' 33
same 'the first two events' "$(head -n 2 "$scratch/many.calls" | cut -d ' ' -f 1 | paste -sd ' ')" \
  'begin end'
same 'the most calls at once' "$(most_at_once many)" 16
: >"$scratch/many.calls"
run pullsecret doctor
same 'the most calls at once of the doctor' "$(most_at_once many)" 16

it 'a helper that is ended while it asks for a password leaves the terminal as it was'
helper asking <<'END'
stty -echo </dev/tty
echo asked >/dev/tty
sleep 60
END
config '{"auths":{"a.io":{}},"credsStore":"asking"}'
run script -qec 'pullsecret convert --timeout 0.5; stty -a' /dev/null
out_has '^asked'
out_has 'no answer within 0.5 s'
out_has 'iexten echo'

# ---- On a terminal

# on_terminal TERM ARGUMENT...: runs pullsecret with standard error on such a terminal, whose output is kept
# in $scratch/out; standard output goes to $scratch/data.
on_terminal() {
  # shellcheck disable=SC2016 # for the inner shell
  run env TERM="${1:?}" arguments="${*:2}" data="$scratch/data" \
    script -qec 'exec pullsecret $arguments >"$data"' /dev/null
}

it 'work of more than half a second shows a status line on a terminal, and wipes it'
counting many 0.5
registries 4 many
on_terminal xterm convert
succeeds
out_has 'asking docker-credential-many, [0-3] of 4 answered'
same 'what is left on the line' "$(tr '\r' '\n' <"$scratch/out" | tail -n 1)" $'\033[K'
lacks hunter2 "$scratch/out" || problem 'a secret is on the terminal'
same 'the registries' "$(grep -c hunter2 "$scratch/data")" 0
expect 'a Secret' grep -q '^kind: Secret' "$scratch/data"

it 'quick work shows no status line, and neither does --quiet'
counting many 0.01
on_terminal xterm convert
succeeds
out_is ''
counting many 0.5
on_terminal xterm convert --quiet
succeeds
out_is ''

it 'a terminal that can only print gets no status line'
on_terminal dumb convert
succeeds
out_is ''

it 'without a terminal there is no status line'
run pullsecret convert
succeeds_quietly

# ---- What others can see

# The second call runs while pullsecret holds the secret of the first and those of the file.
it 'no secret is on a command line, in an environment, or in a file of its own'
secret=hunter2-$RANDOM$RANDOM
helper spying <<END
server=\$(cat)
cat /proc/[0-9]*/cmdline /proc/\$\$/environ 2>/dev/null | tr '\0' '\n' >>"$scratch/seen"
find "$HOME" /tmp /var/tmp /dev/shm -maxdepth 2 -newer "$HOME/.docker/config.json" -type f \
  ! -path "$scratch/bin/*" -exec grep -l "$secret" {} + >>"$scratch/files" 2>/dev/null
printf '{"Username": "u", "Secret": "$secret"}'
END
config "{\"auths\": {\"file.example\": {\"username\": \"u\", \"password\": \"$secret\"}, \"a.example\": {},
  \"b.example\": {}}, \"credsStore\": \"spying\"}"
touch -d '1 minute ago' .docker/config.json
run pullsecret convert --jobs 1
succeeds_quietly
pull_data '.auths | map(.password) | unique' "[\"$secret\"]"
expect 'that the helper saw pullsecret' grep -q '^pullsecret$' "$scratch/seen"
same 'what it saw' "$(grep "$secret" "$scratch/seen")" ''
same 'the files it found' "$(cat "$scratch/files")" ''

finish
