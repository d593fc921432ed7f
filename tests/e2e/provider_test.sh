#!/bin/bash
# credential-provider test: how a provider is started and ended, and pullsecret's own. What it says of
# others is in tests/unit/cli/cases/.

# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
need jq python3

bin_dir="$scratch/bin dir"
config_file=$scratch/config.yaml
mkdir "$bin_dir"
image=ghcr.io/acme/app:1.4
api=credentialprovider.kubelet.k8s.io/v1

# provider NAME: that program is the shell script on standard input.
provider() {
  { echo '#!/bin/sh' && cat; } >"$bin_dir/$1"
  chmod +x "$bin_dir/$1"
}

# providers NAME:PATTERN[,PATTERN]...: the config has these, in this order.
providers() {
  local one
  printf 'apiVersion: kubelet.config.k8s.io/v1\nkind: CredentialProviderConfig\nproviders:\n'
  for one; do
    printf -- '- name: %s\n  matchImages: [%s]\n  defaultCacheDuration: 10m\n  apiVersion: %s\n' \
      "${one%%|*}" "${one#*|}" "$api"
  done
} >"$config_file"

# try [OPTION...]: as JSON.
try() {
  run pullsecret credential-provider test "$image" --config-file "$config_file" \
    --bin-dir "$bin_dir" -o json "$@"
}

it 'it starts as a service: its environment, no terminal, in /'
providers 'good|ghcr.io'
cat >>"$config_file" <<'END'
  args: [a b, c]
  env:
  - {name: HOME, value: /root}
  - {name: PATH, value: "/usr/bin:/bin"}
END
provider good <<'END'
exec >"$0.seen"
env | grep -v -e ^_= -e ^PWD= -e ^SHLVL= -e ^OLDPWD= | sort
pwd
printf '%s.' "$@"
(: </dev/tty) 2>/dev/null && echo a terminal
END
typing -- pullsecret credential-provider test "$image" \
  --config-file "$config_file" --bin-dir "$bin_dir"
same 'what it sees' "$(tr '\n' ' ' <"$bin_dir/good.seen")" \
  'HOME=/root LANG=C.UTF-8 PATH=/usr/bin:/bin / a b.c.'

it 'a provider that hangs is ended with all that it started'
providers 'good|ghcr.io'
provider good <<<'sleep 600 & sleep 601'
try --timeout 0.2
status_is 1
out_json '.providers[0].discarded' '"no answer within 0.2 s"'
nothing_left

# ---- pullsecret's own

config_file=$scratch/own.yaml
it "what config printed works with pullsecret's own provider, from a link"
ln -s "$program_folder/pullsecret" "$bin_dir/"
config '{"auths":{"ghcr.io":{"auth":"b2N0b2NhdDpnaHBfaHVudGVyMg=="}},"credsStore":"mine"}'
store mine '{"https://index.docker.io/v1/":["builder","hunter2"]}'
run pullsecret credential-provider config --output-file "$config_file"
succeeds_quietly
for image in ghcr.io/acme/app nginx:1; do
  try
  succeeds_quietly
done
out_json '.tried | map([.username, .provider])' '[["builder","pullsecret"]]'
out_lacks hunter2

finish
