#!/bin/bash
# docker-credential-route in front of real stores: what docker, podman and skopeo log in to, several
# accounts, many calls at once, calls that are killed, and no keyring of the kernel's.
#
# one build: what others do with the program

# Sourced again inside a session of its own.
[ "${in_session-}" ] || in_session=yes exec python3 "$(dirname "$0")/in_session.py" bash "$0" "$@"

# shellcheck source=registry_cases.sh
. "$(dirname "$0")/registry_cases.sh"
# shellcheck source=hints.sh
. "$e2e/hints.sh"
need docker docker-registry htpasswd skopeo podman jq python3 docker-credential-encryptedfile \
  docker-credential-route

route=$program_folder/docker-credential-route
rules_file=$HOME/.config/docker-credential-route/routes.json

# rules JSON: the lines of routes.json.
rules() {
  mkdir -p "$(dirname "$rules_file")"
  printf '{"routes": [%s]}\n' "$1" >"$rules_file"
}

# ask ACTION [SERVERURL]
ask() { run "$route" "$1" <<<"${2-unused}"; }

# answers SERVERURL USERNAME SECRET
answers() {
  ask get "$1"
  succeeds_quietly
  out_json '[.Username, .Secret]' "$(jq -nc '$ARGS.positional' --args "$2" "$3")"
}

# log_in HOST USERNAME SECRET: by docker itself.
log_in() {
  run docker login --username "$2" --password-stdin "$1" <<<"$3"
  succeeds
}

all_answered() { [ "$(cat "$scratch"/answer.* | grep -c hunter2)" = 100 ]; }

# calls: how often the slow helper was asked.
calls() { grep -c . "$scratch/calls"; }

helper slow <<END
read -r server
echo "\$1 \$server" >>"$scratch/calls"
[ "\$1" = get ] || exit 1
sleep 0.3
printf '{"ServerURL":"%s","Username":"AWS","Secret":"hunter2-%s"}' "\$server" "\$AWS_PROFILE"
END

# ---- The whole way, as through the store behind it

rules '{"match": "*", "helper": "encryptedfile"}'
login_cases route
logout_case route
cred_helper_cases route

# ---- From config.json, and back

it 'without rules the way to have them is followed'
config '{"credsStore":"encryptedfile"}'
rm -r "$(dirname "$rules_file")"
ask get ghcr.io
hint_of_helper
follow_by sh -c "$command --yes"
json_is 'in the config file' '"route"' .credsStore .docker/config.json
chmod o+w "$rules_file"
ask get ghcr.io
hint_of_helper
follow
ask get ghcr.io
out_is 'credentials not found in native keychain'

it 'a config without a store gets one first'
config '{}'
run "$route" init --yes
hint_of_helper err
follow_by sh -c "$command --yes"
json_is 'in the config file' false '.credsStore == null' .docker/config.json

it 'init writes the rules that say what config.json says, and every login is found as before'
config '{"credsStore":"encryptedfile"}'
docker_login "$registry"
rm -rf "$(dirname "$rules_file")"
config "{\"credsStore\":\"encryptedfile\",\"credHelpers\":{\"$registry\":\"encryptedfile\",
  \"1.dkr.ecr.eu-west-1.amazonaws.com\":\"ecr-login\",\"2.dkr.ecr.eu-west-1.amazonaws.com\":\"ecr-login\"}}"
cp .docker/config.json "$scratch/before.json"
run "$route" init
status_is 1
err_has 'nothing was changed: there is no terminal to ask on'
[ ! -e "$rules_file" ] || problem 'there are rules'
hint_of_helper err
follow
same 'the rules' "$(jq -c '.routes[] | [.match, .helper]' "$rules_file" | tr '\n' ' ')" \
  "[\"1.dkr.ecr.eu-west-1.amazonaws.com\",\"ecr-login\"] [\"$registry\",\"encryptedfile\"] [\"2.dkr.ecr.eu-west-1.amazonaws.com\",\"ecr-login\"] [\"*\",\"encryptedfile\"] "
json_is 'in the config file' "[\"route\",[\"route\",\"route\",\"route\"]]" \
  '[.credsStore, [.credHelpers[]]]' .docker/config.json
logs_in_again "$registry"
pull_by_helper
succeeds
run podman --root "$scratch/storage" --runroot "$scratch/runroot" --storage-driver vfs \
  login --get-login "$registry"
out_is "$user"

it 'a second init has nothing to do'
run "$route" init --yes
status_is 1
err_has 'names route already'

