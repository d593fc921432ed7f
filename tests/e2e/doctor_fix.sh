#!/bin/bash
# pullsecret doctor --fix: what it changes, what it never touches, and that a second run finds
# nothing to do.
#
# one build: it is about what is said

# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
need jq python3

file=$HOME/.docker/config.json

# keep SERVER: a credential in the encrypted file.
keep() {
  printf '{"ServerURL":"%s","Username":"octocat","Secret":"hunter2"}' "$1" |
    docker-credential-encryptedfile store
}

names() { jq -c '[.[] | select(.severity != "ok") | .name]' "$scratch/out"; }
backups() { find "$HOME" -name 'config.json.bak-*' | sort; }
forget_backups() { find "$HOME" -name 'config.json.bak-*' -delete; }
checksum() { sha256sum <"$1"; }

# answering ANSWER: doctor --fix on a terminal, where ANSWER is typed.
answering() {
  run python3 "$e2e/on_terminal.py" "$scratch/screen" "$1" -- pullsecret doctor --fix
}

fix() { run pullsecret doctor --fix --yes "$@"; }

# fixes_once: after a fix, a second run changes nothing and makes no backup.
fixes_once() {
  local before
  before=$(checksum "$file")
  forget_backups
  fix
  same 'the file after a second fix' "$(checksum "$file")" "$before"
  same 'the backups after a second fix' "$(backups)" ''
  err_has 'note: there is nothing to mend'
}

# ---- A store in the place of one that is not there

it 'a store that works takes the place of one that is not there'
keep ghcr.io
printf '{\n\t"auths": {\n\t\t"ghcr.io": {}\n\t},\n\t"credsStore": "desktop"\n}' >"$file"
chmod 600 "$file"
fix
succeeds
same 'credsStore' "$(jq -r .credsStore "$file")" encryptedfile
out_has '^ok +entry-ok +ghcr.io: password of the user'
err_has '^-.*"credsStore": "desktop"'
err_has '^\+.*"credsStore": "encryptedfile"'
fixes_once

it 'docker finds the credential there'
run docker-credential-encryptedfile get <<<ghcr.io
out_json .Username '"octocat"'

it 'an entry that the new store does not have goes, and the user is told to log in'
config '{"auths":{"ghcr.io":{},"quay.io":{}},"credsStore":"desktop"}'
fix
succeeds
same 'the entries' "$(jq -c .auths "$file")" '{"ghcr.io":{}}'
err_has 'note: log in again: docker login quay.io$'
fixes_once

it 'a store is not named over a working login in the file'
config '{"auths":{"GHCR.IO":{},"https://ghcr.io":{"auth":"dTpodW50ZXIy"}}}'
fix
succeeds
same 'the config' "$(jq -c . "$file")" '{"auths":{"https://ghcr.io":{"auth":"dTpodW50ZXIy"}}}'
fixes_once
config '{"auths":{"ghcr.io":{},"https://ghcr.io/v1/":{"auth":"dTpodW50ZXIy"}}}'
fix
same 'the stores' "$(jq -c '[.credsStore, .credHelpers]' "$file")" '[null,null]'
fixes_once

it 'a line of credHelpers for a helper that is not there leaves its registry to credsStore'
config '{"credHelpers":{"ghcr.io":"osxkeychain"},"credsStore":"encryptedfile"}'
fix
succeeds
same 'the config' "$(jq -c . "$file")" '{"credsStore":"encryptedfile"}'
fixes_once

it 'what Docker takes from the file where a helper fails it still takes from there'
config '{"auths":{"ghcr.io":{"auth":"dTpodW50ZXIy"},"https://a.example/v1/":{"auth":"dTpodW50ZXIy"}},
  "credHelpers":{"a.example":"gone"},"credsStore":"desktop"}'
fix
succeeds
same 'the entries' "$(jq -c '.auths | map(.auth)' "$file")" '["dTpodW50ZXIy","dTpodW50ZXIy"]'
same 'the stores' "$(jq -cS '[.credsStore, .credHelpers]' "$file")" \
  '["encryptedfile",{"a.example":"","ghcr.io":""}]'
fixes_once
docker-credential-encryptedfile erase <<<ghcr.io
run pullsecret migrate --from inline --to encryptedfile
succeeds
same 'the config' "$(jq -cS . "$file")" \
  '{"auths":{"ghcr.io":{},"https://a.example/v1/":{}},"credsStore":"encryptedfile"}'
