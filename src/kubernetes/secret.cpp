#include "kubernetes/secret.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <sodium.h>

#include "credential/base64.h"
#include "credential/basic_auth.h"
#include "credential/go_json_writer.h"
#include "credential/registry.h"
#include "kubernetes/yaml_writer.h"
#include "system/error.h"
#include "system/text.h"

namespace pullsecret {
namespace {

void add_unless_empty(JsonObjectWriter& object, std::string_view name, std::string_view text) {
  if (!text.empty()) object.add_string(name, text);
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

}  // namespace

SecretTypeNames names_of(SecretType type) {
  if (type == SecretType::dockercfg) return {"kubernetes.io/dockercfg", ".dockercfg"};
  return {"kubernetes.io/dockerconfigjson", ".dockerconfigjson"};
}

void check_secret_size(const std::string& data) {
  if (data.size() > max_secret_data)
    throw Error("",
                fmt::format("the credentials take {} bytes, and a Secret holds at most {}",
                            data.size(), max_secret_data),
                "put fewer registries into one Secret");
}

std::string pull_secret_entry(std::string_view key, const Credential& credential) {
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
  return entry.as_go();
}

std::string pull_secret_data(SecretType type,
                             const std::map<std::string, Credential>& credentials) {
  JsonObjectWriter entries, config;
  for (const auto& [key, credential] : credentials)
    entries.add_value(key, pull_secret_entry(key, credential));
  config.add_value("auths", entries.as_go());
  std::string data = type == SecretType::dockercfg ? entries.as_go() : config.as_go();
  check_secret_size(data);
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
  return format_yaml(manifest(secret));
}

std::string to_json(const Secret& secret) {
  return json_document(manifest(secret));
}

}  // namespace pullsecret
