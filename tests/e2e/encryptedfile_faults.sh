#!/bin/bash
# docker-credential-encryptedfile: nothing is lost or torn, whoever else writes, whenever it is
# killed, whatever the disk says. The counts are printed as `# count - …`.

# shellcheck source=own_mounts.sh
. "$(dirname "$0")/own_mounts.sh"
enter_own_mounts "$@"
# shellcheck source=encryptedfile_cases.sh
. "$(dirname "$0")/encryptedfile_cases.sh"

kills=$(rounds 1000)
rekey_kills=$(rounds 300)
processes=50
# Each run takes ten times as long, for what a sanitizer does not look at.
! is_sanitized || kills=100 rekey_kills=30

# nothing_but_the_files: no new file that was never put in place is left.
nothing_but_the_files() {
  same 'the files' "$(find "$data" "$(dirname "$key_file")" -type f -printf '%f\n' | sort | xargs)" \
    'credentials credentials.lock key'
}

# ---- At once

# at_once NUMBER: one of the processes; its entry b-NUMBER is what stays.
at_once() {
  request "a-$1" | "$helper" store && request "b-$1" old | "$helper" store &&
    "$helper" erase <<<"a-$1" && request "b-$1" | "$helper" store && echo fine
}

# reading: asks for the entry that is always there until the others are done; prints what was wrong.
reading() {
  local answer count=0
  until [ -e "$scratch/all-done" ]; do
    answer=$("$helper" get <<<always.example) || echo "$answer"
    count=$((count + 1))
  done
  echo "$count" >>"$scratch/reads"
}

it "$processes processes that store and erase at once, from the first use on: nothing is lost"
jobs=()
for i in $(seq $processes); do
  at_once "$i" >>"$scratch/writes" 2>&1 &
  jobs+=($!)
done
wait "${jobs[@]}"
same 'the processes that succeeded' "$(sort "$scratch/writes" | uniq -c | xargs)" "$processes fine"
ask list
out_json 'keys | sort' "$(seq $processes | jq -cR '"b-" + .' | jq -cs sort)"
there=$(jq length "$scratch/out")
echo "# count - $processes processes: $((processes * 3)) stores, $processes erases, $there entries there"
nothing_but_the_files

it 'readers and a rekey at the same time: every answer is right'
keep always.example
: >"$scratch/writes"
jobs=()
for i in 1 2; do
  reading >>"$scratch/wrong-answers" 2>&1 &
  readers[i]=$!
done
for i in $(seq 10); do
  at_once "$i" >>"$scratch/writes" 2>&1 &
  jobs+=($!)
done
for _ in $(seq 40); do
  "$helper" rekey || echo failed
done >"$scratch/rekeys" 2>&1
wait "${jobs[@]}"
touch "$scratch/all-done"
wait "${readers[@]}"
same 'what the rekeys said' "$(cat "$scratch/rekeys")" ''
same 'the wrong answers' "$(cat "$scratch/wrong-answers")" ''
same 'the processes that succeeded' "$(sort "$scratch/writes" | uniq -c | xargs)" '10 fine'
ask list
out_json length $((processes + 1))
reads=$(awk '{ n += $1 } END { print n }' "$scratch/reads")
echo "# count - 40 rekeys and 40 changes at once: $reads reads," \
  "$(wc -l <"$scratch/wrong-answers") of them wrong"
nothing_but_the_files

# ---- Killed

# killed COUNT [rekey]
killed() {
  timeout 800 python3 "$e2e/kill_at_random.py" "$1" "$helper" "${@:2}" \
    >"$scratch/out" 2>"$scratch/err"
  status=$?
  ran="kill_at_random.py $*"
  succeeds_quietly
  sed 's/^/# count - /' "$scratch/out"
}

it "$kills runs of store that are killed at a random moment: always the old or the new content"
killed "$kills"
keep ghcr.io
nothing_but_the_files

it "$rekey_kills runs of rekey that are killed at a random moment: always readable"
killed "$rekey_kills" rekey
run "$helper" rekey
succeeds_quietly
nothing_but_the_files
ask list
out_json length $((processes + 2))

# ---- The disk

# small_disk: sets XDG_DATA_HOME to a disk of 256 KiB.
small_disk() {
  mkdir -p "$scratch/disk"
  mount_here -t tmpfs -o size=256k,mode=700 none "$scratch/disk" 2>"$scratch/err" || return
  export XDG_DATA_HOME=$scratch/disk
  data=$scratch/disk/docker-credential-encryptedfile
}

it 'a full disk: a clear line, the file as it was, no new file left'
if small_disk; then
  keep ghcr.io
  succeeds_quietly
  stored=0
  filler=hunter2-$(head -c 12000 /dev/zero | tr '\0' x)
  while keep "r$stored.example" "$filler" && ((status == 0 && stored < 100)); do
    stored=$((stored + 1))
  done
  refused "^$data/credentials: no space left on device"
  remember
  keep ghcr.io "$filler"
  refused 'no space (is )?left on'
  unchanged
  same 'the files' "$(find "$data" -type f -printf '%f\n' | sort | xargs)" \
    'credentials credentials.lock'
  has ghcr.io
  ask list
  out_json length $((stored + 1))
  echo "# count - a disk of 256 KiB is full after $stored entries of 12 KB, and all are there"

  it 'a disk that is full to the last byte: the same for the first use, without a file or a key'
  rm -r "$data"
  head -c 1000000 /dev/zero >"$scratch/disk/filler" 2>/dev/null
  XDG_CONFIG_HOME=$scratch/disk/config keep ghcr.io
  refused 'no space (is )?left on'
  same 'the files' "$(find "$scratch/disk" -type f ! -name filler ! -name credentials.lock)" ''

  it 'a read-only file system: reading works, changing is a clear line'
  rm "$scratch/disk/filler"
  keep ghcr.io
  mount_here -o remount,ro "$scratch/disk"
  has ghcr.io
  keep quay.io
  refused "^$data: it is mounted read-only; mount it so that it can be written$"
  run "$helper" rekey
  action_fails 'it is mounted read-only'
  has ghcr.io
  umount "$scratch/disk"
  unset XDG_DATA_HOME
else
  skip "no disk can be mounted here: $(cat "$scratch/err")"
fi

it 'a read-only folder: reading works, changing is a clear line'
as_nobody+=(env "HOME=$scratch/nobody")
if can_be_nobody; then
  install -d -o 65534 -g 65534 "$scratch/nobody"
  data=$scratch/nobody/.local/share/docker-credential-encryptedfile
  request ghcr.io | run "${as_nobody[@]}" "$helper" store
  chmod 500 "$data"
  run "${as_nobody[@]}" "$helper" get <<<ghcr.io
  succeeds_quietly
  out_json .Secret '"hunter2"'
  request quay.io | "${as_nobody[@]}" "$helper" store >"$scratch/out" 2>"$scratch/err"
  status=$?
  refused "^$data: nothing may be made in this folder; \`chmod u[+]rwx $data\`$"
  run "${as_nobody[@]}" "$helper" erase <<<ghcr.io
  refused 'nothing may be made in this folder'
  run "${as_nobody[@]}" "$helper" list
  out_json . '{"ghcr.io":"builder"}'
fi

finish
