#!/bin/bash
# docker login through docker-credential-pass, with a throw-away GPG key, and through
# docker-credential-secretservice, with a gnome-keyring of its own on a private session bus.
# encryptedfile_login.sh is about the third; login_pass.sh and login_secretservice.sh are about
# Debian's programs.
#
# one build: what docker and skopeo do with the programs

# shellcheck source=registry_cases.sh
. "$(dirname "$0")/registry_cases.sh"
# shellcheck source=pass_cases.sh
. "$e2e/pass_cases.sh"
# shellcheck source=secret_service.sh
. "$e2e/secret_service.sh"
need docker docker-registry htpasswd skopeo gnome-keyring-daemon

make_key builder
new_store builder
login_cases pass
logout_case pass
cred_helper_cases pass

start_bus
start_keyring
login_cases secretservice
logout_case secretservice
cred_helper_cases secretservice

finish
