#include "operations/secrets_there.h"

#include <algorithm>
#include <functional>
#include <map>
#include <memory>
#include <utility>

#include <fmt/format.h>

#include "credential/registry.h"
#include "credential/unfilled_template.h"
#include "kubernetes/documents.h"
#include "kubernetes/find_pull_data.h"
#include "kubernetes/inspect_secrets.h"
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
  constexpr auto hint = "kubectl get secret NAME -o yaml; kubectl get secrets lists the names";
  constexpr auto hint_for_change =
      "kubectl get secret NAME -o yaml; without --into a new Secret is made";
  auto [secrets, skipped] = read_manifests(source, keep);
  if (keep == KeepObjects::yes &&
      std::any_of(secrets.begin(), secrets.end(), std::mem_fn(&SecretManifest::is_config_file)))
    throw Error(source.file, "a Docker config file, and no Secret that could be changed",
                "pullsecret convert --config FILE");
  const std::size_t all = secrets.size() + skipped.size();
  std::erase_if(secrets, [](const SecretManifest& secret) { return !is_pull_secret(secret); });
  if (secrets.empty())
    throw Error(source.file, "no pull secret",
                std::string(is_any_encrypted(skipped)  ? way_of_sops
                            : keep == KeepObjects::yes ? hint_for_change
                                                       : hint));
  if (const std::size_t others = all - secrets.size(); others > 0)
    notices.push_back({Severity::note,
                       {source.file, fmt::format("skipped {} {}, which {} no pull secret", others,
                                                 others == 1 ? "object" : "objects",
                                                 others == 1 ? "is" : "are")}});
  return secrets;
}

// ---- In the place of a config

PullData entries_of(const SecretManifest& secret, bool has_others) try {
  auto [place, data, pull_data] = taken_data(secret);
  if (const auto remark = remark_on_data(pull_data, mistake_in(secret, place, data, pull_data)))
    throw Error("", remark->message, remark->hint);
  return pull_data;
} catch (const Error& error) {
  std::string hint = error.hint();
  if (has_others)
    hint += hint.empty() ? "leave it out: give the other Secrets alone"
                         : "; or leave it out: give the other Secrets alone";
  throw Error(name_in_words(secret), error.what(), std::move(hint));
}

// Docker cuts them, too, and the registry takes none.
void cut_nuls(std::string& text) {
  text.erase(text.find_last_not_of('\0') + 1);
}

/// An entry on its way into the config.
struct TakenEntry {
  const SecretManifest* secret;
  std::string registry;  // the same for all keys that are one to the kubelet
  AuthEntry entry;
};

std::vector<TakenEntry> taken_entries(const std::vector<SecretManifest>& secrets) {
  std::vector<TakenEntry> taken;
  for (const SecretManifest& secret : secrets)
    for (PullEntry& entry : entries_of(secret, secrets.size() > 1).entries) {
      cut_nuls(entry.credential.username);
      cut_nuls(entry.credential.password);
      const std::string mended = kubelet_registry_key(entry.key);
      AuthEntry auth{.key = entry.key, .credential = entry.credential};
      if (const auto remark = remark_on_missing(entry))
        auth.problem = std::make_shared<const Error>(
            "", fmt::format("in {} {}", name_in_words(secret), remark->message), remark->hint);
      taken.push_back({&secret, filed_key(mended).value_or(mended), std::move(auth)});
    }
  return taken;
}

