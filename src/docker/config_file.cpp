#include "docker/config_file.h"

#include <unistd.h>

#include <algorithm>
#include <ctime>
#include <system_error>
#include <tuple>
#include <utility>
#include <vector>

#include <fmt/chrono.h>
#include <fmt/format.h>

#include "docker/podman.h"
#include "system/environment.h"
#include "system/file.h"
#include "system/new_file.h"
#include "system/private_file.h"
#include "system/text.h"
#include "system/write_obstacle.h"

namespace pullsecret {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view backup_suffix = ".bak-";

bool is_dockercfg(const fs::path& file) {
  return file.filename() == ".dockercfg";
}

// An entry that it does not read is none, unless a line of credHelpers counts in its place anyway.
AuthEntries as_podman_reads(const Config& config) {
  AuthEntries entries;
  for (AuthEntry entry : config.auths) {
    const bool is_asked_for = !is_empty(entry.credential) && !entry.problem &&
                              !config.cred_helpers.contains(podman_lookup_name(entry.key));
    if (auto reason = is_asked_for ? why_not_read_by_podman(entry) : std::nullopt)
      entry.problem = std::make_shared<const Error>(*std::move(reason));
    entries.add(std::move(entry));
  }
  return entries;
}

// What podman keeps in its file, which it may not read at all, and in helpers before or behind it.
Config with_podmans_rules(Config config, const std::optional<CredentialHelpers>& helpers) {
  config.is_podmans = true;
  config.creds_store.clear();
  config.auths = as_podman_reads(config);
  if (!helpers || !helpers->has_helper()) return config;
  const auto file = std::find(helpers->names.begin(), helpers->names.end(), auth_file_helper);
  if (file == helpers->names.end())
    config = {.file = place_of(helpers->file), .is_podmans = true};
  else
    config.helpers_after.assign(file + 1, helpers->names.end());
  config.helpers_before.assign(helpers->names.begin(), file);
  return config;
}

LoadedConfig read_config(ConfigLocation location) {
  JsonText json = read_config_text(location);
  return loaded_config(location, std::move(json));
}

// ---- Changing

// What this program was asked to do, for the user who may.
std::string command_for_owner(const ConfigLocation& location) {
  std::vector<std::string> words = own_arguments();
  if (!words.empty() && words.front() == "pullsecret") words.erase(words.begin());  // by docker
  if (!location.is_named || !location.is_dockers_own)  // found, or named by a variable
    words.insert(words.end(), {"--config", location.file.string()});
  std::string command = "pullsecret";
  for (const std::string& word : words)
    command += " " + shell_word(word);
  return command;
}

// Docker's folder is not there yet: it is made by the owner of the one that it comes into.
FileToChange hold_folder_above(const ConfigLocation& location) {
  fs::path above = location.file.parent_path();
  while (!above.empty() && !is_there(above))
    above = above.parent_path();
  return hold_to_change(above / ".", location.is_named);
}

FileToChange hold_in_new_folder(const ConfigLocation& location) {
  const FileToChange found = hold_folder_above(location);
  require_changeable(found, command_for_owner(location));
  {
    const FilesAs as(found.changed_as);
    make_private_folder(location.file.parent_path());
  }
  return hold_to_change(location.file, location.is_named);
}

// Nothing where that makes no difference.
std::optional<FileToChange> whose_to_change(const ConfigLocation& location) {
  return location.held || geteuid() != 0 ? location.held : hold_folder_above(location);
}

FileToChange hold(const ConfigLocation& location) {
  if (location.held) return *location.held;
  const fs::path folder = location.file.parent_path();
  if (!folder.empty() && !is_there(folder)) return hold_in_new_folder(location);
  return hold_to_change(location.file, location.is_named);
}

// What `work` returns, which changes the file that it gets, or what is beside that.
template <typename Work>
auto change(const ConfigLocation& location, Work work) {
  const FileToChange held = hold(location);
  require_changeable(held, command_for_owner(location));
  const FilesAs as(held.changed_as);
  return work(held.file);
}

void refuse_other_text(const HeldFile& file, const JsonText& text) {
  const auto now = open_regular(file.place);
  const bool is_same = now.has_value() == file.status.has_value() &&
                       (!now || (now->status.st_dev == file.status->st_dev &&
                                 now->status.st_ino == file.status->st_ino));
  const std::string text_now =
      now ? read_all(now->descriptor.get(), file.asked_for, max_config_size) : "";
  if (!is_same || text_now != text.text)
    throw Error(file.asked_for, "changed by another program meanwhile; it stays as it is",
                "run it again");
}

FilePlace back_up(const HeldFile& file, const std::string& name, const std::string& text) {
  const std::time_t now = std::time(nullptr);
  const std::string first =
      fmt::format("{}{}{:%Y%m%dT%H%M%SZ}", name, backup_suffix, fmt::gmtime(now));
  FilePlace backup{file.beside, first};
  for (int count = 2; !make_file(backup, text, file.status); ++count)
    backup.name = fmt::format("{}-{}", first, count);
  return backup;
}

// A backup of what did not change would only be in the way; in doubt it stays. So it may after a
// power cut.
void remove_if_unchanged(const FilePlace& backup, const HeldFile& file, const JsonText& before) {
  try {
    refuse_other_text(file, before);
    std::ignore = remove_file(backup);
  } catch (const Error&) {
    return;
  }
}

Unsynced replace_text(const HeldFile& file, const JsonText& before, const std::string& text) {
  remove_abandoned(file.place);
  return replace_file(file, text, Access::as_before, [&] { refuse_other_text(file, before); });
}

// ---- Backups

bool holds_plain_text(const fs::path& file) {
  try {
    return has_inline_credential(read_config({.file = file}).config);
  } catch (const Error&) {
    return false;
  }
}

}  // namespace

