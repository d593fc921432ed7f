# shellcheck shell=bash
# What the end-to-end scripts share. A script sources this file, lists its test cases and ends with
# `finish`:
#
#   it 'names the nearest command'
#   run pullsecret convrt
#   fails_with 2 'convert'
#
# Each case prints a line of TAP: `ok N - NAME`, `not ok N - NAME` with what was wrong in `#` lines below
# it, or `ok N - NAME # SKIP WHY`. The program under test is the `pullsecret` on PATH. A script has a
# home folder of its own and nothing of its caller's environment but PATH; it leaves no process and no
# file behind.
#
# Every password in the tests contains "hunter2", which must never appear on standard error.

declare -F finish >/dev/null && return # sourced already
set -u

command -v pullsecret >/dev/null || {
  echo 'Bail out! pullsecret is not on PATH'
  exit 1
}
e2e=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
program_folder=$(dirname "$(command -v pullsecret)")
scratch=$(mktemp -d "${TMPDIR:-/tmp}/pullsecret-e2e.XXXXXX")

# for_others FILE: prints where another user finds it. With a clone under /root that is a copy.
for_others() {
  local copy=$scratch/for-others/$1
  if ((EUID != 0)) || setpriv --reuid=65534 --regid=65534 --clear-groups test -r "$1"; then
    echo "$1"
    return
  fi
  chmod 711 "$scratch"
  (umask 022 && mkdir -p "$(dirname "$copy")")
  cp -r "$1" "$copy"
  echo "$copy"
}
program_folder=$(for_others "$(dirname "$program_folder")")/$(basename "$program_folder")

all_rounds=${ALL_ROUNDS-}
# shellcheck disable=SC2034 # for secret_service.sh
on_libsecret=${OVER_LIBSECRET-} # the script is about that one
for name in $(compgen -e); do
  case $name in PATH | ASAN_OPTIONS | UBSAN_OPTIONS) ;; *) unset "$name" ;; esac
done
# Debian's python3 comes before any other; the script's own helpers before real ones.
PATH=$scratch/bin:$program_folder:/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin:$PATH
export PATH HOME=$scratch/home LANG=C.UTF-8 E2E_SCRATCH=$scratch
mkdir -p "$scratch/bin" "$HOME/.docker"
cd "$HOME" || exit 1
exec </dev/null

# Seconds after which `run` ends what hangs or takes a time that grows without measure: no check is about
# them, a slow machine with a sanitizer needs some.
patience=300

case_name=
problems=()
ended_cases=0
failed=0
finished=

# Sets `left`: the processes that got this script's environment and still run, whoever their parent
# is. grep does not find itself, since it does not get it.
find_left() {
  mapfile -t left < <(env -u E2E_SCRATCH grep -lsz "^E2E_SCRATCH=$scratch\$" /proc/[0-9]*/environ)
  left=("${left[@]//[^0-9]/}")
}

