#pragma once

#include <sys/types.h>

namespace pullsecret {

/// Kills `process`, a child of the caller, with all its descendants. Complete if `process` is their
/// reaper (PR_SET_CHILD_SUBREAPER): it is stopped first and killed last, so that none of them can
/// be handed to another parent. The caller reaps `process` itself. Where /proc does not show them,
/// or memory is short, `process` is killed all the same.
void kill_process_tree(pid_t process) noexcept;

}  // namespace pullsecret
