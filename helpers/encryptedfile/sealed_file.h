#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace pullsecret {

/// The format of the credentials file, version 1: a header of 88 bytes, then the content, encrypted
/// and authenticated together with that header, then a tag of 16 bytes.
///
///     offset  bytes
///          0     16  "docker-encrypted"
///         16      4  version: 1
///         20      4  where the key comes from: 0 a key file, 1 a passphrase
///         24      4  Argon2id: passes over the memory, 1 to 16
///         28      4  Argon2id: memory in KiB, 8192 to 1048576
///         32     16  Argon2id: salt
///         48     16  key check
///         64     24  nonce, new and random each time the file is written
///         88      n  content, XChaCha20 of it
///     88 + n     16  Poly1305 tag over header and content
///
/// Numbers are little-endian. With a key file, the three Argon2id fields are zero.
///
/// - The cipher is XChaCha20-Poly1305 as in libsodium's crypto_aead_xchacha20poly1305_ietf and
///   draft-irtf-cfrg-xchacha-03; its additional data is the whole header, so that nobody without
///   the key can change any byte of the file. Its nonce is long enough to be drawn at random for
///   ever, with no counter that a restored backup would set back; AES-GCM's is not, and AES needs
///   hardware to be fast and quiet.
/// - The key check is keyed BLAKE2b of 16 bytes, under the key, over the text
///   "docker-credential-encryptedfile key check". It tells a wrong key from a damaged file, and one
///   key file from another, before anything is decrypted.
/// - A passphrase becomes the key by Argon2id version 1.3 (RFC 9106) with one lane and without
///   secret and associated data. The bounds keep a file from asking for more than a machine has;
///   they are checked before the key is derived, since the header cannot be trusted until then.
/// - The content is UTF-8 JSON: entries.h. Its length can be told from the file's.
///
/// A version's number changes whenever a reader of the older one would misread or lose something.
/// tests/data/sealed-files.json has test vectors.
///
/// The functions here do no I/O. What throws, throws Error without a place.

/// The secret that opens a file: 32 bytes. They are on the heap, which is wiped (hardening.h).
struct Key {
  std::string bytes;
};
inline constexpr std::size_t key_size = 32;

/// How a passphrase becomes a key.
struct Argon2id {
  std::uint32_t passes = 3;
  std::uint32_t kibibytes = 256UL * 1024;  ///< with 3 passes: a second's half of one core
  std::array<char, 16> salt{};
};

/// What stands in a file before its content, and can be read without a key. It is not authenticated
/// until unseal() succeeded.
struct SealedHeader {
  std::optional<Argon2id> passphrase;  ///< nothing: the key is in a key file
  std::array<char, 16> key_check{};
};

inline constexpr std::size_t nonce_size = 24;
using Nonce = std::array<char, nonce_size>;

/// The most bytes of a file: what one has to hold in memory to read it.
inline constexpr std::size_t max_sealed_file = 64UL * 1024 * 1024;

/// The header of `file`. Throws Error if `file` has not this format or another version of it, is
/// shorter than any file can be, or asks for what the format does not allow.
SealedHeader read_header(std::string_view file);

/// Whether `key` is the one that a file with `header` was sealed with.
bool is_key_of(const Key& key, const SealedHeader& header);

/// The content of `file`. Throws Error for what read_header() refuses, for a key that is not the
/// file's, and if any byte of the file is not what seal() wrote.
std::string unseal(std::string_view file, const Key& key);

/// A file with `content`. `passphrase` is how `key` came to be, nothing if it is in a key file. The
/// nonce must never be used twice with one key: new_nonce(). Throws Error if the content is too
/// long for a file.
std::string seal(std::string_view content, const Key& key,
                 const std::optional<Argon2id>& passphrase, const Nonce& nonce);

Nonce new_nonce();
Key new_key();

/// The default cost, with a new salt.
Argon2id new_argon2id();

/// Throws Error if there is not enough memory.
Key derive_key(std::string_view passphrase, const Argon2id& how);

}  // namespace pullsecret
