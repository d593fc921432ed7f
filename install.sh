#!/bin/sh
# Builds pullsecret for release and installs it; --help says how.
set -eu

usage() {
  cat <<'END'
usage: ./install.sh [--prefix DIR]

Builds pullsecret for release, in build/release of this folder, and installs its programs, manual
pages and completions. May be run again at any time.

  --prefix DIR   install into DIR/bin, DIR/libexec and DIR/share; without it into /usr/local
                 as root, else into ~/.local
  --help         print this text

On Debian and Ubuntu it first installs the packages that the build needs and that are missing, with
apt-get (through sudo where not run as root). Elsewhere it names what is missing: on Fedora, openSUSE,
Alpine and Arch with the command that installs it.
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
  libyaml-cpp-dev libsodium-dev libsystemd-dev libcurl4-openssl-dev'

parse_options() {
  if [ "$user_id" -eq 0 ]; then prefix=/usr/local; else prefix=$HOME/.local; fi
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
    -*) wrong_usage "unknown option '$1'" ;;
    *) wrong_usage "unexpected argument '$1'" ;;
    esac
    shift
  done
  [ -n "$prefix" ] || wrong_usage '--prefix needs a folder'
  case $prefix in /*) ;; *) prefix=$PWD/$prefix ;; esac
  [ "$prefix" = / ] || prefix=${prefix%/}
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
  say "Installing$missing"
  as_root apt-get update || say 'install.sh: warning: some package lists could not be renewed' >&2
  # shellcheck disable=SC2086 # a list of words
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends $missing ||
    fail "apt-get could not install$missing"
}

as_root() {
  if [ "$user_id" -eq 0 ]; then
    "$@"
  elif command -v sudo >/dev/null; then
    sudo "$@"
  else
    fail "missing packages:$missing" "as root: apt-get install$missing"
  fi
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
library yaml-cpp       yaml-cpp-devel     yaml-cpp-devel      yaml-cpp-dev  yaml-cpp
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

# Runs a step of the build, and shows its output only if it fails.
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
  fail 'the build failed' "its output is above, and in $log"
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

install_files() {
  step meson install -C "$build" --no-rebuild
  link_docker_plugin
  say 'Installed:'
  # Meson's own list of what it installed; its comments begin with #.
  sed -n -e 's|^/.*/bin/|  program      &|p' -e 's|^/.*/libexec/pullsecret/|  program      &|p' \
    -e 's|^/.*/man/man./|  manual page  &|p' -e '\|^/.*/share/.*pullsecret|s|^|  completion   |p' \
    -e 's|^/.*/cli-plugins/|  program      &|p' \
    "$build/meson-logs/install-log.txt"
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

# The helpers of stores that Docker takes by itself, as far as the user had some before.
find_helpers() {
  for store in pass secretservice; do
    (PATH=$user_path && command -v docker-credential-$store) || :
  done
}

# A config that names no store is root's business for every user, else for this one alone. The
# doctor knows what Docker does with it.
say_what_docker_takes() {
  (PATH=$user_path && command -v docker) >/dev/null || return 0
  if [ "$user_id" -eq 0 ]; then
    mkdir -p "$source/build/no-config"
    DOCKER_CONFIG=$source/build/no-config
    export DOCKER_CONFIG
  fi
  program=$(PATH=$user_path "$prefix/bin/pullsecret" doctor -o json 2>/dev/null |
    tr -d ' \n' |
    sed -n 's/.*"default-store","severity":"problem","subject":"\([^"]*\)".*/\1/p')
  [ -n "$program" ] || return 0
  case $helpers_before in *"$program"*) return 0 ;; esac
  say "Where config.json names no store, docker login takes $program now, which does not work here."
  say 'Choose another: pullsecret migrate --to encryptedfile'
}

parse_options "$@"
check_prefix
helpers_before=$(find_helpers)
prepare_system
build_release
install_files
say_whether_on_path
say_what_docker_takes
