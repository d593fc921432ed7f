#include "cli/manual_page.h"

#include <algorithm>
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

// A folder of this installation.
fs::path installed(const char* folder) {
  return (own_program().parent_path() / folder).lexically_normal();
}

// The file, as it is or as distributions pack it, if it is there.
std::optional<fs::path> find_file(const fs::path& plain) {
  std::error_code unknown;
  for (const fs::path& file : {plain, fs::path(plain.string() + ".gz")})
    if (fs::exists(file, unknown)) return file;
  return std::nullopt;
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
  const auto& topics = manual_topics();
  return std::any_of(topics.begin(), topics.end(),
                     [&](const ManualTopic& topic) { return topic.name == word; });
}

void show_manual_page(std::string_view topic) {
  const std::string page = fmt::format("pullsecret-{}", topic);
  const fs::path folder = installed(PULLSECRET_MANUAL);
  const auto file = find_file(folder / "man7" / (page + ".7"));
  const auto text = find_file(installed(PULLSECRET_DOCUMENTS) / fmt::format("{}.md", topic));
  const auto& readable = text ? text : file;
  const std::string hint = readable ? "the same is in " + place_of(*readable)
                                    : "pullsecret was installed without its manual";
  const auto man = find_on_path("man").found;
  if (!man) throw Error("man", "not found on PATH, and it shows manual pages", hint);
  if (!file) throw Error(page, "there is no such manual page here", hint);
  // A colon at its end stands for the folders that man(1) knows by itself.
  const std::string others = environment_variable("MANPATH").value_or("");
  setenv("MANPATH", fmt::format("{}:{}", folder.string(), others).c_str(), 1);
  become(*man, "man", {"7", page});
}

}  // namespace pullsecret
