#!/bin/bash
# pullsecret migrate loses nothing, whenever it is killed, whatever the disk does. The counts are printed as
# `# count - …`. What stores and other programs do is in tests/unit/cli/cases/migrate_faults.txt.

# shellcheck source=own_mounts.sh
. "$(dirname "$0")/own_mounts.sh"
enter_own_mounts "$@"
# shellcheck source=secret_service.sh
. "$(dirname "$0")/secret_service.sh"
need jq python3 gnome-keyring-daemon docker-credential-encryptedfile

kills=$(rounds 150)
! is_sanitized || kills=30 # as in encryptedfile_faults.sh
config_file=$HOME/.docker/config.json

# keep STORE SERVER...: the secret of each is `hunter2 of SERVER`.
keep() {
  local server
  for server in "${@:2}"; do
    "docker-credential-$1" store <<<"$(entry "$server" builder "hunter2 of $server")"
  done
}

listed() { "docker-credential-$1" list <<<unused | jq -r 'keys | join(" ")'; }

# a_store NAME: docker-credential-NAME is docker-credential-encryptedfile, after the shell commands
# on standard input, which see what it is asked as \$1 and \$input.
a_store() {
  { echo 'input=$(cat)' && cat && echo 'printf %s "$input" | exec docker-credential-encryptedfile "$@"'; } |
    helper "$1"
}

start_bus
start_keyring

# ---- Ctrl-C

keep secretservice a.example b.example
config '{"credsStore": "secretservice"}'

it 'Ctrl-C: the step that runs is the last, and it is said what is where'
a_store interrupted <<'END'
case "$1 $input" in 'store '*a.example*) kill -INT "$PPID" ;; esac
END
run pullsecret migrate --for docker --to interrupted
status_is 130
out_has '^a.example +secretservice +interrupted +moved; still in secretservice, too$' \
  '^b.example +secretservice +interrupted +failed$'
err_has '1 of 2 credentials moved' '  b.example: interrupted before that' \
  'a.example: not erased in secretservice: interrupted before that'
config_is='"\(.credsStore) \(.credHelpers)"'
same 'the config' "$(jq -r "$config_is" "$config_file")" 'secretservice {"a.example":"interrupted"}'
same 'what is in secretservice' "$(listed secretservice)" 'a.example b.example'
same 'what is in the other' "$(listed encryptedfile)" a.example
run pullsecret migrate --for docker --to secretservice --registry a.example
succeeds
same 'the config, back again' "$(jq -r "$config_is" "$config_file")" 'secretservice null'
config '{"credsStore": "secretservice"}'

it 'Ctrl-C on a terminal, in the middle of a store: that ends, and nothing half is left'
a_store slow <<'END'
if [ "$1" = store ]; then
  printf 'half: ' >/dev/tty
  sleep 1
fi
END
typing '^C' -- pullsecret migrate --for docker --to slow
status_is 130
out_has '^a.example +secretservice +slow +moved; still in secretservice, too$' \
  '^b.example +secretservice +slow +failed$'
err_has '1 of 2 credentials moved' '  b.example: interrupted before that'
same 'the config' "$(jq -r "$config_is" "$config_file")" 'secretservice {"a.example":"slow"}'
for server in a.example b.example; do
  run pullsecret get "$server" -o password
  out_is "hunter2 of $server"
done
run pullsecret migrate --for docker --to secretservice --registry a.example
succeeds
config '{"credsStore": "secretservice"}'

# ---- The disk

it 'a full disk: nothing is erased, the config stays'
mkdir "$scratch/disk"
if mount_here -t tmpfs -o size=64k none "$scratch/disk" 2>"$scratch/err"; then
  printf '{"credsStore": "secretservice", "x": "%s"}' "$(head -c 5000 /dev/zero | tr '\0' x)" \
    >"$scratch/disk/config.json"
  cp "$scratch/disk/config.json" "$scratch/config-before.json"
  head -c 100000 /dev/zero >"$scratch/disk/filler" 2>/dev/null
  run pullsecret migrate --to encryptedfile --config "$scratch/disk"
  fails_with 1 'config.json: no space left on device'
  expect 'the config as it was' cmp -s "$scratch/disk/config.json" "$scratch/config-before.json"
  same 'what is in secretservice' "$(listed secretservice)" 'a.example b.example'
  same 'the files' "$(cd "$scratch/disk" && echo .[!.]* *)" '.[!.]* config.json filler'

  it 'a read-only disk: the same, and once it can be written all moves'
  rm "$scratch/disk/filler"
  mount_here -o remount,ro "$scratch/disk"
  run pullsecret migrate --to encryptedfile --config "$scratch/disk"
  fails_with 1 'read-only file system'
  same 'what is in secretservice' "$(listed secretservice)" 'a.example b.example'
  mount_here -o remount,rw "$scratch/disk"
  run pullsecret migrate --for docker --to encryptedfile --config "$scratch/disk" -q
  succeeds_quietly
  out_has '^a.example +secretservice +encryptedfile +moved$'
  same 'what is in secretservice' "$(listed secretservice)" ''
  same 'what is in encryptedfile' "$(listed encryptedfile)" 'a.example b.example'
  umount "$scratch/disk"
else
  skip "no disk can be mounted here: $(cat "$scratch/err")"
fi

# ---- Killed

it "$kills runs that are killed at a random moment: convert finds every credential each time"
rm -rf "$HOME/.local/share/docker-credential-encryptedfile" "$HOME/.config"
ran=kill_migrations.py
timeout 800 python3 "$e2e/kill_migrations.py" "$kills" "$config_file" >"$scratch/out" 2>"$scratch/err"
status=$?
succeeds_quietly
sed 's/^/# count - /' "$scratch/out"

finish
