#!/bin/bash
# docker-credential-pass where gpg has the key and does not get at it: what it says is not that of a key
# that is missing, its command mends it, and none of them gives the password store another key.

# shellcheck source=own_mounts.sh
. "$(dirname "$0")/own_mounts.sh"
enter_own_mounts "$@"
# shellcheck source=pass_cases.sh
. "$(dirname "$0")/pass_cases.sh"
# shellcheck source=hints.sh
. "$e2e/hints.sh"
stand_in_for_sudo

make_key builder
make_key locked 'correct passphrase'
new_store builder
keep_text "$ours" ghcr.io builder hunter2
gpgconf --kill all

# out_of_reach KIND REGEX...: status has that fault, get says the same, and neither names another key.
out_of_reach() {
  local kind=$1 regex
  shift
  as "$ours" status </dev/null
  succeeds
  out_json .State '"unusable"'
  out_json '.Faults | length' 1
  out_json '.Faults[0].Kind' "\"$kind\""
  for regex; do out_has "$regex"; done
  expect 'no other key' lacks 'pass init|gpg --import' "$scratch/out"
  hint_of_status
  [ "$kind" = unreadable ] && return
  printf ghcr.io >"$scratch/input"
  as "$ours" get <"$scratch/input"
  refused "$@"
  expect 'no other key' lacks 'pass init|gpg --import' "$scratch/out"
}

# followed: the hint, by root as if that were the user.
followed() {
  mkdir -p "$scratch/as-user"
  printf '#!/bin/sh\necho %s\n' "$user" >"$scratch/as-user/id"
  chmod +x "$scratch/as-user/id"
  PATH=$scratch/as-user:$PATH follow
}

# reads: the entry is there, and the status is ready.
reads() {
  printf ghcr.io >"$scratch/input"
  as "$ours" get <"$scratch/input"
  answers_text ghcr.io builder hunter2
  as "$ours" status </dev/null
  out_json .State '"ready"'
  gpgconf --kill all
}

as() { run "$@"; }
user=$EUID

it 'gpg-agent is not where gpg.conf says'
echo 'agent-program /nonexistent/gpg-agent' >"$GNUPGHOME/gpg.conf"
out_of_reach no-agent 'gpg cannot start gpg-agent, which has the secret keys: /nonexistent/gpg-agent: there is no such program' \
  'take agent-program out of .*gpg.conf'
rm "$GNUPGHOME/gpg.conf"
reads

it 'nor where PASSWORD_STORE_GPG_OPTS says'
PASSWORD_STORE_GPG_OPTS='--agent-program=/nonexistent/gpg-agent' \
  out_of_reach no-agent '/nonexistent/gpg-agent: there is no such program'

it 'gpg-agent is there, and does not start'
echo 'agent-program /bin/false' >"$GNUPGHOME/gpg.conf"
out_of_reach no-agent 'gpg cannot start gpg-agent, which has the secret keys'
follow_by sh -c "$command 2>&1 || true"
out_has "can't connect to the agent"
rm "$GNUPGHOME/gpg.conf"

it 'the path of its socket is too long'
if [ ! "$in_own_mounts" ] || ! mount_here -t tmpfs none /run; then
  skip 'it takes a folder for sockets of its own'
else
  long=$HOME/$(printf 'd%.0s' {1..100})
  cp -r "$GNUPGHOME" "$long"
  GNUPGHOME=$long out_of_reach no-agent 'S.gpg-agent: a path of more than 107 bytes' XDG_RUNTIME_DIR GNUPGHOME
  ln -s "$long" "$HOME/g"
  GNUPGHOME=$HOME/g reads
  mkdir /run/user
  followed
  GNUPGHOME=$long reads
  umount --lazy /run
fi

it 'the folder of gpg is on a file system that takes no files'
if [ ! "$in_own_mounts" ] || ! mount_here --bind "$GNUPGHOME" "$GNUPGHOME"; then
  skip 'it takes a mount of its own'
else
  mount -o remount,ro,bind "$GNUPGHOME"
  out_of_reach gpg-folder 'it is on a file system that takes no files'
  printf ghcr.io >"$scratch/input"
  follow_by sh -c "$command && '$ours' get && gpgconf --kill all" <"$scratch/input"
  answers_text ghcr.io builder hunter2
  umount "$GNUPGHOME"
fi

it 'the folder of gpg takes no files'
if ((EUID == 0)); then
  as() { run "${as_nobody[@]}" "$@"; }
  user=65534
  chmod 711 "$scratch"
  chown -R 65534:65534 "$HOME"
