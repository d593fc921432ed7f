#pragma once

#include <map>
#include <optional>
#include <string>

#include "helper/store.h"

/// A store that forgets: what the protocol's server is tested and fuzzed with.
class MapStore : public pullsecret::Store {
 public:
  void store(const std::string& server_url,
             const pullsecret::StoredCredential& credential) override {
    entries_[server_url] = credential;
  }
  std::optional<pullsecret::StoredCredential> get(const std::string& server_url) override {
    const auto entry = entries_.find(server_url);
    if (entry == entries_.end()) return std::nullopt;
    return entry->second;
  }
  void erase(const std::string& server_url) override { entries_.erase(server_url); }
  std::map<std::string, std::string> list() override {
    std::map<std::string, std::string> usernames;
    for (const auto& [server_url, credential] : entries_)
      usernames[server_url] = credential.username;
    return usernames;
  }

 private:
  std::map<std::string, pullsecret::StoredCredential> entries_;
};