// Who does not ask for a registry does not care for what is wrong with its entry.
Config config_of(const std::vector<SecretManifest>& secrets, std::string file) {
  std::vector<TakenEntry> taken = taken_entries(secrets);
  if (taken.empty())
    throw Error(std::move(file), "it names no registry", "pullsecret inspect shows what is there");
  std::map<std::string, const TakenEntry*> first;
  std::map<std::string, std::shared_ptr<const Error>> conflicts;
  for (const TakenEntry& one : taken) {
    const auto [known, is_new] = first.emplace(one.registry, &one);
    const TakenEntry& other = *known->second;
    if (!is_new && other.secret != one.secret &&
        !is_same_login(other.entry.credential, one.entry.credential))
      conflicts.emplace(one.registry,
                        std::make_shared<const Error>(
                            "",
                            fmt::format("{} and {} have different credentials for it",
                                        name_in_words(*other.secret), name_in_words(*one.secret)),
                            "give one of the two"));
  }
  Config config{.file = std::move(file), .is_of_secrets = true};
  for (TakenEntry& one : taken) {
    if (const auto conflict = conflicts.find(one.registry); conflict != conflicts.end())
      one.entry.problem = conflict->second;
    config.auths.add(std::move(one.entry));
  }
  return config;
}

// ---- Changes

// A pattern is no registry that anybody logs in to.
std::string way_to_replace(const std::vector<std::string>& keys) {
  std::vector<std::string> options;
  for (const std::string& key : keys)
    if (key.find('*') == std::string::npos) options.push_back("--registry " + shell_operand(key));
  return options.empty()
             ? ""
             : fmt::format("to replace that, too: {} (--server with create)", join(options, " "));
}

// The password that was replaced may well be that of these, too.
Notice notice_of_kept(const std::string& name, const std::vector<std::string>& keys) {
  return {Severity::note,
          {name,
           fmt::format("{} {} other credentials, and serve{} images of the same registry",
                       keys_in_words(keys), keys.size() == 1 ? "keeps" : "keep",
                       keys.size() == 1 ? "s" : ""),
           way_to_replace(keys)}};
}

// What was meant may have been all spellings.
Notice notice_of_spellings(const std::string& name, const std::vector<std::string>& keys) {
  std::vector<std::string> options;
  options.reserve(keys.size());
  for (const std::string& key : keys)
    options.push_back("--remove " + shell_word(key));
  return {Severity::note,
          {name,
           fmt::format("{} {} another spelling of what was removed, and serve{} the same images",
                       keys_in_words(keys), keys.size() == 1 ? "is" : "are",
                       keys.size() == 1 ? "s" : ""),
           "to take that out, too: " + join(options, " ")}};
}

// Tokens of some registries have a username each, and so a new one is no fault. But what others
// were given may be for what this login may not pull, and this one for what they may not.
Notices notices_of_accounts(const std::string& name, const ChangedSecret& changed, bool is_alone) {
  Notices notices;
  for (const auto& [key, username, new_username] : changed.replaced_accounts)
    notices.push_back(
        {.text = {name,
                  fmt::format("{} was the login of {}, and is now that of {}", key_in_words(key),
                              printable(username, 100), printable(new_username, 100)),
                  is_alone ? ""
                           : fmt::format("to leave alone what others have: convert --account {}",
                                         shell_word(new_username))}});
  for (const auto& [key, username, account] : changed.kept_accounts)
    notices.push_back({Severity::note,
                       {name, fmt::format("{} is the login of {}, and not of {}", key_in_words(key),
                                          username.empty() ? "nobody" : printable(username, 100),
                                          printable(account, 100))}});
  return notices;
}

std::string replaced_in_words(const ChangedSecret& changed) {
  std::vector<std::string> words;
  for (const std::string& key : changed.replaced) {
    const auto respelled = changed.respelled.find(key);
    words.push_back(key_in_words(key) + (respelled == changed.respelled.end()
                                             ? ""
                                             : ", now as " + key_in_words(respelled->second)));
  }
  return join(words, ", ");
}

Notice notice_of_changes(const std::string& name, const ChangedSecret& changed) {
  std::vector<std::string> parts;
  for (const auto& [word, keys] : {std::pair{"added ", keys_in_words(changed.added)},
                                   {"replaced ", replaced_in_words(changed)},
                                   {"removed ", keys_in_words(changed.removed)},
                                   {"left alone ", keys_in_words(changed.left_alone)}})
    if (!keys.empty()) parts.push_back(word + keys);
  using Copy = ChangedSecret::AppliedCopy;
  if (changed.applied_copy == Copy::changed)
    parts.emplace_back("its last-applied-configuration says so, too");
  else if (changed.applied_copy == Copy::dropped)
    parts.emplace_back("dropped its last-applied-configuration");
  return {Severity::note, {name, join(parts, "; ")}};
}

