#include "kubernetes/pull_data.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <unordered_map>
#include <utility>

#include <fmt/format.h>

#include "credential/base64.h"
#include "credential/go_json.h"
#include "credential/registry.h"
#include "kubernetes/keyring.h"
#include "system/text.h"

namespace pullsecret {
namespace {

bool is_field(const JsonMember& member, std::string_view name) {
  return equal_ignoring_case(member.name, name);
}

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
    return is_field(member, "auths") && kind_of(member.value) == JsonKind::object;
  });
}

bool looks_like_entry(const JsonMember& member) {
  const auto fields = members_if_object(member.value);
  return std::any_of(fields.begin(), fields.end(), [](const JsonMember& field) {
    return is_field(field, "auth") || is_field(field, "username");
  });
}

// Whether `value` is the map of entries that a config.json has as `auths`.
bool looks_like_entries(std::string_view value) {
  const auto members = members_if_object(value);
  return !looks_like_config(value) && std::any_of(members.begin(), members.end(), looks_like_entry);
}

/// Reads one data; throws its refusals.
class Reader {
 public:
  Reader(std::string file, const std::string& data) : json_{std::move(file), as_go_reads(data)} {}

  void read(SecretType type, PullData& pull_data) {
    const std::string_view value = first_value(json_);
    if (value.empty()) throw Error(json_.file, "nothing but white space, which is no JSON");
    const std::size_t end =
        static_cast<std::size_t>(value.data() - json_.text.data()) + value.size();
    const std::size_t behind = json_.text.find_first_not_of(" \t\r\n", end);
    if (behind != std::string::npos)
      throw error_at(json_, lines_, behind, "text behind the JSON value");
    pull_data.has_other_format =
        type == SecretType::dockercfg ? looks_like_config(value) : looks_like_entries(value);
    if (type == SecretType::dockercfg)
      read_entries(value, pull_data);
    else
      read_config(value, pull_data);
  }

 private:
  struct Known {
    std::size_t place;
    bool is_repeated = false;
  };

  void read_config(std::string_view config, PullData& pull_data) {
    for (const JsonMember& member : members_of_object(config, "the data")) {
      if (is_field(member, "auths")) {
        if (kind_of(member.value) == JsonKind::null) clear(pull_data);
        read_entries(member.value, pull_data);
      } else if (is_field(member, "HttpHeaders")) {
        for (const JsonMember& header : members_of_object(member.value, "HttpHeaders"))
          text_of(header.value, "each of HttpHeaders");
      } else if (is_field(member, "credsStore") || is_field(member, "credHelpers")) {
        pull_data.names_store = true;
      }
    }
  }

  // Of a repeated `auths` the entries add up.
  void read_entries(std::string_view auths, PullData& pull_data) {
    for (const JsonMember& member : members_of_object(auths, "auths")) {
      if (places_.size() > max_pull_entries) return;
      const auto [known, is_new] =
          places_.try_emplace(member.name, Known{pull_data.entries.size()});
      auto& [place, is_repeated] = known->second;
      if (is_new)
        pull_data.entries.push_back({.key = member.name});
      else if (!std::exchange(is_repeated, true))
        pull_data.repeated_keys.push_back(member.name);
      pull_data.entries[place] = read_entry(member);
      const auto& defect = pull_data.entries[place].defect;
      if (defect && !pull_data.refusal) pull_data.refusal = defect;
    }
  }

  PullEntry read_entry(const JsonMember& member) {
    PullEntry entry{.key = member.name};
    try {
      entry.credential = read_credential(member);
    } catch (const Error& error) {
      entry.defect = error;
    }
    return entry;
  }

  void clear(PullData& pull_data) {
    places_.clear();
    pull_data.entries.clear();
    pull_data.repeated_keys.clear();
  }

  Credential read_credential(const JsonMember& entry) {
    Credential credential;
    std::string auth;
    const std::array<std::pair<std::string_view, std::string*>, 4> read_fields{
        {{"username", &credential.username},
         {"password", &credential.password},
         {"email", &credential.email},
         {"auth", &auth}}};
    const std::array<std::pair<std::string_view, std::string*>, 2> ignored_fields{
        {{"identitytoken", &credential.identity_token},
         {"registrytoken", &credential.registry_token}}};
    for (const JsonMember& member : members_of_object(entry.value, "an entry")) {
      for (const auto& [name, text] : read_fields)
        if (is_field(member, name)) *text = text_of(member.value, name).value_or(*text);
      for (const auto& [name, text] : ignored_fields)
        if (is_field(member, name) && kind_of(member.value) == JsonKind::string)
          *text = decode_string(member.value);
    }
    if (!auth.empty()) decode_auth(entry, auth, credential);
    return credential;
  }

  void decode_auth(const JsonMember& entry, const std::string& auth, Credential& credential) {
    const auto refused = [&](std::string_view why) {
      return error(entry.value, fmt::format("the \"auth\" of {} {}", key_in_words(entry.name), why),
                   "\"auth\" is base64 of username:password");
    };
    const auto pair = decode_any_base64(auth);
    if (!pair) throw refused("is not base64");
    const std::size_t colon = pair->find(':');
    if (colon == std::string::npos) throw refused("holds no colon");
    credential.username = pair->substr(0, colon);
    credential.password = pair->substr(colon + 1);
  }

  std::vector<JsonMember> members_of_object(std::string_view value, std::string_view name) {
    if (kind_of(value) == JsonKind::null) return {};
    if (kind_of(value) != JsonKind::object)
      throw error(value, fmt::format("{} must be an object", name));
    return members_of(value);
  }

  // Nothing for null, which leaves a field as it is.
  std::optional<std::string> text_of(std::string_view value, std::string_view name) {
    if (kind_of(value) == JsonKind::null) return std::nullopt;
    if (kind_of(value) != JsonKind::string)
      throw error(value, fmt::format("{} must be a string", name));
    return decode_string(value);
  }

  // `value` is a view into the text.
  Error error(std::string_view value, std::string message, std::string hint = {}) {
    return error_at(json_, lines_, static_cast<std::size_t>(value.data() - json_.text.data()),
                    std::move(message), std::move(hint));
  }

  JsonText json_;
  LineCounter lines_;
  std::unordered_map<std::string, Known> places_;  // of the entries, by key
};

}  // namespace

PullData read_pull_data(SecretType type, const std::string& data) {
  PullData pull_data;
  try {
    Reader(std::string(names_of(type).data_key), data).read(type, pull_data);
  } catch (const Error& error) {
    pull_data.refusal = error;
  }
  if (pull_data.entries.size() > max_pull_entries)
    throw Error("", fmt::format("more than {} entries in a Secret", max_pull_entries));
  return pull_data;
}

}  // namespace pullsecret
