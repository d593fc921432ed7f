# shellcheck shell=bash
# What the scripts about credential-provider share: a node's Docker config, and questions from the
# kubelet's stand-in.

# shellcheck source=lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

node_config=$scratch/node/config.json
mkdir -p "$scratch/node"
within=()    # the words before the stand-in's command
variables=() # NAME=VALUE of the provider's `env`, beside DOCKER_CONFIG and PATH

# provider_config JSON: the node's.
provider_config() { printf '%s' "$1" >"$node_config"; }

# asks IMAGE[,IMAGE]... [OPTION]...: the stand-in asks the installed program, all images at once.
# DOCKER_CONFIG_OF_NODE is another folder than that of node_config, or none if it is empty.
asks() {
  local images=$1 folder=${DOCKER_CONFIG_OF_NODE-$(dirname "$node_config")}
  shift
  run "${within[@]}" python3 "$e2e/kubelet_standin.py" "$images" ${folder:+"DOCKER_CONFIG=$folder"} \
    "PATH=$scratch/bin:$program_folder:/usr/bin:/bin" "${variables[@]}" -- \
    "$program_folder/pullsecret" credential-provider "$@"
  succeeds
}

# taken JSON: what the kubelet takes from the one answer.
taken() { taken_is . "$1"; }

# taken_is FILTER EXPECTED: the same, a part of it. Nothing was said on standard error.
taken_is() {
  out_json .stderr '""'
  out_json .discarded null
  json_is 'in the answer that the kubelet takes' "$2" ".taken | $1" "$scratch/out"
}

# matches_taken FILTER REGEX
matches_taken() { jq -c ".taken | $1" "$scratch/out" | grep -Eq -- "$2"; }

# discarded REGEX: exit status 1, nothing on standard output, and one line on standard error that has
# REGEX.
discarded() {
  out_json '[.status, .discarded]' '[1,"exit status 1"]'
  out_json '.stderr | [startswith("pullsecret: error: "), (split("\n") | length)]' '[true,2]'
  expect "standard error of the provider with /$1/" one_line_has "$1"
  expect 'no secret on it' lacks hunter2 <(jq -r .stderr "$scratch/out")
}
one_line_has() { jq -r .stderr "$scratch/out" | grep -Eq -- "$1"; }
