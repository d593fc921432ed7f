#include "credential/white_space_remarks.h"

#include "catch.h"

using namespace pullsecret;

namespace {

std::vector<std::string> names_for(const std::string& username, const std::string& password) {
  std::vector<std::string> names;
  for (const Remark& remark :
       remarks_on_white_space({.username = username, .password = password})) {
    CHECK_THAT(remark.message, !Catch::Contains("hunter2"));
    names.push_back(remark.name);
  }
  return names;
}

using Names = std::vector<std::string>;

}  // namespace

TEST_CASE("white space at the ends of a username or password is remarked") {
  CHECK(names_for("u", "hunter2").empty());
  CHECK(names_for("u v", "hunter2 \n hunter2").empty());
  CHECK(names_for("u", "hunter2\n") == Names{"password-ends-in-line-break"});
  CHECK(names_for("u", "hunter2\r\n\n") == Names{"password-ends-in-line-break"});
  CHECK(names_for("u", "hunter2\r") == Names{"password-ends-in-line-break"});
  CHECK(names_for("u", "\nhunter2") == Names{"password-has-outer-space"});
  CHECK(names_for("u", "hunter2\t") == Names{"password-has-outer-space"});
  CHECK(names_for("u", "\n") == Names{"password-ends-in-line-break"});
  for (const char* username : {"u ", " u", "u\n", "\tu"})
    CHECK(names_for(username, "hunter2") == Names{"username-has-outer-space"});
  CHECK(names_for("u ", "hunter2 ") ==
        Names{"username-has-outer-space", "password-has-outer-space"});
}

TEST_CASE("a JSON key may end in a line break") {
  CHECK(names_for("_json_key", "{\"hunter2\":1}\n").empty());
  CHECK(names_for("_json_key_base64", "aHVudGVyMg==\n") == Names{"password-ends-in-line-break"});
}
