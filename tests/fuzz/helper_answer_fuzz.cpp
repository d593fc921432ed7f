// Feeds the readers of a helper's answers: they return or throw Error, and a credential written as
// an answer is read back the same.

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <optional>
#include <string_view>

#include "helper/answer.h"
#include "helper/json_message.h"
#include "system/error.h"

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
  return 0;
}
