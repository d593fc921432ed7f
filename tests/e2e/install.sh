#!/bin/bash
# install.sh builds and installs; wrong usage and what is missing are said before anything is done.
#
# one build: install.sh knows but one
# runs alone: it builds in the folder of the release build

# shellcheck source=registry_cases.sh
. "$(dirname "$0")/registry_cases.sh"
need docker docker-registry htpasswd
source=$(cd "$e2e/../.." && pwd)
prefix=$scratch/prefix
version=$(pullsecret --version) # which is installed anew with what is built below

# run_installer ARGUMENT...: with the PATH in $search. It may build everything, and gets more time than
# `run` gives.
search=$PATH
run_installer() {
  ran="install.sh $*"
  timeout 500 env PATH="$search" "$source/install.sh" "$@" >"$scratch/out" 2>"$scratch/err"
  status=$?
}

# refuses STATUS REGEX
refuses() {
  status_is "$1"
  expect 'nothing on standard output' [ ! -s "$scratch/out" ]
  err_has "^install.sh: error: $2"
  err_has '^install.sh: hint: '
}

it '--help says how'
run_installer --help
succeeds_quietly
out_has '^usage: \./install\.sh \[--prefix DIR\] \[--with STORE\]\.\.\.$'

it 'wrong usage'
run_installer --prefx /tmp
refuses 2 "unknown option '--prefx'"
run_installer --prefix
refuses 2 '--prefix needs a folder'
run_installer --prefix=
refuses 2 '--prefix needs a folder'
run_installer /tmp
refuses 2 "unexpected argument '/tmp'"
run_installer --with keychain
refuses 2 "--with: 'keychain' is no store"

it 'a prefix that cannot be written to'
touch file
run_installer --prefix "$HOME/file/prefix"
refuses 1 '.*/file/prefix cannot be written to'

it 'what is missing is named where there is no apt-get'
mkdir no-apt
for program in id dirname cat; do
  ln -s "$(command -v "$program")" no-apt/
done
search=$HOME/no-apt
run_installer --prefix "$prefix"
search=$PATH
refuses 1 'missing: c\+\+ \(program\), meson \(program\), .*, nlohmann_json \(library\), '
err_has "^install.sh: hint: install them with the system's package manager, then run this again$"

# installs_with MANAGER COMMAND...: on a system with that package manager, to the packages of all that
# is looked for.
installs_with() {
  it "what is missing has the names of the system's packages, with $1"
  ln -s /bin/true "no-apt/$1"
  search=$HOME/no-apt
  run_installer --prefix "$prefix"
  search=$PATH
  rm "no-apt/$1"
  refuses 1 'missing: c\+\+ \(program\), '
  same 'the hint' "$(sed -n 's/^install.sh: hint: as root: //p' "$scratch/err" |
    sed -E "s/ ($kernel_headers)( |$)/ /")" "${*:2}"
}

# Those that this machine has, too.
kernel_headers='kernel-headers|linux-glibc-devel|linux-headers|linux-api-headers'
installs_with dnf dnf install gcc-c++ meson ninja-build pkgconf-pkg-config json-devel cxxopts-devel \
  fmt-devel libyaml-devel tomlplusplus-devel pcre2-devel libsodium-devel libcurl-devel systemd-devel
installs_with zypper zypper install gcc-c++ meson ninja pkgconf-pkg-config nlohmann_json-devel \
  cxxopts-devel fmt-devel libyaml-devel tomlplusplus-devel pcre2-devel libsodium-devel libcurl-devel \
  systemd-devel
installs_with apk apk add g++ meson samurai pkgconf nlohmann-json cxxopts-dev fmt-dev yaml-dev \
  tomlplusplus-dev pcre2-dev libsodium-dev curl-dev elogind-dev
installs_with pacman pacman -S gcc meson ninja pkgconf nlohmann-json cxxopts fmt libyaml \
  tomlplusplus pcre2 libsodium curl systemd-libs

it 'of the libraries for D-Bus one will do'
for program in c++ meson ninja; do
  ln -s /bin/true "no-apt/$program"
done
# shellcheck disable=SC2016 # for that script
printf '#!/bin/sh\ncase " $known " in *" $2 "*) ;; *) exit 1 ;; esac\n' >no-apt/pkg-config
chmod +x no-apt/pkg-config
search=$HOME/no-apt
for library in libsystemd libelogind basu libsecret-1; do
  known="nlohmann_json cxxopts fmt yaml-0.1 tomlplusplus libpcre2-8 libcurl $library" run_installer --prefix "$prefix"
  refuses 1 'missing: libsodium \(library\)$'
done
known="nlohmann_json cxxopts fmt yaml-0.1 tomlplusplus libpcre2-8 libcurl" run_installer --prefix "$prefix"
refuses 1 'missing: libsodium \(library\), libsystemd/libelogind/basu/libsecret-1 \(library\)$'
search=$PATH

