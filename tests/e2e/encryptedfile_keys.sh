#!/bin/bash
# docker-credential-encryptedfile and its key files: which one applies, rekey, status, who may own
# and read what, and the format as the manual page describes it.

# shellcheck source=encryptedfile_cases.sh
. "$(dirname "$0")/encryptedfile_cases.sh"

# new_key FILE: as the error messages tell people to.
new_key() { (umask 077 && head -c 32 /dev/urandom | base64 >"$1"); }

# mode FILE
mode() { stat -c %a "$1"; }

# ---- The first use

it 'before the first use there is nothing, and asking makes nothing'
ask list
succeeds_quietly
out_is '{}'
ask get ghcr.io
refused '^credentials not found in native keychain$'
ask erase ghcr.io
succeeds_quietly
says_of_store "$helper" ready
out_json . "{\"Entries\":0,\"Faults\":[],\"File\":\"$data/credentials\",\"Key\":\"$key_file\",\"State\":\"ready\",\"Store\":\"encryptedfile\"}"
run "$helper" status -o text
succeeds_quietly
out_has "^file: +$data/credentials$"
out_has "^key: +$key_file$"
out_has '^entries: +0$'
out_has '^state: +ready$'
expect 'no file' [ ! -e "$HOME/.local" ] && expect 'no key' [ ! -e "$HOME/.config" ]

it 'the first store makes the file and a random key, for the user alone'
umask 000
keep ghcr.io
succeeds_quietly
umask 022
has ghcr.io
for folder in "$data" "$(dirname "$key_file")" "$HOME"/.local{,/share} "$HOME/.config"; do
  same "the mode of $folder" "$(mode "$folder")" 700
done
for file in "$data/credentials" "$key_file" "$data/credentials.lock"; do
  same "the mode of $file" "$(mode "$file")" 600
done
lacks 'hunter2|ghcr|builder' "$data/credentials" || problem 'the file is not encrypted'

it 'the file has the format that the manual page describes'
run python3 "$e2e/read_sealed_file.py" "$key_file" "$data/credentials"
succeeds_quietly
out_is '{"ghcr.io":{"Secret":"hunter2","Username":"builder"}}'

it 'other spellings of the registry find the entry'
for spelling in https://ghcr.io https://ghcr.io/v1/ https://ghcr.io/v2/; do
  ask get "$spelling"
  succeeds_quietly
  out_json '[.ServerURL, .Secret]' "[\"$spelling\",\"hunter2\"]"
done

it 'XDG_DATA_HOME and XDG_CONFIG_HOME move the file and its key'
XDG_DATA_HOME=$scratch/xdg-data XDG_CONFIG_HOME=$scratch/xdg-config keep quay.io
succeeds_quietly
expect 'the file there' [ -s "$scratch/xdg-data/docker-credential-encryptedfile/credentials" ]
expect 'the key there' [ -s "$scratch/xdg-config/docker-credential-encryptedfile/key" ]
ask list
out_json . '{"ghcr.io":"builder"}'

it 'a backup of the key or of the credentials beside them stays, whatever it is called'
for name in backup aB3xyZ 2026Q4; do
  cp "$key_file" "$(dirname "$key_file")/.key.$name"
  cp "$data/credentials" "$data/.credentials.$name"
done
keep quay.io
succeeds_quietly
run "$helper" rekey
succeeds_quietly
for name in backup aB3xyZ 2026Q4; do
  expect "the key's .$name" [ -s "$(dirname "$key_file")/.key.$name" ]
  expect "the credentials' .$name" [ -s "$data/.credentials.$name" ]
done

# ---- Named key files

