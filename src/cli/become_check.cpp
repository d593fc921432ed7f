#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <string>
#include <system_error>
#include <vector>

#include "cli/check.h"
#include "system/environment.h"
#include "system/error.h"
#include "system/executable_format.h"
#include "system/file.h"

namespace pullsecret {
namespace {

// Called by the name by which this program was: that says who called (caller.h).
[[noreturn]] void become(const std::filesystem::path& program) {
  std::vector<std::string> words = own_arguments();
  std::vector<char*> command{program_invocation_name};
  for (std::string& word : words)
    command.push_back(word.data());
  command.push_back(nullptr);
  execv(program.c_str(), command.data());
  throw start_failure(program, errno);
}

}  // namespace

void run_check(const CheckOptions& /*options*/, const Streams& /*streams*/) {
  const std::filesystem::path self = own_program();
  const auto program = (self.parent_path() / PULLSECRET_CHECK_PROGRAM).lexically_normal();
  std::error_code unknown;
  if (self.empty() || !std::filesystem::exists(program, unknown))
    throw Error(place_of(program), "the program that asks the registries is not there",
                "install pullsecret again: ./install.sh puts both where they find each other");
  become(program);
}

}  // namespace pullsecret