it 'programs and manual pages are installed, and named'
run_installer --prefix "$prefix"
succeeds_quietly
for file in bin/pullsecret libexec/pullsecret/pullsecret-check share/man/man1/pullsecret.1 \
  share/man/man7/pullsecret-errors.7 share/man/man7/pullsecret-recipes.7 \
  share/man/man7/pullsecret-security.7 share/man/man1/pullsecret-convert.1 \
  share/doc/pullsecret/{README,recipes,errors}.md share/doc/pullsecret/cronjob.yaml share/pullsecret/schema/check.json \
  share/bash-completion/completions/pullsecret share/zsh/site-functions/_pullsecret \
  share/fish/vendor_completions.d/pullsecret.fish; do
  out_has "^  (program|manual page|document|JSON Schema|completion) +$prefix/$file$"
  expect "the file $file" [ -s "$prefix/$file" ]
done
same 'the files named' "$(grep -o "$prefix/.*/.*" "$scratch/out" | grep -v PATH | sort)" \
  "$(find "$prefix" \( -type f -o -type l \) ! -name installed-files | sort)"
same 'its version' "$("$prefix/bin/pullsecret" --version)" "$version"
for file in bin/kubectl-pullsecret lib/docker/cli-plugins/docker-pullsecret; do
  same "the program behind $file" "$("$prefix/$file" --version)" "$version"
done
expect 'no plugin in the folder of a user who installs elsewhere' [ ! -e .docker/cli-plugins ]

it 'what to add to PATH is said'
out_has "^$prefix/bin is not on PATH\\."
out_has "export PATH=\"$prefix/bin:\\\$PATH\""

# The programs of this machine, but for password stores.
programs=$scratch/programs
mkdir "$programs"
find /bin/ /usr/bin/ -maxdepth 1 ! -type d ! -name 'docker-credential-*' ! -name pass \
  -exec ln -sf -t "$programs" {} +
ln -sf "$(command -v docker)" "$programs/docker"

# docker_logs_in: where no config names a store, as before anything was installed.
docker_logs_in() {
  rm -rf .docker
  PATH=$search docker_login "$registry"
  succeeds
}

it 'a store that Docker would take by itself, and that cannot be used here, is left out'
start_registry
search=$prefix/bin:$programs
rm "$prefix"/bin/docker-credential-*
docker_logs_in
run_installer --prefix "$prefix"
succeeds_quietly
out_has '^Left out: docker-credential-secretservice, whose store cannot be used here'
expect 'it is not there' [ ! -e "$prefix/bin/docker-credential-secretservice" ]
expect 'the others are' [ -x "$prefix/bin/docker-credential-pass" ]
docker_logs_in

it 'it comes where it was asked for, and then stays'
run_installer --prefix "$prefix" --with secretservice
succeeds_quietly
out_lacks 'Left out'
expect 'it is there' [ -x "$prefix/bin/docker-credential-secretservice" ]
run_installer --prefix "$prefix"
out_lacks 'Left out'

it 'another program of its name that was there before makes no difference'
rm "$prefix"/bin/docker-credential-*
ln -sf /bin/true "$programs/docker-credential-secretservice"
run_installer --prefix "$prefix"
out_lacks 'Left out'
expect 'it is there' [ -x "$prefix/bin/docker-credential-secretservice" ]
rm "$programs/docker-credential-secretservice"

it 'it does not go while a config names one of its stores'
mkdir -p .docker
echo '{"credsStore": "encryptedfile"}' >.docker/config.json
run_installer --prefix "$prefix" --uninstall
refuses 1 '.*/config.json names encryptedfile, and docker login would fail without it'
expect 'all is there' [ -x "$prefix/bin/pullsecret" ]

it 'it goes, and nothing else with it'
rm .docker/config.json
touch "$prefix/bin/other" "$prefix/share/pullsecret/other"
run_installer --prefix "$prefix" --uninstall
succeeds_quietly
same 'what is left' "$(find "$prefix" ! -type d | sort)" \
  "$(printf '%s\n' "$prefix/bin/other" "$prefix/share/pullsecret/other")"
run_installer --prefix "$prefix" --uninstall
refuses 1 "nothing that install.sh installed is in $prefix"
search=$PATH

it 'on a terminal a line that is renewed says what is done, and is gone at the end'
terminal=$scratch/terminal
timeout 500 script -qec "'$source/install.sh' --prefix '$prefix'" /dev/null >"$terminal" </dev/null
renewed=$(printf '\r\033[K')
expect 'the steps' grep -qF "${renewed}meson compile" "$terminal"
same 'what it leaves' "$(grep -aF "$renewed" "$terminal" | sed 's/.*\x1b\[K//' | tr -d '\r' | sort -u)" \
  Installed:

it 'in ~/.local docker finds the plugin all the same'
run_installer --prefix "$HOME/.local"
succeeds_quietly
same 'its version' "$(.docker/cli-plugins/docker-pullsecret --version)" "$version"

it 'it may be run again'
search=$PATH:$prefix/bin
run_installer --prefix="$prefix/"
succeeds_quietly
out_has "^$prefix/bin is on PATH\\.$"

finish
