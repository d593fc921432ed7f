#!/bin/bash
# docker-credential-encryptedfile and its key files: modes, owners, and the format as the manual page
# describes it. What it says is in tests/unit/cli/cases/encryptedfile.txt.

# shellcheck source=encryptedfile_cases.sh
. "$(dirname "$0")/encryptedfile_cases.sh"

it 'the first store makes the file and a random key, for the user alone'
umask 000
keep ghcr.io
succeeds_quietly
umask 022
has ghcr.io
for folder in "$data" "$(dirname "$key_file")" "$HOME"/.local{,/share} "$HOME/.config"; do
  same "the mode of $folder" "$(stat -c %a "$folder")" 700
done
for file in "$data/credentials" "$key_file" "$data/credentials.lock"; do
  same "the mode of $file" "$(stat -c %a "$file")" 600
done
lacks 'hunter2|ghcr|builder' "$data/credentials" || problem 'the file is not encrypted'

it 'the file has the format that the manual page describes'
run python3 "$e2e/read_sealed_file.py" "$key_file" "$data/credentials"
succeeds_quietly
out_is '{"ghcr.io":{"Secret":"hunter2","Username":"builder"}}'

it "another user's file, folder or key file is refused"
if ((EUID == 0)); then
  for path in "$data/credentials" "$key_file"; do
    chown 12345 "$path"
    ask get ghcr.io
    refused "^$path: belongs to user 12345, and this is user 0; "
    says_of_store "$helper" unusable "$([ "$path" = "$key_file" ] && echo key-unusable || echo unreadable)"
    chown 0 "$path"
  done
  chown 12345 "$data"
  keep ghcr.io
  refused "^$data: belongs to user 12345, and this is user 0; "
  chown 0 "$data"
  has ghcr.io
else
  skip 'only root can give files away'
fi

it "root's key file that others may use is no user's, but as systemd gives it"
as_nobody+=(env "HOME=$scratch/nobody")
if can_be_nobody; then
  install -d -o 65534 "$scratch/nobody"
  install -d "$scratch/given"
  head -c 32 /dev/urandom >"$scratch/given/docker-credential-key"
  chmod 644 "$scratch/given/docker-credential-key"
  as_user() {
    printf '{"ServerURL":"ghcr.io","Username":"u","Secret":"hunter2"}' |
      "${as_nobody[@]}" "$@" docker-credential-encryptedfile store >"$scratch/out" 2>"$scratch/err"
  }
  ! as_user "DOCKER_CREDENTIAL_KEY_FILE=$scratch/given/docker-credential-key" || problem 'it serves'
  out_has "^$scratch/given/docker-credential-key: it is root's, and others can use it, its mode is 0644; "
  as_user "CREDENTIALS_DIRECTORY=$scratch/given" || problem 'it does not serve'
fi

finish
