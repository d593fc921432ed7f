#include "kubernetes/name_rules.h"

#include "catch.h"
#include "support.h"

using namespace pullsecret;
using Texts = std::vector<std::string>;

TEST_CASE("a Secret's name is an RFC 1123 subdomain") {
  for (const std::string& good :
       Texts{"a", "0", "regcred", "my-cred.v1", "1.2.3", "a--b", repeated("a", 253),
             repeated("a", 100) + "." + repeated("b", 100)}) {
    CAPTURE(good);
    CHECK_NOTHROW(check_secret_name(good));
  }
  for (const std::string& bad :
       Texts{"", "-a", "a-", ".a", "a.", "a..b", "a.-b", "a-.b", "A", "a_b", "a b", "a/b", "a\n",
             "ä", repeated("a", 254), repeated("a.", 500'000)}) {
    CAPTURE(bad);
    CHECK_THROWS_AS(check_secret_name(bad), Error);
  }
}

TEST_CASE("a namespace is an RFC 1123 label") {
  for (const std::string& good : Texts{"a", "0", "kube-system", "123", repeated("a", 63)}) {
    CAPTURE(good);
    CHECK_NOTHROW(check_namespace(good));
  }
  for (const std::string& bad :
       Texts{"", "-a", "a-", "a.b", "A", "a_b", "ä", repeated("a", 64), repeated("-", 1'000'000)}) {
    CAPTURE(bad);
    CHECK_THROWS_AS(check_namespace(bad), Error);
  }
}

TEST_CASE("a label's key is a name behind a prefix or none") {
  for (const std::string& good :
       Texts{"a", "A_b.C-1", "app.kubernetes.io/name", "a/B", repeated("a", 63),
             repeated("a", 253) + "/" + repeated("b", 63)}) {
    CAPTURE(good);
    CHECK_NOTHROW(check_label_key(good));
    CHECK_NOTHROW(check_annotation_key(good));
  }
  for (const std::string& bad : Texts{"", "/", "a/", "/a", "a/b/c", "-a", "a-", "_a", ".a", "a b",
                                      "ä", "a_b/c", repeated("a", 64), repeated("a", 254) + "/b",
                                      "a/" + repeated("b", 64), repeated("a/", 500'000)}) {
    CAPTURE(bad);
    CHECK_THROWS_AS(check_label_key(bad), Error);
    CHECK_THROWS_AS(check_annotation_key(bad), Error);
  }
}

TEST_CASE("only an annotation's prefix may have upper case") {
  CHECK_THROWS_AS(check_label_key("Example.com/a"), Error);
  CHECK_NOTHROW(check_annotation_key("Example.com/a"));
}

TEST_CASE("a label's value is empty or a name") {
  for (const std::string& good : Texts{"", "a", "A_b.C-1", "123", repeated("a", 63)}) {
    CAPTURE(good);
    CHECK_NOTHROW(check_label_value(good));
  }
  for (const std::string& bad : Texts{"-", "a-", "_a", ".a", "a b", "a/b", "a:b", "ä",
                                      repeated("a", 64), repeated("a", 1'000'000)}) {
    CAPTURE(bad);
    CHECK_THROWS_AS(check_label_value(bad), Error);
  }
}

TEST_CASE("a message quotes the value and says the rule") {
  const auto error = error_of([] { check_secret_name("My\nCred"); });
  REQUIRE(error);
  CHECK(error->place().empty());
  CHECK_THAT(error->message(),
             Catch::StartsWith(R"("My\nCred" is not a Secret's name: at most 253)"));
  CHECK(error->hint() == R"("my-cred" would do)");
}

TEST_CASE("a hint offers a name that keeps the rule, or none") {
  const auto hint = [](auto check, std::string_view text) {
    const auto error = error_of([&] { check(text); });
    REQUIRE(error);
    return error->hint();
  };
  CHECK(hint(check_secret_name, "_My_Cred_") == R"("my-cred" would do)");
  CHECK(hint(check_secret_name, repeated("A", 300)) == "\"" + repeated("a", 253) + "\" would do");
  CHECK(hint(check_secret_name, "a..b").empty());
  CHECK(hint(check_secret_name, "").empty());
  CHECK(hint(check_namespace, "Team.One") == R"("team-one" would do)");
  CHECK(hint(check_namespace, repeated("a", 62) + ".b") ==
        "\"" + repeated("a", 62) + "\" would do");
  CHECK(hint(check_label_value, "hello, World!") == R"("hello--World" would do)");
  CHECK(hint(check_label_value, "---").empty());
}
