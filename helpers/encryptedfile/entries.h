#pragma once

#include <map>
#include <string>
#include <string_view>

#include "helper/store.h"

namespace pullsecret {

/// What the credentials file keeps, by server URL.
using Entries = std::map<std::string, StoredCredential>;

/// The content of the file: `{SERVERURL: {"Username": …, "Secret": …}, …}`, in the protocol's
/// words.
std::string format_entries(const Entries& entries);

/// Throws Error, without a place and without any of the content, if that is not what `content`
/// holds. Other fields are refused too: to ignore them would be to lose them at the next change.
Entries parse_entries(std::string_view content);

}  // namespace pullsecret
