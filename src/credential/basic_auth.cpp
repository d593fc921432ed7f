#include "credential/basic_auth.h"

#include <algorithm>
#include <cstddef>
#include <optional>

#include <sodium.h>

#include "system/error.h"

namespace pullsecret {
namespace {

constexpr std::string_view base64_alphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

// The last symbol before the padding carries two or four bits that belong to no byte. Go ignores
// them, libsodium refuses what is not zero there.
void clear_unused_bits(std::string& base64) {
  const std::size_t last = base64.find_last_not_of('=');
  const std::size_t padding = base64.size() - 1 - last;
  if (last == std::string::npos || padding == 0 || padding > 2) return;
  const std::size_t value = base64_alphabet.find(base64[last]);
  if (value == std::string_view::npos) return;
  base64[last] = base64_alphabet[value & (padding == 1 ? 0x3CU : 0x30U)];
}

std::optional<std::string> decode_base64(std::string_view text) {
  std::string base64;
  base64.reserve(text.size());
  std::copy_if(text.begin(), text.end(), std::back_inserter(base64),
               [](char c) { return c != '\r' && c != '\n'; });
  clear_unused_bits(base64);
  std::string bytes(base64.size() / 4 * 3, '\0');
  std::size_t length = 0;
  if (sodium_base642bin(reinterpret_cast<unsigned char*>(bytes.data()), bytes.size(), base64.data(),
                        base64.size(), nullptr, &length, nullptr,
                        sodium_base64_VARIANT_ORIGINAL) != 0)
    return std::nullopt;
  bytes.resize(length);
  return bytes;
}

std::string without_nuls_at_ends(std::string_view text) {
  const std::size_t first = text.find_first_not_of('\0');
  if (first == std::string_view::npos) return {};
  return std::string(text.substr(first, text.find_last_not_of('\0') - first + 1));
}

}  // namespace

std::string encode_base64(std::string_view bytes) {
  std::string base64(sodium_base64_encoded_len(bytes.size(), sodium_base64_VARIANT_ORIGINAL), '\0');
  sodium_bin2base64(base64.data(), base64.size(),
                    reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(),
                    sodium_base64_VARIANT_ORIGINAL);
  base64.pop_back();  // the NUL that libsodium ends it with
  return base64;
}

std::string encode_auth(std::string_view username, std::string_view password) {
  std::string pair;
  pair.reserve(username.size() + 1 + password.size());
  pair.append(username).append(":").append(password);
  return encode_base64(pair);
}

UserPassword decode_auth(std::string_view auth) {
  const auto pair = decode_base64(auth);
  if (!pair)
    throw Error("", "its \"auth\" is not base64",
                "\"auth\" is base64 of username:password, padded with '='");
  const std::size_t colon = pair->find(':');
  if (colon == std::string::npos)
    throw Error("", "its \"auth\" holds no colon", "\"auth\" is base64 of username:password");
  if (colon == 0)
    throw Error("", "its \"auth\" has an empty username",
                "\"auth\" is base64 of username:password");
  return {pair->substr(0, colon), without_nuls_at_ends(std::string_view(*pair).substr(colon + 1))};
}

}  // namespace pullsecret
