#include "system/session_keyring.h"

#include <linux/keyctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <cstdint>
#include <fstream>
#include <functional>
#include <string>
#include <thread>

#include <fmt/format.h>

#include "catch.h"
#include "support.h"
#include "system/child_program.h"

using namespace pullsecret;
using namespace std::chrono_literals;

namespace {

/// An entry's name that no other test uses, forgotten at the end.
struct EntryName {
  explicit EntryName(const std::string& word)
      : text(fmt::format("pullsecret unit test {} {}", word, getpid())) {}
  EntryName(const EntryName&) = delete;
  EntryName& operator=(const EntryName&) = delete;
  ~EntryName() { forget_in_session(text); }

  const std::string text;
};

}  // namespace

TEST_CASE("the session keyring keeps, replaces and forgets, and lets go in time") {
  const EntryName name("kept");
  if (const auto error = error_of([&] { keep_in_session(name.text, "probe", 1min); }))
    return skip(error->what());
  CHECK(find_in_session(name.text) == "probe");
  const std::string bytes("\0\xff\n", 3);
  keep_in_session(name.text, bytes, 1min);
  CHECK(find_in_session(name.text) == bytes);
  CHECK_FALSE(find_in_session(name.text + " other"));
  forget_in_session(name.text);
  CHECK_FALSE(find_in_session(name.text));
  keep_in_session(name.text, "short-lived", 1s);
  CHECK(find_in_session(name.text));
  std::this_thread::sleep_for(2100ms);
  CHECK_FALSE(find_in_session(name.text));
}

TEST_CASE("an empty payload cannot be kept, and says so") {
  CHECK(error_of([] { keep_in_session("pullsecret unit test", "", 1min); }));
}

namespace {

// What `work` answers in a process of `user` in the same session; -1 if it cannot become that user.
int as_user(uid_t user, const std::function<int()>& work) {
  const pid_t child = fork();
  if (child == 0)
    _exit(setresgid(user, user, user) == 0 && setresuid(user, user, user) == 0 ? work() : 99);
  const auto status = wait_status(child);
  const bool has_answer = status && WIFEXITED(*status) && WEXITSTATUS(*status) != 99;
  return has_answer ? WEXITSTATUS(*status) : -1;
}

// Of each key that the process may see, by its number: how many have a payload that it may read,
// or give the rights to it.
int open_keys(const std::string& description) {
  std::ifstream keys("/proc/keys");
  int open = 0;
  for (std::string line; std::getline(keys, line);) {
    if (line.find(description) == std::string::npos) continue;
    const auto key = static_cast<std::int32_t>(std::stoul(line, nullptr, 16));
    std::array<char, 100> payload{};
    constexpr unsigned everything = 0x3f3f3f3f;
    open += syscall(SYS_keyctl, KEYCTL_READ, key, payload.data(), payload.size()) >= 0 ? 1 : 0;
    open += syscall(SYS_keyctl, KEYCTL_SETPERM, key, everything) == 0 ? 1 : 0;
  }
  return open;
}

}  // namespace

TEST_CASE("another user's process in the session has no part of an entry") {
  constexpr uid_t nobody = 65534;
  const EntryName name("mine");
  if (const auto error = error_of([&] { keep_in_session(name.text, "probe", 1min); }))
    return skip(error->what());
  if (as_user(nobody, [] { return 0; }) != 0) return skip("only root can become another user");
  CHECK(as_user(nobody, [&] { return find_in_session(name.text) ? 1 : 0; }) == 0);
  CHECK(as_user(nobody, [&] { return open_keys(name.text); }) == 0);
  CHECK(as_user(nobody, [&] {
          forget_in_session(name.text);
          return 0;
        }) == 0);
  CHECK(find_in_session(name.text) == "probe");
}

TEST_CASE("what another user plants in the session under the name of an entry takes nothing") {
  constexpr uid_t nobody = 65534;
  const EntryName name("planted");
  const auto plant = [&] {
    const long keyring =
        syscall(SYS_add_key, "keyring", name.text.c_str(), nullptr, 0, KEY_SPEC_SESSION_KEYRING);
    const long key =
        syscall(SYS_add_key, "user", name.text.c_str(), "theirs", 6, KEY_SPEC_SESSION_KEYRING);
    for (const long one : {keyring, key})
      if (one < 0 || syscall(SYS_keyctl, KEYCTL_SETPERM, one, 0x3f3f3f3f) < 0) return 1;
    return 0;
  };
  if (as_user(nobody, plant) != 0) return skip("no other user can plant a key here");
  CHECK_FALSE(find_in_session(name.text));
  keep_in_session(name.text, "probe", 1min);
  CHECK(find_in_session(name.text) == "probe");
  CHECK(as_user(nobody, [&] { return find_in_session(name.text) ? 1 : 0; }) == 0);
}

TEST_CASE("another session of the same user has no part of an entry") {
  const EntryName name("session");
  if (const auto error = error_of([&] { keep_in_session(name.text, "probe", 1min); }))
    return skip(error->what());
  CHECK(as_user(getuid(), [&] { return find_in_session(name.text) ? 0 : 1; }) == 0);
  CHECK(as_user(getuid(), [&] {
          leave_session_keyring();
          return find_in_session(name.text) ? 1 : 0;
        }) == 0);
  CHECK(as_user(getuid(), [&] {
          leave_session_keyring();
          return open_keys(name.text);
        }) == 0);
}
