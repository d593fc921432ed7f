// Feeds the readers of a helper's answers: they return or throw Error, and a credential or a status
// written as an answer is read back the same.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <optional>
#include <string_view>

#include "helper/answer.h"
#include "helper/json_message.h"
#include "helper/status.h"
#include "system/error.h"
#include "system/text.h"

namespace {

using namespace pullsecret;

void check_round_trip(const std::optional<Credential>& read) {
  if (!read) return;
  const Credential& credential = *read;
  const Credential again =
      parse_get_answer(format_credential_message("ghcr.io", stored_credential(credential))).value();
  if (again.username != credential.username || again.password != credential.password ||
      again.identity_token != credential.identity_token)
    std::abort();
}

bool is_same(const StoreFault& a, const StoreFault& b) {
  return a.kind == b.kind && a.prevents == b.prevents;
}

void check_status(const StoreStatus& read) {
  const StoreStatus again = parse_status("pass", format_status("pass", read)).value();
  if (again.state != read.state || !std::equal(read.faults.begin(), read.faults.end(),
                                               again.faults.begin(), again.faults.end(), is_same))
    std::abort();
  for (const StoreFault& fault : read.faults)
    if (fault.message.empty() || printable(fault.message, fault.message.size()) != fault.message)
      std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  try {
    check_round_trip(parse_get_answer(text));
  } catch (const Error&) {
    // refused in words
  }
  try {
    parse_list_answer(text);
  } catch (const Error&) {
  }
  if (const auto status = parse_status("pass", text)) check_status(*status);
  return 0;
}