nothing_runs() {
  find_left
  ((${#left[@]} == 0))
}

clean_up() {
  end_case
  local signal
  for signal in TERM KILL; do
    nothing_runs && break
    kill -s "$signal" "${left[@]}" 2>/dev/null
    wait_until nothing_runs 3
  done
  rm -rf --one-file-system "$scratch"
  [ "$finished" ] || tap_line 'not ok' 'the script runs to its end'
  echo "1..$ended_cases"
  [ "$finished" ] || exit 1
}
trap clean_up EXIT
trap 'exit 130' INT TERM

# ---- Test cases

# it NAME: ends the case before and begins the next one.
it() {
  end_case
  case_name=$1
}

# tap_line RESULT NAME [WHY]: the line of a case, by TAP's words; WHY it was skipped.
tap_line() { printf '%s %d - %s%s\n' "$1" $((++ended_cases)) "$2" "${3:+ # SKIP $3}"; }

end_case() {
  [ "$case_name" ] || return 0
  if ((${#problems[@]})); then
    failed=$((failed + 1))
    tap_line 'not ok' "$case_name"
    printf '%s\n' "${problems[@]}" | sed 's/^/#   /'
  else
    tap_line ok "$case_name"
  fi
  case_name=
  problems=()
}

# skip WHY: the case just begun cannot be tried here; before any, what the script is about.
skip() {
  tap_line ok "${case_name:-$(basename "$0" .sh)}" "$1"
  case_name=
}

# need PROGRAM...: the rest of the script cannot be tried without them.
need() {
  local program
  for program; do
    command -v "$program" >/dev/null && continue
    skip "$program is not installed"
    finished=yes
    exit 0
  done
}

as_nobody=(setpriv --reuid=65534 --regid=65534 --clear-groups)

# can_be_nobody: whether the caller becomes nobody by "${as_nobody[@]}"; skips the case if not.
can_be_nobody() {
  chmod 755 "$scratch"
  ((EUID == 0)) && "${as_nobody[@]}" pullsecret --version >/dev/null 2>&1 && return
  skip 'the caller cannot become nobody, or nobody may not run the installed program'
  return 1
}

# can_scan PROGRAM: whether scan-memory sees what it leaves in its memory; skips the case if not.
can_scan() {
  if ! command -v scan-memory >/dev/null; then
    skip 'scan-memory is not on PATH'
  elif grep -q __asan_init "$1"; then
    skip 'the sanitizers keep freed memory as it was'
  elif printf '%s' hunter2-probe >"$scratch/probe" &&
    ! scan-memory "$scratch/probe" "$1" --help >/dev/null 2>"$scratch/err"; then
    skip "no program may be traced here: $(tail -n 1 "$scratch/err")"
  else
    return 0
  fi
  return 1
}

# bail_out WHY: what the cases stand on could not be set up.
bail_out() {
  it 'the parts that the cases need start'
  problem "$@"
  finish
}

finish() {
  end_case
  finished=yes
  ((failed == 0))
  exit
}

problem() { problems+=("$*"); }

# ---- Running programs

# run COMMAND...: runs it with its output kept for the checks below.
run() {
  ran="$*"
  timeout --kill-after=5 "$patience" "$@" >"$scratch/out" 2>"$scratch/err"
  status=$?
  if [ -s "$scratch/err" ] && grep -q hunter2 "$scratch/err"; then
    problem 'a secret is on standard error'
  fi
}

# start NAME COMMAND...: runs it until the script ends, with its output in $scratch/NAME.log.
start() {
  local log=$scratch/$1.log
  shift
  : >"$log" # whoever waits for a word in it must not find one of an earlier start
  "$@" <&0 >"$log" 2>&1 &
}

# start_server NAME COMMAND...: the same of one that prints its port, on a line of its own; `address` is
# where it is.
start_server() {
  server_log=$scratch/$1.log
  start "$@"
  wait_until port_there || bail_out "no $1: $(<"$server_log")"
  # shellcheck disable=SC2034 # for the scripts that source this file
  address=127.0.0.1:$(port_there)
}
port_there() { grep -m 1 -x '[0-9]\+' "$server_log"; }

# typing ANSWER... -- COMMAND...: COMMAND has a terminal, and the questions there get the answers.
typing() { run python3 "$e2e/on_terminal.py" "$scratch/screen" "$@"; }

# rounds NUMBER: of what is tried at random moments; an eighth of it but with `tests/run --all`.
rounds() { echo $(($1 / (${#all_rounds} ? 1 : 8))); }

# wait_until COMMAND [SECONDS]: whether COMMAND succeeds within the time, 10 seconds if none is given.
wait_until() {
  local tries=$((${2:-10} * 20))
  until $1 >/dev/null 2>&1; do
    ((--tries > 0)) || return 1
    sleep 0.05
  done
}

# ---- Checks on what `run` ran

show_run() {
  problem "command: $ran"
  problem "exit status: $status"
  problem "standard output: $(head -c 1000 "$scratch/out" | tr -d '\0')"
  problem "standard error: $(head -c 2000 "$scratch/err" | tr -d '\0')"
}

# expect WHAT COMMAND...: COMMAND, a check on $scratch/out, err or $status, succeeds.
expect() {
  local what=$1
  shift
  "$@" && return
  problem "expected $what"
  show_run
}

out_text() { echo "$(<"$scratch/out")"; } 2>/dev/null # bash's word about NULs

succeeds() { expect 'success' [ "$status" -eq 0 ]; }
status_is() { expect "exit status $1" [ "$status" -eq "$1" ]; }
# is_sanitized: the programs were built with the address sanitizer.
is_sanitized() { ldd "$(command -v pullsecret)" 2>/dev/null | grep -q libasan; }

# takes_at_most MIB: of memory, which a sanitizer takes a multiple of, did what peak_memory.py ran.
takes_at_most() {
  local most=$1
  ! is_sanitized || most=$((6 * most + 200))
  expect "at most $most MiB of memory, not $(<"$scratch/peak")" [ "$(<"$scratch/peak")" -le "$most" ]
}

out_is() { expect "exactly this on standard output: $1" [ "$(out_text)" = "$1" ]; }
out_has() { expect "standard output with /$1/" grep -Eq -- "$1" "$scratch/out"; }
out_is_file() { expect "the bytes of $1 on standard output" cmp -s "$scratch/out" "$1"; }
out_lacks() { expect "standard output without /$1/" lacks "$1" "$scratch/out"; }
err_is_empty() { expect 'nothing on standard error' [ ! -s "$scratch/err" ]; }
err_has() { expect "standard error with /$1/" grep -Eq -- "$1" "$scratch/err"; }
err_lacks() { expect "standard error without /$1/" lacks "$1" "$scratch/err"; }
lacks() { ! grep -Eq -- "$1" "$2"; }

# succeeds_quietly: and without any message.
succeeds_quietly() {
  succeeds
  err_is_empty
}

# fails_with STATUS REGEX...: with nothing on standard output, and on standard error an error, without
# a full stop, that has each REGEX.
fails_with() {
  status_is "$1"
  expect 'nothing on standard output' [ ! -s "$scratch/out" ]
  err_has '^pullsecret: error: .*[^.]$'
  expect 'no control characters on standard error' lacks $'[\001-\010\013-\037\177]' "$scratch/err"
  shift
  local regex
  for regex; do err_has "$regex"; done
}

# Debian 12's jq takes 30 ms to start, gojq, which sorts the keys that it prints and knows no -S, 2 ms.
! command -v gojq >/dev/null || jq() { command gojq "${@/#-cS/-c}"; }

# json_is WHAT EXPECTED FILTER FILE: what jq's FILTER finds in FILE is EXPECTED, both compact.
json_is() {
  local found
  found=$(jq -cS "$3" "$4" 2>&1)
  [ "$found" = "$2" ] && return
  problem "expected $1 $3 to be $2"
  problem "found: $found"
  show_run
}

# out_json FILTER EXPECTED: standard output is JSON.
out_json() { json_is 'in the JSON output' "$2" "$1" "$scratch/out"; }

# ---- Credential helpers

# entry SERVER USERNAME SECRET: what a helper gets to store.
entry() {
  jq -nc --args '{ServerURL: $ARGS.positional[0], Username: $ARGS.positional[1],
    Secret: $ARGS.positional[2]}' -- "$@"
}

# refused REGEX...: one line on standard output that has each REGEX, exit status 1.
refused() {
  status_is 1
  err_is_empty
  same 'the number of lines' "$(wc -l <"$scratch/out")" 1
  expect 'no secret on standard output' lacks hunter2 "$scratch/out"
  expect 'no status line of gpg' lacks GNUPG: "$scratch/out"
  local regex
  for regex; do out_has "$regex"; done
}

# has_stored STORE SERVER USERNAME SECRET: it is in docker-credential-STORE.
has_stored() { entry "${@:2}" | "docker-credential-$1" store || problem "$1 does not keep it"; }

# stores PROGRAM SERVER USERNAME SECRET
stores() {
  run "$1" store <<<"$(entry "${@:2}")"
  succeeds_quietly
}

# gets PROGRAM SERVER USERNAME SECRET: PROGRAM answers this for SERVER.
gets() {
  run "$1" get <<<"$2"
  succeeds_quietly
  out_json . "$(entry "${@:2}" | jq -cS .)"
}

# lists PROGRAM JSON
lists() {
  run "$1" list <<<unused
  succeeds_quietly
  out_json . "$2"
}

# finds_nothing PROGRAM SERVER
finds_nothing() {
  run "$1" get <<<"$2"
  status_is 1
  out_is 'credentials not found in native keychain'
}

# says_of_store PROGRAM STATE [KIND...]: what the helper's `status` answers.
says_of_store() {
  run "$1" status
  succeeds_quietly
  expect 'one line' [ "$(wc -l <"$scratch/out")" -eq 1 ]
  out_json '[.State, .Faults[].Kind]' "$(jq -nc '$ARGS.positional' --args -- "${@:2}")"
}

# manifest FILTER EXPECTED: standard output is YAML or JSON; FILTER gets the array of its documents.
manifest() {
  read_manifests
  json_is 'in the manifests' "$2" "$1" "$scratch/documents"
}

# pull_data FILTER EXPECTED: the same for the JSON that the first Secret holds.
pull_data() {
  read_manifests
  json_is "in the Secret's data" "$2" "$1" "$scratch/pull-data"
}

# read_manifests: $scratch/documents and pull-data, of standard output.
read_manifests() {
  python3 - "$scratch/out" "$scratch/documents" "$scratch/pull-data" 2>"$scratch/no-manifests" <<'END' ||
import base64, json, sys, yaml
documents, pull_data = open(sys.argv[2], "w"), open(sys.argv[3], "wb")
manifests = list(yaml.safe_load_all(open(sys.argv[1])))
json.dump(manifests, documents)
data = manifests[0].get("data") if manifests and isinstance(manifests[0], dict) else None
pull_data.write(base64.b64decode(next(iter(data.values()))) if data else b"")
END
    problem "no manifests: $(tail -n 1 "$scratch/no-manifests")"
}

# same WHAT A B
same() {
  [ "$2" = "$3" ] && return
  problem "expected $1 to be: $3"
  problem "found: $2"
}

# nothing_left: no process of this script's making is running, now or after a moment.
nothing_left() {
  wait_until nothing_runs 1 && return
  problem "left running: $(ps -o args= -p "$(IFS=,; echo "${left[*]}")")"
  kill -KILL "${left[@]}" 2>/dev/null
}

# ---- Input

# config JSON: the user's ~/.docker/config.json.
config() { printf '%s' "$1" >"$HOME/.docker/config.json"; }

# helper NAME: the credential helper of that name is the shell script on standard input.
helper() {
  rm -f "$scratch/bin/docker-credential-$1" # which store() may have made a link
  { echo '#!/bin/sh' && cat; } >"$scratch/bin/docker-credential-$1"
  chmod +x "$scratch/bin/docker-credential-$1"
}

# store NAME JSON: a credential helper of that name over JSON: {SERVER URL: [USERNAME, SECRET]}.
store() {
  local program=$scratch/bin/docker-credential-$1
  ln -sf "$e2e/json_store" "$program"
  printf '%s' "$2" >"$program.json"
  : >"$program.log"
}

# asked NAME: what that store was asked, one `ACTION SERVERURL` a line.
asked() { cat "$scratch/bin/docker-credential-$1.log"; }

# stand_in_for_kubectl FOLDER FILE GET: a kubectl in FOLDER, to which FILE is the only object of a
# cluster: `kubectl GET` prints it, `replace -f -` and `patch` change it.
stand_in_for_kubectl() {
  mkdir -p "$1"
  cat >"$1/kubectl" <<END
#!/bin/sh
case "\$*" in
'$3') cat '$2' ;;
'replace -f -') cat >new && mv new '$2' ;;
'patch '*)
  for patch; do :; done
  /usr/bin/kubectl patch --local -f '$2' -p "\$patch" -o yaml >new && mv new '$2'
  ;;
*) exit 1 ;;
esac
END
  chmod +x "$1/kubectl"
}

# repeated NUMBER TEXT: prints it so many times.
repeated() { python3 -c 'import sys; print(sys.argv[2] * int(sys.argv[1]), end="")' "$@"; }
