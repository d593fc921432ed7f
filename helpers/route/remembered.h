#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "credential/expiry.h"
#include "helper/store.h"
#include "helpers/route/rules.h"
#include "system/file_descriptor.h"

namespace pullsecret {

// What a rule's helpers have answered, in the kernel's session keyring (session_keyring.h), and so
// never on a disk. An answer counts for the very question: the server URL, and the rule's helpers
// with the environment that they get, in this file of rules.

struct Remembered {
  StoredCredential credential;
  Time end;  ///< from when on it is asked for again
};

/// The answer that is remembered; nothing: none is.
std::optional<Remembered> find_remembered(const Rule& rule, const std::string& server_url,
                                          Time now);

/// When what `credential` says of its end, and `cache`, have it asked for again; nothing: it is not
/// to be remembered. A token counts until five minutes before its end.
std::optional<Time> end_of_remembering(const CacheRule& cache, const StoredCredential& credential,
                                       Time now);

/// Remembers it until `end`, after `now`. Throws Error where the kernel does not keep it.
void remember(const Rule& rule, const std::string& server_url, const Remembered& answer, Time now);

/// Forgets what is remembered for a registry (routed_host()), or everything.
void forget(std::string_view host);
void forget_all();

/// Held until the descriptor is closed, or its process ends: by one process of this user at a time
/// for each registry. Not open where there is no place for a lock.
FileDescriptor lock_host(std::string_view host);

}  // namespace pullsecret
