#!/bin/bash
# How often a helper that hangs is called, however many registries a config names, and that nothing of
# it is left. Of one that works, and one that hangs now and then: tests/unit/cli/cases/helper_calls.txt.

# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
need jq

names="$(jq -nc '[range(100) | {"r\(.).example": {}}] | add')"
asking=('convert' 'doctor' 'doctor --fix --yes')
all=("${asking[@]}" 'convert --all' 'get r7.example' 'doctor --fix --yes --use hang'
  'migrate --to inline' 'migrate --to inline --dry-run' 'migrate --to hang --from inline'
  'migrate --to inline --registry r1.example --registry r2.example')

# costs NUMBER TIMEOUT COMMAND...: `hang` is the script on standard input, which each command calls so
# often at most, of 100 registries, and at least once.
costs() {
  local command called
  { echo 'input=$(cat)' && echo "echo \"\$1 \$input\" >>'$scratch/calls'" && cat; } | helper hang
  for command in "${@:3}"; do
    config "{\"auths\": $names, \"credsStore\": \"hang\"}"
    : >"$scratch/calls"
    # shellcheck disable=SC2086 # the words of a command
    run pullsecret $command --timeout "$2"
    status_is 1
    called=$(wc -l <"$scratch/calls")
    expect "1 to $1 calls, not $called" [ $((called >= 1 && called <= $1)) = 1 ]
    nothing_left
  done
}

it 'a helper that hangs is called twice at most, for 100 registries'
costs 2 0.2 "${all[@]}" <<<'exec sleep 600'

it 'so is one that closes its output, and stays'
costs 2 0.2 "${all[@]}" <<'END'
echo '{"Username": "u", "Secret": "hunter2"}'
exec >&- 2>&-
exec sleep 600
END

it 'and one that floods standard error for ever'
costs 2 0.2 "${asking[@]}" <<<'exec yes noise >&2'

it 'where it stops to answer, what runs is waited for, and one call more'
costs 20 1 "${asking[@]}" <<'END'
[ "$input" = r0.example ] || exec sleep 600
echo '{"Username": "u", "Secret": "hunter2"}'
END

# Each but the first twice: beside others, and alone.
it 'a helper that floods its output costs no more than what it may answer'
costs 200 30 convert doctor <<<'exec yes hunter2'

finish