keep ghcr.io
config '{"auths":{"ghcr.io":{"auth":"dTpodW50ZXIy"}},"credHelpers":{"ghcr.io":"gone"}}'
fix
same 'the config' "$(jq -c . "$file")" '{"auths":{"ghcr.io":{"auth":"dTpodW50ZXIy"}}}'
fixes_once

it 'and without a credsStore gets a store that works'
config '{"auths":{"quay.io":{"auth":"dTpodW50ZXIy"}},"credHelpers":{"ghcr.io":"osxkeychain"}}'
fix
succeeds
same 'credHelpers' "$(jq -c .credHelpers "$file")" '{"ghcr.io":"encryptedfile"}'
same 'the inline entry' "$(jq -r '.auths["quay.io"].auth' "$file")" dTpodW50ZXIy
fixes_once

it 'the name without docker-credential- takes the place of the one with it'
config '{"auths":{"ghcr.io":{}},"credsStore":"docker-credential-encryptedfile"}'
fix
succeeds
same 'credsStore' "$(jq -r .credsStore "$file")" encryptedfile
fixes_once

it 'a store that is there and does not work stays, since it may hold credentials'
helper broken <<<'echo its database is locked; exit 1'
config '{"auths":{"ghcr.io":{}},"credsStore":"broken"}'
fix
status_is 1
same 'credsStore' "$(jq -r .credsStore "$file")" broken
err_has 'error: 1 problem found'

it 'unless --use names the one to take its place'
fix --use encryptedfile
succeeds
same 'credsStore' "$(jq -r .credsStore "$file")" encryptedfile

it 'which leaves to a store what that still gives'
helper half <<'END'
server=$(cat)
case $1/$server in
get/quay.io) echo '{"Username":"octocat","Secret":"hunter2"}' ;;
*) echo its database is locked; exit 1 ;;
esac
END
config '{"auths":{"ghcr.io":{},"quay.io":{}},"credsStore":"half"}'
fix --use encryptedfile
same 'the stores' "$(jq -c '[.credsStore, .credHelpers]' "$file")" \
  '["encryptedfile",{"quay.io":"half"}]'
before=$(checksum "$file")
fix --use encryptedfile
same 'the file after a second fix' "$(checksum "$file")" "$before"

it '--use refuses a store that does not work'
config '{"auths":{"ghcr.io":{}},"credsStore":"desktop"}'
fix --use broken
fails_with 1 '--use: broken does not work'
fix --use no-such-helper
fails_with 1 '--use: no-such-helper does not work'
same 'credsStore' "$(jq -r .credsStore "$file")" desktop

it 'no store in its place is no change, never plain text'
mkdir "$scratch/alone"
ln -s "$(command -v pullsecret)" "$scratch/alone/"
run env "PATH=$scratch/alone" "$scratch/alone/pullsecret" doctor --fix --yes
status_is 1
err_has 'note: no store works here that could take over'
same 'credsStore' "$(jq -r .credsStore "$file")" desktop

it 'a config that names no store gets one that works, where Docker would take one that does not'
config '{"psFormat":"table"}'
fix
succeeds
err_has '^\+.*"credsStore": "encryptedfile"'
same 'the config' "$(jq -c . "$file")" '{"psFormat":"table","credsStore":"encryptedfile"}'
fixes_once

it 'and so does one that is not there yet, for the user alone and without a backup'
rm -r "$HOME/.docker"
forget_backups
run pullsecret doctor
status_is 1
out_has '^problem +default-store +docker-credential-(pass|secretservice): the config names'
fix
succeeds
same 'the config' "$(jq -c . "$file")" '{"credsStore":"encryptedfile"}'
same 'its mode' "$(stat -c %a "$file")" 600
same "its folder's mode" "$(stat -c %a "$HOME/.docker")" 700
same 'the backups' "$(backups)" ''
fixes_once

it 'with --use the one that it says'
rm "$file"
helper mine <<<"echo '{}'"
fix --use mine
same 'credsStore' "$(jq -r .credsStore "$file")" mine

it 'a registry in the config is Docker'"'"'s reason to take no store by itself'
config '{"auths":{"quay.io":{"auth":"dTpodW50ZXIy"}}}'
run pullsecret doctor -o json
succeeds
out_json 'map(.name) | index("default-store")' null

