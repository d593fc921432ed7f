#include "helper/answer.h"

#include <string>
#include <vector>

#include "catch.h"
#include "helper/json_message.h"
#include "support.h"

using namespace pullsecret;

TEST_CASE("parse_get_answer reads username and secret") {
  const Credential credential =
      *parse_get_answer(R"({"ServerURL":"x","Username":"u","Secret":"p\n","more":[1]})");
  CHECK(credential.username == "u");
  CHECK(credential.password == "p\n");
  CHECK(credential.identity_token.empty());
  CHECK(parse_get_answer(R"( {"secret":"p","USERNAME":"u"} )")->username == "u");
}

TEST_CASE("an answer is read as Go reads it") {
  CHECK(
      parse_get_answer("{\"Username\":\"u\",\"Secret\":\"p\"}\ntime=now level=info }")->password ==
      "p");
  CHECK(parse_get_answer(R"({"Username":"u","Secret":"p\ud800"})")->password == "p\uFFFD");
  CHECK(parse_get_answer("{\"Username\":\"u\",\"Secret\":\"p\xFF\"}")->password == "p\uFFFD");
  CHECK(parse_get_answer(R"({"Username":"a","username":"b","Username":"c","Secret":"p"})")
            ->username == "c");
  CHECK(parse_list_answer("{\"a\":\"u\"} done").server_urls == std::vector<std::string>{"a"});
}

TEST_CASE("parse_get_answer makes the username <token> an identity token") {
  const Credential credential = *parse_get_answer(R"({"Username":"<token>","Secret":"t"})");
  CHECK(credential.identity_token == "t");
  CHECK(credential.username.empty());
  CHECK(credential.password.empty());
}

TEST_CASE("parse_get_answer refuses what is no answer, without repeating it") {
  for (const char* answer :
       {"", "hunter2", "[\"hunter2\"]", R"({"Username":"hunter2","Sec)", R"({"Secret":"hunter2"})",
        R"({"Username":"","Secret":"hunter2"})", R"({"Username":"hunter2"})",
        R"({"Username":"hunter2","Secret":""})", R"({"Username":7,"Secret":"hunter2"})",
        R"({"Username":"u","Secret":null,"x":"hunter2"})",
        R"({"ServerURL":7,"Username":"u","Secret":"hunter2"})", "{}{}", "null"}) {
    INFO(answer);
    const auto error = error_of([&] { parse_get_answer(answer); });
    REQUIRE(error);
    CHECK_THAT(error->what(), !Catch::Contains("hunter2"));
  }
  const std::string deep(500'000, '[');
  CHECK(error_of([&] { parse_get_answer(deep); })->message() == "its answer is not JSON");
}

TEST_CASE("an answer with both fields empty says that there is no entry") {
  CHECK(!parse_get_answer(R"({"ServerURL":"x","Username":"","Secret":""})"));
}

TEST_CASE("an identity token counts before a password") {
  const auto [username, secret] =
      stored_credential({.username = "u", .password = "p", .identity_token = "t"});
  CHECK(username == "<token>");
  CHECK(secret == "t");
}

TEST_CASE("parse_list_answer gives server URLs, out of display labels too") {
  CHECK(parse_list_answer(R"({"ghcr.io":"u",
          "Registry credentials for https://index.docker.io/v1/":"u","":"u"})")
            .server_urls == std::vector<std::string>{"ghcr.io", "https://index.docker.io/v1/"});
  CHECK(parse_list_answer("{}").server_urls.empty());
  CHECK(error_of([] { parse_list_answer("null"); }));
}

TEST_CASE("parse_list_answer says what it met besides server URLs") {
  CHECK(parse_list_answer(R"({"Registry credentials for ghcr.io":"u"})").has_labels);
  CHECK(parse_list_answer(R"({"":"","ghcr.io":"u"})").hides_entries);
  const StoreList plain = parse_list_answer(R"({"ghcr.io":"Registry credentials for ghcr.io"})");
  CHECK_FALSE(plain.has_labels);
  CHECK_FALSE(plain.hides_entries);
}

TEST_CASE("the record is written as the one line that helpers answer") {
  CHECK(format_credential_message("ghcr.io", {.username = "u", .secret = "a\"<\n"}) ==
        "{\"ServerURL\":\"ghcr.io\",\"Username\":\"u\",\"Secret\":\"a\\\"\\u003c\\n\"}\n");
  const std::string token =
      format_credential_message("x", stored_credential({.identity_token = "t"}));
  CHECK(parse_get_answer(token)->identity_token == "t");
}
