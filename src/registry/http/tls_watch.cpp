#include "registry/http/tls_watch.h"

namespace pullsecret {
namespace {

constexpr unsigned certificate_request = 13, fatal = 2;

unsigned byte_at(std::string_view bytes, std::size_t at) {
  return static_cast<unsigned char>(bytes[at]);
}

// A handshake message: its type, and its length in three bytes.
bool is_handshake(std::string_view bytes, unsigned type) {
  if (bytes.size() < 4 || byte_at(bytes, 0) != type) return false;
  const std::size_t length =
      (byte_at(bytes, 1) << 16U) + (byte_at(bytes, 2) << 8U) + byte_at(bytes, 3);
  return length == bytes.size() - 4;
}

}  // namespace

void TlsWatch::hear(std::string_view bytes) {
  if (is_handshake(bytes, certificate_request)) wants_certificate_ = true;
  if (bytes.size() == 2 && byte_at(bytes, 0) == fatal) alert_ = static_cast<int>(byte_at(bytes, 1));
  if (bytes == "HTTP/") is_plain_ = true;
}

}  // namespace pullsecret
