#include "kubernetes/secret_manifest.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "credential/base64.h"
#include "credential/go_json_reader.h"
#include "credential/unfilled_template.h"
#include "kubernetes/object_faults.h"
#include "kubernetes/secret.h"
#include "system/error.h"
#include "system/text.h"

namespace pullsecret {
namespace {

using Tree = nlohmann::json;

// A manifest's member, null if it has none. Unlike in a Secret's data, letter case counts.
const Tree& member(const Tree& object, const char* name) {
  static const Tree absent;
  const auto found = object.find(name);
  return found == object.end() ? absent : *found;
}

// The size of what client-side apply would keep of an object: not its last copy, and no
// managedFields, which apply refuses.
std::size_t applied_size(Tree object) {
  if (const auto metadata = object.find("metadata");
      metadata != object.end() && metadata->is_object()) {
    metadata->erase("managedFields");
    if (const auto annotations = metadata->find("annotations");
        annotations != metadata->end() && annotations->is_object())
      annotations->erase(applied_annotation);
  }
  return object.dump(-1, ' ', false, Tree::error_handler_t::replace).size();
}

/// Reads the objects of one source.
class ManifestReader {
 public:
  ManifestReader(const std::string& file, const std::string& name_space, KeepObjects keep)
      : file_(file), name_space_(name_space), keep_(keep) {}

  Manifests take_manifests() { return std::move(manifests_); }

  // `kind` is what an object without one is, as the items of a SecretList are.
  void read_object(const Tree& object, std::string kind = {}, bool is_item = false) {
    if (!object.is_object()) throw Error(file_, "no Kubernetes object", hint);
    if (object.contains("kind")) kind = text(object, "kind", "an object");
    if (kind.empty()) throw Error(file_, "no Kubernetes object: it has no \"kind\"", hint);
    if (kind == "List" || kind == "SecretList")
      read_items(object, kind == "List" ? "" : "Secret");
    else if (kind != "Secret")
      manifests_.skipped.push_back(std::move(kind));
    else if (const std::string group = group_of(object); !group.empty())
      manifests_.skipped.push_back(fmt::format("{}.{}", kind, group));
    else
      read_secret(object, is_item);
  }

  void read_config_file(const Tree& config, std::string_view json) {
    const SecretTypeNames names = names_of(config_type(config));
    manifests_.secrets.push_back({.is_config_file = true,
                                  .type = std::string(names.type),
                                  .string_data = {{std::string(names.data_key), std::string(json)}},
                                  .size = (json.size() + 2) / 3 * 4});
  }

 private:
  static constexpr auto hint = "kubectl get secret NAME -o yaml";

  // Others have kinds of that name, too. An item of a SecretList may leave it to the list.
  static std::string group_of(const Tree& object) {
    const Tree& version = member(object, "apiVersion");
    if (!version.is_string()) return {};
    const auto& text = version.get_ref<const std::string&>();
    return text.substr(0, text.find('/') == std::string::npos ? 0 : text.find('/'));
  }

  void read_items(const Tree& list, const std::string& kind) {
    const Tree& items = member(list, "items");
    if (!items.is_array() && !items.is_null())
      throw Error(file_, "\"items\" of a List must be an array");
    for (const Tree& item : items)
      read_object(item, kind, /*is_item=*/true);
  }

  void read_secret(const Tree& object, bool is_item) {
    SecretManifest secret{.is_item = is_item};
    const Tree& metadata = member(object, "metadata");
    if (metadata.is_object()) {
      secret.name = loose_text(metadata, "name");
      secret.name_space = loose_text(metadata, "namespace");
      secret.fault = metadata_fault(metadata);
      secret.is_made = metadata.contains("uid");
    } else if (!metadata.is_null()) {
      throw Error(file_, "\"metadata\" of a Secret must be an object");
    }
    if (secret.name_space.empty()) secret.name_space = name_space_;
    const std::string name =
        secret.name.empty() ? "a Secret" : "Secret " + printable(secret.name, 300);
    secret.type = text(object, "type", name);
    secret.data = texts(object, "data", name, secret.not_texts);
    secret.string_data = texts(object, "stringData", name, secret.not_texts);
    for (const char* values : {"data", "stringData"})
      if (!secret.fault) secret.fault = data_key_fault(member(object, values));
    for (const auto& [key, value] : object.items())
      for (const std::string_view meant : {"data", "stringData"})
        if (key != meant && equal_ignoring_case(key, meant)) secret.miscased.push_back(key);
    secret.size = applied_size(object);
    if (keep_ == KeepObjects::yes) secret.object = object;
    manifests_.secrets.push_back(std::move(secret));
  }

