# shellcheck shell=bash
# What the login scripts share: a real docker-registry on loopback, an image made by hand, and the
# cases that docker, a store, pullsecret and skopeo go through together.

# shellcheck source=lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

user=builder
password='hunter2: p"a\s$<w>örd'

# start_registry_with YAML [HTTP [NAME]]: sets `registry`, HOST:PORT of one with this part of its settings,
# and HTTP inside of those of its server. NAME is that of its log.
start_registry_with() {
  registry_name=${3-registry}
  cat >"$scratch/$registry_name.yml" <<END
version: 0.1
storage: {filesystem: {rootdirectory: $scratch/registry}}
http: {addr: "127.0.0.1:0"${2:+, $2}}
$1
END
  start "$registry_name" docker-registry serve "$scratch/$registry_name.yml"
  wait_until registry_port || bail_out "no registry: $(<"$scratch/$registry_name.log")"
  registry=127.0.0.1:$(registry_port)
}
registry_port() { grep -oPm 1 'listening on 127\.0\.0\.1:\K[0-9]+' "$scratch/$registry_name.log"; }

# by_htpasswd PASSWORD [NAME]: settings by which it asks for `user` and the password, which are in NAMEhtpasswd.
by_htpasswd() {
  printf '%s' "$1" | htpasswd -Bin "$user" >"$scratch/${2-}htpasswd"
  echo "auth: {htpasswd: {realm: test, path: $scratch/${2-}htpasswd}}"
}

# start_registry: one that asks for user and password, unless there is one.
start_registry() { [ "${registry-}" ] || start_registry_with "$(by_htpasswd "$password")"; }

# blob FOLDER: keeps standard input in the OCI layout FOLDER; prints its descriptor's fields.
blob() {
  local file digest
  file=$(mktemp -p "$scratch")
  cat >"$file"
  digest=$(sha256sum <"$file" | cut -d ' ' -f 1)
  mv "$file" "$1/blobs/sha256/$digest"
  printf '"digest":"sha256:%s","size":%d' "$digest" "$(stat -c %s "$1/blobs/sha256/$digest")"
}

