// Lines between pullsecret and its HTTP program: what is read is the same again, and what is not
// read is an Error without any part of it.

#include <cstddef>
#include <cstdint>
#include <string>

#include "fuzz/require.h"
#include "registry/http_messages.h"
#include "system/error.h"

using namespace pullsecret;

namespace {

void check_request(const std::string& line) {
  const auto [number, request] = parse_http_request(line);
  require(request.method <= HttpMethod::post);
  const std::string once = format_http_request(number, request);
  require(once.find('\n') == std::string::npos);
  const auto [same_number, same] = parse_http_request(once);
  require(format_http_request(same_number, same) == once);
}

void check_reply(const std::string& line) {
  const auto [number, reply] = parse_http_reply(line);
  const std::string once = format_http_reply(number, reply);
  require(once.find('\n') == std::string::npos);
  const auto [same_number, same] = parse_http_reply(once);
  require(format_http_reply(same_number, same) == once);
}

template <typename Check>
void check(Check check_line, const std::string& line) {
  try {
    check_line(line);
  } catch (const Error& error) {
    require(error.message() == "a message of the HTTP program cannot be read");
  }
}

}  // namespace

// libFuzzer prescribes the name.
// NOLINTNEXTLINE(readability-identifier-naming)
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string line(reinterpret_cast<const char*>(data), size);
  check(check_request, line);
  check(check_reply, line);
  return 0;
}
