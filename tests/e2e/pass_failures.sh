#!/bin/bash
# docker-credential-pass where pass and gpg fail: one line with the command that mends it, nothing
# lost, nothing left behind.

# shellcheck source=pass_cases.sh
. "$(dirname "$0")/pass_cases.sh"
need python3

make_key builder
make_key expired '' --faked-system-time 20200101T000000
make_key locked 'correct passphrase'
make_key stranger
gpg --batch --quiet --export stranger@example.invalid >"$scratch/stranger.gpg"
gpg --batch --quiet --yes --delete-secret-and-public-key "$(fingerprint stranger)"
gpg --batch --quiet --import "$scratch/stranger.gpg"

# flip POSITION: standard input with the byte there changed; from the end if negative.
flip() {
  python3 -c 'import sys
data = bytearray(sys.stdin.buffer.read())
data[int(sys.argv[1])] ^= 0x55
sys.stdout.buffer.write(data)' "$1"
}

it 'a store that is in order'
new_store builder
keep_text "$ours" ghcr.io builder hunter2
says_of_store "$ours" ready
out_json '[.Store, .Entries]' '["pass",1]'
run "$ours" status -o text
succeeds_quietly
out_has "^folder: +$password_store$"
out_has '^state: +ready$'

# ---- Keys

# store_fails_for KIND KEY REGEX...: nothing changes, neither with an entry there nor without.
store_fails_for() {
  local kind=$1 key=$2 before
  shift 2
  new_store builder
  keep_text "$ours" old.example builder hunter2
  echo "$key" >"$password_store/.gpg-id"
  before=$(find "$password_store" -printf '%P %s\n' | sort)
  keep_text "$ours" new.example builder hunter2
  refused "$@"
  keep_text "$ours" old.example builder hunter2-new
  refused "$@"
  keep_text "$ours" old.example other hunter2-new
  refused "$@"
  says_of_store "$ours" unusable "$kind"
  out_json '[.Faults[0].Prevents, .Entries]' '[["store"],1]'
  same 'the store' "$(find "$password_store" -printf '%P %s\n' | sort)" "$before"
  gets "$ours" old.example builder hunter2
}

it 'the key has expired'
key=$(fingerprint expired)
store_fails_for key-expired expired@example.invalid \
  "^pass: the password store's GPG key $key has expired; .*gpg --edit-key $key expire save\`"
store_fails_for key-expired "$key" "$key has expired; .*gpg --edit-key $key expire save\`"

it 'one of several keys has expired, and one that the folder of the credentials has of its own'
new_store builder
printf '%s\n' 'builder@example.invalid # a comment' expired@example.invalid >"$password_store/.gpg-id"
says_of_store "$ours" unusable key-expired
new_store builder
keep_text "$ours" ghcr.io builder hunter2
echo expired@example.invalid >"$password_store/docker-credential-helpers/.gpg-id"
says_of_store "$ours" unusable key-expired
PASSWORD_STORE_KEY=builder@example.invalid says_of_store "$ours" ready

it 'the command that was named mends it'
gpg --batch --quiet --command-fd 0 --edit-key "$key" expire save <<<0 >/dev/null 2>&1
stores "$ours" new.example builder hunter2

it 'the key is not trusted'
key=$(fingerprint stranger)
store_fails_for key-untrusted stranger@example.invalid \
  "^pass: gpg does not trust the password store's key $key; .*gpg --edit-key $key trust save\`"
PASSWORD_STORE_GPG_OPTS=--batch store_fails_for key-untrusted "$key" "gpg --edit-key $key trust save\`"

it 'PASSWORD_STORE_GPG_OPTS may trust it all the same'
PASSWORD_STORE_GPG_OPTS='--trust-model always' keep_text "$ours" new.example builder hunter2
succeeds_quietly

it 'there is no secret key for the entry'
ask "$ours" get new.example
refused '^pass: gpg has no secret key [0-9A-F]{16}, .*gpg --import'
PASSWORD_STORE_GPG_OPTS='--trust-model always' says_of_store "$ours" unusable key-missing
out_json '.Faults[0].Prevents' '["get"]'

it 'there is no public key'
store_fails_for key-missing 0123456789ABCDEF \
  '^pass: gpg has no public key 0123456789ABCDEF, .*gpg --import.*pass init KEY'
store_fails_for key-missing absent@example.invalid 'gpg has no public key absent@example.invalid, .*gpg --import'

it 'the key is revoked'
make_key revoked
key=$(fingerprint revoked)
sed 's/^:---/---/' "$GNUPGHOME/openpgp-revocs.d/$key.rev" | gpg --batch --quiet --import 2>/dev/null
store_fails_for key-unusable revoked@example.invalid "key $key is revoked; .*pass init KEY"

it 'the key cannot encrypt'
gpg --batch --quiet --passphrase '' --quick-generate-key sign@example.invalid ed25519 sign never 2>/dev/null
store_fails_for key-unusable sign@example.invalid "key $(fingerprint sign) has no valid part to encrypt with"

