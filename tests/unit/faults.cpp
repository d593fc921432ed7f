#include "faults.h"

#include <algorithm>
#include <cerrno>

namespace {

bool is_one_of(std::string_view name, const std::vector<std::string_view>& names) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

// POSIX lets no signal interrupt a call that changes a folder.
bool can_befall(Verdict verdict, const FileCall& call) {
  if (verdict == half_written) return call.name == "write";
  return verdict != EINTR ||
         !is_one_of(call.name, {"rename", "renameat2", "link", "unlink", "mkdir", "rmdir"});
}

// What a full disk still does, and one that has become read-only.
bool still_works(const FileCall& call, Verdict verdict) {
  if (verdict == ENOSPC) return is_one_of(call.name, {"open", "fsync", "unlink", "rmdir"});
  return verdict == EROFS && is_one_of(call.name, {"open", "fsync"});
}

}  // namespace

const std::vector<Fault>& all_faults() {
  static const std::vector<Fault> faults{
      {"EINTR", EINTR},
      {"ENOSPC", ENOSPC},
      {"EIO", EIO},
      {"EROFS", EROFS},
      {"EACCES", EACCES},
      {"EINVAL", EINVAL},
      {"half a write", half_written},
      {"half a write, then ENOSPC", half_written, ENOSPC},
      {"ENOSPC from then on", ENOSPC, ENOSPC},
      {"EIO from then on", EIO, EIO},
      {"EROFS from then on", EROFS, EROFS},
  };
  return faults;
}

Verdict FaultAt::judge(const FileCall& call) {
  if (call.number < at_) return 0;
  reached_ = true;
  if (call.number == at_) return can_befall(fault_.first, call) ? fault_.first : 0;
  if (still_works(call, fault_.then)) return 0;
  if (fault_.then != 0 && is_one_of(call.name, {"open", "unlink", "rmdir"}))
    prevented_tidying_ = true;
  return fault_.then;
}

bool FaultAt::is_harmless() const {
  return fault_.first == EINTR || (fault_.first == half_written && fault_.then == 0);
}
