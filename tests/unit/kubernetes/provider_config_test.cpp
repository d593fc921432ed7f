#include "kubernetes/provider_config.h"

#include "catch.h"
#include "kubernetes/provider_config_writer.h"
#include "support.h"
#include "system/text.h"

using namespace pullsecret;
using namespace std::chrono_literals;

namespace {

ProviderConfig read(const std::string& text) {
  return read_provider_config({"config.yaml", text});
}

std::string config_refusal(const std::string& text) {
  const auto error = error_of([&] { read(text); });
  REQUIRE(error);
  CHECK(error->place().starts_with("config.yaml"));
  return error->message();
}

const std::string head =
    "apiVersion: kubelet.config.k8s.io/v1\n"
    "kind: CredentialProviderConfig\n"
    "providers:\n";

const std::string ecr =
    "# of our cloud\n"
    "- name: ecr-credential-provider  # from its release\n"
    "  matchImages:\n"
    "  - '*.dkr.ecr.*.amazonaws.com'\n"
    "\n"
    "  # ECR's own\n"
    "  defaultCacheDuration: \"12h\"\n"
    "  apiVersion: credentialprovider.kubelet.k8s.io/v1\n"
    "  args: [get-credentials]\n"
    "  env:\n"
    "  - {name: AWS_PROFILE, value: node}\n";

const std::string gke =
    "# of theirs\n"
    "- name: auth-provider-gcp\n"
    "  apiVersion: credentialprovider.kubelet.k8s.io/v1\n"
    "  tokenAttributes:\n"
    "    serviceAccountTokenAudience: gcp\n"
    "    requireServiceAccount: true\n"
    "    cacheType: Token\n"
    "  matchImages: [gcr.io, \"*.gcr.io\"]\n"
    "  defaultCacheDuration: 1m\n"
    "# end\n";

// A provider that is all right but for `lines`.
std::string with(const std::string& lines) {
  return head +
         "- name: p\n  matchImages: [ghcr.io]\n  defaultCacheDuration: 1m\n"
         "  apiVersion: credentialprovider.kubelet.k8s.io/v1\n" +
         lines;
}

std::string without(const std::string& line) {
  std::string text = with("");
  const std::size_t at = text.find(line);
  REQUIRE(at != std::string::npos);
  return text.erase(at, line.size());
}

CredentialProvider own() {
  return {.name = "pullsecret",
          .match_images = {"docker.io", "*.example.com:5000"},
          .default_cache_duration = 10min,
          .api_version = std::string(newest_provider_api),
          .args = {"credential-provider"},
          .env = {{"HOME", "/root"}}};
}

const ProviderComments comments{{"made by pullsecret", "", "flags"}, {"linked"}};

std::string own_item(std::size_t columns, const std::string& comment = "linked") {
  std::string item, indent(columns, ' ');
  for (const std::string_view line :
       {"- name: pullsecret", comment.empty() ? "" : "  # linked",
        "  matchImages:", "    - docker.io", "    - \"*.example.com:5000\"",
        "  defaultCacheDuration: \"10m\"", "  apiVersion: credentialprovider.kubelet.k8s.io/v1",
        "  args:", "    - credential-provider", "  env:", "    - name: HOME",
        "      value: \"/root\""})
    if (!line.empty()) item += indent + std::string(line) + "\n";
  return item;
}

MergedConfig merged(const std::string& text, ProviderFormat format = ProviderFormat::yaml) {
  return merged_provider_config({"config.yaml", text}, own(), comments, format);
}

}  // namespace

TEST_CASE("a config of providers is read as the kubelet reads it") {
  const ProviderConfig config = read(head + ecr + gke);
  REQUIRE(config.providers.size() == 2);
  const CredentialProvider& first = config.providers[0];
  CHECK(first.name == "ecr-credential-provider");
  CHECK(first.match_images == std::vector<std::string>{"*.dkr.ecr.*.amazonaws.com"});
  CHECK(first.default_cache_duration == 12h);
  CHECK(first.api_version == newest_provider_api);
  CHECK(first.args == std::vector<std::string>{"get-credentials"});
  CHECK(first.env == std::vector<std::pair<std::string, std::string>>{{"AWS_PROFILE", "node"}});
  CHECK_FALSE(first.token);
  CHECK(config.providers[1].token == TokenAttributes{.audience = "gcp"});
}

TEST_CASE("of several documents the first is the config, as to the kubelet") {
  const ProviderConfig config = read("---\n" + head + ecr + "---\n" + head + gke);
  CHECK(config.providers.size() == 1);
  CHECK(config.partly_read.size() == 1);
  CHECK(read(head + ecr + "---\n").partly_read.empty());
  CHECK(error_of([] { merged(head + ecr + "---\n" + head + gke); })->message() ==
        "it has more than one document, of which the kubelet reads the first");
}

