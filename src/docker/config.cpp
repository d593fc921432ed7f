#include "docker/config.h"

#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>

#include "credential/basic_auth.h"
#include "credential/registry.h"
#include "system/text.h"

namespace pullsecret {
namespace {

// ---- Docker's types: docker/cli, config/configfile/file.go (ConfigFile, ProxyConfig) and
// config/types (AuthConfig). A value of another type makes Docker refuse the file.

constexpr std::array entry_fields{
    GoField{"username", &go_string},      GoField{"password", &go_string},
    GoField{"auth", &go_string},          GoField{"serveraddress", &go_string},
    GoField{"identitytoken", &go_string}, GoField{"registrytoken", &go_string},
};

// What Docker knew no more from 29.0 on: it may then be of any type.
constexpr std::array entry_fields_before_29{GoField{"email", &go_string}};
constexpr std::array config_fields_before_29{GoField{"experimental", &go_string}};

constexpr std::array proxy_fields{
    GoField{"httpProxy", &go_string}, GoField{"httpsProxy", &go_string},
    GoField{"noProxy", &go_string},   GoField{"ftpProxy", &go_string},
    GoField{"allProxy", &go_string},
};

constexpr GoType proxy{GoType::Kind::record, nullptr, proxy_fields};
constexpr GoType proxies{GoType::Kind::map, &proxy};
constexpr GoType plugins{GoType::Kind::map, &go_string_map};

// Of the entries in `auths` each has its own problem.
constexpr std::array config_fields{
    GoField{"auths", &go_object},
    GoField{"HttpHeaders", &go_string_map},
    GoField{"psFormat", &go_string},
    GoField{"imagesFormat", &go_string},
    GoField{"networksFormat", &go_string},
    GoField{"pluginsFormat", &go_string},
    GoField{"volumesFormat", &go_string},
    GoField{"statsFormat", &go_string},
    GoField{"detachKeys", &go_string},
    GoField{"credsStore", &go_string},
    GoField{"credHelpers", &go_string_map},
    GoField{"serviceInspectFormat", &go_string},
    GoField{"servicesFormat", &go_string},
    GoField{"tasksFormat", &go_string},
    GoField{"secretFormat", &go_string},
    GoField{"configFormat", &go_string},
    GoField{"nodesFormat", &go_string},
    GoField{"pruneFilters", &go_strings},
    GoField{"proxies", &proxies},
    GoField{"currentContext", &go_string},
    GoField{"cliPluginsExtraDirs", &go_strings},
    GoField{"plugins", &plugins},
    GoField{"aliases", &go_string_map},
    GoField{"features", &go_string_map},
};

// The members of the text's one object; none for an empty text or `null`.
std::vector<JsonMember> members_of_config(const GoJsonReader& reader) {
  if (reader.value().empty()) return {};
  return reader.members_of_object(reader.value(), "the config");
}

std::vector<JsonMember> checked_members(const GoJsonReader& reader) {
  std::vector<JsonMember> members = members_of_config(reader);
  reader.check_fields(members, config_fields);
  return members;
}

// The entry's own fields as Docker sees them: `auth` wins over `username` and `password`.
Credential parse_credential(const std::vector<JsonMember>& members) {
  Credential credential = credential_of_fields(members);
  if (const auto auth = string_field(members, "auth"); auth && !auth->empty()) {
    UserPassword decoded = decode_auth(*auth);
    credential.username = std::move(decoded.username);
    credential.password = std::move(decoded.password);
  }
  return credential;
}

AuthEntry parse_entry(const GoJsonReader& reader, JsonMember member) {
  AuthEntry entry{.key = std::move(member.name)};
  try {
    const auto members = reader.members_of_object(member.value, "an entry of auths");
    reader.check_fields(members, entry_fields);
    entry.credential = parse_credential(members);
    entry.lacks_auth =
        !is_empty(entry.credential) && string_field(members, "auth").value_or("").empty();
  } catch (const Error& error) {
    // decode_auth() knows no place.
    entry.problem = std::make_shared<const Error>(
        error.place().empty() ? reader.error(member.value, error.message(), error.hint()) : error);
  }
  return entry;
}

void add_entries(AuthEntries& entries, const GoJsonReader& reader,
                 std::vector<JsonMember> members) {
  for (JsonMember& member : members)
    entries.add(parse_entry(reader, std::move(member)));
}

Error unknown_field(const GoJsonReader& reader, const JsonMember& member) {
  return reader.error(member.value, fmt::format("unknown field \"{}\"", printable(member.name)));
}

// Docker's decoder for the environment knows no field but `auth`, and demands that.
AuthEntry parse_environment_entry(const GoJsonReader& reader, const JsonMember& member) {
  for (const JsonMember& field : reader.members_of_object(member.value, "an entry of auths"))
    if (!is_field(field.name, "auth")) throw unknown_field(reader, field);
  AuthEntry entry = parse_entry(reader, member);
  if (entry.problem) throw Error(*entry.problem);
  if (is_empty(entry.credential))
    throw reader.error(member.value,
                       fmt::format("the entry of {} has no \"auth\"", key_in_words(member.name)));
  entry.asked_first = true;
  return entry;
}

// In Go, `null` empties a map, and an object is merged into it.
void merge_cred_helpers(std::map<std::string, std::string>& cred_helpers, std::string_view value) {
  if (kind_of(value) == JsonKind::null) return cred_helpers.clear();
  for (const JsonMember& member : members_of(value)) {
    const bool is_null = kind_of(member.value) == JsonKind::null;
    cred_helpers[member.name] = is_null ? "" : decode_string(member.value);
  }
}

}  // namespace

AuthEntries& AuthEntries::operator=(const AuthEntries& other) {
  if (this == &other) return *this;
  clear();
  for (const AuthEntry& entry : other)
    add(entry);
  return *this;
}

void AuthEntries::add(AuthEntry entry) {
  by_name_.clear();
  const auto known = positions_.find(entry.key);
  if (known == positions_.end()) {
    const AuthEntry& added = entries_.emplace_back(std::move(entry));
    positions_.emplace(added.key, entries_.size() - 1);
    return;
  }
  AuthEntry& before = entries_[known->second];
  before.hides_another = before.hides_another || before.problem || !is_empty(before.credential);
  before.credential = std::move(entry.credential);
  before.problem = std::move(entry.problem);
  before.lacks_auth = entry.lacks_auth;
  before.asked_first = entry.asked_first;
}

void AuthEntries::clear() {
  entries_.clear();
  positions_.clear();
  by_name_.clear();
}

const AuthEntry* AuthEntries::find(std::string_view key) const {
  const auto known = positions_.find(key);
  return known == positions_.end() ? nullptr : &entries_[known->second];
}

const std::vector<const AuthEntry*>& AuthEntries::looked_up_as(const std::string& name) const {
  if (by_name_.empty())
    for (const AuthEntry& entry : entries_)
      by_name_[docker_lookup_name(entry.key)].push_back(&entry);
  static const std::vector<const AuthEntry*> none;
  const auto known = by_name_.find(name);
  return known == by_name_.end() ? none : known->second;
}

bool has_inline_credential(const Config& config) {
  return std::any_of(config.auths.begin(), config.auths.end(),
                     [](const AuthEntry& entry) { return !is_empty(entry.credential); });
}

void check_config(JsonText json) {
  const GoJsonReader reader(std::move(json), TextBehind::ignored);
  checked_members(reader);
}

std::optional<Error> refused_before_29(JsonText json) {
  const GoJsonReader reader(std::move(json), TextBehind::ignored);
  try {
    const std::vector<JsonMember> members = members_of_config(reader);
    reader.check_fields(members, config_fields_before_29);
    for (const JsonMember& member : members)
      if (is_field(member.name, "auths"))
        for (const JsonMember& entry : reader.members_of_object(member.value, "auths"))
          reader.check_fields(reader.members_of_object(entry.value, "an entry of auths"),
                              entry_fields_before_29);
  } catch (const Error& error) {
    return error;
  }
  return std::nullopt;
}

Config parse_config(JsonText json) {
  const GoJsonReader reader(std::move(json), TextBehind::ignored);
  const std::vector<JsonMember> members = checked_members(reader);
  Config config{.file = reader.file(),
                .creds_store = string_field(members, "credsStore").value_or(""),
                .current_context = string_field(members, "currentContext").value_or("")};
  for (const JsonMember& member : members) {
    if (is_field(member.name, "credHelpers")) merge_cred_helpers(config.cred_helpers, member.value);
    if (!is_field(member.name, "auths")) continue;
    if (kind_of(member.value) == JsonKind::null) config.auths.clear();
    add_entries(config.auths, reader, reader.members_of_object(member.value, "auths"));
  }
  return config;
}

Config parse_dockercfg(JsonText json) {
  const GoJsonReader reader(std::move(json), TextBehind::ignored);
  Config config{.file = reader.file()};
  add_entries(config.auths, reader, members_of_config(reader));
  return config;
}

std::vector<AuthEntry> parse_environment_auths(const std::string& text) {
  if (trim(text).starts_with('/'))
    throw Error("DOCKER_AUTH_CONFIG",
                "it holds the path of a file, as a GitLab variable of type File does, and no JSON",
                R"sh(export DOCKER_AUTH_CONFIG="$(cat "$DOCKER_AUTH_CONFIG")")sh");
  const GoJsonReader reader({.file = "DOCKER_AUTH_CONFIG", .text = text},
                            TextBehind::refused_if_more);
  std::vector<AuthEntry> entries;
  for (const JsonMember& member : members_of_config(reader)) {
    if (!is_field(member.name, "auths")) throw unknown_field(reader, member);
    for (const JsonMember& entry : reader.members_of_object(member.value, "auths"))
      entries.push_back(parse_environment_entry(reader, entry));
  }
  return entries;
}

}  // namespace pullsecret
