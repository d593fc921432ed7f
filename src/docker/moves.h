#pragma once

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "credential/credential.h"
#include "docker/config.h"
#include "system/error.h"

namespace pullsecret {

// Credentials move from one store to another in this order, so that whoever stops in between leaves
// each of them in at least one of them, and a config that finds it there:
//
//   find_moves()           asks the stores what they have; nothing is written up to compare_...()
//   compare_with_target()  asks the target what it has: nothing there is ever overwritten
//   copy_to_target()       stores each, reads it back and compares it, one after the other
//   config_after_moves()   then replaces the config, in one step
//   erase_at_sources()     at last
//
// A *store* is here, as in docker/cli, also the config file itself; its name is `inline`. The one
// that they move to is the *target*.

inline constexpr std::string_view inline_store = "inline";

/// The server URL of the entry that erase_at_sources() makes for a moment, to see whether two
/// stores are one. Who is killed in that moment leaves it: it is never a credential to move.
inline constexpr std::string_view probe_server_url =
    "https://pullsecret.invalid/is-this-the-same-store";

/// What is asked for.
struct Migration {
  std::string to;                       ///< the target
  std::optional<std::string> from;      ///< a store; absent: wherever Docker looks
  std::vector<std::string> registries;  ///< these alone, in any spelling; empty: all
  bool for_podman = false;              ///< lines of `credHelpers` beside `credsStore` (podman.h)
};

enum class MoveState {
  not_asked_for,  ///< known, because what becomes of the config depends on it
  stays,          ///< where it is; `reason` says why
  to_be_copied,   ///< the target does not have it
  there_already,  ///< at the target, the same
  moved,          ///< at the target, read back and compared
  failed,         ///< it stays, and it should not; `reason` says why
};

/// One credential in one store, and what becomes of it.
struct Move {
  std::string from;             ///< its store
  std::string key;              ///< its name there: the server URL, or the key in `auths`
  std::string target_key = {};  ///< its name at the target; empty: Docker never looks for it
  std::string registry = {};    ///< what Docker calls its registry when it looks for a store
  bool has_line = false;        ///< by a line of `credHelpers` Docker asks a store of its own
  bool is_listed = true;        ///< its store tells of it
  bool is_given = true;         ///< its store gives it, too, for what Docker asks
  bool counts = false;          ///< it is what Docker finds, or would if it looked here
  Credential credential = {};
  std::vector<std::string> more_keys = {};  ///< others by which Docker or podman finds it now
  MoveState state = MoveState::not_asked_for;
  std::optional<Error> reason = std::nullopt;
  std::optional<Error> left_behind = std::nullopt;  ///< why it was not erased in `from`

  void fail(Error error) {
    state = MoveState::failed;
    reason = std::move(error);
  }
  bool is_at_target() const {
    return state == MoveState::there_already || state == MoveState::moved;
  }
};
using Moves = std::vector<Move>;

inline Error empty_password() {
  return {"", "an empty password, which not every store can keep",
          "log in again, or take the entry out of the file"};
}

inline bool is_inline(std::string_view store) {
  return store == inline_store;
}

/// The store that a helper's name stands for in a config, where it may be empty.
inline std::string store_of_helper(const std::string& helper) {
  return helper.empty() ? std::string(inline_store) : helper;
}

/// Where Docker looks for what no line of `credHelpers` is about.
inline std::string configured_store(const Config& config) {
  return store_of_helper(config.creds_store);
}

/// Whether all that is in the configured store was asked for.
inline bool is_about_all(const Migration& migration, const Config& config) {
  return migration.registries.empty() &&
         migration.from.value_or(configured_store(config)) == configured_store(config);
}

inline bool any_failed(const Moves& moves) {
  return std::any_of(moves.begin(), moves.end(),
                     [](const Move& move) { return move.state == MoveState::failed; });
}

}  // namespace pullsecret
