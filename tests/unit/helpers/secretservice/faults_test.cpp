#include <sys/socket.h>
#include <sys/un.h>

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "catch.h"
#include "helpers/secretservice/secretservice_store.h"
#include "session_bus.h"
#include "support.h"
#include "system/file_descriptor.h"

using namespace pullsecret;
using namespace std::chrono_literals;

namespace {

/// What a get of the stand-in's item ends in.
struct Failure {
  std::string message, hint;
};

// What is not known at once ends in a message about `limit`: no test needs a clock of its own.
Failure failure_of_get(std::chrono::seconds limit = 60s) {
  const auto error = error_of([limit] { SecretServiceStore(limit).get("ghcr.io"); });
  if (!error) return {"no error", ""};
  return {error->message(), error->hint()};
}

Failure failure_with_standin(const std::vector<std::string>& behaviour,
                             std::chrono::seconds limit = 60s) {
  PrivateSessionBus bus;
  bus.start_standin(behaviour);
  return failure_of_get(limit);
}

// A socket that takes connections, behind which nobody is.
FileDescriptor listen_at(const std::string& path) {
  FileDescriptor listener(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_un address{.sun_family = AF_UNIX, .sun_path = {}};
  REQUIRE(path.size() < sizeof address.sun_path);
  path.copy(address.sun_path, path.size());
  REQUIRE(bind(listener.get(), reinterpret_cast<sockaddr*>(&address), sizeof address) == 0);
  REQUIRE(listen(listener.get(), 8) == 0);
  return listener;
}

}  // namespace

TEST_CASE("secretservice: a service that answers nothing is not waited for for ever") {
  const Failure failure = failure_with_standin({"silent"}, 1s);
  CHECK(failure.message == "it did not answer SearchItems within 1 seconds");
  CHECK(failure.hint.find("gnome-keyring") != std::string::npos);
}

TEST_CASE("secretservice: a prompt that nobody answers is taken back") {
  PrivateSessionBus bus;
  bus.start_standin({"ignores"});
  const Failure failure = failure_of_get(2s);
  CHECK(failure.message == "nobody answered the request to unlock the keyring within 2 seconds");
  CHECK(failure.hint.find("encryptedfile") != std::string::npos);
  CHECK(bus.output_of_ended() == "dismissed\n");
}

TEST_CASE("secretservice: what the service lets happen is known at once") {
  const auto [behaviour, message] = GENERATE(table<const char*, const char*>(
      {{"dies", "it ended before it answered SearchItems"},
       {"dies-prompting", "it ended before its prompt was answered"},
       {"dismisses",
        "the request to unlock the keyring was dismissed, or no program here can show it"},
       {"stays-locked", "the keyring is locked"},
       {"forgets", "no error"}}));
  const Failure failure = failure_with_standin({behaviour});
  CHECK(failure.message == message);
}

TEST_CASE("secretservice: what it says it stored has to be found before the old entry goes") {
  PrivateSessionBus bus;
  bus.start_standin({"plain"});
  const auto error = error_of([] { SecretServiceStore().store("ghcr.io", {"joe", "hunter2"}); });
  REQUIRE(error);
  CHECK(error->message() == "it says that it stored the credential, and does not find it");
}

TEST_CASE("secretservice: a service that does not know its own method is asked again") {
  CHECK(failure_with_standin({"late", "3"}).message == "no error");
}

TEST_CASE("secretservice: nor is that one asked for ever") {
  // Within a second it is asked 20 times more.
  CHECK(failure_with_standin({"late", "21"}, 1s).message ==
        "SearchItems failed: Method SearchItems is not implemented on interface "
        "org.freedesktop.Secret.Service");
}

TEST_CASE("secretservice: a secret may be as large as any helper's answer, and no larger") {
  const auto [size, message] =
      GENERATE(table<const char*, const char*>({{"1048576", "no error"},
                                                {"1048577", "its answer is larger than 1 MiB"},
                                                {"20000000", "its answer is larger than 1 MiB"}}));
  CHECK(failure_with_standin({"large", size}).message == message);
}

TEST_CASE("secretservice: what it says of its items is bounded") {
  const auto [behaviour, count, message] = GENERATE(table<const char*, const char*, const char*>(
      {{"many", "300", "no error"},
       {"many", "100000", "it has more than 10000 credentials"},
       {"long", "4000000", "no error"},
       {"long", "4200000", "its answer is larger than 4 MiB"}}));
  PrivateSessionBus bus;
  bus.start_standin({behaviour, count});
  std::size_t listed = 0;
  const auto error = error_of([&] { listed = SecretServiceStore(60s).list().size(); });
  CHECK((error ? error->message() : "no error") == message);
  if (!error) CHECK(listed == (std::string_view(behaviour) == "many" ? 300 : 1));
}

TEST_CASE("secretservice: over the network no secret is given or taken in the clear") {
  PrivateSessionBus bus;
  bus.start_standin({"plain"});
  const ScopedVariable address("DBUS_SESSION_BUS_ADDRESS", bus.network_address());
  const auto is_refused = [](const auto& work) {
    const auto error = error_of(work);
    return error && error->message().find("is reached over the network") != std::string::npos;
  };
  std::optional<SecretService> service;
  if (error_of([&] { service.emplace(60s); })) {  // sd-bus has no such connection at all
    CHECK(is_refused([&] { service.emplace(60s); }));
    return;
  }
  const std::string collection = service->default_collection();
  for (int tries = 0; tries < 3; ++tries) {
    CHECK(is_refused([&] { service->secret(collection + "/1"); }));
    CHECK(is_refused([&] { service->create_item(collection, "label", {}, "hunter2"); }));
  }
}

TEST_CASE("secretservice: a bus without a service") {
  const PrivateSessionBus bus;
  const Failure failure = failure_of_get();
  CHECK(failure.message == "no program on the session bus keeps secrets");
  CHECK(failure.hint.find("KeePassXC") != std::string::npos);
  CHECK(failure.hint.find("\"credsStore\": \"encryptedfile\"") != std::string::npos);
}

TEST_CASE("secretservice: a bus that answers nothing is not waited for for ever") {
  const TemporaryFolder folder;
  const std::string path = (folder.path() / "bus").string();
  const FileDescriptor listener = listen_at(path);
  ScopedVariable address("DBUS_SESSION_BUS_ADDRESS", "unix:path=" + path);
  const Failure failure = failure_of_get(1s);
  CHECK(failure.message == "the session bus did not answer within 1 seconds");
}

TEST_CASE("secretservice: no bus") {
  const TemporaryFolder empty;
  ScopedVariable runtime("XDG_RUNTIME_DIR", std::nullopt);
  SECTION("none is configured") {
    ScopedVariable address("DBUS_SESSION_BUS_ADDRESS", std::nullopt);
    CHECK(failure_of_get().message ==
          "there is no session bus: DBUS_SESSION_BUS_ADDRESS and XDG_RUNTIME_DIR are not set");
  }
  SECTION("an empty variable counts as not set") {
    ScopedVariable address("DBUS_SESSION_BUS_ADDRESS", "");
    CHECK(failure_of_get().message ==
          "there is no session bus: DBUS_SESSION_BUS_ADDRESS and XDG_RUNTIME_DIR are not set");
  }
  SECTION("the runtime folder has none") {
    ScopedVariable address("DBUS_SESSION_BUS_ADDRESS", std::nullopt);
    ScopedVariable folder("XDG_RUNTIME_DIR", empty.path().string());
    CHECK(failure_of_get().message ==
          "there is no session bus at $XDG_RUNTIME_DIR/bus: no such file or directory");
  }
  SECTION("nobody listens") {
    ScopedVariable address("DBUS_SESSION_BUS_ADDRESS",
                           "unix:path=" + (empty.path() / "bus").string());
    CHECK(failure_of_get().message.find("no such file or directory") != std::string::npos);
  }
  SECTION("one that would be launched is not") {
    ScopedVariable address("DBUS_SESSION_BUS_ADDRESS", "autolaunch:");
    CHECK(failure_of_get().message.starts_with("there is no session bus at autolaunch:: "));
  }
  CHECK(failure_of_get().hint.find("\"credsStore\": \"encryptedfile\"") != std::string::npos);
}
