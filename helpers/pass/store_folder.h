#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "system/folder.h"

namespace pullsecret {

// The files of a password store, looked at without following links.
//
// A store is often a git repository that several people write to, and git keeps links: one in the
// place of a server's folder would make another folder's passwords that server's, to be answered,
// overwritten and erased. So each folder below the store is opened in the one above it, which is
// held open (openat(2), O_NOFOLLOW), and nothing waits for a pipe (O_NONBLOCK). The store itself
// may be a link: where it is, is its user's choice, as it is for pass.
//
// A link below a server's folder, or anything but a file in the place of an entry, is refused by an
// Error that names it, not passed over: somebody put it there for a reason.
//
// - A hard link is a file like any other, and cannot be told from the first name: it is read as an
//   entry. It is no way to other files either: replace_file_in() never writes into a file that is
//   there, and removal takes a name away.
// - `.gpg-id` is pass's: it is read as pass reads it, through links. Who may write to the store
//   decides for which keys it is; gpg's trust in them, and PASSWORD_STORE_SIGNING_KEY, are what
//   pass has against that.

/// The password store; nothing if there is none. Throws Error if it cannot be read, as all that
/// follows does.
std::optional<Folder> open_store(const std::filesystem::path& store);

/// The folder `name` in `parent`; nothing if it is not there. Throws Error with its path as the
/// place if it is a link, or no folder.
std::optional<Folder> open_folder(const Folder& parent, const std::string& name);

/// The names of all that stands in `folder`.
std::vector<std::string> names_in(const Folder& folder);

/// Whether anything has that name in `folder`: a link, too, wherever it leads.
bool is_there(const Folder& folder, const std::string& name);

/// Whether the file system takes `name` for another one that stands there: it does not tell capital
/// letters from small ones.
bool is_another_name(const Folder& folder, const std::string& name);

/// An entry in a server's folder, or in a folder there: upstream nests a username's slashes.
struct PassEntry {
  std::string name;      ///< below the server's folder, without `.gpg`
  std::int64_t written;  ///< nanoseconds since 1970

  bool operator==(const PassEntry&) const = default;
};

/// The entries in a server's folder, the newest first. Only names and times are read. Throws Error
/// with the path of a link, or of what is called an entry and is no file.
std::vector<PassEntry> entries_in(const Folder& server);

/// What a file of the store holds.
struct StoreFile {
  std::string content;
  bool has_other_names;  ///< hard links: who writes into the file writes into those, too
};

/// The file `name` in `folder`; nothing if it is not there. Throws Error with its path as the place
/// if it is a link, no file, or larger than `max_bytes`.
std::optional<StoreFile> read_file_in(const Folder& folder, const std::string& name,
                                      std::size_t max_bytes);

/// The keys' file of pass in `folder`; nothing if pass would not see one there.
std::optional<std::string> read_gpg_id(const Folder& folder);

/// Puts a new file with `content` in the place of the file `name`, which is there or was a moment
/// ago, as replace_file() does (file.h), with its owner, mode and access control list. Throws Error
/// with the path of `name`.
void replace_file_in(const Folder& folder, const std::string& name, std::string_view content);

/// Removes the file `name`, or the folder if it is empty, and does nothing where it cannot.
void remove_file_in(const Folder& folder, const std::string& name);
void remove_empty_folder_in(const Folder& folder, const std::string& name);

}  // namespace pullsecret
