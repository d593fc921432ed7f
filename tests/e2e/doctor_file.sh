#!/bin/bash
# doctor: the config file itself, where it is looked for, its settings, and DOCKER_AUTH_CONFIG. Each
# condition is a real one. The users are root and nobody, where the caller can become both.
#
# one build: it is about what is said

# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=own_mounts.sh
. "$e2e/own_mounts.sh"
need jq python3
file=$HOME/.docker/config.json
chmod 700 "$HOME/.docker"

# doctor [ARGUMENT...]: with JSON output.
doctor() { run "${as_user[@]}" pullsecret doctor -o json "$@"; }
as_user=()

has_finding() {
  jq -e --arg severity "$1" --arg name "$2" --arg subject "${3-}" \
    'any(.[]; .severity == $severity and .name == $name and (.subject | contains($subject)))' \
    "$scratch/out" >/dev/null
}

# found SEVERITY NAME [SUBJECT]: there is such a finding.
found() { expect "the $1 $2 ${3+about $3}" has_finding "$@"; }
lacks_finding() { ! has_finding "$@"; }

# hint_is NAME TEXT
hint_is() { out_json "[.[] | select(.name == \"$1\") | .hint] | unique[]" "$(jq -n --arg t "$2" '$t')"; }

healthy() {
  succeeds_quietly
  out_json 'map(.severity) | unique' '["ok"]'
}
warns_of() {
  succeeds_quietly
  found warning "$@"
}
is_ill_with() {
  status_is 1
  err_has '^pullsecret: error: [0-9]+ problems? found$'
  found problem "$@"
}

# our_config JSON: the user's config as Docker leaves it.
our_config() {
  rm -rf "$file"
  config "$1"
  chmod 600 "$file"
}

# ---- Where it is

it 'nobody has logged in, and Docker takes no store by itself'
mkdir "$scratch/alone"
ln -s "$program_folder/pullsecret" "$scratch/alone/"
run env PATH="$scratch/alone" pullsecret doctor -o json
warns_of file-missing
expect 'the place' grep -q "$file" "$scratch/out"

it 'a healthy config: one line each, and exit status 0'
our_config '{"auths": {"ghcr.io": {"auth": "dTpodW50ZXIy"}}}'
doctor
healthy
out_json 'map(.name)' '["file-ok","entry-ok"]'
run pullsecret doctor
succeeds_quietly
out_has '^ok +file-ok +'

it 'problems come first, then warnings, then what is ok; with -q what is ok is left out'
store many "$(jq -nc '[range(60) | {("r\(.).example"): ["u", "hunter2"]}] | add')"
our_config "$(jq -nc '{auths: ([range(60) | {("r\(.).example"): {}}] | add), credsStore: "many",
  credHelpers: {"z.example": "nowhere"}, CredStore: "x"}')"
doctor
is_ill_with helper-not-found docker-credential-nowhere
out_json 'map(.severity) | [group_by(.)[] | {(.[0]): length}] | add | keys' '["ok","problem","warning"]'
out_json '[.[].severity] | reduce .[] as $s ([]; if last == $s then . else . + [$s] end)' \
  '["problem","warning","ok"]'
out_json '[.[] | select(.name == "entry-ok").subject][:3]' '["r0.example","r1.example","r2.example"]'
run pullsecret doctor
status_is 1
expect 'the problem in the first line' grep -q '^problem ' <(head -n 1 "$scratch/out")
run pullsecret doctor -q
status_is 1
expect 'nothing that is ok' lacks '^ok ' "$scratch/out"
out_has '^problem +helper-not-found'
out_has '^warning +setting-misspelled'
run pullsecret doctor -q -o json
status_is 1
out_json 'map(.severity) | unique' '["problem","warning"]'

it 'where all is ok, -q prints nothing, and an empty list as JSON'
our_config '{"auths": {"ghcr.io": {"auth": "dTpodW50ZXIy"}}}'
run pullsecret doctor -q
succeeds_quietly
out_is ''
run pullsecret doctor -q -o json
succeeds_quietly
out_json . '[]'

it 'a named file that is not there'
doctor --config absent.json
is_ill_with file-missing absent.json

it 'a file, and a folder of one, named with --config'
mkdir -p other && cp "$file" other/
doctor --config other
healthy
doctor --config other/config.json
healthy

it 'a config on standard input'
doctor --config - <"$file"
healthy
found ok file-ok 'standard input'

it 'podman has a config, Docker has none'
mkdir "$HOME/podman" && cp "$file" "$HOME/podman/auth.json"
rm "$file"
run env PATH="$scratch/alone" REGISTRY_AUTH_FILE="$HOME/podman/auth.json" pullsecret doctor -o json
warns_of file-not-dockers podman/auth.json
found ok entry-ok ghcr.io

