#include "docker/ask_stores.h"

#include <optional>
#include <utility>

#include <fmt/format.h>

#include "helper/answer.h"
#include "helper/own_stores.h"
#include "helper/protocol.h"
#include "system/overloaded.h"
#include "system/text.h"

namespace pullsecret {
namespace {

Error with_store(const std::string& store, std::string_view action, const Error& error) {
  return {fmt::format("{}{} {}", helper_program_prefix, printable(store), action), error.message(),
          error.hint()};
}

std::vector<std::string> listed(const HelperCall& call, HelperClient& helpers) {
  const std::vector<HelperReply> replies = helpers.run({call});
  if (const auto* failure = std::get_if<HelperFailure>(&replies.front()))
    throw Error(failure->error);
  const auto* answer = std::get_if<std::string>(&replies.front());
  if (answer == nullptr) return {};
  try {
    return parse_list_answer(*answer).server_urls;
  } catch (const Error& error) {
    throw with_store(call.helper, call.action, error);
  }
}

StoreAnswer read_answer(const std::string& store, const std::string& answer) {
  try {
    std::optional<Credential> credential = parse_get_answer(answer);
    if (!credential) return NotFound{};
    return std::move(*credential);
  } catch (const Error& error) {
    return with_store(store, "get", error);
  }
}

StoreAnswer read_reply(const std::string& store, const HelperReply& reply) {
  return std::visit(
      overloaded{[&](const std::string& answer) { return read_answer(store, answer); },
                 [](NotFound) { return StoreAnswer(NotFound{}); },
                 [](const HelperFailure& why) { return StoreAnswer(why.error); }},
      reply);
}

}  // namespace

std::vector<std::string> list_store(const std::string& store, HelperClient& helpers) {
  return listed({store, "list", "unused"}, helpers);
}

std::vector<std::string> list_hidden_accounts(const std::string& store, HelperClient& helpers) {
  const OwnStore* own = find_own_store(store);
  if (own == nullptr || own->keeps_logins) return {};
  return listed({.helper = store, .action = "accounts", .input = {}, .arguments = {"-o", "json"}},
                helpers);
}

std::vector<StoreAnswer> get_from_stores(const std::vector<StoreKey>& keys, HelperClient& helpers) {
  std::vector<HelperCall> calls;
  calls.reserve(keys.size());
  for (const auto& [store, server_url] : keys)
    calls.push_back({store, "get", server_url});
  const std::vector<HelperReply> replies = helpers.run(calls);
  std::vector<StoreAnswer> answers;
  answers.reserve(keys.size());
  for (std::size_t i = 0; i < keys.size(); ++i)
    answers.push_back(read_reply(keys[i].store, replies[i]));
  return answers;
}

}  // namespace pullsecret
