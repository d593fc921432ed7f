#include "system/file_calls.h"

namespace pullsecret {

const FileCalls& file_calls() {
  static const FileCalls calls;
  return calls;
}

}  // namespace pullsecret
