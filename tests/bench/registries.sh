# shellcheck shell=bash
# The rows about `pullsecret check`, for tests/bench/run: beside skopeo, over a real docker-registry
# and one that takes its time.
#
# shellcheck disable=SC2154 # build, scratch, source, ratio and times are tests/bench/run's

# The program, and the one that it becomes, as they are installed.
lay_out_check() {
  mkdir -p "$scratch/prefix/bin" "$scratch/prefix/libexec/pullsecret"
  cp "$build/src/pullsecret" "$scratch/prefix/bin/"
  cp "$build/src/pullsecret-check" "$scratch/prefix/libexec/pullsecret/"
  check=$scratch/prefix/bin/pullsecret
}

# await LOG REGEX: sets `port` to what REGEX finds in LOG.
await() {
  local tries=100
  until port=$(grep -oPm 1 "$2" "$1"); do
    ((--tries)) || fail "no registry: $(cat "$1")"
    sleep 0.1
  done
}

start_registry() {
  printf hunter2 | htpasswd -Bin user >"$scratch/htpasswd" 2>/dev/null
  cat >"$scratch/registry.yml" <<END
version: 0.1
storage: {filesystem: {rootdirectory: $scratch/registry}}
http: {addr: "127.0.0.1:0"}
auth: {htpasswd: {realm: bench, path: $scratch/htpasswd}}
END
  docker-registry serve "$scratch/registry.yml" >"$scratch/registry.log" 2>&1 &
  background+=($!)
  await "$scratch/registry.log" 'listening on 127\.0\.0\.1:\K[0-9]+'
  registry=127.0.0.1:$port
}

# Stand-ins for a registry that answers in 50 ms, and for one that refuses every image at length.
start_slow_registry() {
  "$source/tests/bench/slow_registry.py" >"$scratch/slow.log" 2>&1 &
  background+=($!)
  await "$scratch/slow.log" 'listening on \K[0-9]+'
  slow=127.0.0.1:$port
}
start_refusing_registry() {
  "$source/tests/bench/slow_registry.py" 260000 >"$scratch/refusing.log" 2>&1 &
  background+=($!)
  await "$scratch/refusing.log" 'listening on \K[0-9]+'
  refusing=127.0.0.1:$port
}

# push REGISTRY IMAGE: an image of one small file.
push() {
  local folder=$scratch/image
  mkdir -p "$folder"
  echo hello >"$folder/hello"
  tar -C "$folder" -c hello >"$scratch/layer.tar"
  skopeo copy --insecure-policy --dest-tls-verify=false --dest-creds user:hunter2 \
    "tarball:$scratch/layer.tar" "docker://$1/$2" >"$scratch/push.log" 2>&1 ||
    fail "no image: $(cat "$scratch/push.log")"
}

# What one writes without pullsecret.
make_skopeo_loop() {
  cat >"$scratch/bin/skopeo-loop" <<'END'
#!/bin/sh
registry=$1
for i in $(seq 50); do
  skopeo inspect --no-tags --tls-verify=false --creds user:hunter2 "docker://$registry/app-$i:1" |
    jq -r .Digest
done
END
  chmod +x "$scratch/bin/skopeo-loop"
}

# pulls COUNT FILE: it is the JSON of check, and says so of that many images.
pulls() {
  [ "$(jq '[.[] | select(.outcome == "pulls")] | length' "$2")" = "$1" ] ||
    fail "not every image pulls: $(head -c 1000 "$2")"
}

measure_refusals() {
  local images=() i
  start_refusing_registry
  jq -n --arg auth "$(printf user:hunter2 | base64)" --arg registry "$refusing" \
    '{auths: {($registry): {auth: $auth}}}' >"$scratch/refusing.json"
  for i in {1..10000}; do images+=(--image "$refusing/app-$i:1"); done
  compare 1 sh -c '"$@" 2>/dev/null; [ $? = 1 ]' sh "$check" check "$scratch/refusing.json" \
    "${images[@]}" -o json -- /bin/true
  [ "$(jq '[.[] | select(.registry_says | startswith("not yours"))] | length' "$scratch/a")" = 20000 ] ||
    fail "not every image is refused: $(head -c 1000 "$scratch/a")"
  report 'check, 10,000 images that are refused in 254 KiB each: peak memory' '' "$peak MB" '64 MB'
}

measure_check() {
  local images=() i
  lay_out_check
  make_skopeo_loop
  start_registry
  start_slow_registry
  push "$registry" app:1
  jq -n --arg auth "$(printf user:hunter2 | base64)" \
    '{auths: ($ARGS.positional | map({(.): {auth: $auth}}) | add)}' \
    --args "$registry" "$slow" >"$scratch/registries.json"

  compare 50 "$check" check "$scratch/registries.json" --image "$registry/app:1" -o json -- \
    skopeo inspect --no-tags --tls-verify=false --creds user:hunter2 "docker://$registry/app:1"
  pulls 1 "$scratch/a"
  report 'check, one image, a registry with Basic' '`skopeo inspect --no-tags`' "$ratio" 0.5 "$times"

  for i in {1..50}; do images+=(--image "$slow/app-$i:1"); done
  compare 3 "$check" check "$scratch/registries.json" "${images[@]}" -o json -- skopeo-loop "$slow"
  pulls 50 "$scratch/a"
  [ "$(grep -c sha256 "$scratch/b")" = 50 ] || fail 'skopeo does not find every image'
  report 'check, 50 images of a registry that answers in 50 ms' 'a loop of `skopeo inspect`' \
    "$ratio" 0.05 "$times"

  measure_refusals
}
