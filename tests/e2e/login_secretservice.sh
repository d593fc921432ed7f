#!/bin/bash
# docker login through Debian's docker-credential-secretservice, with a gnome-keyring of its own on
# a private session bus.
#
# one build: what docker and skopeo do with the programs

# shellcheck source=registry_cases.sh
. "$(dirname "$0")/registry_cases.sh"
# shellcheck source=secret_service.sh
. "$e2e/secret_service.sh"
need gnome-keyring-daemon
use_debians secretservice

start_bus
start_keyring
login_cases secretservice
finish
