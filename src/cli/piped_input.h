#pragma once

#include <string>

#include "cli/messages.h"

namespace pullsecret {

/// What is at standard input where no option says that it is read. It all stays there.
enum class PipedInput {
  nothing,  ///< for pullsecret: none, or what is somebody else's, as in a `while read` loop
  unknown,  ///< an open pipe with nothing in it so far
  config    ///< a Docker config or manifests
};

PipedInput piped_input();

/// Throws WrongUsage with `hint` if there is what somebody meant to be read. Of a pipe in which
/// nothing is so far, as in some CI, a note says that it is not read, unless `quiet`.
void refuse_piped_input(const Streams& streams, const std::string& hint, bool quiet);

}  // namespace pullsecret
