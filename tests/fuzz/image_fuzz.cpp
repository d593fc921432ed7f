// Image names and registry keys from outside: the first line is an image, each other line a key.

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "fuzz/require.h"
#include "kubernetes/keyring.h"
#include "system/error.h"
#include "system/text.h"

using namespace pullsecret;

namespace {

void check_image(const Image& image) {
  require(image.repository.starts_with(image.registry_host + "/"));
  const Image again = parse_image(image.repository);
  require(again.registry_host == image.registry_host && again.repository == image.repository);
  // To the kubelet the brackets of an IPv6 address without port are a pattern.
  if (!image.registry_host.starts_with('[')) require(serves_image(image.registry_host, image));
}

void check_keys(const std::vector<std::string>& keys, const Image& image) {
  const Keyring keyring = keyring_of(keys);
  const Keyring::Found offered = keyring.offered(image);
  require(offered.size() <= keys.size());
  for (const KeyringEntry* entry : offered) {
    require(std::find(keys.begin(), keys.end(), entry->key) != keys.end());
    require(serves_image(entry->key, image));
  }
  require(!offered.empty() || std::none_of(keys.begin(), keys.end(), [&](const std::string& key) {
    return serves_image(key, image);
  }));
}

}  // namespace

// libFuzzer prescribes the name.
// NOLINTNEXTLINE(readability-identifier-naming)
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  auto keys = split({reinterpret_cast<const char*>(data), size}, '\n');
  const std::string name = keys.front();
  keys.erase(keys.begin());
  for (const std::string& key : keys)
    kubelet_registry_key(key);
  try {
    const Image image = parse_image(name);
    check_image(image);
    check_keys(keys, image);
  } catch (const Error& error) {
    require(printable(error.what(), 10'000) == error.what());
  }
  return 0;
}
