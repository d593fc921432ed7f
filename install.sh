#!/bin/sh
# Builds pullsecret for release and installs it; --help says how.
set -eu

usage() {
  cat <<'END'
usage: ./install.sh [--prefix DIR] [--with STORE]...
       ./install.sh --uninstall [--prefix DIR]

Builds pullsecret for release, in build/release of this folder, and installs its
programs, manual pages, documents and completions. You can run it again at any
time, also to upgrade.

  --prefix DIR   install into DIR/bin, DIR/libexec and DIR/share; without it
                 into /usr/local as root, else into ~/.local
  --with STORE   install docker-credential-STORE anyway: secretservice, pass
  --uninstall    remove what was installed there, and nothing else
  --help         print this text

If a config names no store, Docker takes pass or secretservice as soon as its
program is there. If that store cannot be used here, docker login would fail, so
install.sh leaves its program out.

On Debian and Ubuntu it first installs the packages that the build needs and
that are missing, with apt-get (through sudo if you are not root). Elsewhere it
names what is missing: on Fedora, openSUSE, Alpine and Arch with the command
that installs it.
END
}

say() { printf '%s\n' "$*"; }

fail() {
  say "install.sh: error: $1" >&2
  [ $# -lt 2 ] || say "install.sh: hint: $2" >&2
  exit 1
}

wrong_usage() {
  say "install.sh: error: $1" >&2
  say 'install.sh: hint: ./install.sh --help lists the options' >&2
  exit 2
}

user_id=$(id -u)
user_path=$PATH
source=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
build=$source/build/release
packages='g++ meson ninja-build pkg-config nlohmann-json3-dev libcxxopts-dev libfmt-dev
  libyaml-dev libtomlplusplus-dev libpcre2-dev libsodium-dev libsystemd-dev libcurl4-openssl-dev lowdown'

parse_options() {
  if [ "$user_id" -eq 0 ]; then prefix=/usr/local; else prefix=$HOME/.local; fi
  with='' uninstall=false
  while [ $# -gt 0 ]; do
    case $1 in
    --help | -h)
      usage
      exit 0
      ;;
    --prefix)
      [ $# -ge 2 ] || wrong_usage '--prefix needs a folder'
      prefix=$2
      shift
      ;;
    --prefix=*) prefix=${1#--prefix=} ;;
    --with)
      [ $# -ge 2 ] || wrong_usage '--with needs a store'
      add_store "$2"
      shift
      ;;
    --with=*) add_store "${1#--with=}" ;;
    --uninstall) uninstall=true ;;
    -*) wrong_usage "unknown option '$1'" ;;
    *) wrong_usage "unexpected argument '$1'" ;;
    esac
    shift
  done
  [ -n "$prefix" ] || wrong_usage '--prefix needs a folder'
  case $prefix in /*) ;; *) prefix=$PWD/$prefix ;; esac
  [ "$prefix" = / ] || prefix=${prefix%/}
}

add_store() {
  case $1 in
  secretservice | pass | encryptedfile) with="$with $1" ;;
  *) wrong_usage "--with: '$1' is no store; it takes secretservice or pass" ;;
  esac
}

check_prefix() {
  folder=$prefix
  while [ -n "$folder" ] && [ ! -e "$folder" ]; do folder=${folder%/*}; done
  if [ ! -d "${folder:-/}" ] || [ ! -w "${folder:-/}" ]; then
    fail "$prefix cannot be written to" 'choose a folder of your own with --prefix, or use sudo'
  fi
}

is_installed() {
  case $(dpkg-query -W -f '${db:Status-Abbrev}' "$1" 2>/dev/null) in ii*) ;; *) return 1 ;; esac
}

install_packages() {
  missing=
  for package in $packages; do
    is_installed "$package" || missing="$missing $package"
  done
  [ -n "$missing" ] || return 0
  sudo=
  if [ "$user_id" -ne 0 ]; then
    command -v sudo >/dev/null ||
      fail "missing packages:$missing" "as root: apt-get update && apt-get install$missing"
    sudo=sudo
  fi
  say "Installing$missing"
  # shellcheck disable=SC2086 # lists of words
  step install_missing $sudo
}

# install_missing [sudo]
install_missing() {
  "$@" apt-get update || say 'some package lists could not be renewed'
  # shellcheck disable=SC2086 # a list of words
  "$@" env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends $missing </dev/null
}

# What the build needs where there is no apt-get: a program, header or library, of NAME/NAME one of them;
# and the package of Fedora (dnf), openSUSE (zypper), Alpine (apk) and Arch (pacman) that has it.
needs() {
  compiler=${CXX:-c++}
  cat <<END
program ${compiler%% *}    gcc-c++            gcc-c++             g++           gcc
program meson          meson              meson               meson         meson
program ninja          ninja-build        ninja               samurai       ninja
program pkg-config     pkgconf-pkg-config pkgconf-pkg-config  pkgconf       pkgconf
header  linux/keyctl.h kernel-headers     linux-glibc-devel   linux-headers linux-api-headers
library nlohmann_json  json-devel         nlohmann_json-devel nlohmann-json nlohmann-json
library cxxopts        cxxopts-devel      cxxopts-devel       cxxopts-dev   cxxopts
library fmt            fmt-devel          fmt-devel           fmt-dev       fmt
library yaml-0.1       libyaml-devel      libyaml-devel       yaml-dev      libyaml
library tomlplusplus   tomlplusplus-devel tomlplusplus-devel  tomlplusplus-dev tomlplusplus
library libpcre2-8     pcre2-devel        pcre2-devel         pcre2-dev     pcre2
library libsodium      libsodium-devel    libsodium-devel     libsodium-dev libsodium
library libcurl        libcurl-devel      libcurl-devel       curl-dev      curl
library libsystemd/libelogind/basu/libsecret-1 systemd-devel systemd-devel elogind-dev systemd-libs
END
}

is_there() {
  case $1 in
  program) command -v "$2" >/dev/null ;;
  header) [ -e "/usr/include/$2" ] ;;
  library) (
    IFS=/
    for library in $2; do
      ! pkg-config --exists "$library" 2>/dev/null || exit 0
    done
    exit 1
  ) ;;
  esac
}

package_manager() {
  for manager in dnf zypper apk pacman; do
    ! command -v "$manager" >/dev/null || break
    manager=
  done
  echo "$manager"
}

name_what_is_missing() {
  manager=$(package_manager)
  missing='' packages='' package=''
  while read -r kind name fedora opensuse alpine arch; do
    ! is_there "$kind" "$name" || continue
    case $manager in
    dnf) package=$fedora ;;
    zypper) package=$opensuse ;;
    apk) package=$alpine ;;
    pacman) package=$arch ;;
    esac
    missing="$missing $name ($kind),"
    packages="$packages $package"
  done <<END
$(needs)
END
  [ -n "$missing" ] || return 0
  case $manager in
  '') hint="install them with the system's package manager, then run this again" ;;
  apk) hint="as root: apk add$packages" ;;
  pacman) hint="as root: pacman -S$packages" ;;
  *) hint="as root: $manager install$packages" ;;
  esac
  fail "missing:${missing%,}" "$hint"
}

prepare_system() {
  if command -v apt-get >/dev/null && command -v dpkg-query >/dev/null; then
    static_libraries=true
    install_packages
    # Debian's meson with Debian's python3, whatever else comes first on PATH.
    PATH=/usr/bin:/bin:$PATH
  else
    static_libraries=false
    name_what_is_missing
  fi
}

# Runs a step, and shows its output only if it fails.
step() {
  log=$build.log
  mkdir -p "$source/build"
  progress "$*"
  watch_log &
  watcher=$!
  status=0
  "$@" >"$log" 2>&1 || status=$?
  kill "$watcher" 2>/dev/null || :
  wait "$watcher" 2>/dev/null || :
  progress ''
  [ "$status" -ne 0 ] || return 0
  cat "$log" >&2
  fail "this failed: $*" "its output is above, and in $log"
}

# On a terminal one line that is renewed; none with an empty text.
progress() { [ ! -t 2 ] || printf '\r\033[K%.79s' "$1" >&2; }

watch_log() { while sleep 1 && kill -0 $$ 2>/dev/null; do progress "$(tail -n 1 "$log")"; done; }

build_release() {
  say "Building in $build"
  again=
  [ ! -f "$build/build.ninja" ] || again=--reconfigure
  step meson setup $again --prefix "$prefix" --buildtype release -Dstrip=true \
    -Dstatic_libraries=$static_libraries "$build" "$source"
  step meson compile -C "$build" -j "$(getconf _NPROCESSORS_ONLN)"
}

# Docker looks for plugins in /usr, /usr/local and the user's own folder.
link_docker_plugin() {
  [ "$prefix" = "$HOME/.local" ] || return 0
  mkdir -p "$HOME/.docker/cli-plugins"
  ln -sf "$prefix/bin/pullsecret" "$HOME/.docker/cli-plugins/docker-pullsecret"
}

# The store that Docker takes by itself where a config names none: docker/cli,
# cli/config/credentials/default_store_linux.go.
default_store() {
  if (PATH=$user_path && command -v pass) >/dev/null; then echo pass; else echo secretservice; fi
}

# as_user COMMAND...: as who called sudo, in that user's session.
as_user() {
  if [ "$user_id" -eq 0 ] && [ -n "${SUDO_UID-}" ] && command -v setpriv >/dev/null; then
    session=/run/user/$SUDO_UID
    home=$(getent passwd "$SUDO_UID" | cut -d: -f6)
    # shellcheck disable=SC2153 # sudo sets both
    setpriv --reuid "$SUDO_UID" --regid "$SUDO_GID" --init-groups env HOME="$home" \
      XDG_RUNTIME_DIR="$session" DBUS_SESSION_BUS_ADDRESS="unix:path=$session/bus" PATH="$user_path" "$@"
  else
    PATH=$user_path "$@"
  fi
}

# What is there already changes nothing, and what was asked for is wanted.
choose_helpers() {
  left_out=''
  store=$(default_store)
  helper=docker-credential-$store
  case " $with " in *" $store "*) return ;; esac
  [ ! -e "$prefix/bin/$helper" ] || return 0
  ! (PATH=$user_path && command -v "$helper") >/dev/null || return 0
  case $(as_user "$build/helpers/$store/$helper" status 2>/dev/null) in
  *'"State":"ready"'* | *'"State":"locked"'*) ;;
  *) left_out=$store ;;
  esac
}

install_files() {
  step meson install -C "$build" --no-rebuild
  [ -z "$left_out" ] || rm -f "$prefix/bin/docker-credential-$left_out"
  link_docker_plugin
  mkdir -p "$prefix/share/pullsecret"
  # Meson notes what it installed, folders too; its comments begin with #.
  grep "^$prefix/" "$build/meson-logs/install-log.txt" | while IFS= read -r file; do
    [ -d "$file" ] || [ ! -e "$file" ] || printf '%s\n' "${file#"$prefix"/}"
  done >"$file_list"
  say 'Installed:'
  while IFS= read -r file; do
    case $file in
    bin/* | libexec/* | */cli-plugins/*) kind='program    ' ;;
    share/man/*) kind='manual page' ;;
    share/doc/*) kind='document   ' ;;
    share/pullsecret/*) kind='JSON Schema' ;;
    *) kind='completion ' ;;
    esac
    say "  $kind  $prefix/$file"
  done <"$file_list"
  [ -z "$left_out" ] || say_what_is_left_out
}

say_what_is_left_out() {
  say "Left out: docker-credential-$left_out, whose store cannot be used here. Docker would take it by"
  say "itself where config.json names no store, and docker login would fail. To have it all the same:"
  say "  ./install.sh --with $left_out"
}

# ---- Uninstalling

# A store that the user's config names has to stay, unless another program of its name is there.
refuse_if_in_use() {
  config=${DOCKER_CONFIG:-$(as_user sh -c 'echo "$HOME"')/.docker}/config.json
  for store in secretservice pass encryptedfile; do
    grep -Eq ":[[:space:]]*\"$store\"" "$config" 2>/dev/null || continue
    others=$(printf %s ":$user_path:" | sed "s|:$prefix/bin:|:|g")
    ! (PATH=$others && command -v "docker-credential-$store") >/dev/null || continue
    fail "$config names $store, and docker login would fail without it" \
      "pullsecret migrate --to inline, or to another store; then run this again"
  done
}

# What a list names is removed only where it is a file below the prefix.
uninstall_files() {
  [ -f "$file_list" ] || fail "nothing that install.sh installed is in $prefix" 'name its folder with --prefix'
  refuse_if_in_use
  while IFS= read -r file; do
    case /$file/ in *//* | */../*) continue ;; esac
    rm -f "$prefix/$file"
  done <"$file_list"
  rm -f "$file_list"
  rmdir "$prefix/share/pullsecret/schema" "$prefix/share/pullsecret" "$prefix/share/doc/pullsecret" "$prefix/libexec/pullsecret" 2>/dev/null || :
  plugin=$HOME/.docker/cli-plugins/docker-pullsecret
  [ "$(readlink "$plugin" 2>/dev/null)" != "$prefix/bin/pullsecret" ] || rm -f "$plugin"
  say "Removed from $prefix. Configs and stores are as they were."
}

say_whether_on_path() {
  case :$user_path: in
  *":$prefix/bin:"*) say "$prefix/bin is on PATH." ;;
  *)
    say "$prefix/bin is not on PATH. Add this line to ~/.profile and log in again:"
    say "  export PATH=\"$prefix/bin:\$PATH\""
    ;;
  esac
}

parse_options "$@"
check_prefix
file_list=$prefix/share/pullsecret/installed-files
if $uninstall; then
  uninstall_files
  exit
fi
prepare_system
build_release
choose_helpers
install_files
say_whether_on_path
