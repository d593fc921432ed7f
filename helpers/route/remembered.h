#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "credential/expiry.h"
#include "helper/store.h"
#include "helpers/route/rules.h"
#include "system/file_descriptor.h"
#include "system/session_keyring.h"

namespace pullsecret {

// What a rule's helpers have answered, in the kernel's session keyring (session_keyring.h), and so
// never on a disk. An answer counts for the very question: the server URL, the rule's helpers with
// the environment that they get, as far as that is known to decide, in this file of rules.
//
// Other sessions of the user cannot be made to forget. So each change of a registry's logins writes
// a word by chance into a file in ~/.cache, which is part of the question, too: nobody asks what
// was remembered before it any more, nor what a call remembers that began before it.

struct Remembered {
  StoredCredential credential;
  Time end;  ///< from when on it is asked for again
};

/// By what the answer is found again that `rule`, at this moment, has for `server_url`.
struct Question {
  std::string host;  ///< routed_host()
  std::string name;  ///< of its entry
};
Question question(const Rule& rule, const std::string& server_url);

/// The answer that is remembered, for as long as `cache` says by now; nothing: none is.
std::optional<Remembered> find_remembered(const Question& question, const CacheRule& cache,
                                          Time now);

/// When what `credential` says of its end, and `cache`, have it asked for again; nothing: it is not
/// to be remembered. A token counts until five minutes before its end.
std::optional<Time> end_of_remembering(const CacheRule& cache, const StoredCredential& credential,
                                       Time now);

/// Remembers it until `end`, after `now`; not what somebody has changed since it was asked. Throws
/// Error where the kernel does not keep it.
void remember(const Question& question, const Remembered& answer, Time now);

/// Forgets what any session of this user remembers for a registry (routed_host()), or everything.
/// Throws Error if it does so in this session alone, of which not_told() makes words.
void forget(std::string_view host);
void forget_all();
Error not_told(const Error& why);

/// What forget() does for other sessions. Throws Error.
void write_change(std::string_view host);

/// What the kernel still keeps: `9000 of 20000 bytes and 150 of 200 keys are free`.
std::string in_words(const KeyringRoom& room);

/// Held until the descriptor is closed, or its process ends: by one process of this user at a time
/// for each registry. Not open where there is no place for a lock.
FileDescriptor lock_host(std::string_view host);

}  // namespace pullsecret