fi
chmod 500 "$GNUPGHOME"
out_of_reach gpg-folder 'permission denied' "chmod -R u\+rwX $GNUPGHOME"
follow
reads

it 'another folder by PASSWORD_STORE_GPG_OPTS counts'
cp -r "$GNUPGHOME" "$HOME/elsewhere"
((EUID != 0)) || chown -R 65534:65534 "$HOME"
chmod 500 "$HOME/elsewhere"
PASSWORD_STORE_GPG_OPTS="--homedir $HOME/elsewhere" out_of_reach gpg-folder "elsewhere: permission denied"

# is_roots PATH KIND REGEX: where it is, that is told, and the hint takes it back.
is_roots() {
  if ((EUID != 0)); then
    skip 'it takes root'
    return
  fi
  chown -R 0:0 "$1"
  out_of_reach "$2" "$3: permission denied: it is root's" 'sudo chown -R'
  followed
  gpgconf --kill all
  reads
}

for roots in "$GNUPGHOME/private-keys-v1.d" "$GNUPGHOME/trustdb.gpg" "$GNUPGHOME"; do
  it "root's: $(basename "$roots")"
  is_roots "$roots" gpg-folder "$roots"
done

it "root's: the secret keys alone"
((EUID != 0)) || chown 0:0 "$GNUPGHOME"/private-keys-v1.d/*
is_roots "$(printf '%s\n' "$GNUPGHOME"/private-keys-v1.d/* | head -n 1)" gpg-folder "private-keys-v1.d/[0-9A-F]*.key"

for roots in "$password_store" "$password_store/docker-credential-helpers" "$password_store/.gpg-id"; do
  it "root's: $(basename "$roots")"
  is_roots "$roots" unreadable "$roots"
  if ((EUID == 0)); then
    chown -R 0:0 "$roots"
    entry new.example builder hunter2 >"$scratch/input"
    as "$ours" store <"$scratch/input"
    refused "$roots: permission denied: it is root's" 'sudo chown -R'
    chown -R 65534:65534 "$roots"
  fi
done

it "the store is in a folder of root's"
if ((EUID != 0)); then
  skip 'it takes root'
else
  mkdir -m 700 "$scratch/closed"
  cp -r "$password_store" "$scratch/closed/store"
  PASSWORD_STORE_DIR=$scratch/closed/store as "$ours" status </dev/null
  succeeds
  out_json '[.Faults[].Kind]' '["unreadable"]'
  out_has 'closed/store: permission denied: a folder above it is closed' 'PASSWORD_STORE_DIR'
  expect 'no chown' lacks chown "$scratch/out"
fi

# ---- The passphrase comes from a file

as() { run "$@"; }
chown -R "$(id -u):$(id -g)" "$HOME"

it 'a passphrase that PASSWORD_STORE_GPG_OPTS names counts'
new_store locked
keep_text "$ours" ghcr.io builder hunter2
echo 'correct passphrase' >"$HOME/passphrase"
echo 'wrong passphrase' >"$HOME/wrong"
for options in "--pinentry-mode loopback --passphrase-file $HOME/passphrase" \
  "--pinentry-mode=loopback  --passphrase-file=$HOME/passphrase"; do
  gpgconf --kill all
  PASSWORD_STORE_GPG_OPTS=$options says_of_store "$ours" ready
  out_json .Passphrase true
  gpgconf --kill all
  PASSWORD_STORE_GPG_OPTS=$options ask "$ours" get ghcr.io
  answers_text ghcr.io builder hunter2
done

it 'and so it does in gpg.conf'
gpgconf --kill all
printf 'pinentry-mode loopback\npassphrase-file %s\n' "$HOME/passphrase" >"$GNUPGHOME/gpg.conf"
says_of_store "$ours" ready
rm "$GNUPGHOME/gpg.conf"

it 'one that is wrong, and none, are told without a pinentry'
for options in "--pinentry-mode loopback --passphrase-file $HOME/wrong" '--pinentry-mode loopback'; do
  gpgconf --kill all
  PASSWORD_STORE_GPG_OPTS=$options says_of_store "$ours" locked no-pinentry
  out_has 'passphrase-file in PASSWORD_STORE_GPG_OPTS'
  gpgconf --kill all
  PASSWORD_STORE_GPG_OPTS=$options ask "$ours" get ghcr.io
  refused 'passphrase-file in PASSWORD_STORE_GPG_OPTS'
done
gpgconf --kill all

((EUID == 0)) || finish # some take root
[ "$in_own_mounts" ] || finish
all_are_followed

finish
