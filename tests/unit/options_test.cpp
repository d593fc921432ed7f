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

TEST_CASE("a letter's value stands behind it in each of kubectl's ways") {
  for (const Arguments& arguments :
       {Arguments{"-n", "a-b"}, Arguments{"-na-b"}, Arguments{"-n=a-b"}, Arguments{"--name=a-b"}})
    CHECK(values_of(parse_command_line(arguments), "name") == std::vector<std::string>{"a-b"});
  CHECK(values_of(parse_command_line({"--name", "-n=a"}), "name") ==
        std::vector<std::string>{"-n=a"});
  CHECK(values_of(parse_command_line({"-n", "-nb", "-n=", "-n==c"}), "name") ==
        std::vector<std::string>{"-nb", "", "=c"});
  CHECK(error_of([] { parse_command_line({"--n", "a"}); })->message() == "unknown option --n");
  CHECK(error_of([] { parse_command_line({"--n"}); })->message() == "unknown option --n");
  CHECK(error_of([] { parse_command_line({"--", "-n=a"}); })->message() == "unknown option -n");
}

TEST_CASE("a flag has no value but true and false") {
  CHECK(parse_command_line({"--all=true"})["all"].as<bool>());
  CHECK_FALSE(parse_command_line({"--all=false"})["all"].as<bool>());
  for (const char* refused : {"--all=", "--all=hunter2"}) {
    const auto error = error_of([&] { parse_command_line({refused}); });
    REQUIRE(error);
    CHECK(std::string(error->what()) == "--all: it takes no value but true and false");
  }
}

TEST_CASE("an option is also found by what other programs call it") {
  const auto hint = [](const std::string& word) {
    cxxopts::Options options("command");
    options.add_options()("server", "", cxxopts::value<std::string>())("quiet", "")(
        "username", "", cxxopts::value<std::string>())("password", not_offered)("o,output", "");
    return error_of([&] { parse_options(options, {word}); })->hint();
  };
  CHECK_THAT(hint("--user"), Catch::StartsWith("the nearest is --username; "));
  CHECK_THAT(hint("--host=x"), Catch::StartsWith("the nearest is --server; "));
  CHECK_THAT(hint("--format"), Catch::StartsWith("the nearest is --output; "));
  for (const char* unlike : {"--zebra", "--passwrod", "-x", "--q"})
    CHECK(hint(unlike) == "pullsecret help command has them all");
}

TEST_CASE("an argument without its option is named where it is plainly a registry or an image") {
  const auto error = [](const std::string& argument, bool takes_registry) {
    cxxopts::Options options("command");
    options.add_options()("all", "");
    if (takes_registry)
      options.add_options()("registry", "", cxxopts::value<std::string>())(
          "image", "", cxxopts::value<std::string>());
    return *error_of([&] { parse_options(options, {argument}); });
  };
  CHECK(error("ghcr.io", true).hint() == "pullsecret command --registry ghcr.io");
  CHECK(error("localhost:5000", true).place() == "localhost:5000");
  CHECK(error("ghcr.io/acme/app:1.4", true).hint() ==
        "pullsecret command --image ghcr.io/acme/app:1.4");
  CHECK(error("ghcr.io", false).hint() == "pullsecret help command");
  for (const char* other : {"hunter2", "ghcr.io hunter2", "https://ghcr.io", "hun:ter2;"})
    CHECK(error(other, true).place().empty());
}

TEST_CASE("nearest is what begins with the word, else what differs in two characters at most") {
  CHECK(nearest("convrt", {"create", "convert", "get"}) == "convert");
  CHECK(nearest("registy", {"image", "registry"}) == "registry");
  CHECK(nearest("user", {"name", "username"}) == "username");
  CHECK_FALSE(nearest("user", {"name", "server", "quiet"}));
  CHECK_FALSE(nearest("x", {"all"}));
  CHECK_FALSE(nearest("", {"get", "help"}));
}
