#include "doctor/settings_checks.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <cstddef>
#include <set>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "credential/go_json_reader.h"
#include "credential/image_grammar.h"
#include "credential/registry.h"
#include "docker/config.h"
#include "docker/resolve.h"
#include "doctor/store_checks.h"
#include "system/error.h"
#include "system/text.h"

namespace pullsecret {
namespace {

// ---- What Docker refuses

Finding file_refused(std::string name, const Error& error, std::string_view consequence) {
  return problem(std::move(name), error.place(), error.message() + std::string(consequence),
                 error.hint().empty() ? "correct it there" : error.hint());
}

// Measured with Docker 28: after a syntax error `docker login` writes a new file, after any other
// one it keeps the settings and empties the entries.
constexpr std::string_view entries_are_lost =
    "; Docker uses no credential of this file, and the next docker login erases them";

Finding no_json(const JsonFault& fault) {
  return file_refused(
      "file-syntax", fault.error,
      fault.is_own_limit ? ", which Docker takes and pullsecret does not" : entries_are_lost);
}

// Docker's versions differ.
std::optional<Finding> check_older_types(const JsonText& json, const DockerVersion& version) {
  const auto refused = refused_before_29(json);
  if (!refused) return std::nullopt;
  const auto major = version();
  if (major && *major >= 29) return std::nullopt;
  const std::string message =
      fmt::format("{}: so Docker before 29.0 refuses the file, and uses no credential of it",
                  refused->message());
  constexpr const char* hint = "take it out: Docker uses it no more";
  if (!major) return warning("file-field-type", refused->place(), message, hint);
  return problem(
      "file-field-type", refused->place(),
      fmt::format("{}; this is {}, and the next docker login erases them", message, *major), hint);
}

// ---- Names of settings

/// A setting about credentials: these are written by hand, and read by other programs, too.
struct CredentialSetting {
  std::string_view name;
  std::string_view example;
};

constexpr std::array credential_settings{
    CredentialSetting{"auths", R"("auths": {"REGISTRY": {}})"},
    CredentialSetting{"credsStore", R"("credsStore": "STORE")"},
    CredentialSetting{"credHelpers", R"("credHelpers": {"REGISTRY": "STORE"})"},
};

// The letters of a name, with the words in which people differ made one.
std::string essence(std::string_view name) {
  std::string letters;
  for (const char letter : lower_case(name))
    if (std::isalpha(static_cast<unsigned char>(letter)) != 0) letters += letter;
  constexpr std::string_view word = "credential";
  const std::size_t at = letters.find(word);
  if (at != std::string::npos) letters.replace(at, word.size(), "cred");
  return letters;
}

// One wrong letter in five is a slip.
bool is_alike(std::string_view name, std::string_view meant) {
  return edit_distance(essence(name), essence(meant)) <= meant.size() / 5;
}

/// A name that is not written as it should be.
struct WrongName {
  const JsonMember& member;
  const CredentialSetting& meant;
  bool is_letter_case = false;
};

std::optional<WrongName> find_wrong_name(const JsonMember& member) {
  for (const CredentialSetting& setting : credential_settings) {
    if (member.name == setting.name) return std::nullopt;
    if (is_field(member.name, setting.name)) return WrongName{member, setting, true};
  }
  for (const CredentialSetting& setting : credential_settings)
    if (is_alike(member.name, setting.name)) return WrongName{member, setting};
  return std::nullopt;
}

// Whether Docker takes the file if the value stands under the name that was meant.
bool fits(const WrongName& wrong) {
  const std::string text = fmt::format(R"({{"{}": {}}})", wrong.meant.name, wrong.member.value);
  try {
    const Config config = parse_config({.file = {}, .text = text});
    return std::none_of(config.auths.begin(), config.auths.end(),
                        [](const AuthEntry& entry) { return entry.problem != nullptr; });
  } catch (const Error&) {
    return false;
  }
}

/// Checks the names of a config's settings one after the other.
class NameCheck {
 public:
  NameCheck(const std::vector<JsonMember>& members, const Config& config)
      : has_plain_text_(has_inline_credential(config)), has_store_(!config.creds_store.empty()) {
    for (const JsonMember& member : members)
      names_.insert(member.name);
  }

