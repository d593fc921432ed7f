#!/bin/bash
# doctor: whose the config file is, with users who are root and nobody, where the caller can become both;
# mounts, terminals, and what Docker does to the same files. What it says of the file itself is in
# tests/unit/cli/cases/.
#
# one build: it is about what is said

# shellcheck source=doctor_cases.sh
. "$(dirname "$0")/doctor_cases.sh"
# shellcheck source=own_mounts.sh
. "$e2e/own_mounts.sh"
need jq python3
file=$HOME/.docker/config.json

# found SEVERITY NAME [SUBJECT]: there is such a finding.
found() {
  out_json "any(.[]; .severity == \"$1\" and .name == \"$2\" and (.subject | contains(\"${3-}\")))" true
}

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

# ---- Who may do what with it
#
# Below, files belong to root, and doctor is run by nobody.
end_case
if can_be_nobody; then
  as_user=("${as_nobody[@]}")
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
fi

# ---- What is in it

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

it 'asking an interactive shell leaves the terminal to whom it belongs'
our_config '{"credsStore": "nowhere"}'
chmod 644 "$file"
echo 'kill -KILL $$' >"$HOME/.bashrc"
SHELL=/bin/bash typing y -- pullsecret doctor --fix
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

finish
