#include "kubernetes/provider_config.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <initializer_list>
#include <iterator>
#include <set>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "credential/go_duration.h"
#include "credential/go_json_reader.h"
#include "kubernetes/documents.h"
#include "kubernetes/match_images.h"
#include "kubernetes/name_rules.h"
#include "kubernetes/provider_request.h"
#include "system/error.h"
#include "system/text.h"

namespace pullsecret {
namespace {

using Tree = nlohmann::json;
using Names = std::initializer_list<std::string_view>;

// In the order of TokenAttributes::Cache.
constexpr std::array cache_types{std::string_view("Token"), std::string_view("ServiceAccount")};

// A name that is there twice in one object of the JSON.
std::optional<std::string> repeated_name(std::string_view json) {
  std::set<std::string> names;
  std::vector<std::string_view> inner;
  if (kind_of(json) == JsonKind::array) inner = elements_of(json);
  if (kind_of(json) == JsonKind::object)
    for (const JsonMember& member : members_of(json)) {
      if (!names.insert(member.name).second) return member.name;
      inner.push_back(member.value);
    }
  for (const std::string_view value : inner)
    if (auto name = repeated_name(value)) return name;
  return std::nullopt;
}

/// Reads the configs of one file or several.
class ProviderConfigReader {
 public:
  /// Reads one more.
  void add(const JsonText& source) {
    file_ = source.file;
    const std::vector<Document> documents = read_documents(source, PlainScalars::typed).values;
    if (documents.empty()) throw error("it is empty");
    const Document& document = documents.front();
    if (has_more_than_first(documents)) {
      if (!document.text.empty()) throw error("kubelets do not start with text behind its JSON");
      config_.partly_read.push_back(file_);
    }
    if (const auto name = document.text.empty() ? document.repeated : repeated_name(document.text))
      throw error(fmt::format("\"{}\" is there twice", printable(*name, 60)));
    add(document.tree);
  }

  ProviderConfig take(const std::string& name) {
    if (config_.providers.empty()) throw Error(name, "it has no providers");
    return std::move(config_);
  }

 private:
  void add(const Tree& tree) {
    if (!tree.is_object()) throw error("no CredentialProviderConfig, which is an object");
    const bool is_newest = check_kind(tree);
    refuse_unknown(tree, {"apiVersion", "kind", "providers"}, "");
    const Tree& providers = list(tree, "providers", "the config");
    for (std::size_t i = 0; i < providers.size(); ++i)
      config_.providers.push_back(read_provider(providers[i], i, is_newest));
  }

  Error error(const std::string& message, const std::string& hint = {}) const {
    return {file_, message, hint};
  }

  // Whether it is of the version that has all fields.
  bool check_kind(const Tree& tree) const {
    const std::string kind = text(tree, "kind", "the config");
    const std::string version = text(tree, "apiVersion", "the config");
    if (kind != "CredentialProviderConfig")
      throw error(kind.empty() ? "no CredentialProviderConfig: it has no kind"
                               : fmt::format("it is a {}, and no CredentialProviderConfig",
                                             printable(kind, 60)));
    if (!is_one_of(version, {"kubelet.config.k8s.io/v1", "kubelet.config.k8s.io/v1beta1",
                             "kubelet.config.k8s.io/v1alpha1"}))
      throw error(fmt::format("its apiVersion is \"{}\"", printable(version, 60)),
                  "apiVersion: kubelet.config.k8s.io/v1");
    return version == "kubelet.config.k8s.io/v1";
  }

  void refuse_unknown(const Tree& object, Names known, const std::string& path) const {
    for (const auto& [name, value] : object.items())
      if (!is_one_of(name, known))
        throw error(fmt::format("kubelets do not start with a field that they do not know: {}{}",
                                path, printable(name, 60)));
  }

  // A member that is there, and not null.
  static const Tree* find(const Tree& object, std::string_view name) {
    const auto found = object.find(std::string(name));
    return found == object.end() || found->is_null() ? nullptr : &*found;
  }

  std::string string_in(const Tree& value, std::string_view name, const std::string& of) const {
    if (!value.is_string())
      throw error(fmt::format("{} of {} must be a string", name, of),
                  value.is_primitive() && !value.is_null() ? "put it in quotes" : "");
    return value.get<std::string>();
  }

