#include "registry/registries_yaml.h"

#include <fmt/format.h>

#include "catch.h"
#include "kubernetes/documents.h"
#include "registry/endpoint_words.h"
#include "support.h"
#include "system/text.h"

using namespace pullsecret;
using Texts = std::vector<std::string>;

namespace {

NodeRegistries registries_in(const std::string& yaml) {
  const JsonText source{"registries.yaml", yaml};
  const auto documents = read_documents(source).values;
  return read_registries(documents.empty() ? nlohmann::json() : documents.front().tree, source.file,
                         "/k");
}

Texts endpoints_for(const std::string& yaml, const std::string& host = "docker.io") {
  const auto found = endpoints_in(registries_in(yaml), host);
  return found ? words_of(*found) : Texts{"none"};
}

Texts mirror_of_hub(const std::string& endpoint_list, const std::string& more = "") {
  Texts found = endpoints_for("mirrors: {docker.io: {endpoint: [" + endpoint_list + "]}}\n" + more);
  REQUIRE(found.back() == "https://registry-1.docker.io /v2");
  found.pop_back();
  return found;
}

Texts registries_remarks(const std::string& yaml) {
  return messages_of(registries_in(yaml).remarks);
}

const std::string docker_hub = "https://registry-1.docker.io /v2";

}  // namespace

TEST_CASE("an endpoint is a URL, or a host, with k3s' defaults") {
  const auto [list, words] = GENERATE(table<std::string, Texts>({
      {"https://m.io/prefix/v2", {"https://m.io /prefix/v2 mirror"}},
      {"m.io/v2", {"https://m.io /v2 mirror"}},
      {"m.io", {"https://m.io /v2 mirror"}},
      {"'https://m.io/v2/'", {"https://m.io /v2 mirror"}},
      {"'m.io:443'", {"https://m.io:443 /v2 mirror"}},
      {"1.2.3.4", {"https://1.2.3.4 /v2 mirror"}},
      {"m.io, https://m.io, https://m.io/v2, n.io",
       {"https://m.io /v2 mirror", "https://n.io /v2 mirror"}},
      {"'localhost:5000'", {"http://localhost:5000 /v2 mirror"}},
      {"'https://localhost:5000'", {"https://localhost:5000 /v2 mirror"}},
      {"localhost", {"https://localhost /v2 mirror"}},
      {"'127.0.0.1:443'", {"https://127.0.0.1:443 /v2 mirror"}},
      {"docker.io", {}},
      {"docker.io, m.io", {docker_hub, "https://m.io /v2 mirror"}},
      {"'https://me:hunter2@m.io'", {"https://m.io /v2 mirror"}},
  }));
  CAPTURE(list);
  CHECK(mirror_of_hub(list) == words);
}

TEST_CASE("logins and TLS are those of the endpoint's host, rewrites those of the mirror") {
  const std::string yaml = R"--(
mirrors:
  docker.io:
    endpoint: [https://m.io, 'http://p.io:5000']
    rewrite: {"^rancher/(.*)": "proxy/$1"}
configs:
  m.io: {auth: {username: me, password: 0123}, tls: {ca_file: /ca.pem, cert_file: c, key_file: k}}
  p.io:5000: {auth: {auth: bWU6aHVudGVyMg==}, tls: {insecure_skip_verify: true}}
  registry-1.docker.io: {auth: {identity_token: t}})--";
  const std::string rewrite = "^rancher/(.*)->proxy/$1";
  CHECK(endpoints_for(yaml) ==
        Texts{"https://m.io /v2 mirror ca=/ca.pem client=/k/c,/k/k " + rewrite + " me:0123",
              "https://p.io:5000|http://p.io:5000 /v2 mirror anybody " + rewrite + " me:hunter2",
              docker_hub + " :t"});
  // By its host as the URL has it, so that one of docker.io is never asked for.
  const std::string of_hub = "configs: {docker.io: {auth: {username: me, password: hunter2}}}";
  CHECK(endpoints_for(of_hub) == Texts{docker_hub});
  CHECK(registries_remarks(of_hub) ==
        Texts{"registries.yaml: nobody asks for the login of configs.docker.io"});
}

