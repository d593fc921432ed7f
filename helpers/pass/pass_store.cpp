#include "helpers/pass/pass_store.h"

#include <algorithm>
#include <cstddef>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "helper/protocol.h"
#include "helpers/pass/layout.h"
#include "helpers/pass/pass_program.h"
#include "system/environment.h"
#include "system/error.h"
#include "system/file.h"
#include "system/lock.h"

namespace pullsecret {
namespace {

namespace fs = std::filesystem;

/// The same thing in two ways: as pass names it, and as a file.
struct NamedPath {
  std::string name;
  fs::path path;
};

NamedPath server_path(const fs::path& store, const std::string& server_url) {
  const std::string name = fmt::format("{}/{}", credentials_folder, server_folder_name(server_url));
  return {name, store / name};
}

NamedPath entry_path(const NamedPath& server, const std::string& entry) {
  return {server.name + "/" + entry, server.path / (entry + ".gpg")};
}

bool is_there(const fs::path& path) {
  std::error_code gone;
  return fs::exists(fs::symlink_status(path, gone));
}

// Both become a file's name: 255 bytes at most on Linux.
void check_lengths(const NamedPath& entry) {
  constexpr std::size_t max_name = 255;
  const auto is_too_long = [](const fs::path& path) {
    return path.filename().string().size() > max_name;
  };
  if (is_too_long(entry.path.parent_path()))
    throw Error("", "the server URL is too long for pass: at most 189 bytes become a file's name");
  if (is_too_long(entry.path))
    throw Error("", "the username is too long for pass: at most 251 bytes become a file's name");
}

// As pass looks for whom to encrypt to: up from the entry to the top of the store.
void check_initialised(const fs::path& store, const NamedPath& server) {
  if (environment_variable("PASSWORD_STORE_KEY")) return;
  for (const fs::path& folder : {server.path, server.path.parent_path(), store})
    if (is_there(folder / ".gpg-id")) return;
  throw not_initialised_error(store);
}

std::optional<std::string> content_of(const fs::path& file) {
  constexpr std::size_t most = 4 * max_message;  // gpg's armour and headers included
  if (!is_there(file)) return std::nullopt;
  return read_file(file, most);
}

// Leaves things as they were before pass failed: `before` is what the entry's file held. gpg, which
// checks its keys first, mostly has not touched it.
void restore(const NamedPath& server, const NamedPath& entry,
             const std::optional<std::string>& before) {
  std::error_code not_there_or_not_empty;
  if (before && content_of(entry.path) != before)
    replace_file(entry.path, *before, Access::as_before);
  if (!before) fs::remove(entry.path, not_there_or_not_empty);
  fs::remove(server.path, not_there_or_not_empty);
  fs::remove(server.path.parent_path(), not_there_or_not_empty);
}

// `failure`, and that it could not be undone where that is so.
Error after_restoring(const Error& failure, const NamedPath& server, const NamedPath& entry,
                      const std::optional<std::string>& before) {
  try {
    restore(server, entry, before);
  } catch (const Error& error) {
    return {failure.place(),
            fmt::format("{}; what was there before could not be put back: {}", failure.message(),
                        error.what()),
            failure.hint()};
  }
  return failure;
}

void insert(const fs::path& store, const NamedPath& server, const NamedPath& entry,
            const std::string& secret) {
  const std::optional<std::string> before = content_of(entry.path);
  try {
    run_pass({.store = store,
              .arguments = {"insert", "-m", "-f", entry.name},
              .input = content_of_secret(secret)});
  } catch (const Error& failure) {
    throw after_restoring(failure, server, entry, before);
  }
  if (!is_there(entry.path))
    throw Error("pass", fmt::format("it succeeded, but did not write {}", place_of(entry.path)),
                "is the pass on PATH the one of www.passwordstore.org?");
}

// pass fails where another program was faster, and tells success even if its rm(1) failed.
void remove(const PassCall& call, const fs::path& path) {
  try {
    run_pass(call);
  } catch (const Error&) {
    if (is_there(path)) throw;
  }
  if (is_there(path))
    throw Error("pass", fmt::format("it did not remove {}", place_of(path)),
                "check who may write to its folder");
}

StoredCredential credential_of(const fs::path& store, const NamedPath& server,
                               const std::string& entry) {
  const std::string content =
      run_pass({.store = store, .arguments = {"show", entry_path(server, entry).name}});
  return {.username = username_of_entry(entry), .secret = secret_of_content(content)};
}

}  // namespace

Error not_initialised_error(const fs::path& store) {
  return {"pass", fmt::format("the password store {} is not initialised", place_of(store)),
          "run `pass init KEY` with the ID of your GPG key, which `gpg --list-secret-keys` lists, "
          "or `gpg --quick-generate-key` makes"};
}

void PassStore::store(const std::string& server_url, const StoredCredential& credential) {
  const NamedPath server = server_path(folder_, server_url);
  const std::string name = entry_name(credential.username);
  const NamedPath entry = entry_path(server, name);
  check_lengths(entry);
  check_initialised(folder_, server);
  const FileDescriptor lock = lock_folder(folder_);
  insert(folder_, server, entry, credential.secret);
  for (const PassEntry& old : entries_in(server.path)) {
    if (old.name == name) continue;
    const NamedPath old_path = entry_path(server, old.name);
    remove({.store = folder_, .arguments = {"rm", "-f", old_path.name}, .literal_paths = true},
           old_path.path);
  }
}

std::optional<StoredCredential> PassStore::get(const std::string& server_url) {
  const NamedPath server = server_path(folder_, server_url);
  std::vector<PassEntry> entries = entries_in(server.path);
  while (!entries.empty()) {
    try {
      return credential_of(folder_, server, entries.front().name);
    } catch (const Error&) {
      const FileDescriptor lock = lock_folder(folder_);
      std::vector<PassEntry> entries_now = entries_in(server.path);
      if (entries_now == entries) throw;
      entries = std::move(entries_now);
    }
  }
  return std::nullopt;
}

void PassStore::erase(const std::string& server_url) {
  const NamedPath server = server_path(folder_, server_url);
  const FileDescriptor lock = lock_folder(folder_);
  if (!is_there(server.path)) return;
  // The slash says that it is the folder: there may be an entry of the same name beside it.
  remove({.store = folder_, .arguments = {"rm", "-r", "-f", server.name + "/"}}, server.path);
}

std::map<std::string, std::string> PassStore::list() {
  const fs::path folder = folder_ / credentials_folder;
  std::map<std::string, std::string> usernames;
  for (const std::string& name : folders_in(folder)) {
    const auto server_url = server_url_of_folder(name);
    if (!server_url) continue;
    const std::vector<PassEntry> entries = entries_in(folder / name);
    if (!entries.empty()) usernames[*server_url] = username_of_entry(entries.front().name);
  }
  return usernames;
}

}  // namespace pullsecret
