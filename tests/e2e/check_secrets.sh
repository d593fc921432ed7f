#!/bin/bash
# What others on the machine can see of check's secrets while it works: nothing in the argument list,
# the environment and the files of either program.

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
# finds in its log. Sets `processes`.
check_until_asked() {
  pullsecret check "$scratch/secret.yaml" --timeout 20 --image "$image" -o json >"$scratch/out" 2>"$scratch/err" &
  processes=$!
  log=$scratch/$1 filter=$2
  wait_until is_asked || problem "not asked: $(<"$log")"
  processes+=" $(pgrep -P "$processes")"
}
is_asked() { [ "$(jq -s "any(.[]; $filter)" "$log")" = true ]; }

# end_check: without waiting for the answer.
end_check() {
  # shellcheck disable=SC2086 # words
  kill $processes
  wait "${processes%% *}" 2>/dev/null
}

# shows_nothing: of the password and the token.
shows_nothing() {
  local process file
  same 'the programs' "$(wc -w <<<"$processes")" 2
  for process in $processes; do
    for file in cmdline environ comm; do
      # What may not even be read shows nothing.
      expect "no secret in $file of $process" lacks \
        "hunter2|$(printf %s "$user:$secret" | base64 | cut -c 1-16)" "/proc/$process/$file"
    done
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

it 'the HTTP program ends with the program that started it'
behaves registry '{"manifest": ["silent"]}'
check_until_asked registry '.knows'
{ kill -KILL "${processes%% *}" && wait "${processes%% *}"; } 2>/dev/null
http_program=${processes##* }
has_ended() { [ ! -d "/proc/$http_program" ]; }
wait_until has_ended 5 || problem 'it still runs'

finish
