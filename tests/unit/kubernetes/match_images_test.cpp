#include "kubernetes/match_images.h"

#include "catch.h"
#include "support.h"

using namespace pullsecret;

namespace {

std::string why_not(std::string_view pattern, std::string_view image) {
  return why_not_asked(pattern, parse_image(image)).reason;
}

std::optional<std::string> mend(std::string_view pattern, std::string_view image) {
  auto mended = why_not_asked(pattern, parse_image(image)).mend;
  if (mended) CHECK(asks_for(*mended, parse_image(image)));
  return mended;
}

}  // namespace

TEST_CASE("a provider is asked for an image exactly if the kubelet asks it") {
  const auto rows = test_data("kubelet-provider.json")["match"];
  REQUIRE(rows.size() > 100);
  for (const auto& row : rows) {
    CAPTURE(row["match"], row["image"]);
    const Image image = parse_image(row["image"].get<std::string>());
    const bool is_asked = asks_for(row["match"].get<std::string>(), image);
    CHECK(is_asked == row["asked"].is_string());
    if (is_asked) CHECK(image.repository == row["asked"].get<std::string>());
  }
}

TEST_CASE("where a provider is not asked, there is a reason") {
  const nlohmann::json data = test_data("kubelet-provider.json");
  for (const auto& row : data.at("match")) {
    if (row["asked"].is_string()) continue;
    CAPTURE(row["match"], row["image"]);
    const Image image = parse_image(row["image"].get<std::string>());
    const NotAsked why = why_not_asked(row["match"].get<std::string>(), image);
    CHECK_FALSE(why.reason.empty());
    if (why.mend) CHECK(asks_for(*why.mend, image));
  }
}

TEST_CASE("the pattern of a registry key is spelled as matchImages wants it") {
  const auto [key, pattern] = GENERATE(table<std::string, std::optional<std::string>>({
      {"https://index.docker.io/v1/", "docker.io"},
      {"index.docker.io", "docker.io"},
      {"docker.io", "docker.io"},
      {"registry-1.docker.io", "docker.io"},
      {"docker.io/acme", "docker.io/acme"},
      {"ghcr.io", "ghcr.io"},
      {"https://GHCR.io/v1/", "ghcr.io"},
      {"http://ghcr.io/v2/", "ghcr.io"},
      {"quay.io/acme", "quay.io/acme"},
      {"registry.example.com:5000", "registry.example.com:5000"},
      {"https://registry.example.com:5000/team", "registry.example.com:5000/team"},
      {"octocat:hunter2@ghcr.io", "ghcr.io"},
      {"*.example.com", "*.example.com"},
      {"localhost:5000", "localhost:5000"},
      {"ghcr.io/acme/app:1.4", std::nullopt},
      {"no registry", std::nullopt},
      {"", std::nullopt},
  }));
  CAPTURE(key);
  CHECK(match_pattern(key) == pattern);
  if (pattern) CHECK_FALSE(why_matches_nothing(*pattern));
}

TEST_CASE("what matches nothing has a reason, and the nearest that matches") {
  const auto [pattern, reason, hint] = GENERATE(table<std::string, std::string, std::string>({
      {"https://ghcr.io", "a pattern has no scheme", "the pattern must be ghcr.io"},
      {"index.docker.io", "Docker Hub is docker.io to the kubelet",
       "the pattern must be docker.io"},
      {"registry-1.docker.io", "Docker Hub is docker.io to the kubelet",
       "the pattern must be docker.io"},
      {"GHCR.io", "letter case counts, and the names of registries are in lower case",
       "the pattern must be ghcr.io"},
      {"ghcr.io/acme/*", "no image has such a name",
       "a pattern is HOST[:PORT][/PATH]; a * stands for one label of the host"},
      {"*", "it matches hosts of one label alone, such as localhost",
       "*.* matches all hosts of two labels, such as ghcr.io, and *.*.* all of three"},
      {"octocat@ghcr.io", "the kubelet leaves out what stands before @, and behind ? or #",
       "the pattern must be ghcr.io"},
      {"ghcr.io/acme?x", "the kubelet leaves out what stands before @, and behind ? or #",
       "the pattern must be ghcr.io/acme"},
      {"ghcr.io#x", "the kubelet leaves out what stands before @, and behind ? or #",
       "the pattern must be ghcr.io"},
      {"ghcr.io:port", "it is no pattern that the kubelet takes",
       "a pattern is HOST[:PORT][/PATH]; a * stands for one label of the host"},
      {"ghcr", "no image has such a name",
       "a pattern is HOST[:PORT][/PATH]; a * stands for one label of the host"},
      {"", "no image has such a name",
       "a pattern is HOST[:PORT][/PATH]; a * stands for one label of the host"},
  }));
  CAPTURE(pattern);
  const auto why = why_matches_nothing(pattern);
  REQUIRE(why);
  CHECK(why->message() == reason);
  CHECK(why->hint() == hint);
}

TEST_CASE("the reason why a provider is not asked names what people get wrong") {
  CHECK(why_not("registry.example.com", "registry.example.com:5000/a") ==
        "names no port, and the image does");
  CHECK(mend("registry.example.com", "registry.example.com:5000/a") == "registry.example.com:5000");
  CHECK(why_not("ghcr.io:443", "ghcr.io/a") == "names a port, and the image does not");
  CHECK(mend("ghcr.io:443/acme", "ghcr.io/acme/a") == "ghcr.io/acme");
  CHECK(why_not("r.example.com:1", "r.example.com:2/a") == "names another port");
  CHECK(why_not("index.docker.io", "nginx") == "is not how the kubelet names Docker Hub");
  CHECK(mend("index.docker.io", "nginx") == "docker.io");
  CHECK(why_not("https://ghcr.io", "ghcr.io/a") == "has a scheme");
  CHECK(mend("https://ghcr.io", "ghcr.io/a") == "ghcr.io");
  CHECK(why_not("GHCR.io", "ghcr.io/a") == "is not how the kubelet spells the registry");
  CHECK(why_not("*.amazonaws.com", "1.dkr.ecr.eu-west-1.amazonaws.com/a") ==
        "has another number of labels: each * stands for one");
  CHECK(why_not("ghcr.io/acme/app", "ghcr.io/acme/other") ==
        "has a path that the image's name does not begin with");
  CHECK(why_not("quay.io", "ghcr.io/a") == "is another registry");
  CHECK(why_not_asked("quay.io", parse_image("ghcr.io/a")).is_other_registry);
  CHECK(why_not("ghcr.io:port", "ghcr.io/a") == "is no pattern that the kubelet takes");
}