LoadedConfig load_config(const std::optional<std::string>& named) {
  if (named) return read_config(*search_config(named));

  const auto environment_auths = environment_variable("DOCKER_AUTH_CONFIG");
  const std::optional<ConfigLocation> location = search_config(std::nullopt);
  if (!location && !environment_auths) throw no_config();

  LoadedConfig loaded{.config = {.file = "DOCKER_AUTH_CONFIG"}};
  if (location) loaded = read_config(*location);
  if (!environment_auths) return loaded;
  try {
    for (AuthEntry& entry : parse_environment_auths(*environment_auths))
      loaded.config.auths.add(std::move(entry));
  } catch (const Error& error) {
    loaded.config.environment_refused = error;
  }
  return loaded;
}

Config read_podmans_file(const fs::path& file) {
  ConfigLocation location{.file = file, .is_dockers_own = false};
  JsonText json = read_config_text(location);
  if (const auto reason = refused_by_podman(json)) throw Error(*reason);
  return parse_config_file(location, std::move(json));
}

bool is_config_json(const ConfigLocation& location) {
  const std::string name = location.file.filename();
  if (!location.is_dockers_own || name == "auth.json" || name == ".dockercfg") return false;
  if (!location.held) return !is_there(location.file);
  const HeldFile& file = location.held->file;
  return !file.status || (!file.is_stream() && !file.is_folder());
}

JsonText read_config_text(ConfigLocation& location, std::size_t max_size,
                          std::string_view way_to_less) {
  const bool is_input = location.is_named && location.file == "-";
  const std::string place = is_input ? "standard input" : place_of(location.file);
  if (is_input) return {place, read_all(STDIN_FILENO, place, max_size, way_to_less)};
  if (!location.is_there && !is_there(location.file)) return {place, {}};
  if (!location.held) location.held = hold_to_change(location.file, location.is_named);
  HeldFile& file = location.held->file;
  // What is not that user's will not be changed; what is wrong with it can be told all the same.
  const auto& user = location.held->changed_as;
  const bool is_theirs = user && file.status && file.status->st_uid == user->id;
  const FilesAs as(is_theirs ? user : std::nullopt);
  return {place,
          location.is_named ? read_input(file, max_size, way_to_less) : read_file(file, max_size)};
}

