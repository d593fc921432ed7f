#pragma once

#include <map>
#include <optional>
#include <string>

#include "helper/store.h"
#include "helpers/encryptedfile/credentials_file.h"

namespace pullsecret {

/// The credentials file as a store: for servers, CI and WSL, where neither D-Bus nor GnuPG runs.
class EncryptedFileStore final : public Store {
 public:
  explicit EncryptedFileStore(Paths paths);

  void store(const std::string& server_url, const StoredCredential& credential) override;
  std::optional<StoredCredential> get(const std::string& server_url) override;
  void erase(const std::string& server_url) override;
  std::map<std::string, std::string> list() override;

 private:
  CredentialsFile file_;
};

}  // namespace pullsecret
