#include <string>

#include "catch.h"
#include "migration.h"

using namespace pullsecret;
using namespace migration;

TEST_CASE("out of the file: stored under what Docker asks for, and the entries keep the rest") {
  const Stores stores;
  Run run{R"({"auths":{"https://GHCR.io/v1/":{"auth":"dTpw","email":"e"},)" +
          entry("docker.io", "h") + R"(,"none.io":{}},"x":1})"};
  run.migrate({.to = "new"});
  CHECK(state_of(run, "https://GHCR.io/v1/", "inline") == "moved");
  CHECK(listed("new") == Names{"GHCR.io", hub});
  CHECK(run.text ==
        "{\n\t\"auths\": {\n\t\t\"https://GHCR.io/v1/\": {\n\t\t\t\"email\": "
        "\"e\"\n\t\t},\n\t\t\"docker.io\": {},\n\t\t\"none.io\": {}\n\t},\n\t\"x\": "
        "1,\n\t\"credsStore\": \"new\"\n}");
}

TEST_CASE("from store to store: the same names, Docker Hub's tokens, too, and none is left") {
  const Stores stores;
  for (const std::string& key :
       {std::string("ghcr.io"), std::string("https://ghcr.io"), hub, hub + "access-token"})
    put("old", key, "user of " + key);
  Run run{R"({"auths":{"ghcr.io":{}},"credsStore":"old"})"};
  run.migrate({.to = "new"});
  CHECK(listed("old").empty());
  CHECK(listed("new") == Names{"ghcr.io", "https://ghcr.io", hub, hub + "access-token"});
  CHECK(run.config().creds_store == "new");
  CHECK(run.config().cred_helpers.empty());
}

TEST_CASE("nothing is stored before it is known, and nothing is erased before all is stored") {
  const Stores stores;
  put("old", "a.io", "u");
  put("old", "b.io", "u");
  Run{R"({"credsStore":"old"})"}.migrate({.to = "new"});
  const std::string log = stores.log();
  CHECK(log.rfind("new get b.io") > log.find("new store b.io"));
  CHECK(log.find("old erase a.io") > log.find("new store b.io"));
  CHECK(log.find("old erase a.io") > log.rfind("new get b.io"));
  CHECK(log.find("new store a.io") > log.find("new get b.io"));
}

TEST_CASE("what the new place has already is not stored again") {
  const Stores stores;
  put("old", "a.io", "u");
  put("old", "b.io", "u");
  put("new", "a.io", "u");
  Run run{R"({"credsStore":"old"})"};
  run.migrate({.to = "new"});
  CHECK(state_of(run, "a.io", "old") == "there already");
  CHECK(state_of(run, "b.io", "old") == "moved");
  CHECK(listed("old").empty());
}

TEST_CASE("a registry alone moves into a line of credHelpers") {
  const Stores stores;
  put("old", hub, "u");
  put("old", "b.io", "u");
  Run run{R"({"credsStore":"old"})"};
  run.migrate({.to = "new", .registries = {"docker.io"}});
  CHECK(listed("old") == Names{"b.io"});
  CHECK(run.config().creds_store == "old");
  CHECK(run.config().cred_helpers == Lines{{hub, "new"}});
}

TEST_CASE("registries of credHelpers stay, unless they or their store are named") {
  const Stores stores;
  put("cloud", "gcr.io", "u");
  const std::string text = R"({"credHelpers":{"gcr.io":"cloud"}})";
  Run run{text};
  run.migrate({.to = "new"});
  CHECK(state_of(run, "gcr.io", "cloud") == "stays: a line of credHelpers; --from cloud moves it");
  CHECK(run.config().cred_helpers == Lines{{"gcr.io", "cloud"}});
  CHECK(stores.log().find("cloud get") == std::string::npos);

  SECTION("by registry") {
    run = {text};
    run.migrate({.to = "new", .registries = {"https://gcr.io"}});
    CHECK(run.config().cred_helpers == Lines{{"gcr.io", "new"}});
    CHECK(listed("cloud").empty());
  }
  SECTION("by store") {
    run = {text};
    run.migrate({.to = "new", .from = "cloud"});
    CHECK(run.config().cred_helpers == Lines{{"gcr.io", "new"}});
    CHECK(run.config().creds_store.empty());
  }
}

