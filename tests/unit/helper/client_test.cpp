#include "helper/client.h"

#include <algorithm>
#include <chrono>
#include <fstream>
#include <string>
#include <vector>

#include "catch.h"
#include "script_helpers.h"
#include "support.h"

using namespace pullsecret;
using namespace std::chrono_literals;

namespace {

std::vector<HelperCall> gets(const std::string& helper, std::size_t count, std::size_t first = 0) {
  std::vector<HelperCall> calls;
  for (std::size_t i = first; i < first + count; ++i)
    calls.push_back({helper, "get", std::to_string(i)});
  return calls;
}

// A helper that notes each call before it does anything else, its input in `$input`.
void add_noting(const ScriptHelpers& helpers, const std::string& name,
                const std::string& commands) {
  helpers.add(name, "input=$(cat); echo \"$1 $input\" >> \"$0.calls\"\n" + commands);
}

std::vector<std::string> noted(const ScriptHelpers& helpers, const std::string& name) {
  std::ifstream file(helpers.folder().path() / ("docker-credential-" + name + ".calls"));
  std::vector<std::string> lines;
  for (std::string line; std::getline(file, line);)
    lines.push_back(line);
  return lines;
}

HelperReply call(const std::string& helper, HelperLimits limits = {}) {
  return HelperClient(limits).run({{helper, "get", "ghcr.io"}}).front();
}

std::string message_of_reply(const HelperReply& reply) {
  const auto* failure = std::get_if<HelperFailure>(&reply);
  return failure != nullptr ? failure->error.what() : "no error";
}

bool has_timed_out(const HelperReply& reply) {
  const auto* failure = std::get_if<HelperFailure>(&reply);
  return failure != nullptr && failure->end && std::holds_alternative<TimedOut>(*failure->end);
}

std::size_t time_outs_among(const std::vector<HelperReply>& replies) {
  return static_cast<std::size_t>(std::count_if(replies.begin(), replies.end(), has_timed_out));
}

std::size_t failures_among(const std::vector<HelperReply>& replies) {
  return static_cast<std::size_t>(std::count_if(
      replies.begin(), replies.end(),
      [](const HelperReply& reply) { return std::holds_alternative<HelperFailure>(reply); }));
}

// Fails when another call of the script is under way.
constexpr const char* needs_solitude = R"(
  mkdir "$0.lock" 2>/dev/null || { echo database is locked; exit 1; }
  sleep 0.1; rmdir "$0.lock"; cat)";

}  // namespace

TEST_CASE("a helper is asked on standard input and answers on standard output") {
  const ScriptHelpers helpers;
  helpers.add("echo", "echo \"$1 $(cat)\"");
  CHECK(std::get<std::string>(call("echo")) == "get ghcr.io\n");
}

TEST_CASE("a call that names a program runs that one") {
  const ScriptHelpers helpers;
  helpers.add("echo", "echo on PATH");
  const auto named = helpers.folder().write_script("elsewhere", "echo named");
  const auto replies = HelperClient({}).run(
      {{"echo", "get", "a"}, {.helper = "echo", .action = "get", .input = "a", .program = named}});
  CHECK(std::get<std::string>(replies[0]) == "on PATH\n");
  CHECK(std::get<std::string>(replies[1]) == "named\n");
}

TEST_CASE("not found is told from failure by the exact message") {
  const ScriptHelpers helpers;
  helpers.add("empty", "echo credentials not found in native keychain; exit 1");
  helpers.add("broken", "echo 'the store\033[1m burnt down'; echo noise >&2; exit 1");
  CHECK(std::holds_alternative<NotFound>(call("empty")));
  CHECK(message_of_reply(call("broken")) ==
        "docker-credential-broken get: exit status 1: the store\\x1b[1m burnt down; "
        "standard error: noise");
}