it 'init --undo goes back'
run "$route" init --undo
status_is 1
hint_of_helper err
take_hint "$(tail -n 1 <<<"$hint")" # behind the lines that show the change
follow
json_is 'in the config file' "$(jq -cS . "$scratch/before.json")" 'del(.auths)' .docker/config.json
logs_in_again "$registry"

it 'a run that was killed after the rules were written is made again'
run "$route" init --yes
succeeds
run "$route" init --undo --yes
succeeds
echo '{"routes": []}' >"$rules_file"
run "$route" init --yes
status_is 1
err_has 'is there already, with other rules'
hint_of_helper err
follow
run "$route" init --yes
succeeds

# ---- Accounts

shop=localhost:${registry#*:}
for name in alice robot; do
  htpasswd -Bbn "$name" "hunter2-${name:0:1}" >>"$scratch/htpasswd"
done
run docker logout "$registry"

it 'two accounts of one registry stay in the store, and without route the one in use is found'
config '{"credsStore":"route"}'
rules '{"match": "*", "helper": "encryptedfile"}'
log_in "$shop" alice hunter2-a
log_in "$shop" robot hunter2-r
config '{"credsStore":"encryptedfile"}'
run pullsecret get "$shop" -o username
out_is robot
config '{"credsStore":"route"}'
run "$route" use "$shop" alice
succeeds_quietly
run pullsecret get "$shop" -o username
out_is alice

it 'convert, get and check take the account that is named, with route and without'
for store in route encryptedfile; do
  config "{\"credsStore\":\"$store\"}"
  run pullsecret convert --registry "$shop" --account robot
  succeeds_quietly
  pull_data ".auths[\"$shop\"].password" '"hunter2-r"'
  run pullsecret get "$shop" --account alice -o password
  out_is hunter2-a
  run pullsecret get "$shop" --account eve
  fails_with 1 'no login of eve'
  hint_on_standard_error username
  follow
  out_is alice
done

it 'the kubelet gets the account that its provider names'
run pullsecret credential-provider --account robot <<END
{"apiVersion":"credentialprovider.kubelet.k8s.io/v1","kind":"CredentialProviderRequest","image":"$shop/acme/app"}
END
succeeds_quietly
out_json ".auth[\"$shop\"].username" '"robot"'

it 'no account is taken for a registry'
for store in route encryptedfile; do
  config "{\"credsStore\":\"$store\"}"
  run pullsecret convert --all
  succeeds_quietly
  pull_data '.auths | keys' "[\"$shop\"]"
  run pullsecret doctor -o json
  expect 'no finding about an account' lacks 'alice@|robot@' "$scratch/out"
done

it 'migrate moves accounts along'
config '{"credsStore":"encryptedfile"}'
helper other <<'END'
cd "$HOME" && mkdir -p other && server=$(cat) && jq=$(command -v gojq || command -v jq)
case $1 in
store) name=$(printf %s "$server" | $jq -j .ServerURL | base64 -w 0) && printf %s "$server" >"other/$name" ;;
get) cat "other/$(printf %s "$server" | base64 -w 0)" 2>/dev/null && exit; echo credentials not found in native keychain; exit 1 ;;
erase) rm -f "other/$(printf %s "$server" | base64 -w 0)" ;;
list) cat other/* | $jq -cs 'map({(.ServerURL): .Username}) | add // {}' ;;
version) echo 1 ;;
esac
END
run pullsecret migrate --to other
succeeds
rules '{"match": "*", "helper": "other"}'
config '{"credsStore":"route"}'
run "$route" accounts "$shop"
out_is "$(printf '%s  alice  in use\n%s  robot' "$shop" "$shop")"
answers "$shop" alice hunter2-a

it 'migrate out of route takes them along, too'
run pullsecret migrate --to encryptedfile
succeeds
config '{"credsStore":"encryptedfile"}'
for account in alice robot; do
  run pullsecret get "$shop" --account "$account" -o password
  out_is "hunter2-${account:0:1}"
done
same 'what is left' "$(ls "$HOME/other")" ''

it 'migrate out of route into the file says what stays in it'
rules '{"match": "*", "helper": "encryptedfile"}'
config '{"credsStore":"route"}'
run pullsecret migrate --to inline
succeeds
out_has 'stays: an account that is not in use'
ask get "https://robot@$shop"
out_json .Secret '"hunter2-r"'
rules '{"match": "*", "helper": "other"}'
config '{"credsStore":"route"}'
log_in "$shop" robot hunter2-r
log_in "$shop" alice hunter2-a

it 'an account that there is not is said, with those that there are'
run "$route" use "$shop" eve
status_is 1
hint_of_helper err
follow
out_has "$shop  robot"
run "$route" use "$shop"
hint_of_helper err
follow

it 'Tab completes actions, hosts and accounts'
# tab WORD...
tab() {
  bash -c '. "$1"; COMP_WORDS=("${@:2}") COMP_CWORD=$(($# - 2))
    _docker_credential_route "$2" "${COMP_WORDS[COMP_CWORD]}"; echo "${COMPREPLY[*]}"' tab \
    "$program_folder/../share/bash-completion/completions/docker-credential-route" "$route" "$@"
}
same 'the actions' "$(tab '')" 'init accounts use explain forget status'
same 'those with e' "$(tab e)" explain
same 'the hosts' "$(tab use '')" "$shop"
same 'the accounts' "$(tab use "$shop" '')" 'alice robot'

it 'docker logout takes the account in use out, and the other can be put into use'
run docker logout "$shop"
succeeds
ask get "$shop"
out_is 'credentials not found in native keychain'
log_in "$shop" alice hunter2-a
ask erase "$shop"
hint_of_helper err
follow_by sh -c "${command/USERNAME/robot}"
answers "$shop" robot hunter2-r

# ---- What is remembered

rules '{"match": "*.example.com", "helper": "slow", "env": {"AWS_PROFILE": "prod"}, "cache": "6h"},
       {"match": "*", "helper": "encryptedfile"}'

if ! "$route" status </dev/null | grep -q '"Cache":"in the kernel'; then
  it 'answers are remembered'
  skip "the kernel's keyrings may not be used here"
else
  it '100 calls at once make one of the helper, and all answer'
  : >"$scratch/calls"
  for ((i = 0; i < 100; ++i)); do
    "$route" get <<<a.example.com >"$scratch/answer.$i" 2>&1 &
  done
  # The registry of the cases above runs on.
  wait_until all_answered 60 || problem "answered: $(cat "$scratch"/answer.* | grep -c hunter2)"
  same 'the calls' "$(calls)" 1

  it 'what a registry refuses is forgotten by check, and asked for again'
  helper token <<END
printf '{"ServerURL":"x","Username":"$user","Secret":"%s"}' "\$(cat $scratch/token)"
END
  rules '{"match": "*", "helper": "token", "cache": "6h"}'
  config "{\"auths\":{\"$registry\":{}},\"credsStore\":\"route\"}"
  echo hunter2-old >"$scratch/token"
  run pullsecret check --image "$registry/acme/app:1" -o json
  status_is 1
  jq -R . <<<"$password" | sed 's/^"//; s/"$//' >"$scratch/token"
  ask get "$registry"
  out_json .Secret '"hunter2-old"'
  run pullsecret check --image "$registry/acme/app:1" -o json
  succeeds_quietly
  out_json '[.[].outcome] | index("pulls") != null' true
  rules '{"match": "*.example.com", "helper": "slow", "env": {"AWS_PROFILE": "prod"}, "cache": "6h"}'

  it 'another session remembers nothing of it'
  : >"$scratch/calls"
  run python3 "$e2e/in_session.py" "$route" get <<<a.example.com
  succeeds_quietly
  same 'the calls' "$(calls)" 1

  it 'a login that is stored in one session is not answered by an older one in another'
  rules '{"match": "*", "helper": "encryptedfile", "cache": "6h"}'
  # login SECRET [COMMAND...]: stores it, by COMMAND.
  login() {
    run "${@:2}" "$route" store <<<"{\"ServerURL\":\"s.example.com\",\"Username\":\"u\",\"Secret\":\"$1\"}"
    succeeds_quietly
  }
  login hunter2-old
  answers s.example.com u hunter2-old
  login hunter2-new python3 "$e2e/in_session.py"
  answers s.example.com u hunter2-new

  it 'nor is what a slow call brings that began before'
  helper slow_store <<END
[ "\$1" != get ] || { read -r server; answer=\$(cat "$scratch/token"); sleep \$(cat "$scratch/delay")
  printf '{"ServerURL":"x","Username":"u","Secret":"%s"}' "\$answer"; exit; }
[ "\$1" != store ] || sed 's/.*Secret":"//; s/".*//' >"$scratch/token"
END
  rules '{"match": "*", "helper": "slow_store", "cache": "6h"}'
  echo hunter2-old >"$scratch/token"
  echo 3 >"$scratch/delay"
  # In a session that has its locks elsewhere.
  mkdir -m 700 "$scratch/elsewhere"
  XDG_RUNTIME_DIR=$scratch/elsewhere "$route" get <<<s.example.com >"$scratch/slow" &
  slow=$!
  sleep 1
  echo 0 >"$scratch/delay"
  login hunter2-new
  wait "$slow"
  XDG_RUNTIME_DIR=$scratch/elsewhere answers s.example.com u hunter2-new
  rules '{"match": "*.example.com", "helper": "slow", "env": {"AWS_PROFILE": "prod"}, "cache": "6h"}'

  it 'a caller that is killed leaves no lock'
  : >"$scratch/calls"
  "$route" get <<<b.example.com >/dev/null 2>&1 &
  killed=$!
  asked_once() { [ "$(calls)" = 1 ]; }
  wait_until asked_once
  kill -KILL "$killed"
  answers b.example.com AWS hunter2-prod
  same 'the calls' "$(calls)" 2

  it 'what finds no place in the kernel is asked for again, and explain and status say why'
  if can_be_nobody; then
    helper large <<'END'
