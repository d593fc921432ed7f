#pragma once

#include <string>
#include <vector>

#include "registry/http.h"

namespace pullsecret {

/// What a registry, or its token server, says of its own when it refuses.
struct RefusalWords {
  std::vector<std::string> codes;  ///< of the distribution spec's `errors`, such as `DENIED`
  std::string text;                ///< one line, at most 300 characters, printable
};

/// Of the body of a refusal what is read of it, in `max_kept_body` bytes at most: a long one is
/// made a short JSON with the same codes, and a part of each text. What is cut ends with `…`.
std::string condensed_body(const HttpResponse& response);

/// Reads them from the body of `response`: `{"errors":[{"code","message","detail"}]}`, the fields
/// `error_description`, `error`, `message`, `details` or `detail` of other servers, else the first
/// line of a plain text; a web page says nothing. They are without `secrets`.
RefusalWords refusal_words(const HttpResponse& response, const std::vector<std::string>& secrets);

}  // namespace pullsecret
