#!/bin/bash
# credential-provider config: the kubelet's config for a Docker config and its stores, with the
# providers of others, and what is said of what cannot work on a node. Its hints are followed.

# shellcheck source=encryptedfile_cases.sh
. "$(dirname "$0")/encryptedfile_cases.sh"
# shellcheck source=hints.sh
. "$e2e/hints.sh"
need jq python3

mkdir providers
made=providers/config.yaml

# provider FILTER EXPECTED: of pullsecret's, in what was printed.
provider() { manifest ".[0].providers[] | select(.name == \"pullsecret\") | $1" "$2"; }

# make [OPTION...]: prints the config, without a word if the store works on a node.
make() {
  run pullsecret credential-provider config "$@"
  succeeds
}

# says REGEX...: on standard error.
says() {
  local regex
  for regex; do err_has "$regex"; done
}

inline='{"auth":"b2N0b2NhdDpodW50ZXIy"}'

it 'matchImages has the registries that the config names, as the kubelet wants them'
config "{\"auths\":{\"https://index.docker.io/v1/\":$inline,\"https://GHCR.io/v1/\":$inline,
  \"registry.example.com:5000\":$inline,\"quay.io/acme\":$inline},
  \"credHelpers\":{\"gcr.io\":\"gcr-store\"}}"
store gcr-store '{}'
make
err_is_empty
provider .matchImages \
  '["docker.io","ghcr.io","registry.example.com:5000","quay.io/acme","gcr.io"]'
manifest '.[0] | [.apiVersion, .kind, (.providers | length)]' \
  '["kubelet.config.k8s.io/v1","CredentialProviderConfig",1]'
provider '[.apiVersion, .defaultCacheDuration, .args]' \
  '["credentialprovider.kubelet.k8s.io/v1","10m",["credential-provider"]]'

it 'the provider gets its home, the config and the folders of the helpers, absolute ones'
provider '.env | map(select(.name != "PATH") | [.name, .value])' \
  "[[\"HOME\",\"$HOME\"],[\"DOCKER_CONFIG\",\"$HOME/.docker\"]]"
provider '.env[] | select(.name == "PATH").value' \
  "\"$scratch/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin\""

it 'comments say which flags the kubelet needs'
for words in KUBELET_EXTRA_ARGS kubeletExtraArgs --image-credential-provider-config= \
  --image-credential-provider-bin-dir= /var/lib/rancher/credentialprovider/config.yaml \
  /var/snap/microk8s/current/args/kubelet; do
  out_has "^#.*$words"
done

it 'JSON has no comments, and the same values'
cp "$scratch/documents" "$scratch/of-yaml"
make -o json
out_json . "$(jq -cS '.[0]' "$scratch/of-yaml")"

it 'what the store lists is asked for, too; --match adds'
config '{"auths":{"ghcr.io":{}},"credsStore":"mine"}'
store mine '{"https://index.docker.io/v1/":["a","hunter2"],"https://ghcr.io":["a","hunter2"],
  "https://index.docker.io/v1/access-token":["a","hunter2"]}'
make --match '*.example.com:5000' --match ghcr.io
err_is_empty
provider .matchImages '["ghcr.io","docker.io","*.example.com:5000"]'

it 'a config with another name is named to the provider'
cp .docker/config.json node.json
make --config node.json
provider .args "[\"credential-provider\",\"--config\",\"$HOME/node.json\"]"
provider '[.env[].name]' '["HOME","PATH"]'
mkdir 'a folder' && cp node.json 'a folder/config.json'
make --config 'a folder'
provider '.env[] | select(.name == "DOCKER_CONFIG").value' "\"$HOME/a folder\""

it 'DOCKER_AUTH_CONFIG does not count, and that is said'
DOCKER_AUTH_CONFIG="{\"auths\":{\"quay.io\":$inline}}" make
says 'note: DOCKER_AUTH_CONFIG does not count'
provider .matchImages '["ghcr.io","docker.io"]'

it 'where the store does not list, the config counts, and that is said'
rm "$scratch/bin/docker-credential-mine"
helper mine <<<'echo "no list here"; exit 1'
make
says 'mine list: .*no list here.*the registries it has are not asked for'
provider .matchImages '["ghcr.io"]'

it 'a config that names no registry'
config '{"credsStore":"mine"}'
run pullsecret credential-provider config
fails_with 1 'config.json: it names no registry' 'hint: .*--match ghcr.io'
config '{"credsStore":"ecr-login"}'
helper ecr-login <<<'echo "{}"'
run pullsecret credential-provider config
fails_with 1 'it names no registry' "hint: .*--match '\*\.dkr\.ecr\.\*\.amazonaws\.com'"
run pullsecret credential-provider config --match '*.dkr.ecr.*.amazonaws.com'
succeeds_quietly
provider .matchImages '["*.dkr.ecr.*.amazonaws.com"]'

it 'the account of the cloud goes with its helper'
AWS_PROFILE=node AWS_SECRET_ACCESS_KEY=hunter2 GNUPGHOME=/x make --match ecr.example.com
provider '.env | map(select(.name | test("AWS|GNUPG")))' '[{"name":"AWS_PROFILE","value":"node"}]'
out_lacks hunter2

it 'what no image matches is told, and no key of it is left in'
config "{\"auths\":{\"ghcr.io/acme/app:1.4\":$inline,\"ghcr.io\":$inline}}"
make --match index.docker.io --match https://quay.io
says 'warning: ghcr.io/acme/app:1.4: this key serves no image: left out' \
  'warning: index.docker.io: Docker Hub is docker.io to the kubelet' 'the pattern must be docker.io$' \
  'warning: https://quay.io: a pattern has no scheme' 'the pattern must be quay.io$'
provider '.matchImages | index("ghcr.io/acme/app:1.4")' null

