#include "credential/remark.h"

namespace pullsecret {

std::string_view in_words(Severity severity) {
  switch (severity) {
    case Severity::ok:
      return "ok";
    case Severity::note:
      return "note";
    case Severity::warning:
      return "warning";
    case Severity::problem:
      return "problem";
  }
  return {};
}

}  // namespace pullsecret
