#!/bin/bash
# The commands of README.md, of man/recipes.md, and of the examples in the commands' manual pages: each block
# is run as it stands there, and prints what stands there. pullsecret,
# its stores, kubectl, pass and gpg are real; the API server is api_server_standin.py, and programs
# that need somebody's network or account are scripts below.
#
# one build: it is about what is said
# starts early: it has many clusters made

# shellcheck source=pass_cases.sh
. "$(dirname "$0")/pass_cases.sh"
# shellcheck source=documents.sh
. "$e2e/documents.sh"
# shellcheck source=cluster.sh
. "$e2e/cluster.sh"
need skopeo

file=$HOME/.docker/config.json

# ---- Stand-ins

# stand_in NAME: a program of that name is the script on standard input.
stand_in() {
  { printf '#!/bin/bash\n%s\n' "$(declare -f jq)" && cat; } >"$scratch/bin/$1"
  chmod +x "$scratch/bin/$1"
}

# It keeps in the config's store what it is given, as docker login does once a registry took it.
stand_in docker <<'END'
[ "$1" = login ] || exit 1
shift
case $1 in -*) server=https://index.docker.io/v1/ ;; *) server=$1 && shift ;; esac
jq -nc --arg server "$server" --arg user "$2" --arg secret "$(cat)" \
  '{ServerURL: $server, Username: $user, Secret: $secret}' |
  "docker-credential-$(jq -r .credsStore ~/.docker/config.json)" store || exit
jq --tab --arg server "$server" '{auths: (.auths + {($server): {}}), credsStore}' \
  ~/.docker/config.json >~/new.json && mv ~/new.json ~/.docker/config.json
echo Login Succeeded
END
stand_in az <<'END'
[ "$*" = 'acr login --name acme' ] || exit 1
docker login acme.azurecr.io -u '<token>' --password-stdin <<<eyJhbGciOiJub25lIn0.e30.hunter2
END
stand_in aws <<'END'
[ "$1 $2" = 'ecr get-login-password' ] && echo hunter2-ecr
END
stand_in helm <<'END'
echo '{"kind": "Pod", "spec": {"imagePullSecrets": [{"name": "regcred"}], "containers": [{"image": "ghcr.io/acme/app:1.4"}]}}'
END
# These get a manifest.
for name in kubeseal sops; do
  stand_in $name <<'END'
[ "$(kubectl create --dry-run=client -f - -o jsonpath={.kind},{.metadata.namespace})" = Secret,production ]
END
done
# These get JSON, which they keep.
for name in primehub curl; do
  stand_in $name <<<'jq -c . >"given-to-${0##*/}.json"'
done
# It would pull from ghcr.io with the file's login.
stand_in skopeo <<'END'
[ "$(/usr/bin/skopeo login --get-login --authfile "$4" ghcr.io)" = octocat ]
END
# The API server's stand-in has no service accounts; kubectl.sh looks at what becomes of one.
real_kubectl=$(command -v kubectl)
stand_in kubectl <<END
case "\$*" in
'get serviceaccount default -n production -o json') echo '{}' ;;
'replace -f -')
  objects=\$(cat)
  if jq -e '.imagePullSecrets == [{"name": "regcred"}]' <<<"\$objects" >/dev/null 2>&1; then
    echo serviceaccount/default replaced
  else
    $real_kubectl replace -f - <<<"\$objects"
  fi
  ;;
*) exec $real_kubectl "\$@" ;;
esac
END

# ---- Blocks

# These ask two registries of the world, of which check.sh has some here, and when a token of Amazon's
# ends, as expiry.sh does.
not_here='pullsecret check --images-in -( regcred\.yaml)?$|inspect --min-validity 2h$'

# read_blocks: adds those of the Markdown on standard input.
blocks=()
read_blocks() {
  local line block in_block=
  while IFS= read -r line; do
    case $line in
    '```console') in_block=yes block= ;;
    '```')
      [ ! "$in_block" ] || head -n 1 <<<"$block" | grep -Eq "$not_here" || blocks+=("$block")
      in_block=
      ;;
    *) [ ! "$in_block" ] || block+=$line$'\n' ;;
    esac
  done
}

# is_whole COMMAND: no line of it is missing.
is_whole() { [[ $1 != *\\ ]] && bash -n <<<"$1" 2>/dev/null; }

