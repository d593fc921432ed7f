#!/bin/bash
# inspect: on a terminal, of what kubectl makes, and of hostile files. What it says is in
# tests/unit/cli/cases/.

# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
need jq python3

it 'a terminal as standard input is wrong usage'
run python3 "$e2e/on_terminal.py" screen -- sh -c 'pullsecret inspect </dev/tty'
fails_with 2 'standard input is a terminal' 'hint: kubectl get secret regcred -o yaml \| pullsecret'

it 'colour on a terminal only, without NO_COLOR'
echo '{"auths": {"GHCR.IO": {"auth": "dTpodW50ZXIy"}}}' >odd.json
for environment in TERM=xterm NO_COLOR=1 TERM=dumb; do
  run env TERM=xterm "$environment" python3 "$e2e/on_terminal.py" screen -- \
    sh -c 'pullsecret inspect odd.json >/dev/tty'
  succeeds_quietly
  if [ "$environment" = TERM=xterm ]; then
    grep -q $'\033\[31mmisspelled-key' screen || problem 'no red on a terminal'
  elif grep -q $'\033' screen; then
    problem "colour with $environment"
  fi
done
run env TERM=xterm pullsecret inspect odd.json
expect 'no colour in a pipe' lacks $'\033' "$scratch/out"

it 'what kubectl makes'
if command -v kubectl >/dev/null; then
  kubectl create secret docker-registry regcred --docker-server=ghcr.io --docker-username=octocat \
    --docker-password=hunter2 --dry-run=client -o yaml >kubectl.yaml
  run pullsecret inspect kubectl.yaml -o json
  succeeds_quietly
  out_json '.[0] | .name, .entries[0].username, .entries[0].length, .problems' '"regcred"
"octocat"
7
[]'
else
  skip 'kubectl is not installed'
fi

it 'hostile manifests are refused, within 100 MB of memory'
python3 - <<'END'
def write(name, text):
    with open(name + ".hostile", "wb") as file:
        file.write(text.encode("latin-1"))

write("bytes", bytes(range(256)).decode("latin-1") * 16_000)
write("brackets", "[" * 100_000)
write("blocks", "- " * 100_000)
write("objects", '{"kind":' * 100_000)
write("pairs", "[a," * 2_000_000)
write("aliases", "a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n" + "".join(
    f"a{i}: &a{i} [{f'*a{i - 1},' * 9}*a{i - 1}]\n" for i in range(1, 10)))
write("scalar", f"a: &a {'x' * 1_000_000}\nb: [*a{',*a' * 1_000}]\n")
write("values", '{"kind":"X","a":[' + "{}," * 5_000_000 + "{}]}")
write("others", '{"kind":"X","a":[' + "{}," * 120_000 + "{}]}")
write("tags", f"%TAG !a! {'t' * 1_000_000}\n---\n" + "- !a!x y\n" * 70_000)
write("secrets", "kind: Secret\ntype: kubernetes.io/dockercfg\n---\n" * 15_000)
END
while read -r name refusal; do
  run python3 "$e2e/peak_memory.py" "$scratch/peak" pullsecret inspect "$name.hostile"
  fails_with 1 "$refusal"
  takes_at_most 100
done <<'END'
bytes binary data, and no manifest
brackets nested deeper than 64 levels
blocks nested deeper than 64 levels
objects nested deeper than 64 levels
pairs nested deeper than 64 levels
aliases its aliases stand for more than 250000 values
scalar its aliases and tags stand for more than 8 MiB
values more than 5000000 values
others no pull secret, only 1 object: X
tags its aliases and tags stand for more than 8 MiB
secrets more than 10000 entries in all
END
truncate -s 100M large.hostile
run python3 "$e2e/peak_memory.py" "$scratch/peak" pullsecret inspect large.hostile
fails_with 1 'larger than 64 MiB'
takes_at_most 150

it 'a key repeated 120,000 times is named once'
python3 -c "print('{\"auths\":{\"\":{}' + ',\"\":{}' * 120_000 + '}}')" >repeated.json
run pullsecret inspect repeated.json -o json
succeeds_quietly
out_json '[.[0].problems[].name]' '["too-large-to-apply","repeated-key"]'

finish