it 'the entry is damaged'
new_store builder
keep_text "$ours" ghcr.io builder hunter2
whole=$scratch/whole.gpg
cp "$(folder_of ghcr.io)/builder.gpg" "$whole"
for damage in 'head -c 0' 'head -c 1' 'head -c 40' 'head -c 100' 'head -c -1' 'head -c -20' base64 \
  'flip 0' 'flip -1' 'flip -30' 'gpg --store -o -'; do
  $damage <"$whole" >"$(folder_of ghcr.io)/builder.gpg" 2>/dev/null
  ask "$ours" get ghcr.io
  refused '^pass: gpg cannot read the entry, which may be damaged.*; log in again'
done

it 'the part of the entry that the key opens is damaged'
flip 50 <"$whole" >"$(folder_of ghcr.io)/builder.gpg"
ask "$ours" get ghcr.io
refused '^pass: gpg .*the entry is damaged: log in again'

it 'a damaged entry is replaced'
keep_text "$ours" ghcr.io builder hunter2
gets "$ours" ghcr.io builder hunter2

# ---- Passphrases

new_store locked
keep_text "$ours" ghcr.io builder hunter2

it 'no terminal to ask for the passphrase on'
forget_passphrases
ask "$ours" get ghcr.io
refused "^pass: gpg cannot ask for the key's passphrase: there is no terminal here; .*export GPG_TTY=\\$\\(tty\\)"
says_of_store "$ours" locked no-pinentry
out_has 'there is no terminal here.*export GPG_TTY'
out_json '.Faults[0].Prevents' '["get"]'

it 'the status says nothing of it where gpg-agent remembers the passphrase'
gpg --batch --quiet --pinentry-mode loopback --passphrase 'correct passphrase' \
  --decrypt "$(folder_of ghcr.io)/builder.gpg" >/dev/null
says_of_store "$ours" ready
out_json .Passphrase true

it 'but on a node nobody enters it'
config '{"credsStore":"pass"}'
run pullsecret credential-provider config
succeeds
err_has 'warning: docker-credential-pass: it needs a passphrase, which nobody enters on a node'
err_has 'hint: `pullsecret migrate --to encryptedfile --config [^`]*config.json`'

it 'nor where gpg can ask for it, and nobody is asked'
forget_passphrases
# shellcheck disable=SC2016 # for the inner shell
typing -- \
  bash -c 'GPG_TTY=/dev/$(ps -o tty= -p $$) exec "$1" status' bash "$ours"
succeeds_quietly
out_json '[.State, .Faults]' '["locked",[]]'
same 'what the terminal shows' "$(tr -d '\n' <"$scratch/screen")" '[ended: echo is on]'

it 'no pinentry'
forget_passphrases
agent_has 'pinentry-program /nonexistent/pinentry'
ask "$ours" get ghcr.io
refused '^pass: .*started no pinentry.*; .*apt install pinentry'
says_of_store "$ours" locked no-pinentry
out_has 'there is no pinentry /nonexistent/pinentry.*apt install pinentry'
agent_has

# on_terminal TYPED: `get` with standard error on a terminal that TYPED is typed on once gpg asks.
on_terminal() {
  forget_passphrases
  # shellcheck disable=SC2016 # for the inner shell
  run python3 "$e2e/typed_passphrase.py" "$1" "$scratch/out-of-helper" \
    sh -c 'printf %s ghcr.io | "$1" get' sh "$ours"
  same 'the terminal' "$(cat "$scratch/out")" asked
  cp "$scratch/out-of-helper" "$scratch/out"
}

if ! command -v pinentry-curses >/dev/null; then
  it 'the passphrase is asked for on the terminal'
  skip 'pinentry-curses is not installed'
else
  agent_has 'pinentry-program /usr/bin/pinentry-curses'

  it 'the passphrase is asked for on the terminal of standard error, without GPG_TTY'
  on_terminal 'correct passphrase'
  answers_text ghcr.io builder hunter2

  it 'a wrong passphrase'
  on_terminal 'wrong passphrase'
  refused '^pass: gpg did not get the right passphrase for the key; it asked on /dev/pts/'
fi

# ---- What pass leaves undone

it 'an entry that gpg breaks off writing is as it was'
new_store builder
keep_text "$ours" ghcr.io other hunter2
cat >"$scratch/bin/gpg" <<'END'
#!/bin/sh
for argument; do
  [ "$file" = next ] && file=$argument
  [ "$argument" = -o ] && file=next
done
echo half >"$file"
echo 'gpg: no space left on device' >&2
exit 2
END
chmod +x "$scratch/bin/gpg"
keep_text "$ours" ghcr.io other hunter2-new
refused '^pass insert: exit status 1: gpg: no space left on device'
rm "$scratch/bin/gpg"
gets "$ours" ghcr.io other hunter2

