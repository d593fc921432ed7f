#!/bin/bash
# pullsecret doctor and the programs that a config names: each condition is made with a real file,
# program or shell.

# shellcheck source=doctor_cases.sh
. "$(dirname "$0")/doctor_cases.sh"
# shellcheck source=own_mounts.sh
. "$e2e/own_mounts.sh"
need python3

program() { printf '%s/bin/docker-credential-%s' "$scratch" "$1"; }
uses() { config "{\"credsStore\":\"$1\"}"; }
not_found='executable file not found in \$PATH'

# ---- Names

it 'a helper that works'
store good '{"ghcr.io": ["octocat", "hunter2"]}'
config '{"auths":{"ghcr.io":{}},"credsStore":"good"}'
doctor
succeeds
finds ok helper-ok '^works, and has 1 credential'

it 'is asked for what the config names, and then for its list'
store good '{"a.example": ["u", "hunter2"], "ghcr.io": ["octocat", "hunter2"]}'
config '{"auths":{"quay.io":{},"ghcr.io":{}},"credsStore":"good"}'
doctor
same 'what it was asked first' "$(asked good | head -n 1)" 'get quay.io'
for question in 'get ghcr.io' 'list unused'; do
  same "how often it was asked '$question'" "$(asked good | grep -cx "$question")" 1
done

it 'one that has nothing is asked for Docker Hub'
store good '{}'
uses good
doctor
succeeds
finds ok helper-ok 'has 0 credentials'
same 'what it was asked' "$(asked good | tail -n 1)" 'get https://index.docker.io/v1/'

it 'a helper that is not on PATH'
config '{"credHelpers":{"a.example":"nowhere","b.example":"nowhere"}}'
doctor
finds problem helper-not-found "^credHelpers for a.example and 1 more names it.*$not_found" 'doctor --fix'

it 'says what brings the helpers of the clouds'
for row in 'gcloud:Google Cloud CLI' 'ecr-login:apt install amazon-ecr-credential-helper' \
  'acr-env:az acr login' 'osxkeychain:macOS' 'wincred:Windows'; do
  config "{\"credHelpers\":{\"a.example\":\"${row%%:*}\"}}"
  run env "PATH=$program_folder" pullsecret doctor -q -o json
  finds problem helper-not-found "$not_found" "${row#*:}"
done

it 'what minted tokens is replaced with a word about that'
for row in gcr.io:gcloud 123456789012.dkr.ecr.eu-west-1.amazonaws.com:ecr-login a.azurecr.io:acr-env; do
  config "{\"credHelpers\":{\"${row%:*}\":\"${row##*:}\"}}"
  run env "PATH=$program_folder" pullsecret doctor -o json
  finds problem helper-not-found '' 'puts encryptedfile in its place, which mints no tokens: log in to'
  run env "PATH=$program_folder" pullsecret doctor --fix --yes
  err_has "^pullsecret: note: .* minted tokens for ${row%:*}"
done

it 'Docker Desktop is gone'
for name in desktop desktop.exe; do
  uses "$name"
  doctor
  finds problem helper-docker-desktop "docker-credential-$name.*$not_found" 'doctor --fix'
done

it 'the window of a VS Code dev container is gone'
uses dev-containers-7e2dae06-2c1f-4d0c-a0f4-000000000000
doctor
finds problem helper-dev-container 'its program is not here' 'open the dev container again'

it 'its program is there, but what it talks to is not'
helper dev-containers-1 <<'END'
echo "Error: connect ECONNREFUSED /tmp/vscode-remote-containers-ipc.sock" >&2
exit 1
END
uses dev-containers-1
doctor
finds problem helper-dev-container 'window, which is gone \(.*exit status 1.*ECONNREFUSED'

it 'a name that holds docker-credential- already'
store good '{}'
uses docker-credential-good
doctor
finds problem helper-name-prefix 'goes without "docker-credential-"' 'let it say "good"; or'
run pullsecret doctor --fix --yes
succeeds
same 'credsStore' "$(jq -r .credsStore "$HOME/.docker/config.json")" good

it 'the same, where there is no such program either'
uses docker-credential-nowhere
doctor
finds problem helper-name-prefix '' 'let it say "nowhere", and install that helper; or'
follows helper-name-prefix
same 'credsStore' "$(jq -r .credsStore "$HOME/.docker/config.json")" encryptedfile

it 'names that are nearly those of helpers that are there: --fix writes these'
for name in Encryptedfile 'encryptedfile ' encrypted-file encryptedfil ' encryptedfile' 'encryptedfile\n'; do
  uses "$name"
  doctor
  finds problem helper-misspelled "did you mean \"encryptedfile\"\? .*$not_found" \
    '^let it say "encryptedfile"; or `pullsecret doctor --fix` does that$'
  follows helper-misspelled
  same 'credsStore' "$(jq -r .credsStore "$HOME/.docker/config.json")" encryptedfile
done
config '{"credHelpers":{"a.example":"Good"}}'
store good '{}'
doctor
follows helper-misspelled
same 'the config' "$(jq -c . "$HOME/.docker/config.json")" '{"credHelpers":{"a.example":"good"}}'
for name in ' ' '-' gco encrypted; do
  uses "$name"
  doctor
  lacks_finding helper-misspelled
done

it 'and what Docker takes from the file meanwhile it goes on taking from there'
inline='{"ghcr.io":{"auth":"dTpodW50ZXIy"}}'
config "{\"auths\":$inline,\"credsStore\":\"Good\"}"
doctor
run pullsecret doctor --fix --yes
same 'the config' "$(jq -c . "$HOME/.docker/config.json")" \
  "{\"auths\":$inline,\"credsStore\":\"good\",\"credHelpers\":{\"ghcr.io\":\"\"}}"
