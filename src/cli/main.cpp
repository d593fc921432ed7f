#include "cli/caller.h"
#include "cli/messages.h"
#include "cli/plugin.h"
#include "cli/run.h"
#include "system/hardening.h"

int main(int argc, char** argv) {
  using namespace pullsecret;
  harden_process();
  const Arguments arguments(argv + 1, argv + argc);
  const int status = run(words_behind_name(caller(), arguments), standard_streams());
  wipe_stack();
  return status;
}
