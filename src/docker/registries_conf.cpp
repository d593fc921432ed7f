#include "docker/registries_conf.h"

#include <algorithm>
#include <system_error>
#include <utility>

#include <fmt/format.h>

#include "system/environment.h"
#include "system/error.h"
#include "system/file.h"
#include "system/text.h"
#include "system/toml.h"

namespace pullsecret {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t max_size = 1024UL * 1024;
constexpr std::string_view setting = "credential-helpers";

bool is_file(const fs::path& file) {
  std::error_code unknown;
  return fs::is_regular_file(file, unknown);
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
  for (const fs::path& folder : places)
    if (is_file(folder / "registries.conf")) return folder / "registries.conf";
  return std::nullopt;
}

std::vector<fs::path> drop_ins(const fs::path& folder) {
  std::vector<fs::path> files;
  std::error_code ignored;
  for (fs::directory_iterator entry(folder, ignored), end; entry != end; entry.increment(ignored))
    if (entry->path().extension() == ".conf" && is_file(*entry)) files.push_back(entry->path());
  std::sort(files.begin(), files.end());
  return files;
}

Error wrong_type(const toml::node& node, const std::string& name) {
  return {fmt::format("{}:{}", name, node.source().begin.line),
          fmt::format("{} is no list of names; podman refuses the file", setting)};
}

}  // namespace

std::optional<std::vector<std::string>> parse_credential_helpers(const std::string& text,
                                                                 const std::string& name) {
  const toml::table table = parse_toml(text, name);
  const toml::node* node = find_setting(table, setting);
  if (node == nullptr) return std::nullopt;
  if (!node->is_array()) throw wrong_type(*node, name);
  std::vector<std::string> names;
  for (const toml::node& element : *node->as_array()) {
    const auto* text_of_it = element.as_string();
    if (text_of_it == nullptr) throw wrong_type(*node, name);
    names.push_back(text_of_it->get());
  }
  return names;
}

std::optional<CredentialHelpers> find_credential_helpers() {
  std::vector<fs::path> files;
  if (auto file = main_file()) files.push_back(*std::move(file));
  for (const fs::path& folder : folders())
    for (fs::path& file : drop_ins(folder / "registries.conf.d"))
      files.push_back(std::move(file));
  std::optional<CredentialHelpers> found;
  for (const fs::path& file : files)
    if (auto names = parse_credential_helpers(read_file(file, max_size), place_of(file)))
      found = CredentialHelpers{file, *std::move(names)};
  return found;
}

}  // namespace pullsecret
