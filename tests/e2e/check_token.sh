#!/bin/bash
# check, at a real docker-registry whose rights come from a token server: each outcome where skopeo
# pulls or does not, both ways to ask for a token, and how often one is asked for.

# shellcheck source=check_cases.sh
. "$(dirname "$0")/check_cases.sh"
need docker-registry skopeo jq python3 openssl

weak='hunter2-weak'
users=$(jq -n --arg right "$password" --arg weak "$weak" '{
  builder: {password: $right, rights: {"acme/app": ["pull", "push"], "acme/web": ["pull", "push"],
    "acme/open": ["pull", "push"]}},
  robot: {password: $weak, rights: {"acme/app": ["pull"]}},
  late: {password: $weak, rights: {"acme/app": ["pull"]}, lifetime: -600},
  "": {rights: {"acme/open": ["pull"]}}}')

# token_settings JSON: how the token server answers from now on, beside its users.
token_settings() {
  jq -n --argjson users "$users" "{issuer: \"test\", service: \"registry\", users: \$users} + $1" \
    >"$scratch/settings.json"
}

token_settings '{}'
start_tokens
start_registry_of_tokens
make_image "$scratch/image"
push acme/app:1
push acme/web:1
push acme/open:1

# token_log FILTER EXPECTED: of the requests since the last begin_log.
begin_log() { : >"$scratch/tokens"; }
token_log() {
  jq -s . "$scratch/tokens" >"$scratch/tokens.json"
  json_is "in the token server's log" "$2" "$1" "$scratch/tokens.json"
}

right=$(entry builder "$password")

for post in null 404 405 401; do
  token_settings "{post: $post}"
  it "an image that pulls, where the form is answered with ${post/null/a token}; and a wrong password"
  begin_log
  entries "{\"$registry\": $right}"
  run pullsecret check "$scratch/secret.yaml" --image "$registry/acme/app:1" -o json
  succeeds_quietly
  outcomes_are '["pulls"]'
  token_log '[.[] | [.method, .user, .scope, .service]]' "$(
    jq -nc --argjson post "$post" '["builder", "repository:acme/app:pull", "registry"] as $rest
      | [["POST"] + $rest, if $post then ["GET"] + $rest else empty end]'
  )"
  entries "{\"$registry\": $(entry builder hunter2-wrong)}"
  run pullsecret check "$scratch/secret.yaml" --image "$registry/acme/app:1" -o json
  status_is 1
  outcomes_are '["refused","no access"]'
  out_json '.[0].registry_says' '"incorrect username or password"'
done
token_settings '{}'

it 'check says pulls just where skopeo pulls'
for who in "builder:$password" "robot:$weak" "late:$weak" "robot:hunter2" "nobody:$password"; do
  entries "{\"$registry\": $(entry "${who%%:*}" "${who#*:}")}"
  for name in acme/app:1 acme/app:2 acme/web:1 acme/open:1 acme/other:1; do
    run pullsecret check "$scratch/secret.yaml" --image "$registry/$name" -o json
    found=$(jq 'map(.succeeds) | any' "$scratch/out")
    wanted=false
    ! skopeo_pulls "${who%%:*}" "${who#*:}" "$registry/$name" || wanted=true
    same "whether $name pulls for ${who%%:*}" "$found" "$wanted"
  done
done

it 'a token is asked for once for all images of a repository, over connections that are used again'
begin_log
entries "{\"$registry\": $right}"
names=()
for number in {1..20}; do names+=(--image "$registry/acme/app:tag-$number"); done
run pullsecret check "$scratch/secret.yaml" --jobs 4 --image "$registry/acme/app:1" \
  --image "$registry/acme/web:1" "${names[@]}" -o json
status_is 1
out_json '[.[] | select(.key) | .outcome] | group_by(.) | map([.[0], length])' \
  '[["no such image",20],["pulls",2]]'
token_log '[.[] | select(.user == "builder") | [.method, .scope]] | sort' \
  '[["POST","repository:acme/app:pull"],["POST","repository:acme/web:pull"]]'
token_log '[.[] | [.user, .scope]] | length == (unique | length)' true
token_log '[.[].connection] | unique | length <= 4' true

it 'credentials go to the realm as asked for, and no cookie comes back'
token_log 'map(.bearer or .cookie) | any' false

it '50 images side by side'
tags=$scratch/registry/docker/registry/v2/repositories/acme/app/_manifests/tags
names=()
for number in {1..50}; do
  cp -r "$tags/1" "$tags/tag-$number"
  names+=(--image "$registry/acme/app:tag-$number")
done
begin_log
run pullsecret check "$scratch/secret.yaml" --jobs 50 "${names[@]}" -o json
succeeds_quietly
out_json '[.[].outcome] | [length, unique]' '[50,["pulls"]]'
token_log length 1

it 'on a terminal a line says for whom it waits'
token_settings '{delay: 0.7}'
# shellcheck disable=SC2016 # for the inner shell
run env TERM=xterm secret="$scratch/secret.yaml" image="$registry/acme/app:1" data="$scratch/data" \
  script -qec 'exec pullsecret check "$secret" --image "$image" >"$data"' /dev/null
succeeds
out_has 'asking 127\.0\.0\.1, 0 of 1 answered'
same 'what is left on the line' "$(tr '\r' '\n' <"$scratch/out" | tail -n 1)" $'\033[K'
expect 'the table' grep -q ' pulls$' "$scratch/data"
token_settings '{}'

finish
