// Feeds the reader of the encrypted file. The first byte says what the rest is: a file as it
// stands, the header's fields behind a right magic and version, or content that is sealed with the
// right key first. Each is refused in words or read; what is read is written again and then the
// same; no header that is accepted asks for more than the format allows.

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "helpers/encryptedfile/entries.h"
#include "helpers/encryptedfile/key_file.h"
#include "helpers/encryptedfile/sealed_file.h"
#include "system/error.h"

namespace {

using namespace pullsecret;

const Key& key() {
  static const Key key{std::string(key_size, 'k')};
  return key;
}

void check(bool condition) {
  if (!condition) std::abort();
}

void read_file_content(std::string_view file) {
  const SealedHeader header = read_header(file);
  if (header.passphrase)
    check(header.passphrase->passes <= 16 && header.passphrase->kibibytes <= 1024UL * 1024);
  unseal(file, key());
}

void read_fields(std::string_view fields) {
  // The magic and the version of a file of our own.
  const std::string start = seal("", key(), std::nullopt, Nonce{}).substr(0, 20);
  read_file_content(start + std::string(fields));
}

void read_content(std::string_view content) {
  const std::string file = seal(content, key(), std::nullopt, Nonce{});
  check(unseal(file, key()) == content);
  const std::string written = format_entries(parse_entries(content));
  check(format_entries(parse_entries(written)) == written);
}

void read_key(std::string_view content) {
  check(parse_key(content).bytes.size() == key_size);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view input(reinterpret_cast<const char*>(data) + 1, size - 1);
  try {
    switch (data[0]) {
      case 'f':
        read_file_content(input);
        break;
      case 'h':
        read_fields(input);
        break;
      case 'c':
        read_content(input);
        break;
      case 'k':
        read_key(input);
        break;
      default:
        break;
    }
  } catch (const Error&) {
    // refused in words
  }
  return 0;
}
