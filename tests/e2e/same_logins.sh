#!/bin/bash
# What Docker could log in to before, it can after, with the same credential: random configs,
# spellings, stores, faults and command lines, judged by docker's own CLI. What it sends goes to a
# stand-in for the daemon. ROUNDS and SEED in the environment try others.
#
# one build: it is about what is chosen

# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
need docker python3 jq pullsecret setpriv

rounds=${ROUNDS:-25}
it "$rounds random migrations and repairs, with faults, leave Docker each login that it had"
ran="random_logins.py ${SEED:-1} $rounds"
timeout 800 python3 "$e2e/random_logins.py" "$scratch" "${SEED:-1}" "$rounds" \
  >"$scratch/out" 2>"$scratch/err"
status=$?
succeeds

finish
