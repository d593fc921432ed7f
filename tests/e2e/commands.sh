#!/bin/bash
# create and get, and what all commands share: help, versions, wrong usage.
#
# one build: it is about what is said

# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
need jq

# ---- create

# create ARGUMENT...: for ghcr.io and the user octocat, with the password on standard input.
create() { run pullsecret create --server ghcr.io --username octocat "$@"; }

# password_is PASSWORD: the Secret has it.
password_is() {
  succeeds_quietly
  pull_data '.auths["ghcr.io"]' "$(jq -ncS '$ARGS.positional[0] | {username: "octocat", password: .,
    auth: ("octocat:" + . | @base64)}' --args "$1")"
}

it 'create --password-stdin cuts one line break at the end, as docker login does'
for line_break in '' $'\n' $'\r\n'; do
  create --password-stdin < <(printf '%s%s' hunter2 "$line_break")
  password_is hunter2
done

it 'and nothing else, as Docker 29.3 does, with a warning'
while IFS= read -r written && IFS= read -r kept; do
  create --password-stdin < <(printf '%b' "$written")
  succeeds
  err_has '^pullsecret: warning: the password (begins or )?ends in '
  pull_data '.auths["ghcr.io"].password' "\"$kept\""
done <<'END'
hunter2\n\n
hunter2\n
 hunter2 \n
 hunter2 
\nhunter2\n
\nhunter2
END

it 'create refuses a password of nothing but white space, as docker login does'
for password in ' ' '\n\n' '\t \r\n'; do
  create --password-stdin < <(printf '%b' "$password")
  fails_with 1 'the password is nothing but white space'
done

it 'create --password-file takes a Google service account key'
jq -n '{type: "service_account", private_key: "-----BEGIN PRIVATE KEY-----\nhunter2\n"}' >key.json
run pullsecret create --server europe-docker.pkg.dev --username _json_key --password-file key.json
succeeds_quietly
pull_data '.auths["europe-docker.pkg.dev"].password | fromjson | .private_key' \
  '"-----BEGIN PRIVATE KEY-----\nhunter2\n"'

it 'create takes an email address'
create --email octocat@example.com --password-stdin <<<hunter2
succeeds_quietly
pull_data '.auths["ghcr.io"].email' '"octocat@example.com"'

it 'create mends the names of Docker Hub'
for server in docker.io index.docker.io https://index.docker.io/v1/ hub.docker.com; do
  run pullsecret create --server "$server" --username u --password-stdin <<<hunter2
  succeeds_quietly
  pull_data '.auths | keys' '["https://index.docker.io/v1/"]'
done

it "create takes convert's manifest options"
create --name web -n a,b --label app=web --annotation note=x --immutable --type dockercfg \
  --password-stdin --output-file web.yaml <<<hunter2
succeeds_quietly
cp web.yaml "$scratch/out"
manifest '[.[] | [.type, .immutable, .metadata.name, .metadata.namespace, .metadata.labels.app]]' \
  '[["kubernetes.io/dockercfg",true,"web","a","web"],["kubernetes.io/dockercfg",true,"web","b","web"]]'

it 'create -o config makes a Docker config file'
create -o config --password-stdin <<<hunter2
succeeds_quietly
out_json . '{"auths":{"ghcr.io":{"auth":"b2N0b2NhdDpodW50ZXIy"}}}'

for option in --password=hunter2 '--password hunter2' '-p hunter2' -phunter2; do
  it "create ${option%hunter2}… is refused, and not repeated"
  # shellcheck disable=SC2086 # an option and its value
  create $option
  fails_with 2 'hint: .*--password-stdin'
done

it '-o FORMAT, -oFORMAT and -o=FORMAT are one'
for output in '-o json' -ojson -o=json; do
  # shellcheck disable=SC2086 # an option and its value
  create $output --password-stdin <<<hunter2
  succeeds_quietly
  out_json .kind '"Secret"'
done

it '--output-file - is standard output'
create --output-file - --password-stdin <<<hunter2
password_is hunter2
expect 'no file called -' [ ! -e - ]

it 'create names what is missing'
run pullsecret create --username u --password-stdin <<<hunter2
fails_with 2 '--server'
run pullsecret create --server ghcr.io --password-stdin <<<hunter2
fails_with 2 '--username'
create
fails_with 2 '--password-stdin.*--password-file'
create --password-stdin --password-file key.json
fails_with 2 'exclude each other' '--password-stdin.*--password-file'

it 'create fails for an empty password, an absent password file, a username with a colon'
create --password-stdin
fails_with 1 'password is empty'
create --password-file absent
fails_with 1 'absent: no such file'
run pullsecret create --server ghcr.io --username a:b --password-stdin <<<hunter2
expect 'failure' [ "$status" -ne 0 ]
err_has colon

# ---- get

store main '{"ghcr.io": ["octocat", "hunter2 \"<é>"], "https://index.docker.io/v1/": ["moby", "hunter2"],
  "acme.azurecr.io": ["<token>", "hunter2-token"]}'
config '{"auths": {"quay.io": {"auth": "cTpodW50ZXIy"}}, "credsStore": "main"}'

it 'get prints one line of JSON, as credential helpers do'
run pullsecret get ghcr.io
succeeds_quietly
same 'the lines' "$(wc -l <"$scratch/out")" 1
out_json . '{"Secret":"hunter2 \"<é>","ServerURL":"ghcr.io","Username":"octocat"}'

it 'get -o username and -o password print that alone'
run pullsecret get ghcr.io -o username
succeeds_quietly
out_is octocat
run pullsecret get -o password ghcr.io
succeeds_quietly
out_is 'hunter2 "<é>'

