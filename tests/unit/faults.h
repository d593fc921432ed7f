#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "watched_calls.h"

/// How a call fails.
struct Fault {
  std::string name;
  Verdict first;     ///< what befalls one call
  Verdict then = 0;  ///< and all that come after it
};

/// A signal, a disk that is full, broken or read-only, for a moment or from then on; leave that is
/// missing, and what the file system does not know.
const std::vector<Fault>& all_faults();

/// Judges calls: number `at`, and perhaps those after it, have `fault`.
class FaultAt {
 public:
  FaultAt(const Fault& fault, std::size_t at) : fault_(fault), at_(at) {}

  Verdict judge(const FileCall& call);

  /// Whether there was a call of that number.
  bool was_reached() const { return reached_; }

  /// Whether what was made on the way could not be looked for and removed.
  bool prevented_tidying() const { return prevented_tidying_; }

  /// Whether it is none: an interrupted call is made again, and what is left of a write follows.
  bool is_harmless() const;

 private:
  const Fault& fault_;
  std::size_t at_;
  bool reached_ = false, prevented_tidying_ = false;
};
