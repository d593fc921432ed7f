# shellcheck shell=bash
# What the scripts about docker-credential-encryptedfile share: a session keyring of their own, and
# checks on the helper's answers.

# Sourced again inside that session.
[ "${in_session-}" ] || in_session=yes exec python3 "$(dirname "$0")/in_session.py" bash "$0" "$@"

# shellcheck source=lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
need jq python3

helper=$program_folder/docker-credential-encryptedfile
[ -x "$helper" ] || bail_out "$helper is not there"
data=$HOME/.local/share/docker-credential-encryptedfile
# shellcheck disable=SC2034 # for the scripts that source this file
key_file=$HOME/.config/docker-credential-encryptedfile/key

# forget_all: as before the first use.
forget_all() { rm -rf "$HOME/.local" "$HOME/.config"; }

# cheap_file: one without entries, which $cheap opens by a thirty-second of the work that init chooses.
# shellcheck disable=SC2034 # for the scripts that source this file
cheap='correct horse battery stäple'
cheap_file() {
  # shellcheck disable=SC2059 # the bytes are escapes of printf
  printf "$(jq -r '.[] | select(.name == "a passphrase").file | gsub("(?<byte>..)"; "\\x\(.byte)")' \
    "$e2e/../data/sealed-files.json")" >"$data/credentials"
}

# request SERVERURL [SECRET]: what store reads; the username is `builder`.
request() { printf '{"ServerURL":"%s","Username":"builder","Secret":"%s"}' "$1" "${2-hunter2}"; }

# keep SERVERURL [SECRET]
keep() {
  request "$@" >"$scratch/input"
  run "$helper" store <"$scratch/input"
}

# ask ACTION [SERVERURL]
ask() { run "$helper" "$1" <<<"${2-unused}"; }

# has SERVERURL [SECRET]: get answers that.
has() {
  ask get "$1"
  succeeds_quietly
  out_json '[.Username, .Secret]' "[\"builder\",\"${2-hunter2}\"]"
}

# action_fails REGEX...: an own action's error is one line on standard error.
action_fails() {
  status_is 1
  out_is ''
  same 'the number of lines' "$(wc -l <"$scratch/err")" 1
  err_has '^docker-credential-encryptedfile: error: .*[^.]$'
  local regex
  for regex; do err_has "$regex"; done
}

# unchanged: the file is what it was at the last `remember`.
remember() { cp "$data/credentials" "$scratch/remembered"; }
unchanged() { cmp -s "$data/credentials" "$scratch/remembered" || problem 'the file has changed'; }

# screen_has REGEX...
screen_has() {
  local regex
  for regex; do
    grep -Eq -- "$regex" "$scratch/screen" && continue
    problem "expected the terminal to show /$regex/; it shows: $(tr -d '\r' <"$scratch/screen")"
    show_run
  done
}
