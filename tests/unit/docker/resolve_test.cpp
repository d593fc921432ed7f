#include "docker/resolve.h"

#include <string>
#include <vector>

#include "catch.h"
#include "parsed_config.h"
#include "script_stores.h"
#include "support.h"

using namespace pullsecret;

namespace {

std::string answer(const std::string& username) {
  return R"({"Username":")" + username + R"(","Secret":"p"})";
}

// The username found for `key`, or the error.
std::string outcome(const Config& config, const std::string& key) {
  HelperClient helpers({});
  const auto resolved = resolve(config, {key}, helpers);
  REQUIRE(resolved.size() == 1);
  CHECK(resolved[0].key == key);
  if (const Error* error = why_unresolved(resolved[0])) return error->what();
  const auto& credential = std::get<Credential>(resolved[0].outcome);
  return credential.username.empty() ? "token " + credential.identity_token : credential.username;
}

}  // namespace

TEST_CASE("credHelpers counts before credsStore, and credsStore before the entry") {
  const ScriptStores stores;
  stores.add("one", "a.io", answer("from-helper"));
  stores.add("two", "a.io", answer("from-store"));
  stores.add("two", "b.io", answer("from-store"));
  const std::string auths = R"("auths":{"a.io":{"auth":"dTpw"},"b.io":{"auth":"dTpw"}})";
  CHECK(outcome(parse("{" + auths + "}"), "a.io") == "u");
  CHECK(outcome(parse(R"({"credsStore":"two",)" + auths + "}"), "a.io") == "from-store");
  const Config both = parse(R"({"credsStore":"two","credHelpers":{"a.io":"one"},)" + auths + "}");
  CHECK(outcome(both, "a.io") == "from-helper");
  CHECK(outcome(both, "b.io") == "from-store");
}

TEST_CASE("a helper is found by the name that Docker asks for") {
  const ScriptStores stores;
  stores.add("one", "a.io", answer("from-helper"));
  const Config config = parse(R"({"auths":{"https://a.io/v1/":{}},"credHelpers":{"a.io":"one"}})");
  CHECK(outcome(config, "https://a.io/v1/") == "from-helper");
}

TEST_CASE("what is not found is asked for under its other spellings, then inline counts") {
  const ScriptStores stores;
  stores.add("one", "https://a.io", answer("other-spelling"));
  stores.add("one", "docker.io", answer("hub"));
  stores.add("one", "b.io", R"({"ServerURL":"b.io","Username":"","Secret":""})");
  const Config config = parse(
      R"({"credsStore":"one","auths":{"a.io":{},"b.io":{"auth":"dTpw"},"c.io":{},
          "https://index.docker.io/v1/":{}}})");
  CHECK(outcome(config, "a.io") == "other-spelling");
  CHECK(outcome(config, "https://index.docker.io/v1/") == "hub");
  CHECK(outcome(config, "b.io") == "u");
  CHECK_THAT(stores.asked(), Catch::Contains("b.io\nhttps:%2F%2Fb.io\n"));
  CHECK(outcome(config, "c.io") == "no credential in the store \"one\"");
}