  Finding describe(const WrongName& wrong) {
    Finding finding = warning(wrong.is_letter_case ? "setting-letter-case" : "setting-misspelled",
                              printable(wrong.member.name), message_of(wrong), "");
    if (auto obstacle = find_obstacle(wrong)) {
      finding.hint = std::move(*obstacle);
    } else if (would_hide_plain_text(wrong)) {
      finding.remedy = {"migrate --to STORE",
                        " sets it, and moves the credentials of this file there"};
    } else {
      finding.hint = fmt::format("rename it to {}", wrong.meant.name);
      finding.remedy.change.setting_names[wrong.member.name] = wrong.meant.name;
      names_.emplace(wrong.meant.name);
    }
    return finding;
  }

 private:
  static std::string message_of(const WrongName& wrong) {
    if (wrong.is_letter_case)
      return fmt::format(
          "Docker reads it in any letter case; programs in Java and Python look for "
          "{} only",
          wrong.meant.name);
    return fmt::format(
        "Docker knows no such setting, and drops it when it next writes the file; {} "
        "is meant",
        wrong.meant.name);
  }

  // Why the name cannot simply be put right, as what to do in its place.
  std::optional<std::string> find_obstacle(const WrongName& wrong) const {
    if (names_.contains(std::string(wrong.meant.name)))
      return fmt::format("{} is there, too: make one of the two by hand", wrong.meant.name);
    if (wrong.is_letter_case) return std::nullopt;
    if (!fits(wrong)) return fmt::format("write it as {}", wrong.meant.example);
    if (wrong.meant.name == "credHelpers" && has_store_)
      return "rename it to credHelpers by hand, if these helpers are to count before credsStore";
    return std::nullopt;
  }

  bool would_hide_plain_text(const WrongName& wrong) const {
    return !wrong.is_letter_case && wrong.meant.name != "auths" && has_plain_text_;
  }

