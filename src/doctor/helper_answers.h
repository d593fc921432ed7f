#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "doctor/helper_program.h"
#include "doctor/store_checks.h"
#include "helper/answer.h"
#include "helper/client.h"
#include "helper/status.h"

namespace pullsecret {

/// A helper whose program is there, and what it was asked.
struct Interview {
  HelperUse use;
  std::vector<std::string> server_urls;                          ///< that Docker would ask it for
  std::optional<std::filesystem::path> program = std::nullopt;   ///< if it is not on PATH, and
  std::optional<std::string> search_path = std::nullopt;         ///< where the user's shell has it
  std::optional<HelperReply> version, list, get = std::nullopt;  ///< none: not asked
  std::optional<StoreStatus> store = std::nullopt;  ///< what stands behind it, if that is known
};

/// The answer, or why there is none; nullptr if there is not.
const std::string* answer_in(const std::optional<HelperReply>& reply);
const HelperFailure* failure_in(const std::optional<HelperReply>& reply);

/// Whether it did not answer in time.
bool has_hung(const std::optional<HelperReply>& reply);

/// Whether it is to be asked nothing more: it did not start, or did not answer in time.
bool is_silent(const Interview& interview);

/// Empty if `list` did not say, or not in JSON.
StoreList listed_by(const Interview& interview);

/// What is wrong with the text of an answer, which is never shown: it may hold a secret.
struct AnswerFault {
  std::string_view action;
  std::string message;
};
std::optional<AnswerFault> answer_fault(const Interview& interview);

/// What the answers of the helper itself come to: one finding.
HelperCheck check_answers(const Interview& interview);

/// What they say of the store behind it.
Tried what_was_tried(const Interview& interview);

/// What went wrong, in the helper's own words.
std::string failure_in_words(const Interview& interview);

}  // namespace pullsecret