TEST_CASE("a config of providers may be JSON, and of an older version") {
  const auto version = GENERATE(as<std::string>(), "v1", "v1beta1", "v1alpha1");
  const ProviderConfig config =
      read(R"({"kind":"CredentialProviderConfig","apiVersion":"kubelet.config.k8s.io/)" + version +
           R"(","providers":[{"name":"p","matchImages":["ghcr.io"],"defaultCacheDuration":"0",)"
           R"("apiVersion":"credentialprovider.kubelet.k8s.io/)" +
           version + R"("}]})");
  CHECK(config.providers.front().default_cache_duration == 0s);
}

TEST_CASE("a config that the kubelet refuses is refused, with the reason") {
  const auto [text, message] = GENERATE(table<std::string, std::string>({
      {"", "it is empty"},
      {"---\n---\n" + head + ecr, "no CredentialProviderConfig, which is an object"},
      {"{}\n{}", "kubelets do not start with text behind its JSON"},
      {"[]", "no CredentialProviderConfig, which is an object"},
      {"kind: Secret\n", "it is a Secret, and no CredentialProviderConfig"},
      {"providers: []\n", "no CredentialProviderConfig: it has no kind"},
      {"kind: CredentialProviderConfig\napiVersion: v1\n", "its apiVersion is \"v1\""},
      {head, "it has no providers"},
      {head + "  a: b\n", "providers of the config must be a list"},
      {head + "- a\n", "providers[0] must be an object"},
      {head + "- args: []\n", "providers[0] has no name"},
      {head + "- name: 1\n", "name of providers[0] must be a string"},
      {head + "- name: a/b\n",
       "\"a/b\", the name of providers[0], is no name of a program: it has no slash and no space, "
       "and is not . or .."},
      {with("- name: p\n"), "two providers are named p"},
      {without("  apiVersion: credentialprovider.kubelet.k8s.io/v1\n"),
       "provider p has no apiVersion"},
      {head + "- name: p\n  apiVersion: v1\n", "provider p has the apiVersion \"v1\""},
      {without("  matchImages: [ghcr.io]\n"), "provider p has no matchImages"},
      {head + "- name: p\n  matchImages: ['a b']\n"
              "  apiVersion: credentialprovider.kubelet.k8s.io/v1\n",
       "\"a b\" in matchImages of provider p is no HOST[:PORT][/PATH]"},
      {without("  defaultCacheDuration: 1m\n"), "provider p has no defaultCacheDuration"},
      {with("  args: [1]\n"), "args of providers[0] must be a string"},
      {with("  args: yes\n"), "args of providers[0] must be a list"},
      {with("  env: [a]\n"), "env of provider p must hold objects"},
      {with("  env: [{name: A, value: true}]\n"), "value of env of provider p must be a string"},
      {with("  timeout: 1\n"),
       "kubelets do not start with a field that they do not know: providers[0].timeout"},
      {with("  env: [{name: A, valeu: hunter2}]\n"),
       "kubelets do not start with a field that they do not know: providers[0].env.valeu"},
      {with("  args: []\n  args: []\n"), "\"args\" is there twice"},
      {head + "- &p {name: p, args: []}\n- {<<: *p, name: q}\n", "\"name\" is there twice"},
      {R"({"kind":"CredentialProviderConfig","providers":[{"env":[{"name":"A","name":"B"}]}]})",
       "\"name\" is there twice"},
  }));
  CAPTURE(text);
  CHECK(config_refusal(text) == message);
}

TEST_CASE("what kubelets start with is taken, and nothing else") {
  const nlohmann::json data = test_data("kubelet-configs.json");
  const auto provider_with = [&](const nlohmann::json& patch) {
    nlohmann::json provider = data["provider"];
    provider.merge_patch(patch);
    return provider;
  };
  const auto config_with = [&](const nlohmann::json& patch, const nlohmann::json& providers) {
    nlohmann::json config = data["base"];
    config.merge_patch(patch);
    config["providers"] = providers;
    return JsonText{"config", config.dump()};
  };
  const nlohmann::json none = nlohmann::json::object();
  for (const nlohmann::json& row : data["configs"]) {
    INFO(row["case"]);
    std::vector<JsonText> files;
    if (row.contains("yaml")) {
      files.push_back({"config", row["yaml"]});
    } else if (row.contains("files")) {
      for (const nlohmann::json& patches : row["files"]) {
        nlohmann::json providers = nlohmann::json::array();
        for (const nlohmann::json& patch : patches)
          providers.push_back(provider_with(patch));
        files.push_back(config_with(none, providers));
      }
    } else {
      nlohmann::json providers{provider_with(row.value("provider", none))};
      if (row.contains("second")) providers.push_back(provider_with(row["second"]));
      files.push_back(config_with(row.value("config", none), providers));
    }
    const auto error = error_of([&] { read_provider_configs("config", files); });
    INFO((error ? error->what() : "taken"));
    CHECK(!error == row["taken"].get<bool>());
  }
}

