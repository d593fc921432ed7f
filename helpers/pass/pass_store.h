#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>

#include "helper/store.h"
#include "system/error.h"

namespace pullsecret {

/// `pass init` has not made the password store.
Error not_initialised_error(const std::filesystem::path& store);

/// The password store of pass (https://www.passwordstore.org), in the layout of
/// docker-credential-helpers (layout.h).
///
/// Whatever loads or changes a secret goes through the `pass` program, so that its git repository,
/// hooks, extensions and settings take part; file names are looked at directly. A program is
/// started only where it has something to do: one `pass show` for a get() that finds an entry, none
/// for one that does not, nor for list().
///
/// Several usernames under one server URL are what an interrupted store() leaves, or a merge of the
/// git repository: the newest file counts.
///
/// store() writes the new entry before it removes those of other usernames. pass has gpg write over
/// a file of the same name; should that fail halfway, the old content is put back.
///
/// Changes wait for each other, by a lock on the store's folder, and a get() that met one looks
/// again. Other programs, pass itself among them, know nothing of the lock: what they remove
/// meanwhile counts as removed.
class PassStore : public Store {
 public:
  /// `folder` is the password store; `pass init` has to have made it for store().
  explicit PassStore(std::filesystem::path folder) : folder_(std::move(folder)) {}

  void store(const std::string& server_url, const StoredCredential& credential) override;
  std::optional<StoredCredential> get(const std::string& server_url) override;
  void erase(const std::string& server_url) override;
  std::map<std::string, std::string> list() override;

 private:
  std::filesystem::path folder_;
};

}  // namespace pullsecret
