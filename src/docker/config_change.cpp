#include "docker/config_change.h"

#include <algorithm>
#include <array>
#include <span>
#include <string_view>
#include <unordered_set>

#include "credential/basic_auth.h"
#include "credential/go_json_writer.h"
#include "system/overloaded.h"
#include "system/text.h"

namespace pullsecret {
namespace {

// ---- Objects that change

struct Member {
  std::string name;
  std::string quoted_name;  ///< as it stands in the file
  std::string value;        ///< JSON text
};
using Members = std::vector<Member>;

bool is_object(std::string_view value) {
  return kind_of(value) == JsonKind::object;
}

Members read_object(std::string_view object) {
  std::vector<JsonMember> found = members_of(object);
  Members members;
  members.reserve(found.size());
  for (JsonMember& member : found)
    members.push_back(
        {std::move(member.name), std::string(member.quoted_name), std::string(member.value)});
  return members;
}

std::string format_object(const Members& members) {
  JsonObjectWriter object;
  for (const Member& member : members)
    object.add_quoted(member.quoted_name, member.value);
  return std::move(object).as_go();
}

Member new_member(const std::string& name, std::string value) {
  return {name, go_json_string(name), std::move(value)};
}

void rename(Member& member, const std::string& name) {
  member.name = name;
  member.quoted_name = go_json_string(name);
}

auto is_called(std::string_view name) {
  return [name](const Member& member) { return is_field(member.name, name); };
}

// ---- Entries of `auths`

void remove_secrets(Members& fields) {
  static constexpr std::array<std::string_view, 5> secrets{"auth", "username", "password",
                                                           "identitytoken", "registrytoken"};
  std::erase_if(fields, [](const Member& field) {
    return std::any_of(secrets.begin(), secrets.end(),
                       [&](std::string_view secret) { return is_called(secret)(field); });
  });
}

std::string without_secrets(const std::string& entry) {
  if (!is_object(entry)) return entry;
  Members fields = read_object(entry);
  remove_secrets(fields);
  return format_object(fields);
}

std::string with_credential(const std::string& entry, const Credential& credential) {
  Members fields = is_object(entry) ? read_object(entry) : Members();
  remove_secrets(fields);
  if (!credential.username.empty()) {
    const std::string auth = encode_auth(credential.username, credential.password);
    fields.insert(fields.begin(), new_member("auth", go_json_string(auth)));
  }
  if (!credential.identity_token.empty())
    fields.push_back(new_member("identitytoken", go_json_string(credential.identity_token)));
  if (!credential.registry_token.empty())
    fields.push_back(new_member("registrytoken", go_json_string(credential.registry_token)));
  if (!credential.email.empty() && std::none_of(fields.begin(), fields.end(), is_called("email")))
    fields.push_back(new_member("email", go_json_string(credential.email)));
  return format_object(fields);
}

/// The entries of `auths` on their way from the old file into the new one.
class EntryChanges {
 public:
  EntryChanges(const Members& entries, const ConfigChange& change) : change_(change) {
    const bool renames = std::any_of(
        change.entries.begin(), change.entries.end(),
        [](const auto& entry) { return std::holds_alternative<Renamed>(entry.second); });
    if (!renames) return;
    for (const Member& entry : entries)
      owner_of_key_.emplace(entry.name, entry.name);
  }

  /// False if the entry goes.
  bool change(Member& entry) {
    const auto change = change_.entries.find(entry.name);
    if (change == change_.entries.end()) return !change_.drops_others;
    return std::visit(
        overloaded{[](Removed) { return false; },
                   [&](WithoutSecrets) {
                     entry.value = without_secrets(entry.value);
                     return true;
                   },
                   [&](const Renamed& renamed) { return rename_to(entry, renamed.to); },
                   [&](const Inline& with) {
                     entry.value = with_credential(entry.value, with.credential);
                     were_there_.insert(&with);
                     return true;
                   }},
        change->second);
  }

  void add_missing(Members& entries) const {
    for (const auto& [key, change] : change_.entries)
      if (const auto* with = std::get_if<Inline>(&change);
          with != nullptr && !were_there_.contains(with))
        entries.push_back(new_member(key, with_credential("{}", with->credential)));
  }

 private:
  // A key that was there, or that another entry got, is taken.
  bool rename_to(Member& entry, const std::string& key) {
    const bool is_free = owner_of_key_.emplace(key, entry.name).first->second == entry.name;
    if (is_free) rename(entry, key);
    return is_free;
  }

