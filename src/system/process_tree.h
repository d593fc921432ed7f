#pragma once

#include <sys/types.h>

namespace pullsecret {

/// Kills `process`, a child of the caller, with all its descendants. Complete if `process` is their
/// reaper (PR_SET_CHILD_SUBREAPER): it is stopped first and killed last, so that none of them can
/// be handed to another parent. The caller reaps `process` itself.
void kill_process_tree(pid_t process);

}  // namespace pullsecret
