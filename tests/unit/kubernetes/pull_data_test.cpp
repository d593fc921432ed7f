#include "kubernetes/pull_data.h"

#include "catch.h"
#include "credential/base64.h"
#include "support.h"

using namespace pullsecret;

namespace {

PullData read_data(const std::string& data) {
  return read_pull_data(SecretType::dockerconfigjson, data);
}

std::vector<std::string> keys(const PullData& data) {
  std::vector<std::string> keys;
  for (const PullEntry& entry : data.entries)
    keys.push_back(entry.key);
  return keys;
}

std::string refusal_of_data(const std::string& data) {
  const PullData pull_data = read_data(data);
  return pull_data.refusal ? pull_data.refusal->what() : "";
}

using Keys = std::vector<std::string>;

}  // namespace

TEST_CASE("an entry is read exactly as the kubelet reads it") {
  for (const auto& row : test_data("auth-entries.json")) {
    CAPTURE(row["case"]);
    const nlohmann::json data = {
        {"auths", {{"good.io", {{"auth", "dTpw"}}}, {"x.io", row["entry"]}}}};
    const PullData pull_data = read_data(data.dump());
    const auto& kubelet = row["kubelet"];
    CHECK(pull_data.refusal.has_value() == kubelet.contains("secret_rejected"));
    REQUIRE(keys(pull_data) == Keys{"good.io", "x.io"});
    const PullEntry& entry = pull_data.entries[1];
    CHECK(entry.defect.has_value() == kubelet.contains("secret_rejected"));
    if (entry.defect) continue;
    CHECK(entry.credential.username == kubelet["username"].get<std::string>());
    CHECK(encode_base64(entry.credential.password) ==
          kubelet["password_base64"].get<std::string>());
    CHECK(entry.credential.identity_token == row["docker"].value("identitytoken", ""));
  }
}

TEST_CASE("both types hold the same entries") {
  const PullData data = read_pull_data(SecretType::dockercfg, R"({"a.io":{"auth":"dTpw"}})");
  REQUIRE(keys(data) == Keys{"a.io"});
  CHECK(data.entries[0].credential.password == "p");
  CHECK(keys(read_data(R"({"a.io":{"auth":"dTpw"}})")).empty());
}

TEST_CASE("the last of a repeated key counts, repeated auths add up") {
  const PullData data = read_data(
      R"({"auths":{"a.io":{"username":"1"},"b.io":{}},"AUTHS":{"c.io":{},"a.io":{"password":"2"}}})");
  CHECK(keys(data) == Keys{"a.io", "b.io", "c.io"});
  CHECK(data.repeated_keys == Keys{"a.io"});
  CHECK(data.entries[0].credential.username.empty());
  CHECK(data.entries[0].credential.password == "2");
  CHECK(keys(read_data(R"({"auths":{"a.io":{}},"auths":null,"auths":{"b.io":null}})")) ==
        Keys{"b.io"});
}

TEST_CASE("null leaves a field as it is") {
  const PullData data =
      read_data(R"({"auths":{"a.io":{"username":"u","username":null,"password":null}}})");
  CHECK_FALSE(data.refusal);
  CHECK(data.entries[0].credential.username == "u");
}

TEST_CASE("what makes the kubelet refuse all, with its place") {
  const auto [data, words] = GENERATE(table<std::string, std::string>({
      {" ", ".dockerconfigjson: nothing but white space, which is no JSON"},
      {"{} x", ".dockerconfigjson:1:4: text behind the JSON value"},
      {"nullx", ".dockerconfigjson:1:5: text behind the JSON value"},
      {"[]", ".dockerconfigjson:1:1: the data must be an object"},
      {"{",
       ".dockerconfigjson:1:2: the text ends too early: a quote, bracket or brace is not "
       "closed"},
      {"{\"auths\":\n[]}", ".dockerconfigjson:2:1: auths must be an object"},
      {R"({"HttpHeaders":{"a":1}})", ".dockerconfigjson:1:21: HttpHeaders.a must be a string"},
      {R"({"auths":{"a.io":"x"}})", ".dockerconfigjson:1:18: an entry must be an object"},
      {R"({"auths":{"a.io":{"email":1}}})", ".dockerconfigjson:1:27: email must be a string"},
      {R"({"auths":{"a.io":{"auth":"x"}}})",
       ".dockerconfigjson:1:18: the \"auth\" of a.io is not base64"},
      {R"({"auths":{"a.io":{"auth":"eA=="}}})",
       ".dockerconfigjson:1:18: the \"auth\" of a.io holds no colon"},
      {R"({"auths":{"a.io":{"auth":"dTpw "}}})",
       ".dockerconfigjson:1:18: the \"auth\" of a.io is not base64"},
  }));
  CAPTURE(data);
  CHECK(refusal_of_data(data) == words);
}

TEST_CASE("what the kubelet does not look at does not count") {
  const std::string data = GENERATE("null", "{}", R"({"auths":null})", R"({"HttpHeaders":null})",
                                    R"({"auths":{"a.io":{"identitytoken":5,"x":[]}}})");
  CAPTURE(data);
  CHECK(refusal_of_data(data).empty());
}

TEST_CASE("one bad entry refuses all, and the others are shown") {
  const PullData data = read_data(R"({"auths":{"a.io":{"auth":"x"},"b.io":{"auth":"dTpw"}}})");
  CHECK(data.refusal);
  CHECK(data.entries[0].defect);
  CHECK_FALSE(data.entries[1].defect);
  CHECK(data.entries[1].credential.username == "u");
}

TEST_CASE("a named store is told") {
  CHECK(read_data(R"({"credsStore":"pass"})").names_store);
  CHECK(read_data(R"({"credHelpers":{}})").names_store);
  CHECK_FALSE(read_data(R"({"auths":{}})").names_store);
}

TEST_CASE("the number of entries is bounded") {
  std::string entries;
  for (std::size_t i = 0; i <= max_pull_entries; ++i)
    entries += (i == 0 ? "\"" : ",\"") + std::to_string(i) + "\":{}";
  CHECK_THROWS_WITH(read_data(R"({"auths":{)" + entries + "}}"),
                    "more than 10000 entries in a Secret");
}

TEST_CASE("a key that is repeated often is named once") {
  const PullData data = read_data(R"({"auths":{"":{},"":{},"a":{},"":{},"":{"username":"u"}}})");
  CHECK(data.repeated_keys == std::vector<std::string>{""});
  CHECK(data.entries.at(0).credential.username == "u");
}