// Of several nobody knows which is to have it.
std::string way_to_add(const SecretManifest& one) {
  return fmt::format(
      "a Secret that is given alone gets what it does not have: `kubectl get secret {}{} -o yaml`",
      is_secret_name(one.name) ? one.name : "NAME",
      is_namespace(one.name_space) ? " -n " + one.name_space : "");
}

bool is_immutable(const nlohmann::json& object) {
  const auto found = object.find("immutable");
  return found != object.end() && *found == true;
}

std::string wanted_in_words(const EntryChanges& changes) {
  std::vector<std::string> keys = changes.removed;
  for (const auto& [key, credential] : changes.put)
    keys.push_back(key);
  return keys_in_words(keys) +
         (changes.account.empty() ? "" : " of " + printable(changes.account, 100));
}

}  // namespace

WithNotices<ConfigOrSecrets> config_or_secrets(const std::optional<std::string>& named) {
  if (!named) {
    auto [loaded, notices] = config_to_use(named);
    return {{std::move(loaded)}, std::move(notices)};
  }
  ConfigLocation location = find_config(named);
  JsonText text = read_config_text(location, max_manifest_size, way_to_fewer_objects);
  if (!is_manifest(text.text)) {
    if (text.text.size() > max_config_size)
      throw Error(text.file, "larger than " + size_in_words(max_config_size));
    return {{loaded_config(location, std::move(text))}};
  }
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
  std::vector<std::string> without, kept;
  bool is_any_anothers = false;
  std::optional<Error> unchangeable;
  for (const SecretManifest& secret : secrets)
    try {
      const std::string name = name_in_words(secret);
      ChangedSecret changed =
          changed_secret(secret, changes, is_alone ? Missing::added : Missing::left_out);
      if (changed.is_changed() && is_immutable(changed.object)) {
        unchangeable = Error(name, "it is immutable: the API server takes no change",
                             "delete it, and make it anew");
        if (!is_alone) throw Error(*unchangeable);
        result.notices.push_back({.text = *unchangeable});
      }
      if (changed.is_changed())
        result.notices.push_back(notice_of_changes(name, changed));
      else
        without.push_back(name);
      if (!changed.kept_beside.empty())
        result.notices.push_back(notice_of_kept(name, changed.kept_beside));
      if (!changed.kept_spellings.empty())
        result.notices.push_back(notice_of_spellings(name, changed.kept_spellings));
      for (Notice& notice : notices_of_accounts(name, changed, is_alone))
        result.notices.push_back(std::move(notice));
      is_any_anothers |= !changed.kept_accounts.empty();
      kept.insert(kept.end(), changed.kept_beside.begin(), changed.kept_beside.end());
      if (!changed.is_changed()) continue;
      result.value.push_back(std::move(changed.object));
    } catch (const Error& error) {
      if (is_alone) throw;
      result.notices.push_back(
          {.text = {error.place(), "left alone: " + error.message(), error.hint()}});
    }
  if (result.value.empty() && unchangeable) throw Error(*unchangeable);
  if (result.value.empty())
    throw Error(is_alone ? name_in_words(secrets.front()) : source.file,
                fmt::format("{} for {}", is_alone ? "it has no entry" : "no Secret has an entry",
                            wanted_in_words(changes)),
                is_any_anothers ? "without --account what others have is changed, too"
                : !kept.empty() ? way_to_replace(without_repeats(std::move(kept)))
                : is_alone || changes.put.empty() ? "pullsecret inspect shows what is there"
                                                  : way_to_add(secrets.front()));
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