# ---- What counts as done

# not_done OPTIONS: with OPTIONS for gpg nothing is stored, over an entry or beside it, and nothing is
# answered; what is there stays.
not_done() {
  local before
  local -x PASSWORD_STORE_GPG_OPTS=$1
  before=$(find "$password_store" -type f -exec sha256sum {} + | sort)
  keep_text "$ours" ghcr.io builder hunter2-new
  refused '^pass'
  keep_text "$ours" ghcr.io other hunter2-new
  refused '^pass'
  keep_text "$ours" new.example builder hunter2-new
  refused '^pass'
  ask "$ours" get ghcr.io
  refused '^pass'
  same 'the store' "$(find "$password_store" -type f -exec sha256sum {} + | sort)" "$before"
}

new_store builder
keep_text "$ours" ghcr.io builder hunter2

for options in "--output $scratch/x" "-o $scratch/x" --help --version '--print-md sha256' --list-packets; do
  it "options that leave gpg no work, or put it elsewhere: ${options% *}"
  not_done "$options"
done

it 'without them the entry is as it was'
gets "$ours" ghcr.io builder hunter2

for options in '--verbose --logger-fd 1' '--show-session-key --logger-fd 1'; do
  it "what gpg says is not taken for the password: $options"
  PASSWORD_STORE_GPG_OPTS=$options ask "$ours" get ghcr.io
  refused '^pass: the entry .* is empty, .* PASSWORD_STORE_GPG_OPTS leave gpg its work'
done

it 'nor what it gives out in the place of the plain text'
PASSWORD_STORE_GPG_OPTS=--unwrap ask "$ours" get ghcr.io
refused '^pass: it succeeded, but gpg does not say that it decrypted anything; '

it 'an entry of which nothing comes out is an error'
printf '' | pass insert -f -m "docker-credential-helpers/$(basename "$(folder_of empty.example)")/builder" >/dev/null
ask "$ours" get empty.example
refused '^pass: the entry .*/builder.gpg is empty, .*; log in again, which replaces it'
stores "$ours" empty.example builder hunter2
gets "$ours" empty.example builder hunter2

# gpg_stores COMMAND: a gpg first on PATH that encrypts what COMMAND makes of its input.
gpg_stores() {
  printf '#!/bin/sh\ncase " $* " in *" -e "*) %s | /usr/bin/gpg "$@" ;; *) exec /usr/bin/gpg "$@" ;; esac\n' \
    "$1" >"$scratch/bin/gpg"
  chmod +x "$scratch/bin/gpg"
}

for change in 'head -c 7' 'tr h H' 'sed s/$/x/' 'cat /dev/null -'; do
  it "what is stored is read back and compared: $change"
  gpg_stores "$change"
  keep_text "$ours" ghcr.io builder hunter2-new
  if [ "${change%% *}" = cat ]; then
    succeeds_quietly
    continue
  fi
  refused '^pass: it succeeded, but did not write '
  keep_text "$ours" ghcr.io other hunter2-new
  refused '^pass: it succeeded, but did not write '
  gets "$ours" ghcr.io builder hunter2
done
rm "$scratch/bin/gpg"

it 'to read it back nobody is asked for a passphrase'
new_store locked
forget_passphrases
printf '#!/bin/sh\necho asked >>"%s/asked"\n' "$scratch" >"$scratch/pinentry"
chmod +x "$scratch/pinentry"
agent_has "pinentry-program $scratch/pinentry"
for username in builder other; do
  stores "$ours" ghcr.io "$username" hunter2
done
expect 'that nobody was asked' [ ! -e "$scratch/asked" ]
PASSWORD_STORE_GPG_OPTS="--output $scratch/x" keep_text "$ours" ghcr.io other hunter2-new
refused '^pass: it succeeded, but did not write '
agent_has
forget_passphrases

it 'nothing may be made in the store, or in its folder for credentials; what is there is read'
new_store builder
keep_text "$ours" ghcr.io builder hunter2
without_capabilities=(setpriv --bounding-set=-all)
if [ "$(id -u)" -ne 0 ] || ! "${without_capabilities[@]}" true 2>/dev/null; then without_capabilities=(); fi
closed_store() {
  chmod 500 "$1"
  run "${without_capabilities[@]}" "$ours" status
  out_json '[.State, .Faults[0].Kind, .Faults[0].Prevents, .Entries]' \
    "[\"unusable\",\"unwritable\",[\"store\"],$2]"
  out_json '.Faults[0].Hint' "\"\`chmod u+rwx $1\`\""
  chmod 700 "$1"
}
closed_store "$password_store/docker-credential-helpers" 1
run "${without_capabilities[@]}" "$ours" get <<<ghcr.io
succeeds
rm -r "$password_store/docker-credential-helpers"
closed_store "$password_store" 0
says_of_store "$ours" ready

it 'no process is left, but for those that gpg keeps'
gpgconf --kill all
nothing_left

finish
