#include "operations/secrets_there.h"

#include <algorithm>
#include <map>
#include <utility>

#include <fmt/format.h>

#include "credential/registry.h"
#include "kubernetes/find_pull_data.h"
#include "kubernetes/keyring.h"
#include "kubernetes/name_rules.h"
#include "kubernetes/pull_data.h"
#include "kubernetes/secret_manifest.h"
#include "operations/inputs.h"
#include "system/text.h"

namespace pullsecret {
namespace {

std::string keys_in_words(const std::vector<std::string>& keys) {
  std::vector<std::string> words;
  words.reserve(keys.size());
  for (const std::string& key : keys)
    words.push_back(key_in_words(key));
  return join(words, ", ");
}

std::vector<SecretManifest> pull_secrets(const JsonText& source, KeepObjects keep,
                                         Notices& notices) {
  auto [secrets, skipped] = read_manifests(source, keep);
  const std::size_t all = secrets.size() + skipped.size();
  std::erase_if(secrets, [](const SecretManifest& secret) { return !is_pull_secret(secret); });
  if (secrets.empty())
    throw Error(source.file, "no pull secret",
                "kubectl get secret NAME -o yaml; kubectl get secrets lists the names");
  if (const std::size_t others = all - secrets.size(); others > 0)
    notices.push_back({Severity::note,
                       {source.file, fmt::format("skipped {} {}, which {} no pull secret", others,
                                                 others == 1 ? "object" : "objects",
                                                 others == 1 ? "is" : "are")}});
  return secrets;
}

// ---- In the place of a config

PullData entries_of(const SecretManifest& secret) {
  return with_place(name_in_words(secret), [&] {
    const auto [place, data] = taken_data(secret);
    PullData pull_data = read_pull_data(place.type, data);
    if (pull_data.refusal)
      throw Error("", fmt::format("the kubelet refuses it: {}", pull_data.refusal->what()),
                  pull_data.refusal->hint());
    return pull_data;
  });
}

Config config_of(const std::vector<SecretManifest>& secrets, std::string file) {
  struct Known {
    const SecretManifest* secret;
    Credential credential;
  };
  std::map<std::string, Known> known;  // by what is one key to the kubelet
  Config config{.file = std::move(file)};
  for (const SecretManifest& secret : secrets) {
    for (auto& [key, credential, beside_auth, defect] : entries_of(secret).entries) {
      const std::string mended = kubelet_registry_key(key);
      const auto [first, is_new] =
          known.try_emplace(filed_key(mended).value_or(mended), Known{&secret, credential});
      if (!is_new && first->second.secret != &secret &&
          !is_same_login(first->second.credential, credential))
        throw Error(config.file,
                    fmt::format("{} and {} have different credentials for {}",
                                name_in_words(*first->second.secret), name_in_words(secret),
                                key_in_words(key)),
                    "give one of the two");
      config.auths.add({.key = key, .credential = std::move(credential)});
    }
  }
  return config;
}

// ---- Changes

Notice notice_of_changes(const std::string& name, const ChangedSecret& changed) {
  std::vector<std::string> parts;
  for (const auto& [word, keys] : {std::pair{"added", &changed.added},
                                   {"replaced", &changed.replaced},
                                   {"removed", &changed.removed},
                                   {"left alone", &changed.left_alone}})
    if (!keys->empty()) parts.push_back(fmt::format("{} {}", word, keys_in_words(*keys)));
  return {Severity::note, {name, join(parts, "; ")}};
}

bool is_immutable(const nlohmann::json& object) {
  const auto found = object.find("immutable");
  return found != object.end() && *found == true;
}

std::string wanted_in_words(const EntryChanges& changes) {
  std::vector<std::string> keys = changes.removed;
  for (const auto& [key, credential] : changes.put)
    keys.push_back(key);
  return keys_in_words(keys);
}

}  // namespace

WithNotices<ConfigOrSecrets> config_or_secrets(const std::optional<std::string>& named) {
  if (!named) {
    auto [loaded, notices] = config_to_use(named);
    return {{std::move(loaded)}, std::move(notices)};
  }
  ConfigLocation location = find_config(named);
  JsonText text = read_config_text(location);
  if (!is_manifest(text.text)) return {{loaded_config(location, std::move(text))}};
  WithNotices<ConfigOrSecrets> found{{.loaded = {.json = {text.file, "{}\n"}}}};
  const std::vector<SecretManifest> secrets = pull_secrets(text, KeepObjects::no, found.notices);
  found.value.loaded.config = config_of(secrets, text.file);
  if (secrets.size() == 1 && !secrets.front().name.empty())
    found.value.secret_name = secrets.front().name;
  if (found.value.secret_name)
    with_place(text.file, [&] { check_secret_name(*found.value.secret_name); });
  return found;
}

WithNotices<std::vector<nlohmann::json>> changed_secrets(const JsonText& source,
                                                         const EntryChanges& changes) {
  WithNotices<std::vector<nlohmann::json>> result;
  const std::vector<SecretManifest> secrets =
      pull_secrets(source, KeepObjects::yes, result.notices);
  const bool is_alone = secrets.size() == 1 && !secrets.front().is_item;
  std::vector<std::string> without;
  for (const SecretManifest& secret : secrets)
    try {
      const std::string name = name_in_words(secret);
      auto changed = changed_secret(secret, changes, is_alone ? Missing::added : Missing::left_out);
      if (!changed) {
        without.push_back(name);
        continue;
      }
      result.notices.push_back(notice_of_changes(name, *changed));
      if (is_immutable(changed->object))
        result.notices.push_back({.text = {name, "it is immutable: the API server takes no change",
                                           "delete it, and make it anew"}});
      result.value.push_back(std::move(changed->object));
    } catch (const Error& error) {
      if (is_alone) throw;
      result.notices.push_back(
          {.text = {error.place(), "left alone: " + error.message(), error.hint()}});
    }
  if (result.value.empty())
    throw Error(is_alone ? name_in_words(secrets.front()) : source.file,
                fmt::format("{} for {}", is_alone ? "it has no entry" : "no Secret has an entry",
                            wanted_in_words(changes)),
                "pullsecret inspect shows what is there");
  constexpr std::size_t most_names = 10;
  if (!without.empty())
    result.notices.push_back(
        {Severity::note,
         {"left alone, without such an entry", without.size() > most_names
                                                   ? fmt::format("{} Secrets", without.size())
                                                   : join(without, ", ")}});
  return result;
}

}  // namespace pullsecret
