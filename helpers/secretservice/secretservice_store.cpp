#include "helpers/secretservice/secretservice_store.h"

#include <algorithm>

namespace pullsecret {
namespace {

constexpr const char* schema = "io.docker.Credentials";
constexpr const char* label = "Docker Credentials";

Attributes entry_attributes(const std::string& server_url, const std::string& username) {
  return {{"xdg:schema", schema},
          {"label", label},
          {"server", server_url},
          {"username", username},
          {"docker_cli", "1"}};
}

std::string attribute(const SecretItem& item, const std::string& name) {
  const auto found = item.attributes.find(name);
  return found == item.attributes.end() ? "" : found->second;
}

bool is_entry(const SecretItem& item) {
  return attribute(item, "xdg:schema") == schema;
}

bool is_locked(const SecretItem& item) {
  return item.locked;
}

bool hides_attributes(const SecretItem& item) {
  return item.locked && attribute(item, "server").empty();
}

bool has_item(const std::vector<SecretItem>& items, const std::string& path) {
  return std::any_of(items.begin(), items.end(),
                     [&path](const SecretItem& item) { return item.path == path; });
}

}  // namespace

void SecretServiceStore::store(const std::string& server_url, const StoredCredential& credential) {
  // Looked up first: of two stores at once, neither removes what the other one just stored.
  const std::vector<SecretItem> former = unlocked_entries(server_url);
  const std::string collection = service_.default_collection();
  service_.unlock({collection});
  const std::string stored = service_.create_item(
      collection, server_url, entry_attributes(server_url, credential.username), credential.secret);
  const std::vector<SecretItem> entries = unlocked_entries(server_url);
  if (std::none_of(entries.begin(), entries.end(), [&](const SecretItem& item) {
        return item.path == stored || !has_item(former, item.path);
      }))
    throw SecretServiceError(SecretServiceError::Kind::other,
                             "it says that it stored the credential, and does not find it", "");
  for (const SecretItem& item : former)
    if (item.path != stored) service_.remove(item.path);
}

std::optional<StoredCredential> SecretServiceStore::get(const std::string& server_url) {
  const std::vector<SecretItem> entries = unlocked_entries(server_url);
  if (entries.empty()) return std::nullopt;
  const SecretItem& newest = entries.back();
  return StoredCredential{attribute(newest, "username"), service_.secret(newest.path)};
}

void SecretServiceStore::erase(const std::string& server_url) {
  for (const SecretItem& entry : unlocked_entries(server_url))
    service_.remove(entry.path);
}

std::map<std::string, std::string> SecretServiceStore::list() {
  std::map<std::string, std::string> usernames;
  for (const SecretItem& entry : search({{"label", label}, {"docker_cli", "1"}}, hides_attributes))
    usernames.insert_or_assign(attribute(entry, "server"), attribute(entry, "username"));
  return usernames;
}

std::vector<SecretItem> SecretServiceStore::unlocked_entries(const std::string& server_url) {
  return search({{"server", server_url}, {"docker_cli", "1"}}, is_locked);
}

std::vector<SecretItem> SecretServiceStore::search(const Attributes& attributes,
                                                   bool (*must_be_unlocked)(const SecretItem&)) {
  std::vector<SecretItem> items = service_.search(attributes);
  std::vector<std::string> locked;
  for (const SecretItem& item : items)
    if (must_be_unlocked(item)) locked.push_back(item.path);
  if (!locked.empty()) {
    service_.unlock(locked);
    items = service_.search(attributes);
  }
  std::erase_if(items, [](const SecretItem& item) { return !is_entry(item); });
  // Of those modified in the same second the last one counts, as in upstream's program.
  std::stable_sort(items.begin(), items.end(), [](const SecretItem& a, const SecretItem& b) {
    return a.modified < b.modified;
  });
  return items;
}

}  // namespace pullsecret
