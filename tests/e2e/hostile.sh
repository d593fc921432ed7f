#!/bin/bash
# Input that is broken, hostile or in the way: each gets its clear error, in bounded time, with
# nothing on standard output.

# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=own_mounts.sh
. "$(dirname "$0")/own_mounts.sh"
need jq
data=$e2e/../data

# ---- The config file

it 'no config file at all: the places that were looked at are named'
run pullsecret convert
fails_with 1 '\.docker/config\.json' '\.dockercfg' 'hint: .*docker login'

it 'a named config file that does not exist'
run pullsecret convert --config absent.json
fails_with 1 'absent\.json: no such file'

it 'a config file that may not be read'
config '{"auths": {"ghcr.io": {"auth": "dTpodW50ZXIy"}}}'
chmod 000 "$HOME/.docker/config.json"
as_nobody=()
if ((EUID == 0)); then
  as_nobody=(setpriv --reuid=65534 --regid=65534 --clear-groups)
  chmod 755 "$scratch" "$HOME" "$HOME/.docker"
fi
if "${as_nobody[@]}" pullsecret --version >/dev/null 2>&1; then
  run "${as_nobody[@]}" pullsecret convert
  fails_with 1 '\.docker/config\.json: permission denied'
else
  skip 'the user nobody may not run the installed program'
fi
chmod 600 "$HOME/.docker/config.json"

it 'a folder in place of the config file'
mkdir -p folder/config.json
run env DOCKER_CONFIG="$HOME/folder" pullsecret convert
fails_with 1 'folder/config\.json: .*directory'

it 'a config file of more than 16 MiB'
truncate -s $((16 * 1024 * 1024 + 1)) huge.json
run pullsecret convert --config huge.json
fails_with 1 'huge\.json: .*16 MiB'

it 'a config that never ends'
run pullsecret convert --config /dev/zero
fails_with 1 '/dev/zero: .*16 MiB'

it '100,000 nested brackets'
repeated 100000 '[' >deep.json
run pullsecret convert --config deep.json
fails_with 1 'deep\.json.*: nested deeper than 64 levels'

it '100,000 nested brackets where a setting stands'
{ printf '{"plugins": ' && cat deep.json; } >deeper.json
run pullsecret convert --config deeper.json
fails_with 1 'deeper\.json.*: nested deeper than 64 levels'

it 'a config file in UTF-16'
printf '\377\376{\0}\0' >utf16.json
run pullsecret convert --config utf16.json
fails_with 1 'utf16\.json:1:1: '

it 'a config file cut in the middle'
printf '{"auths": {"ghcr.io": {"auth": "dTpodW5' >cut.json
run pullsecret convert --config cut.json
fails_with 1 'cut\.json:1:[0-9]+: '

it 'a symbolic link that leads to itself'
ln -s loop.json loop.json
run pullsecret convert --config loop.json
fails_with 1 'loop\.json: .*symbolic links'

# ---- Each row of tests/data/config-files.json

# The rows differ from Docker in one thing: a bad entry is its registry's problem, not the file's.
config_row() {
  local registries
  registries=$(jq -c .docker.registries <<<"$1")
  jq -j .file <<<"$1" >"row.json"
  run pullsecret convert --config row.json
  case $(jq -c '[.docker.rejected, (.docker.registries | length)]' <<<"$1") in
  '[true,0]')
    if jq -e '.docker.message == "Invalid auth configuration file"' <<<"$1" >/dev/null; then
      fails_with 1 '1 of 2 registries' '^  b\.io: '
      run pullsecret convert --config row.json --skip-unresolved
      succeeds
      err_has '^pullsecret: warning: b\.io: '
      pull_data '.auths | keys' '["a.io"]'
    else
      fails_with 1 'row\.json:1:[0-9]+: '
    fi
    ;;
  '[null,0]') fails_with 1 'row\.json: it names no registry' 'hint: .*docker login' ;;
  *)
    succeeds_quietly
    pull_data '.auths | keys' "$registries"
    ;;
  esac
}

while read -r row; do
  it "config-files.json: $(jq -r .case <<<"$row")"
  config_row "$row"
