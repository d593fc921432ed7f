#pragma once

#include <chrono>
#include <cstddef>
#include <filesystem>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "credential/credential.h"
#include "system/error.h"
#include "system/program.h"

namespace pullsecret {

/// The program of the helper `name`: `docker-credential-NAME`.
std::string helper_program_name(std::string_view name);

/// Whether a program on PATH can have that name: not empty, no slash, no control character. With a
/// slash it would be a path, and run what a config file says from anywhere.
bool is_helper_name(std::string_view name);

/// One question to a credential helper.
struct HelperCall {
  std::string helper;       ///< its name, as in `credsStore`: `pass` for docker-credential-pass
  std::string action;       ///< `get`, `list`, `version`, `store`, `erase`, `status`
  std::string input;        ///< a server URL for `get` and `erase`; helpers ignore `list`'s
  std::string secret = {};  ///< what is secret in the input of `store`: no message repeats it
  std::optional<std::filesystem::path> program = std::nullopt;  ///< absent: the helper's on PATH
};

/// The call that stores `credential` under `server_url`.
HelperCall store_call(const std::string& helper, const std::string& server_url,
                      const Credential& credential);

/// The helper has no entry for the server URL.
struct NotFound {};

/// Why a call failed. The error's place is the program's name and action; it never holds standard
/// output that came with exit status 0.
struct HelperFailure {
  Error error;
  std::optional<ProgramEnd> end = std::nullopt;  ///< none: no program was there to be started
  bool has_words = false;                        ///< the error repeats what the helper itself said
};

/// What came of a call: the standard output of a helper that succeeded, still to be parsed, or
/// that there is no such entry, or why it failed.
using HelperReply = std::variant<std::string, NotFound, HelperFailure>;

struct HelperLimits {
  std::size_t jobs = 16;  ///< calls at once
  std::chrono::milliseconds timeout = std::chrono::seconds(60);
};

/// Runs credential helpers side by side.
///
/// A helper's very first call runs without another of the same helper beside it, because it may ask
/// the user to unlock its store. A call that failed beside others of its helper is repeated once
/// alone before it counts as failed: some helpers lock a database of their own. Once a repeated
/// call has timed out even alone, the helper's other failures count without a repeat, so that a
/// helper that hangs costs a bounded time. A program that a call names is a helper of its own.
class HelperClient {
 public:
  /// Called about ten times a second while calls run: how many of how many are done, and a helper
  /// that is still running.
  using Progress = std::function<void(std::size_t done, std::size_t total, const std::string&)>;

  explicit HelperClient(HelperLimits limits, Progress progress = {});

  /// Makes all calls; the replies are in the order of the calls. A program that cannot be found or
  /// started is the reply of its call.
  std::vector<HelperReply> run(const std::vector<HelperCall>& calls);

 private:
  HelperLimits limits_;
  Progress progress_;
  std::set<std::string> called_;   ///< helpers, or programs, whose first call is over
  std::set<std::string> hanging_;  ///< helpers that timed out alone in a repeated call
};

}  // namespace pullsecret
