#!/bin/bash
# What another user plants in a folder that both may write to, in the place of a file that pullsecret
# is about to write: the secret does not get there. The caller is root, the other user nobody, and
# then the other way round.
#
# one build: it is about what is said

# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
need python3

config '{"auths": {"ghcr.io": {"auth": "dTpodW50ZXIy"}}}'
shared=$scratch/shared
chmod 755 "$scratch"
mkdir "$shared"
chmod 1777 "$shared"
write() { run "${as_caller[@]}" pullsecret convert --config "$scratch/config.json" --output-file "$1"; }

# ---- The caller's own

it 'standard output, a descriptor and process substitution are written to'
cp "$HOME/.docker/config.json" "$scratch/config.json"
chmod 644 "$scratch/config.json"
as_caller=()
run bash -c 'pullsecret convert --output-file /dev/stdout | cat'
succeeds
out_has 'kind: Secret'
run bash -c 'pullsecret convert --output-file >(cat >"$1") 9>&1 | cat' - "$scratch/substituted"
wait_until "grep -q kind:.Secret $scratch/substituted" || problem 'nothing came through >(…)'
run bash -c 'exec 3>"$1"; echo "# first" >&3; pullsecret convert --output-file /dev/fd/3' - "$scratch/fd"
succeeds
same 'the file behind the descriptor' "$(sed -n '1p;3p' "$scratch/fd" | xargs)" '# first kind: Secret'
run bash -c 'echo "# first" >"$1"; pullsecret convert --output-file /dev/stdout >>"$1"' - "$scratch/fd"
succeeds
same 'the file' "$(sed -n '1p;3p' "$scratch/fd" | xargs)" '# first kind: Secret'

it "links and pipes of one's own are followed, there or not"
ln -s target "$shared/own"
write "$shared/own"
succeeds
expect 'the target' grep -q 'kind: Secret' "$shared/target"
expect 'the link' [ -L "$shared/own" ]
mkfifo "$shared/pipe"
cat "$shared/pipe" >"$scratch/read" &
write "$shared/pipe"
wait $!
succeeds
expect 'the Secret' grep -q 'kind: Secret' "$scratch/read"
rm "$shared"/*

it 'in a user namespace, where root is somebody else, /dev is as it was'
in_namespace=("${as_nobody[@]}" unshare -Ur)
if [ "$("${in_namespace[@]}" id -u 2>/dev/null)" = 0 ]; then
  for name in /dev/stdout /dev/fd/1 /dev/null; do
    run "${in_namespace[@]}" bash -c "pullsecret convert --config '$scratch/config.json' --output-file $name | cat"
    succeeds_quietly
    [ $name = /dev/null ] || out_has 'kind: Secret'
  done
else
  skip 'nobody can have no user namespace here'
fi

# ---- Somebody else's

# plants COMMAND...: the other user runs it in the shared folder.
plants() { (cd "$shared" && "${as_other[@]}" "$@"); }

# listens NAME: the other user reads the pipe of that name.
listens() {
  plants mkfifo -m 622 "$1"
  (cd "$shared" && exec "${as_other[@]}" cat "$1") >"$scratch/heard" 2>/dev/null &
  listener=$!
}

cases_of() {
  it "a pipe that another user reads gets nothing ($1)"
  listens pipe
  write "$shared/pipe"
  fails_with 1 "error: $shared/pipe: a named pipe of user [0-9]+, who would choose where it leads" \
    'hint: name a file in a folder that only you may write to'
  kill $listener 2>/dev/null
  wait $listener 2>/dev/null
  same 'what was heard' "$(cat "$scratch/heard")" ''

  it "a link to a file, to nothing and to a pipe is not followed ($1)"
  plants ln -s "$mine" link
  plants ln -s "$(dirname "$mine")/made" dangling
  plants ln -s pipe to-pipe
  for name in link dangling to-pipe; do
    write "$shared/$name"
    fails_with 1 "error: $shared/$name: a symbolic link of user [0-9]+, who would choose where it leads"
  done
  same 'the file' "$(cat "$mine")" mine
  expect 'nothing made' [ ! -e "$(dirname "$mine")/made" ]

  it "a hard link to a file of the other user's does not get the secret ($1)"
  echo theirs | plants tee first >"$scratch/dull"
  plants chmod 666 first
  plants ln first second
  write "$shared/first"
  same 'what the other user has' "$(cat "$shared/second")" theirs
  ! plants grep -q Secret first 2>/dev/null || problem 'the other user can read it'
  rm -rf "${shared:?}"/*
}

end_case
can_be_nobody || finish
mkdir "$scratch/of-root" "$scratch/of-nobody"
echo mine >"$scratch/of-root/file"
echo mine >"$scratch/of-nobody/file"
chown -R 65534:65534 "$scratch/of-nobody"

as_caller=() as_other=("${as_nobody[@]}") mine=$scratch/of-root/file
cases_of 'of nobody, for root'
as_other=(setpriv --reuid=12345 --regid=12345 --clear-groups)
as_caller=("${as_nobody[@]}") mine=$scratch/of-nobody/file
cases_of 'of a user, for nobody'

it 'a link that another user made in the place of config.json is not written through'
mkdir "$shared/docker"
chmod 777 "$shared/docker"
echo '{"auths": {"ghcr.io": {}}, "credsStore": "encryptedfile"}' >"$scratch/of-root/config.json"
chmod 644 "$scratch/of-root/config.json"
cp "$scratch/of-root/config.json" "$scratch/before"
has_stored encryptedfile ghcr.io u hunter2
plants ln -s "$scratch/of-root/config.json" docker/config.json
run env DOCKER_CONFIG="$shared/docker" pullsecret migrate --to inline
fails_with 1 "$shared/docker/config.json: a symbolic link of user"
expect 'the config as it was' cmp "$scratch/of-root/config.json" "$scratch/before"
same 'its mode' "$(stat -c %a "$scratch/of-root/config.json")" 644
run docker-credential-encryptedfile get <<<ghcr.io
succeeds

finish
