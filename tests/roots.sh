# shellcheck shell=bash
# Root folders with a Debian of their own, and commands run inside. Root's alone; they are kept in
# build/roots.

roots=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)/build/roots

# why_no_roots: what is missing here to make and use them, and success; or failure if nothing is.
why_no_roots() {
  local program
  for program in mmdebstrap unshare ip; do
    command -v "$program" >/dev/null && continue
    echo "$program is not installed"
    return
  done
  if ((EUID != 0)); then
    echo 'only root can make a root folder with another Debian'
  elif ! unshare --mount --pid --net --fork true 2>/dev/null; then
    echo 'namespaces cannot be made here'
  else
    return 1
  fi
}

# security_updates SUITE: where they are, for apt.
security_updates() { echo "deb http://deb.debian.org/debian-security $1-security main"; }

# make_root NAME SUITE [--OPTION]... PACKAGE...: $roots/NAME, with that release of Debian and the
# PACKAGEs, if it is not there yet as it should be; each OPTION is mmdebstrap's. Fails with
# mmdebstrap's words on standard error.
make_root() {
  local root=$roots/$1 suite=$2 made="${*:2} with security" options=() packages=() word
  [ "$(cat "$root/etc/made-with" 2>/dev/null)" != "$made" ] || return 0
  for word in "${@:3}"; do
    case $word in --*) options+=("$word") ;; *) packages+=("$word") ;; esac
  done
  ((${#packages[@]} == 0)) || options+=("--include=${packages[*]}")
  rm -rf --one-file-system "$root" "$root.new"
  mkdir -p "$roots"
  mmdebstrap --variant=apt --dpkgopt=force-unsafe-io "${options[@]}" "$suite" "$root.new" \
    http://deb.debian.org/debian "$(security_updates "$suite")" >"$root.log" 2>&1 || {
    cat "$root.log" >&2
    return 1
  }
  echo "$made" >"$root.new/etc/made-with"
  mv "$root.new" "$root"
}

# in_root ROOT [FOLDER=PLACE]... -- COMMAND...: COMMAND as root in that folder, with nothing of this
# environment, an empty /tmp and no network but its own loopback; each FOLDER of this machine is seen at
# PLACE, and all processes end with COMMAND.
in_root() { unshare --mount --pid --net --fork --kill-child bash -c "$inside" in_root "$@"; }

# shellcheck disable=SC2016 # for that bash
inside='
set -e
cd "$1"
mount -t proc proc proc
mount --rbind /dev dev
mount -t tmpfs tmpfs tmp
ip link set lo up
shift
while [ "$1" != -- ]; do
  mkdir -p "./${1#*=}"
  mount --bind "${1%%=*}" "./${1#*=}"
  shift
done
shift
exec chroot . /usr/bin/env -i HOME=/root PATH=/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin LANG=C.UTF-8 "$@"'