read -r server
[ "$1" = get ] || exit 1
printf '{"ServerURL":"x","Username":"AWS","Secret":"%s"}' "$(head -c 2000 /dev/zero | base64 -w 0)"
END
    mkdir -p "$scratch/nobody/.config/docker-credential-route"
    echo '{"routes": [{"match": "*", "helper": "large", "cache": "6h"}]}' \
      >"$scratch/nobody/.config/docker-credential-route/routes.json"
    chown -R nobody "$scratch/nobody"
    run env HOME="$scratch/nobody" python3 "$e2e/in_session.py" "${as_nobody[@]}" sh -c '
      for i in 1 2 3 4 5 6 7 8 9; do echo $i.example.com | "$1" get | grep -c AWS; done
      "$1" explain 9.example.com
      "$1" status -o text' sh "$route"
    succeeds
    same 'the answers' "$(grep -c '^1$' "$scratch/out")" 9
    if grep -q 'it will be asked for again' "$scratch/err"; then # this kernel has no big_key
      out_has 'nothing yet, then 6h; there may be no place for it: [0-9]* of 20000 bytes'
      out_has 'cache: .*; [0-9]* of 20000 bytes'
    fi
  fi

  it 'nothing of it is on a disk, or in an argument list'
  ! grep -rqs hunter2-prod "$HOME" || problem "found: $(grep -rl hunter2-prod "$HOME")"
