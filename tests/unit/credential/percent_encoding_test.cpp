#include "credential/percent_encoding.h"

#include "catch.h"

using namespace pullsecret;

TEST_CASE("a part of a query is percent-encoded") {
  CHECK(percent_encoded("aZ0-._~") == "aZ0-._~");
  CHECK(percent_encoded("a b+c&d=e:f/g") == "a%20b%2Bc%26d%3De%3Af%2Fg");
  CHECK(percent_encoded(std::string("\0\xFF%", 3)) == "%00%FF%25");
}

TEST_CASE("what is read back is what was encoded, and half a code is none") {
  CHECK(percent_decoded("a%40b%3ac") == "a@b:c");
  CHECK(percent_decoded("") == "");
  for (const char* broken : {"%", "a%4", "%zz", "%4z"})
    CHECK_FALSE(percent_decoded(broken));
}