# ---- What else is mended

it 'empty entries without a store go'
config '{"auths":{"harbor.example":{},"quay.io":{"auth":"dTpodW50ZXIy"}}}'
fix
succeeds
same 'the entries' "$(jq -c '.auths | keys' "$file")" '["quay.io"]'
err_has 'note: log in again: docker login harbor.example$'
fixes_once

it 'spellings of registries and settings are mended'
config '{"AUTHS":{"docker.io":{},"GHCR.IO":{}},"credStore":"encryptedfile"}'
keep https://index.docker.io/v1/
fix
succeeds
same 'the settings' "$(jq -c keys_unsorted "$file")" '["auths","credsStore"]'
same 'the entries' "$(jq -c '.auths | keys' "$file")" '["GHCR.IO","https://index.docker.io/v1/"]'
fixes_once

it 'a store is not switched on by its spelling where plain text would then be hidden'
config '{"auths":{"docker.io":{"auth":"dTpodW50ZXIy"}},"credStore":"encryptedfile"}'
fix
same 'the settings' "$(jq -c keys_unsorted "$file")" '["auths","credStore"]'
fixes_once

it 'the mode is mended, without a new file or a backup'
config '{"auths":{"ghcr.io":{"auth":"dTpodW50ZXIy"}}}'
chmod 644 "$file"
forget_backups
before=$(checksum "$file")
fix
succeeds
same 'the mode' "$(stat -c %a "$file")" 600
same 'the content' "$(checksum "$file")" "$before"
same 'the backups' "$(backups)" ''

it 'the store that has what an empty entry means is named, and nothing has to be done again'
config '{"auths":{"ghcr.io":{}}}'
fix
succeeds
same 'the config' "$(jq -c . "$file")" '{"auths":{"ghcr.io":{}},"credsStore":"encryptedfile"}'
err_lacks 'log in again'
fixes_once

it 'beside plain text it is named for that registry alone'
config '{"auths":{"ghcr.io":{},"quay.io":{"auth":"dTpodW50ZXIy"}}}'
fix
succeeds
same 'credHelpers' "$(jq -c .credHelpers "$file")" '{"ghcr.io":"encryptedfile"}'
same 'credsStore' "$(jq -r .credsStore "$file")" null
fixes_once

# ---- What is never lost

it 'what a pass that is not set up in this shell may have stays'
if command -v pass >/dev/null; then
  config '{"auths":{"ghcr.io":{},"quay.io":{}},"credsStore":"pass"}'
  fix
  status_is 1
  same 'the entries' "$(jq -c '.auths | keys' "$file")" '["ghcr.io","quay.io"]'
  fix --use encryptedfile
  same 'credsStore, with --use' "$(jq -r .credsStore "$file")" encryptedfile
else
  skip 'pass is not installed'
fi

it "a line of credHelpers is left to no credsStore that does not work"
config '{"credsStore":"broken","credHelpers":{"gcr.io":"osxkeychain"}}'
fix
same 'the config' "$(jq -c . "$file")" '{"credsStore":"broken","credHelpers":{"gcr.io":"encryptedfile"}}'

it 'and one that goes is a login to be made again'
config '{"credsStore":"encryptedfile","credHelpers":{"gcr.io":"osxkeychain"}}'
fix
err_has 'note: log in again: docker login gcr.io$'

it 'an empty name is no broken store'
config '{"auths":{"ghcr.io":{"auth":"dTpodW50ZXIy"}},"credHelpers":{"ghcr.io":""}}'
before=$(checksum "$file")
fix --use encryptedfile
same 'the config' "$(checksum "$file")" "$before"

it "podman's file is looked at, and not changed by Docker's rules"
rm "$file"
printf '{"auths":{"docker.io":{"auth":"dTpodW50ZXIy"}}}' >"$scratch/auth.json"
before=$(checksum "$scratch/auth.json")
run env "REGISTRY_AUTH_FILE=$scratch/auth.json" pullsecret doctor --fix --yes
same 'the file' "$(checksum "$scratch/auth.json")" "$before"
out_has 'entry-ok +docker.io'

it 'a file that is no UTF-8 is mended, too'
printf '{"auths":{"ghcr.io":{}},"credsStore":"desktop","x":"\377"}' >"$file"
fix
succeeds
same 'credsStore' "$(jq -r .credsStore "$file")" encryptedfile

