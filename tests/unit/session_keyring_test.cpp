#include "system/session_keyring.h"

#include <unistd.h>

#include <chrono>
#include <string>
#include <thread>

#include "catch.h"
#include "support.h"

using namespace pullsecret;
using namespace std::chrono_literals;

namespace {

/// An entry's name that no other test uses, forgotten at the end.
struct EntryName {
  EntryName() = default;
  EntryName(const EntryName&) = delete;
  EntryName& operator=(const EntryName&) = delete;
  ~EntryName() { forget_in_session(text); }

  const std::string text = "pullsecret unit test " + std::to_string(getpid());
};

}  // namespace

TEST_CASE("the session keyring keeps, replaces and forgets, and lets go in time") {
  const EntryName name;
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
