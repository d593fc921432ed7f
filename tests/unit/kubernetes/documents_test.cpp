#include "kubernetes/documents.h"

#include <fmt/format.h>

#include "catch.h"
#include "support.h"

using namespace pullsecret;
using Catch::Contains;

namespace {

// The trees of all documents in `text`, as one JSON array.
std::string trees(const std::string& text) {
  const JsonText source{"m.yaml", text};
  nlohmann::json trees = nlohmann::json::array();
  for (const Document& document : read_documents(source).values)
    trees.push_back(document.tree);
  return trees.dump();
}

// "PLACE: MESSAGE" of the Error.
std::string refusal_of_documents(const std::string& text) {
  const auto error = error_of([&] { trees(text); });
  return error ? error->what() : "";
}

}  // namespace

TEST_CASE("YAML becomes trees of strings and null") {
  CHECK(trees("a: 1\nb: [x, 'y', \"z\\n\"]\nc: ~\nd:\ne: 'null'\n") ==
        R"([{"a":"1","b":["x","y","z\n"],"c":null,"d":null,"e":"null"}])");
  CHECK(trees("# comment\nkind: Secret # more\ndata:\n  x: |\n    one\n    two\n") ==
        R"([{"data":{"x":"one\ntwo\n"},"kind":"Secret"}])");
  CHECK(trees("- {a: b}") == R"([[{"a":"b"}]])");
}

// As kubectl set image --local takes it for the image of a container, or refuses it.
TEST_CASE("plain scalars are what they are to Kubernetes") {
  const auto [text, value] = GENERATE(table<std::string, std::string>({
      {"5", "5"},
      {"-1", "-1"},
      {"+1", "1"},
      {"1_000", "1000"},
      {"0b11", "3"},
      {"0x1F", "31"},
      {"0x1_F", "31"},
      {"0o7", "7"},
      {"010", "8"},
      {"09", "9.0"},
      {"1.5", "1.5"},
      {".5", "0.5"},
      {"-.5", "-0.5"},
      {"1.", "1.0"},
      {"1e3", "1000.0"},
      {"1_", "1"},
      {"yes", "true"},
      {"y", "true"},
      {"N", "false"},
      {"Off", "false"},
      {"yEs", "\"yEs\""},
      {"_1", "\"_1\""},
      {"1:30", "\"1:30\""},
      {"2026-11-30", "\"2026-11-30\""},
      {"1e", "\"1e\""},
      {"0x", "\"0x\""},
      {"0b12", "\"0b12\""},
      {".", "\".\""},
      {"1.2.3", "\"1.2.3\""},
      {"'5'", "\"5\""},
      {"18446744073709551615", "18446744073709551615"},
  }));
  CAPTURE(text);
  const JsonText source{"m.yaml", "a: " + text};
  CHECK(read_documents(source, PlainScalars::typed).values.at(0).tree["a"].dump() == value);
}

TEST_CASE("documents follow each other, in YAML and in JSON") {
  CHECK(trees("a: 1\n---\nb: 2\n...\n---\n") == R"([{"a":"1"},{"b":"2"},null])");
  CHECK(trees("{\"a\":1}\n{\"b\":[true,null]}{}") == R"([{"a":1},{"b":[true,null]},{}])");
  CHECK(trees("") == "[]");
  CHECK(trees(" \n\n") == "[]");
}

TEST_CASE("JSON keeps its own text, YAML has none") {
  const JsonText json{"-", " {\"a\": 1}\n {}"}, yaml{"-", "a: 1"};
  const auto documents = read_documents(json).values;
  REQUIRE(documents.size() == 2);
  CHECK(documents[0].text == "{\"a\": 1}");
  CHECK(documents[1].text == "{}");
  CHECK(read_documents(yaml).values.front().text.empty());
}

TEST_CASE("aliases and merge keys are written out") {
  CHECK(trees("a: &x {p: q}\nb: *x\nc: [*x, &y z, *y]\n") ==
        R"([{"a":{"p":"q"},"b":{"p":"q"},"c":[{"p":"q"},"z","z"]}])");
  CHECK(trees("a: &x {p: 1, q: 2}\nb: {p: 3, <<: *x}\nc: {<<: *x, q: 4}\n") ==
        R"([{"a":{"p":"1","q":"2"},"b":{"p":"3","q":"2"},"c":{"p":"1","q":"4"}}])");
  CHECK(refusal_of_documents("a: &x [*x]") == "m.yaml:1:8: an alias inside of what it stands for");
  CHECK_THAT(refusal_of_documents("&a x: 1\n---\nb: *a"), Contains("m.yaml:3:4: not YAML"));
}

