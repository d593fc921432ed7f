#!/bin/bash
# docker-credential-pass in a password store that somebody else may write to, over the real pass, gpg
# and git: nothing but a server's own entries is read, written or removed.

# shellcheck source=own_mounts.sh
. "$(dirname "$0")/own_mounts.sh"
((EUID != 0)) || enter_own_mounts "$@" # only root has a disk to mount
# shellcheck source=pass_cases.sh
. "$(dirname "$0")/pass_cases.sh"
need git python3

make_key builder
all=$password_store/docker-credential-helpers
server=$(folder_of ghcr.io)
work=$password_store/Work

# planted_store: a store with an entry of ghcr.io and one of quay.io, and passwords that are none of
# Docker's: in the store, and in a folder outside.
planted_store() {
  chmod -R u+w "$scratch/outside" "$password_store" 2>/dev/null
  rm -rf "$scratch/outside"
  rm -rf "$password_store"
  if ! cp -r "$scratch/planted" "$password_store" 2>/dev/null; then
    new_store builder
    keep_text "$ours" ghcr.io builder hunter2-ghcr
    keep_text "$ours" quay.io builder hunter2-quay
    printf 'hunter2-vpn' | pass insert -f -m Work/vpn >/dev/null
    printf 'hunter2-bank' | pass insert -f -m bank >/dev/null
    cp -r "$password_store" "$scratch/planted"
  fi
  mkdir "$scratch/outside"
  cp "$work/vpn.gpg" "$scratch/outside/vpn.gpg"
  cp "$work/vpn.gpg" "$scratch/outside/builder.gpg"
}

# snapshot: each file and link of the store and outside it, with its content.
snapshot() {
  find "$password_store" "$scratch/outside" -name .git -prune -o \
    \( -type f -exec sha256sum {} + \) -o -printf '%p %y %l\n' | sort
}

# refused_by_all NAMED: each action is an error that names NAMED; nothing changes.
refused_by_all() {
  local named=$1 action username before
  before=$(snapshot)
  for action in get erase; do
    ask "$ours" "$action" ghcr.io
    refused "$named: it is "
    same "the store after $action" "$(snapshot)" "$before"
  done
  for username in builder vpn; do
    keep_text "$ours" ghcr.io "$username" hunter2-new
    refused "$named: it is "
    same "the store after store" "$(snapshot)" "$before"
  done
  ask "$ours" list unused
  refused "$named: it is "
  says_of_store "$ours" unusable unreadable
  out_has "$named: it is "
}

# ---- In the place of a folder

# Many others: "what is planted in the place of a folder or an entry is named by all, and stays"
# of tests/unit/helpers/pass/store_test.cpp.
it "a link in the place of the server's folder"
planted_store
rm -r "$server"
ln -s ../Work "$server"
refused_by_all "$server"

it 'a device in the place of an entry'
planted_store
if mknod "$server/vpn.gpg" c 1 5 2>/dev/null; then # /dev/zero
  refused_by_all "$server/vpn.gpg"
else
  skip 'no device can be made here'
fi

it 'what a planted .gpg-id leads to is not shown'
planted_store
mv "$password_store/.gpg-id" "$scratch/gpg-id"
printf 'hunter2-of-the-bank\nuser:pa@ss\n' >"$scratch/private"
ln -s "$scratch/private" "$password_store/.gpg-id"
keep_text "$ours" new.example builder hunter2-new
refused 'gpg has no public key KEY'
out_lacks 'hunter2-of|pa@ss'
run "$ours" status
out_lacks 'hunter2-of|pa@ss'
rm "$password_store/.gpg-id"
mv "$scratch/gpg-id" "$password_store/.gpg-id"

it 'names that differ in case, on a file system that does not tell them apart: nothing is lost'
disk=$scratch/disk
device=
if [ "${in_own_mounts-}" ] && truncate -s 8M "$disk" && mkfs.exfat "$disk" >"$scratch/mkfs.log" 2>&1 &&
  device=$(losetup -f --show "$disk" 2>/dev/null) && mkdir "$scratch/mounted" &&
  mount.exfat-fuse "$device" "$scratch/mounted" >"$scratch/mount.log" 2>&1; then
  export PASSWORD_STORE_DIR=$scratch/mounted/store
  pass init builder@example.invalid >/dev/null
  stores "$ours" ghcr.io Builder hunter2-1
  keep_text "$ours" ghcr.io builder hunter2-2
  refused "another user's entry.*; .printf %s ghcr.io | docker-credential-pass erase. removes"
  gets "$ours" ghcr.io Builder hunter2-1
  ask "$ours" erase ghcr.io
  stores "$ours" ghcr.io builder hunter2-2
  gets "$ours" ghcr.io builder hunter2-2
  (cd "$PASSWORD_STORE_DIR/docker-credential-helpers" && mv Z2hjci5pbw== other && mv other z2Hjci5pbw==)
  for action in get erase; do
    ask "$ours" "$action" ghcr.io
    refused "another server's folder"
  done
  keep_text "$ours" ghcr.io builder hunter2-3
  refused "another server's folder"
  same 'the entries there' "$(cd "$PASSWORD_STORE_DIR" && find . -name '*.gpg')" \
    './docker-credential-helpers/z2Hjci5pbw==/builder.gpg'
  unset PASSWORD_STORE_DIR
else
  skip 'needs root, a mount namespace, exfat-fuse, exfatprogs, /dev/fuse and a loop device'
