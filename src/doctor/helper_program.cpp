#include "doctor/helper_program.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <cstddef>
#include <utility>

#include <fmt/format.h>

#include "credential/registry.h"
#include "helper/client.h"
#include "helper/installed.h"
#include "helper/own_stores.h"
#include "helper/protocol.h"
#include "helper/way_to_have.h"
#include "system/environment.h"
#include "system/executable_format.h"
#include "system/file.h"
#include "system/run_programs.h"
#include "system/text.h"

namespace pullsecret {
namespace {

namespace fs = std::filesystem;

ProgramSearch search_on(const std::string& search_path, const std::string& helper) {
  if (!is_helper_name(helper)) return {};
  return find_program(helper_program_name(helper), search_path);
}

ProgramSearch search_here(const std::string& helper) {
  return search_on(environment_variable("PATH").value_or(""), helper);
}

// There is no such program: another store can take over.
HelperCheck lost(Finding finding) {
  return {{std::move(finding)}, {Condition::lost}};
}

HelperCheck unreachable(Finding finding) {
  return {{std::move(finding)}, {Condition::unreachable}};
}

// What Docker says when it does not find the program, for people who search for it.
std::string consequence(const HelperUse& use) {
  return what_fails(use, fmt::format(" with `exec: \"{}\": executable file not found in $PATH`",
                                     program_of(use.helper)));
}

// ---- Names that no program can have

HelperCheck name_empty(const HelperUse& use) {
  return {{fine("helper-name-empty", in_words(use),
                "an empty name stands for the config file itself: Docker asks no store")},
          {}};
}

HelperCheck name_invalid(const HelperUse& use) {
  return lost(
      problem("helper-name-invalid", program_of(use.helper),
              fmt::format("{} has no name, or one with a slash or a control character: that is "
                          "no program on PATH",
                          in_words(use)),
              R"(a helper's name is what follows "docker-credential-", such as "pass")"));
}

ConfigChange rename(const HelperUse& use, const std::string& name) {
  ConfigChange change;
  if (use.is_creds_store) change.creds_store = name;
  for (const std::string& registry : use.registries)
    change.cred_helpers[registry] = name;
  return change;
}

HelperCheck name_prefix(const HelperUse& use) {
  const std::string name = use.helper.substr(helper_program_prefix.size());
  Finding finding = problem(
      "helper-name-prefix", program_of(use.helper),
      fmt::format("{} names the program, where the name goes without \"{}\": that is put in "
                  "front of it; {}",
                  in_words(use), helper_program_prefix, consequence(use)),
      fmt::format("let it say \"{}\"", printable(name)));
  if (!search_here(name).found) {
    finding.hint += ", and install that helper";
    return lost(std::move(finding));
  }
  finding.remedy = fix(" does that", rename(use, name));
  return unreachable(std::move(finding));
}

// ---- Names that are nearly right

// What is left of a name when what people get wrong is taken away.
std::string core_of(std::string_view name) {
  std::string letters = lower_case(name);
  std::erase_if(letters, [](unsigned char letter) { return std::isalnum(letter) == 0; });
  return letters;
}

// The one that is meant, if it is there: one wrong letter in five is a slip.
std::optional<std::string> find_meant(const std::string& helper) {
  const std::string letters = core_of(helper);
  std::optional<std::string> meant;
  std::size_t least = letters.size() / 5 + 1;
  for (const std::string& name : helpers_on_path()) {
    const std::size_t distance = edit_distance(letters, core_of(name));
    if (distance >= least || (distance > 0 && is_known_helper(helper))) continue;
    least = distance;
    meant = name;
  }
  return letters.empty() ? std::nullopt : meant;
}

HelperCheck misspelled(const HelperUse& use, const std::string& meant) {
  return unreachable(problem(
      "helper-misspelled", program_of(use.helper),
      fmt::format(R"({} names "{}", and there is no such helper; did you mean "{}"? {})",
                  in_words(use), printable(use.helper), printable(meant), consequence(use)),
      fmt::format("let it say \"{}\"", printable(meant)), fix(" does that", rename(use, meant))));
}

// ---- Programs that are not there

// A program in a folder that PATH does not name from the root.
std::optional<std::string> relative_folder_of(const std::string& helper) {
  for (const std::string& folder : split(environment_variable("PATH").value_or(""), ':')) {
    if (folder.starts_with('/')) continue;
    std::error_code unknown;
    const auto here = fs::absolute(folder.empty() ? "." : folder, unknown);
    if (!unknown && search_on(here.string(), helper).found) return folder;
  }
  return std::nullopt;
}

HelperCheck in_relative_folder(const HelperUse& use, const std::string& folder) {
  return unreachable(
      problem("helper-not-found", program_of(use.helper),
              fmt::format("it is in \"{}\", a folder that PATH does not name from the root: "
                          "Docker runs no program from there",
                          printable(folder)),
              "name the folder in PATH by its absolute path"));
}

HelperCheck docker_desktop_gone(const HelperUse& use, const ForeignHelper& helper) {
  return lost(problem(
      "helper-docker-desktop", program_of(use.helper),
      fmt::format("Docker Desktop wrote this config, and is not here: {}", consequence(use)),
      std::string(helper.way)));
}

HelperCheck not_found(const HelperUse& use) {
  if (const auto folder = relative_folder_of(use.helper)) return in_relative_folder(use, *folder);
  const ForeignHelper* foreign = find_foreign_helper(use.helper);
  if (foreign != nullptr && foreign->is_of_desktop && !use.is_podmans)
    return docker_desktop_gone(use, *foreign);
  if (is_dev_container(use.helper)) return window_gone(use, "its program is not here");
  return lost(problem(
      "helper-not-found", program_of(use.helper),
      fmt::format("{} names it, and it is not on PATH: {}", in_words(use), consequence(use)),
      std::string(way_to_have(use.helper))));
}

// ---- Programs that are elsewhere

bool is_standard(const fs::path& folder) {
  constexpr std::array standard{"/usr/local/bin", "/usr/bin", "/bin"};
  return std::find(standard.begin(), standard.end(), folder) != standard.end();
}

}  // namespace

std::string in_words(const HelperUse& use) {
  if (use.is_creds_store) return "credsStore";
  if (use.registries.empty()) return "credential-helpers";
  std::string words = "credHelpers for " + key_in_words(use.registries.front());
  if (use.registries.size() > 1) words += fmt::format(" and {} more", use.registries.size() - 1);
  return words;
}

std::string what_fails(const HelperUse& use, std::string_view with) {
  return fmt::format("{0}{1} login and {1} pull fail{2}{3}",
                     use.is_one_of_several() ? "unless another of them has the login, " : "",
                     use.client(), with, older_pull(use));
}

std::string_view older_pull(const HelperUse& use) {
  return use.is_podmans ? "" : "; docker before 29.0 pulls without that login";
}

std::optional<HelperCheck> check_presence(const HelperUse& use, UserShell& shell) {
  if (use.helper.empty() && !use.is_podmans) return name_empty(use);
  const ProgramSearch search = search_here(use.helper);
  if (search.found) return std::nullopt;
  if (search.not_executable) {
    const Error why = not_executable(*search.not_executable);
    return lost(problem("helper-not-executable", program_of(use.helper), why.what(), why.hint()));
  }
  if (use.helper.starts_with(helper_program_prefix)) return name_prefix(use);
  if (find_elsewhere(use, shell)) return std::nullopt;
  if (const auto meant = find_meant(use.helper)) return misspelled(use, *meant);
  return is_helper_name(use.helper) ? not_found(use) : name_invalid(use);
}

std::optional<fs::path> find_elsewhere(const HelperUse& use, UserShell& shell) {
  if (search_here(use.helper).found) return std::nullopt;
  return search_on(shell.interactive_path(), use.helper).found;
}

std::string see_answer(const std::string& helper, const std::string& server_url) {
  return fmt::format("see what it prints, perhaps a password: `echo {} | {} get`",
                     key_in_command(server_url), shell_word(helper_program_name(helper)));
}

HelperCheck interactive_only(const HelperUse& use, const fs::path& found) {
  return unreachable(
      problem("helper-interactive-only", program_of(use.helper),
              fmt::format("it is in {}, which is on PATH in your interactive shell only: what "
                          "starts Docker from here does not find it",
                          place_of(found.parent_path())),
              fmt::format("set PATH in ~/.profile in place of the shell's own file, or "
                          "`sudo ln -s {} /usr/local/bin/`",
                          shell_word(found.string()))));
}

std::optional<Finding> check_other_paths(const HelperUse& use, UserShell& shell) {
  const auto found = search_here(use.helper).found;
  if (!found || is_standard(found->parent_path())) return std::nullopt;
  const std::string& elsewhere = shell.login_path();
  if (elsewhere.empty() || search_on(elsewhere, use.helper).found) return std::nullopt;
  return warning("helper-interactive-only", program_of(use.helper),
                 fmt::format("it is in {}, which is not on PATH where no terminal starts Docker: "
                             "an IDE, cron or a service may not find it",
                             place_of(found->parent_path())),
                 fmt::format("sudo ln -s {} /usr/local/bin/", shell_word(found->string())));
}

HelperCheck failed_start(const HelperUse& use, std::optional<fs::path> found, int error_number) {
  if (!found) found = search_here(use.helper).found;
  const Error why = start_failure(found.value_or(helper_program_name(use.helper)), error_number);
  return lost(problem("helper-wrong-format", program_of(use.helper), why.what(), why.hint()));
}

bool is_dev_container(const std::string& helper) {
  return helper.starts_with("dev-containers-");
}

HelperCheck window_gone(const HelperUse& use, const std::string& what) {
  return lost(problem("helper-dev-container", program_of(use.helper),
                      fmt::format("VS Code made it for a dev container's window, which is gone "
                                  "({}): {}",
                                  what, what_fails(use)),
                      "open the dev container again"));
}

}  // namespace pullsecret
