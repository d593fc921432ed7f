#include "registry/http.h"

#include "system/text.h"

namespace pullsecret {

std::vector<std::string> headers_named(const std::vector<HttpHeader>& headers,
                                       std::string_view name) {
  std::vector<std::string> values;
  for (const HttpHeader& header : headers)
    if (equal_ignoring_case(header.name, name)) values.push_back(header.value);
  return values;
}

bool is_web_page(const HttpResponse& response) {
  const auto types = headers_named(response.headers, "Content-Type");
  return (!types.empty() && lower_case(types.front()).starts_with("text/html")) ||
         trim(response.body).starts_with('<');
}

HttpFailure file_failure(const Error& error) {
  return {HttpFailure::Kind::file, error.what(), {}, error.hint()};
}

}  // namespace pullsecret
