#include "helpers/pass/layout.h"

#include <algorithm>
#include <cerrno>
#include <system_error>
#include <tuple>

#include "credential/base64.h"
#include "system/error.h"
#include "system/file.h"
#include "system/text.h"

namespace pullsecret {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view suffix = ".gpg";

struct Escape {
  char character;
  std::string_view text;
};
constexpr Escape escapes[] = {{'%', "%25"}, {'/', "%2F"}, {'.', "%2E"}};

bool is_dots(std::string_view username) {
  return username == "." || username == "..";
}

bool holds_escape(std::string_view text) {
  return std::any_of(std::begin(escapes), std::end(escapes), [text](const Escape& escape) {
    return text.find(escape.text) != std::string_view::npos;
  });
}

std::string replace_all(std::string text, std::string_view from, std::string_view to) {
  for (std::size_t at = text.find(from); at != std::string::npos; at = text.find(from, at)) {
    text.replace(at, from.size(), to);
    at += to.size();
  }
  return text;
}

bool is_absence(const std::error_code& error) {
  return error == std::errc::no_such_file_or_directory || error == std::errc::not_a_directory ||
         error == std::errc::filename_too_long;
}

void check(const std::error_code& error, const fs::path& folder) {
  if (error && !is_absence(error)) throw Error(place_of(folder), error_text(error.value()));
}

// One that goes away while it is looked at is not there.
std::optional<PassEntry> entry_at(const fs::directory_entry& file, const fs::path& folder) {
  std::error_code gone;
  const std::string name = fs::path(file.path()).lexically_relative(folder).string();
  if (!name.ends_with(suffix) || file.path().filename() == suffix || !file.is_regular_file(gone))
    return std::nullopt;
  const fs::file_time_type written = file.last_write_time(gone);
  if (gone) return std::nullopt;
  return PassEntry{.name = name.substr(0, name.size() - suffix.size()), .written = written};
}

}  // namespace

std::string server_folder_name(std::string_view server_url) {
  return encode_url_base64(server_url);
}

std::optional<std::string> server_url_of_folder(std::string_view name) {
  auto server_url = decode_url_base64(name);
  if (!server_url || server_url->empty() || !is_utf8(*server_url)) return std::nullopt;
  return server_url;
}

std::string entry_name(std::string_view username) {
  std::string name(username);
  if (!is_dots(username) && username.find('/') == std::string_view::npos && !holds_escape(username))
    return name;
  name = replace_all(replace_all(std::move(name), "%", "%25"), "/", "%2F");
  return is_dots(username) ? replace_all(std::move(name), ".", "%2E") : name;
}

std::string username_of_entry(std::string_view name) {
  std::string username(name);
  if (name.find('/') != std::string_view::npos) return username;
  // The percent sign comes last: what it gives back is no escape.
  username = replace_all(replace_all(std::move(username), "%2F", "/"), "%2E", ".");
  return replace_all(std::move(username), "%25", "%");
}

std::string content_of_secret(std::string_view secret) {
  std::string content(secret);
  if (secret.ends_with('\n')) content += '\n';
  return content;
}

std::string secret_of_content(std::string_view content) {
  if (content.ends_with('\n')) content.remove_suffix(1);
  return std::string(content);
}

std::vector<PassEntry> entries_in(const fs::path& server_folder) {
  std::vector<PassEntry> entries;
  std::error_code error;
  fs::recursive_directory_iterator files(server_folder, error), end;
  for (; !error && files != end; files.increment(error))
    if (auto entry = entry_at(*files, server_folder)) entries.push_back(std::move(*entry));
  check(error, server_folder);
  std::sort(entries.begin(), entries.end(), [](const PassEntry& a, const PassEntry& b) {
    return std::tie(b.written, a.name) < std::tie(a.written, b.name);
  });
  return entries;
}

std::vector<std::string> folders_in(const fs::path& folder) {
  std::vector<std::string> names;
  std::error_code error, gone;
  fs::directory_iterator entries(folder, error), end;
  for (; !error && entries != end; entries.increment(error))
    if (entries->is_directory(gone)) names.push_back(entries->path().filename().string());
  check(error, folder);
  return names;
}

}  // namespace pullsecret
