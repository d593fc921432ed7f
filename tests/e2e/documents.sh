# shellcheck shell=bash
# What README.md and the manual tell people to run. All is read as Markdown: commands and what they print
# stand in ```console blocks, error messages in ```text blocks, and what mends them in the next line
# `**Fix:** `COMMAND``.

# shellcheck source=lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
need mandoc

# shellcheck disable=SC2034 # for the scripts that source this file
readme=$e2e/../../README.md recipes=$e2e/../../man/recipes.md errors=$e2e/../../man/errors.md

# manual_text PAGE: as people see it, each paragraph in one line: text in column 5, a display in
# column 7, a command on a line of its own in column 11.
manual_text() { mandoc -K utf-8 -T utf8 -O width=999 "$e2e/../../man/$1" | sed $'s/.\b//g'; }

# manual PAGE: the same as Markdown. A display that begins with `$ ` has commands.
manual() {
  manual_text "$1" | awk '
    function close_block() { if (in_block) print "```"; in_block = 0; empty = "" }
    /^       / {
      sub(/^       /, "")
      if (!in_block) print /^\$ / ? "```console" : "```text"
      else printf "%s", empty
      in_block = 1
      empty = ""
      print
      next
    }
    in_block && /^$/ { empty = empty "\n"; next }
    { close_block(); sub(/^ +/, ""); print }
    END { close_block() }'
}