it 'a key file that is named, or that systemd hands over, seals a new file'
forget_all
new_key "$scratch/named"
mkdir "$scratch/systemd"
head -c 32 /dev/urandom >"$scratch/systemd/docker-credential-key"
chmod 400 "$scratch/systemd/docker-credential-key"
DOCKER_CREDENTIAL_KEY_FILE=$scratch/named keep ghcr.io
succeeds_quietly
expect 'no key file of its own' [ ! -e "$key_file" ]
DOCKER_CREDENTIAL_KEY_FILE=$scratch/named CREDENTIALS_DIRECTORY=$scratch/systemd has ghcr.io
DOCKER_CREDENTIAL_KEY_FILE=$scratch/named says_of_store "$helper" ready
out_json '[.Key, .Entries]' "[\"$scratch/named\",1]"
forget_all
CREDENTIALS_DIRECTORY=$scratch/systemd keep ghcr.io
CREDENTIALS_DIRECTORY=$scratch/systemd has ghcr.io
CREDENTIALS_DIRECTORY=$scratch keep ghcr.io
refused "^$key_file: not there, but it is the key of $data/credentials; "
says_of_store "$helper" unusable key-missing
out_json '.Faults[0].Prevents' '["store","get"]'

it 'a wrong, missing, open or senseless key file is a clear line, and changes nothing'
remember
new_key "$scratch/wrong"
DOCKER_CREDENTIAL_KEY_FILE=$scratch/wrong ask get ghcr.io
refused "^$scratch/wrong: this is not the key of $data/credentials; "
DOCKER_CREDENTIAL_KEY_FILE=$scratch/wrong says_of_store "$helper" unusable key-unusable
DOCKER_CREDENTIAL_KEY_FILE=$scratch/wrong keep ghcr.io
refused 'this is not the key'
DOCKER_CREDENTIAL_KEY_FILE=$scratch/none ask get ghcr.io
refused "^$scratch/none: the key file is not there; put the key back from a backup" 'or unset that'
lacks openssl "$scratch/out" || problem 'a new key is advised, which would open nothing'
DOCKER_CREDENTIAL_KEY_FILE=$scratch/none says_of_store "$helper" unusable key-missing
chmod 644 "$scratch/wrong"
DOCKER_CREDENTIAL_KEY_FILE=$scratch/wrong ask get ghcr.io
refused "^$scratch/wrong: others can use it, its mode is 0644; .*chmod 600 $scratch/wrong\`$"
DOCKER_CREDENTIAL_KEY_FILE=$HOME ask get ghcr.io
refused "^$HOME: is a directory"
printf 'hunter2' >"$scratch/wrong"
chmod 600 "$scratch/wrong"
DOCKER_CREDENTIAL_KEY_FILE=$scratch/wrong ask get ghcr.io
refused 'not a key: that is 32 bytes, as they are or in base64 or hex; put the key back'
lacks openssl "$scratch/out" || problem 'a new key is advised, which would open nothing'
lacks hunter2 "$scratch/out" || problem 'the content of the key file is shown'
unchanged

it 'a key that is not there is made as the hint says, where there is nothing to open yet'
forget_all
none="$scratch/it's none"
DOCKER_CREDENTIAL_KEY_FILE=$none keep ghcr.io
refused 'the key file is not there; a new one is made by `.*`$'
bash -c "$(sed 's/.*made by `//; s/`$//' "$scratch/out")"
DOCKER_CREDENTIAL_KEY_FILE=$none keep ghcr.io
succeeds_quietly
DOCKER_CREDENTIAL_KEY_FILE=$none has ghcr.io
printf 'hunter2' >"$none"
DOCKER_CREDENTIAL_KEY_FILE=$none says_of_store "$helper" unusable key-unusable
forget_all
DOCKER_CREDENTIAL_KEY_FILE=$none keep ghcr.io
refused 'not a key: .*; `openssl rand -base64 32` prints a new one'
mkdir -p "$(dirname "$key_file")"
(umask 077 && echo hunter2 >"$key_file")
keep ghcr.io
refused "^$key_file: not a key: .*; move it away"
mv "$key_file" "$scratch/moved"
keep ghcr.io
succeeds_quietly

# ---- rekey

it 'rekey: a new random key'
forget_all
keep ghcr.io
cp "$key_file" "$scratch/old-key"
run "$helper" rekey
succeeds_quietly
has ghcr.io
expect 'another key' lacks "$(cat "$scratch/old-key")" "$key_file"
DOCKER_CREDENTIAL_KEY_FILE=$scratch/old-key ask get ghcr.io
refused 'this is not the key'
same 'the files' "$(ls -A "$(dirname "$key_file")")" key

