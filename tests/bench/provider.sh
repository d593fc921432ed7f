# shellcheck shell=bash
# The rows about `pullsecret credential-provider`, for tests/bench/run: what the kubelet waits for. After
# measure_helpers, which filled the stores.
#
# shellcheck disable=SC2154 # scratch, ratio and times are tests/bench/run's
# shellcheck disable=SC2016 # backquotes are Markdown's

# answers FILE: it is an answer with the credential.
answers() {
  jq -e '.auth["registry-0.example.com"].password | startswith("hunter2")' "$1" >/dev/null ||
    fail "the credential is not in the answer: $(head -c 1000 "$1")"
}

measure_provider() {
  printf '{"kind":"CredentialProviderRequest","apiVersion":"%s","image":"%s"}\n' \
    credentialprovider.kubelet.k8s.io/v1 registry-0.example.com/acme/app >"$scratch/question"
  local ask=(pullsecret credential-provider --config)

  compare 500 "${ask[@]}" "$scratch/one.json" -- /bin/true <"$scratch/question"
  answers "$scratch/a"
  report 'credential-provider, inline entry' '`/bin/true`' "$ratio" 2.5 "$times"

  local store
  for store in encryptedfile pass; do
    echo "{\"credsStore\": \"$store\"}" >"$scratch/$store.json"
    compare 200 "${ask[@]}" "$scratch/$store.json" -- \
      "<$scratch/server" "docker-credential-$store" get <"$scratch/question"
    answers "$scratch/a"
    report "credential-provider, one call of \`$store\`" 'the helper alone' "$ratio" 1.5 "$times"
  done

  cat >"$scratch/bin/fifty" <<'END'
#!/bin/sh
for one in $(seq 50); do
  pullsecret credential-provider --config "$1" <"$2" >/dev/null &
done
wait
END
  chmod +x "$scratch/bin/fifty"
  compare 20 fifty "$scratch/encryptedfile.json" "$scratch/question" -- \
    "<$scratch/question" "${ask[@]}" "$scratch/encryptedfile.json"
  answers "$scratch/b"
  report 'credential-provider, 50 at once, `encryptedfile`' 'one' "$ratio" 20 "$times"
}