TEST_CASE("a store is asked first for the registry as it is spelled") {
  const ScriptStores stores;
  stores.add("store", "GHCR.io", answer("upper"));
  stores.add("store", "ghcr.io", answer("lower"));
  const Config config = parse(R"({"auths":{"https://GHCR.io/v1/":{}},"credsStore":"store"})");
  CHECK(outcome(config, "GHCR.io") == "upper");
  CHECK(outcome(config, "https://GHCR.io/v1/") == "upper");
}

TEST_CASE("a line of credHelpers counts by the name that Docker looks up alone") {
  const ScriptStores stores;
  stores.add("x", "ghcr.io", answer("x"));
  stores.add("y", "ghcr.io", answer("y"));
  CHECK(outcome(parse(R"({"credHelpers":{"https://ghcr.io":"x"},"credsStore":"y"})"), "ghcr.io") ==
        "y");
}

TEST_CASE("an empty name in credHelpers is the file, and credsStore is not asked") {
  const ScriptStores stores;
  stores.add("store", "a.io", answer("from-store"));
  const Config config = parse(R"({"credsStore":"store","credHelpers":{"a.io":"","b.io":""},
                                  "auths":{"https://a.io/v1/":{"auth":"dTpw"}}})");
  CHECK(outcome(config, "https://a.io/v1/") == "u");
  CHECK(outcome(config, registry_keys_for(config, "a.io").front()) == "u");
  CHECK_THAT(outcome(config, "b.io"), Catch::Contains("does not name"));
  CHECK(stores.asked().empty());
}

TEST_CASE("an entry about a path has the host's credential, unless it has its own") {
  const ScriptStores stores;
  stores.add("store", "ghcr.io", answer("host"));
  CHECK(outcome(parse(R"({"auths":{"ghcr.io/acme":{}},"credsStore":"store"})"), "ghcr.io/acme") ==
        "host");
  CHECK(outcome(parse(R"({"auths":{"ghcr.io/acme":{"auth":"dTpw"}},"credsStore":"store"})"),
                "ghcr.io/acme") == "u");
}

TEST_CASE("an empty entry takes what stands under the name that Docker looks up") {
  const std::string text =
      R"({"auths":{"docker.io":{},"https://index.docker.io/v1/":{"auth":"dTpw"}}})";
  CHECK(outcome(parse(text), "docker.io") == "u");
}

TEST_CASE("an entry's email goes with the store's credential") {
  const ScriptStores stores;
  stores.add("one", "a.io", answer("x"));
  HelperClient helpers({});
  const auto resolved =
      resolve(parse(R"({"credsStore":"one","auths":{"a.io":{"email":"e@x"}}})"), {"a.io"}, helpers);
  CHECK(std::get<Credential>(resolved[0].outcome).email == "e@x");
}

TEST_CASE("a failing or unintelligible store is an error, not anonymous") {
  const ScriptStores stores;
  stores.add("one", "a.io", "gibberish");
  stores.add("one", "t.io", R"({"Username":"<token>","Secret":"t"})");
  const Config config = parse(R"({"credsStore":"one","credHelpers":{"b.io":"none"},
                "auths":{"a.io":{"auth":"dTpw"}}})");
  CHECK(outcome(config, "a.io") == "docker-credential-one get: its answer is not JSON");
  CHECK(outcome(config, "b.io") == "docker-credential-none: not found on PATH");
  CHECK(outcome(config, "t.io") == "token t");
}

TEST_CASE("an empty password is refused, from a store as from the file") {
  const ScriptStores stores;
  stores.add("one", "a.io", R"({"Username":"u","Secret":""})");
  const Config config = parse(R"({"credHelpers":{"a.io":"one"},"auths":{"b.io":{"auth":"dTo="},
      "c.io":{"auth":"dTo=","registrytoken":"t"},"d.io":{"username":"u"}}})");
  CHECK_THAT(outcome(config, "a.io"), Catch::Contains("has no Secret"));
  CHECK(outcome(config, "b.io") == "its password is empty");
  CHECK(outcome(config, "c.io") == "u");
  CHECK(outcome(config, "d.io") == "its password is empty");
}

TEST_CASE("an empty password in DOCKER_AUTH_CONFIG is not mended by a login") {
  Config config;
  config.auths.add({.key = "a.io", .credential = {.username = "u"}, .asked_first = true});
  HelperClient helpers({});
  const auto resolved = resolve(config, {"a.io"}, helpers);
  const auto& error = std::get<Error>(resolved.front().outcome);
  CHECK(error.message() == "its password in DOCKER_AUTH_CONFIG is empty");
  CHECK_THAT(error.hint(), !Catch::Contains("docker login"));
}

TEST_CASE("a DOCKER_AUTH_CONFIG that is not taken is blamed first") {
  Config config = parse("{}");
  config.environment_refused = Error("DOCKER_AUTH_CONFIG", "no JSON");
  CHECK_THAT(outcome(config, "a.io"), Catch::StartsWith("DOCKER_AUTH_CONFIG is not taken"));
}

TEST_CASE("without a store, what the file does not have is an error in words") {
  const Config config = parse(R"({"auths":{"a.io":{},"b.io":{"auth":"!"},
                                  "c.io":{"username":"u:v","password":"p"}}})");
  CHECK_THAT(outcome(config, "a.io"), Catch::Contains("is empty, and there is no store for it"));
  CHECK_THAT(outcome(config, "b.io"), Catch::Contains("is not base64"));
  CHECK_THAT(outcome(config, "c.io"), Catch::Contains("its username holds a colon"));
  CHECK_THAT(outcome(config, "d.io"), Catch::Contains("does not name it"));
}

TEST_CASE("DOCKER_AUTH_CONFIG's entry counts before the store") {
  const ScriptStores stores;
  stores.add("one", "a.io", answer("from-store"));
  Config config = parse(R"({"credsStore":"one"})");
  config.auths.add(
      {.key = "a.io", .credential = {.username = "u", .password = "p"}, .asked_first = true});
  CHECK(outcome(config, "a.io") == "u");
}

TEST_CASE("named_registries are those of auths and credHelpers, without Docker Hub's tokens") {
  const Config config = parse(
      R"({"auths":{"z.io":{},"https://index.docker.io/v1/access-token":{},"a.io":{}},
          "credHelpers":{"a.io":"x","b.io":"x","c.io":"","https://index.docker.io/v1/refresh-token":"x"}})");
  CHECK(named_registries(config) == std::vector<std::string>{"z.io", "a.io", "b.io"});
}

