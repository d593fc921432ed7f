# shellcheck shell=bash
# kubectl, and a cluster for it: api_server_standin.py.

# shellcheck source=lib.sh
declare -F finish >/dev/null || . "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
need kubectl jq python3

# start_cluster [--pods CERTIFICATE KEY] NAMESPACE...: an empty one, with the last
# NAMESPACE for where none is named. Sets `api`, its process.
start_cluster() {
  start api /usr/bin/python3 "$e2e/api_server_standin.py" "$@"
  # shellcheck disable=SC2034 # for the scripts that source this file
  api=$!
  wait_until 'api_address http' || bail_out "no API server: $(<"$scratch/api.log")"
  export KUBECONFIG=$scratch/kubeconfig
  cat >"$KUBECONFIG" <<END
{"apiVersion": "v1", "kind": "Config", "current-context": "stand-in",
  "clusters": [{"name": "stand-in", "cluster": {"server": "$(api_address http)"}}],
  "contexts": [{"name": "stand-in", "context": {"cluster": "stand-in", "namespace": "${*: -1}"}}]}
END
}
api_address() { grep -oE "$1://[a-z0-9.]+:[0-9]+" "$scratch/api.log"; }
