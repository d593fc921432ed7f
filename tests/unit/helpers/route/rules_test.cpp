#include "helpers/route/rules.h"

#include <string>

#include "catch.h"
#include "support.h"
#include "temporary_folder.h"

using namespace pullsecret;

namespace {

std::vector<Rule> rules_of(const std::string& routes) {
  return parse_rules({"routes.json", "{\"routes\": [" + routes + "]}"});
}

// The first helper of the rule that is for `server_url`.
std::string helper_for(const std::vector<Rule>& rules, const std::string& server_url,
                       const std::string& folder = "/") {
  const Rule* rule = find_rule(rules, server_url, folder);
  return rule == nullptr ? "none" : rule->helpers.front();
}

std::string refusal_of(const std::string& json) {
  const auto error = error_of([&] { parse_rules({"routes.json", json}); });
  return error ? error->what() + std::string("; ") + error->hint() : "none";
}

}  // namespace

TEST_CASE("a rule is for hosts as the kubelet's matchImages are") {
  const auto rules = rules_of(R"(
    {"match": "111111111111.dkr.ecr.*.amazonaws.com", "helper": "prod"}, // comments are fine
    {"match": "*.dkr.ecr.*.amazonaws.com", "helper": "ecr-login"},
    /* and these */ {"match": "*.PKG.dev", "helper": "gcloud"},
    {"match": "index.docker.io", "helper": "hub"},
    {"match": "localhost:5000", "helper": "local"}, {"match": "r*.example.com", "helper": "r"})");
  CHECK(helper_for(rules, "111111111111.dkr.ecr.eu-west-1.amazonaws.com") == "prod");
  CHECK(helper_for(rules, "222222222222.dkr.ecr.eu-west-1.amazonaws.com") == "ecr-login");
  CHECK(helper_for(rules, "https://EUROPE-docker.pkg.dev") == "gcloud");
  CHECK(helper_for(rules, "a.b.pkg.dev") == "none");
  CHECK(helper_for(rules, "pkg.dev") == "none");
  for (const char* hub : {"https://index.docker.io/v1/", "docker.io", "registry-1.docker.io",
                          "https://index.docker.io/v1/access-token", "https://alice@docker.io"})
    CHECK(helper_for(rules, hub) == "hub");
  CHECK(helper_for(rules, "localhost:5000") == "local");
  CHECK(helper_for(rules, "localhost:5001") == "none");
  CHECK(helper_for(rules, "https://bob@r1.example.com:443/v2/") == "r");
  CHECK(helper_for(rules, "") == "none");
}

TEST_CASE("the first rule counts, and * is any registry") {
  const auto rules = rules_of(R"({"match": "*", "helper": ["pass", "encryptedfile"]},
                                 {"match": "ghcr.io", "helper": "never"})");
  for (const char* host : {"ghcr.io", "[::1]:5000", "a.b.c:1", "quay.io/acme/app"})
    CHECK(helper_for(rules, host) == "pass");
}

TEST_CASE("a rule counts in the folders that it names") {
  const ScopedVariable home("HOME", "/home/octo");
  const auto rules = rules_of(R"({"match": "*", "in": "~/projects/**", "helper": "work"},
                                 {"match": "*", "in": "/srv/*/app/", "helper": "server"},
                                 {"match": "*", "helper": "other"})");
  CHECK(helper_for(rules, "ghcr.io", "/home/octo/projects") == "work");
  CHECK(helper_for(rules, "ghcr.io", "/home/octo/projects/a/b") == "work");
  CHECK(helper_for(rules, "ghcr.io", "/home/octo/projects-old") == "other");
  CHECK(helper_for(rules, "ghcr.io", "/srv/one/app/src") == "server");
  CHECK(helper_for(rules, "ghcr.io", "/srv/one/two/app") == "other");
}

