#!/bin/bash
# docker login through docker-credential-encryptedfile, with its random key file.
#
# one build: what docker and skopeo do with the programs

# shellcheck source=registry_cases.sh
. "$(dirname "$0")/registry_cases.sh"
need docker docker-registry htpasswd skopeo docker-credential-encryptedfile

login_cases encryptedfile
logout_case encryptedfile
cred_helper_cases encryptedfile

it 'docker shows the line that says what is wrong and what to do'
config '{"credsStore": "encryptedfile"}'
docker_login "$registry"
chmod 644 .config/docker-credential-encryptedfile/key
docker_login "$registry"
status_is 1
err_has 'error storing credentials - err: exit status 1, out: `.*/key: others can use it, its mode is 0644; .*chmod 600 .*/key`'

finish
