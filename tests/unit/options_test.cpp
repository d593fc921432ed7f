#include "cli/options.h"

#include <string>

#include "catch.h"
#include "support.h"

using namespace pullsecret;

namespace {

cxxopts::ParseResult parse_command_line(const Arguments& arguments) {
  cxxopts::Options options("command");
  options.add_options()("n,name", "", cxxopts::value<std::vector<std::string>>())("all", "")(
      "number", "", cxxopts::value<std::string>()->default_value("7"));
  return parse_options(options, arguments);
}

}  // namespace

TEST_CASE("options are given as --name VALUE, --name=VALUE and -n VALUE, also several times") {
  const auto parsed = parse_command_line({"--name", "a", "--name=b,c", "-n", "-", "--all"});
  CHECK(values_of(parsed, "name") == std::vector<std::string>{"a", "b,c", "-"});
  CHECK(parsed["all"].as<bool>());
  CHECK(values_of(parse_command_line({}), "name").empty());
}

TEST_CASE("wrong usage names the nearest option and repeats no value") {
  const auto unknown = error_of([] { parse_command_line({"--nmae=hunter2"}); });
  REQUIRE(unknown);
  CHECK(unknown->message() == "unknown option --nmae");
  CHECK_THAT(unknown->hint(), Catch::Contains("--name"));
  const auto surplus = error_of([] { parse_command_line({"--all", "hunter2"}); });
  REQUIRE(surplus);
  CHECK_THAT(std::string(surplus->what()) + surplus->hint(), !Catch::Contains("hunter2"));
  CHECK_THAT(error_of([] { parse_command_line({"--number"}); })->message(),
             Catch::Equals("--number needs an argument"));
}

TEST_CASE("number_of takes a number within its bounds") {
  CHECK(number_of(parse_command_line({}), "number", 1, 9) == 7);
  CHECK(number_of(parse_command_line({"--number=0.5"}), "number", 0.1, 9.0) == 0.5);
  for (const char* refused : {"--number=0", "--number=10", "--number=x", "--number=5x",
                              "--number=", "--number=nan", "--number=-1"})
    CHECK(error_of([&] { number_of(parse_command_line({refused}), "number", 1.0, 9.0); }));
  CHECK(error_of([] {
          number_of(parse_command_line({"--number=2.5"}), "number", 1, 9);
        })->message() == "not a whole number from 1 to 9");
}

TEST_CASE("choice_of lists what can be chosen") {
  CHECK(choice_of("--output", "json", {"yaml", "json"}) == 1);
  CHECK(error_of([] {
          choice_of("--output", "xml", {"yaml", "json"});
        })->message() == "it is one of yaml, json");
}

TEST_CASE("nearest is the one with the fewest edits") {
  CHECK(nearest("convrt", {"create", "convert", "get"}) == "convert");
  CHECK(nearest("--registy", {"--image", "--registry"}) == "--registry");
  CHECK(nearest("", {"get", "help"}) == "get");
}
