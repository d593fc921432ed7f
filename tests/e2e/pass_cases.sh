# shellcheck shell=bash
# What the scripts about docker-credential-pass share: password stores with throw-away GPG keys, and
# checks on the helper's answers. $ours is the program under test, $upstream is Debian's.

# shellcheck source=lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
need pass gpg jq

ours=$program_folder/docker-credential-pass
# shellcheck disable=SC2034 # for the scripts that source this file
upstream=/usr/bin/docker-credential-pass
[ -x "$ours" ] || bail_out "$ours is not there"

export GNUPGHOME=$HOME/.gnupg
mkdir -m 700 "$GNUPGHOME"

# agent_has [SETTING]...: gpg-agent's, beside one that spares it seconds of measuring this machine.
# shellcheck disable=SC2120 # the scripts that source this file pass some
agent_has() { printf '%s\n' 's2k-count 65536' "$@" >"$GNUPGHOME/gpg-agent.conf"; }
# shellcheck disable=SC2119
agent_has

password_store=$HOME/.password-store

# make_key NAME [PASSPHRASE [GPG-OPTION...]]: a key for NAME@example.invalid.
make_key() {
  local name=$1 passphrase=${2-}
  shift $(($# > 2 ? 2 : $#))
  gpg --batch --quiet --pinentry-mode loopback --passphrase "$passphrase" "$@" \
    --quick-generate-key "$name@example.invalid" future-default default \
    "$([ "$name" = expired ] && echo 1d || echo never)" >>"$scratch/gpg.log" 2>&1 ||
    bail_out "no GPG key: $(cat "$scratch/gpg.log")"
}

# fingerprint NAME
fingerprint() {
  gpg --batch --with-colons --list-keys "$1@example.invalid" 2>/dev/null |
    awk -F : '$1 == "fpr" { print $10; exit }'
}

# new_store NAME: an empty password store for that key, as the first one was made.
new_store() {
  rm -rf "$password_store"
  cp -r "$scratch/store-of-$1" "$password_store" 2>/dev/null && return
  pass init "$1@example.invalid" >"$scratch/pass.log" 2>&1 ||
    bail_out "no password store: $(cat "$scratch/pass.log")"
  cp -r "$password_store" "$scratch/store-of-$1"
}

# forget_passphrases: the agent that remembers them ends.
forget_passphrases() { gpgconf --kill gpg-agent; }

# folder_of SERVERURL: where its entries are.
folder_of() {
  printf '%s/docker-credential-helpers/%s' "$password_store" \
    "$(printf '%s' "$1" | base64 -w 0 | tr '+/' '-_')"
}

# entries: the files of all entries, without what they have in common, on one line.
entries() { (cd "$password_store" && find . -name '*.gpg' -printf '%P ' | sed 's/ $//'); }

# ask PROGRAM ACTION [INPUT]
ask() {
  printf '%s' "${3-}" >"$scratch/input"
  run "$1" "$2" <"$scratch/input"
}

# keep PROGRAM SERVERURL USERNAME SECRETFILE: stores the content of SECRETFILE.
keep() {
  jq -nc --arg server "$2" --arg user "$3" --rawfile secret "$4" \
    '{ServerURL: $server, Username: $user, Secret: $secret}' >"$scratch/input"
  run "$1" store <"$scratch/input"
}

# keep_text PROGRAM SERVERURL USERNAME SECRET
keep_text() {
  printf '%s' "$4" >"$scratch/secret"
  keep "$1" "$2" "$3" "$scratch/secret"
}

# answers SERVERURL USERNAME SECRETFILE: the last answer is that, byte for byte.
answers() {
  succeeds
  jq -nc --arg server "$1" --arg user "$2" --rawfile secret "$3" \
    '{ServerURL: $server, Username: $user, Secret: $secret}' >"$scratch/expected"
  jq -c . "$scratch/out" >"$scratch/found" 2>&1
  cmp -s "$scratch/found" "$scratch/expected" && return
  problem "expected the answer $(head -c 300 "$scratch/expected")"
  show_run
}

# answers_text SERVERURL USERNAME SECRET
answers_text() {
  printf '%s' "$3" >"$scratch/secret"
  answers "$1" "$2" "$scratch/secret"
}

# spy NAME: a program of that name first on PATH, which notes its command line in $scratch/calls and
# becomes the real one.
spy() {
  local real
  real=$(PATH=/usr/bin:/bin type -P "$1")
  cat >"$scratch/bin/$1" <<END
#!/bin/sh
printf '%s\n' "$1 \$*" >>"$scratch/calls"
exec $real "\$@"
END
  chmod +x "$scratch/bin/$1"
  : >"$scratch/calls"
}

# calls PROGRAM: how many times it was started since \`: >\$scratch/calls\`.
calls() { grep -c "^$1 " "$scratch/calls"; }
