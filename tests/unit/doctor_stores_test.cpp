#include <string>

#include <catch2/catch.hpp>

#include "doctor/store_checks.h"
#include "temporary_folder.h"

using namespace pullsecret;

namespace {

std::string name_of(const std::optional<Finding>& finding) {
  return finding ? finding->name : "";
}

}  // namespace

TEST_CASE("an unknown keyring is recognised by what the helper says") {
  // pullsecret's docker-credential-secretservice, and upstream's 0.6.4 (libsecret, GDBus).
  const auto row = GENERATE(table<std::string, std::string>({
      {"secret service: there is no session bus at unix:path=/x: no such file or directory",
       "secretservice-no-bus"},
      {"Cannot autolaunch D-Bus without X11 $DISPLAY", "secretservice-no-bus"},
      {"Could not connect: No such file or directory", "secretservice-no-bus"},
      {"secret service: no program on the session bus keeps secrets", "secretservice-no-service"},
      {"GDBus.Error:org.freedesktop.DBus.Error.ServiceUnknown: The name org.freedesktop.secrets "
       "was "
       "not provided by any .service files",
       "secretservice-no-service"},
      {"secret service: the request to unlock the keyring was dismissed", "secretservice-locked"},
      {"Cannot create an item in a locked collection", "secretservice-locked"},
      {"secret service: the request to make a first keyring was dismissed",
       "secretservice-no-keyring"},
      {"something else", ""},
  }));
  CHECK(name_of(check_keyring(Keyring::unknown, std::get<0>(row))) == std::get<1>(row));
}

TEST_CASE("what is known of a keyring counts before what the helper says") {
  CHECK_FALSE(check_keyring(Keyring::unlocked, "the keyring is locked"));
  CHECK(name_of(check_keyring(Keyring::no_service, "the keyring is locked")) ==
        "secretservice-no-service");
}

TEST_CASE("a locked keyring is a problem only where the helper failed") {
  CHECK(check_keyring(Keyring::locked, "")->severity == Severity::warning);
  CHECK(check_keyring(Keyring::locked, "no answer within 1 s")->severity == Severity::problem);
}

TEST_CASE("without an address or a socket for it there is no bus") {
  const TemporaryFolder folder;
  const ScopedVariable address("DBUS_SESSION_BUS_ADDRESS", std::nullopt);
  const ScopedVariable runtime("XDG_RUNTIME_DIR", folder.path().string());
  CHECK(ask_keyring() == Keyring::no_bus);
}

TEST_CASE("gpg's words for a passphrase that it did not get") {
  CHECK(check_pinentry("exit status 1: gpg: decryption failed: No secret key"));
  CHECK(check_pinentry("gpg: decryption failed: Inappropriate ioctl for device"));
  CHECK(check_pinentry("gpg cannot ask for the key's passphrase: there is no terminal here"));
  CHECK_FALSE(check_pinentry("gpg cannot read the entry, which may be damaged"));
  CHECK_FALSE(check_pinentry(""));
}

TEST_CASE("a password store without .gpg-id is not initialised") {
  const TemporaryFolder folder;
  folder.write_script("pass", "");
  folder.write_script("gpg", "");
  const ScopedVariable path("PATH", folder.path().string() + ":/usr/bin:/bin");
  const ScopedVariable store("PASSWORD_STORE_DIR", (folder.path() / "store").string());
  const ScopedVariable key("PASSWORD_STORE_KEY", std::nullopt);
  const Findings findings = check_password_store();
  REQUIRE(findings.size() == 1);
  CHECK(findings.front().name == "pass-not-initialized");
}
