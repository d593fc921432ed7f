#include <cerrno>
#include <filesystem>
#include <system_error>

#include "cli/check.h"
#include "system/become.h"
#include "system/environment.h"
#include "system/error.h"
#include "system/file.h"

namespace pullsecret {

void run_check(const CheckOptions& /*options*/, const Streams& /*streams*/) {
  const std::filesystem::path self = own_program();
  const auto program = (self.parent_path() / PULLSECRET_CHECK_PROGRAM).lexically_normal();
  std::error_code unknown;
  if (self.empty() || !std::filesystem::exists(program, unknown))
    throw Error(place_of(program), "the program that asks the registries is not there",
                "install pullsecret again: ./install.sh puts both where they find each other");
  // Called by the name by which this program was: that says who called (caller.h).
  become(program, program_invocation_name, own_arguments());
}

}  // namespace pullsecret
