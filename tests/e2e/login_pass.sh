#!/bin/bash
# docker login through Debian's docker-credential-pass, with a throw-away GPG key.
#
# one build: what docker and skopeo do with the programs

# shellcheck source=registry_cases.sh
. "$(dirname "$0")/registry_cases.sh"
need pass gpg
use_debians pass

export GNUPGHOME=$HOME/.gnupg
mkdir -m 700 "$GNUPGHOME"
make_password_store() {
  gpg --batch --quiet --passphrase '' --quick-generate-key test@example.invalid &&
    pass init test@example.invalid
}

make_password_store >"$scratch/gpg.log" 2>&1 ||
  bail_out "no password store: $(cat "$scratch/gpg.log")"

login_cases pass
finish
