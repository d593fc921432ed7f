#pragma once

#include <string>
#include <string_view>

namespace pullsecret {

/// How much a remark matters. A problem is something that does not do what people mean; a warning
/// may be one; a note is none; ok says that it was looked for and not found.
enum class Severity { ok, note, warning, problem };

/// The severity's name, for people and scripts: "problem".
std::string_view in_words(Severity severity);

/// Something that is to be said of a thing that was looked at.
struct Remark {
  std::string
      name;  ///< stable and for scripts, such as "expired"; man/pullsecret-inspect.1 has all
  Severity severity = Severity::ok;
  std::string message;  ///< what is so, and what it means; a phrase as Error's, without secrets
  std::string hint;     ///< what to do about it; empty where nothing is
};

}  // namespace pullsecret
