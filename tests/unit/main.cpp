#define CATCH_CONFIG_RUNNER
#include <csignal>

#include "catch.h"

// Writing to a program that has gone, or more than a limit allows, is an error to be checked, as
// under harden_process().
int main(int argc, char** argv) {
  for (const int signal : {SIGPIPE, SIGXFSZ})
    std::signal(signal, SIG_IGN);  // NOLINT(cert-err33-c): cannot fail for these signals
  return Catch::Session().run(argc, argv);
}