TEST_CASE("of a repeated name the last value counts") {
  CHECK(trees("a: 1\na: 2\n") == R"([{"a":"2"}])");
  CHECK(trees(R"({"a":1,"a":2})") == R"([{"a":2}])");
}

TEST_CASE("errors name the place, and no text") {
  CHECK(refusal_of_documents("x: y\na: b: c\n") ==
        "m.yaml:2:5: not YAML: mapping values are not allowed in this context");
  CHECK(refusal_of_documents("{\"a\": 1}\n{\"b\": 2,}") == "m.yaml:2:8: a trailing comma");
  CHECK(refusal_of_documents("{}\n0{}") == "m.yaml: JSON that is no object");
  CHECK(refusal_of_documents("a: *hunter2") ==
        "m.yaml:1:4: not YAML: the referenced anchor is not defined");
  CHECK(refusal_of_documents("? [a]\n: b") == "m.yaml:1:3: the name of a member must be a string");
}

TEST_CASE("a template that nobody has rendered is said to be one") {
  const auto [text, place] = GENERATE(table<std::string, std::string>({
      {"kind: Pod\nimage: {{ .Values.image }}\n", "m.yaml:2:8"},
      {"{{- if .Values.enabled }}\nkind: Pod\n{{- end }}\n", "m.yaml:1:1"},
      {"kind: Pod\nspec:\n  {{- with .Values.x }}\n  a:\n    {{- toYaml . | nindent 4 }}\n",
       "m.yaml:3:3"},
      {"name: {{ include \"x\" . }}-app\n", "m.yaml:1:7"},
      {"{{/* what it is */}}\na: b\n", "m.yaml:1:1"},
      {"# no\n\n{{ define \"a\" }}\n{\"a\": 1}\n{{ end }}", "m.yaml:3:1"},
  }));
  CAPTURE(text);
  CHECK_THAT(refusal_of_documents(text), Catch::StartsWith(place + ": a template"));
  for (const std::string other :
       {"a: |\n  {{ $x }}\nb:\n\n\nc: [\nd: e\n", "{{\"auths\": {}}", "a: b\n c: d\n"})
    CHECK_THAT(refusal_of_documents(other), !Contains("template"));
  CHECK(trees("a: |\n  {{ $x }}\n") == R"([{"a":"{{ $x }}\n"}])");
}

TEST_CASE("what is no text is refused") {
  CHECK(refusal_of_documents(std::string("a\0b", 3)) == "m.yaml: binary data, and no manifest");
  CHECK(refusal_of_documents("a: \xFF") == "m.yaml: binary data, and no manifest");
  CHECK(refusal_of_documents("\xFF\xFE{") == "m.yaml: UTF-16 text; a manifest is UTF-8");
  CHECK(trees("\xEF\xBB\xBF"
              "a: 1") == R"([{"a":"1"}])");
}