done < <(jq -c '.[]' "$data/config-files.json")

it 'of one registry named twice the last counts'
run pullsecret get --config row.json a.io
jq -j '.[] | select(.case | startswith("one registry twice")).file' "$data/config-files.json" >row.json
run pullsecret get --config row.json a.io
out_json '[.Username, .Secret]' '["x","y"]'

# ---- Each row of tests/data/auth-entries.json

# What Docker reads comes out such that the kubelet reads the same; what Docker refuses, and what is no
# username with a password, is an error.
auth_row() {
  local username password
  username=$(jq -r '.docker.username // ""' <<<"$1")
  password=$(jq -r '.docker.password_base64 // ""' <<<"$1")
  jq -c '{auths: {"r.example": .entry}}' <<<"$1" >row.json
  run pullsecret convert --config row.json
  if [ -z "$username" ] || [ -z "$password" ] || jq -e '.docker.identitytoken' <<<"$1" >/dev/null; then
    fails_with 1 '1 of 1 registries' '^  r\.example: '
    return
  fi
  succeeds_quietly
  pull_data '.auths["r.example"].auth' \
    "\"$({ printf '%s:' "$username" && base64 -d <<<"$password"; } | base64 -w 0)\""
}

while read -r row; do
  it "auth-entries.json: $(jq -r .case <<<"$row")"
  auth_row "$row"
done < <(jq -c '.[]' "$data/auth-entries.json")

# ---- Helpers

config '{"auths": {"a.io": {}}, "credsStore": "hostile"}'

# hostile_helper: the helper `hostile` is the shell script on standard input; convert asks it.
hostile_helper() {
  helper hostile
  run pullsecret convert "$@"
}

it 'a helper that hangs is ended after --timeout'
hostile_helper --timeout 1 <<'END'
sleep 600
END
fails_with 1 '^  a\.io: docker-credential-hostile get: no answer within 1 s' 'hint: .*--timeout'
nothing_left

it 'a helper that ignores SIGTERM and hangs is ended after --timeout'
hostile_helper --timeout 1 <<'END'
trap '' TERM INT HUP
while :; do sleep 1; done
END
fails_with 1 'no answer within 1 s'
nothing_left

it 'a helper that forks and hangs is ended with everything it started'
hostile_helper --timeout 1 <<'END'
sleep 600 &
setsid sleep 600 &
setsid sh -c 'setsid sleep 600 & (sleep 600 &) & exit' </dev/null >/dev/null 2>&1 &
(setsid sh -c 'while :; do sleep 1; done' &)
sleep 600
END
fails_with 1 'no answer within 1 s'
nothing_left

it 'a helper that leaves an agent running, which holds its output open, has answered'
hostile_helper --timeout 5 <<'END'
setsid sleep 600 &
echo '{"Username": "u", "Secret": "hunter2"}'
END
succeeds_quietly
find_left
same 'the processes left' "${#left[@]}" 1
kill "${left[@]}"

it 'a helper that goes on forking is ended'
hostile_helper --timeout 1 <<'END'
while :; do setsid sleep 5 & sleep 0.01; done
END
fails_with 1 'no answer within 1 s'
nothing_left

it 'a helper that floods its output'
hostile_helper <<'END'
exec yes hunter2
END
fails_with 1 'larger than 1 MiB'
nothing_left

it 'a helper that floods standard error and fails'
hostile_helper <<'END'
yes noise | head -c 50000000 >&2
exit 1
END
fails_with 1 'exit status 1'
expect 'a bounded message' [ "$(stat -c %s "$scratch/err")" -lt 8000 ]

it 'a helper that floods standard error and answers'
hostile_helper <<'END'
yes noise | head -c 5000000 >&2
echo '{"Username": "u", "Secret": "hunter2"}'
END
succeeds_quietly

it 'a helper that dies by a signal'
hostile_helper <<'END'
kill -SEGV $$
END
fails_with 1 '^  a\.io: docker-credential-hostile get: .*signal 11'

