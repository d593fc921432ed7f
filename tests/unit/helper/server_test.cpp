#include "helper/server.h"

#include <string>

#include <nlohmann/json.hpp>

#include "catch.h"
#include "map_store.h"
#include "support.h"

using namespace pullsecret;

namespace {

std::string request(const std::string& server_url, const std::string& username,
                    const std::string& secret) {
  return nlohmann::json{{"ServerURL", server_url}, {"Username", username}, {"Secret", secret}}
      .dump();
}

std::string refusal_of_request(const std::string& action, const std::string& input) {
  MapStore store;
  store.store("ghcr.io", {"u", "p"});
  const auto error = error_of([&] { answer(store, action, input); });
  return error ? error->what() : "no error";
}

}  // namespace

TEST_CASE("what is stored comes back byte for byte, and can be erased") {
  MapStore store;
  for (const std::string& secret :
       {std::string(), std::string(65536, 'x'), std::string("a\nb\r\n\n"), std::string("ü😀\u2028"),
        std::string("\"\\<>&'\t"), std::string("{\n  \"private_key\": \"-----\\n\"\n}\n")}) {
    CHECK(answer(store, "store", request("ghcr.io", "jürgen", secret)).empty());
    const auto got = nlohmann::json::parse(answer(store, "get", "ghcr.io"));
    CHECK(got ==
          nlohmann::json{{"ServerURL", "ghcr.io"}, {"Username", "jürgen"}, {"Secret", secret}});
  }
  CHECK(answer(store, "list", "unused") == "{\"ghcr.io\":\"jürgen\"}\n");
  CHECK(answer(store, "erase", "ghcr.io\n").empty());
  CHECK(answer(store, "erase", "ghcr.io").empty());
  CHECK(answer(store, "list", "") == "{}\n");
}

TEST_CASE("the messages that callers compare are exact") {
  CHECK(refusal_of_request("get", "quay.io") == "credentials not found in native keychain");
  for (const char* action : {"get", "erase"}) {
    CHECK(refusal_of_request(action, "") == "no credentials server URL");
    CHECK(refusal_of_request(action, " \n\t") == "no credentials server URL");
  }
  CHECK(refusal_of_request("store", request("", "u", "p")) == "no credentials server URL");
  CHECK(refusal_of_request("store", R"({"Username":"u","Secret":"p"})") ==
        "no credentials server URL");
  CHECK(refusal_of_request("store", request("ghcr.io", "", "p")) == "no credentials username");
  CHECK(refusal_of_request("store", R"({"ServerURL":"x","Username":null})") ==
        "no credentials username");
}

TEST_CASE("store refuses what would forge or cut an entry, and repeats no secret") {
  const std::string nul(1, '\0');
  CHECK_THAT(refusal_of_request("store", request("ghcr.io\nquay.io", "u", "p")),
             Catch::Contains(R"(the server URL holds a control character: "ghcr.io\nquay.io")"));
  CHECK_THAT(refusal_of_request("store", request("ghcr.io", "u" + nul, "p")),
             Catch::Contains(R"(the username holds a control character: "u\x00")"));
  CHECK_THAT(refusal_of_request("store", request("ghcr.io", "u", "hunter2" + nul)),
             Catch::Contains("the secret holds a NUL") && !Catch::Contains("hunter2"));
  CHECK_THAT(refusal_of_request("get", "ghcr.io" + nul), Catch::Contains("a control character"));
  CHECK_THAT(refusal_of_request("get", "ghcr\xFF.io"), Catch::Contains("not UTF-8"));
  CHECK_THAT(
      refusal_of_request("store", "{\"ServerURL\":\"a\",\"Username\":\"u\",\"Secret\":\"\xFF\"}"),
      Catch::Contains("not UTF-8"));
  for (const char* input : {"", "hunter2", R"({"Secret":"hunter2")"})
    CHECK(refusal_of_request("store", input) == "the credential to store is not JSON");
  for (const char* input : {"[]", "null", R"("hunter2")"})
    CHECK(refusal_of_request("store", input) == "the credential to store is not a JSON object");
  CHECK(refusal_of_request("store", R"({"ServerURL":"a","Username":"u","Secret":7})") ==
        "Secret must be a string");
}

TEST_CASE("store finds fields as Go's decoder does, and ignores others") {
  MapStore store;
  answer(store, "store",
         R"({"serverurl":" ghcr.io ","USERNAME":"x","username":"u","extra":{"Secret":"no"}})");
  REQUIRE(store.get("ghcr.io"));
  CHECK(store.get("ghcr.io")->username == "u");
  CHECK(store.get("ghcr.io")->secret.empty());
  answer(store, "store", "{\"ServerURL\":\"a\",\"Username\":\"u\",\"Secret\":\"\\udc00\"} \xFF}");
  CHECK(store.get("a")->secret == "\uFFFD");
}

TEST_CASE("get finds another spelling and names the one that was asked for") {
  MapStore store;
  store.store("https://index.docker.io/v1/", {"hub", "p"});
  store.store("ghcr.io", {"octo", "p"});
  store.store("https://quay.io", {"quay", "p"});
  const auto get = [&](const std::string& server_url) {
    const auto got = nlohmann::json::parse(answer(store, "get", server_url));
    CHECK(got["ServerURL"] == server_url);
    return got["Username"].get<std::string>();
  };
  CHECK(get("docker.io") == "hub");
  CHECK(get("index.docker.io") == "hub");
  CHECK(get("https://ghcr.io") == "octo");
  CHECK(get("https://GHCR.io/v2/") == "octo");
  CHECK(get("quay.io") == "quay");
  store.store("docker.io", {"exact", "p"});
  CHECK(get("docker.io") == "exact");
}

TEST_CASE("what Docker erases is gone under every spelling, what another asks for under its own") {
  MapStore store;
  for (const char* server_url : {"ghcr.io", "https://ghcr.io", "https://ghcr.io/v1/", "ghcr.io/a"})
    store.store(server_url, {"u", "p"});
  answer(store, "erase", "https://ghcr.io");
  CHECK(answer(store, "list", "") ==
        "{\"ghcr.io\":\"u\",\"ghcr.io/a\":\"u\",\"https://ghcr.io/v1/\":\"u\"}\n");
  answer(store, "erase", "ghcr.io");
  CHECK(answer(store, "list", "") == "{\"ghcr.io/a\":\"u\"}\n");
}