TEST_CASE("an answer is never repeated in an error, however the helper ends") {
  const ScriptHelpers helpers;
  const std::string answer = R"(echo '{"Username":"u","Secret":"hunter2"}'; echo noise >&2; )";
  helpers.add("failing", answer + "exit 1");
  helpers.add("crashing", answer + "kill -SEGV $$");
  helpers.add("hanging", "echo hunter2; sleep 300");
  for (const char* helper : {"failing", "crashing", "hanging"})
    CHECK_THAT(message_of_reply(call(helper, {.timeout = 300ms})),
               Catch::Contains(helper) && !Catch::Contains("hunter2"));
}

TEST_CASE("a failure with words of the helper is told from one without") {
  const ScriptHelpers helpers;
  const auto has_words = [&](const std::string& commands) {
    helpers.add("failing", commands);
    return std::get<HelperFailure>(call("failing")).has_words;
  };
  CHECK(has_words("echo sorry; exit 1"));
  CHECK(has_words("echo sorry >&2; exit 1"));
  CHECK_FALSE(has_words("exit 1"));
  CHECK_FALSE(has_words("echo ' '; exit 1"));
  CHECK_FALSE(has_words(R"(echo '{"Secret":"hunter2"}'; exit 1)"));
}

TEST_CASE("what a helper says while it succeeds is nobody's business") {
  const ScriptHelpers helpers;
  helpers.add("noisy", "echo noise >&2; echo answer");
  CHECK(std::get<std::string>(call("noisy")) == "answer\n");
}

TEST_CASE("a helper that cannot be run says why") {
  const ScriptHelpers helpers;
  helpers.folder().write("docker-credential-plain", "");
  helpers.folder().write_script("docker-credential-binary", "");
  helpers.folder().write("docker-credential-binary",
                         "\x7f"
                         "ELF");
  CHECK(message_of_reply(call("none")) == "docker-credential-none: not found on PATH");
  CHECK_THAT(message_of_reply(call("plain")),
             Catch::EndsWith("docker-credential-plain: not executable"));
  CHECK_THAT(message_of_reply(call("binary")), Catch::Contains("cannot be run: exec format error"));
  CHECK_THAT(message_of_reply(call("")), Catch::Contains("helper is empty"));
  CHECK_THAT(message_of_reply(call("../../x")), Catch::Contains("\"../../x\" is no name"));
  CHECK_THAT(message_of_reply(call(std::string("x\0y", 3))), Catch::Contains("is no name"));
}

TEST_CASE("a helper that crashes, hangs or floods is a failure in words") {
  const ScriptHelpers helpers;
  helpers.add("crash", "kill -SEGV $$");
  helpers.add("real-time", "kill -s RTMIN+3 $$");
  helpers.add("hang", "sleep 300");
  helpers.add("flood", "yes");
  CHECK_THAT(message_of_reply(call("crash")),
             Catch::Contains("ended by signal 11 (Segmentation fault)"));
  CHECK_THAT(message_of_reply(call("real-time")), Catch::Contains("(real-time)"));
  CHECK_THAT(message_of_reply(call("hang", {.timeout = 200ms})),
             Catch::Contains("no answer within 0.2 s"));
  CHECK_THAT(message_of_reply(call("flood")), Catch::Contains("its answer is larger than 1 MiB"));
}

TEST_CASE("a helper's first call runs alone, and is the first only once") {
  const ScriptHelpers helpers;
  // Writes how many of its kind run; the first takes longer than the others need to catch up.
  helpers.add("counting", R"(
    touch "$0.$$"; [ -e "$0.first" ] || { touch "$0.first"; sleep 0.3; }
    ls "$0".[0-9]* | wc -l; sleep 0.2; rm "$0.$$")");
  HelperClient client({});
  const auto replies = client.run(gets("counting", 5));
  REQUIRE(failures_among(replies) == 0);
  CHECK(std::get<std::string>(replies[0]) == "1\n");
  const auto again = client.run(gets("counting", 4, 5));
  CHECK(std::any_of(again.begin(), again.end(), [](const HelperReply& reply) {
    return std::get<std::string>(reply) != "1\n";
  }));
}

