#include "credential/go_duration.h"

#include <string>

#include "catch.h"

using namespace pullsecret;
using namespace std::chrono_literals;
using std::chrono::nanoseconds;

// The tables are those of Go's own tests (time/time_test.go: parseDurationTests,
// parseDurationErrorTests, durationTests).

TEST_CASE("a duration is read as Go reads it") {
  const auto [text, duration] = GENERATE(table<std::string, nanoseconds>({
      {"0", 0s},
      {"5s", 5s},
      {"30s", 30s},
      {"1478s", 1478s},
      {"-5s", -5s},
      {"+5s", 5s},
      {"-0", 0s},
      {"+0", 0s},
      {"5.0s", 5s},
      {"5.6s", 5s + 600ms},
      {"5.s", 5s},
      {".5s", 500ms},
      {"1.0s", 1s},
      {"1.00s", 1s},
      {"1.004s", 1s + 4ms},
      {"1.0040s", 1s + 4ms},
      {"100.00100s", 100s + 1ms},
      {"10ns", 10ns},
      {"11us", 11us},
      {"12µs", 12us},  // U+00B5
      {"12μs", 12us},  // U+03BC
      {"13ms", 13ms},
      {"14s", 14s},
      {"15m", 15min},
      {"16h", 16h},
      {"3h30m", 3h + 30min},
      {"10.5s4m", 4min + 10s + 500ms},
      {"-2m3.4s", -(2min + 3s + 400ms)},
      {"1h2m3s4ms5us6ns", 1h + 2min + 3s + 4ms + 5us + 6ns},
      {"39h9m14.425s", 39h + 9min + 14s + 425ms},
      {"52763797000ns", 52763797000ns},
      {"0.3333333333333333333h", 20min},
      {"9007199254740993ns", nanoseconds((1LL << 53) + 1)},
      {"9223372036854775807ns", nanoseconds::max()},
      {"9223372036854775.807us", nanoseconds::max()},
      {"9223372036s854ms775us807ns", nanoseconds::max()},
      {"-9223372036854775808ns", nanoseconds::min()},
      {"-9223372036854775.808us", nanoseconds::min()},
      {"-9223372036s854ms775us808ns", nanoseconds::min()},
      {"0.100000000000000000000h", 6min},
      {"0.830103483285477580700h", 49min + 48s + 372539827ns},
  }));
  CAPTURE(text);
  CHECK(parse_go_duration(text) == duration);
}

TEST_CASE("what is no duration to Go is none") {
  const std::string text =
      GENERATE(as<std::string>(), "", "3", "-", "s", ".", "-.", ".s", "+.s", "\x85\x85", "\xff\xff",
               "hello \xff\xff world", "9223372036854775810ns", "9223372036854775808ns",
               "-9223372036854775809ns", "9223372036854776us", "3000000h", "9223372036854775.808us",
               "9223372036854ms775us808ns", "1d", "1H", "1h ", " 1h", "1 h", "1h-30m", "--1h",
               "1e3s", "1,5h", "99999999999999999999999h", "1h30", "1h.");
  CAPTURE(text);
  CHECK_FALSE(parse_go_duration(text));
}

TEST_CASE("people have days, too") {
  CHECK(parse_duration("2d") == 48h);
  CHECK(parse_duration("1d1.5h") == 25h + 30min);
  CHECK(parse_duration("-1d") == -24h);
  CHECK_FALSE(parse_duration("106752d"));
}

TEST_CASE("a duration is written as Go writes it, and is read back") {
  const auto [text, duration] = GENERATE(table<std::string, nanoseconds>({
      {"0s", 0s},
      {"1ns", 1ns},
      {"1.1µs", 1100ns},
      {"2.2ms", 2200us},
      {"3.3s", 3300ms},
      {"4m5s", 4min + 5s},
      {"4m5.001s", 4min + 5001ms},
      {"5h6m7.001s", 5h + 6min + 7001ms},
      {"8m0.000000001s", 8min + 1ns},
      {"1h30m0s", 90min},
      {"12h0m0s", 12h},
      {"10ms", 10ms},
      {"-1.5s", -1500ms},
      {"2562047h47m16.854775807s", nanoseconds::max()},
      {"-2562047h47m16.854775808s", nanoseconds::min()},
  }));
  CHECK(go_duration(duration) == text);
  CHECK(parse_go_duration(text) == duration);
}

TEST_CASE("a short duration has no zeros at its end") {
  using namespace std::chrono_literals;
  const auto [duration, text] = GENERATE(table<std::chrono::nanoseconds, std::string>({
      {12h, "12h"},
      {10min, "10m"},
      {1h + 30min, "1h30m"},
      {1h + 1s, "1h0m1s"},
      {20s, "20s"},
      {0s, "0s"},
      {-10min, "-10m"},
      {300ms, "300ms"},
  }));
  CHECK(short_go_duration(duration) == text);
  CHECK(parse_go_duration(text) == duration);
}
