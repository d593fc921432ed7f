#!/bin/bash
# The manual: that its pages are there and name each other, and `pullsecret help TOPIC`, which shows one.
#
# one build: it is about the manual

# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

need mandoc
run true # what a failure shows
pages=$e2e/../../man
installed=$(cd "$program_folder/.." && pwd)/share/man

names_of() { find "$1" -type f -name '*.[17]*' -printf '%f\n' | sed 's/\.gz$//' | sort; }

# Two pages are made of Markdown.
it 'each page is installed'
same 'the pages' "$(names_of "$installed")" "$({ names_of "$pages"; printf 'pullsecret-%s.7\n' errors recipes; } | sort)"

it 'what is read in Markdown is the same on a manual page'
for name in recipes errors; do
  mandoc -K utf-8 -T utf8 -O width=999 "$installed/man7/pullsecret-$name.7" | sed $'s/.\b//g' | tr -s ' ' >page
  while IFS= read -r line; do
    expect "in the page $name: $line" grep -qF -- "$line" page
  done < <(awk '/^```/ { in_block = !in_block; next } in_block' "$pages/$name.md" | tr -s ' \t' ' ')
  expect "the heading of $name" grep -q "^ pullsecret-$name - [a-z]" page
  expect 'no link' lacks '\]\(|\.md' page
done

it 'examples are where the page says they are'
expect 'cronjob.yaml' [ -s "$installed/../doc/pullsecret/cronjob.yaml" ]

it 'the version stands in meson.build alone, and the change log begins with it'
version=$(pullsecret --version | cut -d ' ' -f 2)
same 'the first of the change log' "$(sed -n 's/^## \[\(.*\)\] - 20[0-9][0-9]-[01][0-9]-[0-3][0-9]$/\1/p;' "$pages/../.github/CHANGELOG.md" | head -n 1)" "$version"
same 'where else it stands' "$(cd "$pages/.." && grep -rlF -- "$version" README.md install.sh man src helpers .ci meson.build |
  grep -v '/run\.cpp$')" "$(printf '%s\n' src/README.md meson.build)"

it 'each command has a page, and pullsecret(1) has them all'
pullsecret help | grep -oP '^    pullsecret \K[a-z][a-z-]*( config| test)?(?= )' | tr ' ' - | sort -u >commands
same 'the pages of commands' \
  "$(names_of "$pages" | sed -n 's/^pullsecret-\(.*\)\.1$/\1/p' | sort)" "$(<commands)"
same 'those that pullsecret(1) names' \
  "$(sed -n '/^\.Sh COMMANDS/,/^\.Ss/s/^\.It Xr pullsecret-\(.*\) 1$/\1/p' "$pages/pullsecret.1" | sort)" "$(<commands)"

it 'no page names one of pullsecret that is not there'
while read -r name section; do
  expect "$name($section)" grep -qx "$name.$section" <(names_of "$installed")
done < <(grep -ohP '^\.(It )?Xr \K(pullsecret|docker-credential)[a-z-]* [17]' "$pages"/*.[17] | sort -u)

it 'every help fits 80 columns'
pullsecret help >helps
while read -r command; do
  # shellcheck disable=SC2086 # words
  pullsecret help ${command/-provider-/-provider } >>helps
done < <(grep -vx help commands)
for store in encryptedfile pass route secretservice; do docker-credential-$store --help >>helps; done
"$e2e/../../install.sh" --help >>helps
expect 'no longer line' lacks '.{81}' helps

it 'a help ends with where the manual and the recipes are'
for command in convert 'credential-provider config'; do
  # shellcheck disable=SC2086 # words
  run pullsecret help $command
  out_has "^    man pullsecret-${command/ /-}( |$)" '^    pullsecret help recipes '
done
run pullsecret help
out_has '^    man pullsecret ' '^    pullsecret help errors ' '^    pullsecret help security '

# It prints what it is asked, and from where.
printf '#!/bin/sh\necho "$MANPATH" "$@"\n' >"$scratch/bin/man"
chmod +x "$scratch/bin/man"
for topic in recipes errors security; do
  it "pullsecret help $topic: man(1) shows the page of this installation"
  run pullsecret help $topic
  succeeds_quietly
  out_is "$installed: 7 pullsecret-$topic"
  run env MANPATH=/elsewhere kubectl-pullsecret help $topic
  out_is "$installed:/elsewhere 7 pullsecret-$topic"
done

it 'what man(1) prints goes where somebody stops to read, and ends there'
printf '#!/bin/sh\nyes\n' >"$scratch/bin/man"
run bash -c 'pullsecret help recipes | head -n 1'
succeeds_quietly
out_is y
rm "$scratch/bin/man"

it 'where there is no man(1), it is said where the page is'
mkdir empty
run env PATH="$HOME/empty" "$(command -v pullsecret)" help recipes
fails_with 1 'error: man: not found on PATH' 'hint: .*/share/doc/pullsecret/recipes\.md'

it 'a topic that there is not'
run pullsecret help recipe
fails_with 2 'unknown command "recipe"' 'hint: the nearest is recipes'

if command -v man >/dev/null && man -w ls >"$scratch/log" 2>&1; then
  it 'and the real man(1) does it'
  run pullsecret help recipes
  succeeds
  out_has 'AFTER DOCKER LOGIN'
fi

finish