fi

it "where the kernel's keyrings are forbidden, as in a container, each call is made"
: >"$scratch/calls"
for i in 1 2; do
  run python3 "$e2e/in_session.py" --without-keyrings "$route" get <<<c.example.com
  succeeds_quietly
done
same 'the calls' "$(calls)" 2
run python3 "$e2e/in_session.py" --without-keyrings "$route" status
out_json '.Cache | startswith("nothing is remembered: ")' true

it "root under another's HOME, or with another's variables, makes nothing there"
if ((EUID != 0)) || ! unshare --mount true 2>/dev/null; then
  skip 'this is for root, with mount namespaces'
else
  theirs=$scratch/theirs
  sed "s,^root:.*,root:x:0:0::$scratch/roots:/bin/sh," /etc/passwd >"$scratch/passwd"
  for variable in HOME XDG_CACHE_HOME; do
    rm -rf "$theirs" "$scratch/roots"
    mkdir -m 700 "$theirs" "$scratch/roots"
    chown 65534:65534 "$theirs"
    # shellcheck disable=SC2016 # the inner shell's
    run env -u XDG_CACHE_HOME "$variable=$theirs" unshare --mount \
      bash -c 'mount --bind "$0" /etc/passwd && exec "$@"' "$scratch/passwd" "$route" forget ghcr.io
    succeeds_quietly
    same "what is in the folder that is $variable" "$(ls -A "$theirs")" ''
    expect "a file of root's own" [ "$(find "$scratch/roots" -name '*.changed')" ]
  done
fi

it 'a helper that asks route again is stopped at once, whatever is locked'
helper loop <<END
exec "$route" "\$1"
END
for cache in '' ', "cache": "6h"'; do
  rules "{\"match\": \"*\", \"helper\": \"loop\"$cache}"
  SECONDS=0
  ask get ghcr.io
  status_is 1
  out_has 'leads back to this program'
  expect 'no wait for a lock' [ "$SECONDS" -lt 10 ]
done

all_are_followed
finish