it 'rekey --key-file: from then on that key file, which it says to name'
run "$helper" rekey --key-file "$scratch/named"
succeeds
err_has "\`export DOCKER_CREDENTIAL_KEY_FILE=$scratch/named\`$"
expect 'no key file of its own' [ ! -e "$key_file" ]
ask get ghcr.io
refused "^$key_file: not there"
DOCKER_CREDENTIAL_KEY_FILE=$scratch/named has ghcr.io

it 'rekey from a named key file to another, and to a random one'
new_key "$scratch/second"
DOCKER_CREDENTIAL_KEY_FILE=$scratch/named run "$helper" rekey --key-file "$scratch/second"
succeeds
DOCKER_CREDENTIAL_KEY_FILE=$scratch/second has ghcr.io
DOCKER_CREDENTIAL_KEY_FILE=$scratch/second run "$helper" rekey
succeeds
err_has "from now on its key is in $key_file"
has ghcr.io
expect 'the named key file' [ -s "$scratch/second" ]

it 'rekey of nothing, of what cannot be opened, to what is no key: refused, nothing changed'
remember
run "$helper" rekey --key-file "$scratch/none"
action_fails 'the key file is not there'
DOCKER_CREDENTIAL_KEY_FILE=$scratch/named run "$helper" rekey
action_fails 'this is not the key'
unchanged
XDG_DATA_HOME=$scratch/empty run "$helper" rekey
action_fails 'not there yet; `docker-credential-encryptedfile init` makes it'

it 'arguments that make no sense are refused'
for arguments in 'init --pass' 'unlock now' 'unlock --for' 'lock x' 'rekey --key-file' 'status -v' \
  'status -o yaml' 'rekey --passphrase --key-file x'; do
  # shellcheck disable=SC2086 # several arguments
  run "$helper" $arguments
  action_fails 'unexpected arguments: ' ' --help` '
done
run "$helper" unlock --for 8
action_fails 'not a time: 8; write 90s'

it 'init makes an empty file, once; a passphrase needs a terminal'
forget_all
run "$helper" init --passphrase
action_fails 'there is no terminal to ask for a passphrase'
expect 'no file' [ ! -e "$data/credentials" ]
run "$helper" init
succeeds
err_has "made $data/credentials$"
ask list
out_is '{}'
run "$helper" init
action_fails 'there already; `docker-credential-encryptedfile rekey` '
run "$helper" unlock
succeeds
err_has 'nothing to unlock'
run "$helper" lock
succeeds
err_has 'nothing to lock'

# ---- Files that are not what they should be

it 'a damaged, cut, foreign or newer file is a clear line, and is left as it is'
forget_all
keep ghcr.io
cp "$data/credentials" "$scratch/good"
# spoiled KIND REGEX: every operation refuses the file as it now is.
spoiled() {
  local kind=$1
  shift
  remember
  ask get ghcr.io
  refused "^$data/credentials: $1; "
  keep quay.io
  refused "^$data/credentials: $1; "
  run "$helper" rekey
  action_fails "$1"
  says_of_store "$helper" unusable "$kind"
  out_has "$1"
  unchanged
}
printf X | dd of="$data/credentials" bs=1 seek=100 conv=notrunc status=none
spoiled damaged 'damaged: some of its bytes have changed since it was written'
head -c 70 "$scratch/good" >"$data/credentials"
spoiled damaged 'damaged: it ends after 70 bytes'
: >"$data/credentials"
spoiled damaged 'not a file of docker-credential-encryptedfile'
echo '{"auths":{}}' >"$data/credentials"
spoiled damaged 'not a file of docker-credential-encryptedfile'
cp "$scratch/good" "$data/credentials"
printf '\002' | dd of="$data/credentials" bs=1 seek=16 conv=notrunc status=none
spoiled damaged 'its format has version 2, and this program knows 1'
cp "$scratch/good" "$data/credentials"
# Argon2id over 1 TiB
printf '\001\0\0\0\003\0\0\0\0\0\0\100' |
  dd of="$data/credentials" bs=1 seek=20 conv=notrunc status=none
