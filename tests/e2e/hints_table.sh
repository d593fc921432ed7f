#!/bin/bash
# tests/data/hints.txt has every command that the sources tell people, and for each a script that
# follows it, or why none can.
#
# one build: it is about the sources

# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
need python3

sources=$e2e/../..
table=$sources/tests/data/hints.txt
grep -v '^#' "$table" | grep . >"$scratch/rows"

it 'every command of a message is in the table, once, and nothing else is'
python3 "$e2e/hints_in_sources.py" "$sources/src" "$sources/helpers" | sort >"$scratch/in-sources"
expect 'fifty commands or more' [ "$(wc -l <"$scratch/in-sources")" -ge 50 ]
same 'what is in the table or in the sources alone' \
  "$(cut -f 2- "$scratch/rows" | sort | diff - "$scratch/in-sources")" ''

it 'the scripts that follow them check that they do'
while IFS= read -r script; do
  [ "$script" = - ] ||
    expect "$script to check it" grep -qx all_are_followed "$e2e/$script.sh"
done < <(cut -f 1 "$scratch/rows" | sort -u)

it 'what no script follows stands below a reason'
reason=
while IFS= read -r line; do
  case $line in
  '') reason= ;;
  '# '*) reason=yes ;;
  -$'\t'*) [ "$reason" ] || problem "no reason: $line" ;;
  esac
done <"$table"

finish