  std::string text(const Tree& object, const char* name, std::string_view of) const {
    const Tree& value = member(object, name);
    if (value.is_null()) return {};
    if (!value.is_string())
      throw Error(file_, fmt::format("\"{}\" of {} must be a string", name, of));
    return value.get<std::string>();
  }

  // A Secret that nobody keeps, nor asks for, may be what it is.
  std::map<std::string, std::string> texts(const Tree& object, const char* name,
                                           std::string_view of,
                                           std::vector<std::string>& not_texts) const {
    std::map<std::string, std::string> found;
    const Tree& values = member(object, name);
    if (!values.is_object() && !values.is_null())
      throw Error(file_, fmt::format("\"{}\" of {} must be an object of strings", name, of));
    for (const auto& [key, value] : values.items()) {
      const bool is_text = value.is_string() || value.is_null();
      if (!is_text && (value.is_structured() || keep_ == KeepObjects::yes))
        throw Error(file_, fmt::format("\"{}\" of {} must be an object of strings", name, of));
      if (!is_text) not_texts.push_back(key);
      found[key] = value.is_null() ? "" : is_text ? value.get<std::string>() : value.dump();
    }
    return found;
  }

  SecretType config_type(const Tree& config) const {
    static constexpr std::array<std::string_view, 4> fields{"auths", "credsStore", "credHelpers",
                                                            "HttpHeaders"};
    bool is_map_of_objects = true;
    for (const auto& setting : config.items()) {
      if (std::any_of(fields.begin(), fields.end(), [&](std::string_view field) {
            return equal_ignoring_case(setting.key(), field);
          }))
        return SecretType::dockerconfigjson;
      is_map_of_objects &= setting.value().is_object();
    }
    if (!is_map_of_objects)
      throw Error(file_, "neither a Kubernetes object nor a Docker config file",
                  config.contains("sops") ? std::string(way_of_sops) : hint);
    return config.empty() ? SecretType::dockerconfigjson : SecretType::dockercfg;
  }

  const std::string &file_, &name_space_;
  KeepObjects keep_;
  Manifests manifests_;
};

bool is_config_file(const Document& document) {
  return !document.text.empty() && !document.tree.contains("kind") &&
         !document.tree.contains("apiVersion");
}

}  // namespace

std::optional<JsonText> decoded_config(const JsonText& source) {
  std::optional<std::string> decoded = decode_base64(trim(source.text));
  if (!decoded || !trim(*decoded).starts_with('{')) return std::nullopt;
  return JsonText{source.file + ", decoded", *std::move(decoded)};
}

Manifests read_manifests(const JsonText& source, KeepObjects keep) {
  if (const auto config = decoded_config(source)) return read_manifests(*config);
  const PlainScalars plain = keep == KeepObjects::yes ? PlainScalars::typed : PlainScalars::texts;
  return read_manifests(read_documents(source, plain), {}, keep);
}

Manifests read_manifests(const Documents& documents, const std::string& name_space,
                         KeepObjects keep) {
  ManifestReader reader(documents.file, name_space, keep);
  for (const Document& document : documents.values)
    if (is_config_file(document))
      reader.read_config_file(document.tree, document.text);
    else if (!document.tree.is_null())
      reader.read_object(document.tree);
  return reader.take_manifests();
}

bool is_manifest(const std::string& text) {
  const std::string_view trimmed = trim(text);
  const auto has_line = [&](std::string_view start) {
    return trimmed.starts_with(start) ||
           trimmed.find(fmt::format("\n{}", start)) != std::string::npos;
  };
  if (trimmed.starts_with("---")) return true;  // which no JSON begins with
  if (!trimmed.starts_with('{')) return has_line("kind:") || has_line("apiVersion:");
  const JsonText json{"", text};
  if (find_json_fault(json)) return false;
  const std::vector<JsonMember> members = members_of(first_value(json));
  return std::any_of(members.begin(), members.end(), [](const JsonMember& member) {
    return member.name == "kind" && kind_of(member.value) == JsonKind::string;
  });
}

bool is_any_encrypted(const std::vector<std::string>& kinds) {
  return std::any_of(kinds.begin(), kinds.end(),
                     [](const std::string& kind) { return kind.starts_with("ENC["); });
}

std::string name_in_words(const SecretManifest& secret) {
  if (secret.name.empty()) return "a Secret without a name";
  return fmt::format("Secret {}{}{}", printable(secret.name_space, 300),
                     secret.name_space.empty() ? "" : "/", printable(secret.name, 300));
}

}  // namespace pullsecret
