#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "doctor/helper_program.h"
#include "doctor/helper_state.h"
#include "helper/answer.h"
#include "helper/client.h"
#include "helper/status.h"

namespace pullsecret {

/// A helper whose program is there, and what is asked of it. `helpers` asks, and holds the answers.
struct Interview {
  HelperClient& helpers;
  HelperUse use;
  std::vector<std::string> server_urls = {};                    ///< that Docker would ask it for
  std::optional<std::filesystem::path> program = std::nullopt;  ///< if it is not on PATH, and
  std::optional<std::string> search_path = std::nullopt;        ///< where the user's shell has it
};

/// Asks all of them side by side: first for one registry of the config, which may unlock the store
/// and tells whether the helper answers at all; then for its `version`, its `list` and the config's
/// other registries; then for what stands behind it (helper/own_stores.h). The `get` that counts is
/// for a registry of the config that the helper lists, else for one that it lists, else for one of
/// the config, else for Docker Hub. One that hangs is asked nothing more.
void ask_all(const std::vector<Interview>& interviews);

/// Asks for the `list` alone, and what stands behind the helper.
void ask_for_list(const Interview& interview);

/// What `list` says; nothing if it did not answer, empty if that was no JSON.
std::optional<StoreList> listed_by(const Interview& interview);

/// Why `list` failed; nullptr: it did not.
const HelperFailure* list_failure(const Interview& interview);

/// What is known of the store behind the helper.
std::optional<StoreStatus> status_behind(const Interview& interview);

/// What is wrong with the text of an answer, which is never shown: it may hold a secret.
struct AnswerFault {
  std::string_view action;
  std::string message;
};
std::optional<AnswerFault> answer_fault(const Interview& interview);

/// What the answers of the helper itself come to: one finding, and its list.
HelperCheck check_answers(const Interview& interview);

/// What came of asking the helper itself.
enum class Tried { failed, found_nothing, gave_credential };
Tried what_was_tried(const Interview& interview);

}  // namespace pullsecret
