#include "helpers/route/ask_helpers.h"

#include <algorithm>
#include <charconv>
#include <utility>
#include <variant>

#include <fmt/format.h>

#include "credential/issuers.h"
#include "helper/answer.h"
#include "helper/client.h"
#include "helper/json_message.h"
#include "system/text.h"

namespace pullsecret {
namespace {

constexpr std::chrono::milliseconds no_limit = std::chrono::hours(24);
constexpr const char* depth_variable = "DOCKER_CREDENTIAL_ROUTE_DEPTH";

constexpr const char* hosts_variable = "DOCKER_CREDENTIAL_ROUTE_HOSTS";

// One that asks this program for another registry than it was asked for is no loop.
constexpr int max_depth = 4;

int depth() {
  const std::string text = environment_variable(depth_variable).value_or("0");
  int value = max_depth;
  const char* const end = std::from_chars(text.data(), text.data() + text.size(), value).ptr;
  return end == text.data() + text.size() ? value : max_depth;
}

// The registries that this call and those before it are about.
std::vector<std::string> hosts() {
  return split(environment_variable(hosts_variable).value_or(""), ' ');
}

// About no registry if `server_url` is empty.
HelperCall call(const Rule& rule, const std::string& helper, std::string action, std::string input,
                const std::string& server_url) {
  Environment variables = rule.variables;
  variables[depth_variable] = std::to_string(depth() + 1);
  std::vector<std::string> about = hosts();
  if (!server_url.empty()) about.push_back(routed_host(server_url));
  variables[hosts_variable] = join(without_repeats(std::move(about)), " ");
  return {.helper = helper,
          .action = std::move(action),
          .input = std::move(input),
          .variables = std::move(variables)};
}

HelperReply reply_to(const Rule& rule, const HelperCall& call) {
  HelperClient client({.jobs = 1, .timeout = rule.timeout.value_or(no_limit)});
  return client.run({call}).front();
}

// The Error is of who is asked.
template <typename Parse>
auto parsed(const HelperCall& call, Parse parse) {
  return with_place(fmt::format("{} {}", program_of(call.helper), call.action), parse);
}

std::optional<StoredCredential> get_from(const Rule& rule, const std::string& helper,
                                         const std::string& server_url) {
  const HelperCall question = call(rule, helper, "get", server_url, server_url);
  const HelperReply reply = reply_to(rule, question);
  if (const auto* failure = std::get_if<HelperFailure>(&reply)) throw failure->error;
  const auto* answer = std::get_if<std::string>(&reply);
  if (answer == nullptr) return std::nullopt;
  const CredentialFields fields =
      parsed(question, [&] { return read_credential_fields(*answer, "its answer"); });
  const std::string username = fields.username.value_or(""), secret = fields.secret.value_or("");
  // docker-credential-pass 0.6 answers so when it has no entry.
  if (username.empty() && secret.empty()) return std::nullopt;
  return StoredCredential{username, secret};
}

void tell(const Rule& rule, const HelperCall& call) {
  const HelperReply reply = reply_to(rule, call);
  if (const auto* failure = std::get_if<HelperFailure>(&reply)) throw failure->error;
}

HelperCall call_to_store(const Rule& rule, const std::string& helper, const std::string& server_url,
                         const StoredCredential& credential) {
  HelperCall request =
      call(rule, helper, "store", format_credential_message(server_url, credential), server_url);
  request.secret = credential.secret;
  return request;
}

bool mints_tokens(const std::string& helper) {
  return find_token_helper(helper) != nullptr;
}

// Whether `helper` has it from now on. Upstream's keep one for each username, and answer any of
// them: there the others go first.
bool keeps(const Rule& rule, const std::string& helper, const std::string& server_url,
           const StoredCredential& credential) {
  const HelperCall request = call_to_store(rule, helper, server_url, credential);
  tell(rule, request);
  auto kept = get_from(rule, helper, server_url);
  if (kept && kept->username != credential.username) {
    tell(rule, call(rule, helper, "erase", server_url, server_url));
    tell(rule, request);
    kept = get_from(rule, helper, server_url);
  }
  return kept && kept->username == credential.username && kept->secret == credential.secret;
}

}  // namespace

Rule keepers(Rule rule) {
  std::erase_if(rule.helpers, mints_tokens);
  return rule;
}

void refuse_loop(const std::string& host) {
  const std::vector<std::string> before = hosts();
  const bool is_same =
      !host.empty() && std::find(before.begin(), before.end(), host) != before.end();
  if (is_same || depth() >= max_depth)
    throw Error("", "a rule leads back to this program, by way of a helper that asks it",
                "name the helper that keeps the login in routes.json");
}

std::optional<StoredCredential> get_from_helpers(const Rule& rule, const std::string& server_url,
                                                 const Warn& warn) {
  for (const std::string& helper : rule.helpers)
    try {
      if (auto found = get_from(rule, helper, server_url)) return found;
    } catch (const Error& error) {
      if (!rule.goes_on_after_errors) throw;
      warn(error);
    }
  return std::nullopt;
}

void store_in_helper(const Rule& rule, const std::string& server_url,
                     const StoredCredential& credential, const Warn& warn) {
  const std::string& first = rule.helpers.front();
  if (std::all_of(rule.helpers.begin(), rule.helpers.end(), mints_tokens))
    return tell(rule, call_to_store(rule, first, server_url, credential));
  for (const std::string& helper : rule.helpers) {
    if (mints_tokens(helper)) continue;
    try {
      if (keeps(rule, helper, server_url, credential)) return;
      warn(Error(program_of(helper), "took the login, and does not give it back"));
    } catch (const Error& error) {
      if (!rule.goes_on_after_errors) throw;
      warn(error);
    }
  }
  throw Error("", fmt::format("none of {} keeps the login", join(rule.helpers, ", ")));
}

void erase_from_helpers(const Rule& rule, const std::string& server_url, const Warn& warn) {
  std::optional<Error> first_error;
  for (const std::string& helper : rule.helpers)
    try {
      tell(rule, call(rule, helper, "erase", server_url, server_url));
    } catch (const Error& error) {
      if (mints_tokens(helper)) continue;
      if (rule.goes_on_after_errors)
        warn(error);
      else if (!first_error)
        first_error = error;
    }
  if (first_error) throw Error(*first_error);
}

std::map<std::string, Listed> list_of_helpers(const std::vector<Rule>& rules,
                                              const std::filesystem::path& folder,
                                              const Warn& warn) {
  std::vector<const Rule*> rules_asked;
  std::vector<HelperCall> calls;
  std::chrono::milliseconds longest(0);
  for (const Rule& rule : rules) {
    longest = std::max(longest, rule.timeout.value_or(no_limit));
    for (const std::string& helper : rule.helpers) {
      rules_asked.push_back(&rule);
      calls.push_back(call(rule, helper, "list", "unused", ""));
    }
  }
  const std::vector<HelperReply> replies = HelperClient({.timeout = longest}).run(calls);

  std::map<std::string, Listed> listed;
  for (std::size_t i = 0; i < calls.size(); ++i)
    try {
      if (const auto* failure = std::get_if<HelperFailure>(&replies[i])) throw failure->error;
      const auto* answer = std::get_if<std::string>(&replies[i]);
      if (answer == nullptr) continue;
      for (auto& [server_url, username] :
           parsed(calls[i], [&] { return parse_usernames(*answer); }))
        if (find_rule(rules, server_url, folder) == rules_asked[i])
          listed.emplace(server_url, Listed{std::move(username), calls[i].helper});
    } catch (const Error& error) {
      warn(error);
    }
  return listed;
}

}  // namespace pullsecret
