#include "cli/options.h"

#include <chrono>
#include <string>

#include "catch.h"
#include "cli/mistyped.h"
#include "support.h"
#include "system/text.h"

using namespace pullsecret;

namespace {

Command command_with(const std::vector<Option>& options) {
  return {.name = "command", .groups = {{"Options", options}}};
}

CommandLine parse(const Arguments& arguments) {
  static const Command command =
      command_with({{.letter = 'n', .name = "name", .value = {"NAME"}, .is_repeatable = true},
                    {.letter = 'a', .name = "all"},
                    {.name = "number", .value = {"N"}},
                    {.name = "output", .value = {"FORMAT", ValueKind::choice, {"yaml", "json"}}}});
  return parse_command_line(command, arguments);
}

}  // namespace

TEST_CASE("options are given as --name VALUE, --name=VALUE and -n VALUE, also several times") {
  const auto parsed = parse({"--name", "a", "--name=b,c", "-n", "-", "--all"});
  CHECK(values_of(parsed, "name") == std::vector<std::string>{"a", "b,c", "-"});
  CHECK(is_set(parsed, "all"));
  CHECK(values_of(parse({}), "name").empty());
}

TEST_CASE("wrong usage names the nearest option and repeats nothing that may be a password") {
  const auto unknown = error_of([] { parse({"--nmae=hunter2"}); });
  REQUIRE(unknown);
  CHECK(unknown->message() == "unknown option --nmae");
  CHECK_THAT(unknown->hint(), Catch::Contains("--name"));
  CHECK_THAT(error_of([] { parse({"--number"}); })->message(),
             Catch::Equals("--number needs an argument"));
}

TEST_CASE("number_of takes a number within its bounds") {
  CHECK(number_of(parse({"--number=7"}), "number", 1, 9) == 7);
  CHECK_FALSE(number_of(parse({}), "number", 1, 9));
  for (const char* refused : {"--number=0", "--number=10", "--number=x", "--number=5x",
                              "--number=", "--number=2.5", "--number=-1"}) {
    const auto error = error_of([&] { number_of(parse({refused}), "number", 1, 9); });
    REQUIRE(error);
    CHECK(std::string(error->what()) == "--number: not a whole number from 1 to 9");
  }
}

TEST_CASE("duration_of takes a duration, or seconds, within its bounds") {
  using namespace std::chrono_literals;
  const auto duration = [](const Arguments& arguments) {
    return duration_of(parse(arguments), "number", 10ms, 24h);
  };
  CHECK_FALSE(duration({}));
  CHECK(duration({"--number=1h30m"}) == 90min);
  CHECK(duration({"--number=7"}) == 7s);
  CHECK(duration({"--number=0.5"}) == 500ms);
  CHECK(duration({"--number=10ms"}) == 10ms);
  CHECK(duration({"--number=1d"}) == 24h);
  for (const char* refused : {"--number=0", "--number=9ms", "--number=24h1ns", "--number=x",
                              "--number=5x", "--number=", "--number=nan", "--number=-1",
                              "--number=2d", "--number=1h30", "--number=.", "--number=1e3"}) {
    const auto error = error_of([&] { duration({refused}); });
    REQUIRE(error);
    CHECK(std::string(error->what()) == "--number: not a duration from 10ms to 24h");
  }
}

TEST_CASE("a choice is one of those in the table, and the first if none is made") {
  enum class Output { yaml, json };
  CHECK(choice_of<Output>(parse({"--output=json"}), "output") == Output::json);
  CHECK(choice_of<Output>(parse({}), "output") == Output::yaml);
  for (const char* refused : {"--output=xml", "--output="}) {
    const auto error = error_of([&] { parse({refused}); });
    REQUIRE(error);
    CHECK(std::string(error->what()) == "--output: it is one of yaml, json");
  }
}

