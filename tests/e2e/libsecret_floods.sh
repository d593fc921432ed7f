#!/bin/bash
# secretservice_floods.sh with docker-credential-secretservice over libsecret.

# shellcheck source=secret_service.sh
. "$(dirname "$0")/secret_service.sh"
try_on_libsecret
# shellcheck source=secretservice_floods.sh
. "$e2e/secretservice_floods.sh"
