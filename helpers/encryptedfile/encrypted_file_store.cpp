#include "helpers/encryptedfile/encrypted_file_store.h"

#include <utility>

namespace pullsecret {

EncryptedFileStore::EncryptedFileStore(Paths paths) : file_(std::move(paths)) {}

void EncryptedFileStore::store(const std::string& server_url, const StoredCredential& credential) {
  file_.change([&](Entries& entries) {
    entries[server_url] = credential;
    return true;
  });
}

std::optional<StoredCredential> EncryptedFileStore::get(const std::string& server_url) {
  const std::optional<Entries> entries = file_.read();
  if (!entries) return std::nullopt;
  const auto found = entries->find(server_url);
  if (found == entries->end()) return std::nullopt;
  return found->second;
}

void EncryptedFileStore::erase(const std::string& server_url) {
  // docker logout asks for several spellings of a registry; without a file there is nothing to
  // make.
  if (!file_.header()) return;
  file_.change([&](Entries& entries) { return entries.erase(server_url) > 0; });
}

std::map<std::string, std::string> EncryptedFileStore::list() {
  std::map<std::string, std::string> usernames;
  for (const auto& [server_url, credential] : file_.read().value_or(Entries()))
    usernames.emplace(server_url, credential.username);
  return usernames;
}

}  // namespace pullsecret
