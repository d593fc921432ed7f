#!/bin/bash
# What Docker and skopeo could log in to before, they can after, with the same credential: random
# configs, spellings, stores, faults and command lines, judged by docker's own CLI and by skopeo. What
# docker sends goes to a stand-in for the daemon.
#
# one build: it is about what is chosen

# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
need docker skopeo python3 jq pullsecret setpriv

rounds=$(rounds 32)
it "$rounds random migrations and repairs, with faults, leave Docker and skopeo each login that they had"
ran="random_logins.py 1 $rounds"
timeout 800 python3 "$e2e/random_logins.py" "$scratch" "1" "$rounds" \
  >"$scratch/out" 2>"$scratch/err"
status=$?
succeeds

finish