TEST_CASE("a call that failed beside others of its helper is repeated alone") {
  const ScriptHelpers helpers;
  helpers.add("solitary", needs_solitude);
  const auto replies = HelperClient({}).run(gets("solitary", 6));
  CHECK(failures_among(replies) == 0);
  for (std::size_t i = 0; i < replies.size(); ++i)
    CHECK(std::get<std::string>(replies[i]) == std::to_string(i));
}

TEST_CASE("a call that failed alone is not repeated") {
  const ScriptHelpers helpers;
  helpers.add("failing", "echo x >> \"$0.calls\"; exit 1");
  CHECK(failures_among(HelperClient({}).run(gets("failing", 1))) == 1);
  CHECK(std::filesystem::file_size(helpers.folder().path() / "docker-credential-failing.calls") ==
        2);
  // Three, the first of which ran alone: the two others once more.
  CHECK(failures_among(HelperClient({}).run(gets("failing", 3))) == 3);
  CHECK(std::filesystem::file_size(helpers.folder().path() / "docker-credential-failing.calls") ==
        2 + 2 * 5);
}

TEST_CASE("the first calls of several helpers do not wait for each other") {
  const ScriptHelpers helpers;
  for (const std::string name : {"left", "right"})
    helpers.add(name,
                "touch \"$0.called\"; cd \"${0%/*}\"; "
                "until [ -e docker-credential-left.called ] && "
                "[ -e docker-credential-right.called ]; do sleep 0.05; done");
  const std::vector<HelperCall> calls{
      {"left", "get", "a"}, {"left", "get", "b"}, {"right", "get", "a"}, {"right", "get", "b"}};
  CHECK(failures_among(HelperClient({.timeout = 10s}).run(calls)) == 0);
}

TEST_CASE("a helper that hangs is called twice, and the other calls fail unasked") {
  const ScriptHelpers helpers;
  add_noting(helpers, "hang", "sleep 300");
  HelperClient client({.timeout = 300ms});
  const auto replies = client.run(gets("hang", 12));
  CHECK(time_outs_among(replies) == 12);
  CHECK(message_of_reply(replies[0]) == "docker-credential-hang get: no answer within 0.3 s");
  CHECK(message_of_reply(replies[2]) ==
        "docker-credential-hang get: not asked, after twice no answer within 0.3 s");
  CHECK(time_outs_among(client.run({{"hang", "list", "unused"}, {"hang", "erase", "0"}})) == 2);
  // A busy machine may end one before it has noted anything.
  const std::vector<std::string> calls = noted(helpers, "hang");
  CHECK(calls.size() <= 2);
  CHECK(std::all_of(calls.begin(), calls.end(),
                    [](const std::string& call) { return call == "get 0" || call == "get 1"; }));
}

TEST_CASE("a helper that comes to hang costs the calls that run, and one alone") {
  const ScriptHelpers helpers;
  add_noting(helpers, "hang", "[ $input = 0 ] || sleep 300; echo answer");
  const auto replies = HelperClient({.jobs = 4, .timeout = 500ms}).run(gets("hang", 12));
  CHECK(std::get<std::string>(replies[0]) == "answer\n");
  CHECK(time_outs_among(replies) == 11);
  CHECK(noted(helpers, "hang").size() <= 1 + 4 + 1);
}

TEST_CASE("a helper that hangs for one server URL is asked for all others") {
  const ScriptHelpers helpers;
  const std::string hanging = GENERATE("0", "5", "11");
  add_noting(helpers, "partly", "[ $input != " + hanging + " ] || sleep 300; echo $input");
  const auto replies = HelperClient({.jobs = 4, .timeout = 1s}).run(gets("partly", 12));
  CHECK(time_outs_among(replies) == 1);
  CHECK(has_timed_out(replies[std::stoul(hanging)]));
  const std::vector<std::string> calls = noted(helpers, "partly");
  CHECK(std::count(calls.begin(), calls.end(), "get " + hanging) <= 2);
  CHECK(calls.size() <= 13);
}