TEST_CASE("nesting is bounded") {
  CHECK(trees(repeated("- ", 63) + "[x]").size() > 64);
  for (const std::string level : {"- ", "? ", "["}) {
    CAPTURE(level);
    CHECK_THAT(refusal_of_documents(repeated(level, 100'000)),
               Contains("nested deeper than 64 levels"));
  }
  CHECK(refusal_of_documents(repeated("- ", 64) + "[x]") ==
        "m.yaml:1:129: nested deeper than 64 levels");
  CHECK(refusal_of_documents(repeated(R"({"a":)", 100'000)) ==
        "m.yaml: nested deeper than 64 levels");
  // 60 levels, and within them an alias to 60 more.
  CHECK_THAT(refusal_of_documents("- &a " + repeated("[", 60) + repeated("]", 60) + "\n- " +
                                  repeated("[", 60) + "*a" + repeated("]", 60)),
             Contains(":2:63: nested deeper than 64 levels"));
}

TEST_CASE("the number of values is bounded, aliases counted as often as they are used") {
  std::string laughs = "a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n";
  for (int i = 1; i < 12; ++i)
    laughs +=
        fmt::format("a{0}: &a{0} [{1}*a{2}]\n", i, repeated(fmt::format("*a{},", i - 1), 9), i - 1);
  CHECK_THAT(refusal_of_documents(laughs),
             Contains("its aliases stand for more than 250000 values"));
  CHECK_THAT(refusal_of_documents("[" + repeated("a,", max_manifest_values) + "]"),
             Contains("more than 5000000 values"));
}

TEST_CASE("values are counted, and no words and punctuation") {
  std::string text = "data:\n  text: |\n";
  for (int i = 0; i < 300'000; ++i)
    text += "    a line of words, [with] {punctuation}: \"and more\"\n";
  CHECK(refusal_of_documents(text).empty());
  CHECK(refusal_of_documents("a: \"" + repeated("[], ", 2'000'000) + "\"").empty());
}

TEST_CASE("what begins with a comma is no YAML") {
  const auto [text, place] = GENERATE(table<std::string, std::string>({
      {",", "m.yaml:1:1"},
      {",a", "m.yaml:1:1"},
      {"a: b\n---\n,c", "m.yaml:3:1"},
      {"# x\n, a", "m.yaml:2:1"},
  }));
  CAPTURE(text);
  CHECK(refusal_of_documents(text) == place + ": not YAML: did not find expected node content");
}

TEST_CASE("the handles of tags are bounded, which libyaml compares with each other") {
  std::string text;
  for (int i = 0; i < 1'001; ++i)
    text += fmt::format("%TAG !{}! x\n", i);
  CHECK(refusal_of_documents(text + "--- a") == "m.yaml: more than 1000 handles of tags");
}

TEST_CASE("what is refused for its size, or its tabs, says what to do") {
  const auto hint = [](const std::string& text) {
    const auto error = error_of([&] { read_documents({"m.yaml", text}); });
    return error ? error->hint() : "";
  };
  CHECK_THAT(hint("a: &a " + std::string(1'000'000, 'x') + "\nb: [" + repeated("*a,", 10) + "]"),
             Contains("write out what they stand for"));
  CHECK_THAT(hint(repeated("- ", 65)), Contains("leave out the object"));
  CHECK_THAT(hint(repeated(R"({"a":)", 100)), Contains("leave out the part"));
  CHECK_THAT(hint(std::string(max_manifest_size + 1, ' ')), Contains("give fewer objects"));
  CHECK_THAT(hint(repeated("%TAG !a! x\n", 1'001) + "--- a"), Contains("%TAG"));
  CHECK_THAT(hint("kind: Pod\nspec:\n\tcontainers: []\n"), Contains("no tabs"));
  CHECK(hint("a: b\n c: 'd\te'\n").empty());
}

TEST_CASE("empty documents are some, and end") {
  CHECK(trees("---\n---\n---\n") == "[null,null,null]");
  CHECK(trees("---\n...\n---\na\n") == R"([null,"a"])");
  CHECK(trees("a\n---\nb\n") == R"(["a","b"])");
}

TEST_CASE("the size is bounded, aliases written out") {
  CHECK(refusal_of_documents(std::string(max_manifest_size + 1, ' ')) ==
        "m.yaml: larger than 64 MiB");
  CHECK(trees(std::string(max_manifest_size, ' ')) == "[]");
  CHECK_THAT(refusal_of_documents("a: &a " + std::string(1'000'000, 'x') + "\nb: [" +
                                  repeated("*a,", 10) + "]"),
             Contains("its aliases and tags stand for more than 8 MiB"));
  // What is kept for nested anchors counts.
  std::string nested = "- ";
  for (int i = 0; i < 40; ++i)
    nested += fmt::format("&a{} [", i);
  CHECK_THAT(refusal_of_documents(nested + std::string(1'000'000, 'x') + repeated("]", 40)),
             Contains("its aliases and tags stand for more than 8 MiB"));
}

TEST_CASE("what libyaml writes out of tags is bounded") {
  std::string text = "%TAG !a! " + std::string(1'000'000, 't') + "\n---\n";
  for (int i = 0; i < 9; ++i)
    text += GENERATE("- !a!x y\n", "- !a!x [y]\n", "- !a!x {y: z}\n");
  CHECK_THAT(refusal_of_documents(text),
             Contains("its aliases and tags stand for more than 8 MiB"));
}

TEST_CASE("JSON is counted over all documents, and not within strings") {
  const std::string half = R"({"a":[)" + repeated("{},", max_manifest_values / 2) + "{}]}";
  CHECK(refusal_of_documents(half + half) == "m.yaml: more than 5000000 values");
  CHECK(
      refusal_of_documents(R"({"a":")" + std::string(max_manifest_values, ',') + R"("})").empty());
}

TEST_CASE("behind a byte order mark a manifest is one, and a config is refused") {
  CHECK_THAT(refusal_of_documents("\xEF\xBB\xBF {}"), Contains("byte order mark"));
  CHECK_THAT(refusal_of_documents("\xEF\xBB\xBF{\"auths\": {}}"), Contains("byte order mark"));
  CHECK(trees("\xEF\xBB\xBF{\"kind\": \"x\"}\r\n") == R"([{"kind":"x"}])");
  CHECK(trees("\xEF\xBB\xBFkind: x") == R"([{"kind":"x"}])");
}