fi
umount "$scratch/mounted" 2>/dev/null
[ -z "$device" ] || losetup -d "$device"

# ---- From the store's git

git config --global user.name builder
git config --global user.email builder@example.invalid
# pull COMMAND: COMMAND is run in another clone of the store, committed there, and pulled.
pull() {
  rm -rf "$scratch/clone"
  git clone -q "$password_store" "$scratch/clone"
  (cd "$scratch/clone" && eval "$1" && git add -A && git commit -qm planted)
  pass git pull -q --no-rebase "$scratch/clone" HEAD >"$scratch/git.log" 2>&1
}

it 'a link that comes with the git repository of a shared store'
planted_store
pass git init >/dev/null 2>&1
pull 'rm -r docker-credential-helpers/Z2hjci5pbw== && ln -s .. docker-credential-helpers/Z2hjci5pbw=='
expect 'the link' [ -L "$server" ]
refused_by_all "$server"
same 'what git sees' "$(pass git status --porcelain)" ''

it 'a folder that comes with it and looks like a repository runs nothing'
planted_store
pass git init >/dev/null 2>&1
pull "(cd docker-credential-helpers/Z2hjci5pbw== && mkdir objects refs && touch objects/x refs/x &&
  echo 'ref: refs/heads/main' >HEAD &&
  printf '[core]\n\trepositoryformatversion=0\n\tbare=false\n\tworktree=.\n\tfsmonitor=\"touch $scratch/was-run; false\"\n' >config)"
expect 'it' [ -f "$server/config" ]
GIT_CONFIG_COUNT=1 GIT_CONFIG_KEY_0=user.name GIT_CONFIG_VALUE_0=other \
  keep_text "$ours" ghcr.io other hunter2-other
succeeds_quietly
gets "$ours" ghcr.io other hunter2-other
ask "$ours" erase ghcr.io
expect 'that its config ran nothing' [ ! -e "$scratch/was-run" ]
printf 'x' | pass insert -f -m docker-credential-helpers/Z2hjci5pbw==/by-hand >/dev/null 2>&1
expect 'that pass alone runs it' [ -e "$scratch/was-run" ]

it 'each entry that goes is a commit of its own'
planted_store
pass git init >/dev/null 2>&1
printf 'hunter2' | pass insert -f -m docker-credential-helpers/Z2hjci5pbw==/team/dev >/dev/null 2>&1
ask "$ours" erase ghcr.io
succeeds_quietly
same 'the commits' "$(pass git log --format=%s | head -n 2 | sort)" \
  'Remove docker-credential-helpers/Z2hjci5pbw==/builder from store.
Remove docker-credential-helpers/Z2hjci5pbw==/team/dev from store.'
same 'what git sees' "$(pass git status --porcelain)" ''

it "a folder's .gpg-id decides for whom it is encrypted, as it does for pass, also as a link"
make_key other
planted_store
mkdir "$scratch/ids"
fingerprint other >"$scratch/ids/other"
ln -s "$scratch/ids/other" "$server/.gpg-id"
stores "$ours" ghcr.io builder hunter2-new
expect 'it is for that key' grep -q "$(gpg --batch --with-colons --list-keys other@example.invalid |
  awk -F : '$1 == "sub" { print substr($5, 9); exit }')" \
  <(gpg --batch --list-packets "$server/builder.gpg" 2>&1)
gets "$ours" ghcr.io builder hunter2-new

it 'a pipe as .gpg-id is none'
rm "$server/.gpg-id"
mkfifo "$server/.gpg-id" "$all/.gpg-id"
stores "$ours" ghcr.io builder hunter2-newer
says_of_store "$ours" ready
rm "$server/.gpg-id" "$all/.gpg-id"

# ---- While it runs

# gpg_after COMMAND: a gpg first on PATH that runs COMMAND before it becomes the real one.
gpg_after() {
  printf '#!/bin/sh\ncase " $* " in *" %s "*) %s ;; esac\nexec /usr/bin/gpg "$@"\n' "$1" "$2" \
    >"$scratch/bin/gpg"
  chmod +x "$scratch/bin/gpg"
}
mkdir "$scratch/aside"

it 'a link that comes between the look and the call: get does not answer what gpg read there'
planted_store
gpg_after -d "mv '$server' '$scratch/aside/' && ln -s '$scratch/outside' '$server'"
ask "$ours" get ghcr.io
refused "^$server: it is a symbolic link"
out_lacks hunter2
expect 'that gpg read the other password' [ -L "$server" ]

it 'and store does not say that it stored'
rm -r "$server" "$scratch/aside"/*
planted_store
gpg_after -e "mv '$server' '$scratch/aside/' && ln -s '$scratch/outside' '$server'"
keep_text "$ours" ghcr.io builder hunter2-new
refused "^$server: it is a symbolic link"
cp -r "$scratch/aside"/*/. "$scratch/aside"
rm "$server" "$scratch/bin/gpg"
mv "$scratch/aside/Z2hjci5pbw==" "$server"
gets "$ours" ghcr.io builder hunter2-ghcr

it 'an entry that is replaced while it is read is read again'
planted_store
printf 'hunter2-later' | pass insert -f -m later >/dev/null
gpg_after -d "[ ! -e '$password_store/later.gpg' ] || mv '$password_store/later.gpg' '$server/builder.gpg'"
ask "$ours" get ghcr.io
rm "$scratch/bin/gpg"
answers_text ghcr.io builder hunter2-later

finish
