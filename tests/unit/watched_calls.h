#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>

/// A call of system/file_calls.h that is about to be made.
struct FileCall {
  std::size_t number;     ///< from 1 on while there is a WatchedCalls
  std::string_view name;  ///< such as "fsync"
  std::string path;       ///< of the file or folder; its new name, if it gets one
};

/// What becomes of a call: 0, it is made; an errno, it fails with that and nothing is done; or half
/// of a write(2) is done.
using Verdict = int;
inline constexpr Verdict half_written = -1;

/// While it lives, `judge` is asked before each of those calls, its own excepted. No fsync(2) is
/// really made: the disk would take most of a test's time.
class WatchedCalls {
 public:
  using Judge = std::function<Verdict(const FileCall&)>;

  explicit WatchedCalls(Judge judge = [](const FileCall&) { return 0; });
  WatchedCalls(const WatchedCalls&) = delete;
  WatchedCalls& operator=(const WatchedCalls&) = delete;
  ~WatchedCalls();

 private:
  Judge before_;
};
