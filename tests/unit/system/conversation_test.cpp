#include "system/conversation.h"

#include <chrono>
#include <string>

#include "catch.h"
#include "support.h"
#include "temporary_folder.h"

using namespace pullsecret;
using namespace std::chrono_literals;
using Catch::Contains;

namespace {

constexpr std::size_t max_line = 100;

/// A shell script to speak with.
class Partner {
 public:
  explicit Partner(const std::string& commands)
      : conversation_(folder_.write_script("partner", commands), {"one", "two"}, max_line) {}

  void tell(const std::string& line) { conversation_.tell(line); }

  std::string hear() {
    while (true)
      if (auto line = conversation_.hear(20ms)) return *line;
  }

  std::optional<std::string> hear_now() { return conversation_.hear(1ms); }

 private:
  TemporaryFolder folder_;
  Conversation conversation_;
};

}  // namespace

TEST_CASE("a conversation goes back and forth, line by line") {
  Partner partner(R"(echo "$1 $2"; while read -r line; do echo "<$line>"; done)");
  CHECK(partner.hear() == "one two");
  partner.tell("a");
  CHECK(partner.hear() == "<a>");
  partner.tell("");
  partner.tell("b c");
  CHECK(partner.hear() == "<>");
  CHECK(partner.hear() == "<b c>");
}

TEST_CASE("who does not answer is waited for as long as is asked") {
  Partner partner("exec sleep 1000");
  partner.tell("hello");
  CHECK_FALSE(partner.hear_now());
  CHECK_FALSE(partner.hear_now());
}

TEST_CASE("what is told does not wait for what is answered") {
  // More than the pipes take, both ways.
  Partner partner("while read -r line; do echo \"$line\"; done");
  const std::string line(90, 'x');
  constexpr int lines = 5000;
  for (int i = 0; i < lines; ++i)
    partner.tell(line);
  for (int i = 0; i < lines; ++i)
    REQUIRE(partner.hear() == line);
}

TEST_CASE("many lines at once all arrive") {
  Partner partner("i=0; while [ $i -lt 3000 ]; do echo $i; i=$((i + 1)); done; exec sleep 1000");
  for (int i = 0; i < 3000; ++i)
    REQUIRE(partner.hear() == std::to_string(i));
}

TEST_CASE("a line without end ends the conversation, whatever its length") {
  for (const char* flood : {"yes | tr -d '\\n'", "printf '%0101d\\n' 0; exec sleep 1000",
                            "printf '%0200000d\\n' 0; exec sleep 1000"}) {
    CAPTURE(flood);
    Partner partner(flood);
    const auto error = error_of([&] { partner.hear(); });
    REQUIRE(error);
    CHECK_THAT(error->place(), Contains("partner"));
    CHECK_THAT(error->message(), Contains("longer than 100 bytes"));
  }
}

TEST_CASE("the longest line is taken") {
  Partner partner("printf '%0100d\\n' 0; exec sleep 1000");
  CHECK(partner.hear() == std::string(100, '0'));
}

TEST_CASE("who ends has the last word, and its errors are told") {
  Partner partner("echo last; printf half; printf 'libcurl is \\033[1mmissing\\n' >&2; exit 3");
  CHECK(partner.hear() == "last");
  const auto error = error_of([&] { partner.hear(); });
  REQUIRE(error);
  CHECK(error->message() ==
        R"(it ended before its answer was complete: libcurl is \x1b[1mmissing)");
  CHECK(error_of([&] { partner.hear(); }));
}

TEST_CASE("who closes its input can still answer, and one that closes its output cannot") {
  Partner deaf("exec <&-; sleep 0.1; echo done; exec sleep 1000");
  for (int i = 0; i < 10'000; ++i)
    deaf.tell(std::string(90, 'x'));
  CHECK(deaf.hear() == "done");
  Partner mute("exec >&-; exec sleep 1000");
  CHECK(error_of([&] { mute.hear(); }));
}

TEST_CASE("a flood on standard error is read, and drops") {
  Partner partner("yes error | head -c 3000000 >&2; echo done; exec sleep 1000");
  CHECK(partner.hear() == "done");
}

TEST_CASE("a program that cannot be started is an error at once") {
  TemporaryFolder folder;
  const auto error =
      error_of([&] { Conversation(folder.path() / "absent", {}, max_line).hear(1ms); });
  REQUIRE(error);
  CHECK_THAT(error->place(), Contains("absent"));
  const auto file = folder.write("no-program", "text");
  CHECK(error_of([&] { Conversation(file, {}, max_line).hear(1ms); }));
}
