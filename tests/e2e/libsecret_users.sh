#!/bin/bash
# secretservice_users.sh with docker-credential-secretservice over libsecret.

# shellcheck source=secret_service.sh
. "$(dirname "$0")/secret_service.sh"
try_on_libsecret
# shellcheck source=secretservice_users.sh
. "$e2e/secretservice_users.sh"
