// Feeds the config writer: what a change does not name stays as it was, in value and order, and the
// result is a config. The input is the change, a line each (`entry-gone KEY`, see read_change()), a
// line of three dashes, and the config.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "credential/go_json_reader.h"
#include "docker/config.h"
#include "docker/config_change.h"
#include "docker/error_hooks.h"
#include "fuzz/require.h"
#include "system/text.h"

namespace {

using namespace pullsecret;

void read_line(ConfigChange& change, const std::vector<std::string>& words) {
  const std::string &kind = words[0], &key = words[1], &value = words[2];
  if (kind == "setting") change.setting_names[key] = value;
  if (kind == "store") change.creds_store = key;
  if (kind == "helper") change.cred_helpers[key] = value;
  if (kind == "entry-gone") change.entries[key] = Removed{};
  if (kind == "entry-without-secrets") change.entries[key] = WithoutSecrets{};
  if (kind == "entry-renamed") change.entries[key] = Renamed{value};
  if (kind == "entry-inline") change.entries[key] = Inline{{.username = "u", .password = value}};
}

ConfigChange read_change(const std::string& text) {
  ConfigChange change;
  for (const std::string& line : split(text, '\n')) {
    std::vector<std::string> words = split(line, ' ');
    words.resize(3);
    read_line(change, words);
  }
  return change;
}

// The first value of a config without the white space between its tokens, and what follows it.
std::string tokens_of(const std::string& json) {
  std::string tokens;
  bool in_string = false;
  for (std::size_t i = 0; i < json.size(); ++i) {
    const bool is_white = std::string_view(" \t\r\n").find(json[i]) != std::string_view::npos;
    if (json[i] == '"') in_string = !in_string;
    if (in_string || !is_white) tokens += json[i];
    if (in_string && json[i] == '\\') tokens += json[++i];
  }
  return tokens;
}

// Without changes the tokens stay. An empty text and `null` become an object, which is said in
// config_change.h.
void check_layout(const JsonText& json, const JsonText& laid_out) {
  require(changed_config(laid_out, {}) == laid_out.text);
  const std::string_view before = first_value(json), after = first_value(laid_out);
  if (!before.empty() && kind_of(before) == JsonKind::object)
    require(tokens_of(std::string(before)) == tokens_of(std::string(after)));
}

bool is_same(const AuthEntry& a, const AuthEntry& b) {
  return a.key == b.key && (a.problem == nullptr) == (b.problem == nullptr) &&
         a.credential.username == b.credential.username &&
         a.credential.password == b.credential.password &&
         a.credential.email == b.credential.email &&
         a.credential.identity_token == b.credential.identity_token &&
         a.credential.registry_token == b.credential.registry_token;
}

// The settings that are none of these, each `NAME VALUE`.
std::vector<std::string> settings_but(const JsonText& json, const std::vector<std::string>& names) {
  std::vector<std::string> settings;
  const std::string_view value = first_value(json);
  if (value.empty() || kind_of(value) != JsonKind::object) return {};
  for (const JsonMember& member : members_of(value))
    if (std::none_of(names.begin(), names.end(),
                     [&](const std::string& name) { return is_field(member.name, name); }))
      settings.push_back(member.name + " " + tokens_of(std::string(member.value)));
  return settings;
}

// Those that no change of entries and stores but a renaming is about.
std::vector<std::string> other_settings(const JsonText& json) {
  return settings_but(json, {"auths", "credsStore", "credHelpers"});
}

void check_helpers(const Config& before, const Config& after, const ConfigChange& change) {
  require(after.creds_store == change.creds_store.value_or(before.creds_store));
  std::map<std::string, std::string> expected = before.cred_helpers;
  for (const auto& [key, helper] : change.cred_helpers)
    if (helper)
      expected[key] = *helper;
    else
      expected.erase(key);
  require(after.cred_helpers == expected);
}

// The entries that nothing was to become of, which no other takes the name of.
std::vector<AuthEntry> untouched(const Config& config, const ConfigChange& change) {
  std::vector<AuthEntry> entries;
  for (const AuthEntry& entry : config.auths) {
    bool is_named = change.entries.contains(entry.key);
    for (const auto& [key, entry_change] : change.entries)
      if (const auto* renamed = std::get_if<Renamed>(&entry_change))
        is_named = is_named || renamed->to == entry.key;
    if (!is_named) entries.push_back(entry);
  }
  return entries;
}

void check_entries(const Config& before, const Config& after, const ConfigChange& change) {
  const auto old_entries = untouched(before, change), new_entries = untouched(after, change);
  require(std::equal(old_entries.begin(), old_entries.end(), new_entries.begin(), new_entries.end(),
                     is_same));
  for (const auto& [key, entry_change] : change.entries) {
    const AuthEntry* entry = after.auths.find(key);
    if (std::holds_alternative<Inline>(entry_change))
      require(entry != nullptr && !entry->problem && entry->credential.username == "u");
    if (std::holds_alternative<WithoutSecrets>(entry_change) && entry != nullptr && !entry->problem)
      require(entry->credential.username.empty() && entry->credential.identity_token.empty());
  }
}

void check_change(const JsonText& json, const ConfigChange& change) {
  const Config before = parse_config(json);
  const JsonText changed{json.file, changed_config(json, change)};
  const Config after = parse_config(changed);
  if (!change.setting_names.empty()) return;  // one may become `auths`, or no longer be it
  require(other_settings(changed) == other_settings(json));
  check_helpers(before, after, change);
  check_entries(before, after, change);
}

void check_hooks(const JsonText& json) {
  const auto settings = settings_but(json, {"plugins", "features"});
  for (const bool on : {true, false}) {
    const JsonText changed{json.file, changed_config(json, error_hooks(json, on))};
    require(settings_but(changed, {"plugins", "features"}) == settings);
    require(changed_config(changed, error_hooks(changed, on)) == changed.text);
    require((changed.text.find("error-hooks") != std::string::npos) || !on);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string input(reinterpret_cast<const char*>(data), size);
  constexpr std::string_view dashes = "---\n";
  const std::size_t end = input.find(dashes);
  if (end == std::string::npos) return 0;
  const JsonText json{"config.json", input.substr(end + dashes.size())};
  try {
    check_layout(json, {json.file, changed_config(json, {})});
    check_change(json, read_change(replace_invalid_utf8(input.substr(0, end))));
    check_hooks(json);
  } catch (const Error&) {
    // refused in words
  }
  return 0;
}
