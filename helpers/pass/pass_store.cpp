#include "helpers/pass/pass_store.h"

#include <algorithm>
#include <cstddef>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "helper/protocol.h"
#include "helpers/pass/gpg_key.h"
#include "helpers/pass/layout.h"
#include "helpers/pass/pass_program.h"
#include "helpers/pass/store_folder.h"
#include "system/environment.h"
#include "system/error.h"
#include "system/file.h"
#include "system/lock.h"
#include "system/text.h"

namespace pullsecret {
namespace {

namespace fs = std::filesystem;

/// Of one server in the store, as pass names it.
std::string name_in_store(const std::string& server_url) {
  return fmt::format("{}/{}", credentials_folder, server_folder_name(server_url));
}

/// The folder of one server and those above it, as far as they are there.
struct Folders {
  std::optional<Folder> store, all, server;
};

Folders open_folders(const fs::path& store, const std::string& server_url) {
  const std::string name = server_folder_name(server_url);
  Folders folders;
  folders.store = open_store(store);
  if (folders.store) folders.all = open_folder(*folders.store, std::string(credentials_folder));
  if (folders.all) folders.server = open_folder(*folders.all, name);
  if (folders.server && is_another_name(*folders.all, name))
    throw Error(place_of(folders.server->path()),
                "the file system takes it for another server's folder, because it does not tell "
                "capital letters from small ones");
  return folders;
}

std::vector<PassEntry> entries_of(const fs::path& store, const std::string& server_url) {
  const Folders folders = open_folders(store, server_url);
  return folders.server ? entries_in(*folders.server) : std::vector<PassEntry>();
}

bool has_entry(const std::vector<PassEntry>& entries, const std::string& name) {
  return std::any_of(entries.begin(), entries.end(),
                     [&name](const PassEntry& entry) { return entry.name == name; });
}

// ---- Store

// Both become a file's name: 255 bytes at most on Linux.
void check_lengths(const std::string& server_url, const std::string& entry) {
  constexpr std::size_t max_name = 255;
  if (server_folder_name(server_url).size() > max_name)
    throw Error("", "the server URL is too long for pass: at most 189 bytes become a file's name");
  if (file_of_entry(entry).size() > max_name)
    throw Error("", "the username is too long for pass: at most 251 bytes become a file's name");
}

// As pass looks for whom to encrypt to: up from the entry to the top of the store.
void check_initialised(const fs::path& store, const Folders& folders) {
  if (environment_variable("PASSWORD_STORE_KEY")) return;
  for (const auto* folder : {&folders.server, &folders.all, &folders.store})
    if (*folder && read_gpg_id(**folder)) return;
  throw not_initialised_error(store);
}

/// What is to be stored: in which file of the server's folder, and how pass names that.
struct NewEntry {
  std::string server_url, file, name_in_store, secret;
};

std::optional<StoreFile> file_of(const Folders& folders, const NewEntry& entry) {
  constexpr std::size_t most = 4 * max_message;  // gpg's armour and headers included
  return folders.server ? read_file_in(*folders.server, entry.file, most) : std::nullopt;
}

// What is there before gpg writes over it. The file then has no other name, under which it might be
// another entry.
std::optional<std::string> prepare(const Folders& folders, const NewEntry& entry) {
  if (!folders.server) return std::nullopt;
  if (is_another_name(*folders.server, entry.file))
    throw Error(place_of(folders.server->path() / entry.file),
                "the file system takes it for another user's entry, because it does not tell "
                "capital letters from small ones",
                fmt::format("`printf %s {} | docker-credential-pass erase` removes that one",
                            shell_word(entry.server_url)));
  std::optional<StoreFile> file = file_of(folders, entry);
  if (!file) return std::nullopt;
  if (file->has_other_names) replace_file_in(*folders.server, entry.file, file->content);
  return std::move(file->content);
}

Error not_written(const fs::path& path) {
  return {"pass", fmt::format("it succeeded, but did not write {}", place_of(path)),
          "is the pass on PATH the one of www.passwordstore.org, and do the options in "
          "PASSWORD_STORE_GPG_OPTS leave gpg its work?"};
}

// Whether a secret key on this machine, and not on a card, which may wait to be touched, reads what
// is encrypted to `keys`.
bool has_secret_key(const std::vector<std::string>& keys) {
  return std::any_of(keys.begin(), keys.end(), [](const std::string& key) {
    return has_decrypting_key(list_gpg_keys("--list-secret-keys", key));
  });
}

// pass and gpg have said that they wrote the entry. Where they can be read back without a question
// to anybody, its words are compared; else its bytes are at least new.
void check_written(const fs::path& store, const NewEntry& entry, const PassResult& written,
                   const std::optional<std::string>& before) {
  const Folders folders = open_folders(store, entry.server_url);
  const fs::path path = store / (entry.name_in_store + ".gpg");
  const std::optional<StoreFile> file = file_of(folders, entry);
  if (!file || file->content.empty() || file->content == before) throw not_written(path);
  if (!has_secret_key(written.keys)) return;
  const auto read = run_pass_unasked({.store = store, .arguments = {"show", entry.name_in_store}});
  if (read && secret_of_content(read->output) != entry.secret) throw not_written(path);
}

// Leaves things as they were before pass failed: what the entry's file held goes back into the
// folder in which it was found. gpg, which checks its keys first, mostly has not touched it.
void restore(const fs::path& store, const Folders& found, const NewEntry& entry,
             const std::optional<std::string>& before) {
  if (before) {
    const std::optional<StoreFile> now = file_of(found, entry);
    if (!now || now->content != before) replace_file_in(*found.server, entry.file, *before);
    return;
  }
  const Folders made = open_folders(store, entry.server_url);
  if (made.server) remove_file_in(*made.server, entry.file);
  if (made.all) remove_empty_folder_in(*made.all, server_folder_name(entry.server_url));
  if (made.store) remove_empty_folder_in(*made.store, std::string(credentials_folder));
}

// `failure`, and that it could not be undone where that is so.
Error after_restoring(const Error& failure, const fs::path& store, const Folders& found,
                      const NewEntry& entry, const std::optional<std::string>& before) {
  try {
    restore(store, found, entry, before);
  } catch (const Error& error) {
    return {failure.place(),
            fmt::format("{}; what was there before could not be put back: {}", failure.message(),
                        error.what()),
            failure.hint()};
  }
  return failure;
}

void insert(const fs::path& store, const Folders& folders, const NewEntry& entry) {
  const std::optional<std::string> before = prepare(folders, entry);
  try {
    const PassResult written = run_pass({.store = store,
                                         .arguments = {"insert", "-m", "-f", entry.name_in_store},
                                         .input = content_of_secret(entry.secret)});
    check_written(store, entry, written, before);
  } catch (const Error& failure) {
    throw after_restoring(failure, store, folders, entry, before);
  }
}

// ---- Get and erase

// pass fails where another program was faster, and tells success even if its rm(1) failed.
void remove(const fs::path& store, const std::string& server_url, const std::string& entry) {
  const std::string name = name_in_store(server_url) + "/" + entry;
  try {
    run_pass({.store = store, .arguments = {"rm", "-f", name}, .literal_paths = true});
  } catch (const Error&) {
    if (has_entry(entries_of(store, server_url), entry)) throw;
  }
  if (has_entry(entries_of(store, server_url), entry))
    throw Error("pass", fmt::format("it did not remove {}", place_of(store / file_of_entry(name))),
                "check who may write to its folder");
}

StoredCredential credential_of(const fs::path& store, const std::string& server_url,
                               const std::string& entry) {
  const std::string name = name_in_store(server_url) + "/" + entry;
  const PassResult shown = run_pass({.store = store, .arguments = {"show", name}});
  auto secret = secret_of_content(shown.output);
  if (!secret)
    throw Error("pass",
                fmt::format("the entry {} is empty, or gpg does not hand over what it decrypts",
                            place_of(store / file_of_entry(name))),
                "log in again, which replaces it; do the options in PASSWORD_STORE_GPG_OPTS leave "
                "gpg its work?");
  return {.username = username_of_entry(entry), .secret = *std::move(secret)};
}

// The newest of `entries`, which are those that there are: they still have to be when it is read.
std::optional<StoredCredential> newest_of(const std::vector<PassEntry>& entries,
                                          const fs::path& store, const std::string& server_url) {
  if (entries.empty()) return std::nullopt;
  StoredCredential credential = credential_of(store, server_url, entries.front().name);
  if (entries_of(store, server_url) != entries)
    throw Error(place_of(store / name_in_store(server_url)), "it changed while it was read",
                "try again");
  return credential;
}

}  // namespace

Error not_initialised_error(const fs::path& store) {
  return {"pass", fmt::format("the password store {} is not initialised", place_of(store)),
          "run `pass init KEY` with the ID of your GPG key, which `gpg --list-secret-keys` lists, "
          "or `gpg --quick-generate-key` makes"};
}

void PassStore::store(const std::string& server_url, const StoredCredential& credential) {
  const std::string name = entry_name(credential.username);
  check_lengths(server_url, name);
  const FileDescriptor lock = lock_folder(folder_);
  const Folders folders = open_folders(folder_, server_url);
  check_initialised(folder_, folders);
  if (folders.server) entries_in(*folders.server);  // what must not be there is refused first
  insert(folder_, folders,
         {.server_url = server_url,
          .file = file_of_entry(name),
          .name_in_store = name_in_store(server_url) + "/" + name,
          .secret = credential.secret});
  for (const PassEntry& old : entries_of(folder_, server_url))
    if (old.name != name) remove(folder_, server_url, old.name);
}

std::optional<StoredCredential> PassStore::get(const std::string& server_url) {
  const std::vector<PassEntry> entries = entries_of(folder_, server_url);
  try {
    return newest_of(entries, folder_, server_url);
  } catch (const Error&) {
    const FileDescriptor lock = lock_folder(folder_);
    const std::vector<PassEntry> entries_now = entries_of(folder_, server_url);
    if (entries_now == entries) throw;
    return newest_of(entries_now, folder_, server_url);
  }
}

void PassStore::erase(const std::string& server_url) {
  const FileDescriptor lock = lock_folder(folder_);
  for (const PassEntry& entry : entries_of(folder_, server_url))
    remove(folder_, server_url, entry.name);
}

std::map<std::string, std::string> PassStore::list() {
  std::map<std::string, std::string> usernames;
  const auto store = open_store(folder_);
  const auto all = store ? open_folder(*store, std::string(credentials_folder)) : std::nullopt;
  if (!all) return usernames;
  for (const std::string& name : names_in(*all)) {
    const auto server_url = server_url_of_folder(name);
    const auto server = server_url ? open_folder(*all, name) : std::nullopt;
    if (!server) continue;
    const std::vector<PassEntry> entries = entries_in(*server);
    if (!entries.empty()) usernames[*server_url] = username_of_entry(entries.front().name);
  }
  return usernames;
}

}  // namespace pullsecret
