#pragma once

#include <vector>

#include "credential/remark.h"
#include "system/error.h"

namespace pullsecret {

/// What an operation has to say besides its result, and is no failure.
struct Notice {
  Severity severity = Severity::warning;  ///< a warning or a note
  Error text;
  bool is_unconditional = false;  ///< what is not done, and is said even to who wants no notices
};
using Notices = std::vector<Notice>;

template <typename Value>
struct WithNotices {
  Value value;
  Notices notices = {};
};

}  // namespace pullsecret
