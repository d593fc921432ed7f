# shellcheck shell=bash
# The Debian packages that the tests and .ci/run need, and their installation.

# shellcheck disable=SC2034 # for the scripts that source this file
build_packages=(g++ meson ninja-build pkg-config nlohmann-json3-dev libcxxopts-dev libfmt-dev
  libyaml-dev libtomlplusplus-dev libpcre2-dev libsodium-dev libsystemd-dev libsecret-1-dev libcurl4-openssl-dev
  lowdown)
# beside them
unit_test_packages=(catch2 dbus-daemon gnome-keyring gnupg python3 python3-gi)

test_packages=(
  "${build_packages[@]}" "${unit_test_packages[@]}" clang libclang-rt-dev
  # real stores, a real registry, real clients
  golang-docker-credential-helpers dbus-bin gcr keepassxc pass git
  pinentry-curses
  docker-registry apache2-utils skopeo podman buildah openssl
  # shells to press Tab in
  bash-completion zsh fish
  # what the scripts are written with
  dpkg-dev gojq jq libxml2-utils mandoc bubblewrap procps e2fsprogs exfat-fuse exfatprogs iproute2 mmdebstrap python3-yaml python3-jsonschema
  python3-rich
  xdotool xvfb
)
command -v docker >/dev/null || test_packages+=('docker-cli|docker.io')
command -v kubectl >/dev/null || test_packages+=(kubernetes-client)

# shellcheck disable=SC2034
check_packages=(clang-format clang-tidy shellcheck rpm umoci openssh-client)

is_installed() { [[ $(dpkg-query -W -f '${db:Status-Abbrev}' "$1" 2>/dev/null) == ii* ]]; }

# available PACKAGE|PACKAGE: the first that this release of Debian has, else the last; the only one
# without a question.
available() {
  local package
  for package in ${1//|/ }; do
    [[ $1 == *\|* ]] && apt-cache show "$package" >/dev/null 2>&1 && break
  done
  echo "$package"
}

# install_packages PACKAGE...: those that are missing; of A|B the first that there is. A package that
# cannot be had is a warning here; the tests that need it then say so.
install_packages() {
  local package missing=() root=() log
  for package; do is_installed "$package" || missing+=("$package"); done
  ((${#missing[@]})) || return 0
  if ! command -v apt-get >/dev/null; then
    echo "warning: no apt-get here; missing Debian packages: ${missing[*]}" >&2
    return
  fi
  if ((EUID)); then
    command -v sudo >/dev/null || {
      echo "error: missing packages, and no sudo to install them with"
      echo "hint: as root: apt-get update && apt-get install --no-install-recommends ${missing[*]%%|*}"
      exit 1
    } >&2
    root=(sudo)
  fi
  echo "installing ${missing[*]}"
  log=$(mktemp)
  {
    "${root[@]}" apt-get update || echo 'some package lists could not be renewed'
    mapfile -t missing < <(for package in "${missing[@]}"; do available "$package"; done)
    "${root[@]}" env DEBIAN_FRONTEND=noninteractive \
      apt-get install -y --no-install-recommends "${missing[@]}"
  } >"$log" 2>&1 </dev/null || {
    tail -n 20 "$log"
    echo "warning: apt-get could not install ${missing[*]}"
  } >&2
  rm -f "$log"
}
