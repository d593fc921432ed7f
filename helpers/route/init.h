#pragma once

#include <string>
#include <vector>

namespace pullsecret {

/// The action `init [--undo] [--yes]`: shows the rules that say what config.json says now, asks,
/// and writes them, then config.json; with --undo back. A program that is killed in between leaves
/// rules that nobody reads. Throws Error.
void init_route(const std::vector<std::string>& words);

}  // namespace pullsecret