it 'a file that cannot be replaced stays as it is, with its mode and without a backup'
if [ "$(id -u)" -eq 0 ] && command -v chattr >/dev/null && chattr +i "$file" 2>/dev/null; then
  chattr -i "$file"
  config '{"auths":{"ghcr.io":{}},"credsStore":"desktop"}'
  chmod 644 "$file"
  forget_backups
  chattr +i "$file"
  fix
  chattr -i "$file"
  status_is 1
  same 'the mode' "$(stat -c %a "$file")" 644
  same 'the backups' "$(backups)" ''
else
  skip 'nothing here makes a file immutable'
fi

# ---- What is never touched

it 'every other setting stays byte for byte, in its order'
cat >"$file" <<'END'
{
	"HttpHeaders": {
		"X-Meta-Token": "hunter2"
	},
	"auths": {
		"quay.io": {
			"auth": "dTpodW50ZXIy",
			"x": 12345678901234567890.50
		},
		"ghcr.io": {}
	},
	"psFormat": "table {{.ID}}\t{{.Names}}\u00e9<",
	"credsStore": "desktop",
	"x-mine": [1.0, {"b": 1E3, "a": null}]
}
END
chmod 600 "$file"
fix
same 'the settings' "$(jq -c keys_unsorted "$file")"  \
  '["HttpHeaders","auths","psFormat","credsStore","x-mine","credHelpers"]'
expect 'the numbers as they were' grep -qF '12345678901234567890.50' "$file"
expect 'the string as it was' grep -qF '"table {{.ID}}\t{{.Names}}\u00e9<"' "$file"
expect 'the exponent as it was' grep -qF '1E3' "$file"
expect 'tabs' grep -q "$(printf '^\t"auths": {')" "$file"
same 'the inline entry' "$(jq -r '.auths["quay.io"].auth' "$file")" dTpodW50ZXIy

it 'nothing secret is shown, not even in the diff'
out_has .
expect 'no secret on standard output' lacks 'hunter2|dTpodW50ZXIy' "$scratch/out"
err_lacks 'hunter2|dTpodW50ZXIy'

it 'the file as it was stays beside it, for the user alone'
config '{"auths":{"ghcr.io":{}},"credsStore":"desktop"}'
cp "$file" "$scratch/before"
forget_backups
fix
backup=$(backups)
[[ $backup =~ ^$file\.bak-[0-9]{8}T[0-9]{6}Z$ ]] || problem "the backup's name: $backup"
same 'the backup' "$(checksum "$backup")" "$(checksum "$scratch/before")"
same 'its mode' "$(stat -c %a "$backup")" 600
err_has "note: the file as it was is $backup"

it 'a symbolic link and the mode stay'
mkdir -p "$HOME/dotfiles"
config '{"auths":{"ghcr.io":{}},"credsStore":"desktop"}'
chmod 400 "$file"
mv "$file" "$HOME/dotfiles/docker.json"
ln -s ../dotfiles/docker.json "$file"
fix
succeeds
expect 'the link' [ -L "$file" ]
same 'the mode' "$(stat -Lc %a "$file")" 400
same 'credsStore' "$(jq -r .credsStore "$HOME/dotfiles/docker.json")" encryptedfile
rm "$file"

it 'the owner stays'
if [ "$(id -u)" -eq 0 ]; then
  config '{"auths":{"ghcr.io":{}},"credsStore":"desktop"}'
  chown 65534:65534 "$file"
  fix
  same 'the owner' "$(stat -c %u:%g "$file")" 65534:65534
  chown 0:0 "$file"
else
  skip 'only root can give a file to somebody else'
fi

# ---- Asking

it 'it asks, and y changes the file'
config '{"auths":{"ghcr.io":{}},"credsStore":"desktop"}'
chmod 600 "$file"
answering y
succeeds
same 'credsStore' "$(jq -r .credsStore "$file")" encryptedfile
expect 'a question' grep -q 'make this change? \[y/N\]' "$scratch/screen"

it 'any other answer changes nothing'
config '{"auths":{"ghcr.io":{}},"credsStore":"desktop"}'
forget_backups
for answer in n '' yep; do
  answering "$answer"
  fails_with 1 'nothing was changed'
done
same 'credsStore' "$(jq -r .credsStore "$file")" desktop
same 'the backups' "$(backups)" ''

