#pragma once

#include <optional>
#include <string>
#include <string_view>

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
// - Empty secret. It is written as one line break. Content of no byte at all is no secret: it is
//   what a broken pipe into `pass insert` leaves, or gpg where it puts its output elsewhere.

/// The folder that holds one folder for each server, in the password store.
inline constexpr std::string_view credentials_folder = "docker-credential-helpers";

/// The name of the folder for `server_url`, and back; no server URL if `name` is not one's folder.
std::string server_folder_name(std::string_view server_url);
std::optional<std::string> server_url_of_folder(std::string_view name);

/// The name of the entry for `username`, without `.gpg`. It is one path component.
std::string entry_name(std::string_view username);

/// Whose entry this is. `name` is below the server's folder, without `.gpg`.
std::string username_of_entry(std::string_view name);

/// The name of the file of the entry `name`, and back; no entry if that is not a file's that pass
/// would take for one: it refuses the name `..`.
std::string file_of_entry(std::string_view name);
std::optional<std::string> entry_of_file(std::string_view file);

/// What the entry for `secret` holds, and back; no secret if the content is empty.
std::string content_of_secret(std::string_view secret);
std::optional<std::string> secret_of_content(std::string_view content);

}  // namespace pullsecret
