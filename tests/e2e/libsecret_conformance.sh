#!/bin/bash
# conformance.sh with docker-credential-secretservice over libsecret.

# shellcheck source=secret_service.sh
. "$(dirname "$0")/secret_service.sh"
try_on_libsecret
# shellcheck source=conformance.sh
. "$e2e/conformance.sh"
