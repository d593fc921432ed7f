#!/bin/bash
# What check says of Pods, ServiceAccounts and Secrets is what the kubelet would do, as a naive model has
# it: random ones in two namespaces, or one that is left open, and a registry that takes one password.
#
# one build: it is about what is chosen

# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
need python3

rounds=$(rounds 500)
it "$rounds random sets of Pods, ServiceAccounts and Secrets have the verdict of a naive kubelet"
run timeout 800 python3 "$e2e/random_pods.py" 1 "$rounds"
succeeds

finish
