#!/bin/bash
# docker-credential-encryptedfile: when it ends, neither the secret nor the passphrase nor the key is
# in its memory. The sanitizers keep freed memory and copies of the stack, so that build has nothing
# to say here.
#
# one build: scan-memory cannot look through a sanitizer's memory

# shellcheck source=encryptedfile_cases.sh
. "$(dirname "$0")/encryptedfile_cases.sh"

passphrase='hunter2 correct horse'
secret=hunter2-0123456789abcdef
printf '%s' "$passphrase" >"$scratch/passphrase"
printf '%s' "$secret" >"$scratch/secret"
request ghcr.io "$secret" >"$scratch/request"
echo ghcr.io >"$scratch/server"

can_scan "$helper" || finish

# scan WHAT INPUT COMMAND...: COMMAND's memory does not hold what $scratch/WHAT has.
scan() {
  local what=$1 input=$2
  shift 2
  run scan-memory "$scratch/$what" "$@" <"$input"
  succeeds
  err_has '^exit status 0$'
}

# scan_typing WHAT INPUT ANSWER... -- COMMAND...: the same on a terminal.
scan_typing() {
  local what=$1 input=$2 answers=()
  shift 2
  while [ "$1" != -- ]; do
    answers+=("$1")
    shift
  done
  typing "${answers[@]}" -- scan-memory "$scratch/$what" "${@:2}" <"$input"
  succeeds
  err_has '^exit status 0$'
}

# kept_key: the raw key that the session keyring keeps. Those of other sessions are listed, too, and cannot
# be read.
kept_key() {
  # shellcheck disable=SC2046 # a word for each
  python3 - $(awk '/docker-credential-encryptedfile:/ { print $1 }' /proc/keys) <<'END'
import ctypes, platform, sys
keyctl, KEYCTL_READ = {"x86_64": 250, "aarch64": 219}[platform.machine()], 11
payload = ctypes.create_string_buffer(32)
for number in sys.argv[1:]:
    if ctypes.CDLL(None).syscall(keyctl, KEYCTL_READ, ctypes.c_int32(int(number, 16)), payload, 32) == 32:
        sys.stdout.buffer.write(payload.raw)
        sys.exit()
sys.exit("no key")
END
}

it 'the scan finds a secret that a program leaves'
run scan-memory "$scratch/secret" bash -c 'read -r line; kill -0 $$' <"$scratch/request"
status_is 1

it 'with a key file: neither secret nor key is left by any action'
scan secret "$scratch/request" "$helper" store
base64 -d "$key_file" >"$scratch/key"
for what in secret key; do
  scan $what "$scratch/request" "$helper" store
  scan $what "$scratch/server" "$helper" get
  scan $what /dev/null "$helper" list
  scan $what /dev/null "$helper" status
  scan $what "$scratch/server" "$helper" erase
done
scan key /dev/null "$helper" rekey
keep ghcr.io "$secret"

it 'with a passphrase: neither it nor the secret is left'
scan_typing passphrase /dev/null "$passphrase" "$passphrase" -- "$helper" rekey --passphrase
run "$helper" lock
scan_typing passphrase /dev/null "$passphrase" -- "$helper" unlock
run "$helper" lock
scan_typing passphrase "$scratch/server" "$passphrase" -- "$helper" get
run "$helper" lock
scan_typing secret "$scratch/server" "$passphrase" -- "$helper" get

it 'with a passphrase: the derived key is left in the session keyring alone'
if kept_key >"$scratch/key" 2>/dev/null; then
  scan key "$scratch/server" "$helper" get
  scan key "$scratch/request" "$helper" store
  run "$helper" lock
  scan_typing key "$scratch/server" "$passphrase" -- "$helper" get
  run "$helper" lock
  scan_typing key /dev/null "$passphrase" -- "$helper" unlock
else
  skip 'no session keyring here'
fi

finish