  const ConfigChange& change_;
  std::unordered_set<const Inline*> were_there_;
  std::map<std::string, std::string> owner_of_key_;  ///< key → what its entry was called at first
};

void change_entries(Members& entries, const ConfigChange& change) {
  EntryChanges pass(entries, change);
  std::erase_if(entries, [&](Member& entry) { return !pass.change(entry); });
  pass.add_missing(entries);
}

// ---- Settings

void rename_settings(Members& settings, const std::map<std::string, std::string>& names) {
  for (Member& setting : settings)
    if (const auto name = names.find(setting.name); name != names.end())
      rename(setting, name->second);
}

void set_creds_store(Members& settings, const std::string& store) {
  if (store.empty()) {
    std::erase_if(settings, is_called("credsStore"));
    return;
  }
  bool is_there = false;
  for (Member& setting : settings)
    if (is_called("credsStore")(setting)) {
      setting.value = go_json_string(store);
      is_there = true;
    }
  if (!is_there) settings.push_back(new_member("credsStore", go_json_string(store)));
}

void change_helpers(Members& helpers, const HelperChanges& changes) {
  HelperChanges missing = changes;
  std::erase_if(helpers, [&](Member& helper) {
    const auto change = changes.find(helper.name);
    if (change == changes.end()) return false;
    missing.erase(helper.name);
    if (change->second) helper.value = go_json_string(*change->second);
    return !change->second;
  });
  for (const auto& [key, helper] : missing)
    if (helper) helpers.push_back(new_member(key, go_json_string(*helper)));
}

// All members of the objects called `name`: in Go they merge, and `null` empties what came before.
Members merged_object(const Members& settings, std::string_view name) {
  Members merged;
  for (const Member& setting : settings) {
    if (!is_called(name)(setting)) continue;
    if (!is_object(setting.value)) merged.clear();
    if (!is_object(setting.value)) continue;
    Members members = read_object(setting.value);
    if (merged.empty()) merged.swap(members);
    std::move(members.begin(), members.end(), std::back_inserter(merged));
  }
  return merged;
}

// Puts `members` in the place of the first setting called `name`, and removes the others.
void put_object(Members& settings, std::string_view name, const Members& members) {
  const auto first = std::find_if(settings.begin(), settings.end(), is_called(name));
  if (first == settings.end()) {
    settings.push_back(new_member(std::string(name), format_object(members)));
    return;
  }
  *first = new_member(std::string(name), format_object(members));
  settings.erase(std::remove_if(first + 1, settings.end(), is_called(name)), settings.end());
}

void change_cred_helpers(Members& settings, const ConfigChange& change) {
  if (change.cred_helpers.empty() && !change.drops_others) return;
  Members helpers = merged_object(settings, "credHelpers");
  const bool was_there = !helpers.empty();
  if (change.drops_others)
    std::erase_if(helpers,
                  [&](const Member& helper) { return !change.cred_helpers.contains(helper.name); });
  change_helpers(helpers, change.cred_helpers);
  if (!helpers.empty())
    put_object(settings, "credHelpers", helpers);
  else if (was_there)
    std::erase_if(settings, is_called("credHelpers"));
}

void change_auths(Members& settings, const ConfigChange& change) {
  if (change.entries.empty() && !change.drops_others) return;
  Members entries = merged_object(settings, "auths");
  const bool was_there = !entries.empty();
  change_entries(entries, change);
  if (!entries.empty() || was_there) put_object(settings, "auths", entries);
}

// ---- Strings in objects

// Gives the one called `name` this value; without one it goes. The last of a repeated name counts.
void put(Members& members, const std::string& name, const std::optional<std::string>& value) {
  const auto has_name = [&](const Member& member) { return member.name == name; };
  const auto first = std::find_if(members.begin(), members.end(), has_name);
  if (!value) {
    std::erase_if(members, has_name);
  } else if (first == members.end()) {
    members.push_back(new_member(name, *value));
  } else {
    first->value = *value;
    members.erase(std::remove_if(first + 1, members.end(), has_name), members.end());
  }
}

Members object_in(const Members& members, const std::string& name) {
  const auto last = std::find_if(members.rbegin(), members.rend(),
                                 [&](const Member& member) { return member.name == name; });
  return last != members.rend() && is_object(last->value) ? read_object(last->value) : Members();
}

void put_string(Members& members, std::span<const std::string> path,
                const std::optional<std::string>& text) {
  const std::string& name = path.front();
  if (path.size() == 1)
    return put(members, name, text ? std::optional(go_json_string(*text)) : std::nullopt);
  Members inner = object_in(members, name);
  if (inner.empty() && !text) return;
  put_string(inner, path.subspan(1), text);
  put(members, name, inner.empty() ? std::nullopt : std::optional(format_object(inner)));
}

void change_string(Members& settings, const StringChange& change) {
  const std::string& setting = change.path.front();
  const Members before = merged_object(settings, setting);
  Members object = before;
  put_string(object, std::span(change.path).subspan(1), change.value);
  if (format_object(object) == format_object(before)) return;
  if (object.empty())
    std::erase_if(settings, is_called(setting));
  else
    put_object(settings, setting, object);
}

// ---- The text

// What follows the first value; white space there is no more than a line break.
std::string_view rest_behind(std::string_view value, const std::string& text) {
  std::string_view rest = text;
  if (!value.empty())
    rest.remove_prefix(static_cast<std::size_t>(value.data() - rest.data()) + value.size());
  if (!trim(rest).empty()) return rest;
  return rest.find('\n') == std::string_view::npos ? "" : "\n";
}

}  // namespace

ConfigChange inline_alone(std::vector<std::pair<std::string, Credential>> credentials) {
  ConfigChange change{.creds_store = "", .drops_others = true};
  for (auto& keyed : credentials)
    change.entries.insert_or_assign(std::move(keyed.first), Inline{std::move(keyed.second)});
  return change;
}

std::string changed_config(const JsonText& json, const ConfigChange& change) {
  check_config(json);
  const std::string_view value = first_value(json);
  Members settings = !value.empty() && is_object(value) ? read_object(value) : Members();
  rename_settings(settings, change.setting_names);
  if (change.creds_store) set_creds_store(settings, *change.creds_store);
  change_cred_helpers(settings, change);
  change_auths(settings, change);
  for (const StringChange& string : change.strings)
    change_string(settings, string);

  JsonText changed{json.file, laid_out(format_object(settings))};
  changed.text += rest_behind(value, json.text);
  check_config(changed);
  return std::move(changed.text);
}

}  // namespace pullsecret
