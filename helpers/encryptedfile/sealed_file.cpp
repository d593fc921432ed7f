#include "helpers/encryptedfile/sealed_file.h"

#include <algorithm>

#include <fmt/format.h>
#include <sodium.h>

#include "system/error.h"

namespace pullsecret {
namespace {

constexpr std::string_view magic = "docker-encrypted";
constexpr std::string_view key_check_text = "docker-credential-encryptedfile key check";
constexpr std::uint32_t version = 1;
constexpr std::uint32_t from_key_file = 0, from_passphrase = 1;

constexpr std::size_t version_at = 16, origin_at = 20, passes_at = 24, kibibytes_at = 28,
                      salt_at = 32, key_check_at = 48, nonce_at = 64, header_size = 88;
constexpr std::size_t tag_size = crypto_aead_xchacha20poly1305_ietf_ABYTES;

constexpr std::uint32_t max_passes = 16, min_kibibytes = 8192, max_kibibytes = 1024UL * 1024;

static_assert(magic.size() == version_at);
static_assert(key_size == crypto_aead_xchacha20poly1305_ietf_KEYBYTES);
static_assert(nonce_size == crypto_aead_xchacha20poly1305_ietf_NPUBBYTES);
static_assert(sizeof(Argon2id::salt) == crypto_pwhash_argon2id_SALTBYTES);
static_assert(sizeof(SealedHeader::key_check) == crypto_generichash_BYTES_MIN);

const unsigned char* bytes_of(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

template <typename Container>
unsigned char* writable(Container& container) {
  return reinterpret_cast<unsigned char*>(container.data());
}

template <std::size_t size>
std::string_view text_of(const std::array<char, size>& bytes) {
  return {bytes.data(), size};
}

// Chooses the fastest code for this processor; after the first time it does nothing.
void start_sodium() {
  if (sodium_init() < 0) throw Error("", "libsodium gets no random numbers from the system");
}

void append_number(std::string& text, std::uint32_t number) {
  for (unsigned shift = 0; shift < 32; shift += 8)
    text += static_cast<char>((number >> shift) & 0xFFU);
}

std::uint32_t number_at(std::string_view file, std::size_t offset) {
  std::uint32_t number = 0;
  for (std::size_t i = 4; i-- > 0;)
    number = number << 8U | static_cast<unsigned char>(file[offset + i]);
  return number;
}

template <std::size_t size>
std::array<char, size> array_at(std::string_view file, std::size_t offset) {
  std::array<char, size> bytes{};
  std::copy_n(file.begin() + static_cast<std::ptrdiff_t>(offset), size, bytes.begin());
  return bytes;
}

std::array<char, 16> key_check_of(const Key& key) {
  std::array<char, 16> check{};
  crypto_generichash(writable(check), check.size(), bytes_of(key_check_text), key_check_text.size(),
                     bytes_of(key.bytes), key.bytes.size());
  return check;
}

std::string make_header(const Key& key, const std::optional<Argon2id>& passphrase,
                        const Nonce& nonce) {
  const Argon2id how = passphrase.value_or(Argon2id{.passes = 0, .kibibytes = 0, .salt = {}});
  std::string header(magic);
  append_number(header, version);
  append_number(header, passphrase ? from_passphrase : from_key_file);
  append_number(header, how.passes);
  append_number(header, how.kibibytes);
  header += text_of(how.salt);
  header += text_of(key_check_of(key));
  header += text_of(nonce);
  return header;
}

Error damaged(std::string_view what) {
  return {"", fmt::format("damaged: {}", what),
          "put a backup of the file in its place; or move it away, begin anew with "
          "`docker-credential-encryptedfile init`, and log in again"};
}

void check_version(std::string_view file) {
  const std::string_view start = file.substr(0, magic.size());
  if (start != magic.substr(0, start.size()) || start.empty())
    throw Error("", "not a file of docker-credential-encryptedfile",
                "move it away, and begin anew with `docker-credential-encryptedfile init`");
  if (file.size() < header_size + tag_size)
    throw damaged(fmt::format("it ends after {} bytes", file.size()));
  const std::uint32_t found = number_at(file, version_at);
  if (found > version)
    throw Error("",
                fmt::format("its format has version {}, and this program knows {}", found, version),
                "it takes a newer docker-credential-encryptedfile");
  if (found != version) throw damaged("its version is 0");
}

std::optional<Argon2id> read_passphrase(std::string_view file) {
  const std::uint32_t origin = number_at(file, origin_at);
  const Argon2id how{.passes = number_at(file, passes_at),
                     .kibibytes = number_at(file, kibibytes_at),
                     .salt = array_at<16>(file, salt_at)};
  if (origin == from_key_file) {
    const std::string_view fields = file.substr(passes_at, key_check_at - passes_at);
    if (fields.find_first_not_of('\0') != std::string_view::npos)
      throw damaged("it has settings for a passphrase, and none belongs to it");
    return std::nullopt;
  }
  if (origin != from_passphrase) throw damaged("it does not say where its key comes from");
  if (how.passes < 1 || how.passes > max_passes || how.kibibytes < min_kibibytes ||
      how.kibibytes > max_kibibytes)
    throw damaged(fmt::format("deriving its key is to take {} passes over {} KiB", how.passes,
                              how.kibibytes));
  return how;
}

}  // namespace

SealedHeader read_header(std::string_view file) {
  check_version(file);
  return {.passphrase = read_passphrase(file), .key_check = array_at<16>(file, key_check_at)};
}

bool is_key_of(const Key& key, const SealedHeader& header) {
  start_sodium();
  const std::array<char, 16> check = key_check_of(key);
  return sodium_memcmp(check.data(), header.key_check.data(), check.size()) == 0;
}

std::string unseal(std::string_view file, const Key& key) {
  start_sodium();
  if (!is_key_of(key, read_header(file))) throw Error("", "this is not its key");
  const std::string_view sealed = file.substr(header_size);
  std::string content(sealed.size() - tag_size, '\0');
  if (crypto_aead_xchacha20poly1305_ietf_decrypt(
          writable(content), nullptr, nullptr, bytes_of(sealed), sealed.size(), bytes_of(file),
          header_size, bytes_of(file.substr(nonce_at)), bytes_of(key.bytes)) != 0)
    throw damaged("some of its bytes have changed since it was written");
  return content;
}

std::string seal(std::string_view content, const Key& key,
                 const std::optional<Argon2id>& passphrase, const Nonce& nonce) {
  start_sodium();
  if (content.size() > max_sealed_file - header_size - tag_size)
    throw Error("", fmt::format("full: it may hold {} MiB", max_sealed_file / 1024 / 1024),
                "erase entries that are no longer needed");
  std::string file = make_header(key, passphrase, nonce);
  const std::string header = file;
  file.resize(header_size + content.size() + tag_size);
  crypto_aead_xchacha20poly1305_ietf_encrypt(
      writable(file) + header_size, nullptr, bytes_of(content), content.size(), bytes_of(header),
      header_size, nullptr, bytes_of(text_of(nonce)), bytes_of(key.bytes));
  return file;
}

Nonce new_nonce() {
  start_sodium();
  Nonce nonce{};
  randombytes_buf(nonce.data(), nonce.size());
  return nonce;
}

Key new_key() {
  start_sodium();
  Key key{std::string(key_size, '\0')};
  randombytes_buf(key.bytes.data(), key.bytes.size());
  return key;
}

Argon2id new_argon2id() {
  start_sodium();
  Argon2id how;
  randombytes_buf(how.salt.data(), how.salt.size());
  return how;
}

Key derive_key(std::string_view passphrase, const Argon2id& how) {
  start_sodium();
  Key key{std::string(key_size, '\0')};
  if (crypto_pwhash_argon2id(writable(key.bytes), key_size, passphrase.data(), passphrase.size(),
                             bytes_of(text_of(how.salt)), how.passes, how.kibibytes * 1024UL,
                             crypto_pwhash_argon2id_ALG_ARGON2ID13) != 0)
    throw Error("", fmt::format("deriving the key takes {} MiB of memory, more than there is",
                                how.kibibytes / 1024));
  return key;
}

}  // namespace pullsecret