TEST_CASE("a duration that the kubelet refuses is refused") {
  const auto duration = GENERATE(as<std::string>(), "0", "5", "12", "-1s", "1d", "'12'", "[]");
  std::string text = with("");
  text.replace(text.find("1m"), 2, duration);
  CHECK(config_refusal(text) ==
        "defaultCacheDuration of provider p is no duration from 0s on, as a string");
}

TEST_CASE("a new config says what the comments say, and reads as the provider") {
  const std::string text = new_provider_config(own(), comments, ProviderFormat::yaml);
  CHECK(text == "# made by pullsecret\n#\n# flags\n" + head + own_item(2));
  const std::string json = new_provider_config(own(), comments, ProviderFormat::json);
  for (const std::string& config : {text, json}) {
    const auto providers = read(config).providers;
    REQUIRE(providers.size() == 1);
    CHECK(providers[0].match_images == own().match_images);
    CHECK(providers[0].default_cache_duration == 10min);
    CHECK(providers[0].args == own().args);
    CHECK(providers[0].env == own().env);
  }
}

TEST_CASE("merging keeps the other providers byte for byte") {
  const std::size_t columns = GENERATE(0U, 2U);
  std::string others;
  for (const std::string& line : split(ecr + gke, '\n')) {
    others.append(line.empty() ? 0 : columns, ' ');
    others.append(line).append("\n");
  }
  others.pop_back();  // that of the empty piece behind the last line break
  const std::string text = "# ours\n" + head + others;
  const std::size_t end = text.rfind(std::string(columns, ' ') + "# end\n");
  const MergedConfig result = merged(text);
  CHECK(result.keeps_text);
  CHECK(result.text == text.substr(0, end) + own_item(columns) + text.substr(end));
  CHECK(merged(result.text).text == result.text);
}

TEST_CASE("merging replaces the provider of the same name, where it stands") {
  const std::string old =
      "- args: [old]\n  # a comment of old\n  name: pullsecret\n  matchImages: [quay.io]\n"
      "  defaultCacheDuration: 1m\n  apiVersion: credentialprovider.kubelet.k8s.io/v1beta1\n";
  for (const std::string& end : {gke, std::string("# end"), std::string()}) {
    const MergedConfig result = merged(join({head, ecr, old, end}, ""));
    CHECK(result.keeps_text);
    CHECK(result.text == join({head, ecr, own_item(0), end}, ""));
    CHECK(merged(result.text).text == result.text);
  }
  const MergedConfig result = merged(head + old + ecr);
  CHECK(result.text == head + own_item(0) + ecr);
}

TEST_CASE("a config without a last line break, or with those of Windows, is merged") {
  std::string text = head + ecr;
  text.pop_back();
  CHECK(merged(text).text == head + ecr + own_item(0));
  std::string windows;
  for (const char c : head + ecr)
    windows += c == '\n' ? "\r\n" : std::string(1, c);
  CHECK(merged(windows).keeps_text);
  CHECK(merged(windows).text == windows + own_item(0));
}

TEST_CASE("what is not in block style is merged value for value") {
  const auto text = GENERATE(
      as<std::string>(),
      "apiVersion: kubelet.config.k8s.io/v1\nkind: CredentialProviderConfig\n"
      "providers: [{name: p, matchImages: [gcr.io], defaultCacheDuration: 1m, apiVersion: "
      "credentialprovider.kubelet.k8s.io/v1, tokenAttributes: {serviceAccountTokenAudience: a, "
      "requireServiceAccount: false, cacheType: Token}}]\n",
      R"({"kind":"CredentialProviderConfig","apiVersion":"kubelet.config.k8s.io/v1",)"
      R"("providers":[{"name":"p","matchImages":["gcr.io"],"defaultCacheDuration":"1m",)"
      R"("apiVersion":"credentialprovider.kubelet.k8s.io/v1","tokenAttributes":)"
      R"({"serviceAccountTokenAudience":"a","requireServiceAccount":false,"cacheType":"Token"}}]})");
  const MergedConfig result = merged(text);
  CHECK_FALSE(result.keeps_text);
  CHECK(result.text ==
        "apiVersion: kubelet.config.k8s.io/v1\nkind: CredentialProviderConfig\nproviders:\n"
        "  - name: p\n    matchImages:\n      - gcr.io\n    defaultCacheDuration: \"1m\"\n"
        "    apiVersion: credentialprovider.kubelet.k8s.io/v1\n    tokenAttributes:\n"
        "      serviceAccountTokenAudience: a\n      cacheType: Token\n"
        "      requireServiceAccount: false\n" +
            own_item(2));
  CHECK(merged(result.text).text == result.text);

  const std::string json = merged(text, ProviderFormat::json).text;
  CHECK(merged(json, ProviderFormat::json).text == json);
  CHECK(read(json).providers.size() == 2);
  CHECK(nlohmann::json::parse(json)["providers"][0]["tokenAttributes"]["requireServiceAccount"] ==
        false);
}

