#!/bin/bash
# Several docker-credential-pass at once, over the real pass and gpg.
#
# one build: what meets is pass and gpg

# shellcheck source=pass_cases.sh
. "$(dirname "$0")/pass_cases.sh"
make_key builder
new_store builder
rounds=$(rounds 100)

# write_input USERNAME SECRET: what store gets, in $scratch/USERNAME.
write_input() {
  jq -nc --arg user "$1" --arg secret "$2" \
    '{ServerURL: "ghcr.io", Username: $user, Secret: $secret}' >"$scratch/$1"
}

# at_once USERNAME...: stores them side by side; counts in `failures` those that fail.
failures=0
at_once() {
  local user pids=()
  for user; do
    "$ours" store <"$scratch/$user" >>"$scratch/said" 2>&1 &
    pids+=($!)
  done
  for pid in "${pids[@]}"; do wait "$pid" || failures=$((failures + 1)); done
}

# is_one_of USERNAME...: the last answer is one of those that were stored, whole.
is_one_of() {
  local user
  for user; do
    cmp -s <(jq -cS . "$scratch/$user") <(jq -cS . "$scratch/out") && return
  done
  return 1
}

it "two users of one server at once, $rounds rounds: no store fails, and one of the two is there"
write_input alice hunter2-alice
write_input bob hunter2-bob
lost=0
for ((round = 0; round < rounds; round++)); do
  at_once alice bob
  ask "$ours" get ghcr.io
  is_one_of alice bob || lost=$((lost + 1))
done
same 'the stores that failed' "$failures" 0
same 'the rounds that lost both' "$lost" 0
same 'the number of entries' "$(entries | wc -w)" 1
expect 'that nothing was said' [ ! -s "$scratch/said" ]

it 'a get while others store: always one of those that are stored'
write_input carol hunter2-carol
wrong=0
gets=0
others=$(rounds 20)
(for ((round = 0; round < others; round++)); do at_once alice bob carol; done) &
storing=$!
while kill -0 "$storing" 2>/dev/null; do
  ask "$ours" get ghcr.io
  gets=$((gets + 1))
  is_one_of alice bob carol || wrong=$((wrong + 1))
done
same 'the gets that answered anything else' "$wrong" 0
echo "# count - $gets gets during $((3 * others)) stores"

it 'a store and an erase at once: neither fails'
failures=0
for ((round = 0; round < others; round++)); do
  "$ours" erase <<<ghcr.io >>"$scratch/said" 2>&1 &
  erasing=$!
  at_once alice
  wait "$erasing" || failures=$((failures + 1))
done
same 'the calls that failed' "$failures" 0
expect 'that nothing was said' [ ! -s "$scratch/said" ]

finish
