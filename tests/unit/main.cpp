#define CATCH_CONFIG_RUNNER
#include <csignal>

#include "catch.h"

// Writing to a program that has gone is an error to be checked, as under harden_process().
int main(int argc, char** argv) {
  std::signal(SIGPIPE, SIG_IGN);  // NOLINT(cert-err33-c): cannot fail for this signal
  return Catch::Session().run(argc, argv);
}