# run_block BLOCK: its commands one after the other in one shell, with what they print compared.
run_block() {
  local line command='' shown=''
  : >"$scratch/commands"
  while IFS= read -r line; do
    if [ "$command" ] && ! is_whole "$command"; then
      command+=$'\n'$line
    elif [[ $line == '$ '* ]]; then
      [ ! "$command" ] || printf '%s\n' "$command" >>"$scratch/commands"
      command=${line#'$ '}
    else
      shown+=$line$'\n'
    fi
  done < <(printf '%s' "$1")
  printf '%s\n' "$command" >>"$scratch/commands"
  run bash -c ". $scratch/commands 2>&1"
  # The node's user is root, who gets no note that it should be; not everybody has podman. What init
  # says of the change is no data.
  same "what $(head -n 1 "$scratch/commands") prints" \
    "$(sed "s|$HOME|/home/octocat|g; /^pullsecret: note: the kubelet runs/d
      /^pullsecret: note: credHelpers has a line/d; /^docker-credential-route: /d" "$scratch/out" | expand)" \
    "$(printf '%s' "$shown" | expand)"
}

# ---- What they need

# An empty cluster.
new_cluster() {
  [ ! "${api-}" ] || { kill "$api" && wait "$api" 2>/dev/null; }
  start_cluster staging production argocd openshift-config team
}

make_key you
echo hunter2 >token
echo '{"type": "service_account", "private_key": "hunter2"}' >key.json
export CI_REGISTRY=registry.gitlab.com CI_DEPLOY_USER=gitlab+deploy-token-42 CI_DEPLOY_PASSWORD=hunter2

# log_in_to SERVER USER: in the config's store.
log_in_to() { docker login "$1" -u "$2" --password-stdin <token >/dev/null; }

# prepare BLOCK: what is there before it.
prepare() {
  new_store you
  config '{"credsStore":"pass"}'
  case $1 in
  *'-n openshift-config'*)
    pull_secret openshift-config pull-secret '"quay.io"'
    return
    ;;
  *'get secrets -A'*)
    for namespace in staging production; do pull_secret "$namespace" regcred '"ghcr.io", "quay.io"'; done
    pull_secret team other '"quay.io"'
    ;;
  *'docker-credential-route init'*)
    rm -rf ~/.config/docker-credential-route
    config '{"credsStore":"encryptedfile",
      "credHelpers":{"111111111111.dkr.ecr.eu-west-1.amazonaws.com":"ecr-login"}}'
    return
    ;;
  *'--account robot'*)
    route_to pass
    config '{"credsStore":"route"}'
    echo hunter2-robot >robot-token
    pull_secret team regcred '"ghcr.io"'
    return
    ;;
  *'get secret regcred -n staging'*) pull_secret staging regcred '"ghcr.io"' ;;
  esac
  case $1 in
  *'docker login ghcr.io'* | *'docker login -u moby'* | *'az acr'*) return ;;
  *'encryptedfile status'*)
    for server in ghcr.io quay.io; do keep_text docker-credential-encryptedfile "$server" octocat hunter2; done
    ;;
  *'migrate --to pass'*)
    config '{"auths":{"ghcr.io":{"auth":"b2N0b2NhdDpodW50ZXIy"},
      "https://index.docker.io/v1/":{"auth":"bW9ieTpodW50ZXIy"}}}'
    return
    ;;
  *'get secret regcred -o yaml | pullsecret inspect'*)
    # As kubectl makes it, for a token of GitHub's length.
    jq -nc --arg token "ghp_hunter2$(printf 'x%.0s' {1..29})" '{"GHCR.IO": {username: "octocat",
      password: $token, auth: ("octocat:" + $token | @base64)}} | {auths: .}' >github.json
    kubectl create secret generic regcred --type kubernetes.io/dockerconfigjson \
      --from-file=.dockerconfigjson=<(tr -d '\n' <github.json) --dry-run=client -o yaml |
      kubectl apply -f - >/dev/null
    ;;
  esac
  log_in_to ghcr.io octocat
  log_in_to registry.gitlab.com gitlab+deploy-token-42
  [[ $1 != *--skip-unresolved* ]] || prepare_harbor
  [[ $1 != *'secret regcred -n team'* ]] ||
    pullsecret convert --registry ghcr.io -n team | kubectl apply -f - >/dev/null
}

# route_to STORE: the rules of docker-credential-route.
route_to() {
  mkdir -p ~/.config/docker-credential-route
  printf '{"routes": [{"match": "*", "helper": "%s"}]}\n' "$1" >~/.config/docker-credential-route/routes.json
}

# pull_secret NAMESPACE NAME KEYS: as it is in the cluster.
pull_secret() {
  kubectl create secret generic "$2" -n "$1" --type kubernetes.io/dockerconfigjson --dry-run=client -o yaml \
    --from-file=.dockerconfigjson=<(jq -nc "{auths: ([$3] | map({(.): {auth: \"b2N0b2NhdDpvbGQ=\"}}) | add)}") |
    kubectl apply -f - >/dev/null
}

# Six registries, one of which has a helper from a Mac.
prepare_harbor() {
  local server
  for server in quay.io docker.io a.example; do log_in_to "$server" octocat; done
  pullsecret convert --name regcred | kubectl apply -f - >/dev/null
  log_in_to b.example octocat
  jq '.credHelpers = {"harbor.acme.io": "osxkeychain"} | del(.auths["a.example"])' "$file" >new.json
  mv new.json "$file"
}

# ---- Its form

# sections: the anchors of its headings, as GitHub makes them.
sections() { sed -n 's/^## //p' "$readme" | tr '[:upper:] ' '[:lower:]-' | sed "s/[^a-z0-9-]//g"; }

