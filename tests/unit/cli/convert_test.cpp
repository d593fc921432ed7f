#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "catch.h"
#include "cli/run_command.h"
#include "credential/base64.h"
#include "credential/basic_auth.h"
#include "support.h"

using namespace pullsecret;
using Catch::Contains;
using Json = nlohmann::json;

namespace {

Outcome convert(const std::string& config) {
  const CommandHome home;
  home.write("row.json", config);
  return run_command({"convert", "--config", "row.json", "-o", "json"});
}

// What the Secret that was printed has in `auths`.
Json auths_of(const Outcome& outcome) {
  const std::string data = Json::parse(outcome.out)["data"][".dockerconfigjson"];
  return Json::parse(decode_base64(data).value())["auths"];
}

void check_fails(const Outcome& outcome, const std::string& message) {
  CHECK(outcome.status == 1);
  CHECK(outcome.out.empty());
  CHECK_THAT(outcome.err, Contains(message));
}

}  // namespace

// One thing differs from Docker: a bad entry is its registry's problem, not the file's.
TEST_CASE("convert takes from a config file what Docker does") {
  for (const Json& row : test_data("config-files.json")) {
    CAPTURE(row["case"]);
    const Outcome outcome = convert(row["file"]);
    const Json registries = row["docker"].value("registries", Json::array());
    if (row["docker"].value("message", "") == "Invalid auth configuration file") {
      check_fails(outcome, "1 of 2 registries");
    } else if (row["docker"].value("rejected", false)) {
      check_fails(outcome, "row.json:1:");
    } else if (registries.empty()) {
      check_fails(outcome, "row.json: it names no registry");
    } else {
      CHECK(outcome.err.empty());
      const Json auths = auths_of(outcome);
      Json keys = Json::array();
      for (const auto& [key, entry] : auths.items())
        keys.push_back(key);
      CHECK(keys == registries);
    }
  }
}

TEST_CASE("of an entry convert makes what the kubelet reads as Docker does") {
  for (const Json& row : test_data("auth-entries.json")) {
    CAPTURE(row["case"]);
    const Json& docker = row["docker"];
    const std::string username = docker.value("username", "");
    const std::string password = *decode_base64(docker.value("password_base64", ""));
    const Outcome outcome = convert(Json{{"auths", {{"r.example", row["entry"]}}}}.dump());
    if (username.empty() || password.empty() || docker.contains("identitytoken"))
      check_fails(outcome, "1 of 1 registries");
    else
      CHECK(auths_of(outcome)["r.example"]["auth"] == encode_auth(username, password));
  }
}
