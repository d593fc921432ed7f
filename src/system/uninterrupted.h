#pragma once

#include <cerrno>

namespace pullsecret {

/// What the system call `call` returns, which is made again for as long as a signal interrupts it
/// (EINTR). For those that have then done nothing: open(2), read(2), write(2), fsync(2), fchmod(2).
template <typename Call, typename... Arguments>
auto uninterrupted(Call call, Arguments... arguments) {
  auto result = call(arguments...);
  while (result < 0 && errno == EINTR)
    result = call(arguments...);
  return result;
}

}  // namespace pullsecret
