#include "helpers/route/remembered.h"

#include <optional>
#include <string>

#include "catch.h"
#include "support.h"
#include "temporary_folder.h"

using namespace pullsecret;
using namespace std::chrono_literals;

namespace {

const std::string remembered_host = "remembered.example.com";

/// A user who remembers nothing yet; what comes to it is forgotten at the end.
struct Memory {
  Memory() = default;
  Memory(const Memory&) = delete;
  Memory& operator=(const Memory&) = delete;
  ~Memory() { forget(remembered_host); }

  TemporaryFolder home;
  ScopedVariable variable{"HOME", home.path()};
  ScopedVariable cache{"XDG_CACHE_HOME", std::nullopt};
  ScopedVariable config{"XDG_CONFIG_HOME", std::nullopt};
  Rule rule{.match = "*", .helpers = {"slow"}, .cache = CacheRule{6h}};
  Time now = current_time();

  // Whose login is remembered; empty: nobody's.
  std::string found(const CacheRule& cache_rule = CacheRule{6h}) const {
    const auto known = find_remembered(question(rule, remembered_host), cache_rule, now);
    return known ? known->credential.username : std::string();
  }
  void keep(const Question& asked, const std::string& username) const {
    remember(asked, {{username, "hunter2"}, now + 6h}, now);
  }
};

}  // namespace

TEST_CASE("what was asked before a change is not remembered after it, in any session") {
  if (const auto fault = session_keyring_fault()) return skip(fault->what());
  const Memory memory;
  const Question before = question(memory.rule, remembered_host);
  memory.keep(before, "alice");
  CHECK(memory.found() == "alice");
  write_change(remembered_host);  // what another session can do: it cannot reach what this one has
  CHECK(memory.found().empty());
  memory.keep(before, "alice");  // of a call that was slow
  CHECK(memory.found().empty());
  CHECK_FALSE(find_in_session(before.name));
  memory.keep(question(memory.rule, remembered_host), "robot");
  CHECK(memory.found() == "robot");
  forget_all();
  CHECK(memory.found().empty());
}

TEST_CASE("an answer counts for the environment that decides it") {
  if (const auto fault = session_keyring_fault()) return skip(fault->what());
  const Memory memory;
  memory.keep(question(memory.rule, remembered_host), "alice");
  for (const char* name : {"AWS_PROFILE", "AWS_REGION", "CLOUDSDK_CONFIG", "AZURE_CONFIG_DIR",
                           "GOOGLE_APPLICATION_CREDENTIALS", "KUBECONFIG", "DOCKER_CONFIG",
                           "PASSWORD_STORE_DIR", "GNUPGHOME", "PATH"}) {
    CAPTURE(name);
    const ScopedVariable other(name, "/other");
    CHECK(memory.found().empty());
  }
  const ScopedVariable terminal("TERM", "other");
  CHECK(memory.found() == "alice");
}

TEST_CASE("an answer is given for no longer than the rule says by now") {
  if (const auto fault = session_keyring_fault()) return skip(fault->what());
  Memory memory;
  memory.keep(question(memory.rule, remembered_host), "alice");
  memory.now += 1h;
  CHECK(memory.found() == "alice");
  CHECK(memory.found(CacheRule{30min}).empty());
  CHECK(memory.found(CacheRule{}).empty());
  const auto known =
      find_remembered(question(memory.rule, remembered_host), CacheRule{2h}, memory.now);
  REQUIRE(known);
  CHECK(known->end == memory.now + 1h);
}
