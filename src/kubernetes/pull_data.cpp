#include "kubernetes/pull_data.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <unordered_map>
#include <utility>

#include <fmt/format.h>

#include "credential/base64.h"
#include "credential/basic_auth.h"
#include "credential/go_json_reader.h"
#include "credential/registry.h"
#include "credential/unfilled_template.h"
#include "kubernetes/keyring.h"
#include "system/text.h"

namespace pullsecret {
namespace {

// DockerConfigJSON and dockerConfigEntryWithAuth. Of the entries each has its own defect.
constexpr std::array data_fields{GoField{"auths", &go_object},
                                 GoField{"HttpHeaders", &go_string_map}};
constexpr std::array entry_fields{GoField{"username", &go_string}, GoField{"password", &go_string},
                                  GoField{"email", &go_string}, GoField{"auth", &go_string}};

// Standard base64, padded or not.
std::optional<std::string> decode_any_base64(std::string auth) {
  std::erase_if(auth, [](char c) { return c == '\r' || c == '\n'; });
  if (!auth.ends_with('=')) auth.append((4 - auth.size() % 4) % 4, '=');
  return decode_base64(auth);
}

std::vector<JsonMember> members_if_object(std::string_view value) {
  return kind_of(value) == JsonKind::object ? members_of(value) : std::vector<JsonMember>();
}

// Whether `value` is a config.json with registries.
bool looks_like_config(std::string_view value) {
  const auto members = members_if_object(value);
  return std::any_of(members.begin(), members.end(), [](const JsonMember& member) {
    return is_field(member.name, "auths") && kind_of(member.value) == JsonKind::object;
  });
}

bool looks_like_entry(const JsonMember& member) {
  const auto fields = members_if_object(member.value);
  return std::any_of(fields.begin(), fields.end(), [](const JsonMember& field) {
    return is_field(field.name, "auth") || is_field(field.name, "username");
  });
}

// Whether `value` is the map of entries that a config.json has as `auths`.
bool looks_like_entries(std::string_view value) {
  const auto members = members_if_object(value);
  return std::any_of(members.begin(), members.end(), looks_like_entry);
}

std::optional<SecretType> type_of_value(std::string_view value) {
  if (looks_like_config(value)) return SecretType::dockerconfigjson;
  if (looks_like_entries(value)) return SecretType::dockercfg;
  return std::nullopt;
}

/// Reads one data; throws its refusals.
class PullDataReader {
 public:
  PullDataReader(std::string file, const std::string& data)
      : json_({std::move(file), data}, TextBehind::refused) {}

  void read(SecretType type, PullData& pull_data) {
    const std::string_view value = json_.value();
    if (value.empty()) throw Error(json_.file(), "nothing but white space, which is no JSON");
    pull_data.has_other_format = type_of_value(value).value_or(type) != type;
    const std::vector<JsonMember> members = json_.members_of_object(value, "the data");
    if (type == SecretType::dockercfg)
      read_entries(members, pull_data);
    else
      read_config(members, pull_data);
  }

 private:
  struct Known {
    std::size_t position;
    bool is_repeated = false;
  };

  void read_config(const std::vector<JsonMember>& members, PullData& pull_data) {
    for (const JsonMember& member : members) {
      json_.check_fields({member}, data_fields);
      if (is_field(member.name, "auths")) {
        if (kind_of(member.value) == JsonKind::null) clear(pull_data);
        read_entries(json_.members_of_object(member.value, "auths"), pull_data);
      } else if (is_field(member.name, "credsStore") || is_field(member.name, "credHelpers")) {
        pull_data.names_store = true;
      }
    }
  }

  // Of a repeated `auths` the entries add up.
  void read_entries(const std::vector<JsonMember>& members, PullData& pull_data) {
    for (const JsonMember& member : members) {
      if (known_.size() > max_pull_entries) return;
      const auto [known, is_new] = known_.try_emplace(member.name, Known{pull_data.entries.size()});
      auto& [position, is_repeated] = known->second;
      if (is_new)
        pull_data.entries.push_back({.key = member.name});
      else if (!std::exchange(is_repeated, true))
        pull_data.repeated_keys.push_back(member.name);
      pull_data.entries[position] = read_entry(member);
      const auto& defect = pull_data.entries[position].defect;
      if (defect && !pull_data.refusal) pull_data.refusal = defect;
    }
  }

  PullEntry read_entry(const JsonMember& member) {
    PullEntry entry{.key = member.name};
    try {
      read_credential(member, entry);
    } catch (const Error& error) {
      entry.defect = error;
    }
    return entry;
  }

  void clear(PullData& pull_data) {
    known_.clear();
    pull_data.entries.clear();
    pull_data.repeated_keys.clear();
  }

  void read_credential(const JsonMember& member, PullEntry& entry) {
    const auto members = json_.members_of_object(member.value, "an entry");
    json_.check_fields(members, entry_fields);
    entry.credential = credential_of_fields(members);
    const auto auth = string_field(members, "auth");
    if (!auth || auth->empty()) return;
    entry.beside_auth = entry.credential;
    decode_auth(member, *auth, entry.credential);
  }

  void decode_auth(const JsonMember& entry, const std::string& auth, Credential& credential) {
    const auto refused = [&](std::string_view why) {
      if (const TemplateMark* mark = find_template_mark(auth))
        return json_.error(
            entry.value,
            in_words(fmt::format("the \"auth\" of {}", key_in_words(entry.name)), *mark),
            std::string(mark->way.secrets));
      return json_.error(entry.value,
                         fmt::format("the \"auth\" of {} {}", key_in_words(entry.name), why),
                         "\"auth\" is base64 of username:password");
    };
    const auto pair = decode_any_base64(auth);
    if (!pair) throw refused("is not base64");
    const std::size_t colon = pair->find(':');
    if (colon == std::string::npos) throw refused("holds no colon");
    credential.username = pair->substr(0, colon);
    credential.password = pair->substr(colon + 1);
  }

  GoJsonReader json_;
  std::unordered_map<std::string, Known> known_;  // of the entries, by key
};

}  // namespace

std::optional<SecretType> type_of_data(const std::string& data) {
  if (!trim(data).starts_with('{')) return std::nullopt;
  try {
    return type_of_value(GoJsonReader({"", data}, TextBehind::ignored).value());
  } catch (const Error&) {
    return std::nullopt;
  }
}

PullData read_pull_data(SecretType type, const std::string& data) {
  PullData pull_data;
  try {
    PullDataReader(std::string(names_of(type).data_key), data).read(type, pull_data);
  } catch (const Error& error) {
    pull_data.refusal = error;
  }
  if (pull_data.entries.size() > max_pull_entries)
    throw Error("", fmt::format("more than {} entries in a Secret", max_pull_entries));
  return pull_data;
}

}  // namespace pullsecret
