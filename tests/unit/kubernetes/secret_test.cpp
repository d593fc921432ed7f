#include "kubernetes/secret.h"

#include "catch.h"
#include "credential/base64.h"
#include "credential/basic_auth.h"
#include "kubernetes/documents.h"
#include "support.h"

using namespace pullsecret;

namespace {

Credential credential(std::string username, std::string password, std::string email = {}) {
  return {std::move(username), std::move(password), std::move(email), {}, {}};
}

Secret annotated(const std::string& value) {
  Secret secret;
  secret.name = "x";
  secret.annotations = {{"a", value}};
  secret.data = "{}";
  return secret;
}

// What a reader of YAML makes of a string that stands for the value of an annotation.
nlohmann::json tree_of(const std::string& yaml) {
  const JsonText source{"m.yaml", yaml};
  return read_documents(source).values.at(0).tree;
}
std::string read_back(const std::string& yaml) {
  return tree_of(yaml)["metadata"]["annotations"]["a"];
}

}  // namespace

TEST_CASE("data and hash of one entry are kubectl's") {
  for (const auto& row : test_data("kubectl-secrets.json")) {
    CAPTURE(row["server"], row["password"]);
    Secret secret;
    secret.name = "regcred";
    secret.data = pull_secret_data(
        SecretType::dockerconfigjson,
        {{row["server"], credential(row["username"], row["password"], row["email"])}});
    CHECK(secret.data == row["data"].get<std::string>());
    CHECK(hash_suffix(secret) == row["hash_suffix"].get<std::string>());
  }
}

TEST_CASE("type, immutable and name change the hash, labels do not") {
  Secret secret;
  secret.type = SecretType::dockercfg;
  secret.name = "x";
  secret.data = "{}";
  CHECK(hash_suffix(secret) == "-hcb46mktf8");
  secret.labels = {{"a", "b"}};
  secret.name_space = "n";
  CHECK(hash_suffix(secret) == "-hcb46mktf8");
  secret.immutable = true;
  CHECK(hash_suffix(secret) == "-8ghgc8752g");
  secret.name = "y";
  CHECK(hash_suffix(secret) != "-8ghgc8752g");
}

TEST_CASE("entries are sorted by key, and the legacy type has no auths") {
  const std::map<std::string, Credential> credentials{{"b", credential("u", "p")},
                                                      {"a", credential("u", "", "e@x")}};
  const std::string entries = R"({"a":{"username":"u","email":"e@x","auth":"dTo="},)"
                              R"("b":{"username":"u","password":"p","auth":"dTpw"}})";
  CHECK(pull_secret_data(SecretType::dockercfg, credentials) == entries);
  CHECK(pull_secret_data(SecretType::dockerconfigjson, credentials) ==
        R"({"auths":)" + entries + "}");
  CHECK(pull_secret_data(SecretType::dockerconfigjson, {}) == R"({"auths":{}})");
}

TEST_CASE("what is not UTF-8 stands in auth alone") {
  const auto [username, password] =
      GENERATE(table<std::string, std::string>({{"u\xFF", "p"}, {"u", "p\xFF"}}));
  const auto data = nlohmann::json::parse(
      pull_secret_data(SecretType::dockercfg, {{"k", credential(username, password, "e")}}));
  CHECK(data["k"] == nlohmann::json{{"auth", encode_auth(username, password)}, {"email", "e"}});
}

TEST_CASE("an email that is not UTF-8 is left out") {
  CHECK(pull_secret_data(SecretType::dockercfg, {{"k", credential("u", "p", "\xFF")}}) ==
        R"({"k":{"username":"u","password":"p","auth":"dTpw"}})");
}

TEST_CASE("a username with a colon is refused, without a word of the password") {
  const auto error = error_of([] {
    pull_secret_data(SecretType::dockercfg, {{"ghcr.io", credential("a:b", "hunter2")}});
  });
  REQUIRE(error);
  CHECK(error->place() == "ghcr.io");
  CHECK_THAT(error->message(), Catch::Contains("colon"));
  CHECK_THAT(error->what() + error->hint(), !Catch::Contains("hunter2"));
}

TEST_CASE("a Secret holds a mebibyte and no byte more") {
  const std::string frame = pull_secret_data(SecretType::dockercfg, {{"k", credential("u", "")}});
  // A key's length adds nothing but itself.
  const std::string key(max_secret_data - frame.size() + 1, 'k');
  CHECK(pull_secret_data(SecretType::dockercfg, {{key, credential("u", "")}}).size() ==
        max_secret_data);
  const auto error = error_of([&] {
    pull_secret_data(SecretType::dockercfg, {{key + "k", credential("u", "")}});
  });
  REQUIRE(error);
  CHECK_THAT(error->message(), Catch::Contains("1048577") && Catch::Contains("1048576"));
}

