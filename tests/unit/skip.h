#pragma once

#include <iostream>
#include <string>
#include <string_view>

#include "catch.h"

inline std::string skipped_because;  ///< what the test case that runs is skipped for, or nothing

/// Says that what remains of the test case is left out, and why; to be followed by its end.
inline void skip(std::string_view why) {
  skipped_because = why;
  std::cerr << "skip - " << Catch::getResultCapture().getCurrentTestName() << ": " << why
            << std::endl;
}