TEST_CASE("folders match by the name that is given, and without links, as git's includeIf does") {
  const TemporaryFolder folder;
  const std::filesystem::path top = std::filesystem::canonical(folder.path());
  std::filesystem::create_directories(top / "home/work/app");
  std::filesystem::create_directory_symlink(top / "home", top / "link");
  std::filesystem::create_directory_symlink(top / "home/work", top / "away");
  const auto helper_in = [&](const std::string& home, const std::string& in,
                             const std::string& where) {
    const ScopedVariable variable("HOME", (top / home).string());
    return helper_for(rules_of(R"({"match": "*", "in": ")" + in + R"(", "helper": "here"})"),
                      "ghcr.io", top / where);
  };
  CHECK(helper_in("home/", "~/work/**", "home/work/app") == "here");
  CHECK(helper_in("link", "~/work/**", "home/work/app") == "here");
  CHECK(helper_in("link", "~/work/**", "link/work") == "here");
  CHECK(helper_in("home", "~/work/", "away/app") == "here");
  CHECK(helper_in("home", "~/work/../work/*", "home/work/app") == "here");
  CHECK(helper_in("home", top / "away/**", "home/work/app") == "here");
  CHECK(helper_in("home", top / "away/**", "away/app") == "here");
  CHECK(helper_in("home", "~", "home") == "here");
  CHECK(helper_in("home", "~/work", "home/work/app") == "none");
  CHECK(helper_in("home", "~/work/**", "home") == "none");
}

TEST_CASE("a match is what clients ask for, in whatever spelling, or it is refused") {
  CHECK(helper_for(rules_of(R"({"match": "GHCR.io:443", "helper": "x"})"), "ghcr.io") == "x");
  CHECK(helper_for(rules_of(R"({"match": "Index.Docker.io:443", "helper": "x"})"), "docker.io") ==
        "x");
  for (const char* match :
       {"*:443", "ghcr.io:", "ghcr.io:*", "ghcr.io?x", "ghcr.io#x", "ghcr io", "ghcr.io,quay.io"})
    CHECK(
        refusal_of(R"({"routes": [{"match": ")" + std::string(match) + R"(", "helper": "x"}]})") ==
        "routes.json: routes[0].match: is no host: " + std::string(match) + "; ");
  CHECK(refusal_of(R"({"routes": [{"match": "alice:pw@ghcr.io", "helper": "x"}]})") ==
        "routes.json: routes[0].match: must be a host, or HOST:PORT, without a username; "
        "\"account\" says whose login is answered");
  CHECK(refusal_of(R"({"routes": [{"match": "https://ghcr.io", "helper": "x"}]})")
            .find("must be a host") != std::string::npos);
}

TEST_CASE("rules that are for nothing are told") {
  const auto rules = rules_of(R"({"match": "*.dkr.ecr.*.amazonaws.com", "helper": "x"},
      {"match": "1.dkr.ecr.*.amazonaws.com", "helper": "x"}, {"match": "*.docker.io", "helper": "x"},
      {"match": "a.io", "in": "~/work", "helper": "x"}, {"match": "a.io", "helper": "x"},
      {"match": "a.io:5000", "helper": "x"}, {"match": "*", "in": "/srv", "helper": "x"},
      {"match": "*", "helper": "x"}, {"match": "b.io", "in": "/srv", "helper": "x"})");
  CHECK(vain_rules(rules) ==
        std::vector<std::string>{
            "routes[1] never counts: routes[0] stands before it, and is for all that it is for",
            "routes[2] is not for Docker Hub, which is docker.io here",
            "routes[8] never counts: routes[6] stands before it, and is for all that it is for"});
}

TEST_CASE("a member that is there twice is refused") {
  CHECK(refusal_of(R"({"routes": [], "routes": []})") == R"(routes.json: has "routes" twice; )");
  CHECK(refusal_of(R"({"routes": [{"match": "*", "helper": "x"},
                                  {"match": "*", "helper": "x", "match": "a.io"}]})") ==
        R"(routes.json: routes[1]: has "match" twice; )");
  CHECK(refusal_of(R"({"routes": [{"match": "*", "env": {"A": "x", "A": "y"}}]})") ==
        R"(routes.json: routes[0]: has "A" twice; )");
}