it 'a pattern with which the kubelet would not start is wrong usage'
for pattern in '' 'a b' ghcr.io:port '%'; do
  run pullsecret credential-provider config --match "$pattern"
  fails_with 2 'match: .*the kubelet would not start'
done

it 'an entry that the kubelet cannot use is told'
config '{"auths":{"ghcr.io":{"auth":"b2N0b2NhdDo=","identitytoken":"hunter2"}}}'
make
says 'warning: ghcr.io: it has an identity token only'

it 'no config, and one on standard input'
run pullsecret credential-provider config --config absent.json
fails_with 1 'absent.json: no such file'
run pullsecret credential-provider config --config -
fails_with 2 'standard input is gone'

# ---- Other providers

cat >"$scratch/others.yaml" <<'END'
# of this node
apiVersion: kubelet.config.k8s.io/v1
kind: CredentialProviderConfig
providers:
- name: ecr-credential-provider   # from its release
  matchImages: ["*.dkr.ecr.*.amazonaws.com"]

  # as ECR's tokens
  defaultCacheDuration: "12h"
  apiVersion: credentialprovider.kubelet.k8s.io/v1
  env:
  - {name: AWS_PROFILE, value: node}
END
config "{\"auths\":{\"ghcr.io\":$inline}}"

it 'merging keeps the other providers byte for byte, and again changes nothing'
cp "$scratch/others.yaml" $made && chmod 640 $made
make --merge $made --output-file $made
succeeds_quietly
head -c "$(wc -c <"$scratch/others.yaml")" $made | cmp -s - "$scratch/others.yaml" ||
  problem 'the others are not as they were'
same 'the mode' "$(stat -c %a $made)" 640
cp $made "$scratch/first"
make --merge $made --output-file $made
cmp -s $made "$scratch/first" || problem 'the second time changes it'

it 'an older provider of the name is replaced, where it stands'
config "{\"auths\":{\"quay.io\":$inline}}"
make --merge - <$made
provider .matchImages '["quay.io"]'
same 'the lines that differ' "$(diff "$scratch/out" $made | grep -c '^[<>]')" 2

it 'JSON is merged value for value'
make --merge $made -o json
out_json '[.providers[].name]' '["ecr-credential-provider","pullsecret"]'
out_json '.providers[0].env' '[{"name":"AWS_PROFILE","value":"node"}]'

it 'what the kubelet refuses is not merged into'
echo '{"kind":"Secret"}' >secret.json
for file in /dev/null secret.json "$scratch/absent"; do
  run pullsecret credential-provider config --merge "$file"
  fails_with 1 "$file"
done
run pullsecret credential-provider config --merge /dev/null
err_has 'hint: .*write with --output-file'

it 'comments that cannot be kept are told'
printf '# mine\n{%s\n' 'apiVersion: kubelet.config.k8s.io/v1, kind: CredentialProviderConfig, providers: []}' >flow.yaml
make --merge flow.yaml
says 'note: flow.yaml is not in YAML.s block style: its comments are left out'
make -q --merge flow.yaml
err_is_empty

# ---- What cannot work on a node

it 'the link is made as the comment says, and the linked program works'
make
take_hint "$(grep 'BIN_DIR has a link' "$scratch/out")"
mkdir "$scratch/bin dir"
follow_by sh -c "${command/BIN_DIR/\"$scratch/bin dir\"}"
run "$scratch/bin dir/pullsecret" --version
succeeds_quietly

it 'a helper that is not there'
config "{\"auths\":{\"ghcr.io\":$inline},\"credsStore\":\"absent\"}"
make
says 'warning: docker-credential-absent: not found on PATH: the provider fails'
hint_on_standard_error
follow_by sh -c "$command || [ \$? = 1 ]"
out_has 'helper-not-found'

it 'secretservice needs a desktop: migrate moves it to a key file'
config '{"auths":{"ghcr.io":{}},"credsStore":"secretservice"}'
helper secretservice <<'END'
case $1 in
get) read -r server || :; [ -e "$0.gone" ] && echo 'credentials not found in native keychain' && exit 1
  echo '{"ServerURL":"ghcr.io","Username":"octocat","Secret":"hunter2"}' ;;
list) [ -e "$0.gone" ] && echo '{}' || echo '{"ghcr.io":"octocat"}' ;;
erase) touch "$0.gone" ;;
esac
END
make
says 'warning: docker-credential-secretservice: it needs the session of a desktop.s user'
hint_on_standard_error
follow
make
err_is_empty
provider .matchImages '["ghcr.io"]'
rm "$scratch/bin/docker-credential-secretservice"

it 'the key file that the environment names goes with the store'
DOCKER_CREDENTIAL_KEY_FILE=$HOME/.config/docker-credential-encryptedfile/key make
provider '.env[] | select(.name == "DOCKER_CREDENTIAL_KEY_FILE").value' \
  "\"$HOME/.config/docker-credential-encryptedfile/key\""

it 'a key file that is not there'
mv "$key_file" "$key_file.away"
make
says 'warning: docker-credential-encryptedfile: .*'
mv "$key_file.away" "$key_file"

it 'a passphrase that this session has kept: rekey puts a key file in its place'
forget_all
typing 'hunter2 phrase' 'hunter2 phrase' -- "$helper" init --passphrase
keep ghcr.io
if run "$helper" status && grep -q '"State":"locked"' "$scratch/out"; then
  typing 'hunter2 phrase' -- "$helper" unlock
fi
make
says 'warning: docker-credential-encryptedfile: it needs a passphrase, which nobody enters on a node'
hint_on_standard_error encryptedfile
printf '%s\n' "$hint" >>"$scratch/followed"
typing 'hunter2 phrase' -- sh -c "$command"
make
err_is_empty

all_are_followed
finish
