#pragma once

#include <string>
#include <vector>

#include "cli/inspection_report.h"
#include "cli/messages.h"
#include "operations/check.h"

namespace pullsecret {

/// A table for each, at most 80 columns wide; below it what is to be said of single tries.
std::string pull_table(const std::vector<PullReport>& reports, InspectionStyle style);

/// Prints JSON for scripts: an array with an object for each Pod, image and try, as
/// man/pullsecret-check.1 says. It goes out in parts, since that of 10,000 images is larger than
/// all that is known of them.
void print_pull_json(const std::vector<PullReport>& reports, const Streams& streams);

/// JUnit's XML for CI: a test case for each image, whose class are its Pods, or for each registry
/// key; one that fails has its table.
std::string pull_junit(const std::vector<PullReport>& reports, Time now);

}  // namespace pullsecret
