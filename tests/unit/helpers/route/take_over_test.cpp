#include "helpers/route/take_over.h"

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "catch.h"
#include "parsed_config.h"
#include "support.h"

using namespace pullsecret;

namespace {

// The rules as `MATCH=HELPER` each, and behind a bar what becomes of config.json.
std::string taken(const std::string& config, const std::optional<std::vector<std::string>>& stored =
                                                 std::vector<std::string>()) {
  const TakeOver taken = take_over(parse(config), stored);
  std::string words;
  const auto rules = nlohmann::json::parse(taken.rules);
  for (const auto& rule : rules["routes"])
    words += rule["match"].get<std::string>() + "=" + rule["helper"].get<std::string>() + " ";
  words += "|";
  if (taken.change.creds_store) words += " credsStore";
  for (const auto& [key, helper] : taken.change.cred_helpers)
    words += " " + key;
  return words;
}

std::string given_back(const std::string& config, const std::map<std::string, std::string>& kept) {
  const auto rules =
      parse_rules({"routes.json", R"({"routes": [{"match": "a.io", "helper": ["x", "y"]},
                                                    {"match": "*", "helper": ["s", "y"]}]})"});
  const ConfigChange change = give_back(parse(config), rules, kept);
  std::string words = change.creds_store.value_or("-");
  for (const auto& [key, helper] : change.cred_helpers)
    words += " " + key + "=" + helper.value_or("-");
  return words;
}

}  // namespace

TEST_CASE("credsStore and the lines of credHelpers become rules") {
  CHECK(taken(R"({"credsStore": "s", "credHelpers": {"a.io": "x", "localhost:5000": "y"}})") ==
        "a.io=x localhost:5000=y *=s | credsStore a.io localhost:5000");
  CHECK(taken(R"({"credHelpers": {"https://index.docker.io/v1/": "x", "docker.io": "x"}})") ==
        "docker.io=x | docker.io https://index.docker.io/v1/");
  CHECK(taken(R"({"credsStore": "s"})") == "*=s | credsStore");
  CHECK(taken("{}") == "|");
}

TEST_CASE("a line stays where its host has another name, and what is no host") {
  CHECK(taken(R"({"credsStore": "s", "credHelpers": {"a.io": "x", "A.io": "y"}})") ==
        "*=s | credsStore");
  CHECK(taken(R"({"credsStore": "s", "credHelpers": {"a.io": "x"}})", {{"a.io:443"}}) ==
        "*=s | credsStore");
  CHECK(taken(R"({"credsStore": "s", "credHelpers": {"a.io": "x"}})", {{"https://bob@a.io"}}) ==
        "a.io=x *=s | credsStore a.io");
  CHECK(
      taken(
          R"({"credsStore": "s", "credHelpers": {"*.a.io": "x", "a b": "x", "b.io/team": "x", "https://c.io": "x", "docker.io": "x"}})") ==
      "*=s | credsStore");
  CHECK(taken(R"({"credsStore": "s", "credHelpers": {"a.io": "x", "b.io": ""}})", std::nullopt) ==
        "*=s | credsStore");
}

TEST_CASE("hosts of what mints tokens become its pattern only where nobody else is asked") {
  const std::string lines = R"("credHelpers": {"1.dkr.ecr.eu-west-1.amazonaws.com": "ecr-login",
                                              "2.dkr.ecr.eu-west-1.amazonaws.com": "ecr-login"}})";
  CHECK(taken("{" + lines).starts_with("*.dkr.ecr.*.amazonaws.com=ecr-login | "));
  CHECK(taken(R"({"credsStore": "s", )" + lines).starts_with("1.dkr.ecr.eu-west-1.amazonaws.com="));
  CHECK(taken(R"({"auths": {"3.dkr.ecr.eu-west-1.amazonaws.com": {"auth": "dTpw"}}, )" + lines)
            .starts_with("1.dkr.ecr.eu-west-1.amazonaws.com="));
}

TEST_CASE("what is given back goes to the helper that has the login") {
  const std::string config =
      R"({"credsStore": "route", "credHelpers": {"a.io": "route", "c.io": "z"}})";
  CHECK(given_back(config, {}) == "s a.io=x");
  CHECK(given_back(config, {{"a.io", "y"}, {"b.io", "y"}, {"d.io", "s"}}) == "s a.io=y b.io=y");
  CHECK(given_back(R"({"credsStore": "s"})", {{"b.io", "y"}}) == "-");
}
