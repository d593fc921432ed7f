#pragma once

#include <chrono>
#include <cstddef>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <tuple>
#include <variant>
#include <vector>

#include "credential/credential.h"
#include "system/environment.h"
#include "system/error.h"
#include "system/run_programs.h"

namespace pullsecret {

/// The program of the helper `name`: `docker-credential-NAME`.
std::string helper_program_name(std::string_view name);

/// The same as messages about a helper name it, printable.
std::string program_of(std::string_view helper);

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
  std::vector<std::string> arguments = {};  ///< behind the action; the protocol's have none
  Environment variables = {};  ///< its own, in the place of the caller's of these names
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
  bool is_answer = false;  ///< and some of that on standard output, as the protocol has it
};

/// What came of a call: the standard output of a helper that succeeded, still to be parsed, or
/// that there is no such entry, or why it failed.
using HelperReply = std::variant<std::string, NotFound, HelperFailure>;

struct HelperLimits {
  std::size_t jobs = 16;  ///< calls at once
  std::chrono::milliseconds timeout = std::chrono::seconds(60);
  bool timeout_is_for_all = false;  ///< of all calls together, from the first on; else of each
};

/// Runs credential helpers side by side, and remembers what they say, and how they do.
///
/// A question is asked once: until this client makes a `store` or `erase`, the same call has the
/// same reply, a failure, too.
///
/// Calls of one program run alone until one of them has ended in time, because the first may ask
/// the user to unlock its store. A call that failed beside others of its program is repeated once
/// alone before it counts as failed: some helpers lock a database of their own.
///
/// A program that hangs costs at most two time-outs for an action, however many calls there are.
/// After a time-out beside others its calls run alone, because it may only be slow with company. If
/// one that began after a time-out of the same action, or of `get`, times out as well, that is
/// asked no more: what is left fails unasked, with TimedOut as its end. One that hangs at `list`
/// may still answer `get`.
class HelperClient {
 public:
  /// Called about ten times a second while calls run: how many of how many are done, and a helper
  /// that is still running.
  using Progress = std::function<void(std::size_t done, std::size_t total, const std::string&)>;

  explicit HelperClient(HelperLimits limits, Progress progress = {});

  /// Makes all calls; the replies are in the order of the calls. A program that cannot be found or
  /// started is the reply of its call.
  std::vector<HelperReply> run(const std::vector<HelperCall>& calls);

  /// Asks, side by side, what is not known yet. None of `calls` changes a store.
  void ask(const std::vector<HelperCall>& calls);

  /// The reply to `call`, if it was asked; valid until a store is changed. Asks nobody.
  const HelperReply* known(const HelperCall& call) const;

 private:
  /// How a program did so far.
  struct Conduct {
    bool has_ended = false;                ///< a call, in time
    bool stands_company = true;            ///< none timed out beside others
    std::set<std::string> timed_out = {};  ///< actions of which a call did
    std::set<std::string> hang = {};       ///< so did another that began after that
  };
  using Conducts = std::map<std::filesystem::path, Conduct>;
  using Question = std::tuple<std::filesystem::path, Environment, std::string, std::string>;

  class Schedule;

  static Question question_in(const HelperCall& call);
  std::vector<HelperReply> make(const std::vector<HelperCall>& calls);

  HelperLimits limits_;
  Progress progress_;
  Conducts conducts_;
  std::map<Question, HelperReply> known_;
  std::optional<std::chrono::steady_clock::time_point> first_call_;
};

}  // namespace pullsecret
