// The text of a registries.conf is read, or refused with an Error.

#include <cstddef>
#include <cstdint>
#include <string>

#include "docker/registries_conf.h"
#include "fuzz/require.h"
#include "system/error.h"
#include "system/text.h"

using namespace pullsecret;

// libFuzzer prescribes the name.
// NOLINTNEXTLINE(readability-identifier-naming)
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  try {
    parse_credential_helpers(std::string(data, data + size), "registries.conf");
  } catch (const Error& error) {
    require(printable(error.what(), 10'000) == error.what());
  }
  return 0;
}