it "podman's alone: what docker login will meet is told, and the way out works"
printf '#!/bin/sh\necho no; exit 1\n' >"$scratch/bin/docker-credential-pass"
printf '#!/bin/sh\n' >"$scratch/bin/pass"
chmod +x "$scratch/bin/docker-credential-pass" "$scratch/bin/pass"
export REGISTRY_AUTH_FILE=$HOME/podman/auth.json
doctor
is_ill_with default-store docker-credential-pass
cp "$scratch/out" "$scratch/said"
run pullsecret migrate --to encryptedfile
fails_with 1 'not a config.json' 'hint: make one: `\(umask'
bash -c "$(grep -o '`[^`]*`' "$scratch/err" | head -n 1 | tr -d '`')"
run pullsecret migrate --to encryptedfile
succeeds
same 'the config' "$(jq -c . "$file")" '{"credsStore":"encryptedfile"}'
rm "$file"
bash -c "$(jq -r 'map(select(.name == "default-store"))[0].hint | [scan("`([^`]*)`")] | last[0]' "$scratch/said")"
same 'its mode' "$(stat -c %a "$file")" 600
doctor
succeeds
found ok helper-ok encryptedfile
unset REGISTRY_AUTH_FILE
rm "$file" "$scratch/bin/pass" "$scratch/bin/docker-credential-pass"

it 'DOCKER_CONFIG points to a folder that docker login will make'
run env DOCKER_CONFIG="$HOME/nowhere/yet" PATH="$scratch/alone" pullsecret doctor -o json
warns_of docker-config-missing DOCKER_CONFIG
found warning file-missing nowhere/yet

it 'DOCKER_CONFIG has a ~ that no shell expanded, or points into a file'
run env DOCKER_CONFIG="~/.docker" pullsecret doctor -o json
is_ill_with docker-config-missing DOCKER_CONFIG
run env DOCKER_CONFIG=/etc/passwd/docker pullsecret doctor -o json
is_ill_with docker-config-missing DOCKER_CONFIG

it 'DOCKER_CONFIG points to the file in place of its folder'
our_config '{}'
run env DOCKER_CONFIG="$file" pullsecret doctor -o json
is_ill_with docker-config-missing DOCKER_CONFIG
hint_is docker-config-missing "export DOCKER_CONFIG=$HOME/.docker"

it 'DOCKER_CONFIG is relative'
our_config '{"auths": {"ghcr.io": {"auth": "dTpodW50ZXIy"}}}'
run env DOCKER_CONFIG=.docker pullsecret doctor -o json
warns_of docker-config-relative DOCKER_CONFIG

it 'HOME points nowhere'
run env HOME="$HOME/nowhere" pullsecret doctor -o json
is_ill_with home-missing HOME

it 'HOME is not set'
run env -u HOME DOCKER_AUTH_CONFIG= pullsecret doctor -o json
expect 'a finding about HOME' grep -Eq '"home-(unset|missing)"' "$scratch/out"

it 'a dangling symbolic link'
rm "$file" && ln -s missing.json "$file"
doctor
is_ill_with file-dangling-link "$file"

it 'a symbolic link to itself'
ln -sf config.json "$file"
doctor
is_ill_with file-dangling-link "$file"

it 'a folder in place of the file'
rm "$file" && mkdir "$file"
doctor
is_ill_with file-directory "$file"
hint_is file-directory "\`rmdir $file\`, then log in again"

# ---- Who may do what with it

it 'a file that others may read: --fix closes it, and keeps what is in it'
our_config '{"auths": {"ghcr.io": {"auth": "dTpodW50ZXIy"}}}'
chmod 644 "$file"
doctor
warns_of file-mode "$file"
run pullsecret doctor --fix --yes
succeeds
same 'the mode' "$(stat -c %a "$file")" 600
same 'the content' "$(<"$file")" '{"auths": {"ghcr.io": {"auth": "dTpodW50ZXIy"}}}'
doctor
healthy

it 'a hint is a command that does what it says, even for a name with a quote'
cp "$file" "it's.json" && chmod 644 "it's.json"
doctor --config "it's.json"
warns_of file-mode
bash -c "$(jq -r '.[] | select(.name == "file-mode") | .hint' "$scratch/out")"
doctor --config "it's.json"
healthy

it "Docker's folder may be written to by others"
chmod 777 "$HOME/.docker"
doctor
warns_of folder-mode "$HOME/.docker"
hint_is folder-mode "chmod go-w $HOME/.docker"
chmod 700 "$HOME/.docker"

# Below, files belong to root, and doctor is run by nobody.
as_nobody=(setpriv --reuid=65534 --regid=65534 --clear-groups)
can_be_nobody() { ((EUID == 0)) && "${as_nobody[@]}" pullsecret --version; }

if can_be_nobody >/dev/null 2>&1; then
  as_user=("${as_nobody[@]}")
  chmod 755 "$scratch"
  chown -R 65534:65534 "$HOME"

  it "a file that is root's, as after sudo docker login"
  our_config '{"auths": {"ghcr.io": {"auth": "dTpodW50ZXIy"}}}'
  doctor
  is_ill_with file-owner "$file"
  out_json 'map(.message) | add | contains("belongs to root")' true
  hint_is file-owner "sudo chown \"\$(id -u):\$(id -g)\" $file"

  it "a file that is root's and can be read"
  chmod 644 "$file"
  doctor
  warns_of file-owner "$file"
  found ok entry-ok ghcr.io

  it 'a file of mode 000'
  chown 65534:65534 "$file" && chmod 000 "$file"
  doctor
  is_ill_with file-unreadable "$file"
  hint_is file-unreadable "chmod u+rw $file"
  chmod 600 "$file"

  it "a folder that is root's: docker login cannot write into it"
  chown 0:0 "$HOME/.docker" && chmod 755 "$HOME/.docker"
  doctor
  is_ill_with folder-owner "$HOME/.docker"
  found ok file-ok "$file"
  hint_is folder-owner "sudo chown -R \"\$(id -u):\$(id -g)\" $HOME/.docker"
  run "${as_nobody[@]}" env DOCKER_CONFIG="$HOME/.docker" pullsecret doctor -o json
  warns_of folder-owner

  it "a folder that is root's and closed"
  chmod 700 "$HOME/.docker"
  doctor
  is_ill_with folder-owner "$HOME/.docker"
  found problem file-unreadable "$file"

  it 'a folder of mode 000'
  chown 65534:65534 "$HOME/.docker" && chmod 000 "$HOME/.docker"
  doctor
  is_ill_with file-unreadable "$file"
  hint_is file-unreadable "chmod u+rwx $HOME/.docker"
  chmod 700 "$HOME/.docker"

  it 'root does not mind whose file it is'
  as_user=()
  doctor
  healthy

  it 'root through sudo: whose config is it?'
  run env SUDO_UID=65534 pullsecret doctor -o json
  warns_of sudo-home HOME
  out_json 'map(select(.name == "sudo-home"))[0].message | contains("root'\''s config")' true
  run env SUDO_UID=2 HOME="$(getent passwd 2 | cut -d: -f6)" pullsecret doctor -o json
  found warning sudo-home HOME
  out_json 'map(select(.name == "sudo-home"))[0].message | contains("home folder of bin")' true
  run env SUDO_UID=0 pullsecret doctor -o json
  healthy
  chown -R 0:0 "$HOME"
else
  it "files and folders that are root's"
  skip 'the caller cannot become nobody, or nobody may not run the installed program'
fi

# ---- What is in it

it 'no JSON: the place, and what is wrong there'
our_config $'{\n  "auths": {},\n}'
doctor
is_ill_with file-syntax "$file:2:14"
hint_is file-syntax 'remove the comma'

it 'a byte order mark'
our_config $'\xef\xbb\xbf{}'
doctor
is_ill_with file-syntax "$file:1:1"

it 'a field of the wrong type'
our_config '{"credsStore": ["pass"]}'
doctor
is_ill_with file-field-type "$file:1:16"

it 'what stands behind the first JSON value, which Docker does not read'
our_config $'{"auths": {"ghcr.io": {"auth": "dTpodW50ZXIy"}}}\n{"credsStore": "pass"}\n'
doctor
warns_of file-second-value "$file:1"
our_config $'{}\n \n'
run env PATH="$scratch/alone" pullsecret doctor -o json
healthy

it 'a file that is mounted by itself cannot be replaced: mounted with its folder it can'
our_config '{"auths": {"ghcr.io": {}}, "credsStore": "desktop"}'
cp "$file" "$scratch/mounted"
if run_in_own_mounts sh -c 'mount --bind "$1" "$2" && exec pullsecret doctor --fix --yes' \
  sh "$scratch/mounted" "$file"; then
  status_is 1
  err_has 'config.json: device or resource busy'
  err_has '^pullsecret: hint: it is mounted by itself.*: mount its folder instead'
  mkdir "$scratch/folder" && cp "$file" "$scratch/folder/config.json"
  run_in_own_mounts sh -c 'mount --bind "$1" "${2%/*}" && exec pullsecret doctor --fix --yes' \
    sh "$scratch/folder" "$file"
  succeeds
  same 'credsStore' "$(jq -r .credsStore "$scratch/folder/config.json")" encryptedfile
fi

it 'an empty file is an empty config'
our_config ''
run env PATH="$scratch/alone" pullsecret doctor -o json
healthy

it 'a misspelled setting: --fix gives it its name, and a second time has nothing to do'
store kept '{"ghcr.io": ["u", "hunter2"]}'
our_config '{"credStore": "kept", "psFormat": "x", "auths": {"ghcr.io": {}}}'
doctor
found warning setting-misspelled credStore
run pullsecret doctor --fix --yes
succeeds
same 'the config' "$(jq -c . "$file")" '{"credsStore":"kept","psFormat":"x","auths":{"ghcr.io":{}}}'
doctor
expect 'no misspelled setting' lacks_finding warning setting-misspelled
found ok entry-ok ghcr.io
cp "$file" before
run pullsecret doctor --fix --yes
succeeds
same 'the file' "$(<"$file")" "$(<before)"

it 'a misspelled store is not brought into effect over plain text'
our_config '{"auths": {"ghcr.io": {"auth": "dTpodW50ZXIy"}}, "credStore": "kept"}'
doctor
warns_of setting-misspelled credStore
cp "$file" before
run pullsecret doctor --fix --yes
same 'the file' "$(<"$file")" "$(<before)"

it 'a letter case that only Go takes: --fix changes it'
our_config '{"Auths": {"ghcr.io": {"auth": "dTpodW50ZXIy"}}, "CREDHELPERS": {"quay.io": "kept"}}'
doctor
warns_of setting-letter-case Auths
run pullsecret doctor --fix --yes
succeeds
json_is 'in the config' '["auths","credHelpers"]' keys "$file"

it 'asking an interactive shell leaves the terminal to whom it belongs'
our_config '{"credsStore": "nowhere"}'
chmod 644 "$file"
echo 'kill -KILL $$' >"$HOME/.bashrc"
run env SHELL=/bin/bash python3 "$e2e/on_terminal.py" "$scratch/screen" y -- pullsecret doctor --fix
expect 'a question, not a stopped job' lacks stopped "$scratch/screen"
same 'the mode' "$(stat -c %a "$file")" 600
rm "$HOME/.bashrc"

# What the messages say of Docker, from Docker itself.
it 'Docker does to these files what doctor says'
if command -v docker >/dev/null; then
  rm -f "$file"
  docker context create other --docker host=unix:///nowhere >/dev/null 2>&1
  broken() {
    our_config "$1"
    run docker context use other
    expect "a warning of Docker about $1" grep -Eq 'WARNING: Error (loading|parsing) config file' "$scratch/err"
    json_is "after Docker wrote $1" "$2" '[.auths["ghcr.io"].auth, .psFormat]' "$file"
  }
  broken '{"psFormat": "x", "auths": {"ghcr.io": {"auth": "dTpw"}},}' '[null,null]'
  broken '{"psFormat": "x", "auths": {"ghcr.io": {"auth": "dTpw"}}, "credsStore": 1}' '[null,"x"]'
  our_config '{"credStore": "x", "psFormat": "x"}'
  run docker context use other
  json_is 'a setting that Docker does not know' '[null,"x"]' '[.credStore, .psFormat]' "$file"
else
  skip 'docker is not installed'
fi

# ---- DOCKER_AUTH_CONFIG

it 'DOCKER_AUTH_CONFIG overrides the file, adds to it, is misspelled, or is ignored'
our_config '{"auths": {"ghcr.io": {"auth": "dTpodW50ZXIy"}}}'
auth='{"auth": "dTpodW50ZXIy"}'
with_environment() { run env DOCKER_AUTH_CONFIG="$1" pullsecret doctor -o json; }
with_environment "{\"auths\": {\"ghcr.io\": $auth}}"
warns_of environment-overrides DOCKER_AUTH_CONFIG
with_environment "{\"auths\": {\"quay.io\": $auth}}"
healthy
found ok environment-ok DOCKER_AUTH_CONFIG
with_environment "{\"auths\": {\"docker.io\": $auth}}"
warns_of environment-spelling DOCKER_AUTH_CONFIG
with_environment "{\"auths\": {\"quay.io\": $auth}, \"credHelpers\": {}}"
warns_of environment-refused DOCKER_AUTH_CONFIG:1:

finish
