#!/bin/bash
# docker-credential-secretservice on KeePassXC's Secret Service, on a display of its own.
#
# over libsecret, too

# shellcheck source=secret_service.sh
. "$(dirname "$0")/secret_service.sh"
need keepassxc keepassxc-cli jq Xvfb xdotool

start_bus
start display Xvfb -displayfd 3 -nolisten tcp 3>"$scratch/display"
wait_until "test -s $scratch/display" || bail_out "no display: $(cat "$scratch/display.log")"
DISPLAY=:$(<"$scratch/display")
export DISPLAY NO_AT_BRIDGE=1

database=$scratch/credentials.kdbx

# make_database: its root group is the one that KeePassXC offers as a Secret Service.
make_database() {
  printf 'hunter2\nhunter2\n' | keepassxc-cli db-create --set-password "$scratch/empty.kdbx"
  keepassxc-cli export "$scratch/empty.kdbx" <<<hunter2 | python3 -c '
import base64, re, sys, uuid
text = sys.stdin.read()
group = base64.b64decode(re.search("<Group>\s*<UUID>(.*?)</UUID>", text)[1])
print(text.replace("<Binaries/>", "<Binaries/><CustomData><Item>"
    "<Key>FDO_SECRETS_EXPOSED_GROUP</Key><Value>{%s}</Value>"
    "</Item></CustomData>" % uuid.UUID(bytes=group)))' >"$scratch/database.xml"
  printf 'hunter2\nhunter2\n' |
    keepassxc-cli import --set-password "$scratch/database.xml" "$database"
}

# start_keepassxc CONFIRM: whether it asks before a program gets or removes a secret.
start_keepassxc() {
  mkdir -p "$HOME/.config/keepassxc"
  cat >"$HOME/.config/keepassxc/keepassxc.ini" <<END
[General]
ConfigVersion=2
UpdateCheckMessageShown=true
[GUI]
CheckForUpdates=false
[FdoSecrets]
Enabled=true
ShowNotification=false
ConfirmAccessItem=$1
ConfirmDeleteItem=$1
END
  start_service keepassxc --pw-stdin "$database" < <(echo hunter2)
  wait_until is_unlocked || bail_out "no database: $(cat "$scratch/service.log")"
}

collection() {
  dbus-send --session --print-reply=literal --dest=org.freedesktop.secrets \
    /org/freedesktop/secrets org.freedesktop.Secret.Service.ReadAlias string:default |
    tr -d ' '
}

is_unlocked() {
  dbus-send --session --print-reply --dest=org.freedesktop.secrets "$(collection)" \
    org.freedesktop.DBus.Properties.Get string:org.freedesktop.Secret.Collection string:Locked |
    grep -q 'boolean false'
}
is_locked() { ! is_unlocked; }

lock_database() {
  dbus-send --session --print-reply --dest=org.freedesktop.secrets /org/freedesktop/secrets \
    org.freedesktop.Secret.Service.Lock "array:objpath:$(collection)" >"$scratch/lock"
  dbus-send --session --dest=org.freedesktop.secrets \
    "$(grep -o '/org/freedesktop/secrets/prompt/[^"]*' "$scratch/lock")" \
    org.freedesktop.Secret.Prompt.Prompt string:
  wait_until is_locked
}

make_database >"$scratch/database.log" 2>&1 ||
  bail_out "no database: $(cat "$scratch/database.log")"
start_keepassxc false

it 'what it stores comes back, for upstream too'
stores "$ours" ghcr.io builder $'hunter2: p"a\\s$<w>örd\n'
gets "$ours" ghcr.io builder $'hunter2: p"a\\s$<w>örd\n'
gets "$upstream" ghcr.io builder $'hunter2: p"a\\s$<w>örd\n'

it 'it reads, lists and replaces what upstream stores'
stores "$upstream" quay.io joe 'hunter2 of joe'
gets "$ours" quay.io joe 'hunter2 of joe'
lists "$ours" '{"ghcr.io":"builder","quay.io":"joe"}'
stores "$ours" quay.io jane 'hunter2 of jane'
gets "$upstream" quay.io jane 'hunter2 of jane'
lists "$ours" '{"ghcr.io":"builder","quay.io":"jane"}'

it 'an empty secret comes back'
stores "$ours" empty.example.com builder ''
gets "$ours" empty.example.com builder ''

it 'it erases'
run "$ours" erase <<<empty.example.com
succeeds_quietly
finds_nothing "$ours" empty.example.com
run "$ours" erase <<<quay.io
succeeds_quietly
lists "$ours" '{"ghcr.io":"builder"}'

it 'get waits while KeePassXC asks to unlock the database'
lock_database
start user timeout 30 xdotool search --sync --onlyvisible --name 'Unlock Database' sleep 0.5 \
  type $'hunter2\n'
gets "$ours" ghcr.io builder $'hunter2: p"a\\s$<w>örd\n'

it 'get asks for leave where KeePassXC wants it to'
start_keepassxc true
start user timeout 30 xdotool search --sync --onlyvisible --name 'KeePassXC.*Access' sleep 0.5 \
  key Return
gets "$ours" ghcr.io builder $'hunter2: p"a\\s$<w>örd\n'

finish
