#include <chrono>
#include <map>
#include <string>
#include <thread>

#include "catch.h"
#include "helpers/secretservice/secretservice_store.h"
#include "session_bus.h"
#include "support.h"

using namespace pullsecret;
using namespace std::chrono_literals;

namespace {

struct Keyring : PrivateSessionBus {
  Keyring() { start_keyring(); }
};

constexpr auto limit = 10s;

using Usernames = std::map<std::string, std::string>;

Attributes upstream_attributes(const std::string& server_url, const std::string& username) {
  return {{"xdg:schema", "io.docker.Credentials"},
          {"label", "Docker Credentials"},
          {"server", server_url},
          {"username", username},
          {"docker_cli", "1"}};
}

std::string create(SecretService& service, const Attributes& attributes,
                   const std::string& secret) {
  return service.create_item(service.default_collection(), "label", attributes, secret);
}

std::size_t item_count(const std::string& server_url) {
  return SecretService(limit).search({{"server", server_url}}).size();
}

}  // namespace

TEST_CASE("secretservice: a secret comes back byte for byte") {
  const Keyring keyring;
  SecretServiceStore store;
  for (const std::string& secret :
       {std::string(), std::string("hunter2"), std::string("two\r\nlines\n"), std::string("\n"),
        std::string("\"q\\uote\" <&> \u00e9\u2028\U0001F600"), repeated("hunter2 ", 8192),
        repeated("x", 900'000)}) {
    CAPTURE(secret.substr(0, 20), secret.size());
    store.store("ghcr.io", {"builder", secret});
    const auto found = SecretServiceStore().get("ghcr.io");
    REQUIRE(found.has_value());
    CHECK(found->username == "builder");
    CHECK(found->secret == secret);
  }
}

TEST_CASE("secretservice: an entry has the attributes of upstream's program") {
  const Keyring keyring;
  SecretServiceStore().store("https://index.docker.io/v1/", {"joe", "hunter2"});
  const auto items = SecretService(limit).search({{"server", "https://index.docker.io/v1/"}});
  REQUIRE(items.size() == 1);
  CHECK(items[0].attributes == upstream_attributes("https://index.docker.io/v1/", "joe"));
  CHECK_FALSE(items[0].locked);
  CHECK(items[0].modified > 1'700'000'000);
}

TEST_CASE("secretservice: server URLs are compared exactly") {
  const Keyring keyring;
  SecretServiceStore store;
  store.store("ghcr.io", {"joe", "hunter2"});
  for (const char* other : {"GHCR.IO", "ghcr.i", "ghcr.io/", "https://ghcr.io", ""}) {
    CAPTURE(other);
    CHECK_FALSE(store.get(other).has_value());
    store.erase(other);
  }
  CHECK(store.get("ghcr.io").has_value());
}

TEST_CASE("secretservice: storing under another username leaves one entry") {
  const Keyring keyring;
  SecretServiceStore store;
  store.store("ghcr.io", {"joe", "hunter2 of joe"});
  store.store("quay.io", {"joe", "hunter2 elsewhere"});
  store.store("ghcr.io", {"jane", "hunter2 of jane"});
  CHECK(item_count("ghcr.io") == 1);
  CHECK(store.get("ghcr.io")->username == "jane");
  CHECK(store.get("ghcr.io")->secret == "hunter2 of jane");
  CHECK(store.list() == Usernames{{"ghcr.io", "jane"}, {"quay.io", "joe"}});
}

TEST_CASE("secretservice: of several entries of one server URL the newest counts") {
  const Keyring keyring;
  SecretService service(limit);
  create(service, upstream_attributes("ghcr.io", "second"), "hunter2 before");
  create(service, upstream_attributes("ghcr.io", "first"), "hunter2 first");
  std::this_thread::sleep_for(1100ms);  // the time of a modification is in seconds
  create(service, upstream_attributes("ghcr.io", "second"), "hunter2 second");
  REQUIRE(item_count("ghcr.io") == 2);

  SecretServiceStore store;
  CHECK(store.get("ghcr.io")->username == "second");
  CHECK(store.get("ghcr.io")->secret == "hunter2 second");
  CHECK(store.list() == Usernames{{"ghcr.io", "second"}});

  SECTION("storing removes the others") {
    store.store("ghcr.io", {"first", "hunter2 third"});
    CHECK(item_count("ghcr.io") == 1);
    CHECK(store.get("ghcr.io")->secret == "hunter2 third");
  }
  SECTION("erasing removes all") {
    store.erase("ghcr.io");
    CHECK(item_count("ghcr.io") == 0);
    CHECK_FALSE(store.get("ghcr.io").has_value());
  }
}

TEST_CASE("secretservice: items of other programs are none of its entries") {
  const Keyring keyring;
  SecretService service(limit);
  Attributes others = upstream_attributes("ghcr.io", "joe");
  others["xdg:schema"] = "org.example.Other";
  create(service, others, "hunter2");
  SecretServiceStore store;
  CHECK_FALSE(store.get("ghcr.io").has_value());
  CHECK(store.list().empty());
  store.erase("ghcr.io");
  CHECK(item_count("ghcr.io") == 1);
}

TEST_CASE("secretservice: erasing what is not there succeeds") {
  const Keyring keyring;
  SecretServiceStore store;
  store.erase("ghcr.io");
  CHECK(store.list().empty());
}

TEST_CASE("secretservice: many entries are listed") {
  const Keyring keyring;
  SecretServiceStore store;
  Usernames expected;
  for (int i = 0; i < 50; ++i) {
    const std::string server_url = "registry" + std::to_string(i) + ".example.com";
    store.store(server_url, {"user" + std::to_string(i), "hunter2"});
    expected[server_url] = "user" + std::to_string(i);
  }
  CHECK(store.list() == expected);
}

TEST_CASE("secretservice: the state of the keyring is told without a prompt") {
  PrivateSessionBus bus;
  const auto state = [] { return SecretService(limit).keyring_state(); };
  SECTION("unlocked, then locked") {
    bus.start_keyring();
    CHECK(state() == KeyringState::unlocked);
    bus.lock_keyring();
    CHECK(state() == KeyringState::locked);
    CHECK(state() == KeyringState::locked);
  }
  SECTION("there is none") {
    bus.start_empty_keyring();
    CHECK(state() == KeyringState::missing);
    CHECK(state() == KeyringState::missing);
  }
  SECTION("there is no service") {
    CHECK(error_of(state)->message() == "no program on the session bus keeps secrets");
  }
}
