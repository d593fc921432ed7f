#include "kubernetes/change_secret.h"

#include <algorithm>
#include <optional>
#include <set>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "credential/base64.h"
#include "credential/go_json_reader.h"
#include "credential/go_json_writer.h"
#include "credential/registry.h"
#include "kubernetes/find_pull_data.h"
#include "kubernetes/image.h"
#include "kubernetes/keyring.h"
#include "kubernetes/pull_data.h"
#include "kubernetes/secret.h"
#include "system/error.h"
#include "system/text.h"

namespace pullsecret {
namespace {

using Members = std::vector<JsonMember>;

// The same for all keys of one registry.
std::string registry_of(const std::string& key) {
  std::string mended = kubelet_registry_key(key);
  return filed_key(mended).value_or(std::move(mended));
}

// An image that `key` may serve.
std::optional<Image> image_of(const std::string& key) {
  try {
    return parse_image(registry_of(key) + "/image");
  } catch (const Error&) {
    return std::nullopt;
  }
}

std::string email_of(std::string_view entry) {
  if (kind_of(entry) != JsonKind::object) return {};
  return string_field(members_of(entry), "email").value_or("");
}

/// The entries on their way from the old data into the new one.
class EntryPass {
 public:
  EntryPass(const EntryChanges& changes, Missing missing, const PullData& before,
            ChangedSecret& result)
      : missing_(missing), account_(changes.account), before_(before), result_(result) {
    for (const std::string& key : changes.removed)
      if (find_before(key) != nullptr)
        removed_keys_.insert(key);
      else
        removed_.insert(registry_of(key));
    for (const auto& keyed : changes.put)
      put_.emplace(registry_of(keyed.first), &keyed);
  }

  std::string changed_data(SecretType type, const std::string& data) {
    const GoJsonReader json({std::string(names_of(type).data_key), data}, TextBehind::refused);
    const Members members =
        json.value().empty() ? Members() : json.members_of_object(json.value(), "the data");
    return type == SecretType::dockercfg ? changed_entries(members, /*is_last=*/true)
                                         : changed_config(members);
  }

 private:
  std::string changed_config(const Members& settings) {
    const auto has_entries = [](const JsonMember& setting) {
      return is_field(setting.name, "auths") && kind_of(setting.value) == JsonKind::object;
    };
    const auto last = std::find_if(settings.rbegin(), settings.rend(), has_entries);
    const auto is_nothing = [&](const JsonMember& setting) {
      return last == settings.rend() && is_field(setting.name, "auths") &&
             kind_of(setting.value) == JsonKind::null;
    };
    JsonObjectWriter config;
    for (const JsonMember& setting : settings)
      if (has_entries(setting))
        config.add_quoted(setting.quoted_name,
                          changed_entries(members_of(setting.value), &setting == &*last));
      else if (!is_nothing(setting))
        config.add_quoted(setting.quoted_name, setting.value);
    if (last == settings.rend()) config.add_value("auths", changed_entries({}, /*is_last=*/true));
    return std::move(config).as_go();
  }

  // What is missing comes behind the last of the objects that Go merges.
  std::string changed_entries(const Members& entries, bool is_last) {
    JsonObjectWriter object;
    for (const JsonMember& entry : entries)
      change(entry, object);
    for (const auto& [registry, keyed] : put_)
      if (is_last && !found_.contains(registry) &&
          (missing_ == Missing::added || lost_.contains(registry))) {
        object.add_value(keyed->first, pull_secret_entry(keyed->first, keyed->second));
        result_.added.push_back(keyed->first);
      }
    return std::move(object).as_go();
  }

  void change(const JsonMember& entry, JsonObjectWriter& object) {
    const std::string registry = registry_of(entry.name);
    const auto put = put_.find(registry);
    const bool is_put = put != put_.end(), is_removed_key = removed_keys_.contains(entry.name),
               is_removed = is_removed_key || removed_.contains(registry);
    if ((is_put || is_removed) && is_anothers(entry.name, is_put)) {
      found_.insert(registry);
      result_.kept_accounts.push_back({entry.name, username_before(entry.name), account_});
      keep(entry, object);
    } else if (is_removed_key || (is_removed && !is_put)) {
      lost_.insert(registry);
      result_.removed.push_back(entry.name);
    } else if (is_put) {
      found_.insert(registry);
      replace(entry, put->second->second, object);
    } else {
      keep(entry, object);
      if (is_beside_put(entry.name)) result_.kept_beside.push_back(entry.name);
      if (is_beside_removed(registry)) result_.kept_spellings.push_back(entry.name);
    }
  }

  void keep(const JsonMember& entry, JsonObjectWriter& object) {
    result_.left_alone.push_back(entry.name);
    object.add_quoted(entry.quoted_name, entry.value);
  }

  void replace(const JsonMember& entry, Credential credential, JsonObjectWriter& object) {
    result_.replaced.push_back(entry.name);
    const std::string key = kubelet_registry_key(entry.name);
    if (key != entry.name) result_.respelled[entry.name] = key;
    if (!written_.insert(key).second) return;
    const std::string before = username_before(entry.name);
    if (!before.empty() && before != credential.username)
      result_.replaced_accounts.push_back({entry.name, before, credential.username});
    if (credential.email.empty()) credential.email = email_of(entry.value);
    const std::string quoted =
        key == entry.name ? std::string(entry.quoted_name) : go_json_string(key);
    object.add_quoted(quoted, pull_secret_entry(key, credential));
  }

