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
#include "system/environment.h"

namespace pullsecret {

/// A helper whose program is there, and what is asked of it. `helpers` asks, and holds the answers.
struct Interview {
  HelperClient& helpers;
  HelperUse use;
  std::vector<std::string> server_urls = {};                    ///< that Docker would ask it for
  std::optional<std::filesystem::path> program = std::nullopt;  ///< if it is not on PATH, and
  Environment variables = {};  ///< where the user's shell has it, that shell's PATH
};

/// Asks all of them side by side: first `get` for one registry of the config, else for Docker Hub,
/// as `docker login` and `docker pull` do, which may unlock the store and tells whether the helper
/// answers at all; then its `list`, its `version`, and `get` for the config's other registries;
/// then what stands behind it (helper/own_stores.h). The `get` that counts is for a registry of the
/// config that the helper lists, else for one that it lists, else the first. One that does not
/// answer that in time is asked nothing more.
void ask_all(const std::vector<Interview>& interviews);

/// Asks for the `list`, which unlocks nothing, for a `get` if that failed, and for what stands
/// behind the helper.
void ask_for_list(const Interview& interview);

/// What `list` says; nothing if it did not answer with JSON.
std::optional<StoreList> listed_by(const Interview& interview);

/// After ask_for_list(): why the helper answers neither `list` nor `get`; nothing if it does.
std::optional<HelperFailure> why_mute(const Interview& interview);

/// What is known of the store behind the helper.
std::optional<StoreStatus> status_behind(const Interview& interview);

/// What is wrong with the text that `get` answered, which is never shown: it may hold a secret.
std::optional<std::string> answer_fault(const Interview& interview);

/// What the answers of the helper itself come to: one finding, and its list. Whether it works,
/// `get` alone decides.
HelperCheck check_answers(const Interview& interview);

/// What came of asking the helper itself: for a credential.
enum class Tried { failed, found_nothing, gave_credential };
Tried what_was_tried(const Interview& interview);

}  // namespace pullsecret
