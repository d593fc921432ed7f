#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "credential/account.h"
#include "helper/store.h"
#include "helpers/route/ask_helpers.h"
#include "helpers/route/rules.h"

namespace pullsecret {

constexpr const char* account_variable = "DOCKER_CREDENTIAL_ACCOUNT";

/// The account that this variable, or else the rule, names; empty: the one in use is answered, as
/// always where helpers mint tokens.
std::string account_named(const Rule& rule, const std::string& server_url);

/// Who can log in to a registry.
struct Accounts {
  std::string in_use;            ///< the username; empty: none
  std::set<std::string> others;  ///< that the store keeps beside it
};

/// Keeps nothing itself: it asks the helpers that its rules name, and remembers what they answer
/// (remembered.h) where a rule says so.
///
/// A login that takes another one's place leaves that in the store as an account (account.h). What
/// DOCKER_CREDENTIAL_ACCOUNT, or else the rule's `account`, names is answered in the place of the
/// one in use, and never another one.
class RouteStore : public Store {
 public:
  /// `folder` is the working folder, by which rules count or do not.
  RouteStore(std::vector<Rule> rules, std::filesystem::path folder, Warn warn);

  /// Throws Error if no rule is there for it.
  void store(const std::string& server_url, const StoredCredential& credential) override;
  std::optional<StoredCredential> get(const std::string& server_url) override;
  void erase(const std::string& server_url) override;
  /// Without accounts that are not in use.
  std::map<std::string, std::string> list() override;
  bool knows_spellings() const override { return true; }

  /// The accounts at each registry, by docker_server_url(); of `server_url`'s alone if that is not
  /// empty.
  std::map<std::string, Accounts> accounts(const std::string& server_url);

  /// Puts the account `username` at the registry of `server_url` into use. Throws Error if there is
  /// none.
  void use(const std::string& server_url, const std::string& username);

 private:
  std::vector<Rule> rules_about(const std::string& server_url) const;
  const Rule& rule_for(const std::string& server_url) const;
  std::optional<StoredCredential> readable(const Rule& rule, const std::string& server_url) const;
  std::optional<StoredCredential> ask(const Rule& rule, const std::string& server_url) const;
  std::optional<StoredCredential> ask_once(const Rule& rule, const std::string& server_url) const;
  std::optional<StoredCredential> account(const Rule& rule, const std::string& server_url,
                                          const std::string& username) const;
  void keep_as_account(const Rule& rule, const std::string& server_url,
                       const StoredCredential& credential) const;

  std::vector<Rule> rules_;
  std::filesystem::path folder_;
  Warn warn_;
};

}  // namespace pullsecret
