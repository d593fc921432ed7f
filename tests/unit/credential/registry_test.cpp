#include "credential/registry.h"

#include "catch.h"

using namespace pullsecret;

TEST_CASE("a key is a host and a path, behind a scheme or none") {
  const auto [key, host, path] = GENERATE(table<std::string, std::string, std::string>({
      {"ghcr.io", "ghcr.io", ""},
      {"ghcr.io/", "ghcr.io", "/"},
      {"GHCR.io:443/acme/app", "GHCR.io:443", "/acme/app"},
      {"https://ghcr.io", "ghcr.io", ""},
      {"http://localhost:5000/v2/", "localhost:5000", "/v2/"},
      {"HTTPS://index.docker.io/v1/", "index.docker.io", "/v1/"},
      {"oci://ghcr.io/acme", "ghcr.io", "/acme"},
      {"https://", "", ""},
      {"", "", ""},
      {"/v1/", "", "/v1/"},
      {"ghcr.io/a://b", "ghcr.io", "/a://b"},
      {"[::1]:5000/app", "[::1]:5000", "/app"},
      {"https://[::1]:5000/v1/", "[::1]:5000", "/v1/"},
      {"https://::1:5000/v1/", "[::1]:5000", "/v1/"},
      {"http://[::1]/", "::1", "/"},
      {"[::1]", "[::1]", ""},
      {"https://ghcr.io:/v1/", "ghcr.io", "/v1/"},
      {"ghcr.io:/v1/", "ghcr.io:", "/v1/"},
      {"https://u:p@ghcr.io:443/v1/", "ghcr.io:443", "/v1/"},
      {"https://u@x@ghcr.io", "ghcr.io", ""},
      {"u@ghcr.io/acme", "u@ghcr.io", "/acme"},
      {"https://ghcr.io?a=b/c", "ghcr.io", "?a=b/c"},
      {"https://ghcr.io:port/", "ghcr.io:port", "/"},
      {"https://[::1", "[::1", ""},
  }));
  CAPTURE(key);
  CHECK(registry_host(key) == host);
  CHECK(split_key(key).path == path);
}

TEST_CASE("Docker Hub has several host names, in any letter case") {
  CHECK(is_docker_hub_host("docker.io"));
  CHECK(is_docker_hub_host("index.docker.io"));
  CHECK(is_docker_hub_host("registry-1.docker.io"));
  CHECK(is_docker_hub_host("hub.docker.com"));
  CHECK(is_docker_hub_host("registry.hub.docker.com"));
  CHECK(is_docker_hub_host("Index.Docker.IO"));
  CHECK_FALSE(is_docker_hub_host("mydocker.io"));
  CHECK_FALSE(is_docker_hub_host("docker.io.example.com"));
  CHECK_FALSE(is_docker_hub_host("docker.io:443"));
  CHECK_FALSE(is_docker_hub_host(""));
}

TEST_CASE("an API root names no repository") {
  const std::string root = GENERATE("", "/", "/v1", "/v1/", "/v2", "/v2/");
  CAPTURE(root);
  CHECK(is_api_root(root));
  CHECK_FALSE(is_api_root(root + "/acme"));
}

TEST_CASE("a store is asked for Docker Hub's key or a bare host") {
  CHECK(docker_server_url("docker.io") == docker_hub_key);
  CHECK(docker_server_url("https://registry-1.docker.io/v2/") == docker_hub_key);
  CHECK(docker_server_url(docker_hub_key) == docker_hub_key);
  CHECK(docker_server_url("https://GHCR.io/v2/") == "ghcr.io");
  CHECK(docker_server_url("http://localhost:5000") == "localhost:5000");
  CHECK(docker_server_url("Quay.io/acme") == "Quay.io/acme");
  CHECK(docker_server_url("docker.io/acme") == "docker.io/acme");
}

