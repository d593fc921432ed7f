#!/bin/bash
# docker login through docker-credential-encryptedfile, with its random key file.

# shellcheck source=registry_cases.sh
. "$(dirname "$0")/registry_cases.sh"
need docker docker-registry htpasswd skopeo docker-credential-encryptedfile

login_cases encryptedfile

it 'docker shows the line that says what is wrong and what to do'
docker_login "$registry"
chmod 644 .config/docker-credential-encryptedfile/key
docker_login "$registry"
status_is 1
err_has 'error storing credentials - err: exit status 1, out: `.*/key: others can use it, its mode is 0644; .*chmod 600 .*/key`'

it 'docker and skopeo take the credential through credHelpers'
chmod 600 .config/docker-credential-encryptedfile/key
config "{\"credHelpers\": {\"$registry\": \"encryptedfile\"}}"
docker_login "$registry"
succeeds
# Without a daemon, which alone could try the credential: docker says which one it found.
run docker login "$registry"
err_has 'existing credentials.*builder'
run skopeo inspect --tls-verify=false --authfile "$HOME/.docker/config.json" \
  "docker://$registry/acme/app:1"
succeeds
run docker logout "$registry"
succeeds
run skopeo inspect --tls-verify=false --authfile "$HOME/.docker/config.json" \
  "docker://$registry/acme/app:1"
expect 'failure without the credential' [ "$status" -ne 0 ]

finish
