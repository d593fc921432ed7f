#include "credential/login_remarks.h"

#include "catch.h"
#include "credential/base64.h"

using namespace pullsecret;

namespace {

using Names = std::vector<std::string>;

Names login_names(const std::string& username, const std::string& password) {
  Names names;
  for (const Remark& remark : remarks_on_login({.username = username, .password = password})) {
    CHECK_THAT(remark.message, !Catch::Contains("hunter2"));
    names.push_back(remark.name);
  }
  return names;
}

const std::string service_account_key =
    "{\n  \"type\": \"service_account\",\n  \"private_key\": \"hunter2\\n\"\n}\n";

std::string wrapped(const std::string& text) {
  return text.substr(0, 20) + "\n" + text.substr(20);
}

}  // namespace

TEST_CASE("a service account's key goes with the username of its form") {
  const std::string encoded = encode_base64(service_account_key);
  CHECK(login_names("_json_key", service_account_key).empty());
  CHECK(login_names("_json_key_base64", encoded).empty());
  CHECK(login_names("_json_key", encoded) == Names{"json-key-encoded"});
  CHECK(login_names("_json_key", wrapped(encoded)) ==
        Names{"json-key-encoded", "password-has-line-break"});
  CHECK(login_names("_json_key_base64", wrapped(encoded)) == Names{"password-has-line-break"});
  CHECK(login_names("_json_key_base64", service_account_key) ==
        Names{"password-ends-in-line-break", "json-key-plain"});
  CHECK(login_names("_json_key", "{\"private_key\": \"hunter2\n\"}") == Names{"json-key-broken"});
  CHECK(login_names("_json_key", "key.json") == Names{"json-key-broken"});
  CHECK(login_names("_json_key_base64", "hunter2") == Names{"json-key-broken"});
  CHECK(login_names("_json_key", "").empty());
}

TEST_CASE("a password of several lines is wrapped") {
  CHECK(login_names("u", "hunter2\nhunter2") == Names{"password-has-line-break"});
  CHECK(login_names("u", "hunter2\r\nhunter2\n") ==
        Names{"password-ends-in-line-break", "password-has-line-break"});
  CHECK(login_names("u", service_account_key) == Names{"password-ends-in-line-break"});
}

TEST_CASE("a template is remarked in both, and white space is") {
  CHECK(login_names("$(USER)", "${PASSWORD}") == Names{"unfilled-template", "unfilled-template"});
  CHECK(login_names("u", "REPLACE_ME\n") ==
        Names{"password-ends-in-line-break", "unfilled-template"});
  CHECK(remarks_on_login({.username = "u", .password = "{{ x }}"}).at(0).severity ==
        Severity::problem);
  CHECK(remarks_on_login({.username = "u", .password = "changeme"}).at(0).severity ==
        Severity::warning);
}