TEST_CASE("`*` counts for a registry of which nothing else is said") {
  const std::string all =
      "mirrors: {'*': {endpoint: [m.io]}, a.io: , b.io: {endpoint: [n.io]}, c.io: {endpoint: "
      "[]}}\n"
      "configs: {'*': {tls: {insecure_skip_verify: true}}, d.io: {tls: {}}, e.io: }";
  const std::string any = "https://m.io /v2 mirror";
  CHECK(endpoints_for(all, "x.io") == Texts{any, "https://x.io /v2 anybody"});
  CHECK(endpoints_for(all, "a.io") == Texts{any, "https://a.io /v2 anybody"});
  CHECK(endpoints_for(all, "b.io") == Texts{"https://n.io /v2 mirror", "https://b.io /v2"});
  CHECK(endpoints_for(all, "c.io") == Texts{any, "https://c.io /v2 anybody"});
  CHECK(endpoints_for(all, "d.io") == Texts{"https://d.io /v2"});
  CHECK(endpoints_for(all, "e.io") == Texts{any, "https://e.io /v2 anybody"});
  for (const std::string nothing :
       {"", "{}", "mirrors:", "mirrors: {docker.io: }", "mirrors: {'*': }",
        "mirrors: {docker.io: {endpoint: }}", "{\"mirrors\": null}"})
    CHECK(endpoints_for(nothing) == Texts{"none"});
}

TEST_CASE("what k3s does not know is remarked on, with what may be meant") {
  const auto remarks =
      registries_in("configs: {m.io: {auth: {user: u, pwd: p, 'me:hunter2': }}}").remarks;
  CHECK(messages_of(remarks) ==
        Texts{"registries.yaml: k3s passes over configs.m.io.auth.a name, which it does not know",
              "registries.yaml: k3s passes over configs.m.io.auth.pwd, which it does not know",
              "registries.yaml: k3s passes over configs.m.io.auth.user, which it does not know"});
  CHECK(remarks.at(1).hint == "it knows username, password, auth, identity_token");
  CHECK(remarks.at(2).hint == "did you mean username?");
  CHECK(remarks.at(2).severity == Severity::warning);
}

TEST_CASE("slips are remarked on, and what k3s passes over") {
  CHECK(registries_remarks("mirrros: {}\nconfigs: {a.io: {auth: {user_name: x}, tlss: {}}}") ==
        Texts{"registries.yaml: k3s passes over mirrros, which it does not know",
              "registries.yaml: k3s passes over configs.a.io.tlss, which it does not know",
              "registries.yaml: k3s passes over configs.a.io.auth.user_name, which it does not "
              "know"});
  CHECK(registries_remarks("mirrors: {a.io: {endpoints: []}}") ==
        Texts{"registries.yaml: k3s passes over mirrors.a.io.endpoints, which it does not know"});
  CHECK(registries_remarks("mirrors: {a.io: {rewrite: {'(': x}}}").size() == 1);
  CHECK(registries_remarks("configs: {a.io: {auth: {auth: hunter2}}}") ==
        Texts{"registries.yaml: configs.a.io.auth.auth is no USERNAME:PASSWORD in base64"});
  const auto found =
      endpoints_in(registries_in("mirrors: {a.io: {endpoint: ['https://me:hunter2@']}}"), "a.io");
  REQUIRE(found);
  CHECK(found->remarks.front().message ==
        "registries.yaml: k3s passes over the endpoint https://…@ of a.io, which is no URL");
}

TEST_CASE("what k3s does not start with is refused, with its path and no part of a login") {
  const auto [yaml, message] = GENERATE(table<std::string, std::string>({
      {"[]", "it must be an object"},
      {"mirrors: []", "mirrors must be an object"},
      {"mirrors: {a.io: x}", "mirrors.a.io must be an object"},
      {"mirrors: {a.io: {endpoint: 'https://m.io'}}", "mirrors.a.io.endpoint must be a list"},
      {"mirrors: {a.io: {endpoint: [{}]}}", "mirrors.a.io.endpoint must be a string"},
      {"mirrors: {a.io: {rewrite: [x]}}", "mirrors.a.io.rewrite must be an object"},
      {"configs: {a.io: {auth: hunter2}}", "configs.a.io.auth must be an object"},
      {"configs: {a.io: {auth: {password: [hunter2]}}}",
       "configs.a.io.auth.password must be a string"},
      {"configs: {a.io: {tls: {insecure_skip_verify: maybe}}}",
       "configs.a.io.tls.insecure_skip_verify must be true or false"},
  }));
  CAPTURE(yaml);
  const auto error = error_of([&, &text = yaml] { registries_in(text); });
  REQUIRE(error);
  CHECK(error->place() == "registries.yaml");
  CHECK(error->message().starts_with(message));
  CHECK(error->message().find("hunter2") == std::string::npos);
}

TEST_CASE("more registries or endpoints than anybody has are refused") {
  std::string many = "configs:\n", list = "mirrors: {a.io: {endpoint: [";
  for (int i = 0; i < 1'001; ++i)
    many += fmt::format("  r{}.io: {{}}\n", i);
  for (int i = 0; i < 101; ++i)
    list += fmt::format("m{}.io, ", i);
  CHECK(error_of([&] { registries_in(many); }));
  CHECK(error_of([&] { registries_in(list + "]}}"); }));
}