TEST_CASE("Docker Hub's account-wide tokens are refused by name, too") {
  const ScriptStores stores;
  stores.add("one", "https://index.docker.io/v1/access-token", answer("x"));
  CHECK_THAT(outcome(parse(R"({"credsStore":"one"})"), "https://index.docker.io/v1/access-token"),
             Catch::Contains("account-wide token"));
}

TEST_CASE("stored_registries are what list answers, without Docker Hub's tokens") {
  const TemporaryFolder folder;
  const ScopedVariable path("PATH", folder.path().string() + ":/usr/bin:/bin");
  folder.write_script("docker-credential-one", R"sh(
    [ "$1 $(cat)" = 'list unused' ] && echo '{"Registry credentials for a.io":"u",
      "https://index.docker.io/v1/access-token":"u","b.io":"u"}')sh");
  folder.write_script("docker-credential-old", "echo unknown action; exit 1");
  HelperClient helpers({});
  CHECK(stored_registries(parse(R"({"credsStore":"one"})"), helpers) ==
        std::vector<std::string>{"a.io", "b.io"});
  CHECK(stored_registries(parse("{}"), helpers).empty());
  const auto error =
      error_of([&] { stored_registries(parse(R"({"credsStore":"old"})"), helpers); });
  REQUIRE(error);
  CHECK_THAT(error->what(),
             Catch::Contains("docker-credential-old list: exit status 1: unknown action"));
}

TEST_CASE("a registry is found under any spelling") {
  using Keys = std::vector<std::string>;
  const Config config = parse(
      R"({"auths":{"https://a.io/v1/":{},"quay.io/acme":{},"https://index.docker.io/v1/":{}}})");
  CHECK(registry_keys_for(config, "https://a.io/v1/") == Keys{"https://a.io/v1/"});
  CHECK(registry_keys_for(config, "A.io") == Keys{"https://a.io/v1/"});
  CHECK(registry_keys_for(config, "quay.io/acme") == Keys{"quay.io/acme"});
  CHECK(registry_keys_for(config, "docker.io") == Keys{"https://index.docker.io/v1/"});
  CHECK(registry_keys_for(parse("{}"), "https://B.io/") == Keys{"b.io"});
}

TEST_CASE("what Docker finds for a name in the file is found, and where it leaves it to chance") {
  const auto table = test_data("docker-lookup.json");
  REQUIRE(table["rows"].size() == 58);
  HelperClient helpers({});
  for (const auto& row : table["rows"]) {
    nlohmann::json auths = nlohmann::json::object();
    for (const std::string key : row["keys"])
      auths[key] = {{"username", "u"}, {"password", key}};
    const Config config = parse(nlohmann::json{{"auths", auths}}.dump());
    const auto chance = row.value("by chance", std::vector<std::string>());
    for (const std::string name : table["asked"]) {
      CAPTURE(row["keys"].dump(), name);
      const std::vector<std::string> keys = registry_keys_for(config, name);
      if (row["found"].contains(name)) {
        const auto found = resolve(config, keys, helpers).front();
        CHECK(std::get<Credential>(found.outcome).password ==
              row["found"][name].get<std::string>());
      }
      const bool is_by_chance = std::find(chance.begin(), chance.end(), name) != chance.end();
      if (is_by_chance || row["found"].contains(name)) CHECK((keys.size() > 1) == is_by_chance);
    }
  }
}

TEST_CASE("a registry that no entry names is asked for as it is spelled first, then as others do") {
  const ScriptStores stores;
  stores.add("store", "GHCR.io", answer("upper"));
  stores.add("store", "ghcr.io", answer("lower"));
  stores.add("store", "quay.io", answer("quay"));
  const auto found = [](const std::string& json, const std::string& registry) {
    const Config config = parse(json);
    return outcome(config, registry_keys_for(config, registry).front());
  };
  const std::string store = R"({"credsStore":"store"})";
  CHECK(found(store, "GHCR.io") == "upper");
  CHECK(found(store, "https://GHCR.io/v2/") == "upper");
  CHECK(found(store, "Ghcr.Io") == "lower");
  CHECK(found(store, "Quay.io") == "quay");
  CHECK(found(R"({"credsStore":"store","auths":{"ghcr.io":{}}})", "GHCR.io") == "upper");
  CHECK(found(R"({"credsStore":"store","auths":{"b.io":{"auth":"dTpw"}}})", "B.io") == "u");
  CHECK(found(R"({"auths":{"b.io":{"auth":"dTpw"}}})", "B.io") == "u");
}

TEST_CASE("another spelling leads to the store that a line of credHelpers names") {
  const ScriptStores stores;
  stores.add("hub", "https://index.docker.io/v1/", answer("hub"));
  stores.write_helper("store");
  const Config config =
      parse(R"({"credsStore":"store","credHelpers":{"https://index.docker.io/v1/":"hub"}})");
  for (const char* name :
       {"docker.io", "index.docker.io", "registry-1.docker.io", "hub.docker.com"})
    CHECK(outcome(config, registry_keys_for(config, name).front()) == "hub");
}
