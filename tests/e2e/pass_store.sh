#!/bin/bash
# docker-credential-pass: what goes in comes out, in the layout of the password store, with as few
# programs as can be, and through the store's git.
#
# starts early: it has many cases

# shellcheck source=pass_cases.sh
. "$(dirname "$0")/pass_cases.sh"
need git

make_key builder
new_store builder

# ---- Secrets

cd "$scratch" || exit 1
mkdir secrets
printf '' >secrets/empty
printf 'hunter2' >secrets/plain
printf '\n' >'secrets/one line break'
printf '\n\n\n' >'secrets/line breaks'
printf 'hunter2\n' >'secrets/a line break at the end'
printf 'hunter2\n\n' >'secrets/line breaks at the end'
printf 'hunter2\r\n' >'secrets/CR LF at the end'
printf '\n\r hunter2\n\tb\r\r\n c ' >'secrets/white space all over'
printf 'h\303\274nter2 \360\237\220\263 \342\200\250 \357\277\275' >secrets/Unicode
printf '\033[1m\001\177' >'secrets/control characters'
printf '%s' '"hunter2" \n \u0000 $(id) `id` %s -n' >'secrets/quotes and escapes'
printf '{\n  "type": "service_account",\n  "private_key": "-----BEGIN\\nhunter2\\n"\n}\n' \
  >'secrets/a service account key'
head -c 49152 /dev/urandom | base64 -w 0 >'secrets/64 KiB'

for secret in secrets/*; do
  it "a secret comes back as it was: ${secret#*/}"
  keep "$ours" ghcr.io builder "$secret"
  succeeds_quietly
  out_is ''
  ask "$ours" get ghcr.io
  answers ghcr.io builder "$secret"
done

it 'a line break at the end of an entry, from an editor or pass insert, is no part of the secret'
printf 'hunter2-edited\n' | pass insert -f -m docker-credential-helpers/Z2hjci5pbw==/builder >/dev/null
gets "$ours" ghcr.io builder hunter2-edited

# ---- Usernames

names=(builder '<token>' _json_key 00000000-0000-0000-0000-000000000000 'robot$acme+ci' 'two words'
  'DOMAIN\builder' ümläut 'b🐳' -rf --help .hidden ... builder.gpg '*' '[a]?' '$(id)' '~' '100%' '%'
  acme/builder /builder builder/ // / . .. ../.. ../../outside a/../../../b /etc/passwd
  'acme%2Fbuilder' %2E%2E %25 %252F '%%2F' "$(printf '%0251d' 0)")
