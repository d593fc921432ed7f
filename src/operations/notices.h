#pragma once

#include <vector>

#include "credential/remark.h"
#include "system/error.h"

namespace pullsecret {

/// What an operation has to say besides its result, and is no failure.
struct Notice {
  Severity severity = Severity::warning;  ///< a warning or a note
  Error text;
};
using Notices = std::vector<Notice>;

template <typename Value>
struct WithNotices {
  Value value;
  Notices notices = {};
};

}  // namespace pullsecret