it 'without a terminal to ask on nothing changes'
run setsid -w pullsecret doctor --fix
fails_with 1 'there is no terminal to ask on' 'hint: `pullsecret doctor --fix --yes`'
same 'credsStore' "$(jq -r .credsStore "$file")" desktop

it 'a file that changed while it asked is left alone'
cat >"$scratch/bin/docker-credential-slow" <<END
#!/bin/sh
echo '{"credsStore":"other"}' >"$file"
echo '{}'
END
chmod +x "$scratch/bin/docker-credential-slow"
fix --use slow
fails_with 1 'changed by another program meanwhile'
same 'the file' "$(cat "$file")" '{"credsStore":"other"}'

# ---- What it says of itself

# says_fix COMMAND: the hints have this command, and no other of --fix; '' for none.
says_fix() {
  same 'the commands' "$(cat "$scratch/out" "$scratch/err" | grep -o 'pullsecret doctor --fix[^`]*' | sort -u)" "$1"
}

it 'the doctor names --fix where it mends something'
config '{"auths":{"ghcr.io":{}},"credsStore":"desktop"}'
run pullsecret doctor -o json
says_fix 'pullsecret doctor --fix'
config '{"auths":{"ghcr.io":{"auth":"!"}}}'
chmod 600 "$file"
run pullsecret doctor -o json
status_is 1
says_fix ''
config '{"auths":{"ghcr.io":{}},"credsStore":"broken"}'
run pullsecret doctor -o json
says_fix 'pullsecret doctor --fix --use encryptedfile'
err_lacks hint

it 'not where no store works that could take over'
config '{"auths":{"ghcr.io":{}},"credsStore":"desktop"}'
run env "PATH=$scratch/alone" "$scratch/alone/pullsecret" doctor -o json
out_has 'install a store that works here, such as docker-credential-encryptedfile'
says_fix ''

it "nor for what it does not change: standard input, podman's file"
run pullsecret doctor -o json --config - <"$file"
status_is 1
says_fix ''
run pullsecret doctor -o json --config - <<<'{"auths":{"docker.io":{}},"credStore":"pass"}'
says_fix ''
mkdir -p "$scratch/podman"
printf '{"auths":{},"credHelpers":{"ghcr.io":"desktop"}}' >"$scratch/podman/auth.json"
chmod 600 "$scratch/podman/auth.json"
run pullsecret doctor -o json --config "$scratch/podman/auth.json"
status_is 1
says_fix ''

it 'its command names the config, in the words of a shell, and mends just that'
mkdir "it's mine"
cp "$file" "it's mine/config.json"
before=$(checksum "$file")
run pullsecret doctor --config "it's mine"
says_fix "pullsecret doctor --fix --config 'it'\\''s mine'"
command=$(grep -o 'pullsecret doctor --fix[^`]*' "$scratch/err")
run bash -c "$command --yes"
succeeds
same 'credsStore' "$(jq -r .credsStore "it's mine/config.json")" encryptedfile
same 'the other file' "$(checksum "$file")" "$before"
config '{"auths":{"z.example":{"auth":"dTpodW50ZXIy"}},"credsStore":"encryptedfile"}'
mv "$file" "it's mine/config.json"
run pullsecret doctor -o json --config "it's mine"
command=$(jq -r '.[] | select(.name == "entry-plain-text").hint' "$scratch/out")
run bash -c "${command//\`/}"
succeeds
same 'the entry' "$(jq -c .auths "it's mine/config.json")" '{"z.example":{}}'

it 'and keeps --use'
config '{"auths":{"ghcr.io":{}},"credsStore":"desktop"}'
run setsid -w pullsecret doctor --fix --use encryptedfile
err_has 'hint: `pullsecret doctor --fix --use encryptedfile --yes` does not ask'

# ---- Usage

it 'the report after the fix is what -o json prints'
config '{"auths":{"ghcr.io":{}},"credsStore":"desktop"}'
fix -o json
succeeds
out_json 'map(.severity) | index("problem")' null

it 'wrong usage is told'
run pullsecret doctor --yes
fails_with 2 '--yes: .* --fix'
run pullsecret doctor --use pass
fails_with 2 '--use: .* --fix'
run pullsecret doctor --fix --config -
fails_with 2 'standard input cannot be mended'
run pullsecret doctor -o yaml
fails_with 2 'table, json'

finish
