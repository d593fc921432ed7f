#include "helper/way_to_have.h"

#include <algorithm>
#include <array>

#include "credential/issuers.h"
#include "helper/own_stores.h"

namespace pullsecret {
namespace {

constexpr std::array foreign_helpers{
    ForeignHelper{.name = "osxkeychain", .origin = "it is macOS's: this config comes from there"},
    ForeignHelper{.name = "wincred", .origin = "it is Windows': this config comes from there"},
    ForeignHelper{.name = "desktop",
                  .origin = "this helper comes with Docker Desktop, which is not here",
                  .is_of_desktop = true},
    ForeignHelper{
        .name = "desktop.exe",
        .way = "start Docker Desktop on Windows, with its WSL integration for this distribution",
        .is_of_desktop = true},
};

// Empty: nothing is known of it.
std::string_view known_way(std::string_view helper) {
  if (const OwnStore* own = find_own_store(helper)) return own->origin;
  if (const TokenHelper* known = find_token_helper(helper)) return known->way_to_install;
  if (const ForeignHelper* foreign = find_foreign_helper(helper))
    return foreign->way.empty() ? foreign->origin : foreign->way;
  return {};
}

}  // namespace

std::string_view way_to_have(std::string_view helper) {
  const std::string_view known = known_way(helper);
  return known.empty() ? "install it, or add its folder to PATH" : known;
}

bool is_known_helper(std::string_view helper) {
  return !known_way(helper).empty();
}

const ForeignHelper* find_foreign_helper(std::string_view helper) {
  const auto* const found =
      std::find_if(foreign_helpers.begin(), foreign_helpers.end(),
                   [&](const ForeignHelper& foreign) { return foreign.name == helper; });
  return found == foreign_helpers.end() ? nullptr : found;
}

}  // namespace pullsecret
