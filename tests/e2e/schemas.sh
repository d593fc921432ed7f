#!/bin/bash
# What programs read is as the JSON Schemas in share/pullsecret/schema say, and JUnit's XML as
# tests/data/junit.xsd: all that the transcripts of tests/unit/cli/cases have, and what the real programs
# print.
#
# one build: it is about what is said
# starts early: it runs the transcripts

# shellcheck source=check_cases.sh
. "$(dirname "$0")/check_cases.sh"
need python3 jq xmllint unit-tests docker-registry htpasswd skopeo
python3 -c 'import jsonschema' 2>/dev/null || bail_out 'python3-jsonschema is not installed'

schemas=$(cd "$program_folder/.." && pwd)/share/pullsecret/schema
outputs=$scratch/outputs
mkdir "$outputs"

validate() { run python3 "$e2e/validate_json.py" "$schemas" "$@"; }

it 'what the transcripts have is as the schemas say, each of them often'
JSON_OUTPUTS=$outputs unit-tests --filenames-as-tags '[#cases_test]' >"$scratch/log" 2>&1 || problem "$(tail -n 20 "$scratch/log")"
validate "$outputs"/*.json
succeeds_quietly
while read -r name count; do
  expect "five of $name or more" [ "$count" -ge 5 ]
done <"$scratch/out"

it 'what the real programs print is as the schemas say'
start_registry
make_image "$scratch/image"
push acme/app:1
image=$registry/acme/app:1
entries "{\"$registry\": $(entry "$user" "$password"), \"127.0.0.1:1\": $(entry "$user" "$password")}"
config "{\"auths\": {\"$registry\": $(entry "$user" "$password")}, \"credHelpers\": {\"ghcr.io\": \"desktop\"}}"
pullsecret check "$scratch/secret.yaml" -o json >check.json 2>/dev/null
pullsecret check "$scratch/secret.yaml" --image "$image" -o json >2.check.json
pullsecret inspect "$scratch/secret.yaml" --show-secrets -o json >inspect.json
pullsecret inspect "$scratch/secret.yaml" --image "$image" -o json >2.inspect.json
pullsecret doctor -o json >doctor.json 2>/dev/null
pullsecret get "$registry" >get.json
for store in encryptedfile pass secretservice; do "docker-credential-$store" status >"$store.status.json"; done
validate ./*.json
succeeds_quietly

it 'another member, another type and another word are not'
for change in '.[0].x = 1' '.[0].succeeds = "yes"' '.[0].outcome = "pull"' 'del(.[0].key)' '.[0].problems = [{}]' \
  '.[0].expires = "soon"'; do
  jq "$change" 2.check.json >changed.check.json
  validate changed.check.json
  status_is 1
  err_has '^changed\.check\.json: '
done

# ---- JUnit

xml() { run xmllint --noout --schema "$e2e/../data/junit.xsd" "$@"; }

it "JUnit's XML is as the schema says"
pullsecret check "$scratch/secret.yaml" -o junit >registries.xml 2>/dev/null
pullsecret check "$scratch/secret.yaml" --image "$image" --image "$registry/acme/app:2" -o junit >images.xml 2>"$scratch/log"
xml registries.xml images.xml "$outputs"/*.xml
succeeds
same 'the images' "$(xmllint --xpath 'string(//testcase[1]/@name)' images.xml)" "$image"
same 'its number of failures' "$(xmllint --xpath 'string(/testsuites/@failures)' images.xml)" 1
same 'the failures' "$(xmllint --xpath 'count(//failure)' images.xml)" 1
expect 'no secret' lacks hunter2 registries.xml
sed 's/<testcase /<case /' registries.xml >changed.xml
xml changed.xml
expect 'another element to be refused' [ "$status" -ne 0 ]

finish