it 'a helper that fails with control characters in its message'
hostile_helper <<'END'
printf '\033[31mlocked\007\r\n' >&2
exit 3
END
fails_with 1 'exit status 3.*\\x1b\[31mlocked'

it 'a helper that answers text'
hostile_helper <<'END'
echo 'hunter2 is not JSON'
END
fails_with 1 'docker-credential-hostile get: its answer is not JSON'

it 'a helper that answers half of a JSON object'
hostile_helper <<'END'
printf '{"Username": "u", "Secret": "hunt'
END
fails_with 1 'docker-credential-hostile get: its answer is not JSON'

for end in 'sleep 600' 'kill -KILL $$' 'exit 1'; do
  it "a helper that answers, and then: $end"
  hostile_helper --timeout 1 <<END
echo '{"Username": "u", "Secret": "hunter2"}'
$end
END
  fails_with 1 '^  a\.io: docker-credential-hostile get: '
done

it 'a helper that answers nothing'
hostile_helper <<'END'
exit 0
END
fails_with 1 'docker-credential-hostile get: its answer is not JSON'

# answers JSON REGEX: an answer that is JSON but no credential.
answers() {
  it "a helper that answers $1"
  hostile_helper <<<"printf '%s' '$1'"
  fails_with 1 "docker-credential-hostile get: $2"
}

answers '["u", "hunter2"]' 'its answer is not a JSON object'
answers '{"Username": "u"}' 'its answer has no Secret'
answers '{"Secret": "hunter2"}' 'its answer has no Username'
answers '{"Username": "", "Secret": "hunter2"}' 'its answer has no Username'
answers '{"Username": "u", "Secret": ["hunter2"]}' '.*Secret.* must be a string'

it 'a helper that answers 100,000 nested brackets'
hostile_helper <<'END'
head -c 100000 /dev/zero | tr '\0' '['
END
fails_with 1 'docker-credential-hostile get: its answer is not JSON'

it 'a helper that does not read its input, though it is larger than a pipe'
long=$(repeated 100000 'x').io
config "{\"auths\": {\"$long\": {}}, \"credsStore\": \"hostile\"}"
hostile_helper -o config <<'END'
exec <&-
echo '{"Username": "u", "Secret": "hunter2"}'
END
succeeds_quietly
out_json '.auths | map(.auth)' '["dTpodW50ZXIy"]'
config '{"auths": {"a.io": {}}, "credsStore": "hostile"}'

it 'a helper that is not there'
rm "$scratch/bin/docker-credential-hostile"
run pullsecret convert
fails_with 1 '^  a\.io: docker-credential-hostile: not found on PATH' 'hint: install'

it 'a helper that may not be executed'
touch "$scratch/bin/docker-credential-hostile"
run pullsecret convert
fails_with 1 '^  a\.io: .*/docker-credential-hostile: not executable' 'hint: `chmod \+x'

it 'a helper of the wrong format is not run, not even by a shell'
printf 'touch %q\n' "$scratch/ran" >"$scratch/bin/docker-credential-hostile"
chmod +x "$scratch/bin/docker-credential-hostile"
run pullsecret convert
fails_with 1 'docker-credential-hostile get: cannot be run: exec format error' 'hint: '
expect 'that nothing ran' [ ! -e "$scratch/ran" ]

it 'a helper whose interpreter is not there'
printf '#!/nowhere/sh\n' >"$scratch/bin/docker-credential-hostile"
run pullsecret convert
fails_with 1 'docker-credential-hostile get: cannot be run: no such file'

it 'a helper in the current folder is not run, though PATH has a dot'
mkdir -p here/bin
cat >here/docker-credential-hostile <<END
#!/bin/sh
touch $scratch/ran
END
chmod +x here/docker-credential-hostile
cp here/docker-credential-hostile here/bin
rm "$scratch/bin/docker-credential-hostile"
run env -C here PATH=".::bin:$PATH" pullsecret convert
fails_with 1 'docker-credential-hostile: not found on PATH'
expect 'that nothing ran' [ ! -e "$scratch/ran" ]

