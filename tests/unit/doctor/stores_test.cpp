#include <chrono>
#include <string>
#include <vector>

#include "catch.h"
#include "doctor/store_checks.h"
#include "helper/own_stores.h"
#include "script_helpers.h"

using namespace pullsecret;
using namespace std::chrono_literals;

namespace {

StoreStatus status(StoreState state, Prevents prevents) {
  return {.state = state, .faults = {{"locked", prevents, "it is locked", "unlock it"}}};
}

// Its severity; empty if there is no finding.
std::string severity(StoreState state, Prevents prevents, Tried tried) {
  const Findings findings = check_store({"pass"}, status(state, prevents), tried).findings;
  return findings.empty() ? "" : std::string(in_words(findings.front().severity));
}

std::optional<StoreStatus> ask(const std::string& store, std::chrono::milliseconds limit = 60s,
                               const std::vector<std::string>& in_vain = {}) {
  HelperClient client({.timeout = limit});
  ask_for_status({store}, in_vain, client);
  return known_status(store, client);
}

constexpr const char* ready = R"(echo '{"Store":"pass","State":"ready","Faults":[]}')";

}  // namespace

TEST_CASE("what keeps a store from its work is a problem, whatever its helper says") {
  for (const Prevents prevents : {Prevents::store, Prevents::get, Prevents::both})
    for (const Tried tried : {Tried::failed, Tried::found_nothing, Tried::gave_credential})
      CHECK(severity(StoreState::unusable, prevents, tried) == "problem");
}

TEST_CASE("a store that has to ask first is a problem where docker login cannot ask") {
  const StoreState locked = StoreState::locked;
  for (const Tried tried : {Tried::failed, Tried::found_nothing, Tried::gave_credential}) {
    CHECK(severity(locked, Prevents::both, tried) == "problem");
    CHECK(severity(locked, Prevents::store, tried) == "problem");
  }
  CHECK(severity(locked, Prevents::get, Tried::failed) == "problem");
  CHECK(severity(locked, Prevents::get, Tried::found_nothing).empty());
  CHECK(severity(locked, Prevents::get, Tried::gave_credential).empty());
}

TEST_CASE("a keyring may ask in a window, where there are windows") {
  const auto keyring = [](Tried tried) {
    const StoreStatus locked = status(StoreState::locked, Prevents::both);
    const Findings findings = check_store({"secretservice"}, locked, tried).findings;
    return findings.empty() ? "" : std::string(in_words(findings.front().severity));
  };
  const ScopedVariable x11("DISPLAY", std::nullopt), wayland("WAYLAND_DISPLAY", std::nullopt);
  CHECK(keyring(Tried::found_nothing) == "problem");
  CHECK(keyring(Tried::gave_credential) == "problem");
  for (const char* variable : {"DISPLAY", "WAYLAND_DISPLAY"}) {
    const ScopedVariable desktop(variable, ":0");
    CHECK(keyring(Tried::failed) == "problem");
    CHECK(keyring(Tried::found_nothing) == "warning");
    CHECK(keyring(Tried::gave_credential).empty());
    CHECK(severity(StoreState::locked, Prevents::both, Tried::found_nothing) == "problem");
  }
}

TEST_CASE("a store that gave a credential is not shut, though it takes none") {
  const StoreStatus locked = status(StoreState::locked, Prevents::both);
  CHECK_FALSE(check_store({"pass"}, locked, Tried::gave_credential).is_shut);
  CHECK(check_store({"pass"}, locked, Tried::found_nothing).is_shut);
}

TEST_CASE("a finding on a store has the name of both, and says what fails") {
  const auto check = [](StoreState state, Prevents prevents) {
    return check_store({"pass"}, status(state, prevents), Tried::failed);
  };
  const StoreCheck shut = check(StoreState::unusable, Prevents::both);
  CHECK(shut.is_shut);
  const Finding& finding = shut.findings.front();
  CHECK(finding.name == "pass-locked");
  CHECK(finding.subject == "docker-credential-pass");
  CHECK(finding.message ==
        "it is locked; docker login and docker pull fail; docker before 29.0 pulls without that "
        "login");
  CHECK(finding.hint == "unlock it");
  const StoreCheck reads = check(StoreState::unusable, Prevents::store);
  CHECK_FALSE(reads.is_shut);
  CHECK(reads.findings.front().message == "it is locked; docker login fails");
  CHECK(reads.findings.front().hint == "unlock it");
  CHECK(check(StoreState::locked, Prevents::get).findings.front().message ==
        "it is locked; docker pull fails; docker before 29.0 pulls without that login");
}

TEST_CASE("a store that has to ask who reads is of use, one that has to ask who stores is not") {
  CHECK_FALSE(why_not_usable("pass", {}));
  CHECK_FALSE(why_not_usable("pass", status(StoreState::locked, Prevents::get)));
  CHECK_FALSE(why_not_usable("pass", {.state = StoreState::locked}));
  CHECK(why_not_usable("pass", status(StoreState::unusable, Prevents::get)));
  const auto reason = why_not_usable("pass", status(StoreState::locked, Prevents::both));
  REQUIRE(reason);
  CHECK_THAT(reason->what(), Catch::Equals("docker-credential-pass: it is locked"));
  CHECK(reason->hint() == "unlock it");
}

TEST_CASE("a store's status is the one of the helper on PATH") {
  const ScriptHelpers helpers;
  helpers.add("pass", "[ \"$1\" = status ] && " + std::string(ready));
  const auto status = ask("pass");
  REQUIRE(status);
  CHECK(status->state == StoreState::ready);
}

// Beside these tests there are no helpers.
TEST_CASE("what is no status of the store counts as none, and other helpers are not asked") {
  const ScriptHelpers helpers;
  for (const char* commands : {"echo hello", "exit 1", "echo '{}'",
                               R"(echo '{"Store":"secretservice","State":"ready","Faults":[]}')"}) {
    helpers.add("pass", commands);
    CHECK_FALSE(ask("pass"));
  }
  helpers.add("pass", "sleep 30");
  CHECK_FALSE(ask("pass", 100ms));
  helpers.add("pass", ready);
  CHECK_FALSE(ask("pass", 60s, {"pass"}));
  helpers.add("it", "touch \"$0.asked\"; " + std::string(ready));
  CHECK_FALSE(ask("it"));
  CHECK_FALSE(std::filesystem::exists(helpers.folder().path() / "docker-credential-it.asked"));
}