TEST_CASE("a manifest names only what is set") {
  Secret secret;
  secret.name = "regcred";
  secret.data = R"({"auths":{}})";
  CHECK(to_yaml(secret) ==
        "apiVersion: v1\n"
        "kind: Secret\n"
        "metadata:\n"
        "  name: regcred\n"
        "type: kubernetes.io/dockerconfigjson\n"
        "data:\n"
        "  .dockerconfigjson: eyJhdXRocyI6e319\n");
  CHECK(to_json(secret) ==
        "{\n"
        "    \"apiVersion\": \"v1\",\n"
        "    \"kind\": \"Secret\",\n"
        "    \"metadata\": {\n"
        "        \"name\": \"regcred\"\n"
        "    },\n"
        "    \"type\": \"kubernetes.io/dockerconfigjson\",\n"
        "    \"data\": {\n"
        "        \".dockerconfigjson\": \"eyJhdXRocyI6e319\"\n"
        "    }\n"
        "}\n");
}

TEST_CASE("a manifest has one order and quotes what YAML would misread") {
  Secret secret;
  secret.type = SecretType::dockercfg;
  secret.name = "1e3";
  secret.name_space = "on";
  secret.labels = {{"y", "0123"}, {"app.kubernetes.io/name", "web"}};
  secret.annotations = {{"note", "a: b\n"}, {"null", ""}};
  secret.immutable = true;
  secret.data = "{}";
  CHECK(to_yaml(secret) ==
        "apiVersion: v1\n"
        "kind: Secret\n"
        "metadata:\n"
        "  name: \"1e3\"\n"
        "  namespace: \"on\"\n"
        "  labels:\n"
        "    app.kubernetes.io/name: web\n"
        "    \"y\": \"0123\"\n"
        "  annotations:\n"
        "    note: \"a: b\\n\"\n"
        "    \"null\": \"\"\n"
        "type: kubernetes.io/dockercfg\n"
        "immutable: true\n"
        "data:\n"
        "  .dockercfg: e30=\n");
  const auto json = nlohmann::ordered_json::parse(to_json(secret));
  CHECK(json["immutable"] == true);
  CHECK(json["metadata"]["annotations"]["note"] == "a: b\n");
  CHECK(json["metadata"]["namespace"] == "on");
}

TEST_CASE("words and numbers of any YAML are quoted") {
  const std::string text =
      GENERATE("y", "N", "yes", "No", "ON", "off", "True", "FALSE", "null", "Null", "~", "", "0",
               "0x1F", "1e3", "1_000", "12:30", "2024-01-01", ".inf", ".NaN", ".5", "-1", "+1", "=",
               "<<", "-", "a b", "a:", "a#b", "!a", "*a", "&a", "ä", "a,b", "[a]", "{a}");
  CHECK_THAT(to_yaml(annotated(text)), Catch::Contains("a: \"" + text + "\"\n"));
}

TEST_CASE("what only looks like such a word is plain") {
  const std::string text =
      GENERATE("yes-no", "nullable", "e3", "nan", "a/b", "a.b_c-d", "kubernetes.io/x", "onn");
  CHECK_THAT(to_yaml(annotated(text)), Catch::Contains("a: " + text + "\n"));
}

TEST_CASE("any text is read back as it was, from printable YAML") {
  const std::string text =
      GENERATE("\n", "a\r\nb\t", "\x01\x1B\x1F\x7F", "\u0080\u0085\u009F\u00A0", "\uFEFF",
               "a\u2028\u2029", "jürgen 😀", "\"\\", " a ", "# a", "a: b", "---", "%",
               "\u0085\x7F é", "\u061C\u200E\u202A\u202E\u202C\u202C\u2066\u2069");
  const std::string yaml = to_yaml(annotated(text));
  CAPTURE(yaml);
  CHECK(read_back(yaml) == text);
  for (const std::string_view raw :
       // All of U+2000 to U+207F begin with one of the last two.
       {"\x7F", "\x1B", "\r", "\t", "\u0085", "\uFEFF", "\u061C", "\xE2\x80", "\xE2\x81"})
    CHECK(yaml.find(raw) == std::string::npos);
  CHECK(nlohmann::json::parse(to_json(annotated(text)))["metadata"]["annotations"]["a"] == text);
}

TEST_CASE("annotation bytes that are not UTF-8 become U+FFFD") {
  CHECK(read_back(to_yaml(annotated("a\xFF"))) == "a\uFFFD");
  CHECK_THAT(to_json(annotated("a\xFF")), Catch::Contains("\"a\uFFFD\""));
}

TEST_CASE("the largest data passes through both manifests") {
  Secret secret;
  secret.name = "x";
  secret.data = std::string(max_secret_data, '{');
  const std::string base64 = encode_base64(secret.data);
  CHECK(tree_of(to_yaml(secret))["data"][".dockerconfigjson"] == base64);
  CHECK(nlohmann::json::parse(to_json(secret))["data"][".dockerconfigjson"] == base64);
}
