#include "credential/basic_auth.h"

#include "catch.h"
#include "credential/base64.h"
#include "support.h"

using namespace pullsecret;

TEST_CASE("auth is decoded as Docker decodes it") {
  for (const auto& row : test_data("auth-entries.json")) {
    const auto& entry = row["entry"];
    if (!entry.contains("auth")) continue;
    const std::string auth = entry["auth"];
    const auto& docker = row["docker"];
    CAPTURE(row["case"], auth);
    const auto error = error_of([&] { decode_auth(auth); });
    REQUIRE(error.has_value() == docker.contains("file_rejected"));
    if (error) {
      CHECK(error->place().empty());
      CHECK(std::string(error->what()).find(auth) == std::string::npos);
    } else {
      const UserPassword decoded = decode_auth(auth);
      CHECK(decoded.username == docker["username"].get<std::string>());
      CHECK(encode_base64(decoded.password) == docker["password_base64"].get<std::string>());
    }
  }
}

TEST_CASE("what encode_auth makes is decoded to the same two") {
  const auto [username, password] = GENERATE(table<std::string, std::string>({
      {"u", "p"},
      {"u", ""},
      {"u", "p:q:"},
      {"_json_key", "{\n \"private_key\": \"x\"\n}\n"},
      {"\xFF", "\xFE\x80"},
      {"u", std::string("a\0b", 3)},
      {"u", std::string(100'000, 'x')},
  }));
  const UserPassword decoded = decode_auth(encode_auth(username, password));
  CHECK(decoded.username == username);
  CHECK(decoded.password == password);
}

TEST_CASE("bits that belong to no byte do not count, as in Go") {
  CHECK(decode_auth("dTo=").username == "u");
  CHECK(decode_auth("dTr=").username == "u");
  CHECK(decode_auth("dTpwcB==").password == "pp");
}

TEST_CASE("line breaks in base64 do not count") {
  CHECK(decode_auth("dT\r\npw\r\n").password == "p");
}

TEST_CASE("what is not padded base64 is refused") {
  const std::string auth =
      GENERATE("", "=", "==", "====", "dTpw=", "dTpwcA", "dTpwcA=", "dTpwcA===", "dT pw", "dTpw\t",
               "dTpw====", "dTp-", "dTo=dTo=", "d", "\xC3\xA9");
  CAPTURE(auth);
  CHECK_THROWS_AS(decode_auth(auth), Error);
}
