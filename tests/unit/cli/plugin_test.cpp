#include "cli/plugin.h"

#include <cstdlib>

#include "catch.h"
#include "doctor/failed_command.h"

using namespace pullsecret;

TEST_CASE("commands in messages are named as they were called") {
  const auto by_kubectl = [](std::string_view text) { return as_called(text, Caller::kubectl); };
  CHECK(by_kubectl("pullsecret help convert has them all") ==
        "kubectl pullsecret help convert has them all");
  CHECK(by_kubectl("`pullsecret doctor --fix` mends it; or `pullsecret migrate --to x`") ==
        "`kubectl pullsecret doctor --fix` mends it; or `kubectl pullsecret migrate --to x`");
  CHECK(by_kubectl("helm template . | pullsecret check --images-in -") ==
        "helm template . | kubectl pullsecret check --images-in -");
  CHECK(by_kubectl("(pullsecret get)\npullsecret --version\n") ==
        "(kubectl pullsecret get)\nkubectl pullsecret --version\n");
  for (const char* same :
       {"pullsecret: error", "the pullsecret program", "kubectl pullsecret convert", "pullsecret",
        "rm 'pullsecret get'", "docker-credential-pullsecret get", "pullsecret converted",
        "pullsecret ", "/bin/pullsecret get", ""})
    CHECK(by_kubectl(same) == same);
  CHECK(as_called("pullsecret get x", Caller::docker) == "docker pullsecret get x");
  CHECK(as_called("pullsecret get x", Caller::shell) == "pullsecret get x");
}

TEST_CASE("kubectl's namespace may stand before the command") {
  const auto words = [](const Arguments& arguments) {
    return words_behind_name(Caller::kubectl, arguments);
  };
  CHECK(words({"-n", "x", "convert", "-q"}) == Arguments{"convert", "-n", "x", "-q"});
  CHECK(words({"--namespace=x", "create"}) == Arguments{"create", "--namespace=x"});
  CHECK(words({"-nx", "convert", "--", "y"}) == Arguments{"convert", "-nx", "--", "y"});
  for (const Arguments& same : {Arguments{}, Arguments{"-n"}, Arguments{"-n", "convert"},
                                Arguments{"convert", "-n", "x"}, Arguments{"--help"}})
    CHECK(words(same) == same);
  CHECK(words_behind_name(Caller::kubectl_completion, {"get", ""}) ==
        Arguments{"__complete", "get", ""});
  CHECK(words_behind_name(Caller::shell, {"-n", "x", "convert"}) ==
        Arguments{"-n", "x", "convert"});
}

TEST_CASE("docker puts its options and the plugin's name before the words") {
  const auto words = [](const Arguments& arguments) {
    return words_behind_name(Caller::docker, arguments);
  };
  CHECK(words({"pullsecret", "get", "pullsecret"}) == Arguments{"get", "pullsecret"});
  CHECK(words({"-D", "--context", "pullsecret", "-H", "x", "-ldebug", "pullsecret", "get", "-q"}) ==
        Arguments{"get", "-q"});
  CHECK(words({"help", "pullsecret", "get"}) == Arguments{"help", "get"});
  CHECK(words({"__complete", "pullsecret", ""}) == Arguments{"__complete", ""});
  CHECK(words({"pullsecret", "--help"}) == Arguments{"--help"});
  for (const Arguments& same :
       {Arguments{}, Arguments{"docker-cli-plugin-metadata"}, Arguments{"--version"},
        Arguments{"get", "pullsecret"}, Arguments{"--config"}, Arguments{"help"}})
    CHECK(words(same) == same);
}

TEST_CASE("docker's errors are about a store, a registry's refusal, or something else") {
  for (const char* error :
       {"error getting credentials - err: exec: \"docker-credential-desktop\": executable file not "
        "found in $PATH, out: ``",
        "Error response from daemon: error getting credentials - err: exit status 1, out: `x`",
        "error saving credentials: error storing credentials - err: exit status 1, out: `locked`"})
    CHECK(kind_of_docker_error(error) == DockerErrorKind::store);
  for (const char* error :
       {"Error response from daemon: Get \"https://registry-1.docker.io/v2/\": unauthorized: "
        "incorrect username or password",
        "Error response from daemon: pull access denied for acme/app, repository does not exist or "
        "may require 'docker login': denied: requested access to the resource is denied",
        "Error response from daemon: Head \"https://ghcr.io/v2/a/b/manifests/1\": denied",
        "Error response from daemon: Head \"https://ghcr.io/v2/a/b/manifests/1\": denied: denied",
        "denied: requested access to the resource is denied", "no basic auth credentials",
        "errors:\ndenied: requested access to the resource is denied\nunauthorized: x\n",
        "failed to resolve reference \"quay.io/a/b:1\": unexpected status from HEAD request to "
        "https://quay.io/v2/a/b/manifests/1: 401 UNAUTHORIZED",
        "toomanyrequests: You have reached your unauthenticated pull rate limit.",
        "pull access denied, repository does not exist or may require authorization: server "
        "message: insufficient_scope: authorization failed"})
    CHECK(kind_of_docker_error(error) == DockerErrorKind::refusal);
  for (const char* error :
       {"", "exited with code 1", "Cannot connect to the Docker daemon",
        "permission denied while trying to connect to the Docker daemon socket at unix:///x",
        "OCI runtime create failed: exec: \"/x\": permission denied: unknown",
        "request returned 403 Forbidden for API route and version /v1/x",
        "manifest for ghcr.io/a/b:unauthorized not found: manifest unknown",
        "invalid reference format: repository name (denied:) must be lowercase"})
    CHECK(kind_of_docker_error(error) == DockerErrorKind::other);
  CHECK(kind_of_docker_error("Error saving credentials: mkdir /.docker: permission denied") ==
        DockerErrorKind::writing);
  CHECK(kind_of_docker_error("Error saving credentials: error storing credentials - err: exit "
                             "status 1, out: `x`") == DockerErrorKind::store);
}

TEST_CASE("what is no request for a hook is answered with nothing") {
  for (const char* request : {"", "{", "[]", "{}", "null", R"({"CommandError":1})",
                              R"({"RootCmd":"pull","CommandError":"exited with code 1"})"})
    CHECK(answer_hook(request) == "{\"Type\":0,\"Template\":\"\"}\n");
}