for name in ../../x /bin/sh x/y; do
  it "a credential store called $name"
  config "{\"auths\": {\"a.io\": {}}, \"credsStore\": \"$name\"}"
  run pullsecret convert
  fails_with 1 "^  a\\.io: \"$name\" is no name of a credential helper"
done

it 'a credential helper without a name is none'
config '{"credHelpers": {"a.io": ""}}'
run pullsecret convert
fails_with 1 'it names no registry, and no credential store$'

it 'every registry without a credential is listed with its reason'
store good '{"ok.io": ["u", "hunter2"]}'
config '{"auths": {"c.io": {}, "bad.io": {"auth": "!"}}, "credHelpers": {"a.io": "absent", "b.io": "../x",
  "ok.io": "good", "gone.io": "good"}}'
run pullsecret convert
fails_with 1 '5 of 6 registries' '^  a\.io: docker-credential-absent' '^  b\.io: "\.\./x"' \
  '^  c\.io: ' '^  bad\.io: ' '^  gone\.io: no credential' 'hint: .*--skip-unresolved'

# ---- Wrong names: exit status 2, and no store is asked

# wrong_usage REGEX ARGUMENT...
wrong_usage() {
  it "convert ${*:2}"
  : >"$scratch/bin/docker-credential-good.log"
  run pullsecret convert "${@:2}"
  fails_with 2 "$1"
  same 'what the store was asked' "$(asked good)" ''
}

config '{"credHelpers": {"ok.io": "good"}}'
wrong_usage '--name: "Regcred" is not .*name' --name Regcred
wrong_usage '--name: "" is not .*name' --name ''
wrong_usage '--name: "a_b" is not .*name' --name a_b
wrong_usage '--name: "a\.\.b" is not .*name' --name a..b
wrong_usage '--namespace: "Team" is not .*namespace' -n Team
wrong_usage '--namespace: "a\.b" is not .*namespace' --namespace a.b
wrong_usage '--namespace: "" is not .*namespace' -n a,,b
wrong_usage '--label: "key" is not KEY=VALUE' --label key
wrong_usage '--label: "" is not a key' --label =value
wrong_usage '--label: "a b" is not a key' --label 'a b=c'
wrong_usage '--label: "b c" is not .*value' --label 'a=b c'
wrong_usage '--label: "-b" is not .*value' --label a=-b
wrong_usage '--annotation: "key" is not KEY=VALUE' --annotation key
wrong_usage '--annotation: "UPPER/a/b" is not a key' --annotation UPPER/a/b=c
wrong_usage '--type: .*dockerconfigjson, dockercfg' --type Opaque
wrong_usage '--output: .*yaml, json, config' -o xml
wrong_usage '--jobs: ' --jobs 0
wrong_usage '--jobs: ' --jobs many
wrong_usage '--timeout: ' --timeout -1
wrong_usage 'is not an image name' --image 'ghcr.io/Acme/app'
wrong_usage '--registry: ' --registry ''

it 'names of more than their length'
for arguments in "--name $(printf 'a%.0s' {1..254})" "-n $(printf 'a%.0s' {1..64})" \
  "--label a=$(printf 'a%.0s' {1..64})" "--label $(printf 'a%.0s' {1..64})=a"; do
  # shellcheck disable=SC2086 # an option and its value
  run pullsecret convert $arguments
  fails_with 2 'at most'
done

# ---- Where the output goes

config '{"auths": {"ghcr.io": {"auth": "dTpodW50ZXIy"}}}'

it '--output-file in a folder that does not exist'
run pullsecret convert --output-file nowhere/secret.yaml
fails_with 1 'nowhere/secret\.yaml: no such file'

it '--output-file that is a folder'
mkdir -p target
run pullsecret convert --output-file target
fails_with 1 'target: .*directory'
expect 'that the folder is still there, and empty' rmdir target

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

it 'more data than a Secret holds'
jq -nc '{auths: [range(20000) | {"registry-\(.).example.com": {auth: "dTpodW50ZXIy"}}] | add}' >many.json
run pullsecret convert --config many.json
fails_with 1 '1,?048,?576'

finish