  const PullEntry* find_before(const std::string& key) const {
    const auto found = std::find_if(before_.entries.begin(), before_.entries.end(),
                                    [&](const PullEntry& known) { return known.key == key; });
    return found == before_.entries.end() ? nullptr : &*found;
  }

  std::string username_before(const std::string& key) const {
    const PullEntry* entry = find_before(key);
    return entry == nullptr ? "" : entry->credential.username;
  }

  // An entry without a username is nobody's, and anybody may put a login there. A Secret that was
  // given alone is meant.
  bool is_anothers(const std::string& key, bool is_put) const {
    const std::string username = username_before(key);
    return !account_.empty() && username != account_ &&
           !(is_put && (username.empty() || missing_ == Missing::added));
  }

  bool is_beside_removed(const std::string& registry) const {
    return std::any_of(removed_keys_.begin(), removed_keys_.end(),
                       [&](const std::string& key) { return registry_of(key) == registry; });
  }

  // Whether it is a longer key or a pattern, which serves images of a registry that is put.
  bool is_beside_put(const std::string& key) const {
    const bool is_pattern = key.find('*') != std::string::npos;
    const auto image = image_of(key);
    return std::any_of(put_.begin(), put_.end(), [&](const auto& put) {
      const auto& [put_key, credential] = *put.second;
      const auto put_image = is_pattern ? image_of(put_key) : std::nullopt;
      return ((image && serves_image(put_key, *image)) ||
              (put_image && serves_image(key, *put_image))) &&
             !has_login(key, credential);
    });
  }

  bool has_login(const std::string& key, const Credential& credential) const {
    const PullEntry* entry = find_before(key);
    return entry != nullptr && is_same_login(entry->credential, credential);
  }

  Missing missing_;
  const std::string& account_;
  const PullData& before_;
  ChangedSecret& result_;
  std::set<std::string> removed_keys_;  // as they are spelled in the Secret
  std::set<std::string> removed_;       // registries of which it has none so
  std::set<std::string> lost_;          // registries of what was removed
  std::map<std::string, const std::pair<const std::string, Credential>*> put_;  // by registry
  std::set<std::string> found_;                                                 // of put_
  std::set<std::string> written_;  // keys of replaced entries
};

// What client-side apply keeps in an annotation has the old password. `kubectl replace` and
// `kubectl apply` write it anew, and nobody else does. Nothing where it is no manifest, or too
// large.
std::optional<std::string> changed_copy(const nlohmann::json& copy, const DataPlace& place,
                                        const std::string& data) {
  using Json = nlohmann::json;
  Json applied = copy.is_string() ? Json::parse(copy.get<std::string>(), nullptr, false) : Json();
  if (!applied.is_object()) return std::nullopt;
  if (const auto text = applied.find("stringData"); text != applied.end() && text->is_object())
    text->erase(place.key);
  if (!applied["data"].is_object()) applied["data"] = Json::object();
  applied["data"][place.key] = encode_base64(data);
  std::string text = applied.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
  return text.size() > max_annotations ? std::nullopt : std::optional(std::move(text));
}

void mend_metadata(nlohmann::json& metadata, const DataPlace& place, ChangedSecret& result) {
  metadata.erase("managedFields");
  const auto annotations = metadata.find("annotations");
  if (annotations == metadata.end() || !annotations->is_object()) return;
  const auto copy = annotations->find(applied_annotation);
  if (copy == annotations->end()) return;
  using enum ChangedSecret::AppliedCopy;
  auto text = changed_copy(*copy, place, result.data);
  result.applied_copy = text ? changed : dropped;
  if (text)
    *copy = *std::move(text);
  else
    annotations->erase(copy);
}

void put_data(const DataPlace& place, ChangedSecret& result) {
  nlohmann::json& object = result.object;
  const std::string& data = result.data;
  const auto text = object.find("stringData");
  if (text != object.end() && text->is_object() && text->contains(place.key))
    (*text)[place.key] = data;
  else
    object["data"][place.key] = encode_base64(data);
  if (const auto metadata = object.find("metadata");
      metadata != object.end() && metadata->is_object())
    mend_metadata(*metadata, place, result);
  object["apiVersion"] = "v1";  // an item of a SecretList may leave both to the list
  object["kind"] = "Secret";
}

// The kubelet takes it, and what was asked for is what it finds.
void check_result(SecretType type, const ChangedSecret& result, const EntryChanges& changes) {
  check_secret_size(result.data);
  const PullData read = read_pull_data(type, result.data);
  if (read.refusal)
    throw Error("", fmt::format("the kubelet refuses it all the same: {}", read.refusal->what()),
                read.refusal->hint());
  for (const std::string& key : result.added)
    if (std::none_of(read.entries.begin(), read.entries.end(), [&](const PullEntry& entry) {
          return entry.key == key && is_same_login(entry.credential, changes.put.at(key));
        }))
      throw Error("", fmt::format("its data hides what would be added for {}", key_in_words(key)),
                  "make the Secret anew");
}

}  // namespace

// Of several Secrets the place in the data alone says nothing.
ChangedSecret changed_secret(const SecretManifest& secret, const EntryChanges& changes,
                             Missing missing) {
  return with_place(name_in_words(secret), [&] {
    const auto [place, data, before] = taken_data(secret);
    ChangedSecret result{.object = secret.object};
    result.data = EntryPass(changes, missing, before, result).changed_data(place.type, data);
    for (auto* keys : {&result.replaced, &result.removed, &result.left_alone, &result.kept_beside})
      *keys = without_repeats(std::move(*keys));
    if (!result.is_changed()) return result;
    check_result(place.type, result, changes);
    put_data(place, result);
    return result;
  });
}

}  // namespace pullsecret
