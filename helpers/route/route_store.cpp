#include "helpers/route/route_store.h"

#include <utility>

#include <fmt/format.h>

#include "credential/registry.h"
#include "helpers/route/remembered.h"
#include "system/environment.h"
#include "system/session_keyring.h"
#include "system/text.h"

namespace pullsecret {
namespace {

Error no_such_account(const std::string& server_url, const std::string& username) {
  const std::string host = routed_host(server_url);
  return {"", fmt::format("there is no account {} at {}", printable(username), key_in_words(host)),
          fmt::format("`docker-credential-route accounts {}` lists them", key_in_command(host))};
}

// What mints tokens has one account.
bool keeps_accounts(const Rule& rule, const std::string& server_url) {
  return !keepers(rule).helpers.empty() && account_url(server_url, "any");
}

// What is about to change is forgotten before, and what somebody remembers meanwhile after it,
// whatever comes of the change.
class Forgetting {
 public:
  Forgetting(std::string host, const Warn& warn) : host_(std::move(host)), lock_(lock_host(host_)) {
    forget_or(warn);
  }
  Forgetting(const Forgetting&) = delete;
  Forgetting& operator=(const Forgetting&) = delete;
  ~Forgetting() {
    forget_or([](const Error&) {});
  }

 private:
  void forget_or(const Warn& warn) const {
    try {
      forget(host_);
    } catch (const Error& error) {
      warn(not_told(error));
    }
  }

