#!/bin/bash
# pullsecret-security(7): the tests that it names are there, and what no other test shows.
#
# one build: it is about the manual

# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
need python3 setpriv

tests=$(cd "$e2e/.." && pwd)
run true # what a failure shows
manual=$program_folder/../share/man/man7/pullsecret-security.7
[ -e "$manual" ] || manual=$tests/../man/pullsecret-security.7

# cases: the cases that the manual names, each as `FILE:CASE`.
cases() {
  sed -n -e 's/^\.It Pa tests\/\(.*\)/\1/p' -e 's/^\.Ql "\(.*\)"\( ,\)\{0,1\}$/\t\1/p' "$manual" |
    awk -F '\t' 'NF == 1 { file = $1 } NF == 2 { print file ":" $2 }'
}

# has_case FILE CASE: it is the name of a case there, or its end, where the rest differs from run to run,
# or its row.
has_case() {
  case $1 in
  *.sh)
    grep -qE "^ *it ['\"]" <(grep -F -e "it '$2'" -e "it \"$2\"" -e ": $2\"" "$tests/$1" 2>/dev/null) ||
      grep -qxF -e "$2 " <(cut -d '|' -f 1 "$tests/$1" 2>/dev/null) # a row of a table
    ;;
  *.txt) grep -qxF -e "== $2" "$tests/$1" 2>/dev/null ;;
  *) grep -q '^TEST_CASE' <(grep -F "TEST_CASE(\"$2\")" "$tests/$1" 2>/dev/null) ;;
  esac
}

it 'each test that the manual names is there'
while IFS=: read -r file name; do
  has_case "$file" "$name" || problem "there is no case in tests/$file: $name"
done < <(cases)
expect 'forty of them, at least' [ "$(cases | wc -l)" -ge 40 ]
expect 'a test in each section' [ "$(grep -c '^\.Ss Shown by' "$manual")" -eq "$(grep -c '^\.Ss Not promised' "$manual")" ]

it 'a test that is not there is found out'
expect 'no such case' eval '! has_case e2e/security.sh "no such case, in no file"'
expect 'no such file' eval '! has_case e2e/absent.sh "no such file"'
expect 'a part of a name is none' eval '! has_case unit/system/text_test.cpp "text is UTF-8"'

it 'README and the manual pages lead there'
expect 'README' grep -qF '(man/pullsecret-security.7)' "$tests/../README.md"
for page in pullsecret.1 docker-credential-{pass,encryptedfile,secretservice}.1; do
  expect "$page" grep -q '^\.Xr pullsecret-security 7' "$tests/../man/$page"
done

it 'no process of the same user reads the memory, and there is no core dump'
if [ "$(id -u)" -ne 0 ]; then
  skip 'root alone starts two processes of another user'
else
  # The user, a program of whom asks and one of whom looks, has no right over others' processes.
  as_nobody=(setpriv --reuid 65534 --regid 65534 --clear-groups --inh-caps=-all env "HOME=$scratch/nobody")
  install -d -o 65534 -g 65534 "$scratch/nobody"
  chmod 755 "$scratch"
  mkfifo -m 666 "$scratch/input"
  cp "$(command -v pullsecret)" "$(command -v docker-credential-encryptedfile)" \
    "$(command -v docker-credential-pass)" "$scratch"
  cp "$(type -P sleep)" "$scratch/plain" # as a control: a process that anybody of the user may read
  # can_read PROCESS: whether another process of the user reads its memory, or follows its root.
  can_read() {
    "${as_nobody[@]}" python3 -c 'import sys
open(f"/proc/{sys.argv[1]}/mem", "rb").close()' "$1" 2>/dev/null
  }
  "${as_nobody[@]}" "$scratch/plain" 1000 &
  process=$!
  runs_as() { [ "$(readlink "/proc/$process/exe")" = "$1" ]; }
  wait_until "runs_as $scratch/plain" 10
  expect 'that it can be seen in one that allows it' can_read "$process"
  same 'whose the memory of that one is' "$(stat -c %u "/proc/$process/mem")" 65534
  kill "$process"
  for words in 'pullsecret convert --config -' 'docker-credential-encryptedfile store' 'docker-credential-pass store'; do
    program=$scratch/${words%% *}
    # shellcheck disable=SC2086 # words
    "${as_nobody[@]}" "$scratch/"$words <"$scratch/input" >/dev/null 2>&1 &
    process=$!
    exec 7>"$scratch/input"
    printf '{"hunter2":' >&7
    reads_input() { runs_as "$program" && grep -qE '^(0|7) ' "/proc/$process/syscall"; }
    wait_until reads_input 10
    expect "that nobody reads ${words%% *}" eval "! can_read $process"
    # The kernel gives the files of what it dumps no core of, and lets nobody attach to, to root.
    same "whose the memory of ${words%% *} is" "$(stat -c %u "/proc/$process/mem")" 0
    exec 7>&-
    wait "$process"
  done
fi

finish
