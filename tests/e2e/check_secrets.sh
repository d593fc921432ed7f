#!/bin/bash
# What others on the machine can see of check's secrets while it works: nothing in the argument list,
# the environment and the files of its one process.

# shellcheck source=check_cases.sh
. "$(dirname "$0")/check_cases.sh"
need jq python3

start_hostile registry
start_hostile tokens
image=${at[registry]}/acme/app:1
secret=hunter2-seen
entries "{\"${at[registry]}\": $(entry "$user" "$secret")}"
export TMPDIR=$scratch/tmp
mkdir "$TMPDIR"
touch "$scratch/before"

# check_until_asked NAME FILTER: check runs while a server keeps it waiting for an answer to what FILTER
# finds in its log. Sets `process`.
check_until_asked() {
  pullsecret check "$scratch/secret.yaml" --timeout 20 --image "$image" -o json >"$scratch/out" 2>"$scratch/err" &
  process=$!
  log=$scratch/$1 filter=$2
  wait_until is_asked || problem "not asked: $(<"$log")"
}
is_asked() { [ "$(jq -s "any(.[]; $filter)" "$log")" = true ]; }

# end_check: without waiting for the answer.
end_check() {
  kill "$process"
  wait "$process" 2>/dev/null
}

# shows_nothing: of the password and the token.
shows_nothing() {
  local file
  same 'the program' "$(basename "$(readlink "/proc/$process/exe")")" pullsecret-check
  same 'its children' "$(pgrep -P "$process")" ''
  for file in cmdline environ comm; do
    # What may not even be read shows nothing.
    expect "no secret in $file" lacks \
      "hunter2|$(printf %s "$user:$secret" | base64 | cut -c 1-16)" "/proc/$process/$file"
  done
  same 'the files that they wrote' "$(find "$HOME" "$TMPDIR" -newer "$scratch/before" -type f)" ''
}

it 'the scan finds a secret in an argument list and an environment'
env planted=hunter2 sleep 20 &
wait_until "grep -qsz planted /proc/$!/environ"
expect 'it in the environment' grep -aq hunter2 "/proc/$!/environ"
kill $!

it 'while the registry is asked with a password'
behaves registry '{"manifest": ["silent"]}'
check_until_asked registry '.knows'
shows_nothing
end_check

it 'while the token server is asked with a password'
behaves registry "{\"v2\": [\"bearer\", \"http://${at[tokens]}/token\"]}"
behaves tokens '{"token": ["silent"]}'
check_until_asked tokens '.knows'
shows_nothing
end_check

it 'while the registry is asked with a token'
behaves registry "{\"v2\": [\"bearer\", \"http://${at[tokens]}/token\"], \"manifest\": [\"silent\"]}"
behaves tokens '{"token": ["token", "hunter2-token"]}'
check_until_asked registry '.knows'
shows_nothing
end_check

it 'nobody reads its memory, and a signal ends it'
behaves registry '{"manifest": ["silent"]}'
check_until_asked registry '.knows'
# The kernel gives the files of what it dumps no core of, and lets nobody attach to, to root.
same 'whose its memory is' "$(stat -c %u "/proc/$process/mem")" 0
kill -TERM "$process"
wait "$process" 2>/dev/null
same 'its exit status' $? 143

finish
