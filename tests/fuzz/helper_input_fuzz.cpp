// Feeds the protocol's server: every action answers or throws Error, and what is stored comes back
// as it was.

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "helper/answer.h"
#include "helper/protocol.h"
#include "helper/server.h"
#include "system/error.h"
#include "unit/map_store.h"

namespace {

using namespace pullsecret;

void check_round_trip(std::string_view input) {
  MapStore store;
  answer(store, "store", input);
  for (const auto& [server_url, username] : store.list()) {
    const std::string got = answer(store, "get", server_url);
    const auto kept = store.get(server_url);
    if (!kept || kept->username != username) std::abort();
    if (!kept->secret.empty() && username != token_username &&
        parse_get_answer(got).value().password != kept->secret)
      std::abort();
    answer(store, "erase", server_url);
  }
  if (!store.list().empty()) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  try {
    check_round_trip(input);
  } catch (const Error&) {
    // refused in words
  }
  try {
    MapStore empty;
    answer(empty, "get", input);
  } catch (const Error&) {
  }
  return 0;
}
