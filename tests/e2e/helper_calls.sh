#!/bin/bash
# How often a helper is called, however many registries a config names. The stand-ins here count
# their calls: nothing hangs on the clock.

# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
need jq

calls=$scratch/calls

# counting NAME: a helper that notes each call, and how many of its kind run meanwhile; then it does
# what the script on standard input says, with $input.
counting() {
  mkdir -p "$scratch/running"
  helper "$1" <<END
input=\$(cat)
echo "\$1 \$input" >>"$calls"
: >"$scratch/running/\$\$"
$(cat)
END
}

# names COUNT HELPER: a config of that many registries, whose credentials are in the helper.
names() {
  config "$(jq -nc --argjson count "$1" --arg helper "$2" \
    '{auths: ([range($count) | {"r\(.).example": {}}] | add), credsStore: $helper}')"
}

# counted COMMAND...: runs it, and sets `called` to how many calls that took.
counted() {
  rm -f "$calls" "$scratch/at_once"
  run "$@"
  called=0
  [ ! -f "$calls" ] || called=$(wc -l <"$calls")
}

takes_calls() { expect "at most $1 calls, not $called" [ "$called" -le "$1" ]; }
asks_nothing_twice() { same 'what was asked twice' "$(sort "$calls" | uniq -d)" ''; }

# ---- Of one that works

counting empty <<END
sleep 0.2
ls "$scratch/running" | wc -l >>"$scratch/at_once"
rm "$scratch/running/\$\$"
case \$1 in
list) echo '{}' ;;
get) echo 'credentials not found in native keychain' && exit 1 ;;
esac
END

it 'the doctor asks what convert asks, once, and for version and list'
names 30 empty
counted pullsecret convert -q
status_is 1
converting=$called
asks_nothing_twice
counted pullsecret doctor -q
status_is 1
asks_nothing_twice
takes_calls $((converting + 2))

it 'side by side'
most=$(sort -n "$scratch/at_once" | tail -n 1)
expect "more than 8 calls at once, not $most" [ "$most" -gt 8 ]
expect "no more than 16 calls at once, not $most" [ "$most" -le 16 ]

it '--fix asks nothing again in any of its rounds'
counted pullsecret doctor --fix --yes -q
succeeds
asks_nothing_twice
takes_calls $((converting + 3))
json_is 'what is left' '{}' '.auths' "$HOME/.docker/config.json"

it 'two spellings of a registry are not asked for twice'
config '{"auths": {"ghcr.io": {}, "https://ghcr.io": {}, "https://ghcr.io/v1/": {}}, "credsStore": "empty"}'
for command in convert doctor; do
  counted pullsecret "$command" -q
  status_is 1
  asks_nothing_twice
done

# ---- Of one that hangs

# costs_two_calls: whatever asks `hang`, fails after no more.
costs_two_calls() {
  local command
  for command in convert 'convert --all' 'get r7.example' doctor 'doctor --fix --yes' \
    'doctor --fix --yes --use hang' 'migrate --to inline' 'migrate --to inline --dry-run' \
    'migrate --to hang --from inline' 'migrate --to inline --registry r1.example --registry r2.example'; do
    names 100 hang
    # shellcheck disable=SC2086 # the words of a command
    counted pullsecret $command --timeout 0.5
    status_is 1
    takes_calls 2
    expect 'a call' [ "$called" -ge 1 ]
    nothing_left
  done
}

it 'a helper that hangs is called twice at most, for 100 registries'
counting hang <<<'exec sleep 600'
costs_two_calls

it 'so is one that closes its output, and stays'
counting hang <<'END'
echo '{"Username": "u", "Secret": "hunter2"}'
exec >&- 2>&-
exec sleep 600
END
costs_two_calls

it 'and one that floods standard error for ever'
counting hang <<<'exec yes noise >&2'
costs_two_calls

it 'where it hangs for one registry, it is asked for all others'
counting partly <<'END'
[ "$input" != r3.example ] || exec sleep 600
echo '{"Username": "u", "Secret": "hunter2"}'
END
names 100 partly
counted pullsecret convert --timeout 2 --skip-unresolved
succeeds
err_has 'r3\.example: left out: .*no answer within 2 s'
pull_data '.auths | length' 99
takes_calls 101

it 'where it stops to answer, what runs is waited for, and one call more'
counting dying <<'END'
[ "$input" = r0.example ] || exec sleep 600
echo '{"Username": "u", "Secret": "hunter2"}'
END
names 100 dying
for command in convert doctor 'doctor --fix --yes'; do
  # shellcheck disable=SC2086
  counted pullsecret $command --timeout 1
  status_is 1
  takes_calls 20
  nothing_left
done

it 'where list alone hangs, the doctor says so, and tries it once'
counting listless <<'END'
[ "$1" != list ] || exec sleep 600
echo '{"Username": "u", "Secret": "hunter2"}'
END
names 3 listless
counted pullsecret doctor --timeout 1
succeeds
out_has 'helper-no-list'
same 'the calls of list' "$(grep -c '^list' "$calls")" 1

it 'a helper that floods its output costs no more than what it may answer'
counting flood <<<'exec yes hunter2'
names 100 flood
for command in convert doctor; do
  counted pullsecret "$command"
  status_is 1
  takes_calls 200 # each but the first twice: beside others, and alone
  nothing_left
done

finish
