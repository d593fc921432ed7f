#!/bin/bash
# pullsecret doctor and the programs that a config names, where that takes a real file of another system,
# a mount or a shell. All else is in tests/unit/cli/cases/doctor_helpers.txt.

# shellcheck source=doctor_cases.sh
. "$(dirname "$0")/doctor_cases.sh"
# shellcheck source=own_mounts.sh
. "$e2e/own_mounts.sh"
need python3

program() { printf '%s/bin/docker-credential-%s' "$scratch" "$1"; }
uses() { config "{\"credsStore\":\"$1\"}"; }

# ---- Files

it 'on a file system that is mounted noexec'
mkdir "$scratch/noexec"
uses plain
export e2e
if run_in_own_mounts sh -c 'mount -t tmpfs -o noexec none "$1/noexec" &&
    cp "$e2e/json_store" "$1/noexec/docker-credential-plain" &&
    PATH=$1/noexec:$PATH &&
    exec pullsecret doctor -q -o json' sh "$scratch"; then
  finds problem helper-not-executable 'mounted noexec' 'move it'
fi

it 'a program for another architecture'
python3 - "$(program foreign)" <<'END'
import os, shutil, struct, sys
shutil.copy('/bin/true', sys.argv[1])
other = 62 if os.uname().machine == 'aarch64' else 183  # e_machine: x86-64, aarch64
with open(sys.argv[1], 'r+b') as file:
    file.seek(18)
    file.write(struct.pack('<H', other))
END
uses foreign
doctor
finds problem helper-wrong-format 'no program for this machine' 'install the program for this'

it 'a program that is linked with a loader that is not here'
python3 - "$(program musl)" <<'END'
import re, shutil, sys
shutil.copy('/bin/true', sys.argv[1])
with open(sys.argv[1], 'r+b') as file:
    text = file.read()
    loader = re.search(rb'/lib[0-9]*/ld-[^\0]*', text)
    file.seek(loader.start())
    file.write(b'/nowhere'.ljust(len(loader.group()), b'\0'))
END
uses musl
doctor
finds problem helper-wrong-format 'its loader is not here' 'made for this system'

it 'a Windows program'
printf 'MZ\x90\0\x03\0\0\0\x04\0\0\0\xff\xff\0\0' >"$(program windows.exe)"
chmod +x "$(program windows.exe)"
uses windows.exe
doctor
if [ -e /proc/sys/fs/binfmt_misc/WSLInterop ]; then
  skip 'this system runs Windows programs'
else
  finds problem helper-wrong-format 'a Windows program' '\[interop\]'
fi

# ---- Where it is found

it 'on PATH in an interactive shell only'
mkdir "$HOME/tools"
cp "$e2e/json_store" "$HOME/tools/docker-credential-tool"
echo '{}' >"$HOME/tools/docker-credential-tool.json"
# shellcheck disable=SC2016 # for the shell that reads it
echo 'PATH=$PATH:$HOME/tools' >"$HOME/.bashrc"
uses tool
SHELL=/bin/bash doctor
finds problem helper-interactive-only "it is in $HOME/tools.* interactive shell only" 'in [~]/.profile'

it 'on PATH here, but not where no terminal starts Docker'
SHELL=/bin/bash PATH=$PATH:$HOME/tools doctor
succeeds
finds ok helper-ok
finds warning helper-interactive-only "it is in $HOME/tools.*cron" "ln -s $HOME/tools/docker-credential-tool"

it 'broken anyway: where it is found is not what is wrong'
printf 'MZ\x90\0' >"$HOME/tools/docker-credential-tool"
SHELL=/bin/bash doctor
finds problem helper-wrong-format '' '`pullsecret doctor --fix` puts encryptedfile'
lacks_finding helper-interactive-only
SHELL=/bin/bash PATH=$PATH:$HOME/tools doctor
finds problem helper-wrong-format
lacks_finding helper-interactive-only

it 'a program that finds the rest of itself on that PATH works there'
printf '#!/bin/sh\nexec tool-itself "$1"\n' >"$HOME/tools/docker-credential-tool"
cp "$e2e/json_store" "$HOME/tools/tool-itself"
echo '{}' >"$HOME/tools/tool-itself.json"
chmod +x "$HOME/tools/tool-itself"
SHELL=/bin/bash doctor
finds problem helper-interactive-only
ln -sf "$e2e/json_store" "$HOME/tools/docker-credential-tool"

it 'and on PATH everywhere'
# shellcheck disable=SC2016
echo 'PATH=$PATH:$HOME/tools' >"$HOME/.profile"
SHELL=/bin/bash PATH=$PATH:$HOME/tools doctor
finds ok helper-ok
lacks_finding helper-interactive-only
rm "$HOME/.profile" "$HOME/.bashrc"

it 'Docker Desktop is broken under WSL: what stands in the file is not told to go there'
printf 'MZ\x90\0' >"$(program desktop.exe)"
chmod +x "$(program desktop.exe)"
config '{"auths":{"ghcr.io":{"auth":"dTpodW50ZXIy"}},"credsStore":"desktop.exe"}'
doctor
if [ -e /proc/sys/fs/binfmt_misc/WSLInterop ]; then
  skip 'this system runs Windows programs'
else
  finds problem helper-wrong-format '' '`pullsecret doctor --fix` takes it out: what stands in the file stays in use$'
  finds warning entry-plain-text 'while the store desktop.exe does not work' '^what is said of that store'
  expect 'no migration to it' lacks 'migrate[^"]*desktop' "$scratch/out"
  follows helper-wrong-format
  finds ok entry-ok 'in plain text in the file'
fi
rm "$(program desktop.exe)"

finish
