#include "helper/installed.h"

#include <filesystem>
#include <system_error>

#include "helper/protocol.h"
#include "system/environment.h"
#include "system/run_programs.h"
#include "system/text.h"

namespace pullsecret {

namespace fs = std::filesystem;

std::set<std::string> helpers_on_path() {
  std::set<std::string> names;
  for (const std::string& folder : split(environment_variable("PATH").value_or(""), ':')) {
    std::error_code ignored;
    if (!folder.starts_with('/')) continue;
    for (fs::directory_iterator entry(folder, ignored), end; entry != end;
         entry.increment(ignored)) {
      const std::string program = entry->path().filename();
      if (program.starts_with(helper_program_prefix) && find_on_path(program).found)
        names.insert(program.substr(helper_program_prefix.size()));
    }
  }
  names.erase("");
  return names;
}

}  // namespace pullsecret
