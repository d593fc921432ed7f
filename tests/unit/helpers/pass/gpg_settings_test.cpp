#include "helpers/pass/gpg_settings.h"

#include "catch.h"
#include "temporary_folder.h"

using namespace pullsecret;

TEST_CASE("an option of gpg is the user's last one, in either form, else gpg.conf's") {
  const TemporaryFolder home, programs;
  home.write("gpg.conf", "# pinentry-mode ask\npinentry-modes x\n  pinentry-mode\tloopback \n");
  programs.write_script("gpgconf", "echo '" + home.path().string() + "'");
  const ScopedVariable path("PATH", programs.path().string());
  const auto mode = [](const char* options) {
    const ScopedVariable variable("PASSWORD_STORE_GPG_OPTS", options);
    return gpg_setting("pinentry-mode");
  };
  CHECK(mode("--pinentry-mode ask") == "ask");
  CHECK(mode(" --batch  --pinentry-mode=ask --pinentry-mode error") == "error");
  CHECK(mode("--pinentry-mode") == "loopback");
  CHECK(mode("--homedir /elsewhere") == "loopback");
  CHECK_FALSE(gpg_setting("agent-program"));
}

TEST_CASE("without gpgconf no file is read") {
  const TemporaryFolder programs;
  const ScopedVariable path("PATH", programs.path().string());
  CHECK_FALSE(gpg_setting("pinentry-mode"));
  CHECK_FALSE(asks_without_pinentry());
}