# make_image FOLDER: an OCI layout with an image of one file, tagged 1.
make_image() {
  local type=application/vnd.oci.image layer config manifest
  mkdir -p "$1/blobs/sha256" "$scratch/root"
  echo hello >"$scratch/root/hello"
  layer=$(tar -C "$scratch/root" -c hello | blob "$1")
  config=$(printf '{"architecture":"amd64","os":"linux","rootfs":{"type":"layers","diff_ids":[%s]}}' \
    "$(grep -o '"sha256:[^"]*"' <<<"$layer")" | blob "$1")
  manifest=$(printf '{"schemaVersion":2,"mediaType":"%s","config":{"mediaType":"%s",%s},"layers":[{"mediaType":"%s",%s}]}' \
    $type.manifest.v1+json $type.config.v1+json "$config" $type.layer.v1.tar "$layer" | blob "$1")
  printf '{"schemaVersion":2,"manifests":[{"mediaType":"%s",%s,"annotations":{"org.opencontainers.image.ref.name":"1"}}]}' \
    $type.manifest.v1+json "$manifest" >"$1/index.json"
  echo '{"imageLayoutVersion":"1.0.0"}' >"$1/oci-layout"
}

# pull AUTHFILE: the image comes back from the registry.
pull() {
  rm -rf "$scratch/pulled"
  run skopeo copy --insecure-policy --src-tls-verify=false --authfile "$1" \
    "docker://$registry/acme/app:1" "dir:$scratch/pulled"
}

# pull_by_helper: the image comes back, with what skopeo gets from the config file's helpers.
pull_by_helper() { pull "$HOME/.docker/config.json"; }

docker_login() { run docker login --username "$user" --password-stdin "$1" <<<"$password"; }

# logs_in_again REGISTRY: docker login asks for no password. There is no daemon, which alone could
# try the credential; docker names the one that it found, if it is a newer one.
logs_in_again() {
  run docker login "$1"
  expect "the credential of $user" grep -Eq "existing credentials(.*$user|\.\.\.$)" \
    "$scratch/out" "$scratch/err"
}

# use_debians STORE: docker-credential-STORE is Debian's, whatever else is on PATH.
use_debians() {
  need docker docker-registry htpasswd skopeo jq "/usr/bin/docker-credential-$1"
  ln -s "/usr/bin/docker-credential-$1" "$scratch/bin/"
}

# logout_case STORE: upstream's helpers leave it.
logout_case() {
  local store=$1 url
  it 'docker logout takes what was stored under other names of Docker Hub, too'
  for url in docker.io index.docker.io https://index.docker.io/v1/; do
    jq -nc --arg url "$url" '{ServerURL: $url, Username: "moby", Secret: "hunter2"}' |
      "docker-credential-$store" store >"$scratch/stored" || problem "$(cat "$scratch/stored")"
  done
  run docker logout
  succeeds
  run "docker-credential-$store" get <<<https://index.docker.io/v1/
  status_is 1
  out_is 'credentials not found in native keychain'
}

# login_cases STORE: the whole way, through docker-credential-STORE.
login_cases() {
  local store=$1 auth
  auth=$(printf '%s:%s' "$user" "$password" | base64 -w 0)

  start_registry
  make_image "$scratch/image"
  config "{\"credsStore\": \"$store\", \"currentContext\": \"default\"}"

  it "docker login keeps the password in $store and not in the file"
  docker_login "$registry"
  succeeds
  json_is 'in the config file' "{\"$registry\":{}}" .auths "$HOME/.docker/config.json"

  it "docker login finds it again in $store"
  logs_in_again "$registry"

  it 'convert makes a Secret of it'
  run pullsecret convert
  succeeds_quietly
  manifest '.[0] | [.kind, .type, .metadata.name]' \
    '["Secret","kubernetes.io/dockerconfigjson","regcred"]'
  pull_data ".auths[\"$registry\"] | [.username, .password, .auth]" \
    "$(jq -nc '$ARGS.positional' --args "$user" "$password" "$auth")"
  cp "$scratch/pull-data" "$scratch/from-secret.json"

  it 'convert -o config makes a config file of it'
  run pullsecret convert -o config --output-file "$scratch/authfile.json"
  succeeds_quietly
  json_is 'in the file' "{\"auths\":[\"$registry\"],\"currentContext\":\"default\"}" \
    '.auths |= keys' "$scratch/authfile.json"

  it 'skopeo pushes an image with the config file'
  run skopeo copy --insecure-policy --dest-tls-verify=false --authfile "$scratch/authfile.json" \
    "oci:$scratch/image:1" "docker://$registry/acme/app:1"
  succeeds

  it 'skopeo pulls the image with the config file'
  pull "$scratch/authfile.json"
  succeeds

  it 'skopeo pulls the image with the data of the Secret'
  pull "$scratch/from-secret.json"
  succeeds

  it 'skopeo does not pull the image without'
  echo '{"auths":{}}' >"$scratch/empty.json"
  pull "$scratch/empty.json"
  status_is 1
  err_has 'authentication required|unauthorized'

  it "get prints what docker-credential-$store prints"
  run pullsecret get "$registry"
  succeeds_quietly
  same 'the answer' "$(jq -cS . "$scratch/out")" \
    "$(printf '%s' "$registry" | "docker-credential-$store" get | jq -cS .)"

  it "convert takes the registries from $store when the file names none"
  docker_login "localhost:${registry#*:}"
  succeeds
  config "{\"credsStore\": \"$store\"}"
  run pullsecret convert
  succeeds_quietly
  pull_data '.auths | keys' "[\"$registry\",\"localhost:${registry#*:}\"]"

  it 'convert --registry takes one of them'
  run pullsecret convert --registry "localhost:${registry#*:}"
  succeeds_quietly
  pull_data '.auths | keys' "[\"localhost:${registry#*:}\"]"

  it 'convert fails after docker logout'
  run docker logout "$registry"
  succeeds
  run docker logout "localhost:${registry#*:}"
  succeeds
  run pullsecret convert
  fails_with 1 'docker login'
  run pullsecret convert --registry "$registry"
  fails_with 1 "$registry"
}

# cred_helper_cases STORE: docker-credential-STORE for this registry alone. The image is there since
# login_cases.
cred_helper_cases() {
  local store=$1
  config "{\"credHelpers\": {\"$registry\": \"$store\"}}"

  it "docker login keeps the password in $store through credHelpers"
  docker_login "$registry"
  succeeds
  json_is 'in the config file' "{\"$registry\":{}}" .auths "$HOME/.docker/config.json"
  run "docker-credential-$store" list <<<unused
  out_json . "{\"$registry\":\"$user\"}"

  it "docker login finds it again in $store through credHelpers"
  logs_in_again "$registry"

  it "skopeo pulls the image with $store through credHelpers"
  pull_by_helper
  succeeds

  it "convert takes the password from $store through credHelpers"
  run pullsecret convert
  succeeds_quietly
  pull_data '.auths | map_values(.password)' \
    "$(jq -nc '{($ARGS.positional[0]): $ARGS.positional[1]}' --args "$registry" "$password")"

  it "docker logout removes it from $store through credHelpers"
  run docker logout "$registry"
  succeeds
  run "docker-credential-$store" list <<<unused
  out_json . '{}'
  pull_by_helper
  status_is 1
  err_has 'authentication required|unauthorized'
}
