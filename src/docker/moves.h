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

// Credentials move from one place to another in this order, so that whoever stops in between leaves
// each of them in at least one place, and a config that finds it there:
//
//   find_moves()           asks the stores what they have; nothing is written up to compare_...()
//   compare_with_target()  asks the new place what it has: nothing there is ever overwritten
//   copy_to_target()       stores each, reads it back and compares it, one after the other
//   config_after_moves()   is then put in the place of the old config, in one step
//   erase_at_sources()     at last
//
// A *place* is the name of a store, or `inline`: the config file itself.

inline constexpr std::string_view inline_place = "inline";

/// The server URL of the entry that erase_at_sources() makes for a moment, to see whether two
/// stores are one. Who is killed in that moment leaves it: it is never a credential to move.
inline constexpr std::string_view probe_server_url =
    "https://pullsecret.invalid/is-this-the-same-store";

/// What is asked for.
struct Migration {
  std::string to;                       ///< the new place
  std::optional<std::string> from;      ///< an old place; absent: wherever Docker looks
  std::vector<std::string> registries;  ///< these alone, in any spelling; empty: all
};

enum class MoveState {
  not_asked_for,  ///< known, because what becomes of the config depends on it
  stays,          ///< where it is; `reason` says why
  to_be_copied,   ///< the new place does not have it
  there_already,  ///< at the new place, the same
  moved,          ///< at the new place, read back and compared
  failed,         ///< it stays, and it should not; `reason` says why
};

/// One credential at one place, and what becomes of it.
struct Move {
  std::string from;                 ///< its place
  std::string key;                  ///< its name there: the server URL, or the key in `auths`
  std::string target_key = {};      ///< its name at the new place
  std::string registry = {};        ///< what Docker calls its registry when it looks for a store
  std::optional<std::string> line;  ///< the key of the line of `credHelpers` that is about it
  bool counts = false;              ///< it is what Docker finds, or would if it looked here
  Credential credential = {};
  MoveState state = MoveState::not_asked_for;
  std::optional<Error> reason = std::nullopt;
  std::optional<Error> left_behind = std::nullopt;  ///< why it was not erased at its old place

  void fail(Error error) {
    state = MoveState::failed;
    reason = std::move(error);
  }
  bool is_at_target() const {
    return state == MoveState::there_already || state == MoveState::moved;
  }
};
using Moves = std::vector<Move>;

inline bool is_inline(std::string_view place) {
  return place == inline_place;
}

/// The place that an empty or absent store's name stands for in a config.
inline std::string place_of_helper(const std::string& helper) {
  return helper.empty() ? std::string(inline_place) : helper;
}

/// Where Docker looks for what no line of `credHelpers` is about.
inline std::string default_place(const Config& config) {
  return place_of_helper(config.creds_store);
}

/// Whether all that is at the default place was asked for.
inline bool is_about_all(const Migration& migration, const Config& config) {
  return migration.registries.empty() &&
         migration.from.value_or(default_place(config)) == default_place(config);
}

inline bool any_failed(const Moves& moves) {
  return std::any_of(moves.begin(), moves.end(),
                     [](const Move& move) { return move.state == MoveState::failed; });
}

}  // namespace pullsecret
