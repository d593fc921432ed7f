#pragma once

#include <chrono>
#include <filesystem>
#include <fstream>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "system/error.h"
#include "system/run_programs.h"
#include "temporary_folder.h"

/// A session bus of its own for one test case, with the programs started on it, a home folder and
/// nothing of the desktop's.
class PrivateSessionBus {
 public:
  PrivateSessionBus() {
    const auto configuration = folder_.write(
        "bus.conf", R"(<busconfig><type>session</type><listen>)" + address() + R"(</listen>
      <auth>EXTERNAL</auth><auth>DBUS_COOKIE_SHA1</auth><policy context="default"><allow eavesdrop="true"/><allow own="*"/>
      <allow send_destination="*"/></policy></busconfig>)");
    start("dbus-daemon", {"--nofork", "--config-file=" + configuration.string()});
    wait_for_name("org.freedesktop.DBus");  // its socket is there before it answers
  }

  /// gnome-keyring, with an unlocked default collection.
  void start_keyring() {
    start("gnome-keyring-daemon", {"--foreground", "--unlock", "--components=secrets"}, "hunter2");
    wait_for_service();
  }

  /// gnome-keyring without any collection, and without a program that could show its prompts.
  void start_empty_keyring() {
    start("gnome-keyring-daemon", {"--foreground", "--components=secrets"});
    wait_for_service();
  }

  /// Locks the default collection of start_keyring().
  void lock_keyring() {
    call("org.freedesktop.secrets", "/org/freedesktop/secrets",
         "org.freedesktop.Secret.Service.Lock",
         "array:objpath:/org/freedesktop/secrets/collection/login");
  }

  /// e2e/secret_service_standin.py, which lists the behaviours.
  void start_standin(const std::vector<std::string>& behaviour) {
    std::vector<std::string> arguments{TEST_DATA_DIR "/../e2e/secret_service_standin.py"};
    arguments.insert(arguments.end(), behaviour.begin(), behaviour.end());
    start("python3", arguments);
    wait_for_service();
  }

  /// The address of the bus over the network, by e2e/wiretap.py.
  std::string network_address() {
    const auto port = folder_.path() / "port";
    start("sh",
          {"-c", R"(>"$2"; python3 "$0" "$1" "$2" >"$3")",
           std::string(TEST_DATA_DIR) + "/../e2e/wiretap.py", (folder_.path() / "bus").string(),
           (folder_.path() / "wire").string(), port.string()});
    std::string number;
    wait_until([&] { return static_cast<bool>(std::getline(std::ifstream(port), number)); },
               "wiretap.py");
    return "tcp:host=127.0.0.1,port=" + number;
  }

  /// Waits for the next of the programs to end; what it wrote to standard output.
  std::string output_of_ended() {
    for (int tries = 0; tries < 500; ++tries)
      if (const auto ended = programs_.wait(pause)) return ended->output;
    return "nothing ended";
  }

 private:
  std::string address() const { return "unix:path=" + (folder_.path() / "bus").string(); }

  static std::filesystem::path program(const std::string& name) {
    const auto program = pullsecret::find_program(name, "/usr/bin:/bin").found;
    if (!program) throw pullsecret::Error(name, "the tests need it, and it is not installed");
    return *program;
  }

  void start(const std::string& name, std::vector<std::string> arguments,
             const std::string& input = {}) {
    programs_.start(programs_.size(), {.program = program(name),
                                       .arguments = std::move(arguments),
                                       .input = input,
                                       .timeout = std::chrono::minutes(5),
                                       .max_output = 65536});
  }

  /// What dbus-send prints of the answer.
  std::string call(const std::string& service, const std::string& object, const std::string& method,
                   const std::string& argument) const {
    return pullsecret::run_program({.program = program("dbus-send"),
                                    .arguments = {"--bus=" + address(), "--print-reply",
                                                  "--dest=" + service, object, method, argument},
                                    .input = {},
                                    .timeout = std::chrono::minutes(1),
                                    .max_output = 65536})
        .output;
  }

  template <typename Condition>
  void wait_until(Condition condition, const std::string& what) {
    for (int tries = 0; tries < 500; ++tries) {
      if (condition()) return;
      if (const auto ended = programs_.wait(pause))
        throw pullsecret::Error(what, "it ended: " + ended->error_output);
    }
    throw pullsecret::Error(what, "it does not start");
  }

  void wait_for_service() { wait_for_name("org.freedesktop.secrets"); }

  void wait_for_name(const std::string& name) {
    wait_until(
        [&] {
          return call("org.freedesktop.DBus", "/", "org.freedesktop.DBus.NameHasOwner",
                      "string:" + name)
                     .find("boolean true") != std::string::npos;
        },
        name);
  }

  static constexpr std::chrono::milliseconds pause{20};

  TemporaryFolder folder_;
  ScopedVariable home_{"HOME", folder_.path().string()};
  ScopedVariable data_{"XDG_DATA_HOME", std::nullopt};
  ScopedVariable runtime_{"XDG_RUNTIME_DIR", folder_.path().string()};
  ScopedVariable address_{"DBUS_SESSION_BUS_ADDRESS", address()};
  pullsecret::ProgramSet programs_;
};
