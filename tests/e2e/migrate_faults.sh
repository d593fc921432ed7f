#!/bin/bash
# pullsecret migrate loses nothing, whenever it is killed, whatever the stores, the disk and other
# programs do. The counts are printed as `# count - …`.

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

# ---- Stores

it 'a store that stores something else: nothing is erased, the config stays, no garbage either'
keep secretservice a.example b.example
config '{"credsStore": "secretservice"}'
a_store lying <<'END'
[ "$1" != store ] || input=$(printf %s "$input" | sed s/hunter2/hunter3/)
END
run pullsecret migrate --to lying
status_is 1
out_has '^a.example +secretservice +lying +failed$'
err_has 'a.example: lying took it and has something else now'
same 'the config' "$(cat "$config_file")" '{"credsStore": "secretservice"}'
same 'what is in secretservice' "$(listed secretservice)" 'a.example b.example'
same 'what is in the other' "$(listed encryptedfile)" ''

it 'a store that fails and repeats its input: no secret is shown'
a_store loud <<'END'
[ "$1" != store ] || { echo "cannot store $input"; printf '%s\n' "no: $input" >&2; exit 1; }
END
run pullsecret migrate --to loud
status_is 1
err_has 'docker-credential-loud store: exit status 1'
err_lacks 'no:|cannot store|try it by hand'
same 'what is in secretservice' "$(listed secretservice)" 'a.example b.example'

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
run python3 "$e2e/on_terminal.py" "$scratch/screen" '^C' -- pullsecret migrate --for docker --to slow
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

it 'a store whose list tells nothing: what docker login put there moves, or its config stays'
a_store silent <<'END'
[ "$1" != list ] || { echo '{}'; exit; }
[ "$1" != get ] || [ ! -e locked ] || { echo 'the vault is locked'; exit 1; }
END
keep encryptedfile c.example
silent='{"auths": {"c.example": {}}, "credsStore": "silent"}'
config "$silent"
touch locked
run pullsecret migrate --to inline
status_is 1
same 'the config' "$(cat "$config_file")" "$silent"
rm locked
run pullsecret migrate --to inline
succeeds
out_has '^c.example +silent +inline +moved$'
run pullsecret get c.example
out_json .Secret '"hunter2 of c.example"'
config '{"credsStore": "secretservice"}'

it 'a store that hangs'
a_store slow <<'END'
[ "$1" != store ] || sleep 300
END
run pullsecret migrate --to slow --timeout 0.5 --registry a.example
status_is 1
err_has 'docker-credential-slow store: no answer within 0.5 s'
same 'what is in secretservice' "$(listed secretservice)" 'a.example b.example'
nothing_but_the_bus() { ! pgrep -f "$scratch/bin/docker-credential-slow" >/dev/null; }
wait_until nothing_but_the_bus 3 || problem 'the store still runs'

it 'a store that does not erase: moved all the same, and told'
a_store keeping <<'END'
[ "$1" != erase ] || { echo 'it is read-only'; exit 1; }
END
keep keeping c.example
config '{"credsStore": "keeping"}'
run pullsecret migrate --to secretservice --registry c.example
succeeds
out_has '^c.example +keeping +secretservice +moved; still in keeping, too$'
err_has 'warning: c.example: not erased in keeping: .*it is read-only'

# ---- The config

it 'a config that another program changed meanwhile stays as that wrote it; nothing is erased'
config '{"credsStore": "secretservice"}'
a_store meddling <<END
[ "\$1" != store ] || echo '{"credsStore": "secretservice", "auths": {}}' >"$config_file"
END
run pullsecret migrate --to meddling
fails_with 1 'config.json: changed by another program meanwhile; it stays as it is'
json_is 'in the config' '{"auths":{},"credsStore":"secretservice"}' . "$config_file"
same 'what is in secretservice' "$(listed secretservice)" 'a.example b.example c.example'

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
  same 'what is in secretservice' "$(listed secretservice)" 'a.example b.example c.example'
  same 'the files' "$(cd "$scratch/disk" && echo .[!.]* *)" '.[!.]* config.json filler'

  it 'a read-only disk: the same, and it goes on from there'
  rm "$scratch/disk/filler"
  mount_here -o remount,ro "$scratch/disk"
  run pullsecret migrate --to encryptedfile --config "$scratch/disk"
  fails_with 1 'read-only file system'
  same 'what is in secretservice' "$(listed secretservice)" 'a.example b.example c.example'
  mount_here -o remount,rw "$scratch/disk"
  run pullsecret migrate --for docker --to encryptedfile --config "$scratch/disk" -q
  succeeds_quietly
  out_has '^a.example +secretservice +encryptedfile +there already$'
  same 'what is in secretservice' "$(listed secretservice)" ''
  same 'what is in encryptedfile' "$(listed encryptedfile)" 'a.example b.example c.example'
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
