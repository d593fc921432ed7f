#include "kubernetes/image.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>
#include <tuple>
#include <utility>

#include <fmt/format.h>

#include "credential/image_grammar.h"
#include "credential/registry.h"
#include "system/error.h"
#include "system/text.h"

namespace pullsecret {
namespace {

constexpr std::string_view lower_hexadecimal = "0123456789abcdef";
constexpr std::string_view tag_characters =
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-";

constexpr std::size_t longest_path = 255;
constexpr std::size_t longest_tag = 128;

struct NameParts {
  std::string_view host;
  std::string path;
  std::optional<std::string_view> tag;
  std::optional<std::string_view> digest;
};

bool has_upper_case(std::string_view text) {
  return lower_case(text) != text;
}

// The text before the first `separator`, and what follows it if there is one.
std::pair<std::string_view, std::optional<std::string_view>> cut(std::string_view text,
                                                                 char separator) {
  const std::size_t at = text.find(separator);
  if (at == std::string_view::npos) return {text, std::nullopt};
  return {text.substr(0, at), text.substr(at + 1)};
}

// Whether what stands before the first slash is a registry, not a Docker Hub user.
bool names_registry(std::string_view first) {
  return first == "localhost" || first.find_first_of(".:") != std::string_view::npos ||
         has_upper_case(first);
}

NameParts split_name(std::string_view name) {
  NameParts parts{"docker.io", {}, {}, {}};
  std::string_view rest = name;
  if (const auto [first, after] = cut(name, '/'); after && names_registry(first)) {
    if (first != "index.docker.io") parts.host = first;
    rest = *after;
  }
  std::string_view path_and_tag;
  std::tie(path_and_tag, parts.digest) = cut(rest, '@');
  std::string_view path;
  std::tie(path, parts.tag) = cut(path_and_tag, ':');
  const bool official = parts.host == "docker.io" && path.find('/') == std::string_view::npos;
  parts.path = (official ? "library/" : "") + std::string(path);
  return parts;
}

bool is_path(std::string_view text) {
  const auto components = split(text, '/');
  return std::all_of(components.begin(), components.end(), is_path_component);
}

bool is_tag(std::string_view text) {
  return text.size() <= longest_tag && is_run_of(text, tag_characters) && text.front() != '.' &&
         text.front() != '-';
}

bool is_digest(std::string_view text) {
  static constexpr std::array<std::pair<std::string_view, std::size_t>, 3> algorithms{
      {{"sha256:", 64}, {"sha384:", 96}, {"sha512:", 128}}};
  return std::any_of(algorithms.begin(), algorithms.end(), [text](const auto& algorithm) {
    const auto& [prefix, length] = algorithm;
    return text.starts_with(prefix) && text.size() == prefix.size() + length &&
           is_run_of(text.substr(prefix.size()), lower_hexadecimal);
  });
}

// The first rule that the name breaks, in words; empty if it keeps them all.
std::string_view broken_rule(std::string_view name, const NameParts& parts) {
  if (name.empty()) return "it is empty";
  if (name.find("://") != std::string_view::npos) return "an image name has no scheme";
  if (name.size() == 64 && is_run_of(name, lower_hexadecimal))
    return "64 hexadecimal digits are an image's ID";
  if (!is_image_host(parts.host)) return "what precedes the first slash is no HOST or HOST:PORT";
  if (parts.host.size() > longest_host) return "its host has more than 255 characters";
  if (has_upper_case(parts.path)) return "its path must be in lower case";
  if (!is_path(parts.path))
    return "its path is not a-z and 0-9 joined by '/', '.', '_', '__' or dashes";
  if (parts.path.size() > longest_path) return "its path has more than 255 characters";
  if (parts.tag && !is_tag(*parts.tag))
    return "a tag is at most 128 of A-Z, a-z, 0-9, '_', '.' and '-', the last two not first";
  if (parts.digest && !is_digest(*parts.digest))
    return "a digest is sha256:, sha384: or sha512: with all its digits, in lower case";
  return {};
}

// A digest stands at the end: what is before an @ with a path behind it is a login.
std::string image_in_words(std::string_view name) {
  const std::size_t at = name.rfind('@');
  const bool is_digest =
      at == std::string_view::npos || name.find('/', at) == std::string_view::npos;
  return printable(is_digest ? name : key_in_words(name), 100);
}

}  // namespace

Image parse_image(std::string_view name) {
  const NameParts parts = split_name(name);
  if (const std::string_view rule = broken_rule(name, parts); !rule.empty())
    throw Error("", fmt::format("\"{}\" is not an image name: {}", image_in_words(name), rule),
                "an image name is [HOST[:PORT]/]PATH[:TAG][@DIGEST], such as ghcr.io/acme/app:1.2");
  return {.registry_host = std::string(parts.host),
          .repository = fmt::format("{}/{}", parts.host, parts.path),
          .reference = std::string(parts.digest.value_or(parts.tag.value_or("latest")))};
}

}  // namespace pullsecret
