#include "system/become.h"

#include <unistd.h>

#include <cerrno>
#include <csignal>

#include "system/executable_format.h"

namespace pullsecret {

void become(const std::filesystem::path& program, std::string name,
            std::vector<std::string> arguments) {
  std::vector<char*> command{name.data()};
  for (std::string& argument : arguments)
    command.push_back(argument.data());
  command.push_back(nullptr);
  for (const int signal : {SIGPIPE, SIGXFSZ})
    std::signal(signal, SIG_DFL);  // NOLINT(cert-err33-c): cannot fail for these signals
  execv(program.c_str(), command.data());
  const int error_number = errno;
  for (const int signal : {SIGPIPE, SIGXFSZ})
    std::signal(signal, SIG_IGN);  // NOLINT(cert-err33-c): as before
  throw start_failure(program, error_number);
}

}  // namespace pullsecret
