#include "credential/percent_encoding.h"

#include <cstddef>

#include <fmt/format.h>

#include "system/text.h"

namespace pullsecret {
namespace {

constexpr std::string_view unreserved =
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~";

std::optional<unsigned> hexadecimal_value(char c) {
  constexpr std::string_view values = "0123456789abcdef";
  const std::size_t value = values.find(lower_case({&c, 1}));
  if (value == std::string_view::npos) return std::nullopt;
  return static_cast<unsigned>(value);
}

}  // namespace

std::string percent_encoded(std::string_view text) {
  std::string encoded;
  for (const char c : text)
    if (unreserved.find(c) != std::string_view::npos)
      encoded += c;
    else
      encoded += fmt::format("%{:02X}", static_cast<unsigned char>(c));
  return encoded;
}

std::optional<std::string> percent_decoded(std::string_view text) {
  std::string decoded;
  for (std::size_t at = text.find('%'); at != std::string_view::npos; at = text.find('%')) {
    if (text.size() - at < 3) return std::nullopt;
    const auto high = hexadecimal_value(text[at + 1]), low = hexadecimal_value(text[at + 2]);
    if (!high || !low) return std::nullopt;
    decoded += text.substr(0, at);
    decoded += static_cast<char>(*high * 16 + *low);
    text.remove_prefix(at + 3);
  }
  return decoded += text;
}

}  // namespace pullsecret
