# shellcheck shell=bash
# What README.md and the manual tell people to run. All is read as Markdown: commands and what they print
# stand in ```console blocks, error messages in ```text blocks, and what mends them in the next line
# `**Fix:** `COMMAND``.

# shellcheck source=lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
need mandoc

# shellcheck disable=SC2034 # for the scripts that source this file
readme=$e2e/../../README.md recipes=$e2e/../../man/recipes.md errors=$e2e/../../man/errors.md

# manual_text PAGE: as people see it, each paragraph in one line: text in column 5, a command on a line of its
# own in column 11.
manual_text() { mandoc -K utf-8 -T utf8 -O width=999 "$e2e/../../man/$1" | sed $'s/.\b//g'; }

# manual_examples PAGE: what its section of examples shows, as Markdown.
manual_examples() {
  manual_text "$1" | awk '
    /^[A-Z]/ { in_examples = /^EXAMPLES/ }
    in_examples && /^           / { if (!in_block) print "```console"; in_block = 1; print substr($0, 12); next }
    in_block { print "```"; in_block = 0 }'
}