TEST_CASE("an operand is what is no option's value, once, and may follow --") {
  const Command command{.name = "command",
                        .groups = {{"Options", {{.letter = 'a', .name = "all"}}}},
                        .operand = Value{"SHELL", ValueKind::choice, {"bash", "-z"}}};
  const auto operand = [&](const Arguments& arguments) {
    return operand_of(parse_command_line(command, arguments));
  };
  CHECK(operand({"bash", "-a"}) == "bash");
  CHECK(operand({"--", "-z"}) == "-z");
  CHECK_FALSE(operand({"-a"}));
  CHECK(std::string(error_of([&] { operand({"hunter2"}); })->what()) ==
        "SHELL: it is one of bash, -z");
  for (const Arguments& surplus : {Arguments{"bash", "bash"}, Arguments{"--", "bash", "bash"}})
    CHECK_THAT(error_of([&] { operand(surplus); })->message(), Catch::Contains("too many"));
  for (const char* unknown : {"--operand", "--operand.0=bash", "--basé=bash", "-é", "-aéx"})
    CHECK_THAT(error_of([&] { operand({unknown}); })->message(),
               Catch::StartsWith("unknown option "));
}

TEST_CASE("a refused option says why, and nothing names it") {
  const Command command = command_with({{.letter = 'p',
                                         .name = "password",
                                         .value = {"PASSWORD"},
                                         .refused = "anyone can read it",
                                         .in_its_place = "pipe it in"}});
  for (const Arguments& words :
       {Arguments{"--password=hunter2"}, Arguments{"-phunter2"}, Arguments{"-p", "hunter2"}}) {
    const auto error = error_of([&] { parse_command_line(command, words); });
    REQUIRE(error);
    CHECK(std::string(error->what()) == "--password: anyone can read it");
    CHECK(error->hint() == "pipe it in");
  }
  CHECK(error_of([&] { parse_command_line(command, {"--passwrod"}); })->hint() ==
        "pullsecret help command has them all");
}

TEST_CASE("letters stand together, the last with its value") {
  for (const Arguments& words : {Arguments{"-an", "x"}, Arguments{"-anx"}, Arguments{"-an=x"},
                                 Arguments{"-a=true", "-n=x"}}) {
    const CommandLine parsed = parse(words);
    CHECK(is_set(parsed, "all"));
    CHECK(values_of(parsed, "name") == std::vector<std::string>{"x"});
  }
  CHECK(error_of([] { parse({"-axhunter2"}); })->message() == "unknown option -x");
  CHECK(error_of([] { parse({"-a-n", "x"}); })->message() == "unknown option --");
  CHECK(error_of([] { parse({"-an"}); })->message() == "-n needs an argument");
  CHECK(values_of(parse({"-n", "-an", "-n", "--", "-n=x"}), "name") ==
        std::vector<std::string>{"-an", "--", "x"});
}

TEST_CASE("a letter's value stands behind it in each of kubectl's ways") {
  for (const Arguments& arguments :
       {Arguments{"-n", "a-b"}, Arguments{"-na-b"}, Arguments{"-n=a-b"}, Arguments{"--name=a-b"}})
    CHECK(values_of(parse(arguments), "name") == std::vector<std::string>{"a-b"});
  CHECK(values_of(parse({"--name", "-n=a"}), "name") == std::vector<std::string>{"-n=a"});
  CHECK(values_of(parse({"-n", "-nb", "-n=", "-n==c"}), "name") ==
        std::vector<std::string>{"-nb", "", "=c"});
  CHECK(error_of([] { parse({"--n", "a"}); })->message() == "unknown option --n");
  CHECK(error_of([] { parse({"--n"}); })->message() == "unknown option --n");
  CHECK_THAT(error_of([] { parse({"--", "-n=a"}); })->message(), Catch::Contains("too many"));
}

TEST_CASE("a flag has no value but true and false") {
  CHECK(is_set(parse({"--all=true"}), "all"));
  CHECK_FALSE(is_set(parse({"--all=false"}), "all"));
  for (const char* refused : {"--all=", "--all=hunter2"}) {
    const auto error = error_of([&] { parse({refused}); });
    REQUIRE(error);
    CHECK(std::string(error->what()) == "--all: it takes no value but true and false");
  }
}

