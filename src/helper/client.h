#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <set>
#include <string>
#include <variant>
#include <vector>

#include "system/error.h"

namespace pullsecret {

/// One question to a credential helper.
struct HelperCall {
  std::string helper;  ///< its name, as in `credsStore`: `pass` for docker-credential-pass
  std::string action;  ///< `get`, `list`, `version`
  std::string input;   ///< a server URL for `get`; helpers ignore `list`'s
};

/// The helper has no entry for the server URL.
struct NotFound {};

/// What came of a call: the standard output of a helper that succeeded, still to be parsed, or
/// that there is no such entry, or why it failed. The Error's place is the program's name and
/// action; it never holds standard output that came with exit status 0.
using HelperReply = std::variant<std::string, NotFound, Error>;

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
/// helper that hangs costs a bounded time.
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
  std::set<std::string> called_;   ///< helpers whose first call is over
  std::set<std::string> hanging_;  ///< helpers that timed out alone in a repeated call
};

}  // namespace pullsecret