it 'get finds a registry as convert does'
run pullsecret get docker.io -o username
succeeds_quietly
out_is moby
run pullsecret get https://ghcr.io/v2/ -o username
succeeds_quietly
out_is octocat
run pullsecret get quay.io -o username
succeeds_quietly
out_is q

it "get takes an image, and finds its host's credential"
for image in ghcr.io/acme/app ghcr.io/acme/app:1.4 "ghcr.io/app@sha256:$(printf '%064d' 0)"; do
  run pullsecret get "$image" -o username
  succeeds_quietly
  out_is octocat
done
run pullsecret get docker.io/acme/app -o username
succeeds_quietly
out_is moby
run pullsecret get gone.example/acme/app
fails_with 1 '^pullsecret: error: gone\.example: ' 'hint: docker login gone\.example$'

it 'get takes a key with a path as it is'
config '{"auths": {"quay.io/acme": {"auth": "YWNtZTpodW50ZXIy"}, "quay.io": {"auth": "cTpodW50ZXIy"}}}'
run pullsecret get quay.io/acme -o username
succeeds_quietly
out_is acme
run pullsecret get quay.io/acme-other -o username
succeeds_quietly
out_is q
config '{"auths": {"quay.io": {"auth": "cTpodW50ZXIy"}}, "credsStore": "main"}'

it 'get fails for a registry without a credential'
run pullsecret get gone.example
fails_with 1 '^pullsecret: error: gone\.example: ' 'hint: docker login gone\.example'

it 'a password of the user <token> is no identity token'
config "{\"auths\": {\"ghcr.io\": {\"auth\": \"$(printf '<token>:hunter2' | base64)\"}}}"
run pullsecret get ghcr.io
fails_with 1 'ghcr.io: the username is <token>.* identity token' 'hint: .*-o password'
run pullsecret get ghcr.io -o username
out_is '<token>'
run pullsecret get ghcr.io -o password
out_is hunter2
run pullsecret convert
succeeds_quietly
pull_data '.auths["ghcr.io"] | [.username, .password, .identitytoken]' '["<token>","hunter2",null]'

it 'get needs one registry'
run pullsecret get
fails_with 2 'no registry' 'hint: pullsecret get'
run pullsecret get ghcr.io quay.io
fails_with 2 'argument too many'
err_lacks --registry
run pullsecret get ghcr.io -o yaml
fails_with 2 '--output: .*json, username, password'

# ---- Help and versions

# prints REGEX ARGUMENT...: on standard output.
prints() {
  it "pullsecret ${*:2}"
  run pullsecret "${@:2}"
  succeeds_quietly
  out_has "$1"
  expect 'lines of at most 100 characters' lacks '^.{101}' "$scratch/out"
}

prints '^Usage:'
prints '^    \$ pullsecret convert \| kubectl apply' --help
prints '^    pullsecret convert ' help
prints '^Usage:' help --help
prints '^Usage:' help -h
prints '^pullsecret [0-9]+\.[0-9]+\.[0-9]+$' --version
for command in convert create get; do
  prints "^    pullsecret $command " help $command
  prints "^    pullsecret $command " $command --help
  prints "^    pullsecret $command " $command --server x -h
done

it 'the help of each command names all of its options, and the manual page too'
manual=$program_folder/../share/man/man1/pullsecret.1
for option in config registry image all name namespace type immutable label annotation append-hash \
  output output-file skip-unresolved jobs timeout quiet; do
  run pullsecret help convert
  out_has "--$option"
  grep -Eq "^\.(It|Op).* -$option( |\$)" "$manual" ||
    problem "--$option is not in the manual page"
done

# ---- Wrong usage

# wrong_usage REGEX ARGUMENT...
wrong_usage() {
  it "wrong usage: pullsecret ${*:2}"
  run pullsecret "${@:2}"
  fails_with 2 "$1" '^pullsecret: hint: '
}

wrong_usage 'unknown command.*convrt' convrt
wrong_usage 'hint: .*convert' convrt
wrong_usage 'hint: .*create' creat --server x
wrong_usage 'hint: .*get' ge
wrong_usage 'hint: .*create' help creaet
wrong_usage 'unknown option.*--versoin' --versoin
wrong_usage 'hint: .*--version' --versoin
wrong_usage 'unknown option.*--namepsace' convert --namepsace=x
wrong_usage 'hint: .*--namespace' convert --namepsace=x
wrong_usage 'hint: .*--registry' convert --registri ghcr.io
wrong_usage 'unknown option.*-x' convert -x
wrong_usage 'error: ghcr\.io: an argument too many' convert ghcr.io
wrong_usage 'hint: pullsecret convert --registry ghcr\.io$' convert ghcr.io
wrong_usage 'hint: pullsecret convert --image ghcr\.io/acme/app:1\.4$' convert ghcr.io/acme/app:1.4
wrong_usage 'unknown option --o$' convert --o
wrong_usage '--skip-unresolved: it takes no value' convert --skip-unresolved=
wrong_usage 'hint: the nearest is --username' create --user u
wrong_usage 'hint: the nearest is --server' create --host ghcr.io
wrong_usage 'hint: the nearest is --registry' convert --host ghcr.io
wrong_usage '--all: .*--registry' convert --all --registry ghcr.io
wrong_usage "--output-file: the file's name is empty" convert --output-file ''
wrong_usage "--output-file: the file's name is empty" create --server x --username u --output-file=
wrong_usage '--name needs an argument' convert --name
wrong_usage 'unknown option' get ghcr.io --registri
wrong_usage 'unknown option' create --passwrod=hunter2

finish
