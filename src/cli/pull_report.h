#pragma once

#include <optional>
#include <string>
#include <vector>

#include "cli/inspection.h"
#include "cli/messages.h"
#include "registry/pull_verdict.h"

namespace pullsecret {

/// One try to pull an image, or to log in.
struct PullTry {
  const InspectedSecret* secret = nullptr;    ///< the Secret that the entry is in
  const InspectedEntry* inspected = nullptr;  ///< nullptr: without a credential
  PullVerdict verdict;
};

/// What came of an image, or of a registry where no image was asked for.
struct PullReport {
  std::string image;      ///< as asked for; empty: the registry alone was
  std::string registry;   ///< the registry host
  bool succeeds = false;  ///< whether the kubelet would pull it, or the registry took the login
  std::vector<PullTry> tries = {};
};

/// A table for each, at most 80 columns wide; below it what is to be said of single tries.
std::string pull_table(const std::vector<PullReport>& reports, InspectionStyle style);

/// Prints JSON for scripts: an array with an object for each image and try, as man/pullsecret.1
/// says. It goes out in parts, since that of 10,000 images is larger than all that is known of
/// them.
void print_pull_json(const std::vector<PullReport>& reports, const Streams& streams);

}  // namespace pullsecret
