#include "helper/status.h"

#include <string>

#include "catch.h"
#include "support.h"

using namespace pullsecret;

namespace {

const StoreStatus expired{
    .state = StoreState::unusable,
    .faults = {{"key-expired", Prevents::store, "the key has expired", "extend it"}},
    .entries = 2,
    .facts = {{"Folder", "/a/\"store\""}}};

// A status of the store `it` with this array of faults.
std::string status(const std::string& faults, const std::string& state = "unusable") {
  return R"({"Store":"it","State":")" + state + R"(","Faults":)" + faults + "}";
}

constexpr const char* good_fault = R"([{"Kind":"a-b","Prevents":["get"],"Message":"m"}])";

}  // namespace

TEST_CASE("a store's status is one line of JSON") {
  CHECK(format_status("pass", expired) ==
        R"({"Store":"pass","State":"unusable","Faults":[{"Kind":"key-expired",)"
        R"("Prevents":["store"],"Message":"the key has expired","Hint":"extend it"}],"Entries":2,)"
        R"("Folder":"/a/\"store\""})"
        "\n");
  CHECK(format_status("it", {}) == R"({"Store":"it","State":"ready","Faults":[]})"
                                   "\n");
}

TEST_CASE("a store's status in words") {
  CHECK(status_in_words("pass", expired) ==
        "store:   pass\n"
        "folder:  /a/\"store\"\n"
        "entries: 2\n"
        "state:   unusable\n"
        "fault:   key-expired: the key has expired\n"
        "hint:    extend it\n");
}

TEST_CASE("what a helper says of its store is read again") {
  for (const auto prevents : {Prevents::store, Prevents::get, Prevents::both}) {
    const StoreStatus written{.state = StoreState::locked,
                              .faults = {{"locked", prevents, "m", "h"}, {"b", prevents, "n", ""}}};
    const auto read = parse_status("it", format_status("it", written));
    REQUIRE(read);
    CHECK(read->state == StoreState::locked);
    REQUIRE(read->faults.size() == 2);
    CHECK(read->faults[0].kind == "locked");
    CHECK(read->faults[0].prevents == prevents);
    CHECK(read->faults[0].message == "m");
    CHECK(read->faults[0].hint == "h");
    CHECK(read->faults[1].message == "n");
  }
  CHECK(parse_status("pass", format_status("pass", expired)));
  CHECK(parse_status("it", format_status("it", {}))->state == StoreState::ready);
}

TEST_CASE("a newer helper may say more of its store, and in another letter case") {
  CHECK(
      parse_status("it", R"({"store":"it","Since":{"a":[1]},"state":"ready","FAULTS":[]} noise)"));
  const auto read =
      parse_status("it", status(R"([{"Kind":"k","Prevents":["list","get"],"Message":"m"}])"));
  REQUIRE(read);
  CHECK(read->faults.front().prevents == Prevents::get);
}

TEST_CASE("what is said of a store can be shown on a terminal, and is not endless") {
  const auto read =
      parse_status("it", status(R"([{"Kind":"k","Prevents":["get"],"Message":")" +
                                std::string(5000, 'x') + R"(","Hint":"a\u001b[1m\n"}])"));
  REQUIRE(read);
  CHECK(read->faults.front().hint == "a\\x1b[1m\\n");
  CHECK(read->faults.front().message.size() < 1010);
}

TEST_CASE("an answer that is no status of the store is none") {
  REQUIRE(parse_status("it", status(good_fault)));
  for (const std::string& answer :
       {std::string(), std::string("hello"), std::string("[]"), std::string("{}"),
        std::string(R"("ready")"), status(good_fault, "fine"), status("[]"), status("{}"),
        status("[1]"), status(good_fault, "ready"),
        status(R"([{"Kind":"","Prevents":["get"],"Message":"m"}])"),
        status(R"([{"Kind":"A b","Prevents":["get"],"Message":"m"}])"),
        status(R"([{"Kind":"k","Prevents":["list"],"Message":"m"}])"),
        status(R"([{"Kind":"k","Prevents":"get","Message":"m"}])"),
        status(R"([{"Kind":"k","Prevents":["get"],"Message":7}])"),
        status(R"([{"Kind":"k","Prevents":["get"],"Message":""}])"),
        status("[" + repeated(R"({"Kind":"k","Prevents":["get"],"Message":"m"},)", 64) +
               R"({"Kind":"k","Prevents":["get"],"Message":"m"}])")}) {
    CAPTURE(answer);
    CHECK_FALSE(parse_status("it", answer));
  }
  CHECK_FALSE(parse_status("other", status(good_fault)));
}
