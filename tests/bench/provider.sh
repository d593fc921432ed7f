# shellcheck shell=bash
# The rows about `pullsecret credential-provider`, for tests/bench/run: what the kubelet waits for. After
# measure_check, whose registries are there, and measure_helpers, which filled the stores.
#
# shellcheck disable=SC2154 # check, refusing, registry, scratch, ratio and times are tests/bench/run's
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
  measure_token
}

# hands_on FILE PASSWORD
hands_on() {
  jq -e --arg password "$2" '.auth[].password == $password' "$1" >/dev/null ||
    fail "not the token in the answer: $(head -c 1000 "$1")"
}

# The Pod's own token, as long as a cluster's. What asks the exchange by hand asks the registry first, too.
measure_token() {
  local token ask=(credential-provider --service-account-token --username oidc --match "$registry")
  token=eyJhbGciOiJSUzI1NiJ9.$(jq -nrj '{aud: ["bench"], exp: 4000000000, claims: ("hunter2" * 80)} | @base64' |
    tr '+/' '-_' | tr -d =).$(head -c 256 /dev/zero | base64 -w 0 | tr -d =)
  printf '{"kind":"CredentialProviderRequest","apiVersion":"%s","image":"%s","serviceAccountToken":"%s"}\n' \
    credentialprovider.kubelet.k8s.io/v1 "$registry/acme/app" "$token" >"$scratch/question"

  compare 500 pullsecret "${ask[@]}" --audience-expected bench -- /bin/true <"$scratch/question"
  hands_on "$scratch/a" "$token"
  report "credential-provider, the Pod's token" '`/bin/true`' "$ratio" 2 "$times"

  cat >"$scratch/bin/by-hand" <<'END'
#!/bin/sh
for one in 1 2; do
  curl -s "http://$1/v2/"
  curl -s "http://$2/exchange" -d subject_token_type=urn:ietf:params:oauth:token-type:jwt \
    -d grant_type=urn:ietf:params:oauth:grant-type:token-exchange --data-urlencode "subject_token@$3"
done
END
  chmod +x "$scratch/bin/by-hand"
  printf %s "$token" >"$scratch/token"
  compare 50 "$check" "${ask[@]}" --exchange "http://$refusing/exchange" -- \
    by-hand "$registry" "$refusing" "$scratch/token" <"$scratch/question"
  hands_on "$scratch/a" hunter2-exchanged
  grep -q hunter2-exchanged "$scratch/b" || fail "curl has no token: $(head -c 1000 "$scratch/b")"
  report "credential-provider, the Pod's token exchanged" 'the two requests by `curl`, twice' "$ratio" 0.5 "$times"
}