spoiled damaged 'damaged: deriving its key is to take 3 passes over 1073741824 KiB'
cp "$scratch/good" "$data/credentials"
has ghcr.io

it 'symbolic links in the place of the file, its lock and its key are refused'
for file in "$data/credentials" "$key_file"; do
  mv "$file" "$scratch/target"
  ln -s "$scratch/target" "$file"
  ask get ghcr.io
  refused "^$file: a symbolic link, which is not followed here; "
  says_of_store "$helper" unusable "$([ "$file" = "$key_file" ] && echo key-unusable || echo unreadable)"
  out_has "$file: a symbolic link"
  keep ghcr.io
  refused "^$file: a symbolic link"
  mv "$scratch/target" "$file"
done
ln -sf "$scratch/locked" "$data/credentials.lock"
keep ghcr.io
refused "^$data/credentials.lock: "
expect 'no file through the link' [ ! -e "$scratch/locked" ]
rm "$data/credentials.lock"

it 'open modes: a key file is refused, the file and its folder are mended'
chmod 640 "$key_file"
ask get ghcr.io
refused "^$key_file: others can use it, its mode is 0640; .*chmod 600"
chmod 600 "$key_file"
chmod 666 "$data/credentials"
chmod 777 "$data"
has ghcr.io
same 'the mode of the file' "$(mode "$data/credentials")" 600
keep ghcr.io
succeeds_quietly
same 'the mode of the folder' "$(mode "$data")" 700

it 'a pipe in the place of the file or a key file does not hang'
mkfifo -m 600 "$scratch/pipe"
DOCKER_CREDENTIAL_KEY_FILE=$scratch/pipe ask get ghcr.io
refused "^$scratch/pipe: not a regular file"

it "another user's file, folder or key file is refused"
if ((EUID == 0)); then
  for path in "$data/credentials" "$key_file"; do
    chown 12345 "$path"
    ask get ghcr.io
    refused "^$path: belongs to user 12345, and this is user 0; "
    says_of_store "$helper" unusable "$([ "$path" = "$key_file" ] && echo key-unusable || echo unreadable)"
    chown 0 "$path"
  done
  chown 12345 "$data"
  keep ghcr.io
  refused "^$data: belongs to user 12345, and this is user 0; "
  chown 0 "$data"
  has ghcr.io
else
  skip 'only root can give files away'
fi

it "root's key file that others may use is no user's, but as systemd gives it"
as_nobody=(setpriv --reuid=65534 --regid=65534 --clear-groups env "HOME=$scratch/nobody")
if ((EUID == 0)) && "${as_nobody[@]}" docker-credential-encryptedfile version >/dev/null 2>&1; then
  chmod 755 "$scratch"
  install -d -o 65534 "$scratch/nobody"
  install -d "$scratch/given"
  head -c 32 /dev/urandom >"$scratch/given/docker-credential-key"
  chmod 644 "$scratch/given/docker-credential-key"
  as_user() {
    printf '{"ServerURL":"ghcr.io","Username":"u","Secret":"hunter2"}' |
      "${as_nobody[@]}" "$@" docker-credential-encryptedfile store >"$scratch/out" 2>"$scratch/err"
  }
  ! as_user "DOCKER_CREDENTIAL_KEY_FILE=$scratch/given/docker-credential-key" || problem 'it serves'
  out_has "^$scratch/given/docker-credential-key: it is root's, and others can use it, its mode is 0644; "
  as_user "CREDENTIALS_DIRECTORY=$scratch/given" || problem 'it does not serve'
else
  skip 'only root can become others'
fi

it 'no home folder that can be made: a clear line'
touch "$scratch/file"
HOME=$scratch/file keep ghcr.io
refused "^$scratch/file/.*: not a directory"
HOME=/proc/none keep ghcr.io
refused '^/proc/none.*: no such file or directory'

finish