TEST_CASE("a line goes when its store is emptied into the one of credsStore") {
  const Stores stores;
  put("cloud", "a.io", "u");
  Run run{R"({"credsStore":"new","credHelpers":{"a.io":"cloud","https://b.io":"cloud"}})"};
  run.migrate({.to = "new", .from = "cloud"});
  CHECK(run.config().cred_helpers == Lines{{"https://b.io", "cloud"}});
}

TEST_CASE("plain text that lies beside a store goes into the store") {
  const Stores stores;
  put("old", "a.io", "u");
  Run run{R"({"auths":{)" + entry("a.io", "u") + "," + entry("b.io", "v") +
          R"(},"credsStore":"old"})"};
  run.migrate({.to = "old"});
  CHECK(state_of(run, "a.io", "inline") == "there already");
  CHECK(state_of(run, "b.io", "inline") == "moved");
  CHECK(listed("old") == Names{"a.io", "b.io"});
  CHECK(run.username_at("a.io").empty());
  CHECK(run.config().cred_helpers.empty());
}

TEST_CASE("a leftover in the file does not change what Docker finds in its store") {
  const Stores stores;
  put("old", "a.io", "docker's");
  Run run{R"({"auths":{)" + entry("a.io", "leftover") + "," + entry("b.io", "b") +
          R"(},"credsStore":"old"})"};
  run.migrate({.to = "new", .from = "inline"});
  CHECK(run.config().creds_store == "old");
  CHECK(run.config().cred_helpers == Lines{{"b.io", "new"}});
  CHECK(run.username_at("a.io").empty());
  CHECK(listed("new") == Names{"a.io", "b.io"});
}

TEST_CASE("nor does what another store has for the same registry") {
  const Stores stores;
  put("cloud", "a.io", "somebody else");
  put("old", "a.io", "docker's");
  Run run{R"({"credsStore":"old"})"};
  run.migrate({.to = "new", .from = "cloud"});
  CHECK(listed("new") == Names{"a.io"});
  CHECK(run.text == R"({"credsStore":"old"})");
}

TEST_CASE("to the file: entries get their credential, and no store is asked any more") {
  const Stores stores;
  put("old", hub, "h");
  put("old", hub + "refresh-token", "h");
  put("old", "a.io", "u");
  Run run{R"({"auths":{"docker.io":{"email":"e"}},"credsStore":"old"})"};
  run.migrate({.to = "inline"});
  CHECK(run.username_at(hub) == "h");
  CHECK(run.username_at("docker.io").empty());
  CHECK(run.username_at("a.io") == "u");
  CHECK(run.config().creds_store.empty());
  CHECK_THAT(state_of(run, hub + "refresh-token", "old"), Catch::StartsWith("stays"));
  CHECK(listed("old") == Names{hub + "refresh-token"});
}

TEST_CASE("to the file: written where Docker looks, whatever else the file has of that registry") {
  const Stores stores;
  const auto [entry_key, server_url] =
      GENERATE(table<std::string, std::string>({{"docker.io", hub},
                                                {"index.docker.io", hub},
                                                {"registry-1.docker.io", hub},
                                                {"GHCR.IO", "ghcr.io"},
                                                {"ghcr.io/acme", "ghcr.io"}}));
  CAPTURE(entry_key);
  put("old", server_url, "u");
  Run run{R"({"auths":{")" + entry_key + R"(":{}},"credsStore":"old"})"};
  run.migrate({.to = "inline"});
  CHECK(run.username_at(server_url) == "u");
  CHECK(run.username_at(entry_key).empty());
  CHECK(listed("old").empty());
}

TEST_CASE("to the file: another spelling's credential does not come beside the one there") {
  const Stores stores;
  put("old", "https://ghcr.io", "old user");
  Run run{R"({"auths":{)" + entry("https://ghcr.io/v1/", "u") +
          R"(},"credHelpers":{"x.io":"old"}})"};
  run.migrate({.to = "inline", .from = "old"});
  CHECK_THAT(state_of(run, "https://ghcr.io", "old"), Catch::StartsWith("failed: another"));
  CHECK(run.config().auths.size() == 1);
  CHECK(listed("old") == Names{"https://ghcr.io"});
}

TEST_CASE("out of the file: Docker Hub's web login keeps its names") {
  const Stores stores;
  Run run{R"({"auths":{)" + entry(hub, "h") + "," + entry(hub + "access-token", "a") + "," +
          entry(hub + "refresh-token", "r") + "}}"};
  run.migrate({.to = "new"});
  CHECK(listed("new") == Names{hub, hub + "access-token", hub + "refresh-token"});
  for (const std::string& key : {hub, hub + "access-token", hub + "refresh-token"})
    CHECK(state_of(run, key, "inline") == "moved");
}

TEST_CASE("out of the file: an entry about a path is what Docker takes for its host") {
  const Stores stores;
  Run run{"{\"auths\":{" + entry("registry.gitlab.com/acme", "u") + "}}"};
  run.migrate({.to = "new"});
  CHECK(listed("new") == Names{"registry.gitlab.com"});
  CHECK(run.config().creds_store == "new");
}

TEST_CASE("out of the file: an entry about a path stays beside one about its host") {
  const Stores stores;
  const std::string path = GENERATE("ghcr.io/acme", "docker.io/acme");
  Run run{"{\"auths\":{" + entry("ghcr.io", "host") + "," + entry(path, "path") + "}}"};
  run.migrate({.to = "new"});
  CHECK(listed("new") == Names{"ghcr.io"});
  CHECK_THAT(state_of(run, path, "inline"), Catch::StartsWith("stays: "));
  CHECK(run.username_at(path) == "path");
  CHECK(run.config().creds_store == "new");
}

TEST_CASE("a line of credHelpers that Docker never reads keeps nothing inline") {
  const Stores stores;
  Run run{R"({"auths":{)" + entry("ghcr.io", "u") +
          R"(},"credHelpers":{"https://ghcr.io":"cloud"}})"};
  run.migrate({.to = "new"});
  CHECK(listed("new") == Names{"ghcr.io"});
  CHECK(run.config().creds_store == "new");
}

TEST_CASE("names that Docker tells apart stay apart") {
  const Stores stores;
  Run run{"{\"auths\":{" + entry(hub, "h") + "," + entry("registry-1.docker.io", "r") + "," +
          entry("ghcr.io", "g") + "," + entry("GHCR.IO", "G") + "}}"};
  run.migrate({.to = "new"});
  CHECK(listed("new") == Names{"GHCR.IO", "ghcr.io", hub, "registry-1.docker.io"});
}

TEST_CASE("to the file, one registry: the others are still found in their store") {
  const Stores stores;
  put("old", "a.io", "a");
  put("old", "b.io", "b");
  put("old", hub, "h");
  Run run{R"({"auths":{"a.io":{}},"credsStore":"old"})"};
  run.migrate({.to = "inline", .registries = {"a.io"}});
  CHECK(run.username_at("a.io") == "a");
  CHECK(run.config().creds_store.empty());
  CHECK(run.config().cred_helpers == Lines{{"b.io", "old"}, {hub, "old"}});
  CHECK(listed("old") == Names{"b.io", hub});
}

TEST_CASE("to the file, out of a line of credHelpers") {
  const Stores stores;
  put("cloud", "a.io", "a");
  put("old", "b.io", "b");
  Run run{R"({"credsStore":"old","credHelpers":{"a.io":"cloud","c.io":"cloud"}})"};
  run.migrate({.to = "inline", .registries = {"a.io"}});
  CHECK(run.username_at("a.io") == "a");
  CHECK(run.config().cred_helpers == Lines{{"b.io", "old"}, {"c.io", "cloud"}});
}

TEST_CASE("what erasing might take with it stays, and keeps it there") {
  const Stores stores;
  put("old", hub, "h");
  put("old", "docker.io", "other");
  put("old", "b.io", "b");
  put("new", "docker.io", "of another user");
  Run run{R"({"credsStore":"old"})"};
  run.migrate({.to = "new"});
  CHECK(state_of(run, hub, "old") == "moved");
  CHECK_THAT(state_of(run, "docker.io", "old"), Catch::StartsWith("failed"));
  CHECK(listed("old") == Names{"docker.io", hub});
}

TEST_CASE("an identity token is one there and here") {
  const Stores stores;
  Run run{R"({"auths":{"a.io":{"identitytoken":"t"}}})"};
  run.migrate({.to = "new"});
  CHECK(stores.log().find("new store a.io") != std::string::npos);
  run.migrate({.to = "inline"});
  CHECK(run.config().auths.find("a.io")->credential.identity_token == "t");
}

TEST_CASE("a store is set even where there is nothing to move") {
  const Stores stores;
  Run run{R"({"auths":{"a.io":{}}})"};
  run.migrate({.to = "new"});
  CHECK(run.config().creds_store == "new");
  run.migrate({.to = "inline"});
  CHECK(run.config().creds_store.empty());
}

TEST_CASE("an empty name in credHelpers stands for the file, as for Docker") {
  const Stores stores;
  put("old", "b.io", "b");
  const std::string text =
      R"({"auths":{)" + entry("a.io", "a") + R"(},"credsStore":"old","credHelpers":{"a.io":""}})";
  Run run{text};
  run.migrate({.to = "new"});
  CHECK_THAT(state_of(run, "a.io", "inline"), Catch::StartsWith("stays"));
  CHECK(run.moves.size() == 2);
  CHECK(run.config().cred_helpers == Lines{{"a.io", ""}});
  run.migrate({.to = "new", .from = "inline"});
  CHECK(run.config().cred_helpers.empty());
  CHECK(listed("new") == Names{"a.io", "b.io"});
}

TEST_CASE("the named store of an old config is taken over, line by line") {
  const Stores stores;
  put("old", "a.io", "u");
  Run run{R"({"auths":{"a.io":{}}})"};
  run.migrate({.to = "new", .from = "old"});
  CHECK(listed("new") == Names{"a.io"});
  CHECK(run.config().cred_helpers == Lines{{"a.io", "new"}});
}

TEST_CASE("what a run left that was killed while it compared two stores is no credential") {
  const Stores stores;
  put("old", std::string(probe_server_url), "pullsecret");
  put("old", "a.io", "u");
  Run run{R"({"auths":{},"credsStore":"old"})"};
  run.migrate({.to = "inline"});
  CHECK(run.username_at("a.io") == "u");
  CHECK(run.username_at(std::string(probe_server_url)) == "no entry");
}
