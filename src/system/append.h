#pragma once

#include <iterator>
#include <vector>

namespace pullsecret {

/// Puts `more` behind `things`.
template <typename Thing>
void append(std::vector<Thing>& things, std::vector<Thing> more) {
  things.insert(things.end(), std::move_iterator(more.begin()), std::move_iterator(more.end()));
}

}  // namespace pullsecret