TEST_CASE("a helper that is slow with company is asked alone") {
  const ScriptHelpers helpers;
  add_noting(helpers, "slow", R"(
    mkdir "$0.lock" 2>/dev/null || sleep 300
    sleep 0.1; rmdir "$0.lock"; echo $input)");
  const auto replies = HelperClient({.jobs = 4, .timeout = 1s}).run(gets("slow", 10));
  CHECK(failures_among(replies) == 0);
}

TEST_CASE("a question is asked once, until something is stored or erased") {
  const ScriptHelpers helpers;
  add_noting(helpers, "it", "[ $1 != version ] && echo $1 $input");
  HelperClient client({});
  const auto ask = [&] {
    return client.run({{"it", "get", "a"},
                       {"it", "get", "b"},
                       {"it", "get", "a"},
                       {"it", "list", "a"},
                       {"it", "version", ""}});
  };
  const auto replies = ask();
  CHECK(std::get<std::string>(replies[2]) == "get a\n");
  CHECK(std::get<std::string>(replies[3]) == "list a\n");
  CHECK(std::holds_alternative<HelperFailure>(ask()[4]));
  CHECK(noted(helpers, "it").size() <= 5);  // a version that failed beside the others is repeated

  const std::string action = GENERATE("store", "erase");
  const HelperCall change{"it", action, "a"};
  client.run({change, change});
  client.run({{"it", "get", "a"}});
  const std::vector<std::string> calls = noted(helpers, "it");
  CHECK(std::count(calls.begin(), calls.end(), action + " a") == 2);
  CHECK(std::count(calls.begin(), calls.end(), "get a") == 2);
}

TEST_CASE("no more calls run at once than jobs") {
  const ScriptHelpers helpers;
  helpers.add("counting", R"(touch "$0.$$"; ls "$0".[0-9]* | wc -l; sleep 0.1; rm "$0.$$")");
  const auto replies = HelperClient({.jobs = 3}).run(gets("counting", 12));
  std::size_t most = 0;
  for (const HelperReply& reply : replies)
    most = std::max<std::size_t>(most, std::stoul(std::get<std::string>(reply)));
  CHECK(most <= 3);
  CHECK(most >= 2);
}

TEST_CASE("progress counts what is done and names what runs") {
  const ScriptHelpers helpers;
  helpers.add("slow", "sleep 0.3");
  std::string seen;
  HelperClient client({}, [&](std::size_t done, std::size_t total, const std::string& helper) {
    seen = std::to_string(done) + " of " + std::to_string(total) + " " + helper;
  });
  client.run(gets("slow", 2));
  CHECK(seen == "1 of 2 slow");
}

TEST_CASE("what is stored is a line of JSON, and no message of a store that fails repeats it") {
  const ScriptHelpers helpers;
  helpers.add("keeping", "cat");
  const Credential credential{.username = "u", .password = "hunter2 \"<"};
  const HelperCall call = store_call("keeping", "ghcr.io", credential);
  CHECK(std::get<std::string>(HelperClient({}).run({call}).front()) ==
        "{\"ServerURL\":\"ghcr.io\",\"Username\":\"u\",\"Secret\":\"hunter2 \\\"\\u003c\"}\n");

  helpers.add("loud", "echo 'no room for hunter2 \"<'; tr -d '{}' >&2; exit 1");
  const HelperReply reply =
      HelperClient({}).run({store_call("loud", "ghcr.io", credential)}).front();
  CHECK(message_of_reply(reply) == "docker-credential-loud store: exit status 1");
  CHECK(std::get<HelperFailure>(reply).error.hint().empty());

  helpers.add("clear", "echo 'no room'; exit 1");
  CHECK(message_of_reply(
            HelperClient({}).run({store_call("clear", "ghcr.io", credential)}).front()) ==
        "docker-credential-clear store: exit status 1: no room");
}

TEST_CASE("an identity token is stored under its own username") {
  CHECK_THAT(store_call("pass", "ghcr.io", {.identity_token = "hunter2"}).input,
             Catch::Contains(R"("Username":"\u003ctoken\u003e","Secret":"hunter2")"));
}
