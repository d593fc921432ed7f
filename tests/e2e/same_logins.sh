#!/bin/bash
# What Docker could log in to before, it can after, with the same credential: random configs,
# spellings, stores, faults and command lines, judged by docker's own CLI. What it sends goes to a
# stand-in for the daemon.
#
# one build: it is about what is chosen

# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
need docker python3 jq pullsecret setpriv

rounds=$(rounds 32)
it "$rounds random migrations and repairs, with faults, leave Docker each login that it had"
ran="random_logins.py 1 $rounds"
timeout 800 python3 "$e2e/random_logins.py" "$scratch" "1" "$rounds" \
  >"$scratch/out" 2>"$scratch/err"
status=$?
succeeds

finish
