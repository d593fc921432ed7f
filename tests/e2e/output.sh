#!/bin/bash
# What comes out of convert: the Secret as YAML and JSON, the config file, the output file.
#
# one build: it is about what is said

# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
need jq python3

config '{"auths": {"ghcr.io": {"auth": "b2N0b2NhdDpodW50ZXIy"}}}'

# ---- The Secret

it 'the Secret has its kind, type and default name, and no namespace'
run pullsecret convert
succeeds_quietly
manifest . '[{"apiVersion":"v1","data":{".dockerconfigjson":"eyJhdXRocyI6eyJnaGNyLmlvIjp7InVzZXJuYW1lIjoib2N0b2NhdCIsInBhc3N3b3JkIjoiaHVudGVyMiIsImF1dGgiOiJiMk4wYjJOaGREcG9kVzUwWlhJeSJ9fX0="},"kind":"Secret","metadata":{"name":"regcred"},"type":"kubernetes.io/dockerconfigjson"}]'

it 'YAML and JSON say the same'
options=(--name web -n team-a --label app=web --annotation 'note=a "quoted": word' --immutable)
run pullsecret convert "${options[@]}"
cp "$scratch/out" as.yaml
run pullsecret convert "${options[@]}" -o json
manifest '.[0]' "$(python3 -c 'import json, sys, yaml; json.dump(yaml.safe_load(sys.stdin), sys.stdout)' \
  <as.yaml | jq -cS .)"
manifest '.[0] | .immutable, .metadata' "true
$(jq -ncS '{name: "web", namespace: "team-a", labels: {app: "web"}, annotations: {note: "a \"quoted\": word"}}')"

it '--type dockercfg writes the legacy Secret'
run pullsecret convert --type dockercfg
succeeds_quietly
manifest '.[0] | [.type, (.data | keys)]' '["kubernetes.io/dockercfg",[".dockercfg"]]'
pull_data . '{"ghcr.io":{"auth":"b2N0b2NhdDpodW50ZXIy","password":"hunter2","username":"octocat"}}'

for arguments in '-n a -n b -n c' '-n a,b,c' '--namespace=a,b -n c' '-n a -n b,c,a'; do
  it "one document for each namespace: $arguments"
  # shellcheck disable=SC2086 # options
  run pullsecret convert $arguments
  succeeds_quietly
  manifest '[.[].metadata.namespace]' '["a","b","c"]'
  manifest 'map(del(.metadata.namespace)) | unique | length' 1
done

it 'strings stay strings in YAML: annotations, read with PyYAML'
yaml_strings
run pullsecret convert "${annotations[@]}"
succeeds_quietly
manifest '.[0].metadata.annotations | to_entries | sort_by(.key | ltrimstr("text-") | tonumber) |
  map(.value)' "$(jq -c . "$e2e/../data/yaml-strings.json")"

it 'strings stay strings in YAML: names, labels and namespaces'
for name in 123 1e3 0x1f null true 1.0 0123 2001-01-01 y; do
  run pullsecret convert --name "$name" --label "$name=$name"
  succeeds_quietly
  manifest '.[0].metadata' "{\"labels\":{\"$name\":\"$name\"},\"name\":\"$name\"}"
done
run pullsecret convert -n 007
manifest '.[0].metadata.namespace' '"007"'

it 'registry keys that the kubelet never matches are mended'
config '{"auths": {"GHCR.IO": {"auth": "dTpodW50ZXIy"}, "https://Quay.io/v1/": {"auth": "dTpodW50ZXIy"},
  "docker.io": {"auth": "dTpodW50ZXIy"}, "registry.example.com:5000/team": {"auth": "dTpodW50ZXIy"}}}'
run pullsecret convert
succeeds_quietly
pull_data '.auths | keys' \
  '["ghcr.io","https://index.docker.io/v1/","https://quay.io/v1/","registry.example.com:5000/team"]'

it 'two spellings with different credentials become one entry, with a warning'
config '{"auths": {"docker.io": {"auth": "YTpodW50ZXIyLWE="}, "https://index.docker.io/v1/":
  {"auth": "YjpodW50ZXIyLWI="}, "hub.docker.com": {"auth": "YzpodW50ZXIyLWM="}}}'
run pullsecret convert
succeeds
same 'the warnings' "$(grep -c warning: "$scratch/err")" 1
err_has '^pullsecret: warning: https://index\.docker\.io/v1/ and docker\.io, hub\.docker\.com mean .*https://index\.docker\.io/v1/ counts$'
pull_data '.auths | map_values(.username)' '{"https://index.docker.io/v1/":"b"}'

config '{"auths": {"registry-1.docker.io": {"auth": "YTpodW50ZXIyLWE="}, "docker.io":
  {"auth": "YjpodW50ZXIyLWI="}}}'
run pullsecret convert
succeeds
err_has '^pullsecret: warning: registry-1\.docker\.io and docker\.io mean .*that of registry-1\.docker\.io counts$'
pull_data '.auths | map(.username)' '["a"]'

it 'spellings with the same credential become one entry without a word'
config '{"auths": {"docker.io": {"auth": "YTpodW50ZXIyLWE="}, "hub.docker.com": {"auth": "YTpodW50ZXIyLWE="}}}'
run pullsecret convert
succeeds_quietly
pull_data '.auths | map(.username)' '["a"]'