TEST_CASE("what is kept value for value may be nothing, or look like another") {
  const std::string text =
      "apiVersion: kubelet.config.k8s.io/v1\nkind: CredentialProviderConfig\n"
      "providers: [{name: p, matchImages: [gcr.io], defaultCacheDuration: 1m, apiVersion: "
      "credentialprovider.kubelet.k8s.io/v1, env: ~, args: ['null', 'true', '1', '~', '']}]\n";
  const MergedConfig result = merged(text);
  CHECK(read(result.text).providers[0].args ==
        std::vector<std::string>{"null", "true", "1", "~", ""});
  CHECK(result.text.find("    env: null\n") != std::string::npos);
}

TEST_CASE("a provider that wants a token is written, and merged, with all of it") {
  CredentialProvider provider = own();
  provider.token = {.audience = "reg: a",
                    .cache = TokenAttributes::Cache::service_account,
                    .required_annotations = {"acme.example/role"},
                    .optional_annotations = {"acme.example/scope"}};
  const JsonText others{"config.yaml", head + ecr + gke};
  for (const ProviderFormat format : {ProviderFormat::yaml, ProviderFormat::json}) {
    const std::string text = new_provider_config(provider, comments, format);
    CHECK(read(text).providers.at(0).token == provider.token);
    const std::string merged = merged_provider_config(others, provider, comments, format).text;
    CHECK(read(merged).providers.at(1).token == TokenAttributes{.audience = "gcp"});
    CHECK(read(merged).providers.at(2).token == provider.token);
    CHECK(merged_provider_config({"", merged}, provider, comments, format).text == merged);
  }
}

TEST_CASE("a provider that wants a token is not merged into a config of an older version") {
  CredentialProvider provider = own();
  provider.token = {.audience = "reg"};
  const std::string text =
      "apiVersion: kubelet.config.k8s.io/v1beta1\nkind: CredentialProviderConfig\nproviders:\n";
  for (const std::string& others : {text + ecr, text}) {
    const auto error = error_of([&] {
      merged_provider_config({"config.yaml", others}, provider, comments, ProviderFormat::yaml);
    });
    REQUIRE(error);
    CHECK(error->hint().starts_with("write apiVersion: kubelet.config.k8s.io/v1 "));
  }
}

TEST_CASE("the files of a folder are read as one config") {
  const auto file = [](const std::string& name, const std::string& provider) {
    return JsonText{"d/" + name, head + provider};
  };
  const JsonText none = file("0.yaml", "");
  CHECK(read_provider_configs("d", {none, file("1.yaml", gke), file("2.yaml", ecr)})
            .providers.at(1)
            .name == "ecr-credential-provider");
  const auto refused = [](const std::vector<JsonText>& files) {
    return error_of([&] { read_provider_configs("d", files); }).value();
  };
  CHECK(refused({none, none}).what() == std::string("d: it has no providers"));
  CHECK(refused({file("1.yaml", ecr), file("2.yaml", ecr)}).what() ==
        std::string("d/2.yaml: two providers are named ecr-credential-provider"));
  CHECK(refused({file("1.yaml", ecr), file("2.yaml", "- name: p\n")}).place() == "d/2.yaml");
}

TEST_CASE("what only looks like a provider is none") {
  // In a text of several lines, which reads as one.
  const std::string text = head +
                           "- name: p\n  matchImages: [gcr.io]\n  defaultCacheDuration: 1m\n"
                           "  apiVersion: credentialprovider.kubelet.k8s.io/v1\n"
                           "  args: [\"a\n- name: pullsecret\n  b\"]\n";
  const MergedConfig result = merged(text);
  const auto providers = read(result.text).providers;
  REQUIRE(providers.size() == 2);
  CHECK(providers[0].args == std::vector<std::string>{"a - name: pullsecret b"});
  CHECK(providers[1].match_images == own().match_images);
}

TEST_CASE("a config without providers gets its first one") {
  for (const std::string& text : {head, head.substr(0, head.size() - 11), head + "  []\n"}) {
    CAPTURE(text);
    CHECK(merged(text).text == head + own_item(2));
  }
}

TEST_CASE("nothing is merged into what the kubelet refuses") {
  CHECK(error_of([] { merged(""); }));
  CHECK(error_of([] { merged("kind: Secret\n"); }));
  CHECK(error_of([] { merged(head + "- name: p\n"); }));
}