  std::string text(const Tree& object, std::string_view name, const std::string& of) const {
    const Tree* value = find(object, name);
    return value == nullptr ? "" : string_in(*value, name, of);
  }

  const Tree& list(const Tree& object, std::string_view name, const std::string& of) const {
    static const Tree none = Tree::array();
    const Tree* value = find(object, name);
    if (value == nullptr) return none;
    if (!value->is_array()) throw error(fmt::format("{} of {} must be a list", name, of));
    return *value;
  }

  std::vector<std::string> texts(const Tree& object, std::string_view name,
                                 const std::string& of) const {
    const Tree& values = list(object, name, of);
    std::vector<std::string> found;
    found.reserve(values.size());
    for (const Tree& value : values)
      found.push_back(string_in(value, name, of));
    return found;
  }

  CredentialProvider read_provider(const Tree& tree, std::size_t position, bool is_newest) {
    const std::string path = fmt::format("providers[{}]", position);
    if (!tree.is_object()) throw error(path + " must be an object");
    if (!is_newest && tree.contains("tokenAttributes"))
      throw error(fmt::format("{}.tokenAttributes needs a config of the newest version", path),
                  "apiVersion: kubelet.config.k8s.io/v1");
    refuse_unknown(tree,
                   {"name", "matchImages", "defaultCacheDuration", "apiVersion", "args", "env",
                    "tokenAttributes"},
                   path + ".");
    CredentialProvider provider{.name = text(tree, "name", path),
                                .match_images = texts(tree, "matchImages", path),
                                .api_version = text(tree, "apiVersion", path),
                                .args = texts(tree, "args", path)};
    check_name(provider.name, path);
    const std::string of = fmt::format("provider {}", printable(provider.name, 60));
    check_api(provider.api_version, of);
    check_patterns(provider.match_images, of);
    provider.default_cache_duration = duration(tree, of);
    provider.env = read_env(tree, path, of);
    if (const Tree* attributes = find(tree, "tokenAttributes"))
      provider.token =
          token_attributes(*attributes, provider.api_version, path + ".tokenAttributes.", of);
    return provider;
  }

  void check_name(const std::string& name, const std::string& path) {
    if (name.empty()) throw error(path + " has no name");
    if (!is_provider_name(name))
      throw error(
          fmt::format("\"{}\", the name of {}, is no name of a program: it has no slash and "
                      "no space, and is not . or ..",
                      printable(name, 60), path));
    if (!names_.insert(name).second)
      throw error(fmt::format("two providers are named {}", printable(name, 60)));
  }

  void check_api(const std::string& version, const std::string& of) const {
    if (is_provider_api_version(version)) return;
    throw error(version.empty()
                    ? of + " has no apiVersion"
                    : fmt::format("{} has the apiVersion \"{}\"", of, printable(version, 60)),
                fmt::format("apiVersion: {}", newest_provider_api));
  }

  void check_patterns(const std::vector<std::string>& patterns, const std::string& of) const {
    if (patterns.empty()) throw error(of + " has no matchImages");
    for (const std::string& pattern : patterns)
      if (!is_match_pattern(pattern))
        throw error(fmt::format("\"{}\" in matchImages of {} is no HOST[:PORT][/PATH]",
                                printable(pattern, 100), of));
  }

  std::chrono::nanoseconds duration(const Tree& tree, const std::string& of) const {
    constexpr auto example = "defaultCacheDuration: \"10m\"";
    const Tree* value = find(tree, "defaultCacheDuration");
    if (value == nullptr) throw error(of + " has no defaultCacheDuration", example);
    const auto duration =
        value->is_string() ? parse_go_duration(value->get_ref<const std::string&>()) : std::nullopt;
    if (!duration || *duration < std::chrono::nanoseconds(0))
      throw error(
          fmt::format("defaultCacheDuration of {} is no duration from 0s on, as a string", of),
          example);
    return *duration;
  }