  std::set<std::string> names_;  ///< those there are, and those that the changes give
  bool has_plain_text_;
  bool has_store_;
};

// ---- Names of an entry's fields

constexpr std::array<std::string_view, 5> credential_fields{"auth", "username", "password",
                                                            "identitytoken", "registrytoken"};

std::optional<std::string_view> find_field_meant(const std::string& name) {
  for (const std::string_view field : credential_fields)
    if (name != field && is_field(name, field)) return field;
  return std::nullopt;
}

void check_fields(Findings& findings, const JsonMember& entry) {
  if (kind_of(entry.value) != JsonKind::object) return;
  for (const JsonMember& field : members_of(entry.value))
    if (const auto meant = find_field_meant(field.name))
      findings.push_back(
          warning("setting-letter-case", key_in_words(entry.name),
                  fmt::format("Docker reads its field {} in any letter case; programs in Java "
                              "and Python look for {} only",
                              printable(field.name), *meant),
                  fmt::format("rename it to {}", *meant)));
}

void check_entries_fields(Findings& findings, const JsonMember& member) {
  if (!is_field(member.name, "auths") || kind_of(member.value) != JsonKind::object) return;
  for (const JsonMember& entry : members_of(member.value))
    check_fields(findings, entry);
}

// ---- No store at all

// Docker takes an empty name for none, and one of its own where there is nothing else.
std::optional<Finding> check_empty_store(const Config& config, const JsonMember& member) {
  const bool is_empty = is_field(member.name, "credsStore") && config.creds_store.empty();
  if (!is_empty || find_default_store(config)) return std::nullopt;
  return warning("helper-name-empty", printable(member.name),
                 "it names no store: Docker keeps the credentials in this file, in plain text", "",
                 {"migrate --to STORE", " names one, and moves them there"});
}

// ---- What stands behind the config

std::optional<Finding> check_rest(const JsonText& json, std::string_view value) {
  const auto end = static_cast<std::size_t>(value.data() + value.size() - json.text.data());
  const std::string_view before_rest(json.text.data(), end);
  if (trim(std::string_view(json.text).substr(end)).empty()) return std::nullopt;
  return warning(
      "file-second-value",
      fmt::format("{}:{}", json.file, 1 + std::count(before_rest.begin(), before_rest.end(), '\n')),
      "something stands behind the first JSON value: Docker does not read it, and drops "
      "it when it next writes the file",
      "move into the first value what is meant, and take out the rest");
}

// ---- What is there twice

Findings find_repeated(const std::vector<JsonMember>& members, const std::string& finding_name,
                       std::string_view consequence) {
  Findings findings;
  std::set<std::string> seen, told;
  for (const JsonMember& member : members)
    if (!seen.insert(member.name).second && told.insert(member.name).second)
      findings.push_back(
          warning(finding_name, key_in_words(member.name),
                  fmt::format("it stands in the file more than once: {}", consequence),
                  "keep one of them"));
  return findings;
}

Findings find_repeated_entries(const JsonMember& member) {
  const bool has_keys = is_field(member.name, "auths") || is_field(member.name, "credHelpers");
  if (!has_keys || kind_of(member.value) != JsonKind::object) return {};
  return find_repeated(members_of(member.value), "entry-twice", "the last one counts");
}

Findings check_names(const std::vector<JsonMember>& members, const Config& config) {
  Findings findings = find_repeated(members, "setting-twice",
                                    "Docker merges what is an object, and else takes the last one");
  NameCheck check(members, config);
  for (const JsonMember& member : members) {
    if (const auto wrong = find_wrong_name(member)) findings.push_back(check.describe(*wrong));
    append(findings, check_empty_store(config, member));
    check_entries_fields(findings, member);
    append(findings, find_repeated_entries(member));
  }
  return findings;
}

// ---- Entries that are in no place for one

bool has_credential_field(const JsonMember& member) {
  if (kind_of(member.value) != JsonKind::object) return false;
  const std::vector<JsonMember> fields = members_of(member.value);
  return std::any_of(fields.begin(), fields.end(), [](const JsonMember& field) {
    return std::any_of(credential_fields.begin(), credential_fields.end(),
                       [&](std::string_view name) { return is_field(field.name, name); });
  });
}

// A setting's name is one word.
bool is_registry(const std::string& name) {
  return name.find_first_of(".:/") != std::string::npos && is_looked_for(docker_lookup_name(name));
}

// Docker may have one all the same: what is said of that is said elsewhere.
Finding misplaced(const JsonMember& entry, const Config& config) {
  const std::string name = docker_lookup_name(entry.name);
  const bool has_another =
      !entries_found(config, name).empty() || store_for(config, name) != nullptr;
  Finding finding = problem(
      "entry-not-in-auths", key_in_words(entry.name),
      "its credential stands outside of auths, where Docker does not read it, and is dropped "
      "when Docker next writes the file",
      fmt::format("move it into auths, or {}", login_command(entry.name)));
  if (has_another) finding.severity = Severity::warning;
  return finding;
}

void find_misplaced(Findings& findings, const std::vector<JsonMember>& members,
                    const Config& config) {
  for (const JsonMember& member : members)
    if (is_registry(member.name) && has_credential_field(member))
      findings.push_back(misplaced(member, config));
}

}  // namespace

Findings check_misplaced_entries(const JsonText& json, const Config& config) {
  const std::string_view value = first_value(json);
  if (value.empty() || kind_of(value) != JsonKind::object) return {};
  Findings findings;
  const std::vector<JsonMember> members = members_of(value);
  find_misplaced(findings, members, config);
  for (const JsonMember& member : members)
    if (is_field(member.name, "auths") && kind_of(member.value) == JsonKind::object)
      for (const JsonMember& entry : members_of(member.value))
        if (kind_of(entry.value) == JsonKind::object)
          find_misplaced(findings, members_of(entry.value), config);
  return findings;
}

Findings check_settings(const JsonText& json, const DockerVersion& docker_version) {
  if (const auto fault = find_json_fault(json)) return {no_json(*fault)};
  std::optional<Config> config;
  try {
    config = parse_config(json);
  } catch (const Error& error) {
    return {file_refused("file-field-type", error, entries_are_lost)};
  }
  const std::string_view value = first_value(json);
  if (value.empty() || kind_of(value) != JsonKind::object) return {};
  Findings findings = check_names(members_of(value), *config);
  append(findings, check_older_types(json, docker_version));
  append(findings, check_rest(json, value));
  return findings;
}

}  // namespace pullsecret
