#include "kubernetes/inspect_secrets.h"

#include <algorithm>

#include "catch.h"
#include "credential/base64.h"
#include "kubernetes/find_pull_data.h"
#include "kubernetes/keyring.h"
#include "kubernetes/pull_data.h"
#include "support.h"
#include "web_token.h"

using namespace pullsecret;

namespace {

using Names = std::vector<std::string>;

constexpr Time now = Time(std::chrono::seconds(1'700'000'000));

SecretManifest manifest(const std::string& data, const std::string& name = "regcred") {
  return {.name = name,
          .type = "kubernetes.io/dockerconfigjson",
          .data = {{".dockerconfigjson", encode_base64(data)}}};
}

InspectedSecret inspect(const SecretManifest& secret) {
  return inspect_secrets({secret}, now).at(0);
}

// The Secret of one entry.
InspectedSecret inspect_entry(const std::string& key, const nlohmann::json& entry) {
  return inspect(manifest(nlohmann::json{{"auths", {{key, entry}}}}.dump()));
}

Names names(const std::vector<Remark>& remarks) {
  Names names;
  for (const Remark& remark : remarks)
    names.emplace_back(remark.name);
  return names;
}

Names entry_names(const std::string& key, const nlohmann::json& entry) {
  return names(inspect_entry(key, entry).entries.at(0).remarks);
}

nlohmann::json login(const std::string& username, const std::string& password) {
  return {{"auth", encode_base64(username + ":" + password)}};
}

std::string jwt_ending_at(std::int64_t seconds) {
  return web_token("{\"exp\":" + std::to_string(seconds) + "}");
}

Names offered_keys(const std::vector<InspectedSecret>& secrets, const std::string& image) {
  Names keys;
  const pullsecret::Keyring keyring = keyring_of(secrets);
  for (const KeyringEntry* entry : keyring.offered(parse_image(image)))
    keys.push_back(entry->origin.name + " " + entry->key);
  return keys;
}

}  // namespace

TEST_CASE("a sound entry has no remarks") {
  const InspectedSecret secret = inspect_entry("ghcr.io", login("u", "p"));
  CHECK(secret.is_read);
  CHECK(secret.remarks.empty());
  CHECK(secret.entries.at(0).remarks.empty());
  CHECK(secret.data_size == std::string_view(R"({"auths":{"ghcr.io":{"auth":"dTpw"}}})").size());
}

TEST_CASE("remarks about a key") {
  CHECK(entry_names("GHCR.IO", login("u", "p")) == Names{"misspelled-key"});
  CHECK(entry_names("registry-1.docker.io", login("u", "p")) == Names{"misspelled-key"});
  CHECK(entry_names("ghcr.io/*", login("u", "p")) == Names{"serves-nothing"});
  CHECK(entry_names("gh cr.io", login("u", "p")) == Names{"serves-nothing"});
  CHECK(entry_names("u:p@ghcr.io", login("u", "p")) == Names{"login-in-key"});
  CHECK(inspect_entry("hub.docker.com", {}).entries.at(0).remarks.at(0).hint ==
        "the key must be https://index.docker.io/v1/");
}

TEST_CASE("a key is misspelled only if the kubelet takes it for other images") {
  const std::string working =
      GENERATE("docker.io", "https://docker.io", "index.docker.io", "https://index.docker.io/v2/",
               "docker.io/acme", "https://docker.io/acme", "https://ghcr.io/v1/");
  CAPTURE(working);
  CHECK(entry_names(working, login("u", "p")).empty());
  const std::string misspelled =
      GENERATE("GHCR.IO", "registry-1.docker.io", "https://ghcr.io/v1", "oci://ghcr.io",
               "HTTP://ghcr.io", "index.docker.io/acme");
  CAPTURE(misspelled);
  CHECK(entry_names(misspelled, login("u", "p")) == Names{"misspelled-key"});
}

TEST_CASE("remarks about a login") {
  CHECK(entry_names("a.io", nlohmann::json::object()) == Names{"empty-entry"});
  CHECK(entry_names("a.io", {{"identitytoken", "x"}}) == Names{"identity-token"});
  CHECK(entry_names("a.io", {{"registrytoken", "x"}}) == Names{"registry-token"});
  CHECK(entry_names("a.io", login("", "p")) == Names{"no-username"});
  CHECK(entry_names("a.io", login("u", "")) == Names{"no-password"});
  CHECK(entry_names("a.io", login("u", std::string("p\0", 2))) == Names{"trailing-nul"});
  CHECK(entry_names("a.io", login("u", std::string("p\0q", 3))).empty());
}

TEST_CASE("an auth that differs from what stands beside it counts, and is remarked") {
  nlohmann::json entry = login("u", "p");
  entry["username"] = "u";
  entry["password"] = "p";
  CHECK(entry_names("a.io", entry).empty());
  entry["password"] = "";
  CHECK(entry_names("a.io", entry).empty());
  entry["password"] = "new";
  CHECK(entry_names("a.io", entry) == Names{"auth-differs"});
  CHECK(inspect_entry("a.io", entry).entries.at(0).credential.password == "p");
  entry["username"] = "v";
  CHECK_THAT(inspect_entry("a.io", entry).entries.at(0).remarks.at(0).message,
             Catch::Contains("another username and password"));
  entry["auth"] = "";
  CHECK(entry_names("a.io", entry).empty());
}

TEST_CASE("an auth of a mere colon is in no store") {
  const InspectedSecret secret = inspect_entry("a.io", login("", ""));
  CHECK(names(secret.entries.at(0).remarks) == Names{"empty-entry"});
  CHECK_THAT(secret.entries.at(0).remarks.at(0).message, Catch::Contains("a mere colon"));
  CHECK_THAT(secret.entries.at(0).remarks.at(0).hint, !Catch::Contains("store"));
}

TEST_CASE("what nobody filled in is named, in a login, a key or an auth") {
  CHECK(entry_names("a.io", login("%!s(<nil>)", "<no value>")) ==
        Names{"unfilled-template", "unfilled-template"});
  CHECK(entry_names("${REGISTRY}", login("u", "p")) == Names{"unfilled-template"});
  const InspectedSecret secret = inspect_entry("a.io", {{"auth", "{{ .Values.auth }}"}});
  CHECK(secret.is_refused);
  CHECK_THAT(secret.remarks.at(0).message, Catch::Contains("{{ … }}"));
  CHECK_THAT(secret.remarks.at(0).hint, Catch::Contains("helm template"));
}

TEST_CASE("white space at the ends of a login is remarked") {
  CHECK(entry_names("a.io", {{"username", "u"}, {"password", "hunter2\n"}}) ==
        Names{"password-ends-in-line-break"});
  CHECK(entry_names("a.io", login("u ", "hunter2 ")) ==
        Names{"username-has-outer-space", "password-has-outer-space"});
}

TEST_CASE("an ignored token is a problem only where there is no password") {
  nlohmann::json entry = login("u", "p");
  entry["identitytoken"] = "x";
  CHECK(inspect_entry("a.io", entry).entries.at(0).remarks.at(0).severity == Severity::note);
  entry.erase("auth");
  CHECK(inspect_entry("a.io", entry).entries.at(0).remarks.at(0).severity == Severity::problem);
}

TEST_CASE("a token that has ended, and one that will soon") {
  CHECK(entry_names("a.io", login("u", jwt_ending_at(1'700'000'000))) == Names{"expired"});
  CHECK(entry_names("a.io", login("u", jwt_ending_at(1'700'000'001))).empty());
  CHECK(entry_names("a.io", login("AWS", "x")) == Names{"short-lived"});
  CHECK(entry_names("a.io", login("u", "ghs_x")) == Names{"short-lived"});
  CHECK(entry_names("a.io", login("gitlab-ci-token", "x")) == Names{"short-lived"});
  CHECK(entry_names("a.io", login("u", "ghp_x")).empty());
}

TEST_CASE("one bad entry loses all") {
  const InspectedSecret secret =
      inspect(manifest(R"({"auths":{"a.io":{"auth":"x"},"b.io":{"auth":"dTpw"}}})"));
  CHECK_FALSE(secret.is_read);
  CHECK(secret.is_refused);
  CHECK(names(secret.remarks) == Names{"refused"});
  CHECK_THAT(secret.remarks.at(0).message, Catch::Contains("and with it every entry"));
  CHECK(names(secret.entries.at(0).remarks) == Names{"refused-entry"});
  CHECK(secret.entries.at(1).remarks.empty());
  CHECK(offered_keys({secret}, "b.io/x").empty());
}

TEST_CASE("a type or data key that does not fit") {
  SecretManifest secret = manifest(R"({"auths":{"a.io":{"auth":"dTpw"}}})");
  SECTION("another type") {
    secret.type = GENERATE("", "Opaque");
    CHECK(names(inspect(secret).remarks) == Names{"wrong-type"});
    CHECK(inspect(secret).type == "Opaque");
  }
  SECTION("the other type") {
    secret.type = "kubernetes.io/dockercfg";
    CHECK(names(inspect(secret).remarks) == Names{"missing-data-key"});
  }
  CHECK_FALSE(inspect(secret).is_read);
  CHECK_FALSE(inspect(secret).is_refused);
  CHECK(inspect(secret).entries.size() == 1);
}

TEST_CASE("pull data under a data key that no type has") {
  SecretManifest secret{.name = "kaniko",
                        .type = "Opaque",
                        .string_data = {{"config.json", R"({"auths":{"a.io":{"auth":"dTpw"}}})"}}};
  CHECK(is_pull_secret(secret));
  CHECK(names(inspect(secret).remarks) == Names{"wrong-data-key"});
  CHECK(inspect(secret).remarks.at(0).hint ==
        "kubectl get secret kaniko -o 'jsonpath={.data.config\\.json}' | base64 -d | "
        "pullsecret convert --config - --name kaniko-pull | kubectl apply -f -");
  CHECK_FALSE(inspect(secret).is_read);
  CHECK(inspect(secret).entries.size() == 1);
  secret.string_data = {{"dockercfg", R"({"a.io":{"auth":"dTpw"}})"}};
  CHECK(names(inspect(secret).remarks) == Names{"wrong-data-key"});
  CHECK(inspect(secret).remarks.at(0).hint.empty());
  secret.type = "kubernetes.io/dockerconfigjson";
  CHECK(names(inspect(secret).remarks) == Names{"missing-data-key"});
  CHECK(inspect(secret).remarks.at(0).hint.empty());
  secret.type = "Opaque";
  for (const char* other : {"", "auths", R"({"a":1})", R"({"auths":[]})", R"({"auths":{})"}) {
    secret.string_data = {{"config.json", other}};
    CHECK_FALSE(is_pull_secret(secret));
  }
}

TEST_CASE("data that is base64 of base64 is refused, and said to be that") {
  SecretManifest secret = manifest(R"({"auths":{"a.io":{"auth":"dTpw"}}})");
  secret.string_data = secret.data;
  secret.data.clear();
  CHECK(names(inspect(secret).remarks) == Names{"encoded-twice"});
  CHECK(inspect(secret).is_refused);
}

TEST_CASE("the data of one type under the key of the other") {
  SecretManifest secret = manifest(R"({"a.io":{"auth":"dTpw"}})");
  CHECK(names(inspect(secret).remarks) == Names{"wrong-format", "no-entries"});
  secret = {.type = "kubernetes.io/dockercfg",
            .string_data = {{".dockercfg", R"({"auths":{"a.io":{"auth":"dTpw"}}})"}}};
  CHECK(names(inspect(secret).remarks) == Names{"wrong-format"});
  CHECK(inspect(secret).entries.empty());
  CHECK(inspect(secret).remarks.at(0).hint.empty());
  secret.name = "regcred";
  CHECK(inspect(secret).remarks.at(0).hint ==
        "kubectl get secret regcred -o 'jsonpath={.data.\\.dockercfg}' | base64 -d | pullsecret "
        "convert --config - --name regcred --type dockercfg | kubectl apply -f -");
  secret.string_data[".dockercfg"] = R"({"auths":{"a.io":{}},"b.io":{"auth":"dTpw"}})";
  CHECK(inspect(secret).entries.size() == 1);
  secret.string_data[".dockercfg"] = R"({"a.io":{"auth":"dTpw"}})";
  CHECK(inspect(secret).remarks.empty());
  CHECK(names(inspect(manifest(R"({"proxies":{"default":{"httpProxy":"x"}}})")).remarks) ==
        Names{"no-entries"});
}

TEST_CASE("what is no pull data is named, with what to do about it") {
  const auto [data, name, hint] = GENERATE(table<std::string, std::string, std::string>({
      {R"({"value":"{\"auths\":{\"a.io\":{}}}"})", "wrong-format", "what that member has"},
      {R"("{\"auths\":{}}")", "refused", "leave out one toJson"},
      {R"({"auths":{"a.io":{"password":"{ "type": 1 }"}}})", "refused", "--password-file key.json"},
      {"-----BEGIN CERTIFICATE-----\n", "refused", "certs.d"},
      {"${CONFIG}", "refused", "envsubst"},
  }));
  CAPTURE(data);
  const Remark remark = inspect(manifest(data)).remarks.at(0);
  CHECK(remark.name == name);
  CHECK_THAT(remark.hint, Catch::Contains(hint));
  // A word may be base64, too.
  SecretManifest word = manifest("");
  word.data[".dockerconfigjson"] = "changeme";
  CHECK_THAT(inspect(word).remarks.at(0).message, Catch::Contains("REPLACE_ME"));
}

TEST_CASE("what a Secret without a name is called") {
  SecretManifest secret = manifest("{}", "");
  CHECK(name_in_words(inspect(secret).origin) == "a Secret without a name");
  secret.is_config_file = true;
  CHECK(name_in_words(inspect(secret).origin) == "the Docker config file");
  CHECK(name_in_words(inspect(manifest("{}")).origin) == "regcred");
}

TEST_CASE("data that is missing, doubled, empty or not base64") {
  SecretManifest secret = manifest("{}");
  secret.data.clear();
  CHECK(names(inspect(secret).remarks) == Names{"missing-data-key"});
  CHECK_FALSE(inspect(secret).data_size);
  secret.data = {{".dockerconfigjson", ""}};
  CHECK(names(inspect(secret).remarks) == Names{"no-entries"});
  secret.data = {{".dockerconfigjson", "{}"}};
  CHECK(names(inspect(secret).remarks) == Names{"not-base64"});
  CHECK_FALSE(inspect(secret).data_size);
  CHECK(inspect(secret).remarks.at(0).hint == "plain text belongs in \"stringData\"");
  secret.data = {{".dockerconfigjson", "e3 0="}};
  CHECK_THAT(inspect(secret).remarks.at(0).hint, Catch::StartsWith("it has spaces in it"));
  secret.data = {{".dockerconfigjson", "e3\n0=\n"}, {".dockercfg", "e30="}};
  CHECK(names(inspect(secret).remarks) == Names{"ignored-data-key", "no-entries"});
}

TEST_CASE("stringData counts before data") {
  SecretManifest secret = manifest(R"({"auths":{"a.io":{"auth":"dTpw"}}})");
  secret.string_data[".dockerconfigjson"] = R"({"auths":{"b.io":{"auth":"dTpw"}}})";
  CHECK(inspect(secret).entries.at(0).key == "b.io");
}

TEST_CASE("limits of size") {
  SecretManifest secret = manifest("{}" + std::string(max_secret_data - 1, ' '));
  CHECK(names(inspect(secret).remarks) == Names{"too-large"});
  secret = manifest(R"({"auths":{"a.io":{"auth":"dTpw"}}})");
  secret.size = max_annotations;
  CHECK(names(inspect(secret).remarks).empty());
  secret.size = max_annotations + 1;
  CHECK(names(inspect(secret).remarks) == Names{"too-large-to-apply"});
}

TEST_CASE("one registry twice in a Secret") {
  CHECK(names(inspect(manifest(R"({"auths":{"a.io":{"auth":"dTpw"},"a.io":{"auth":"dTpw"}}})"))
                  .remarks) == Names{"repeated-key"});
  const std::string other =
      R"({"auths":{"a.io":{"auth":"dTpw"},"https://a.io/v2/":{"auth":"dTpx"}}})";
  CHECK(names(inspect(manifest(other)).remarks) == Names{"ambiguous-key"});
  const std::string same =
      R"({"auths":{"a.io":{"auth":"dTpw"},"https://a.io/v2/":{"auth":"dTpw"}}})";
  CHECK(inspect(manifest(same)).remarks.empty());
}

TEST_CASE("one registry in two Secrets of a namespace") {
  const SecretManifest first = manifest(R"({"auths":{"a.io":{"auth":"dTpw"}}})", "first");
  SecretManifest second = manifest(R"({"auths":{"https://a.io":{"auth":"dTpx"}}})", "second");
  const auto secrets = inspect_secrets({first, second}, now);
  CHECK(secrets[0].entries.at(0).remarks.empty());
  CHECK(names(secrets[1].entries.at(0).remarks) == Names{"other-secret-differs"});
  second.name_space = "elsewhere";
  CHECK(inspect_secrets({first, second}, now)[1].entries.at(0).remarks.empty());
}

TEST_CASE("a config file with a store") {
  CHECK(names(inspect(manifest(R"({"auths":{"a.io":{}},"credsStore":"pass"})")).remarks) ==
        Names{"store-named"});
}

TEST_CASE("Secrets of other types are left out") {
  SecretManifest tls{.name = "tls", .type = "kubernetes.io/tls", .data = {{"tls.key", "eA=="}}};
  CHECK_FALSE(is_pull_secret(tls));
  CHECK(inspect_secrets({tls}, now).empty());
}

TEST_CASE("the number of entries in all Secrets is bounded") {
  std::string entries;
  for (std::size_t i = 0; i < max_pull_entries; ++i)
    entries += (i == 0 ? "\"" : ",\"") + std::to_string(i) + "\":{}";
  const SecretManifest full = manifest(R"({"auths":{)" + entries + "}}");
  CHECK(inspect(full).entries.size() == max_pull_entries);
  CHECK_THROWS_WITH(inspect_secrets({full, manifest(R"({"auths":{"x.io":{}}})")}, now),
                    "more than 10000 entries in all");
  const std::vector<SecretManifest> empty(max_pull_entries + 1, manifest(""));
  CHECK_THROWS_WITH(inspect_secrets(empty, now), "more than 10000 entries in all");
}

TEST_CASE("entries of several Secrets are tried in descending order of the filed key") {
  const auto secrets = inspect_secrets(
      {manifest(R"({"auths":{"a.io":{"auth":"dTpw"},"*.io":{"auth":"dTpw"}}})", "first"),
       manifest(R"({"auths":{"https://a.io/v1/":{"auth":"dTpx"},"a.io/x":{"auth":"dTpw"}}})",
                "second"),
       {.name = "skipped", .type = "kubernetes.io/dockerconfigjson"}},
      now);
  CHECK(offered_keys(secrets, "a.io/x/y") ==
        Names{"second a.io/x", "first a.io", "second https://a.io/v1/", "first *.io"});
}

TEST_CASE("a Secret that the kubelet refuses loses the entries of all") {
  const SecretManifest sound = manifest(R"({"auths":{"a.io":{"auth":"dTpw"}}})", "sound");
  SecretManifest bad = manifest(R"({"auths":{"b.io":{"auth":"?"}}})", "bad");
  CHECK(offered_keys(inspect_secrets({sound, bad}, now), "a.io/x").empty());
  bad.type = "Opaque";  // which it skips
  CHECK(offered_keys(inspect_secrets({sound, bad}, now), "a.io/x") == Names{"sound a.io"});
}

TEST_CASE("the entries for an image agree with the kubelet, key by key and all at once") {
  std::map<std::string, Names> serving;  // image → the keys that serve it
  nlohmann::json auths;
  for (const auto& row : test_data("kubelet-keyring.json")) {
    const auto key = row["key"].get<std::string>(), image = row["image"].get<std::string>();
    CAPTURE(key, image);
    auths[key] = login("u", "p");
    if (row["offered"].get<bool>()) serving[image].push_back("regcred " + key);
    const InspectedSecret alone = inspect_entry(key, login("u", "p"));
    CHECK(offered_keys({alone}, image).empty() != row["offered"].get<bool>());
  }
  const InspectedSecret all = inspect(manifest(nlohmann::json{{"auths", auths}}.dump()));
  for (auto& [image, keys] : serving) {
    CAPTURE(image);
    Names offered = offered_keys({all}, image);
    const auto filed = [](const std::string& shown) {
      return *filed_key(shown.substr(shown.find(' ') + 1));
    };
    CHECK(std::is_sorted(offered.begin(), offered.end(),
                         [&](const auto& a, const auto& b) { return filed(a) > filed(b); }));
    // index.docker.io steps in only where nothing else serves.
    std::erase_if(keys, [&](const std::string& key) {
      return filed(key) == "index.docker.io" && filed(offered.front()) != "index.docker.io";
    });
    std::sort(offered.begin(), offered.end());
    std::sort(keys.begin(), keys.end());
    CHECK(offered == keys);
  }
}
