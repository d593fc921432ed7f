#include "docker/make_moves.h"

#include <map>
#include <set>
#include <unordered_set>
#include <utility>

#include <fmt/format.h>

#include "credential/basic_auth.h"
#include "credential/registry.h"
#include "docker/ask_stores.h"
#include "docker/config_after_moves.h"
#include "docker/podman.h"
#include "helper/answer.h"
#include "helper/protocol.h"
#include "system/text.h"

namespace pullsecret {
namespace {

/// What the target answers, by its names.
using TargetAnswers = std::map<std::string, StoreAnswer>;

// ---- What a store can keep

bool is_plain_text(const std::string& text) {
  return is_utf8(text) && text.find('\0') == std::string::npos;
}

std::optional<Error> why_no_store_keeps(const Credential& credential, const std::string& key) {
  const auto [username, secret] = stored_credential(credential);
  const std::string log_in = login_command(key);
  if (!credential.registry_token.empty())
    return Error("", "a registry token, which no store can keep", log_in);
  if (is_password_of_token_user(credential))
    return Error("", "a password of the user <token>; a store takes it for an identity token",
                 log_in);
  if (!credential.identity_token.empty() && !credential.password.empty())
    return Error("", "a password and an identity token; a store keeps one of them", log_in);
  if (!is_plain_text(username) || !is_plain_text(secret))
    return Error("", "it is not UTF-8, or has a NUL, which no store can keep");
  if (secret.empty()) return empty_password();
  return std::nullopt;
}

// `auth` is split at the first colon, and loses NULs at the password's ends.
std::optional<Error> why_no_file_keeps(const Credential& credential) {
  if (!credential.identity_token.empty()) return std::nullopt;
  const UserPassword read = decode_auth(encode_auth(credential.username, credential.password));
  if (read.username == credential.username && read.password == credential.password)
    return std::nullopt;
  return Error("", "its username holds a colon, or its password a NUL, which no config can keep");
}

// ---- Comparing

std::string how_to_remove(const std::string& place, const std::string& key) {
  if (is_inline(place)) return "take it out of the file";
  return fmt::format("`printf %s {} | {} erase`", key_in_command(key),
                     shell_word(helper_program_name(place)));
}

// What Docker or podman finds now, and what this run puts there, is never said to be erased; nor is
// an empty name to be written where podman takes it for a program.
std::string way_past_another(const Move& move, const Config& config, const std::string& target,
                             bool is_of_this_run, const PodmansOwn& podmans) {
  const bool is_other_spelling = !is_inline(move.from) && move.key != move.registry;
  std::vector<std::string> ways;
  const auto add_removal = [&](const char* which, const std::string& place,
                               const std::string& key) {
    ways.push_back(
        podmans.asks(place, key)
            ? fmt::format("let that in {} stay, which podman takes", printable(place))
            : fmt::format("if {} one is not needed: {}", which, how_to_remove(place, key)));
  };
  if (!move.counts || (is_of_this_run && is_other_spelling)) {
    add_removal("this", move.from, move.key);
  } else if (!is_of_this_run) {
    add_removal("that", target, move.target_key);
    const bool is_for_podman = is_inline(target) && !podmans_here().empty();
    if (is_for_podman && config.creds_store.empty())
      ways.emplace_back("if it is the one needed: take its line out of credHelpers");
    else if (!is_for_podman)
      ways.push_back(fmt::format(R"(if it is the one needed: write "{}": "{}" into credHelpers)",
                                 key_in_words(move.registry),
                                 is_inline(target) ? "" : printable(target)));
  }
  return join(ways, "; ");
}

StoreAnswer inline_answer(const Config& config, const std::string& key) {
  const AuthEntry* entry = config.auths.find(key);
  if (entry != nullptr && entry->problem) return Error(*entry->problem);
  if (entry == nullptr || !is_login(entry->credential)) return NotFound{};
  return entry->credential;
}

TargetAnswers ask_target(const Moves& moves, const Config& config, const std::string& target,
                         HelperClient& helpers) {
  TargetAnswers answers;
  std::vector<StoreKey> keys;
  const auto add = [&](const std::string& key) {
    if (answers.emplace(key, NotFound{}).second) keys.push_back({target, key});
  };
  for (const Move& move : moves)
    if (move.state == MoveState::to_be_copied) {
      add(move.target_key);
      std::for_each(move.more_keys.begin(), move.more_keys.end(), add);
    }
  if (is_inline(target)) {
    for (auto& [key, answer] : answers)
      answer = inline_answer(config, key);
    return answers;
  }
  list_store(target, helpers);  // it answers at all
  std::vector<StoreAnswer> given = get_from_stores(keys, helpers);
  for (std::size_t i = 0; i < keys.size(); ++i)
    answers[keys[i].server_url] = std::move(given[i]);
  return answers;
}

// `answer` becomes what will be there then: of two for one name the first counts.
void compare(Move& move, StoreAnswer& answer, const Config& config, const std::string& target,
             std::set<std::string>& of_this_run, const PodmansOwn& podmans) {
  if (const auto* error = std::get_if<Error>(&answer)) {
    move.fail(*error);
  } else if (const auto* there = std::get_if<Credential>(&answer); there == nullptr) {
    answer = move.credential;
    of_this_run.insert(move.target_key);
  } else if (is_same_login(*there, move.credential)) {
    move.state = MoveState::there_already;
  } else {
    move.fail(
        {"", fmt::format("another credential is at the new place, {}", printable(target)),
         way_past_another(move, config, target, of_this_run.contains(move.target_key), podmans)});
  }
}

// The same by its other names, those that Docker does not look up being podman's.
void compare_more_keys(Move& move, TargetAnswers& answers, const Config& config,
                       const std::string& target, std::set<std::string>& of_this_run,
                       const PodmansOwn& podmans) {
  for (const std::string& key : move.more_keys) {
    Move same = move;
    same.target_key = key;
    compare(same, answers.at(key), config, target, of_this_run, podmans);
    if (same.state != MoveState::failed) continue;
    if (!is_inline(target) && key != move.registry &&
        std::holds_alternative<Credential>(answers.at(key)))
      same.reason = Error("",
                          fmt::format("{} has another credential as {}, by which podman asks for "
                                      "it",
                                      printable(target), key),
                          "with --for docker it moves");
    return move.fail(*same.reason);
  }
}

// Where podman's setting names stores, what it finds in one of them may be another login than that
// which moves to a place that it asks before: nothing is moved there.
std::optional<Error> why_podman_would_lose(const Move& move, const Config& config,
                                           const Migration& migration, const PodmansOwn& podmans,
                                           HelperClient& helpers) {
  const std::vector<std::string> places = podmans.places();
  if (places.size() < 2) return std::nullopt;  // nothing that another could hide
  const std::string name = podman_lookup_name(move.target_key);
  const auto finds_in = [&](const std::string& store) {
    return get_from_stores({{store, name}}, helpers).front();
  };
  const auto finds_in_dockers_file = [&]() -> StoreAnswer {
    const auto line = config.cred_helpers.find(name);
    if (line != config.cred_helpers.end()) return finds_in(line->second);
    const AuthEntry* exact = config.auths.find(name);  // which podman takes if it is empty, too
    StoreAnswer found = NotFound{};
    for (const AuthEntry* entry : config.auths.looked_up_as(docker_lookup_name(name)))
      if (is_read_by_podman(*entry, name) && (exact == nullptr || exact == entry))
        found = entry->credential;
    return found;
  };
  std::optional<std::string> new_place;  // where podman will find what moves
  for (const std::string& place : places) {
    bool has_other = false;
    if (place == migration.to) {
      new_place = new_place.value_or(place);
    } else if (place == auth_file_helper) {
      has_other = podmans.has(name);
      if (!has_other)
        if (const StoreAnswer there = finds_in_dockers_file();
            const auto* found = std::get_if<Credential>(&there)) {
          if (!new_place || is_same_login(*found, move.credential)) return std::nullopt;
          has_other = true;
        }
      if (is_inline(migration.to) || migration.for_podman) new_place = new_place.value_or(place);
    } else {
      const StoreAnswer answer = finds_in(place);
      const auto* found = std::get_if<Credential>(&answer);
      if (found != nullptr && is_same_login(*found, move.credential)) return std::nullopt;
      has_other = found != nullptr;
    }
    if (!has_other) continue;
    if (!new_place || new_place == place) return std::nullopt;
    const bool is_by_line = new_place == auth_file_helper && !is_inline(migration.to);
    return Error("",
                 fmt::format("podman has another login for it, in {}, and would take this one",
                             printable(place)),
                 is_by_line ? "with --for docker it moves" : "let it stay where it is");
  }
  return std::nullopt;
}

// Where its line of credHelpers goes, podman takes the nearest path in the file, and of several
// spellings any.
std::optional<Error> why_line_has_to_stay(const Move& move, const Config& config,
                                          const PodmansOwn& podmans) {
  const std::string name = podman_lookup_name(move.target_key);
  const auto line = config.cred_helpers.find(name);
  if (podmans.places().empty() || line == config.cred_helpers.end() || line->second != move.from)
    return std::nullopt;
  for (const AuthEntry* entry : config.auths.looked_up_as(docker_lookup_name(name))) {
    const bool is_taken = is_path_for_podman(entry->key) || move.target_key != name;
    if (entry->key == move.target_key || !is_taken || !is_key_for_podman(entry->key)) continue;
    if (entry->lacks_auth || !is_same_login(entry->credential, move.credential))
      return Error("",
                   fmt::format("podman takes {} in the file for it, where credHelpers does not "
                               "name {}",
                               key_in_words(entry->key), printable(move.from)),
                   "let it stay where it is");
  }
  return std::nullopt;
}

// With credsStore gone, what is left in its store gets a line of credHelpers, which may hide from
// podman the login that it has behind its files: then nothing moves.
void keep_with_what_stays(Moves& moves, const Config& config, const Migration& migration,
                          const PodmansOwn& podmans, HelperClient& helpers) {
  if (!is_inline(migration.to) || config.creds_store.empty()) return;
  const auto is_moving = [](const Move& move) {
    return move.state == MoveState::to_be_copied || move.state == MoveState::there_already;
  };
  if (podmans.places().size() < 2 || std::none_of(moves.begin(), moves.end(), is_moving)) return;
  for (Move left : moves) {
    if (is_moving(left) || !needs_line_inline(config, left) || !is_podmans_name(left.registry))
      continue;
    const StoreAnswer answer = get_from_stores({{left.from, left.registry}}, helpers).front();
    const auto* credential = std::get_if<Credential>(&answer);
    if (credential == nullptr) continue;
    left.credential = *credential;
    if (!why_podman_would_lose(left, config, migration, podmans, helpers)) continue;
    for (Move& move : moves)
      if (is_moving(move))
        move.fail({"",
                   fmt::format("credHelpers would have to name {} for {}, for which podman has "
                               "another login",
                               printable(left.from), key_in_words(left.registry)),
                   "let it stay where it is"});
    return;
  }
}

// ---- Copying

HelperReply call_once(HelperClient& helpers, HelperCall call) {
  return std::move(helpers.run({std::move(call)}).front());
}

std::optional<Error> failure_of(const HelperReply& reply) {
  if (const auto* failure = std::get_if<HelperFailure>(&reply)) return failure->error;
  return std::nullopt;
}

std::optional<Error> why_not_read_back(const std::string& key, const Move& move,
                                       const std::string& target, HelperClient& helpers) {
  const StoreAnswer answer = get_from_stores({{target, key}}, helpers).front();
  if (const auto* error = std::get_if<Error>(&answer)) return *error;
  const auto* credential = std::get_if<Credential>(&answer);
  if (credential == nullptr)
    return Error("", fmt::format("{} took it and does not have it", printable(target)));
  const auto [username, secret] = stored_credential(move.credential);
  const auto [stored_username, stored_secret] = stored_credential(*credential);
  if (username == stored_username && secret == stored_secret) return std::nullopt;
  return Error("", fmt::format("{} took it and has something else now", printable(target)));
}

// Under a name that nothing is under.
std::optional<Error> why_not_copied_as(const std::string& key, const Move& move,
                                       const std::string& target, HelperClient& helpers) {
  if (auto error = failure_of(call_once(helpers, store_call(target, key, move.credential))))
    return error;
  auto error = why_not_read_back(key, move, target, helpers);
  if (error) call_once(helpers, {target, "erase", key});
  return error;
}

// docker-credential-helpers compare names exactly, where pullsecret's answer to others, too.
std::optional<Error> why_not_copied(const Move& move, const std::string& target,
                                    HelperClient& helpers) {
  std::vector<std::string> copied;
  std::optional<Error> error;
  const auto copy = [&](const std::string& key) {
    error = why_not_copied_as(key, move, target, helpers);
    if (!error) copied.push_back(key);
  };
  if (move.state != MoveState::there_already) copy(move.target_key);
  for (const std::string& key : move.more_keys)
    if (!error &&
        std::holds_alternative<NotFound>(get_from_stores({{target, key}}, helpers).front()))
      copy(key);
  if (error)
    for (const std::string& key : copied)
      call_once(helpers, {target, "erase", key});
  return error;
}

// ---- Erasing

bool is_to_be_erased(const Move& move) {
  return move.is_at_target() && !is_inline(move.from);
}

// What one of them got, and the other had not, says that they are two.
bool is_known_to_differ(const Moves& moves, const std::string& store, const std::string& target) {
  return is_inline(target) || std::any_of(moves.begin(), moves.end(), [&](const Move& move) {
           return move.from == store && move.state == MoveState::moved;
         });
}

// Puts an entry of no registry into `target` for a moment, and looks for it in `store`.
std::optional<Error> why_not_two_stores(const std::string& store, const std::string& target,
                                        HelperClient& helpers) {
  const std::string server_url(probe_server_url);
  const Credential probe{.username = "pullsecret", .password = "probe"};
  if (auto error = failure_of(call_once(helpers, store_call(target, server_url, probe))))
    return error;
  const StoreAnswer answer = get_from_stores({{store, server_url}}, helpers).front();
  call_once(helpers, {target, "erase", server_url});
  if (const auto* error = std::get_if<Error>(&answer)) return *error;
  if (std::holds_alternative<NotFound>(answer)) return std::nullopt;
  return Error(
      "", fmt::format("{} and {} are one store by two names", printable(store), printable(target)));
}

using Keys = std::unordered_set<std::string>;

// What is in the store and has not moved.
Keys staying_in(const std::string& store, const Moves& moves) {
  Keys keys;
  for (const Move& move : moves)
    if (move.from == store && !move.is_at_target()) keys.insert(move.key);
  return keys;
}

// pullsecret's helpers erase with a registry's own name all its spellings.
std::optional<Error> why_not_erased_with(const Move& move, const Keys& staying) {
  for (const std::string& other : other_spellings(move.key))
    if (staying.contains(other))
      return Error("", fmt::format("{} would go with it, and has not moved", key_in_words(other)));
  return std::nullopt;
}

std::optional<Error> why_not_erased(const Move& move, const Keys& staying,
                                    const PodmansOwn& podmans, HelperClient& helpers) {
  if (podmans.asks(move.from, move.key))
    return Error("", "podman's own settings name this store, which it still asks for it");
  if (auto error = why_not_erased_with(move, staying)) return error;
  return failure_of(call_once(helpers, {move.from, "erase", move.key}));
}

std::optional<Error> interrupted() {
  return Error("", "interrupted before that");
}

void erase_at(const std::string& store, Moves& moves, const Migration& migration,
              const PodmansOwn& podmans, HelperClient& helpers, const Interrupted& is_interrupted) {
  std::optional<Error> refusal;
  if (!is_interrupted() && !is_known_to_differ(moves, store, migration.to))
    refusal = why_not_two_stores(store, migration.to, helpers);
  const Keys staying = staying_in(store, moves);
  for (Move& move : moves)
    if (is_to_be_erased(move) && move.from == store)
      move.left_behind = is_interrupted() ? interrupted()
                         : refusal        ? refusal
                                          : why_not_erased(move, staying, podmans, helpers);
}

}  // namespace

void compare_with_target(Moves& moves, const Config& config, const Migration& migration,
                         const PodmansOwn& podmans, HelperClient& helpers) {
  const std::string& target = migration.to;
  for (Move& move : moves) {
    if (move.state != MoveState::to_be_copied) continue;
    const auto why_not = is_inline(target) ? why_no_file_keeps(move.credential)
                                           : why_no_store_keeps(move.credential, move.key);
    if (why_not) move.fail(*why_not);
  }
  TargetAnswers answers = ask_target(moves, config, target, helpers);
  std::set<std::string> of_this_run;
  for (Move& move : moves)
    if (move.state == MoveState::to_be_copied) {
      compare(move, answers.at(move.target_key), config, target, of_this_run, podmans);
      if (move.state != MoveState::failed)
        compare_more_keys(move, answers, config, target, of_this_run, podmans);
      if (move.state == MoveState::failed) continue;
      auto loss = is_inline(target) ? why_line_has_to_stay(move, config, podmans) : std::nullopt;
      if (!loss) loss = why_podman_would_lose(move, config, migration, podmans, helpers);
      if (loss) move.fail(*std::move(loss));
    }
  keep_with_what_stays(moves, config, migration, podmans, helpers);
}

void copy_to_target(Moves& moves, const Migration& migration, HelperClient& helpers,
                    const Interrupted& is_interrupted) {
  std::map<std::string, Error> failed;
  for (Move& move : moves) {
    // A run that was killed may have left some without their other names.
    const bool was_there = move.state == MoveState::there_already && !move.more_keys.empty();
    if (move.state != MoveState::to_be_copied && !was_there) continue;
    if (failed.contains(move.target_key)) continue;
    const auto error = is_interrupted()          ? interrupted()
                       : is_inline(migration.to) ? std::nullopt
                                                 : why_not_copied(move, migration.to, helpers);
    if (error)
      failed.emplace(move.target_key, *error);
    else if (!was_there)
      move.state = MoveState::moved;
  }
  // Others of the same name were to be there with it.
  for (Move& move : moves)
    if (move.is_at_target() || move.state == MoveState::to_be_copied)
      if (const auto error = failed.find(move.target_key); error != failed.end())
        move.fail(error->second);
}

void erase_at_sources(Moves& moves, const Migration& migration, const PodmansOwn& podmans,
                      HelperClient& helpers, const Interrupted& is_interrupted) {
  std::vector<std::string> stores;
  for (const Move& move : moves)
    if (is_to_be_erased(move)) stores.push_back(move.from);
  for (const std::string& store : without_repeats(std::move(stores)))
    erase_at(store, moves, migration, podmans, helpers, is_interrupted);
}

}  // namespace pullsecret
