#pragma once

#include <chrono>
#include <string>

namespace pullsecret {

/// What is at standard input where no option says that it is read. It all stays there.
enum class PipedInput {
  nothing,  ///< for pullsecret: none, or what is somebody else's, as in a `while read` loop
  unknown,  ///< an open pipe with nothing in it so far
  config    ///< a Docker config or manifests
};

/// Waits that long for the first of what may come through a pipe.
PipedInput piped_input(std::chrono::milliseconds wait = {});

/// Throws Error with `hint` if there is what somebody meant to be read. A pipe that stays empty for
/// a second may be anybody's.
void refuse_piped_input(const std::string& hint);

}  // namespace pullsecret
