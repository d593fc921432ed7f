#include "credential/unfilled_template.h"

#include "catch.h"

using namespace pullsecret;

namespace {

std::string words_for(std::string_view text) {
  const TemplateMark* mark = find_template_mark(text);
  return mark == nullptr ? "" : std::string(mark->words);
}

}  // namespace

TEST_CASE("what templates leave where nobody put a value") {
  const auto [text, words] = GENERATE(table<std::string, std::string>({
      {"%!s(<nil>)", "%!s(…)"},
      {"%!v(MISSING)", "%!v(…)"},
      {"ci-%!d(string=x)", "%!d(…)"},
      {"%!(EXTRA string=x)", "%!(…)"},
      {"<no value>", "<no value>"},
      {"robot$<no value>", "<no value>"},
      {"<nil>", "<nil>"},
      {"{{ .Values.registry.password }}", "{{ … }}"},
      {"${{ secrets.TOKEN }}", "{{ … }}"},
      {"ci-{{user}}\n", "{{ … }}"},
      {"${REGISTRY_PASSWORD}", "${…}"},
      {"ci-${env}", "${…}"},
      {"${A:-b}", "${…}"},
      {"#{RegistryPassword}#", "#{…}"},
      {"$(REGISTRY_PASSWORD)", "$(…)"},
      {"$(cat token)", "$(…)"},
      {"$REGISTRY_PASSWORD", "$NAME"},
      {"%REGISTRY_PASSWORD%", "%NAME%"},
      {"@PASSWORD@", "@NAME@"},
      {"__PASSWORD__", "__NAME__"},
      {"((registry-password))", "((…))"},
      {"<path:secret/data/reg#password>", "<path:…>"},
      {"vault:secret/data/reg#password", "vault:…"},
      {"ref+vault://secret/reg#/password", "ref+…"},
      {"op://ci/reg/password", "op://…"},
      {"<your-password>", "<…>"},
      {"<path:a>@<b>", "<path:…>"},
      {"ENC[AES256_GCM,data:x,type:str]", "SOPS's ENC[…]"},
      {R"({"auths": {"a.io": {"auth": {{ .Values.auth }}}}})", "{{ … }}"},
  }));
  CAPTURE(text);
  CHECK(words_for(text) == words);
}

TEST_CASE("a mark may be a part of a name") {
  const auto [name, words] = GENERATE(table<std::string, std::string>({
      {"$(REGISTRY)/app:$(TAG)", "$(…)"},
      {"r.io/app:$(TAG)", "$(…)"},
      {"__REGISTRY__/app:1", "__NAME__"},
      {"registry-@ENV@.r.io/app", "@NAME@"},
      {"r.io/<owner>/app", "<…>"},
      {"<path:secret/data/x#image>", "<path:…>"},
      {"$REGISTRY/app:1", "$NAME"},
      {"REPLACE_ME/app:1", "a word such as REPLACE_ME"},
      {"${NS}-web", "${…}"},
      {"r.io/my__app__x:1", ""},
      {"r.io/app@sha256:0", ""},
      {"R.io/<&>", ""},
      {"", ""},
  }));
  CAPTURE(name);
  const TemplateMark* mark = find_template_mark_in_name(name);
  CHECK((mark == nullptr ? "" : mark->words) == words);
}

TEST_CASE("words that stand for a value") {
  for (const char* text :
       {"REPLACE_ME", "replaceme", "Replace-Me", "REPLACE_WITH_TOKEN", "CHANGEME", "change_me_now",
        "changeit", "your-password", "YOUR_GITHUB_TOKEN", "null", "None", "nil", "undefined",
        "TODO", "[MASKED]", "REDACTED", "placeholder"}) {
    CAPTURE(text);
    CHECK(words_for(text) == "a word such as REPLACE_ME");
    CHECK(find_template_mark(text)->may_be_meant);
  }
  for (const char* text : {"***", "xxxxxxxx", "XXX"})
    CHECK(words_for(text) == "a mask such as ***");
}

TEST_CASE("what may well be a password, or a registry's key") {
  for (const std::string& text : std::vector<std::string>{"",
                                                          "hunter2",
                                                          "pa$$word",
                                                          "$ecret",
                                                          "$5",
                                                          "${",
                                                          "}${",
                                                          "${}",
                                                          "${a b}",
                                                          "a{{b",
                                                          "}}{{",
                                                          "%a%",
                                                          "50%!",
                                                          "%!x",
                                                          "<b",
                                                          "a<b>",
                                                          "<a><b>",
                                                          "x",
                                                          "xx",
                                                          "**",
                                                          "$(",
                                                          "robot$acme+ci",
                                                          "_json_key",
                                                          "nullable",
                                                          "todos",
                                                          "yours",
                                                          "<html>\n</html>",
                                                          "https://ghcr.io/v1/",
                                                          "*.pkg.dev",
                                                          "@a@",
                                                          "__init__",
                                                          R"({"private_key": "${a}"})",
                                                          "00000000-0000-0000-0000-000000000000"}) {
    CAPTURE(text);
    CHECK(words_for(text).empty());
  }
}

TEST_CASE("a long text is read once, whatever is in it") {
  std::string text;
  for (int i = 0; i < 300'000; ++i)
    text += "${a";
  CHECK(words_for(text).empty());
  CHECK(words_for(text + "}") == "${…}");
  CHECK(words_for(text + "{{").empty());
}
