#!/bin/bash
# Input that is in the way of who may not read it, helpers that leave processes, and outputs that take
# nothing: each gets its clear error, in bounded time. All else that is broken or hostile is in
# tests/unit/cli/cases/hostile.txt.

# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=own_mounts.sh
. "$(dirname "$0")/own_mounts.sh"
need jq

it 'a config file that may not be read'
config '{"auths": {"ghcr.io": {"auth": "dTpodW50ZXIy"}}}'
chmod 000 "$HOME/.docker/config.json"
chmod 755 "$scratch" "$HOME" "$HOME/.docker"
((EUID == 0)) || as_nobody=()
if "${as_nobody[@]}" pullsecret --version >/dev/null 2>&1; then
  run "${as_nobody[@]}" pullsecret convert
  fails_with 1 '\.docker/config\.json: permission denied'
else
  skip 'the user nobody may not run the installed program'
fi
chmod 600 "$HOME/.docker/config.json"

# ---- Helpers

config '{"auths": {"a.io": {}}, "credsStore": "hostile"}'

# hangs: the helper `hostile` is the shell script on standard input; it and all it started are ended.
hangs() {
  helper hostile
  run pullsecret convert --timeout 1
  fails_with 1 '^  a\.io: docker-credential-hostile get: no answer within 1 s' 'hint: .*--timeout'
  nothing_left
}

it 'a helper that ignores SIGTERM and hangs is ended after --timeout'
hangs <<'END'
trap '' TERM INT HUP
while :; do sleep 1; done
END

it 'a helper that forks and hangs is ended with everything it started'
hangs <<'END'
sleep 600 &
setsid sleep 600 &
setsid sh -c 'setsid sleep 600 & (sleep 600 &) & exit' </dev/null >/dev/null 2>&1 &
(setsid sh -c 'while :; do sleep 1; done' &)
sleep 600
END

it 'a helper that goes on forking is ended'
hangs <<'END'
while :; do setsid sleep 5 & sleep 0.01; done
END

it 'a helper that floods its output'
helper hostile <<<'exec yes hunter2'
run pullsecret convert
fails_with 1 'larger than 1 MiB'
nothing_left

it 'a helper that leaves an agent running, which holds its output open, has answered'
helper hostile <<'END'
setsid sleep 600 &
echo '{"Username": "u", "Secret": "hunter2"}'
END
run pullsecret convert --timeout 5
succeeds_quietly
find_left
same 'the processes left' "${#left[@]}" 1
kill "${left[@]}"

# ---- Where the output goes

config '{"auths": {"ghcr.io": {"auth": "dTpodW50ZXIy"}}}'

it '--output-file on a full disk leaves the file that was there, and nothing beside it'
# shellcheck disable=SC2016 # for the inner shell
on_full_disk='mkdir full && mount -t tmpfs -o size=16k,mode=755 none full || exit
  echo old >full/secret.yaml; cat /dev/zero >full/filler 2>/dev/null
  pullsecret convert --output-file full/secret.yaml; status=$?
  cat full/secret.yaml >contents; ls -A full >names; exit $status'
if run_in_own_mounts sh -c "$on_full_disk"; then
  fails_with 1 'secret\.yaml: no space left on device'
  same 'the file' "$(cat contents)" old
  same 'the files in the folder' "$(paste -sd ' ' names)" 'filler secret.yaml'
fi

it 'a file that may not grow so large is left as it was, and that is an error'
echo old >secret.yaml
run bash -c '(ulimit -f 0; pullsecret convert --output-file secret.yaml) 2>&1 | cat'
out_has '^pullsecret: error: secret.yaml: file too large$'
same 'the file' "$(cat secret.yaml)" old
same 'the files' "$(find . -name '.secret.yaml.*')" ''

it 'standard output on a full disk'
run sh -c 'exec pullsecret convert >/dev/full'
fails_with 1 'standard output: no space left on device'

it 'standard output closed'
run sh -c 'exec pullsecret convert >&-'
fails_with 1 'standard output: '

it 'standard output and standard error closed'
run sh -c 'exec pullsecret convert >&- 2>&-'
status_is 1

it 'a reader of standard output that went away'
config "$(jq -nc '{auths: [range(2000) | {"r\(.).io": {auth: "dTpodW50ZXIy"}}] | add}')"
run bash -c 'pullsecret convert -o config | true; exit "${PIPESTATUS[0]}"'
fails_with 1 'standard output: broken pipe'

finish
