#include "helper/way_to_have.h"

#include "credential/issuers.h"
#include "helper/own_stores.h"

namespace pullsecret {
namespace {

// Empty: it is none.
std::string_view system_of(std::string_view helper) {
  if (helper == "osxkeychain") return "it is macOS's: this config comes from there";
  if (helper == "wincred") return "it is Windows': this config comes from there";
  if (helper.starts_with("desktop"))
    return "this helper comes with Docker Desktop, which is not here";
  return {};
}

// Empty: nothing is known of it.
std::string_view known_way(std::string_view helper) {
  if (const OwnStore* own = find_own_store(helper)) return own->origin;
  if (const TokenHelper* known = find_token_helper(helper)) return known->way_to_install;
  return system_of(helper);
}

}  // namespace

std::string_view way_to_have(std::string_view helper) {
  const std::string_view known = known_way(helper);
  return known.empty() ? "install it, or add its folder to PATH" : known;
}

bool is_known_helper(std::string_view helper) {
  return !known_way(helper).empty();
}

bool is_of_another_system(std::string_view helper) {
  return !system_of(helper).empty();
}

}  // namespace pullsecret
