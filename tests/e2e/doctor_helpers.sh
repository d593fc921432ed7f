#!/bin/bash
# pullsecret doctor and the programs that a config names, where that takes a real file of another system,
# a mount or a shell, and where they hang. Names and answers are in tests/unit/cli/cases/.

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

it 'a macOS program'
printf '\xcf\xfa\xed\xfe\x0c\0\0\x01' >"$(program mac)"
chmod +x "$(program mac)"
uses mac
doctor
finds problem helper-wrong-format 'no program for this machine'

it 'a script with line ends of Windows, and the command that mends it'
printf '#!/bin/sh\r\necho "{}"\r\n' >"$(program crlf)"
chmod +x "$(program crlf)"
uses crlf
doctor
finds problem helper-wrong-format 'CR LF' "^.sed -i 's/"
sh -c "$(jq -r '.[] | select(.name == "helper-wrong-format").hint | split("`")[1]' "$scratch/out")"
doctor
lacks_finding helper-wrong-format

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

it 'in a folder that PATH names relatively'
cd "$HOME/tools" || exit 1
PATH=.:$PATH doctor
finds problem helper-not-found 'it is in "\.".*runs no program from there' 'absolute path'
cd "$HOME" || exit 1

# ---- Answers

it 'hangs, and is asked nothing more'
helper slow <<END
echo "\$1" >>"$scratch/slow.log"
[ "\$1" = version ] || sleep 300
END
uses slow
limit=2 doctor
finds problem helper-hangs '^get: no answer within 2 s'
same 'what it was asked' "$(tr '\n' ' ' <"$scratch/slow.log")" 'get '
nothing_left

it 'hangs at all that Docker does not ask'
helper dev-containers-7 <<'END'
[ "$1" = get ] || exec sleep 300
echo '{"Username":"octocat","Secret":"hunter2"}'
END
config '{"auths":{"ghcr.io":{}},"credsStore":"dev-containers-7"}'
limit=2 doctor
succeeds
finds warning helper-no-list '^it answers get, but not list: no answer within 2 s'
finds ok entry-ok
nothing_left
run pullsecret doctor --fix --yes --timeout 2
json_is 'in the config' '"dev-containers-7"' .credsStore "$HOME/.docker/config.json"

it 'hangs at the first question'
helper slow <<<'exec sleep 300'
uses slow
limit=2 doctor
finds problem helper-hangs '^get: no answer within 2 s'
config '{"auths":{"ghcr.io":{}},"credsStore":"slow"}'
limit=2 doctor
finds problem helper-hangs '^get: no answer within 2 s' '`pullsecret doctor --fix --use encryptedfile`$'
nothing_left
limit=2 follows helper-hangs

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

it 'looks at all helpers side by side'
config "{\"credHelpers\":{\"a.example\":\"nap1\",\"b.example\":\"nap2\",\"c.example\":\"nap3\"}}"
for i in 1 2 3; do
  helper "nap$i" <<END
touch "$scratch/napping$i"
until [ -e "$scratch/napping1" ] && [ -e "$scratch/napping2" ] && [ -e "$scratch/napping3" ]; do
  sleep 0.05
done
echo '{}'
END
done
doctor
lacks_finding helper-hangs

finish