TEST_CASE("an option is also found by what other programs call it") {
  const Command command = command_with({{.name = "server", .value = {"HOST"}},
                                        {.name = "quiet"},
                                        {.name = "username", .value = {"USER"}},
                                        {.name = "password", .refused = "it can be read"},
                                        {.letter = 'o', .name = "output"}});
  const auto hint = [&](const std::string& word) {
    return error_of([&] { parse_command_line(command, {word}); })->hint();
  };
  CHECK_THAT(hint("--user"), Catch::StartsWith("the nearest is --username; "));
  CHECK_THAT(hint("--host=x"), Catch::StartsWith("the nearest is --server; "));
  CHECK_THAT(hint("--format"), Catch::StartsWith("the nearest is --output; "));
  for (const char* unlike : {"--zebra", "--passwrod", "-x", "--q"})
    CHECK(hint(unlike) == "pullsecret help command has them all");
}

TEST_CASE("an argument too many is named, but where it may be a password") {
  const Command with_registry = command_with(
      {{.name = "registry", .value = {"HOST"}}, {.name = "image", .value = {"IMAGE"}}});
  const Command without = command_with({{.name = "all"}});
  const auto error = [](const Command& command, const std::string& argument) {
    return *error_of([&] { parse_command_line(command, {argument}); });
  };
  CHECK(error(with_registry, "ghcr.io").hint() == "pullsecret command --registry ghcr.io");
  CHECK(error(with_registry, "ghcr.io/acme/app:1.4").hint() ==
        "pullsecret command --image ghcr.io/acme/app:1.4");
  CHECK(error(without, "ghcr.io").hint() == "pullsecret help command");
  for (const char* other : {"team", "ghcr.io team", "https://ghcr.io", "a:b;"}) {
    CHECK(error(with_registry, other).place() == printable_name(other));
    CHECK(error(with_registry, other).hint() == "pullsecret help command");
  }
  CHECK(error(without, "https://octocat:hunter2@ghcr.io").place() == "https://…@ghcr.io");
  const Command with_password = command_with({{.name = "password-stdin"}});
  for (const char* password : {"hunter2", "hunter2.com", "ghcr.io/hunter2:1"}) {
    const Error surplus = error(with_password, password);
    CHECK_THAT(std::string(surplus.what()) + surplus.hint(), !Catch::Contains("hunter2"));
  }
}

TEST_CASE("all but a text has a name, and one value alone reads standard input") {
  const Command command = {
      .name = "command",
      .groups = {{"Options",
                  {{.name = "text", .value = {"TEXT"}},
                   {.name = "host", .value = {"HOST", ValueKind::registry}, .is_repeatable = true},
                   {.name = "to", .value = {"FILE|-", ValueKind::output}},
                   {.name = "from",
                    .value = {.name = "FILE|-", .kind = ValueKind::file, .input = "the config"}}}}},
      .operand = Value{
          .name = "FILE", .kind = ValueKind::file, .input = "what is read", .by_default = "-"}};
  const auto error = [&](const Arguments& words) {
    return error_of([&] { parse_command_line(command, words); });
  };
  CHECK_FALSE(error({"--text=", "--to=-"}));
  CHECK(std::string(error({"--host=a", "--host="})->what()) ==
        "--host: the registry's name is empty");
  CHECK(error({"--to="})->hint() == "- is standard output");
  CHECK(std::string(error({""})->what()) == "the file's name is empty");
  CHECK_FALSE(error({"file", "--from=-"}));
  for (const Arguments& words : {Arguments{"--from=-"}, Arguments{"-", "--from=-"}})
    CHECK(std::string(error(words)->what()) == "--from: standard input is what is read already");
}

TEST_CASE("nearest is what begins with the word, else what differs in two characters at most") {
  CHECK(nearest("convrt", {"create", "convert", "get"}) == "convert");
  CHECK(nearest("registy", {"image", "registry"}) == "registry");
  CHECK(nearest("user", {"name", "username"}) == "username");
  CHECK_FALSE(nearest("user", {"name", "server", "quiet"}));
  CHECK_FALSE(nearest("x", {"all"}));
  CHECK_FALSE(nearest("", {"get", "help"}));
}
