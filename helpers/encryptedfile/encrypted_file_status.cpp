#include "helpers/encryptedfile/encrypted_file_status.h"

#include <filesystem>
#include <optional>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "helpers/encryptedfile/credentials_file.h"
#include "helpers/encryptedfile/key_file.h"
#include "helpers/encryptedfile/passphrase.h"
#include "helpers/encryptedfile/passphrase_choice.h"
#include "helpers/encryptedfile/sealed_file.h"
#include "helpers/encryptedfile/writable.h"
#include "system/error.h"
#include "system/file.h"
#include "system/terminal.h"

namespace pullsecret {
namespace {

namespace fs = std::filesystem;

fs::path key_file(const Paths& paths) {
  return paths.named_key.value_or(paths.key);
}

// The place of an error says which file is meant.
StoreFault fault_of(std::string kind, const Error& error) {
  return fault(std::move(kind), Prevents::both, {"", error.what(), error.hint()});
}

bool has_key(const Paths& paths, const SealedHeader& header) {
  if (header.passphrase) return find_kept_key(header).has_value();
  try {
    find_key_in_files(paths, header);
    return true;
  } catch (const Error&) {
    return false;
  }
}

std::string key_fault_kind(const Paths& paths) {
  return is_there(key_file(paths)) ? "key-unusable" : "key-missing";
}

StoreStatus check_new_file(const Paths& paths) {
  try {
    refuse_unasked_key(paths);
  } catch (const Error& error) {
    return unusable(fault("file-missing", Prevents::store, {"", error.what(), error.hint()}));
  }
  try {
    if (paths.named_key) read_named_key(*paths.named_key);
    return {.entries = 0};
  } catch (const Error& error) {
    return unusable(fault_of(key_fault_kind(paths), error));
  }
}

StoreStatus locked(const Paths& paths) {
  StoreStatus status{.state = StoreState::locked};
  if (!Terminal::is_there())
    status.faults.push_back(fault_of("locked", locked_error(paths.credentials)));
  return status;
}

StoreStatus check_content(CredentialsFile& file, const SealedHeader& header) {
  try {
    return {.entries = file.read().value_or(Entries()).size()};
  } catch (const Error& error) {
    const bool is_content = has_key(file.paths(), header);
    return unusable(fault_of(is_content ? "damaged" : key_fault_kind(file.paths()), error));
  }
}

// One thing after the other that has to be in order.
StoreStatus check_file(CredentialsFile& file) {
  std::string kind = "unreadable";
  std::optional<SealedHeader> header;
  try {
    if (!file.load()) return check_new_file(file.paths());
    kind = "damaged";
    header = file.header();
  } catch (const Error& error) {
    return unusable(fault_of(std::move(kind), error));
  }
  if (header->passphrase && !has_key(file.paths(), *header)) return locked(file.paths());
  return check_content(file, *header);
}

// Where it neither stores nor reads, there is a fault already.
void add_write_fault(StoreStatus& status, const Paths& paths) {
  if (status.state == StoreState::unusable) return;
  try {
    require_writable(paths);
  } catch (const Error& error) {
    status.state = StoreState::unusable;
    status.faults.push_back(fault("unwritable", Prevents::store, {"", error.what(), error.hint()}));
  }
}

std::optional<SealedHeader> find_header(const CredentialsFile& file) {
  try {
    return file.header();
  } catch (const Error&) {
    return std::nullopt;
  }
}

std::string key_in_words(const CredentialsFile& file) {
  const auto header = find_header(file);
  if (header && header->passphrase)
    return fmt::format("a passphrase (Argon2id, {} passes over {} MiB)", header->passphrase->passes,
                       header->passphrase->kibibytes / 1024);
  return place_of(key_file(file.paths()));
}

}  // namespace

StoreStatus encrypted_file_status(const Paths& paths) {
  CredentialsFile file(paths);
  StoreStatus status = check_file(file);
  add_write_fault(status, paths);
  const auto header = find_header(file);
  status.needs_passphrase = header && header->passphrase;
  status.facts = {{"File", place_of(paths.credentials)}, {"Key", key_in_words(file)}};
  return status;
}

}  // namespace pullsecret
