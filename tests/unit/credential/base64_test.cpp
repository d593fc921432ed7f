#include "credential/base64.h"

#include "catch.h"

using namespace pullsecret;

TEST_CASE("base64 is that of RFC 4648, section 10") {
  const auto [bytes, base64] = GENERATE(table<std::string, std::string>({{"", ""},
                                                                         {"f", "Zg=="},
                                                                         {"fo", "Zm8="},
                                                                         {"foo", "Zm9v"},
                                                                         {"foob", "Zm9vYg=="},
                                                                         {"fooba", "Zm9vYmE="},
                                                                         {"foobar", "Zm9vYmFy"}}));
  CHECK(encode_base64(bytes) == base64);
}

TEST_CASE("base64 takes any byte") {
  CHECK(encode_base64(std::string(3, '\0')) == "AAAA");
  CHECK(encode_base64("\xFB\xEF\xFF") == "++//");
}

TEST_CASE("base64 is read as Go reads it") {
  CHECK(decode_base64("Zm9v\r\nYg==") == "foob");
  CHECK(decode_base64("Zm9vYh==") == "foob");
  CHECK(decode_base64("Zm9vYg") == std::nullopt);
  CHECK(decode_base64("Zm9v Yg==") == std::nullopt);
  CHECK(decode_base64("-_-_") == std::nullopt);
}

TEST_CASE("base64 for URLs has its own alphabet, with padding or without") {
  CHECK(encode_url_base64("\xFB\xEF\xFF\xFF") == "--___w==");
  CHECK(decode_url_base64("--___w==") == "\xFB\xEF\xFF\xFF");
  CHECK(decode_unpadded_url_base64("--___w") == "\xFB\xEF\xFF\xFF");
  CHECK(decode_url_base64("--___w") == std::nullopt);
  CHECK(decode_unpadded_url_base64("--___w==") == std::nullopt);
  CHECK(decode_url_base64("++//") == std::nullopt);
}
