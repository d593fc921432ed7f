#include "kubernetes/secret.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <sodium.h>
#include <yaml-cpp/yaml.h>

#include "credential/base64.h"
#include "credential/basic_auth.h"
#include "credential/go_json_writer.h"
#include "credential/registry.h"
#include "system/error.h"
#include "system/text.h"

namespace pullsecret {
namespace {

void add_unless_empty(JsonObjectWriter& object, std::string_view name, std::string_view text) {
  if (!text.empty()) object.add_string(name, text);
}

std::string entry_json(std::string_view key, const Credential& credential) {
  if (credential.username.find(':') != std::string::npos)
    throw Error(key_in_words(key), "the username holds a colon, where the kubelet would cut it",
                "log in with a username that has no colon");
  JsonObjectWriter entry;
  if (is_utf8(credential.username) && is_utf8(credential.password)) {
    add_unless_empty(entry, "username", credential.username);
    add_unless_empty(entry, "password", credential.password);
  }
  if (is_utf8(credential.email)) add_unless_empty(entry, "email", credential.email);
  entry.add_string("auth", encode_auth(credential.username, credential.password));
  return entry.text();
}

// The manifest as a tree, which to_json() and to_yaml() write out in the order it has.
nlohmann::ordered_json manifest(const Secret& secret) {
  const auto [type, data_key] = names_of(secret.type);
  std::map<std::string, std::string> annotations = secret.annotations;
  for (auto& [key, value] : annotations)
    value = replace_invalid_utf8(value);

  nlohmann::ordered_json metadata = {{"name", secret.name}};
  if (secret.name_space) metadata["namespace"] = *secret.name_space;
  if (!secret.labels.empty()) metadata["labels"] = secret.labels;
  if (!annotations.empty()) metadata["annotations"] = annotations;

  nlohmann::ordered_json tree = {{"apiVersion", "v1"}, {"kind", "Secret"}};
  tree["metadata"] = std::move(metadata);
  tree["type"] = type;
  if (secret.immutable) tree["immutable"] = true;
  tree["data"] = {{data_key, encode_base64(secret.data)}};
  return tree;
}

bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

bool is_plain_character(char c) {
  constexpr std::string_view others = "0123456789-._/+=";
  return is_letter(c) || others.find(c) != std::string_view::npos;
}

bool is_yaml_word(std::string_view text) {
  static constexpr std::array<std::string_view, 9> words{"y",   "n",    "yes",   "no",  "on",
                                                         "off", "true", "false", "null"};
  return std::any_of(words.begin(), words.end(),
                     [text](std::string_view word) { return equal_ignoring_case(text, word); });
}

// Whether YAML of every version, without quotes, reads `text` as a string and as nothing else.
bool is_plain(std::string_view text) {
  if (text == names_of(SecretType::dockerconfigjson).data_key ||
      text == names_of(SecretType::dockercfg).data_key)
    return true;
  return !text.empty() && is_letter(text.front()) &&
         std::all_of(text.begin(), text.end(), is_plain_character) && !is_yaml_word(text);
}

// What yaml-cpp leaves as it is between quotes, but YAML forbids (DEL) or YAML 1.1 reads as a line
// break (U+2028, U+2029).
bool needs_escapes(std::string_view text) {
  constexpr std::array<std::string_view, 3> characters{"\x7F", "\u2028", "\u2029"};
  return std::any_of(characters.begin(), characters.end(), [text](std::string_view character) {
    return text.find(character) != std::string_view::npos;
  });
}

void write_string(YAML::Emitter& out, const std::string& text) {
  if (!is_plain(text)) out << YAML::DoubleQuoted;
  if (needs_escapes(text)) out << YAML::EscapeNonAscii;
  out << text;
}

void write_yaml(YAML::Emitter& out, const nlohmann::ordered_json& node) {
  if (node.is_boolean()) {
    out << node.get<bool>();
  } else if (node.is_string()) {
    write_string(out, node.get_ref<const std::string&>());
  } else {
    out << YAML::BeginMap;
    for (const auto& [key, value] : node.items()) {
      out << YAML::Key;
      write_string(out, key);
      out << YAML::Value;
      write_yaml(out, value);
    }
    out << YAML::EndMap;
  }
}

}  // namespace

SecretTypeNames names_of(SecretType type) {
  if (type == SecretType::dockercfg) return {"kubernetes.io/dockercfg", ".dockercfg"};
  return {"kubernetes.io/dockerconfigjson", ".dockerconfigjson"};
}

std::string pull_secret_data(SecretType type,
                             const std::map<std::string, Credential>& credentials) {
  JsonObjectWriter entries, config;
  for (const auto& [key, credential] : credentials)
    entries.add_value(key, entry_json(key, credential));
  config.add_value("auths", entries.text());
  std::string data = type == SecretType::dockercfg ? entries.text() : config.text();
  if (data.size() > max_secret_data)
    throw Error("",
                fmt::format("the credentials take {} bytes, and a Secret holds at most {}",
                            data.size(), max_secret_data),
                "put fewer registries into one Secret");
  return data;
}

std::string hash_suffix(const Secret& secret) {
  const auto [type, data_key] = names_of(secret.type);
  nlohmann::json hashed = {{"kind", "Secret"},
                           {"name", secret.name},
                           {"type", type},
                           {"data", {{data_key, encode_base64(secret.data)}}}};
  if (secret.immutable) hashed["immutable"] = true;
  const std::string json = hashed.dump();
  std::array<std::uint8_t, crypto_hash_sha256_BYTES> hash{};
  crypto_hash_sha256(hash.data(), reinterpret_cast<const unsigned char*>(json.data()), json.size());
  // Hexadecimal digits, of which some are replaced so that no word comes about.
  constexpr std::string_view suffix_letters = "gh2k456789mbcdtf";
  std::string suffix = "-";
  for (std::size_t i = 0; i < 5; ++i) {
    suffix += suffix_letters[hash.at(i) >> 4U];
    suffix += suffix_letters[hash.at(i) & 0xFU];
  }
  return suffix;
}

std::string to_yaml(const Secret& secret) {
  YAML::Emitter out;
  write_yaml(out, manifest(secret));
  return std::string(out.c_str(), out.size()) + '\n';
}

std::string to_json(const Secret& secret) {
  return manifest(secret).dump(4) + '\n';
}

}  // namespace pullsecret
