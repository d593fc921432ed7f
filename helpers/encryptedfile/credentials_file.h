#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "helpers/encryptedfile/entries.h"
#include "helpers/encryptedfile/passphrase.h"
#include "helpers/encryptedfile/paths.h"
#include "helpers/encryptedfile/sealed_file.h"
#include "system/file.h"
#include "system/file_descriptor.h"

namespace pullsecret {

/// The credentials file on disk: paths.h says where, sealed_file.h how.
///
/// - Reading takes no lock: a change replaces the file in one step (replace_file()), so that a
///   reader has the old or the new one.
/// - Changing holds the lock from before the file is read until the new one is in place; so of
///   changes at the same time none is lost, and after a crash the file is the old or the new one.
///   Where an operation throws, the file is the old one.
/// - A passphrase is asked for before the lock is taken: nobody waits for somebody's typing.
/// - A file that cannot be opened (damaged, foreign, newer, another key) is never written to.
/// - The file, its folder and the key file are checked as private_file.h says: a symbolic link in
///   the place of the credentials or of `key` is refused, so is another user's file or folder; open
///   modes of the folders and of the credentials are mended, and of a key file refused.
/// - What is read and changed under the lock is in the folder that has the lock, wherever its path
///   leads by then.
///
/// Every operation throws Error that says what is wrong and what to do.
class CredentialsFile {
 public:
  explicit CredentialsFile(Paths paths);

  const Paths& paths() const { return paths_; }

  /// The file as it stands; nothing if there is none yet.
  std::optional<std::string> load() const;

  /// What can be told without the key; nothing if there is no file yet.
  std::optional<SealedHeader> header() const;

  /// All entries; nothing if there is no file yet. The key is found as its header asks for; only a
  /// passphrase can involve the user.
  std::optional<Entries> read();

  /// Applies `edit` to the entries and writes them if it returns true. A file that is not there yet
  /// is made, sealed with key_for_new_file(), unless a passphrase was chosen: that is an error
  /// (passphrase_choice.h).
  void change(const std::function<bool(Entries&)>& edit);

  /// Throw Error if there is a file already, or none yet.
  void refuse_existing() const;
  void require_existing() const;

  /// Makes the file, empty, with the key of a passphrase or key_for_new_file(). Throws Error if
  /// there is one.
  void create(const std::optional<DerivedKey>& passphrase);

  /// Seals the same entries with another key: of a passphrase or of a key file that the user keeps.
  /// The random key file that had been in use is removed. Where that fails, or the credentials may
  /// yet be undone by a power cut and need the key before, it stays; why is returned.
  std::optional<Error> rekey(const Key& key, const std::optional<Argon2id>& passphrase);

  /// Seals the same entries with a new random key, which becomes that in `paths().key`. At each
  /// moment the credentials on disk are sealed with a key on disk: find_key_in_files(). What is
  /// returned is as for rekey(); the next change then ends it.
  std::optional<Error> rekey_at_random();

 private:
  const Key& key_of(const SealedHeader& header);
  Entries open(std::string_view file);
  Unsynced write(const Entries& entries, const Key& key,
                 const std::optional<Argon2id>& passphrase) const;
  void settle_choice(bool is_passphrase) const;
  FileDescriptor lock();
  FilePlace credentials() const;
  void find_key_before_locking();
  Entries read_to_rekey();

  Paths paths_;
  std::optional<Folder> folder_;  ///< of the credentials, held once they are locked
  std::optional<Key> key_;        ///< the one found last
};

}  // namespace pullsecret
