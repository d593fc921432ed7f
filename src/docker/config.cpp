#include "docker/config.h"

#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>

#include "credential/basic_auth.h"
#include "credential/json.h"
#include "system/text.h"

namespace pullsecret {
namespace {

/// What Go's type of a field takes; `null` is taken by all.
enum class Shape { string, strings, string_map, string_map_map, object };

struct Field {
  std::string_view name;
  Shape shape;
};

// docker/cli, config/configfile/file.go: type ConfigFile. A value of another type makes Docker
// refuse the file.
constexpr std::array fields{
    Field{"auths", Shape::object},
    Field{"HttpHeaders", Shape::string_map},
    Field{"psFormat", Shape::string},
    Field{"imagesFormat", Shape::string},
    Field{"networksFormat", Shape::string},
    Field{"pluginsFormat", Shape::string},
    Field{"volumesFormat", Shape::string},
    Field{"statsFormat", Shape::string},
    Field{"detachKeys", Shape::string},
    Field{"credsStore", Shape::string},
    Field{"credHelpers", Shape::string_map},
    Field{"serviceInspectFormat", Shape::string},
    Field{"servicesFormat", Shape::string},
    Field{"tasksFormat", Shape::string},
    Field{"secretFormat", Shape::string},
    Field{"configFormat", Shape::string},
    Field{"nodesFormat", Shape::string},
    Field{"pruneFilters", Shape::strings},
    Field{"proxies", Shape::object},
    Field{"currentContext", Shape::string},
    Field{"cliPluginsExtraDirs", Shape::strings},
    Field{"plugins", Shape::string_map_map},
    Field{"aliases", Shape::string_map},
    Field{"features", Shape::string_map},
};

bool is_field(const JsonMember& member, std::string_view name) {
  return equal_ignoring_case(member.name, name);
}

bool all_members(std::string_view value, Shape shape);

bool has_shape(std::string_view value, Shape shape) {
  const JsonKind kind = kind_of(value);
  if (kind == JsonKind::null) return true;
  switch (shape) {
    case Shape::string:
      return kind == JsonKind::string;
    case Shape::object:
      return kind == JsonKind::object;
    case Shape::string_map:
      return kind == JsonKind::object && all_members(value, Shape::string);
    case Shape::string_map_map:
      return kind == JsonKind::object && all_members(value, Shape::string_map);
    case Shape::strings: {
      if (kind != JsonKind::array) return false;
      const auto elements = elements_of(value);
      return std::all_of(elements.begin(), elements.end(), [](std::string_view element) {
        return has_shape(element, Shape::string);
      });
    }
  }
  return false;
}

bool all_members(std::string_view value, Shape shape) {
  const auto members = members_of(value);
  return std::all_of(members.begin(), members.end(),
                     [&](const JsonMember& member) { return has_shape(member.value, shape); });
}

std::string_view in_words(Shape shape) {
  switch (shape) {
    case Shape::string:
      return "a string";
    case Shape::strings:
      return "an array of strings";
    case Shape::string_map:
      return "an object of strings";
    case Shape::string_map_map:
      return "an object of objects of strings";
    case Shape::object:
      return "an object";
  }
  return {};
}

/// A text and the places in it.
class Reader {
 public:
  explicit Reader(JsonText json) : json_(std::move(json)) {
    json_.text = replace_invalid_utf8(json_.text);
  }

  const std::string& file() const { return json_.file; }

  /// The members of the text's one object; none for an empty text or `null`.
  std::vector<JsonMember> members() const {
    const std::string_view value = first_value(json_);
    if (value.empty()) return {};
    return members_of_object(value, "the config");
  }

  std::vector<JsonMember> members_of_object(std::string_view value, std::string_view name) const {
    check(value, name, Shape::object);
    if (kind_of(value) == JsonKind::null) return {};
    return members_of(value);
  }

  void check(std::string_view value, std::string_view name, Shape shape) const {
    if (!has_shape(value, shape))
      throw error(value, fmt::format("{} must be {}", name, in_words(shape)));
  }

  /// `value` is a view into the text.
  Error error(std::string_view value, std::string message, std::string hint = {}) const {
    return error_at(json_, static_cast<std::size_t>(value.data() - json_.text.data()),
                    std::move(message), std::move(hint));
  }

 private:
  JsonText json_;
};

void set_text(std::string& text, std::string_view value) {
  if (kind_of(value) == JsonKind::string) text = decode_string(value);
}

// The entry's own fields as Docker sees them: `auth` wins over `username` and `password`.
Credential parse_credential(const Reader& reader, const std::vector<JsonMember>& members) {
  Credential credential;
  std::string auth;
  const std::array<std::pair<std::string_view, std::string*>, 6> known{
      {{"auth", &auth},
       {"username", &credential.username},
       {"password", &credential.password},
       {"email", &credential.email},
       {"identitytoken", &credential.identity_token},
       {"registrytoken", &credential.registry_token}}};
  for (const JsonMember& member : members)
    for (const auto& [name, text] : known) {
      if (!is_field(member, name)) continue;
      reader.check(member.value, fmt::format("\"{}\"", name), Shape::string);
      set_text(*text, member.value);
    }
  if (!auth.empty()) {
    UserPassword decoded = decode_auth(auth);
    credential.username = std::move(decoded.username);
    credential.password = std::move(decoded.password);
  }
  return credential;
}

AuthEntry parse_entry(const Reader& reader, const JsonMember& member) {
  AuthEntry entry{.key = member.name};
  try {
    entry.credential =
        parse_credential(reader, reader.members_of_object(member.value, "an entry of auths"));
  } catch (const Error& error) {
    // decode_auth() knows no place.
    entry.problem =
        error.place().empty() ? reader.error(member.value, error.message(), error.hint()) : error;
  }
  return entry;
}

/// Entries in the order of their keys' first appearance, the last of each key.
class EntryList {
 public:
  void add(AuthEntry entry) {
    const auto [known, is_new] = positions_.emplace(entry.key, entries_.size());
    if (is_new)
      entries_.push_back(std::move(entry));
    else
      entries_[known->second] = std::move(entry);
  }

