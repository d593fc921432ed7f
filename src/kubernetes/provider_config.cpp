#include "kubernetes/provider_config.h"

#include <initializer_list>
#include <optional>
#include <set>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "credential/go_duration.h"
#include "kubernetes/documents.h"
#include "kubernetes/match_images.h"
#include "kubernetes/provider_request.h"
#include "system/error.h"
#include "system/text.h"

namespace pullsecret {
namespace {

using Tree = nlohmann::json;
using Names = std::initializer_list<std::string_view>;

/// Reads the config of one file.
class ProviderConfigReader {
 public:
  explicit ProviderConfigReader(std::string file) : file_(std::move(file)) {}

  ProviderConfig read(const Tree& tree) {
    if (!tree.is_object()) throw error("no CredentialProviderConfig, which is an object");
    note_unknown(tree, {"apiVersion", "kind", "providers"}, "");
    check_kind(tree);
    const Tree& providers = list(tree, "providers", "the config");
    if (providers.empty()) throw error("it has no providers");
    for (std::size_t i = 0; i < providers.size(); ++i)
      config_.providers.push_back(read_provider(providers[i], i));
    return std::move(config_);
  }

 private:
  Error error(const std::string& message, const std::string& hint = {}) const {
    return {file_, message, hint};
  }

  void check_kind(const Tree& tree) const {
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
  }

  void note_unknown(const Tree& object, Names known, const std::string& path) {
    for (const auto& [name, value] : object.items())
      if (!is_one_of(name, known)) config_.unknown_fields.push_back(path + printable(name, 60));
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

  CredentialProvider read_provider(const Tree& tree, std::size_t position) {
    const std::string path = fmt::format("providers[{}]", position);
    if (!tree.is_object()) throw error(path + " must be an object");
    note_unknown(tree,
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
    if (const Tree* attributes = find(tree, "tokenAttributes")) {
      check_token_attributes(*attributes, provider.api_version, path + ".tokenAttributes", of);
      provider.wants_service_account = true;
    }
    return provider;
  }

  void check_name(const std::string& name, const std::string& path) {
    if (name.empty()) throw error(path + " has no name");
    if (name == "." || name == ".." || name.find_first_of("/ ") != std::string::npos)
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
      note_unknown(variable, {"name", "value"}, path + ".env.");
      env.emplace_back(text(variable, "name", "env of " + of),
                       text(variable, "value", "env of " + of));
    }
    return env;
  }

  void check_token_attributes(const Tree& attributes, const std::string& api,
                              const std::string& path, const std::string& of) {
    const std::string name = "tokenAttributes of " + of;
    if (!attributes.is_object()) throw error(name + " must be an object");
    note_unknown(attributes,
                 {"serviceAccountTokenAudience", "cacheType", "requireServiceAccount",
                  "requiredServiceAccountAnnotationKeys", "optionalServiceAccountAnnotationKeys"},
                 path + ".");
    if (text(attributes, "serviceAccountTokenAudience", name).empty())
      throw error(name + " has no serviceAccountTokenAudience");
    const Tree* is_required = find(attributes, "requireServiceAccount");
    if (is_required == nullptr || !is_required->is_boolean())
      throw error(name + " must say requireServiceAccount: true or false");
    if (api != newest_provider_api)
      throw error(fmt::format("{} need the apiVersion {}", name, newest_provider_api));
  }

  std::string file_;
  ProviderConfig config_;
  std::set<std::string> names_;
};

}  // namespace

ProviderConfig read_provider_config(const JsonText& source) {
  const std::vector<Document> documents = read_documents(source, PlainScalars::typed).values;
  if (documents.empty()) throw Error(source.file, "it is empty");
  if (documents.size() > 1)
    throw Error(source.file, "more than one document, of which the kubelet reads the first");
  return ProviderConfigReader(source.file).read(documents.front().tree);
}

}  // namespace pullsecret
