#include "credential/base64.h"

#include <algorithm>
#include <cstddef>
#include <iterator>

#include <sodium.h>

namespace pullsecret {
namespace {

constexpr std::string_view standard_alphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

// The last symbol before the padding carries two or four bits that belong to no byte. Go ignores
// them, libsodium refuses what is not zero there.
void clear_unused_bits(std::string& base64) {
  const std::size_t last = base64.find_last_not_of('=');
  const std::size_t padding = base64.size() - 1 - last;
  if (last == std::string::npos || padding == 0 || padding > 2) return;
  const std::size_t value = standard_alphabet.find(base64[last]);
  if (value == std::string_view::npos) return;
  base64[last] = standard_alphabet[value & (padding == 1 ? 0x3CU : 0x30U)];
}

std::string encode(std::string_view bytes, int variant) {
  std::string base64(sodium_base64_encoded_len(bytes.size(), variant), '\0');
  sodium_bin2base64(base64.data(), base64.size(),
                    reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(), variant);
  base64.pop_back();  // the NUL that libsodium ends it with
  return base64;
}

std::optional<std::string> decode(std::string_view base64, int variant) {
  std::string bytes(base64.size(), '\0');
  std::size_t length = 0;
  if (sodium_base642bin(reinterpret_cast<unsigned char*>(bytes.data()), bytes.size(), base64.data(),
                        base64.size(), nullptr, &length, nullptr, variant) != 0)
    return std::nullopt;
  bytes.resize(length);
  return bytes;
}

}  // namespace

std::string encode_base64(std::string_view bytes) {
  return encode(bytes, sodium_base64_VARIANT_ORIGINAL);
}

std::optional<std::string> decode_base64(std::string_view text) {
  std::string base64;
  base64.reserve(text.size());
  std::copy_if(text.begin(), text.end(), std::back_inserter(base64),
               [](char c) { return c != '\r' && c != '\n'; });
  clear_unused_bits(base64);
  return decode(base64, sodium_base64_VARIANT_ORIGINAL);
}

std::string encode_url_base64(std::string_view bytes) {
  return encode(bytes, sodium_base64_VARIANT_URLSAFE);
}

std::optional<std::string> decode_url_base64(std::string_view text) {
  return decode(text, sodium_base64_VARIANT_URLSAFE);
}

std::optional<std::string> decode_unpadded_url_base64(std::string_view text) {
  return decode(text, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
}

}  // namespace pullsecret