it 'README is short, and its list of contents has each section'
expect 'at most 250 lines' [ "$(wc -l <"$readme")" -le 250 ]
same 'the sections' "$(grep '^- \[' "$readme" | grep -oP '\]\(#\K[^)]*')" "$(sections)"
expect 'the license' grep -q ' \[MIT\](LICENSE)\.$' "$readme"

it "README's table has each command"
same 'the commands' \
  "$(sed -n '/^## Commands$/,/^## /p' "$readme" | grep -oP '^\| `\K[a-z-]+(?=` \|)' | sort)" \
  "$(pullsecret help | grep -oP '^    pullsecret \K[a-z][a-z-]*' | grep -vx help | sort -u)"

# ---- The sample

# What install.sh does is tried in install.sh.
it 'README: a sample credential is kept, converted, and taken out again'
sample=$(sed -n '/^\.\/install\.sh && /,/^```$/{/^```/d;p}' "$readme" | sed 1d)
run sh -c "$sample"
succeeds_quietly
pull_data '.auths["registry.example.com"] | [.username, .password]' '["octocat","hunter2"]'
run sh -c "$(grep -oP '^\(`\K[^`]*(?=` takes the sample out again)' "$readme")"
succeeds
run docker-credential-encryptedfile list
out_is '{}'

# ---- One block after the other

read_blocks <"$readme"
in_readme=${#blocks[@]}
read_blocks <"$recipes"
in_recipes=$((${#blocks[@]} - in_readme))
for command in convert create get; do read_blocks < <(manual_examples "pullsecret-$command.1"); done

it 'README, the recipes and the manual pages have blocks of commands'
expect 'a block of README' [ "$in_readme" -ge 1 ]
expect 'nineteen of the recipes' [ "$in_recipes" -ge 19 ]
expect 'six of the pages' [ $((${#blocks[@]} - in_readme - in_recipes)) -ge 6 ]

new_cluster
for block in "${blocks[@]}"; do
  first=$(head -n 1 <<<"$block")
  it "as it stands there: ${first#'$ '}"
  [[ $block != *kubectl* ]] || new_cluster
  prepare "$block"
  run_block "$block"
done

# ---- The jobs

# yaml_strings KEY: those under this key in README's YAML, a list or not, without what GitHub fills in.
yaml_strings() {
  sed -n '/^```yaml$/,/^```$/{/^```yaml/s/.*/---/;/^```/!p}' "$readme" | /usr/bin/python3 -c 'import sys, yaml
def found(value):
    if isinstance(value, list):
        for item in value: yield from found(item)
    if isinstance(value, dict):
        for key, item in value.items():
            if key == sys.argv[1]: yield from item if isinstance(item, list) else [item]
            else: yield from found(item)
print("\n".join(text for document in yaml.safe_load_all(sys.stdin) for text in found(document)))' "$1"
}

for job in script:gitlab:registry.gitlab.com:gitlab+deploy-token-42 run:ghcr:ghcr.io:octocat; do
  IFS=: read -r key name host name_there <<<"$job"
  it "README: the CI job makes the Secret $name in three namespaces"
  new_cluster
  run env TOKEN=hunter2 USERNAME=octocat bash -eo pipefail -c "$(yaml_strings "$key")"
  succeeds_quietly
  for namespace in team staging production; do
    run kubectl get secret "$name" -n "$namespace" -o yaml
    pull_data ".auths[\"$host\"] | [.username, .password]" "[\"$name_there\",\"hunter2\"]"
  done
done

it 'README: a broken docker login is mended by three commands'
config '{"auths":{"ghcr.io":{}},"credsStore":"desktop"}'
new_store you
typing y -- bash -c "$(sed -n '/^### A broken/,/^```$/{/^pullsecret doctor/p
  s/^docker login.*/& -u octocat --password-stdin <token/p}' "$readme")"
succeeds
out_has '^problem +helper-docker-desktop '
same 'the password' "$(pullsecret get ghcr.io -o password)" hunter2

it 'what other programs are given is what they take'
json_is 'for PrimeHub' '["registry.gitlab.com","gitlab+deploy-token-42","hunter2"]' \
  '[.registryHost, .username, .password]' given-to-primehub.json
json_is 'for deploys.app' '{"password":"hunter2","server":"ghcr.io","username":"octocat"}' .spec \
  given-to-curl.json

# ---- Setting a store up

it 'README: a store is set up by its command, and docker login keeps its credential there'
gpg --batch --quiet --pinentry-mode loopback --passphrase '' --quick-generate-key you@example.com 2>"$scratch/log"
for store in pass encryptedfile; do
  rm -rf "$password_store" "$HOME/.local/share/docker-credential-encryptedfile"
  command=$(grep -oP "^\\| \`$store\`[^|]*\\| \`\K[^\`]*" "$readme" | head -n 1)
  expect "a command for $store" [ "$command" ]
  typing 'correct horse' 'correct horse' -- \
    sh -c "$command && docker-credential-$store store" \
    <<<'{"ServerURL":"ghcr.io","Username":"octocat","Secret":"hunter2"}'
  succeeds
  run "docker-credential-$store" status
  out_json '[.State != "unusable", .Entries // 1]' '[true,1]'
done

gpgconf --kill all
finish