  std::vector<AuthEntry> take() && { return std::move(entries_); }

 private:
  std::vector<AuthEntry> entries_;
  std::unordered_map<std::string, std::size_t> positions_;
};

void add_entries(EntryList& list, const Reader& reader, const std::vector<JsonMember>& members) {
  for (const JsonMember& member : members)
    list.add(parse_entry(reader, member));
}

// In Go, `null` empties a map, and an object is merged into it.
void merge_cred_helpers(std::map<std::string, std::string>& cred_helpers, std::string_view value) {
  if (kind_of(value) == JsonKind::null) return cred_helpers.clear();
  for (const JsonMember& member : members_of(value)) {
    cred_helpers[member.name].clear();
    set_text(cred_helpers[member.name], member.value);
  }
}

std::string format_object(const std::vector<std::string>& members, const std::string& indent) {
  if (members.empty()) return "{}";
  std::string object = "{";
  const char* separator = "\n";
  for (const std::string& member : members) {
    object.append(separator).append(indent).append("\t").append(member);
    separator = ",\n";
  }
  return object.append("\n").append(indent).append("}");
}

std::string format_entry(const Credential& credential) {
  std::vector<std::string> members;
  const auto add = [&](std::string_view name, const std::string& value) {
    if (!value.empty()) members.push_back(fmt::format("\"{}\": {}", name, json_string(value)));
  };
  if (!credential.username.empty())
    add("auth", encode_auth(credential.username, credential.password));
  add("email", credential.email);
  add("identitytoken", credential.identity_token);
  add("registrytoken", credential.registry_token);
  return format_object(members, "\t\t");
}

std::string format_auths(const std::vector<std::pair<std::string, Credential>>& credentials) {
  std::vector<std::string> members;
  members.reserve(credentials.size());
  for (const auto& [key, credential] : credentials)
    members.push_back(json_string(key) + ": " + format_entry(credential));
  return format_object(members, "\t");
}

void check_shape(const Reader& reader, const JsonMember& member) {
  for (const Field& field : fields)
    if (is_field(member, field.name)) reader.check(member.value, field.name, field.shape);
}

}  // namespace

Config parse_config(JsonText json) {
  const Reader reader(std::move(json));
  Config config{.file = reader.file()};
  EntryList entries;
  bool has_auths = false;
  for (const JsonMember& member : reader.members()) {
    check_shape(reader, member);
    if (is_field(member, "auths")) {
      if (!std::exchange(has_auths, true)) config.auths_position = config.settings.size();
      if (kind_of(member.value) == JsonKind::null) entries = {};
      add_entries(entries, reader, reader.members_of_object(member.value, "auths"));
    } else if (is_field(member, "credsStore")) {
      set_text(config.creds_store, member.value);
    } else if (is_field(member, "credHelpers")) {
      merge_cred_helpers(config.cred_helpers, member.value);
    } else {
      config.settings.push_back({member.name, std::string(member.value)});
    }
  }
  config.auths = std::move(entries).take();
  return config;
}

Config parse_dockercfg(JsonText json) {
  const Reader reader(std::move(json));
  EntryList entries;
  add_entries(entries, reader, reader.members());
  return {.file = reader.file(), .auths = std::move(entries).take()};
}

std::vector<AuthEntry> parse_environment_auths(const std::string& text) {
  const Reader reader({.file = "DOCKER_AUTH_CONFIG", .text = text});
  EntryList list;
  for (const JsonMember& member : reader.members()) {
    if (!is_field(member, "auths"))
      throw reader.error(member.value, fmt::format("unknown field \"{}\"", printable(member.name)));
    for (const JsonMember& entry : reader.members_of_object(member.value, "auths"))
      for (const JsonMember& field : reader.members_of_object(entry.value, "an entry of auths"))
        if (!is_field(field, "auth"))
          throw reader.error(field.value,
                             fmt::format("unknown field \"{}\"", printable(field.name)));
    add_entries(list, reader, reader.members_of_object(member.value, "auths"));
  }
  std::vector<AuthEntry> entries = std::move(list).take();
  for (AuthEntry& entry : entries) {
    if (entry.problem) throw Error(*entry.problem);
    entry.asked_first = true;
  }
  return entries;
}

Config with_entries(Config config, std::vector<AuthEntry> entries) {
  EntryList list;
  for (AuthEntry& entry : config.auths)
    list.add(std::move(entry));
  for (AuthEntry& entry : entries)
    list.add(std::move(entry));
  config.auths = std::move(list).take();
  return config;
}

std::string format_config(const Config& config,
                          const std::vector<std::pair<std::string, Credential>>& credentials) {
  std::vector<std::string> members;
  for (const Setting& setting : config.settings)
    members.push_back(json_string(setting.name) + ": " + setting.value);
  members.insert(members.begin() + static_cast<std::ptrdiff_t>(config.auths_position),
                 "\"auths\": " + format_auths(credentials));
  return format_object(members, "") + "\n";
}

}  // namespace pullsecret
