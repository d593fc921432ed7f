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
/// What success means:
///
/// - store(): gpg said that it encrypted, the entry's file is a new one, and what gpg decrypts from
///   it is the secret. Where reading it back would ask somebody, for a passphrase or at a card, or
///   where there is no secret key, the words are gpg's alone. Only then do the entries of other
///   usernames go. pass has gpg write over a file of the same name; should that fail halfway, the
///   old content is put back.
/// - get(): gpg said that it decrypted, and something came out.
/// - erase(): no entry is left.
///
/// The store may be one that others write to. Nothing but the files `NAME.gpg` in the server's
/// folder, and in real folders below it, is read, written or removed; where something else is in
/// the way, each operation is an Error that names it (store_folder.h). pass and gpg look files up
/// by path once more, and follow links. So all is looked at directly before they are started and
/// directly after they ended:
///
/// - What was changed in between, and stays, is found: get() answers nothing that was read through
///   it, store() and erase() are no success.
/// - Not promised: that gpg or rm(1) did nothing behind a link which came after the first look, nor
///   that one is found which was gone again before the second. Who is that quick runs on this
///   machine with leave to write to the store, and may change its files without this program.
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
