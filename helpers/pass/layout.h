#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace pullsecret {

// Where a credential stands in the password store. It is the layout of docker-credential-helpers
// (pass/pass.go), so that both programs read and replace each other's entries:
//
//   docker-credential-helpers/SERVER/NAME.gpg
//
// SERVER is the server URL in URL-safe base64 with padding. NAME is the username, and the file's
// content is the secret, each as it is but for the cases that upstream's program gets wrong:
//
// - Username. A slash would make another folder, `.` and `..` would be the server's folder or the
//   one above it. Such a username is written with `%2F` for a slash, `%2E` for each of these dots
//   and `%25` for a percent sign; and so that reading is unambiguous, one that already holds `%2F`,
//   `%2E` or `%25` is written that way, too. Upstream's program sees the escaped form, with the
//   right secret. (It writes `a/b` as a folder with a file, which its own `get` cannot read; here
//   that is read as `a/b`, and replaced.)
// - Secret. A line break at the end of the content is not part of the secret: editors and `pass
//   insert` put one there, and so does the `show` of some versions of pass. A secret that itself
//   ends in a line break is therefore written with one more. Upstream's program writes none and
//   cuts all of them when it reads.

/// The folder that holds one folder for each server, in the password store.
inline constexpr std::string_view credentials_folder = "docker-credential-helpers";

/// The name of the folder for `server_url`, and back; no server URL if `name` is not one's folder.
std::string server_folder_name(std::string_view server_url);
std::optional<std::string> server_url_of_folder(std::string_view name);

/// The name of the entry for `username`, without `.gpg`. It is one path component.
std::string entry_name(std::string_view username);

/// Whose entry this is. `name` is below the server's folder, without `.gpg`.
std::string username_of_entry(std::string_view name);

/// What the entry for `secret` holds, and back.
std::string content_of_secret(std::string_view secret);
std::string secret_of_content(std::string_view content);

/// An entry in a server's folder.
struct PassEntry {
  std::string name;  ///< below the server's folder, without `.gpg`
  std::filesystem::file_time_type written;

  bool operator==(const PassEntry&) const = default;
};

/// The entries in a server's folder, the newest first; none if there is no such folder. Only names
/// and times are read. Throws Error if the folder cannot be read.
std::vector<PassEntry> entries_in(const std::filesystem::path& server_folder);

/// The names of the folders in `folder`; none if there is no such folder. Throws Error if it cannot
/// be read.
std::vector<std::string> folders_in(const std::filesystem::path& folder);

}  // namespace pullsecret
