#!/bin/bash
# docker-credential-pass beside Debian's upstream program: each reads, replaces and erases what the
# other stored.

# shellcheck source=pass_cases.sh
. "$(dirname "$0")/pass_cases.sh"
need "$upstream"

make_key builder
new_store builder

secrets=(hunter2 $'hunter2\nsecond line' ' hunter2 ' 'hünter2 🐳' '"hunter2\n' $'\thunter2' '$(id)'
  "$(head -c 30000 /dev/urandom | base64 -w 0)") # upstream reads 64 KiB of input at most
usernames=(builder '<token>' _json_key 'robot$acme+ci' 'two words' 'DOMAIN\builder' ümläut .hidden '100%')
servers=(https://index.docker.io/v1/ ghcr.io localhost:5000 https://gitlab.example/a?b 'ü.example/~')

for secret in "${secrets[@]}"; do
  it "a secret goes from each program to the other: $(head -c 20 <<<"$secret" | tr '\n' ' ')"
  stores "$upstream" ghcr.io builder "$secret"
  gets "$ours" ghcr.io builder "$secret"
  stores "$ours" quay.io builder "$secret"
  gets "$upstream" quay.io builder "$secret"
done

# Upstream cuts line breaks at the end of a secret when it reads, also those that it stored itself.
it 'a line break at the end: as upstream reads what it stored, and whole where it was stored here'
keep_text "$upstream" ghcr.io builder $'hunter2\n'
gets "$upstream" ghcr.io builder hunter2
gets "$ours" ghcr.io builder hunter2
keep_text "$ours" ghcr.io builder $'hunter2\n'
gets "$ours" ghcr.io builder $'hunter2\n'
gets "$upstream" ghcr.io builder hunter2

# Upstream writes an empty file for it, as a broken pipe into `pass insert` does.
it 'an empty secret: none where upstream stored it, and empty for both where it was stored here'
keep_text "$upstream" ghcr.io builder ''
ask "$ours" get ghcr.io
refused '^pass: the entry .* is empty'
keep_text "$ours" ghcr.io builder ''
for program in "$ours" "$upstream"; do
  gets "$program" ghcr.io builder ''
done

for username in "${usernames[@]}"; do
  it "a username goes from each program to the other: $username"
  new_store builder
  keep_text "$upstream" ghcr.io "$username" hunter2
  gets "$ours" ghcr.io "$username" hunter2
  same 'the entry' "$(entries)" "docker-credential-helpers/Z2hjci5pbw==/$username.gpg"
  keep_text "$ours" ghcr.io "$username" hunter2-replaced
  gets "$upstream" ghcr.io "$username" hunter2-replaced
done

it 'a server URL goes from each program to the other'
new_store builder
for server in "${servers[@]}"; do
  keep_text "$upstream" "$server" builder hunter2
  gets "$ours" "$server" builder hunter2
done
ask "$ours" list
ours_list=$(jq -cS . "$scratch/out")
ask "$upstream" list
same "upstream's list" "$(jq -cS . "$scratch/out")" "$ours_list"
same 'the number of entries' "$(jq length "$scratch/out")" "${#servers[@]}"
for server in "${servers[@]}"; do
  ask "$ours" erase "$server"
  keep_text "$ours" "$server" builder hunter2-ours
  gets "$upstream" "$server" builder hunter2-ours
done

it 'each erases what the other stored'
new_store builder
keep_text "$upstream" ghcr.io builder hunter2
ask "$ours" erase ghcr.io
succeeds_quietly
keep_text "$ours" quay.io team/builder hunter2
ask "$upstream" erase quay.io
succeeds
same 'the entries' "$(entries)" ''

it "another username replaces what upstream stored, and what it stored over that"
keep_text "$upstream" ghcr.io first hunter2-1
keep_text "$upstream" ghcr.io second hunter2-2
stores "$ours" ghcr.io third hunter2-3
gets "$upstream" ghcr.io third hunter2-3

it "a username with a slash, which upstream cannot read back itself, is read and replaced"
new_store builder
keep_text "$upstream" ghcr.io team/builder hunter2
ask "$upstream" get ghcr.io
expect "upstream's wrong answer" lacks hunter2 "$scratch/out"
gets "$ours" ghcr.io team/builder hunter2
stores "$ours" ghcr.io team/builder hunter2-new
same 'the entries' "$(entries)" 'docker-credential-helpers/Z2hjci5pbw==/team%2Fbuilder.gpg'
gets "$upstream" ghcr.io team%2Fbuilder hunter2-new

finish
