#include "helpers/pass/layout.h"

#include <algorithm>

#include "credential/base64.h"
#include "system/text.h"

namespace pullsecret {
namespace {

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

std::string file_of_entry(std::string_view name) {
  return std::string(name).append(suffix);
}

std::optional<std::string> entry_of_file(std::string_view file) {
  if (!file.ends_with(suffix)) return std::nullopt;
  file.remove_suffix(suffix.size());
  if (file.empty() || file == "..") return std::nullopt;
  return std::string(file);
}

std::string content_of_secret(std::string_view secret) {
  std::string content(secret);
  if (secret.empty() || secret.ends_with('\n')) content += '\n';
  return content;
}

std::optional<std::string> secret_of_content(std::string_view content) {
  if (content.empty()) return std::nullopt;
  if (content.ends_with('\n')) content.remove_suffix(1);
  return std::string(content);
}

}  // namespace pullsecret