TEST_CASE("the other spellings are those of the same registry, without the one given") {
  using Spellings = std::vector<std::string>;
  CHECK(other_spellings(docker_hub_key) == Spellings{"index.docker.io", "docker.io"});
  CHECK(other_spellings("docker.io") ==
        Spellings{"https://index.docker.io/v1/", "index.docker.io"});
  CHECK(other_spellings("registry-1.docker.io") ==
        Spellings{"https://index.docker.io/v1/", "index.docker.io", "docker.io"});
  CHECK(other_spellings("ghcr.io") ==
        Spellings{"https://ghcr.io", "https://ghcr.io/v1/", "https://ghcr.io/v2/", "ghcr.io:443"});
  CHECK(other_spellings("https://ghcr.io/v2/") ==
        Spellings{"ghcr.io", "https://ghcr.io", "https://ghcr.io/v1/", "ghcr.io:443"});
  CHECK(other_spellings("GHCR.io:443") == Spellings{"ghcr.io", "https://ghcr.io",
                                                    "https://ghcr.io/v1/", "https://ghcr.io/v2/",
                                                    "ghcr.io:443"});
  CHECK(other_spellings("localhost:5000").size() == 3);
  CHECK(other_spellings("quay.io/acme").empty());
  CHECK(other_spellings("docker.io/acme").empty());
}

TEST_CASE("Docker looks an entry's registry up by Docker Hub's key or by its host") {
  CHECK(docker_lookup_name("docker.io") == docker_hub_key);
  CHECK(docker_lookup_name("https://index.docker.io/v1/") == docker_hub_key);
  CHECK(docker_lookup_name("registry-1.docker.io") == "registry-1.docker.io");
  CHECK(docker_lookup_name("https://GHCR.IO/v2/") == "GHCR.IO");
  CHECK(docker_lookup_name("registry.gitlab.com/acme") == "registry.gitlab.com");
  CHECK(docker_lookup_name("https://index.docker.io/v1/access-token") ==
        "https://index.docker.io/v1/access-token");
}

TEST_CASE("Docker Hub's web tokens are told from its credential") {
  CHECK(is_docker_hub_token("https://index.docker.io/v1/access-token"));
  CHECK(is_docker_hub_token("https://index.docker.io/v1/refresh-token"));
  CHECK(is_docker_hub_token("index.docker.io/v1/access-token"));
  CHECK_FALSE(is_docker_hub_token(docker_hub_key));
  CHECK_FALSE(is_docker_hub_token("https://ghcr.io/v1/access-token"));
  CHECK_FALSE(is_docker_hub_token("https://index.docker.io/v1/access-tokens"));
}

TEST_CASE("a login in a key is not told") {
  CHECK(key_in_words("https://u:hunter2@ghcr.io/x") == "https://…@ghcr.io/x");
  CHECK(key_in_words("u:hunt/er2@ghcr.io") == "…@ghcr.io");
  CHECK(key_in_words("u:hunter2://x@ghcr.io") == "…@ghcr.io");
  CHECK(key_in_words("ghcr.io\n") == R"("ghcr.io\n")");
  CHECK(key_in_words(" ghcr.io") == R"(" ghcr.io")");
  CHECK(key_in_words("ghcr.io\u00a0") == R"("ghcr.io\u00a0")");
}

TEST_CASE("a login in a key is known, and no command has it") {
  const std::string key = GENERATE("https://u:hunter2@ghcr.io/x", "u:hunt/er2@ghcr.io", "u@ghcr.io",
                                   "u:hunter2://x@ghcr.io");
  CHECK(has_login(key));
  CHECK(key_in_command(key) == "SERVER_URL");
  CHECK_FALSE(has_login("https://ghcr.io/x"));
  CHECK(key_in_command("ghcr.io") == "ghcr.io");
  CHECK(key_in_command("a b;c") == "'a b;c'");
}

TEST_CASE("the command to log in is one for a shell, whatever the key holds") {
  CHECK(login_command("https://index.docker.io/v1/") == "docker login");
  CHECK(login_command("registry-1.docker.io") == "docker login");
  CHECK(login_command("https://GHCR.io/v2/") == "docker login ghcr.io");
  CHECK(login_command("https://bob:hunter2@ghcr.io") == "docker login ghcr.io");
  CHECK(login_command("a;b$(c)") == "docker login 'a;b$(c)'");
  CHECK(login_command("--config=x") == "docker login -- --config=x");
  CHECK(login_command("a\nb") == "docker login REGISTRY");
  CHECK(login_command(std::string(1000, 'a')) == "docker login REGISTRY");
}
