#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "kubernetes/documents.h"

namespace pullsecret {

/// A Secret as its manifest has it, of any type; texts are empty where the manifest has none.
struct SecretManifest {
  bool is_config_file = false;  ///< a Docker config file, taken as a Secret's data
  std::string name = {};        ///< empty for a Docker config file, and for `generateName`
  std::string name_space = {};
  bool is_made = false;  ///< a cluster has it
  std::string type = {};
  std::map<std::string, std::string> data = {};         ///< in base64
  std::map<std::string, std::string> string_data = {};  ///< counts before `data`
  /// Of these what is a number, or true or false, and so refused by the API server: `port`. It is
  /// among them as text.
  std::vector<std::string> not_texts = {};
  /// Why the API server takes no such Secret, by its names and labels.
  std::optional<Error> fault = std::nullopt;
  /// What is meant to be `data` or `stringData`, in another letter case, which nobody reads:
  /// `Data`.
  std::vector<std::string> miscased = {};
  /// Of the manifest as compact JSON, which client-side apply keeps, without what the cluster
  /// added; of a config file that of its base64.
  std::size_t size = 0;
  bool is_item = false;        ///< of a List
  nlohmann::json object = {};  ///< the whole manifest, where KeepObjects::yes
};

/// Whether manifests are kept whole, to be written again: booleans and numbers are then what
/// Kubernetes takes them for.
enum class KeepObjects { no, yes };

struct Manifests {
  std::vector<SecretManifest> secrets;
  std::vector<std::string> skipped;  ///< the kinds of what is no Secret, in their order
};

/// The Secrets in `documents`, Lists and SecretLists included. A Docker config file (JSON with no
/// `kind`) is taken as the data that a Secret would have: `config.json`, or the map that
/// `.dockercfg` is. `name_space` is that of Secrets that leave it open. Throws Error for what is no
/// Kubernetes object, and for a Secret with fields of the wrong type, but for not_texts of what is
/// not kept.
Manifests read_manifests(const Documents& documents, const std::string& name_space = {},
                         KeepObjects keep = KeepObjects::no);

/// The Docker config file that `source` is base64 of, as `kubectl get secret -o jsonpath` prints
/// it; nothing if it is not.
std::optional<JsonText> decoded_config(const JsonText& source);

/// Those of `source`, or of the config that it is base64 of. Throws Error also for what
/// read_documents() refuses.
Manifests read_manifests(const JsonText& source, KeepObjects keep = KeepObjects::no);

/// Whether that is a manifest, and no Docker config: JSON with a `kind`, or YAML with one.
bool is_manifest(const std::string& text);

/// Whether SOPS has encrypted the kind of an object, too.
bool is_any_encrypted(const std::vector<std::string>& kinds);

/// What messages call it: "Secret team/regcred".
std::string name_in_words(const SecretManifest& secret);

}  // namespace pullsecret
