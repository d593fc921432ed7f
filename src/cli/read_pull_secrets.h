#pragma once

#include <string>
#include <vector>

#include "cli/messages.h"
#include "kubernetes/inspect_secrets.h"

namespace pullsecret {

/// The pull Secrets in `file`, or in standard input for `-`: what read_manifests() takes. Says what
/// was skipped. Throws Error if there is none.
std::vector<InspectedSecret> read_pull_secrets(const std::string& file, const Streams& streams);

}  // namespace pullsecret