LoadedConfig loaded_config(const ConfigLocation& location, JsonText json) {
  LoadedConfig loaded{.config = parse_config_file(location, json),
                      .is_dockers_own = location.is_dockers_own};
  if (!is_dockercfg(location.file)) loaded.json = std::move(json);
  return loaded;
}

Config parse_config_file(const ConfigLocation& location, JsonText json) {
  if (is_dockercfg(location.file)) return parse_dockercfg(std::move(json));
  Config config = parse_config(std::move(json));
  if (!location.is_there && location.credential_helpers)
    config.file = place_of(location.credential_helpers->file);
  const bool is_podmans = !location.is_dockers_own || location.file.filename() == "auth.json";
  return is_podmans ? with_podmans_rules(std::move(config), location.credential_helpers) : config;
}

void require_changeable(const ConfigLocation& location) {
  if (const auto found = whose_to_change(location))
    require_changeable(*found, command_for_owner(location));
}

void require_own_stores(const ConfigLocation& location) {
  const auto found = whose_to_change(location);
  if (!found || !found->changed_as) return;
  const std::string& name = found->changed_as->name;
  throw Error(place_of(location.file),
              fmt::format("the config of {}, whose stores are not root's", printable(name)),
              as_user(name, command_for_owner(location)));
}

void require_writable(const ConfigLocation& location) {
  const FilesAs as(location.held ? location.held->changed_as : std::nullopt);
  const auto obstacle = find_write_obstacle(location.file);
  if (!obstacle) return;
  const Error reason = error_of(*obstacle);
  const std::string where = reason.place() == place_of(location.file) ? "" : reason.place() + ": ";
  throw Error(place_of(location.file), system_reason(*obstacle),
              fmt::format("{}{}{}{}", where, reason.message(), reason.hint().empty() ? "" : ": ",
                          reason.hint()));
}

Unsynced write_config(const ConfigLocation& location, const JsonText& before,
                      const std::string& text) {
  return change(location, [&](const HeldFile& file) { return replace_text(file, before, text); });
}

fs::path write_config_with_backup(const ConfigLocation& location, const JsonText& before,
                                  const std::string& text) {
  return change(location, [&](const HeldFile& file) {
    refuse_other_text(file, before);
    const FilePlace backup = back_up(file, location.file.filename(), before.text);
    try {
      // A power cut may bring the old text back, whose backup is on disk.
      std::ignore = replace_text(file, before, text);
    } catch (const Error&) {
      remove_if_unchanged(backup, file, before);
      throw;
    }
    return location.file.parent_path() / backup.name;
  });
}

bool is_open_to_others(const ConfigLocation& location) {
  return (location.held->file.status->st_mode & (S_IRWXG | S_IRWXO)) != 0;
}

void close_to_others(const ConfigLocation& location) {
  change(location, [](const HeldFile& file) { close_to_others(file); });
}

std::vector<fs::path> abandoned_files(const ConfigLocation& location) {
  if (!location.held) return {};
  const FilesAs as(location.held->changed_as);
  return abandoned_files(location.held->file.place);
}

void remove_abandoned(const ConfigLocation& location) {
  change(location, [](const HeldFile& file) { remove_abandoned(file.place); });
}

std::vector<fs::path> plain_text_backups(const fs::path& file) {
  const std::string prefix = file.filename().string() + std::string(backup_suffix);
  std::vector<fs::path> backups;
  std::error_code ignored;
  const fs::path folder = file.has_parent_path() ? file.parent_path() : ".";
  for (fs::directory_iterator entry(folder, ignored), end; entry != end; entry.increment(ignored))
    if (entry->path().filename().string().starts_with(prefix) && holds_plain_text(*entry))
      backups.push_back(entry->path());
  std::sort(backups.begin(), backups.end());
  return backups;
}

}  // namespace pullsecret
