#include "doctor/store_checks.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <filesystem>
#include <string_view>
#include <utility>
#include <variant>

#include <fmt/format.h>

#include "doctor/helper_program.h"
#include "system/environment.h"

namespace pullsecret {
namespace {

namespace fs = std::filesystem;

// ---- Asking

/// A round of asking: which question each call is for.
struct Round {
  std::vector<HelperCall> calls;
  std::vector<std::size_t> positions;

  void add(std::size_t position, const std::string& store, std::optional<fs::path> program = {}) {
    calls.push_back(
        {.helper = store, .action = "status", .input = {}, .program = std::move(program)});
    positions.push_back(position);
  }
};

void ask(const Round& round, std::vector<std::optional<StoreStatus>>& statuses,
         HelperClient& helpers) {
  const std::vector<HelperReply> replies = helpers.run(round.calls);
  for (std::size_t i = 0; i < replies.size(); ++i)
    if (const auto* answer = std::get_if<std::string>(&replies[i]))
      statuses[round.positions[i]] = parse_status(round.calls[i].helper, *answer);
}

// ---- What the answers mean

bool prevents_store(const StoreFault& fault) {
  return fault.prevents != Prevents::get;
}

// What counts whatever the helper itself answered.
bool is_certain(const StoreStatus& status, const StoreFault& fault) {
  return status.state == StoreState::unusable || prevents_store(fault);
}

// Whether the user can be asked all the same. Those who keep secrets on the session bus ask in a
// window; pass and encryptedfile have a fault only where they can ask nowhere.
bool can_be_asked(const std::string& store) {
  return store == "secretservice" &&
         (environment_variable("DISPLAY") || environment_variable("WAYLAND_DISPLAY"));
}

std::optional<Severity> severity_of(const std::string& store, const StoreStatus& status,
                                    const StoreFault& fault, Tried tried) {
  if (status.state == StoreState::unusable || tried == Tried::failed) return Severity::problem;
  if (!prevents_store(fault)) return std::nullopt;
  if (!can_be_asked(store)) return Severity::problem;
  return tried == Tried::gave_credential ? std::nullopt : std::optional(Severity::warning);
}

std::string_view consequence(const std::string& store, const StoreStatus& status,
                             const StoreFault& fault) {
  if (fault.prevents == Prevents::store) return "docker login fails";
  if (fault.prevents == Prevents::get) return "docker pull fails";
  if (status.state == StoreState::unusable) return "docker login and docker pull fail";
  if (can_be_asked(store))
    return "docker login and docker pull have to ask first, and fail, or find nothing, where they "
           "cannot";
  return "nobody can be asked for its password here: docker login fails, and docker pull fails or "
         "finds nothing";
}

}  // namespace

bool is_own_store(const std::string& store) {
  constexpr std::array<std::string_view, 3> own{"pass", "secretservice", "encryptedfile"};
  return std::find(own.begin(), own.end(), store) != own.end();
}

std::optional<fs::path> find_installed_helper(const std::string& store) {
  const fs::path self = own_program();
  fs::path helper = self.parent_path() / helper_program_name(store);
  const bool is_there = !self.empty() && access(helper.c_str(), X_OK) == 0;
  return is_there ? std::optional(std::move(helper)) : std::nullopt;
}

std::vector<std::optional<StoreStatus>> ask_stores(const std::vector<StoreQuestion>& questions,
                                                   HelperClient& helpers) {
  std::vector<std::optional<StoreStatus>> statuses(questions.size());
  Round on_path, installed;
  for (std::size_t i = 0; i < questions.size(); ++i)
    if (is_own_store(questions[i].store) && !questions[i].hangs_on_path)
      on_path.add(i, questions[i].store);
  ask(on_path, statuses, helpers);
  for (std::size_t i = 0; i < questions.size(); ++i)
    if (is_own_store(questions[i].store) && !statuses[i])
      if (auto program = find_installed_helper(questions[i].store))
        installed.add(i, questions[i].store, std::move(program));
  ask(installed, statuses, helpers);
  return statuses;
}

StoreCheck check_store(const std::string& store, const StoreStatus& status, Tried tried) {
  StoreCheck check;
  for (const StoreFault& fault : status.faults) {
    const auto severity = severity_of(store, status, fault, tried);
    if (!severity) continue;
    check.is_shut |= fault.prevents == Prevents::both && tried != Tried::gave_credential;
    check.findings.push_back(
        {{fmt::format("{}-{}", store, fault.kind), *severity,
          fmt::format("{}; {}", fault.message, consequence(store, status, fault)), fault.hint},
         program_of(store)});
  }
  return check;
}

std::optional<Error> why_not_usable(const std::string& store, const StoreStatus& status) {
  const auto found =
      std::find_if(status.faults.begin(), status.faults.end(),
                   [&](const StoreFault& fault) { return is_certain(status, fault); });
  if (found == status.faults.end()) return std::nullopt;
  return Error(program_of(store), found->message, found->hint);
}

}  // namespace pullsecret