  std::vector<std::pair<std::string, std::string>> read_env(const Tree& tree,
                                                            const std::string& path,
                                                            const std::string& of) {
    std::vector<std::pair<std::string, std::string>> env;
    for (const Tree& variable : list(tree, "env", of)) {
      if (!variable.is_object()) throw error(fmt::format("env of {} must hold objects", of));
      refuse_unknown(variable, {"name", "value"}, path + ".env.");
      env.emplace_back(text(variable, "name", "env of " + of),
                       text(variable, "value", "env of " + of));
    }
    return env;
  }

  TokenAttributes token_attributes(const Tree& tree, const std::string& api,
                                   const std::string& path, const std::string& of) const {
    const std::string name = "tokenAttributes of " + of;
    if (!tree.is_object()) throw error(name + " must be an object");
    refuse_unknown(tree,
                   {"serviceAccountTokenAudience", "cacheType", "requireServiceAccount",
                    "requiredServiceAccountAnnotationKeys", "optionalServiceAccountAnnotationKeys"},
                   path);
    TokenAttributes attributes{
        .audience = text(tree, "serviceAccountTokenAudience", name),
        .required_annotations = annotations(tree, "requiredServiceAccountAnnotationKeys", name),
        .optional_annotations = annotations(tree, "optionalServiceAccountAnnotationKeys", name)};
    if (attributes.audience.empty()) throw error(name + " has no serviceAccountTokenAudience");
    attributes.cache = cache_type(tree, name);
    const Tree* is_required = find(tree, "requireServiceAccount");
    if (is_required == nullptr || !is_required->is_boolean())
      throw error(name + " must say requireServiceAccount: true or false");
    attributes.requires_service_account = is_required->get<bool>();
    if (!attributes.requires_service_account && !attributes.required_annotations.empty())
      throw error(name +
                      " has requiredServiceAccountAnnotationKeys, and does not require a "
                      "ServiceAccount",
                  "requireServiceAccount: true");
    if (const auto key = annotation_in_both(attributes))
      throw error(fmt::format("{} has {} as a required and as an optional annotation", name, *key));
    if (api != newest_provider_api)
      throw error(fmt::format("{} need the apiVersion {}", name, newest_provider_api));
    return attributes;
  }

  TokenAttributes::Cache cache_type(const Tree& tree, const std::string& name) const {
    const std::string type = text(tree, "cacheType", name);
    const auto* const known = std::find(cache_types.begin(), cache_types.end(), type);
    if (known == cache_types.end())
      throw error(type.empty()
                      ? name + " has no cacheType"
                      : fmt::format("{} has the cacheType \"{}\"", name, printable(type, 60)),
                  "cacheType: Token, or ServiceAccount");
    return static_cast<TokenAttributes::Cache>(known - cache_types.begin());
  }

  // Their rule is that of annotations, in any letter case.
  std::vector<std::string> annotations(const Tree& tree, std::string_view field,
                                       const std::string& name) const {
    std::vector<std::string> keys = texts(tree, field, name);
    std::set<std::string> known;
    for (const std::string& key : keys) {
      try {
        check_annotation_key(key);
      } catch (const Error& refusal) {
        throw error(fmt::format("{} of {}: {}", field, name, refusal.message()));
      }
      if (!known.insert(key).second)
        throw error(fmt::format("{} of {} has {} twice", field, name, key));
    }
    return keys;
  }

  std::string file_;
  ProviderConfig config_;
  std::set<std::string> names_;
};

}  // namespace

std::string_view in_words(TokenAttributes::Cache cache) {
  return cache_types.at(static_cast<std::size_t>(cache));
}

std::optional<std::string> annotation_in_both(const TokenAttributes& token) {
  const auto& required = token.required_annotations;
  const auto found =
      std::find_first_of(required.begin(), required.end(), token.optional_annotations.begin(),
                         token.optional_annotations.end());
  return found == required.end() ? std::nullopt : std::optional(*found);
}

bool is_provider_name(std::string_view name) {
  return !is_one_of(name, {"", ".", ".."}) && name.find_first_of("/ ") == std::string_view::npos;
}

ProviderConfig read_provider_config(const JsonText& source) {
  return read_provider_configs(source.file, {source});
}

ProviderConfig read_provider_configs(const std::string& name, const std::vector<JsonText>& files) {
  ProviderConfigReader reader;
  for (const JsonText& file : files)
    reader.add(file);
  return reader.take(name);
}

}  // namespace pullsecret
