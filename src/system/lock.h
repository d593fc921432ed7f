#pragma once

#include <chrono>
#include <filesystem>

#include "system/error.h"
#include "system/file_descriptor.h"
#include "system/folder.h"

namespace pullsecret {

/// Waits until no other process holds the lock `file`, which is made if it is not there (mode 0600)
/// and stays; the lock is held until the descriptor is closed, or its process ends in whatever way.
/// flock(2): it also works over NFS. Throws Error with `file` as its place if another process holds
/// it for longer than `patience`; what is no regular file is refused.
FileDescriptor lock_file(const FilePlace& file,
                         std::chrono::milliseconds patience = std::chrono::seconds(20));

/// Whether a lock that is there can be had in that time; it is not kept. Throws Error if it is
/// none.
bool can_be_locked(const std::filesystem::path& file, std::chrono::milliseconds patience);

/// That another process holds it.
Error held_lock(const std::filesystem::path& file);

/// The same for a file that is open already, a terminal for example. False if it cannot be locked.
bool lock_open_file(const FileDescriptor& descriptor);

/// The same for a folder, where a file more would be in somebody's way. Best effort: a folder that
/// is not there or on NFS cannot be locked, and the caller goes on without.
FileDescriptor lock_folder(const std::filesystem::path& folder);

}  // namespace pullsecret
