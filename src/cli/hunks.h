#pragma once

#include <string>
#include <vector>

namespace pullsecret {

/// What turns the lines `before` into `after`, as the hunks of a unified diff with three lines
/// around each change; empty if nothing does. With dtl each change is a hunk; built without it
/// (-Ddtl=disabled) there is one, from the first line that differs to the last.
std::string hunks(const std::vector<std::string>& before, const std::vector<std::string>& after);

}  // namespace pullsecret