it 'a password that is not UTF-8 is in auth alone'
config "{\"auths\": {\"a.io\": {\"auth\": \"$(printf 'u:hunter2\377' | base64)\", \"email\": \"me@a.io\"}}}"
run pullsecret convert
succeeds_quietly
pull_data '.auths["a.io"]' "{\"auth\":\"$(printf 'u:hunter2\377' | base64)\",\"email\":\"me@a.io\"}"

it 'a password keeps its NULs, quotes and line breaks, and loses the NULs at its ends'
config "{\"auths\": {\"a.io\": {\"auth\": \"$(printf 'u:\0hun\0ter2\n"\\<é>\0\0' | base64 -w 0)\"}}}"
run pullsecret convert
succeeds_quietly
pull_data '.auths["a.io"].auth' "\"$(printf 'u:hun\0ter2\n"\\<é>' | base64 -w 0)\""
pull_data '.auths["a.io"].password' '"hun\u0000ter2\n\"\\<é>"'

it 'the same input gives the same bytes, however long each store takes'
helper slow <<'END'
server=$(cat)
sleep "0.0$(od -An -N1 -tu1 /dev/urandom | tr -d ' ')"
printf '{"Username": "u", "Secret": "hunter2-%s"}' "$server"
END
config "$(jq -nc '{auths: [range(20) | {"r\(.).io": {}}] | add, credsStore: "slow"}')"
run pullsecret convert
cp "$scratch/out" first.yaml
for _ in 1 2 3; do
  run pullsecret convert
  succeeds_quietly
  out_is_file first.yaml
done

# ---- The config file

store main '{"ghcr.io": ["u", "hunter2"], "quay.io": ["q", "hunter2"]}'
cat >.docker/config.json <<'END'
{
  "psFormat": "table {{.Names}}",
  "HttpHeaders": {"b": "2", "a": "1"},
  "auths": {"quay.io": {}, "ghcr.io": {"email": "me@example.com"}},
  "credsStore": "main", "CredHelpers": {"absent.example": "main"},
  "proxies": {"default": {"noProxy": "a,b", "numbers": [12345678901234567890, 1.50, 1E+3]}},
  "text": "\u00e4 \/ \ud83d\udd11", "nothing": null, "credsstore": "main",
  "currentContext": "remote"
}
END

it '-o config has inline auths, no stores, and every other setting as it was'
run pullsecret convert -o config --registry quay.io --registry ghcr.io
succeeds_quietly
same 'the settings' "$(jq -c keys_unsorted "$scratch/out")" \
  '["psFormat","HttpHeaders","auths","proxies","text","nothing","currentContext"]'
out_json '.auths' '{"ghcr.io":{"auth":"dTpodW50ZXIy","email":"me@example.com"},"quay.io":{"auth":"cTpodW50ZXIy"}}'
out_json '[.psFormat, .HttpHeaders, .text, .nothing, .currentContext]' \
  '["table {{.Names}}",{"a":"1","b":"2"},"ä / 🔑",null,"remote"]'
out_has '^\s*12345678901234567890,$'
out_has '^\s*1\.50,$'
out_has '^\s*1E\+3$'
lacks '[cC]reds' "$scratch/out" || problem 'a store is left'

it '-o config is a config file again, and gives the same Secret'
run pullsecret convert --registry quay.io --registry ghcr.io
cp "$scratch/out" secret.yaml
run pullsecret convert -o config --registry quay.io --registry ghcr.io --output-file inline.json
succeeds_quietly
run pullsecret convert --config inline.json
succeeds_quietly
out_is_file secret.yaml

# ---- The output file

it '--output-file writes what standard output would get, mode 0600'
run pullsecret convert --config inline.json --output-file new.yaml
succeeds_quietly
out_is ''
same 'the file' "$(cat new.yaml)" "$(cat secret.yaml)"
same 'its mode' "$(stat -c %a new.yaml)" 600

it '--output-file replaces a file in one step, whatever its mode'
mkdir replaced
echo old >replaced/secret.yaml
chmod 644 replaced/secret.yaml
ln replaced/secret.yaml old.yaml
run pullsecret convert --config inline.json --output-file replaced/secret.yaml
succeeds_quietly
same 'the file' "$(cat replaced/secret.yaml)" "$(cat secret.yaml)"
same 'its mode' "$(stat -c %a replaced/secret.yaml)" 600
same 'the old file' "$(cat old.yaml)" old
same 'the files in the folder' "$(ls -A replaced)" secret.yaml

it '--output-file is left as it was when convert fails'
run pullsecret convert --config inline.json --registry gone.example --output-file replaced/secret.yaml
fails_with 1 'gone\.example'
same 'the file' "$(cat replaced/secret.yaml)" "$(cat secret.yaml)"
run pullsecret convert --config inline.json --registry gone.example --output-file never.yaml
expect 'no new file' [ ! -e never.yaml ]

it 'a file that may not grow so large is left as it was, and that is an error'
run bash -c '(ulimit -f 0; pullsecret convert --config inline.json --output-file secret.yaml) 2>&1 | cat'
out_has '^pullsecret: error: secret.yaml: file too large$'
same 'the files' "$(find . -name '.secret.yaml.*')" ''

it '--output-file may be the config file itself'
cp inline.json both.json
run pullsecret convert --config both.json -o config --output-file both.json
succeeds_quietly
same 'the file' "$(cat both.json)" "$(cat inline.json)"

finish
