#pragma once

#include <cstdlib>
#include <string>

#include "system/text.h"

/// Ends the fuzzer, which then keeps its input, unless the condition holds.
inline void require(bool condition) {
  if (!condition) std::abort();
}

/// Whether it can be shown on a terminal as it is.
inline bool is_printable(const std::string& text) {
  return pullsecret::printable(text, std::string::npos) == text;
}
