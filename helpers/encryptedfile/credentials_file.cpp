#include "helpers/encryptedfile/credentials_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <tuple>
#include <utility>

#include "helpers/encryptedfile/key_file.h"
#include "helpers/encryptedfile/passphrase_choice.h"
#include "helpers/encryptedfile/writable.h"
#include "system/error.h"
#include "system/file.h"
#include "system/lock.h"
#include "system/new_file.h"
#include "system/private_file.h"

namespace pullsecret {
namespace {

// The format's and the content's errors get the file as their place.
template <typename Work>
auto naming(const std::filesystem::path& file, Work work) {
  try {
    return work();
  } catch (const Error& error) {
    if (!error.place().empty()) throw;
    throw Error(place_of(file), error.message(), error.hint());
  }
}

// What `work` throws, if it does.
template <typename Work>
std::optional<Error> failure_of(Work work) {
  try {
    work();
  } catch (const Error& error) {
    return error;
  }
  return std::nullopt;
}

}  // namespace

CredentialsFile::CredentialsFile(Paths paths) : paths_(std::move(paths)) {}

std::optional<SealedHeader> CredentialsFile::header() const {
  const std::optional<std::string> file = load();
  if (!file) return std::nullopt;
  return naming(paths_.credentials, [&] { return read_header(*file); });
}

std::optional<Entries> CredentialsFile::read() {
  constexpr int max_tries = 3;
  std::optional<std::string> file = load();
  for (int tries = 1; file; ++tries) {
    try {
      return open(*file);
    } catch (const Error&) {
      // Perhaps no problem of the file's, but a rekey between reading it and finding its key.
      std::optional<std::string> again = load();
      if (again == file || tries == max_tries) throw;
      file = std::move(again);
    }
  }
  return std::nullopt;
}

void CredentialsFile::change(const std::function<bool(Entries&)>& edit) {
  find_key_before_locking();
  const FileDescriptor held = lock();
  const std::optional<std::string> file = load();
  Entries entries = file ? open(*file) : Entries();
  if (!edit(entries)) return;
  // Until a power cut comes the entries are there, or are not any more; nothing else is destroyed
  // here that a power cut could be in need of.
  if (!file) {
    refuse_unasked_key(paths_);
    std::ignore = write(entries, key_for_new_file(paths_), std::nullopt);
    return;
  }
  const SealedHeader header = read_header(*file);
  settle_new_key(paths_, header);
  settle_choice(header.passphrase.has_value());
  std::ignore = write(entries, key_of(header), header.passphrase);
}

void CredentialsFile::refuse_existing() const {
  if (load())
    throw Error(place_of(paths_.credentials), "there already",
                "`docker-credential-encryptedfile rekey` gives it another key");
}

void CredentialsFile::require_existing() const {
  if (!load())
    throw Error(place_of(paths_.credentials), "not there yet",
                "`docker-credential-encryptedfile init` makes it");
}

void CredentialsFile::create(const std::optional<DerivedKey>& passphrase) {
  const FileDescriptor held = lock();
  refuse_existing();
  // A power cut could undo it: there is nothing in it yet.
  if (passphrase) {
    choose_passphrase(paths_);
    std::ignore = write({}, passphrase->key, passphrase->passphrase);
  } else {
    std::ignore = write({}, key_for_new_file(paths_), std::nullopt);
    settle_choice(/*is_passphrase=*/false);
  }
}

std::optional<Error> CredentialsFile::rekey(const Key& key,
                                            const std::optional<Argon2id>& passphrase) {
  find_key_before_locking();
  const FileDescriptor held = lock();
  const Entries entries = read_to_rekey();
  const bool had_random_key = !header()->passphrase && !paths_.named_key;
  if (passphrase) choose_passphrase(paths_);
  Unsynced unsynced = write(entries, key, passphrase);
  if (!unsynced) settle_choice(passphrase.has_value());
  if (unsynced || !had_random_key) return unsynced;
  return failure_of([&] { remove_retired_key(paths_, *header()); });
}

std::optional<Error> CredentialsFile::rekey_at_random() {
  find_key_before_locking();
  const FileDescriptor held = lock();
  const Entries entries = read_to_rekey();
  const Key key = new_key();
  write_key(paths_.new_key, key);
  Unsynced unsynced;
  const auto not_written = failure_of([&] { unsynced = write(entries, key, std::nullopt); });
  if (unsynced) return unsynced;
  auto not_settled = failure_of([&] {
    settle_new_key(paths_, *header());
    settle_choice(header()->passphrase.has_value());
  });
  if (not_written) throw Error(*not_written);
  return not_settled;
}

std::optional<std::string> CredentialsFile::load() const {
  if (folder_) return read_private_file(credentials(), max_sealed_file, OpenMode::mended);
  try {
    return read_private_file(paths_.credentials, max_sealed_file, OpenMode::mended,
                             SymbolicLink::refused);
  } catch (const Error& error) {
    if (!error.hint().empty()) throw;
    throw Error(error.place(), error.message(), way_into(paths_.credentials));
  }
}

const Key& CredentialsFile::key_of(const SealedHeader& header) {
  if (!key_ || !is_key_of(*key_, header))
    key_ = header.passphrase ? find_or_ask_for_key(paths_.credentials, header)
                             : find_key_in_files(paths_, header);
  return *key_;
}

Entries CredentialsFile::open(std::string_view file) {
  return naming(paths_.credentials,
                [&] { return parse_entries(unseal(file, key_of(read_header(file)))); });
}

Unsynced CredentialsFile::write(const Entries& entries, const Key& key,
                                const std::optional<Argon2id>& passphrase) const {
  remove_abandoned(credentials());
  return naming(paths_.credentials, [&] {
    return replace_file(credentials(), seal(format_entries(entries), key, passphrase, new_nonce()));
  });
}

// What stands in the way of that is no reason to keep no credential: the mark stays, which refuses
// more than it need, or is missing as it was before there were marks.
void CredentialsFile::settle_choice(bool is_passphrase) const {
  failure_of([&] { is_passphrase ? choose_passphrase(paths_) : choose_key_file(paths_); });
}

FilePlace CredentialsFile::credentials() const {
  return {*folder_, paths_.credentials.filename()};
}

FileDescriptor CredentialsFile::lock() try {
  folder_ = make_private_folder(paths_.lock.parent_path());
  if (faccessat(folder_->get(), ".", W_OK | X_OK, AT_EACCESS) != 0)
    throw system_error(place_of(folder_->path()));
  return lock_file({*folder_, paths_.lock.filename()});
} catch (const Error&) {
  require_writable(paths_);  // says what to do
  throw;
}

// The key is then known to key_of(), which asks for it no more.
void CredentialsFile::find_key_before_locking() {
  const std::optional<SealedHeader> header = this->header();
  if (header && header->passphrase) key_of(*header);
}

Entries CredentialsFile::read_to_rekey() {
  require_existing();
  settle_new_key(paths_, *header());
  return *read();
}

}  // namespace pullsecret
