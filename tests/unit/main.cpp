#define CATCH_CONFIG_RUNNER
#include <csignal>
#include <iostream>
#include <string_view>

#include "skip.h"
#include "system/session_keyring.h"

namespace {

int cases = 0;  // told so far
bool tells_tap = false;

/// With --tap as the first argument a line of TAP for each test case: Catch2's own reporter has one
/// for each assertion.
class TapListener : public Catch::CaseListener {
  using Catch::CaseListener::CaseListener;

  void testCaseEnded(const Catch::TestCaseStats& ended) override {
    if (!tells_tap) return;
    std::cout << (ended.totals.assertions.allOk() ? "ok " : "not ok ") << ++cases << " - "
              << Catch::getResultCapture().getCurrentTestName();
    if (!skipped_because.empty()) std::cout << " # SKIP " << skipped_because;
    std::cout << std::endl;
    skipped_because.clear();
  }
};
CATCH_REGISTER_LISTENER(TapListener)

}  // namespace

// Writing to a program that has gone, or more than a limit allows, is an error to be checked, as
// under harden_process(). What the session remembers is its user's: a test neither finds it nor
// forgets it.
int main(int argc, char** argv) {
  for (const int signal : {SIGPIPE, SIGXFSZ})
    std::signal(signal, SIG_IGN);  // NOLINT(cert-err33-c): cannot fail for these signals
  pullsecret::leave_session_keyring();
  if (argc > 1 && std::string_view(argv[1]) == "--tap") {
    tells_tap = true;
    argv[1] = argv[0];
    --argc, ++argv;
  }
  const int status = Catch::Session().run(argc, argv);
  if (tells_tap) std::cout << "1.." << cases << std::endl;
  return status;
}