for name in "${names[@]}"; do
  it "a username comes back and stays in its folder: ${name:0:40}"
  new_store builder
  stores "$ours" a.example "$name" hunter2
  gets "$ours" a.example "$name" hunter2
  ask "$ours" list unused
  out_json . "$(jq -nc --arg name "$name" '{"a.example": $name}')"
  same 'the only entry' "$(find "$password_store" -name '*.gpg' -printf '%h\n')" \
    "$(folder_of a.example)"
  ask "$ours" erase a.example
  succeeds_quietly
  same 'what is left' "$(find "$HOME" -name '*.gpg' ! -path "$GNUPGHOME/*")" ''
done

# ---- One entry for each server

it 'another username replaces the entry'
new_store builder
keep_text "$ours" ghcr.io first hunter2-1
stores "$ours" ghcr.io team/second hunter2-2
gets "$ours" ghcr.io team/second hunter2-2
same 'the entries' "$(entries)" 'docker-credential-helpers/Z2hjci5pbw==/team%2Fsecond.gpg'

it 'erase removes all of a server and nothing else, whatever stands beside it'
keep_text "$ours" ghcr.io a hunter2-new
keep_text "$ours" quay.io builder hunter2
printf 'x' | pass insert -f -m docker-credential-helpers/Z2hjci5pbw== >/dev/null
ask "$ours" erase ghcr.io
succeeds_quietly
ask "$ours" list
out_is '{"quay.io":"builder"}'

it 'the password store is $PASSWORD_STORE_DIR, though it has blanks and quotes'
mkdir "$scratch/an \"other\" store"
export PASSWORD_STORE_DIR="$scratch/an \"other\" store"
pass init builder@example.invalid >/dev/null
stores "$ours" ghcr.io other hunter2-other
gets "$ours" ghcr.io other hunter2-other
expect 'the entry there' [ -f "$PASSWORD_STORE_DIR/docker-credential-helpers/Z2hjci5pbw==/other.gpg" ]
unset PASSWORD_STORE_DIR
finds_nothing "$ours" ghcr.io

it "the user's PASSWORD_STORE_GPG_OPTS reach gpg"
new_store builder
spy gpg
PASSWORD_STORE_GPG_OPTS='--comment hunting --armor' keep_text "$ours" ghcr.io builder hunter2
succeeds_quietly
expect 'them on the command line' grep -q -e '--comment hunting --armor --status-fd 2' "$scratch/calls"
expect 'an armoured entry' grep -q '^Comment: hunting' "$(folder_of ghcr.io)/builder.gpg"
gets "$ours" ghcr.io builder hunter2

it 'get of what is there starts gpg once; what needs no secret starts neither gpg nor pass'
spy pass
: >"$scratch/calls"
ask "$ours" get ghcr.io
same 'the calls' "$(calls pass) $(calls gpg)" '1 1'
: >"$scratch/calls"
ask "$ours" get absent.example
ask "$ours" erase absent.example
ask "$ours" list
run "$ours" version
same 'the calls' "$(cat "$scratch/calls")" ''
rm "$scratch/bin/pass" "$scratch/bin/gpg"

# ---- The store's own git

it "changes are commits in the store's git, and its hooks run"
new_store builder
git config --global user.name builder
git config --global user.email builder@example.invalid
pass git init >/dev/null 2>&1
printf '#!/bin/sh\necho ran >>"%s/hooked"\n' "$scratch" >"$password_store/.git/hooks/post-commit"
chmod +x "$password_store/.git/hooks/post-commit"
keep_text "$ours" ghcr.io first hunter2
keep_text "$ours" ghcr.io second hunter2
ask "$ours" erase ghcr.io
same 'the commits' "$(pass git log --reverse --format=%s | tail -n 4)" \
  'Add given password for docker-credential-helpers/Z2hjci5pbw==/first to store.
Add given password for docker-credential-helpers/Z2hjci5pbw==/second to store.
Remove docker-credential-helpers/Z2hjci5pbw==/first from store.
Remove docker-credential-helpers/Z2hjci5pbw==/second from store.'
same 'the runs of the hook' "$(grep -c ran "$scratch/hooked")" 4
same 'what git sees' "$(pass git status --porcelain)" ''

it 'a username that git takes for a pattern takes no other entry with it'
keep_text "$ours" ghcr.io '*' hunter2
stores "$ours" ghcr.io builder hunter2
gets "$ours" ghcr.io builder hunter2

# ---- What others can see

# Each program that pass starts notes, before it runs, all command lines and environments there are.
it 'no secret is on a command line or in an environment while store and get run'
for program in bash pass gpg base64 getopt tty which mkdir dirname git cat rm rmdir tree; do
  spy "$program"
  sed -i "2i /bin/cat /proc/[0-9]*/cmdline /proc/[0-9]*/environ 2>/dev/null | /usr/bin/tr '\\\\0' '\\\\n' >>\"$scratch/seen\"" \
    "$scratch/bin/$program"
done
forget_passphrases
secret=hunter2-seen-$$ # nothing else on the machine has it
stores "$ours" seen.example builder "$secret"
stores "$ours" seen.example other "$secret"
gets "$ours" seen.example other "$secret"
for program in "${ours##*/}" bash gpg base64 gpg-agent; do
  expect "that $program was seen" grep -qE "^(.*/)?$program\$" "$scratch/seen"
done
expect 'an environment' grep -q '^PASSWORD_STORE_GPG_OPTS=' "$scratch/seen"
same 'what was seen of the secret' "$(grep -e "$secret" "$scratch/seen")" ''
rm "$scratch/bin"/*

it 'no freed memory holds the secret after get and store'
if can_scan "$ours"; then
  printf 'hunter2-in-memory' >"$scratch/secret"
  jq -nc '{ServerURL: "memory.example", Username: "builder", Secret: "hunter2-in-memory"}' \
    >"$scratch/input"
  run scan-memory "$scratch/secret" "$ours" store <"$scratch/input"
  succeeds
  err_has '^exit status 0'
  printf 'memory.example' >"$scratch/input"
  run scan-memory "$scratch/secret" "$ours" get <"$scratch/input"
  succeeds
  err_has '^exit status 0'
  out_has hunter2-in-memory
fi

finish
