#include <dtl/dtl.hpp>

#include <sstream>

#include "cli/hunks.h"

namespace pullsecret {

std::string hunks(const std::vector<std::string>& before, const std::vector<std::string>& after) {
  dtl::Diff<std::string> diff(before, after);
  diff.onHuge();
  diff.compose();
  diff.composeUnifiedHunks();
  std::ostringstream text;
  diff.printUnifiedFormat(text);
  return text.str();
}

}  // namespace pullsecret
