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
enum class Shape { string, strings, string_map, string_map_map, object, object_map };

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
    Field{"proxies", Shape::object_map},
    Field{"currentContext", Shape::string},
    Field{"cliPluginsExtraDirs", Shape::strings},
    Field{"plugins", Shape::string_map_map},
    Field{"aliases", Shape::string_map},
    Field{"features", Shape::string_map},
    Field{"experimental", Shape::string},
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
    case Shape::object_map:
      return kind == JsonKind::object && all_members(value, Shape::object);
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
    case Shape::object_map:
      return "an object of objects";
  }
  return {};
}

/// A text and the places in it.
class Reader {
 public:
  explicit Reader(JsonText json) : json_(std::move(json)) {
    if (json_.text.starts_with("\xFF\xFE") || json_.text.starts_with("\xFE\xFF"))
      throw error(json_.text, "UTF-16 text; JSON is UTF-8", "save the file as UTF-8");
    json_.text = as_go_reads(std::move(json_.text));
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
    return error_at(json_, lines_, static_cast<std::size_t>(value.data() - json_.text.data()),
                    std::move(message), std::move(hint));
  }

 private:
  JsonText json_;
  mutable LineCounter lines_;  ///< remembers how far it counted, for the many errors of one file
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
      reader.check(member.value, name, Shape::string);
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

void add_entries(AuthEntries& entries, const Reader& reader,
                 const std::vector<JsonMember>& members) {
  entries.reserve(entries.size() + members.size());
  for (const JsonMember& member : members)
    entries.add(parse_entry(reader, member));
}

Error unknown_field(const Reader& reader, const JsonMember& member) {
  return reader.error(member.value, fmt::format("unknown field \"{}\"", printable(member.name)));
}

// Docker's decoder for the environment knows no field but `auth`.
AuthEntry parse_environment_entry(const Reader& reader, const JsonMember& member) {
  for (const JsonMember& field : reader.members_of_object(member.value, "an entry of auths"))
    if (!is_field(field, "auth")) throw unknown_field(reader, field);
  AuthEntry entry = parse_entry(reader, member);
  if (entry.problem) throw Error(*entry.problem);
  entry.asked_first = true;
  return entry;
}

// In Go, `null` empties a map, and an object is merged into it.
void merge_cred_helpers(std::map<std::string, std::string>& cred_helpers, std::string_view value) {
  if (kind_of(value) == JsonKind::null) return cred_helpers.clear();
  for (const JsonMember& member : members_of(value)) {
    cred_helpers[member.name].clear();
    set_text(cred_helpers[member.name], member.value);
  }
}

// An object is written from "{" member by member, a line each with `indent`; then closed.
void add_member(std::string& object, std::string_view indent, std::string_view name,
                std::string_view value) {
  object.append(object.ends_with('{') ? "\n" : ",\n").append(indent);
  object.append(json_string(name)).append(": ").append(value);
}

void close_object(std::string& object, std::string_view indent) {
  if (!object.ends_with('{')) object.append("\n").append(indent);
  object.append("}");
}

std::string format_entry(const Credential& credential) {
  std::string entry = "{";
  const auto add = [&](std::string_view name, const std::string& value) {
    if (!value.empty()) add_member(entry, "\t\t\t", name, json_string(value));
  };
  if (!credential.username.empty())
    add("auth", encode_auth(credential.username, credential.password));
  add("email", credential.email);
  add("identitytoken", credential.identity_token);
  add("registrytoken", credential.registry_token);
  close_object(entry, "\t\t");
  return entry;
}

std::string format_auths(const std::vector<std::pair<std::string, Credential>>& credentials) {
  std::string auths = "{";
  for (const auto& [key, credential] : credentials)
    add_member(auths, "\t\t", key, format_entry(credential));
  close_object(auths, "\t");
  return auths;
}

void check_shape(const Reader& reader, const JsonMember& member) {
  for (const Field& field : fields)
    if (is_field(member, field.name)) reader.check(member.value, field.name, field.shape);
}

}  // namespace

void AuthEntries::add(AuthEntry entry) {
  const auto [known, is_new] = positions_.emplace(entry.key, entries_.size());
  if (is_new)
    entries_.push_back(std::move(entry));
  else
    entries_[known->second] = std::move(entry);
}

void AuthEntries::reserve(std::size_t count) {
  entries_.reserve(count);
  positions_.reserve(count);
}

void AuthEntries::clear() {
  entries_.clear();
  positions_.clear();
}

const AuthEntry* AuthEntries::find(const std::string& key) const {
  const auto known = positions_.find(key);
  return known == positions_.end() ? nullptr : &entries_[known->second];
}

bool has_inline_credential(const Config& config) {
  return std::any_of(config.auths.begin(), config.auths.end(),
                     [](const AuthEntry& entry) { return !is_empty(entry.credential); });
}

Config parse_config(JsonText json) {
  const Reader reader(std::move(json));
  Config config{.file = reader.file()};
  bool has_auths = false;
  for (const JsonMember& member : reader.members()) {
    check_shape(reader, member);
    if (is_field(member, "auths")) {
      if (!std::exchange(has_auths, true)) config.auths_position = config.settings.size();
      if (kind_of(member.value) == JsonKind::null) config.auths.clear();
      add_entries(config.auths, reader, reader.members_of_object(member.value, "auths"));
    } else if (is_field(member, "credsStore")) {
      set_text(config.creds_store, member.value);
    } else if (is_field(member, "credHelpers")) {
      merge_cred_helpers(config.cred_helpers, member.value);
    } else {
      config.settings.push_back({member.name, std::string(member.value)});
    }
  }
  return config;
}

Config parse_dockercfg(JsonText json) {
  const Reader reader(std::move(json));
  Config config{.file = reader.file()};
  add_entries(config.auths, reader, reader.members());
  return config;
}

std::vector<AuthEntry> parse_environment_auths(const std::string& text) {
  const Reader reader({.file = "DOCKER_AUTH_CONFIG", .text = text});
  std::vector<AuthEntry> entries;
  for (const JsonMember& member : reader.members()) {
    if (!is_field(member, "auths")) throw unknown_field(reader, member);
    for (const JsonMember& entry : reader.members_of_object(member.value, "auths"))
      entries.push_back(parse_environment_entry(reader, entry));
  }
  return entries;
}

std::string format_config(const Config& config,
                          const std::vector<std::pair<std::string, Credential>>& credentials) {
  std::string text = "{";
  for (std::size_t i = 0; i <= config.settings.size(); ++i) {
    if (i == config.auths_position) add_member(text, "\t", "auths", format_auths(credentials));
    if (i < config.settings.size())
      add_member(text, "\t", config.settings[i].name, config.settings[i].value);
  }
  close_object(text, "");
  return text += "\n";
}

}  // namespace pullsecret
