#pragma once

#include <gio/gio.h>

#include <cstddef>

#include "helpers/secretservice/glib_owned.h"

namespace pullsecret {

/// What `base` gives to read, but no more than `limit` bytes: to read on is then an error, and so
/// ends the connection. GDBus itself reads a line of any length while it logs in, and messages
/// without end.
Owned<GInputStream> bounded_input(GInputStream* base, std::size_t limit);

/// Lets such a stream give no more. To be called in the thread that reads from it.
void end_input(GInputStream* input);

/// Whether there was more to read than such a stream gives. In any thread.
bool was_exceeded(GInputStream* input);

}  // namespace pullsecret