config "{\"auths\":$inline,\"credsStore\":\"docker-credential-good\"}"
run pullsecret doctor --fix --yes
json_is 'beside a name without docker-credential-' '{"ghcr.io":""}' .credHelpers "$HOME/.docker/config.json"

it 'an empty name'
config '{"credHelpers":{"a.example":""}}'
doctor
succeeds
finds ok helper-name-empty 'stands for the config file itself'

it 'names that no program has'
for name in ../evil 'a\tb' 'a\u001b[1mb'; do
  uses "$name"
  doctor
  finds problem helper-name-invalid
done

# ---- Files

it 'not executable'
store good '{}'
cp "$e2e/json_store" "$(program plain)"
chmod 644 "$(program plain)"
uses plain
doctor
finds problem helper-not-executable "$(program plain): not executable" "^.chmod \+x $(program plain)"

it 'on a file system that is mounted noexec'
mkdir "$scratch/noexec"
export e2e
if run_in_own_mounts sh -c 'mount -t tmpfs -o noexec none "$1/noexec" &&
    cp "$e2e/json_store" "$1/noexec/docker-credential-plain" &&
    PATH=$1/noexec:$PATH && rm "$1/bin/docker-credential-plain" &&
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

it 'a script without a first line'
printf 'echo "{}"\n' >"$(program bare)"
chmod +x "$(program bare)"
uses bare
doctor
finds problem helper-wrong-format 'no script whose first line says' '#!/bin/sh'

it 'an empty file'
: >"$(program hollow)"
chmod +x "$(program hollow)"
uses hollow
doctor
finds problem helper-wrong-format 'no program for this machine'

it 'a script whose interpreter is missing'
printf '#!/opt/node/bin/node -x\n' >"$(program node)"
chmod +x "$(program node)"
uses node
doctor
finds problem helper-wrong-format 'a script for /opt/node/bin/node, which is not here' 'install /opt/node'

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
finds problem helper-hangs '^list: no answer within 2 s'
same 'what it was asked' "$(tr '\n' ' ' <"$scratch/slow.log")" 'list '
nothing_left

it 'hangs at the first question'
helper slow <<<'exec sleep 300'
limit=2 doctor
finds problem helper-hangs '^list: no answer within 2 s'
config '{"auths":{"ghcr.io":{}},"credsStore":"slow"}'
limit=2 doctor
finds problem helper-hangs '^get: no answer within 2 s' '`pullsecret doctor --fix --use encryptedfile`$'
nothing_left
limit=2 follows helper-hangs

it 'crashes'
# shellcheck disable=SC2016
helper crash <<<'kill -SEGV $$'
uses crash
doctor
finds problem helper-crashes 'ended by signal 11'

it 'fails without a word'
helper mute <<<'exit 3'
uses mute
doctor
finds problem helper-crashes '^get: exit status 3'

it 'fails with words'
helper sorry <<<'echo "not logged in"; exit 1'
uses sorry
doctor
finds problem helper-fails '^get: exit status 1: not logged in' \
  'try it by hand.*; or `pullsecret doctor --fix --use encryptedfile`$'
follows helper-fails
run docker-credential-encryptedfile list
out_is '{}'

it 'a store of ours that fails does not take its own place'
helper encryptedfile <<<'[ "$1" = list ] && echo "{}" || { echo "not today"; exit 1; }'
uses encryptedfile
doctor
finds problem helper-fails 'not today' 'install a store that works here'
rm "$(program encryptedfile)"

it 'Docker Desktop is broken under WSL: what stands in the file is not told to go there'
printf 'MZ\x90\0' >"$(program desktop.exe)"
chmod +x "$(program desktop.exe)"
config '{"auths":{"ghcr.io":{"auth":"dTpodW50ZXIy"}},"credsStore":"desktop.exe"}'
doctor
if [ -e /proc/sys/fs/binfmt_misc/WSLInterop ]; then
  skip 'this system runs Windows programs'
else
  finds problem helper-wrong-format '' '`pullsecret doctor --fix` puts encryptedfile in its place$'
  finds warning entry-plain-text 'while the store desktop.exe does not work' '^what is said of that store'
  expect 'no migration to it' lacks 'migrate[^"]*desktop' "$scratch/out"
  follows helper-wrong-format
  finds ok entry-ok 'in plain text in the file'
fi
rm "$(program desktop.exe)"

it 'prints no JSON'
helper text <<<'echo hello'
uses text
doctor
finds problem helper-no-json '^list: its answer is not JSON'

it 'and is not repeated, for it may be a secret'
# shellcheck disable=SC2016
helper text <<<'[ "$1" = list ] && echo "{}" || echo hunter2'
doctor
finds problem helper-no-json '^get: its answer is not JSON'
expect 'no secret' lacks hunter2 "$scratch/out"

it 'too old for version'
helper old <<'END'
case $1 in
  list) echo '{}' ;;
  get) echo 'credentials not found in native keychain'; exit 1 ;;
  *) echo "Unknown credential action \`$1\`"; exit 1 ;;
esac
END
uses old
doctor
succeeds
finds ok helper-ok

it 'too old to list'
helper old <<'END'
case $1 in
  get) echo '{"ServerURL":"ghcr.io","Username":"octocat","Secret":"hunter2"}' ;;
  *) echo "Usage: $0 <store|get|erase>"; exit 1 ;;
esac
END
config '{"auths":{"ghcr.io":{}},"credsStore":"old"}'
doctor
succeeds
finds warning helper-no-list 'answers get, but not list: exit status 1: Usage'
finds ok entry-ok

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
