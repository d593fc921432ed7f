#include "docker/registries_conf.h"

#include <system_error>
#include <utility>

#include <fmt/format.h>

#include "system/environment.h"
#include "system/error.h"
#include "system/file.h"
#include "system/toml.h"

namespace pullsecret {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t max_size = 1024UL * 1024;
constexpr std::string_view setting = "credential-helpers";

bool is_folder(const fs::path& path) {
  std::error_code unknown;
  return fs::is_directory(fs::symlink_status(path, unknown));
}

std::vector<fs::path> folders() {
  std::vector<fs::path> folders{"/usr/share/containers", "/etc/containers"};
  if (const auto home = find_home_folder()) folders.push_back(*home / ".config/containers");
  return folders;
}

std::optional<fs::path> main_file() {
  if (const auto file = environment_variable("CONTAINERS_REGISTRIES_CONF")) return *file;
  std::vector<fs::path> places = folders();
  std::reverse(places.begin(), places.end());
  std::error_code unknown;
  for (const fs::path& folder : places)
    if (fs::exists(folder / "registries.conf", unknown)) return folder / "registries.conf";
  return std::nullopt;
}

// As Go walks a folder: links to folders are none.
std::vector<fs::path> drop_ins(const fs::path& folder) {
  std::vector<fs::path> files;
  if (!is_folder(folder)) return files;
  std::error_code ignored;
  for (fs::directory_iterator entry(folder, ignored), end; entry != end; entry.increment(ignored))
    if (entry->path().extension() == ".conf" && !is_folder(*entry)) files.push_back(entry->path());
  std::sort(files.begin(), files.end());
  return files;
}

// /dev/null is often mounted where there is to be no file.
std::string read_conf(const fs::path& file) {
  std::error_code unknown;
  if (fs::is_character_file(file, unknown)) return {};
  return read_file(file, max_size);
}

Error wrong_type(const toml::node& node, const std::string& name, std::string_view what) {
  return {fmt::format("{}:{}", name, node.source().begin.line),
          fmt::format("{} is no list of names; podman refuses the file", what)};
}

std::optional<std::vector<std::string>> parse_names(const toml::table& table,
                                                    const std::string& name,
                                                    std::string_view what) {
  const toml::node* node = find_setting(table, what);
  if (node == nullptr) return std::nullopt;
  if (!node->is_array()) throw wrong_type(*node, name, what);
  std::vector<std::string> names;
  for (const toml::node& element : *node->as_array()) {
    const auto* text = element.as_string();
    if (text == nullptr) throw wrong_type(*node, name, what);
    names.push_back(text->get());
  }
  return names;
}

}  // namespace

std::optional<std::vector<std::string>> parse_credential_helpers(const std::string& text,
                                                                 const std::string& name) {
  const toml::table table = parse_toml(text, name);
  parse_names(table, name, "unqualified-search-registries");  // it is not used, and has to be right
  return parse_names(table, name, setting);
}

std::optional<CredentialHelpers> find_credential_helpers() {
  std::vector<fs::path> files;
  if (auto file = main_file()) files.push_back(*std::move(file));
  for (const fs::path& folder : folders())
    for (fs::path& file : drop_ins(folder / "registries.conf.d"))
      files.push_back(std::move(file));
  std::optional<CredentialHelpers> found;
  for (const fs::path& file : files)
    if (auto names = parse_credential_helpers(read_conf(file), place_of(file)))
      found = CredentialHelpers{file, *std::move(names)};
  return found;
}

}  // namespace pullsecret
