#include "cli/manual_page.h"

#include <cstdlib>
#include <filesystem>
#include <optional>
#include <system_error>

#include <fmt/format.h>

#include "system/become.h"
#include "system/environment.h"
#include "system/error.h"
#include "system/file.h"
#include "system/run_programs.h"

namespace pullsecret {
namespace {

namespace fs = std::filesystem;

// The folder of manual pages that belongs to this program, if that is an installed one.
std::optional<fs::path> manual_folder() {
  const fs::path folder = (own_program().parent_path() / PULLSECRET_MANUAL).lexically_normal();
  std::error_code unknown;
  if (!fs::is_directory(folder, unknown)) return std::nullopt;
  return folder;
}

std::string where_it_is(const std::string& page) {
  const auto folder = manual_folder();
  if (!folder) return "install pullsecret with its manual";
  std::error_code unknown;
  for (const std::string_view ending : {"", ".gz"}) {
    const fs::path file = *folder / "man7" / fmt::format("{}.7{}", page, ending);
    if (fs::exists(file, unknown)) return "the page is " + place_of(file);
  }
  return fmt::format("it is not in {}: install pullsecret with its manual", place_of(*folder));
}

}  // namespace

const std::vector<ManualTopic>& manual_topics() {
  static const std::vector<ManualTopic> topics{
      {"recipes", "commands to copy, by registry, CI and platform"},
      {"errors", "what docker and the kubelet say, and what helps"},
      {"security", "who may attack, and what is promised against each"}};
  return topics;
}

bool is_manual_topic(std::string_view word) {
  for (const ManualTopic& topic : manual_topics())
    if (topic.name == word) return true;
  return false;
}

void show_manual_page(std::string_view topic) {
  const std::string page = fmt::format("pullsecret-{}", topic);
  const auto man = find_on_path("man").found;
  if (!man) throw Error("man", "not found on PATH, and it shows manual pages", where_it_is(page));
  // A colon at its end stands for the folders that man(1) knows by itself.
  if (const auto folder = manual_folder())
    setenv("MANPATH",
           fmt::format("{}:{}", folder->string(), environment_variable("MANPATH").value_or(""))
               .c_str(),
           1);
  become(*man, "man", {"7", page});
}

}  // namespace pullsecret