TEST_CASE("the user's own rules count even if they cannot be reached") {
  const TemporaryFolder folder;
  const auto system = folder.write("etc.json", "{}");
  CHECK(counting_file(folder.path() / "own.json", system) == system);
  std::filesystem::create_symlink("loop", folder.path() / "loop");
  CHECK(counting_file(folder.path() / "loop/own.json", system) == folder.path() / "loop/own.json");
  CHECK(counting_file(folder.write("own.json", "{}"), system) == folder.path() / "own.json");
}

TEST_CASE("what is no rule is refused with its place, and with what is meant") {
  CHECK(refusal_of("{\"routes\": [\n  {\"match\": \"*\",}]}") ==
        "routes.json:2:17: is no JSON from here on; a comma too many, or one that is missing?");
  const auto in_rule = [](const std::string& members) {
    return refusal_of("{\"routes\": [{" + members + "}]}");
  };
  CHECK(refusal_of("[]") == "routes.json: must be an object; {\"routes\": […]}");
  CHECK(refusal_of(R"({"route": []})") ==
        R"(routes.json: has no member "route"; "routes" is meant?)");
  CHECK(in_rule(R"("match": "*", "helpr": "pass")") ==
        R"(routes.json: routes[0]: has no member "helpr"; "helper" is meant?)");
  CHECK(in_rule(R"("match": "*")") == R"(routes.json: routes[0]: has no "helper"; )");
  CHECK(in_rule(R"("match": "*", "helper": [])") ==
        "routes.json: routes[0].helper: must name one helper at least, and 16 at most; ");
  CHECK(in_rule(R"("match": "*", "helper": "docker-credential-pass")") ==
        R"(routes.json: routes[0].helper: is a program's name; write "pass")");
  CHECK(in_rule(R"("match": "*", "helper": ["pass", "route"])") ==
        "routes.json: routes[0].helper: leads to this program itself; name the helper that keeps "
        "the login");
  CHECK(
      in_rule(R"("match": "quay.io/acme", "helper": "pass")") ==
      "routes.json: routes[0].match: must be a host, or HOST:PORT; Docker tells a helper no path: "
      "leave it out, and the scheme, too");
  CHECK(in_rule(R"("match": "*", "helper": "pass", "cache": "forever")") ==
        "routes.json: routes[0].cache: is no time; write 90s, 30m, 6h or 2d; at most a year");
  CHECK(in_rule(R"("match": "*", "helper": "pass", "env": {"A=B": "x"})") ==
        "routes.json: routes[0].env: A=B is no variable's name; ");
  CHECK(in_rule(R"("match": "*", "helper": "pass", "onError": "ignore")") ==
        R"(routes.json: routes[0].onError: must be "next" or "fail"; )");
  CHECK(in_rule(R"("match": "*", "helper": "a/b")").find("no name of a credential helper") !=
        std::string::npos);
}

TEST_CASE("rules are bounded") {
  const std::string rule = R"({"match": "*", "helper": "pass"})";
  std::string routes = rule;
  for (std::size_t i = 1; i < max_rules; ++i)
    routes += "," + rule;
  CHECK(rules_of(routes).size() == max_rules);
  CHECK(refusal_of("{\"routes\": [" + routes + "," + rule + "]}") ==
        "routes.json: \"routes\" must be an array of at most 1000; ");
  CHECK(refusal_of(std::string(100000, '[')).find("is no JSON") != std::string::npos);
}

TEST_CASE("rules that another user can change are refused") {
  const TemporaryFolder home;
  const ScopedVariable config("XDG_CONFIG_HOME", home.path());
  CHECK(error_of([] { load_rules(); })->message().find("no such file") != std::string::npos);
  const auto file = home.write("docker-credential-route/routes.json",
                               R"({"routes": [{"match": "*", "helper": "pass"}]})");
  CHECK(load_rules().size() == 1);
  chmod(file.c_str(), 0666);
  CHECK(error_of([] { load_rules(); })->message().find("anybody may write to it") !=
        std::string::npos);
  chmod(file.c_str(), 0644);
  if (chown(file.c_str(), stranger, stranger) != 0) return skip("this is for root");
  CHECK(error_of([] { load_rules(); })->message().find("another user's") != std::string::npos);
  const ScopedVariable caller("SUDO_UID", std::to_string(stranger));
  CHECK(load_rules().size() == 1);
}