  std::string host_;
  FileDescriptor lock_;
};

}  // namespace

std::string account_named(const Rule& rule, const std::string& server_url) {
  if (!keeps_accounts(rule, server_url)) return {};
  return environment_variable(account_variable).value_or(rule.account);
}

RouteStore::RouteStore(std::vector<Rule> rules, std::filesystem::path folder, Warn warn)
    : rules_(std::move(rules)), folder_(std::move(folder)), warn_(std::move(warn)) {}

void RouteStore::store(const std::string& server_url, const StoredCredential& credential) {
  refuse_loop(routed_host(server_url));
  const Rule& rule = rule_for(server_url);
  const Forgetting forgetting(routed_host(server_url), warn_);
  if (keeps_accounts(rule, server_url)) {
    const auto before = readable(keepers(rule), server_url);
    const bool is_other = before && before->username != credential.username;
    if (is_other) keep_as_account(rule, server_url, *before);
    const auto own = account_url(server_url, credential.username);
    if (is_other || (own && readable(keepers(rule), *own)))
      keep_as_account(rule, server_url, credential);
  }
  store_in_helper(rule, server_url, credential, warn_);
}

std::optional<StoredCredential> RouteStore::get(const std::string& server_url) {
  refuse_loop(routed_host(server_url));
  const Rule* rule = find_rule(rules_, server_url, folder_);
  if (rule == nullptr) return std::nullopt;
  const std::string username = account_named(*rule, server_url);
  if (username.empty()) return ask(*rule, server_url);
  return account(keepers(*rule), server_url, username);
}

// The account's own entry goes first: else one that is killed in between would leave it behind.
void RouteStore::erase(const std::string& server_url) {
  const Rule* rule = find_rule(rules_, server_url, folder_);
  if (rule == nullptr) return;
  const std::string host = routed_host(server_url);
  refuse_loop(host);
  const Forgetting forgetting(host, warn_);
  const auto in_use =
      keeps_accounts(*rule, server_url) ? readable(keepers(*rule), server_url) : std::nullopt;
  const auto own = in_use ? account_url(server_url, in_use->username) : std::nullopt;
  if (own && readable(keepers(*rule), *own)) erase_from_helpers(*rule, *own, warn_);
  erase_from_helpers(*rule, server_url, warn_);
  if (!in_use) return;
  for (const auto& [registry, left] : accounts(server_url))
    if (!left.others.empty())
      warn_(Error(key_in_words(host),
                  fmt::format("still kept, and not in use: {}",
                              printable(join({left.others.begin(), left.others.end()}, ", "))),
                  fmt::format("`docker-credential-route use {} USERNAME` puts one into use",
                              key_in_command(host))));
}

std::map<std::string, std::string> RouteStore::list() {
  std::map<std::string, std::string> usernames;
  for (const auto& [server_url, entry] : list_of_helpers(rules_, folder_, warn_))
    if (!parse_account_url(server_url)) usernames[server_url] = entry.username;
  return usernames;
}

std::map<std::string, Accounts> RouteStore::accounts(const std::string& server_url) {
  std::map<std::string, Accounts> found;
  for (const auto& [listed, entry] : list_of_helpers(rules_about(server_url), folder_, warn_)) {
    if (is_docker_hub_token(listed) || is_about_path(listed)) continue;
    const auto account = parse_account_url(listed);
    const std::string registry = account ? account->server_url : docker_server_url(listed);
    if (!server_url.empty() && routed_host(registry) != routed_host(server_url)) continue;
    if (account)
      found[registry].others.insert(account->username);
    else if (std::string& in_use = found[registry].in_use; in_use.empty() || listed == registry)
      in_use = entry.username;
  }
  for (auto& [registry, accounts] : found)
    accounts.others.erase(accounts.in_use);
  return found;
}

void RouteStore::use(const std::string& server_url, const std::string& username) {
  const std::string registry = docker_server_url(server_url);
  refuse_loop(routed_host(registry));
  const Rule rule = keepers(rule_for(registry));
  const Forgetting forgetting(routed_host(registry), warn_);
  const auto in_use = get_from_helpers(rule, registry, warn_);
  if (in_use && in_use->username == username) return;
  const auto own = account_url(registry, username);
  const auto wanted = own ? get_from_helpers(rule, *own, warn_) : std::nullopt;
  if (!wanted || wanted->username != username) throw no_such_account(registry, username);
  // Else it would be gone.
  if (in_use) {
    const auto own_before = account_url(registry, in_use->username);
    if (!own_before)
      throw Error(
          key_in_words(routed_host(registry)),
          "an identity token is in use, which has no username to keep it by: log out first");
    store_in_helper(rule, *own_before, *in_use, warn_);
  }
  store_in_helper(rule, registry, *wanted, warn_);
}

// Of one registry its own rule tells; of all, all.
std::vector<Rule> RouteStore::rules_about(const std::string& server_url) const {
  if (server_url.empty()) return rules_;
  const Rule* rule = find_rule(rules_, server_url, folder_);
  return rule == nullptr ? std::vector<Rule>() : std::vector<Rule>{*rule};
}

const Rule& RouteStore::rule_for(const std::string& server_url) const {
  if (const Rule* rule = find_rule(rules_, server_url, folder_)) return *rule;
  throw Error(
      "", fmt::format("no rule is for {}", key_in_words(routed_host(server_url))),
      R"({"match": "*", "helper": "pass"} as the last line of routes.json is for the rest)");
}

// What cannot be read keeps nobody from putting something in its place, or taking it out.
std::optional<StoredCredential> RouteStore::readable(const Rule& rule,
                                                     const std::string& server_url) const {
  try {
    return get_from_helpers(rule, server_url, warn_);
  } catch (const Error& error) {
    warn_(error);
    return std::nullopt;
  }
}

std::optional<StoredCredential> RouteStore::ask(const Rule& rule,
                                                const std::string& server_url) const {
  if (!rule.cache || session_keyring_fault()) return get_from_helpers(rule, server_url, warn_);
  if (auto known = find_remembered(question(rule, server_url), *rule.cache, current_time()))
    return std::move(known->credential);
  return ask_once(rule, server_url);
}

// Who waited finds what the one before has put there.
std::optional<StoredCredential> RouteStore::ask_once(const Rule& rule,
                                                     const std::string& server_url) const {
  const FileDescriptor lock = lock_host(routed_host(server_url));
  const Question asked = question(rule, server_url);
  if (auto known = find_remembered(asked, *rule.cache, current_time()))
    return std::move(known->credential);
  auto answer = get_from_helpers(rule, server_url, warn_);
  if (!answer) return std::nullopt;
  const Time now = current_time();
  try {
    if (const auto end = end_of_remembering(*rule.cache, *answer, now))
      remember(asked, {*answer, *end}, now);
  } catch (const Error& error) {
    warn_(Error("", fmt::format("it will be asked for again: {}", error.what()), error.hint()));
  }
  return answer;
}

std::optional<StoredCredential> RouteStore::account(const Rule& rule, const std::string& server_url,
                                                    const std::string& username) const {
  const auto own = account_url(server_url, username);
  if (!own) throw no_such_account(server_url, username);
  if (auto found = ask(rule, *own); found && found->username == username) return found;
  auto in_use = ask(rule, server_url);
  if (in_use && in_use->username != username) throw no_such_account(server_url, username);
  return in_use;
}

// Without it the login itself is as good as it would be.
void RouteStore::keep_as_account(const Rule& rule, const std::string& server_url,
                                 const StoredCredential& credential) const {
  const auto own = account_url(server_url, credential.username);
  if (!own) return;
  try {
    store_in_helper(rule, *own, credential, warn_);
  } catch (const Error& error) {
    warn_(error);
  }
}

}  // namespace pullsecret
