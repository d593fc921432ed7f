#include <string>

#include "catch.h"
#include "docker_home.h"
#include "migration.h"
#include "support.h"
#include "system/file.h"
#include "watched_calls.h"

using namespace pullsecret;
using namespace migration;

TEST_CASE("another credential at the new place stays there, and the old one where it was") {
  const Stores stores;
  put("old", "a.io", "u");
  put("old", "b.io", "u");
  put("new", "a.io", "somebody else");
  Run run{R"({"credsStore":"old"})"};
  run.migrate({.to = "new"});
  CHECK(state_of(run, "a.io", "old") == "failed: another credential is at the new place, new");
  CHECK(run.moves[0].reason->hint() ==
        "if that one is not needed: `printf %s a.io | docker-credential-new erase`; "
        R"(if it is the one needed: write "a.io": "new" into credHelpers)");
  CHECK(listed("old") == Names{"a.io"});
  CHECK(run.config().creds_store == "old");
  CHECK(run.config().cred_helpers == Lines{{"b.io", "new"}});
}

TEST_CASE("after what failed is mended, a second run ends with credsStore alone") {
  const Stores stores;
  put("old", "a.io", "u");
  put("new", "b.io", "u");
  Run run{R"({"credsStore":"old","credHelpers":{"b.io":"new"}})"};
  run.migrate({.to = "new"});
  CHECK(run.text == "{\n\t\"credsStore\": \"new\"\n}");
}

TEST_CASE("of two credentials for one registry that which Docker uses moves") {
  const Stores stores;
  Run run{R"({"auths":{)" + entry("https://a.io", "old") + "," + entry("a.io", "docker's") + "}}"};
  run.migrate({.to = "new"});
  CHECK(state_of(run, "a.io", "inline") == "moved");
  CHECK(state_of(run, "https://a.io", "inline") ==
        "stays: Docker takes another one for its registry");
  CHECK(run.username_at("https://a.io") == "old");
  CHECK(run.config().creds_store == "new");
}

TEST_CASE("of several that Docker takes for a host by chance none moves") {
  const Stores stores;
  Run run{R"({"auths":{)" + entry("a.io/team/a", "octo") + "," + entry("a.io/team/b", "bert") +
          "," + entry("b.io/x", "u") + "," + entry("https://b.io", "u") + "}}"};
  run.migrate({.to = "new"});
  const std::string why = " has another one for the same host, and a store keeps one for each";
  CHECK(state_of(run, "a.io/team/a", "inline") == "stays: a.io/team/b" + why);
  CHECK(state_of(run, "a.io/team/b", "inline") == "stays: a.io/team/a" + why);
  CHECK(state_of(run, "b.io/x", "inline") == "moved");
  CHECK(listed("new") == Names{"b.io"});
  CHECK(run.username_at("a.io/team/a") == "octo");
  // With a store configured Docker would take neither.
  CHECK(run.config().creds_store.empty());
  CHECK(run.config().cred_helpers == Lines{{"b.io", "new"}});
}

TEST_CASE("where nothing but what stays by chance is there, the config stays as it is") {
  const Stores stores;
  const std::string text =
      R"({"auths":{)" + entry("a.io/x", "octo") + "," + entry("https://a.io/v1/", "bert") + "}}";
  Run run{text};
  run.migrate({.to = "new"});
  CHECK(run.text == text);
}

TEST_CASE("what podman takes for a host stays beside what it takes for a path of it") {
  const Stores stores;
  const std::string text =
      R"({"auths":{)" + entry("a.io", "octo") + "," + entry("a.io/team", "bert") + "}}";
  Run run{text};
  run.migrate({.to = "new", .for_podman = true});
  CHECK(state_of(run, "a.io", "inline") ==
        "failed: podman takes it for the host and another one for a path, and would not take both "
        "with a store");
  CHECK(run.text == text);
  CHECK(listed("new").empty());
  run.migrate({.to = "new"});
  CHECK(state_of(run, "a.io", "inline") == "moved");
}

TEST_CASE("Docker Hub's is stored under podman's name, too, where the store knows no other names") {
  const Stores stores;
  Run run{R"({"auths":{)" + entry(hub, "u") + "}}"};
  const Migration for_podman{.to = "new", .for_podman = true};
  const std::vector<std::string> all{"docker.io", hub, "registry-1.docker.io"};
  SECTION("at first") {
    run.migrate(for_podman);
    CHECK(state_of(run, hub, "inline") == "moved");
    CHECK(listed("new") == all);
    CHECK(run.config().cred_helpers ==
          Lines{{"docker.io", "new"}, {"registry-1.docker.io", "new"}});
  }
  SECTION("after a run that was killed in between") {
    put("new", hub, "u");
    run.migrate(for_podman);
    CHECK(state_of(run, hub, "inline") == "there already");
    CHECK(listed("new") == all);
  }
  SECTION("but not over another one") {
    put("new", "docker.io", "other");
    run.migrate(for_podman);
    CHECK(state_of(run, hub, "inline") ==
          "failed: new has another credential as docker.io, by which podman asks for it");
    CHECK(listed("new") == std::vector<std::string>{"docker.io"});
  }
}

TEST_CASE("what a store answers by more names than it lists is at the new place by these, too") {
  const Stores stores;
  const auto answers_to_all = [&] {
    stores.add("old", "old", R"([ "$1" = get ] && { cat *; exit; })");
  };
  SECTION("Docker's") {
    put("old", "https://a.io", "u");
    answers_to_all();
    Run run{R"({"credsStore":"old"})"};
    SECTION("where nothing is there") {
      run.migrate({.to = "new"});
      CHECK(state_of(run, "https://a.io", "old") == "moved");
      CHECK(listed("new") == std::vector<std::string>{"a.io", "https://a.io"});
    }
    SECTION("and not where another one is") {
      put("new", "a.io", "other");
      run.migrate({.to = "new"});
      CHECK(state_of(run, "https://a.io", "old") ==
            "failed: another credential is at the new place, new");
      CHECK(listed("new") == Names{"a.io"});
    }
  }
  SECTION("podman's") {
    put("old", hub, "u");
    answers_to_all();
    Run run{R"({"credsStore":"old","credHelpers":{"docker.io":"old"}})"};
    run.migrate({.to = "new", .for_podman = true});
    CHECK(state_of(run, hub, "old") == "moved");
    CHECK(listed("new") == std::vector<std::string>{"docker.io", hub, "registry-1.docker.io"});
    CHECK(run.config().cred_helpers == Lines{{"docker.io", "new"}});
  }
  SECTION("in the file, where Docker takes another host's") {
    put("old", hub, "u");
    answers_to_all();
    Run run{R"({"credHelpers":{")" + hub + R"(":"old","registry-1.docker.io":"old"}})"};
    run.migrate({.to = "inline", .from = "old"});
    CHECK(run.username_at(hub) == "u");
    CHECK(run.username_at("registry-1.docker.io") == "u");
    CHECK(run.config().cred_helpers.empty());
  }
}

TEST_CASE("Docker Hub's web login is found in its store after a part moved") {
  const Stores stores;
  put("old", hub, "u");
  put("old", hub + "access-token", "u");
  put("old", "a.io", "u");
  SECTION("into the file") {
    Run run{R"({"credsStore":"old"})"};
    run.migrate({.to = "inline"});
    CHECK(run.config().creds_store.empty());
    CHECK(run.config().cred_helpers == Lines{{hub + "access-token", "old"}});
  }
  SECTION("into another store") {
    Run run{R"({"credsStore":"old"})"};
    run.migrate({.to = "new", .registries = {"docker.io"}});
    CHECK(run.config().cred_helpers == Lines{{hub, "new"}, {hub + "access-token", "new"}});
  }
}

TEST_CASE("a store that answers something else is not trusted") {
  const Stores stores;
  put("old", "a.io", "u", "hunter2");
  stores.add("lying", "lying", R"([ "$1" = get ] && [ -e a.io ] && {
    echo '{"Username":"u","Secret":"hunter"}'; exit; })");
  Run run{R"({"credsStore":"old"})"};
  run.migrate({.to = "lying"});
  CHECK(state_of(run, "a.io", "old") == "failed: lying took it and has something else now");
  CHECK(listed("old") == Names{"a.io"});
  CHECK(listed("lying").empty());
  CHECK(run.text == R"({"credsStore":"old"})");
}

TEST_CASE("what Docker takes from the file while a store fails stays there") {
  const Stores stores;
  put("cloud", "a.io", "the store's");
  stores.add("cloud", "cloud", R"([ "$1" = get ] && { echo locked; exit 1; })");
  const std::string text = R"({"auths":{)" + entry("a.io", "u") + R"(},"credsStore":"cloud"})";
  Run run{text};
  run.migrate({.to = "new", .from = "inline"});
  CHECK(state_of(run, "a.io", "inline") ==
        "failed: it stands in for the store cloud, which fails: docker-credential-cloud get: exit "
        "status 1: locked");
  CHECK(run.text == text);
  CHECK(listed("new").empty());

  stores.add("cloud", "cloud");
  run.migrate({.to = "new", .from = "inline"});
  CHECK(state_of(run, "a.io", "inline") == "moved");
  CHECK(run.config().cred_helpers.empty());
}

TEST_CASE("an entry about a path stays the one that Docker takes for its host") {
  const Stores stores;
  put("old", "a.io", "another user");
  const std::string text = R"({"auths":{)" + entry("a.io/team", "u") + "}}";
  Run run{text};
  run.migrate({.to = "inline", .from = "old"});
  CHECK(state_of(run, "a.io", "old") == "stays: Docker takes an entry about a path for its host");
  run.migrate({.to = "new", .from = "old"});
  CHECK(state_of(run, "a.io", "old") == "moved");
  CHECK(run.text == text);
}

TEST_CASE("a store that fails keeps the others from nothing") {
  const Stores stores;
  put("old", "a.io", "u");
  put("old", "b.io", "u");
  stores.add("new", "new", R"(input=$(cat)
    case "$1 $input" in store*b.io*) echo no room; exit 1 ;; esac
    printf %s "$input" >../input; exec <../input)");
  Run run{R"({"credsStore":"old"})"};
  run.migrate({.to = "new"});
  CHECK(state_of(run, "a.io", "old") == "moved");
  CHECK(state_of(run, "b.io", "old") ==
        "failed: docker-credential-new store: exit status 1: no room");
  CHECK(listed("old") == Names{"b.io"});
  CHECK(run.config().cred_helpers == Lines{{"a.io", "new"}});
}

TEST_CASE("two that were to become one entry fail together") {
  const Stores stores;
  stores.add("new", "new", R"([ "$1" = store ] && { echo no room; exit 1; })");
  Run run{R"({"auths":{)" + entry("a.io", "u") + "," + entry("https://a.io", "u") + "}}"};
  const std::string before = run.text;
  run.migrate({.to = "new"});
  CHECK_THAT(state_of(run, "a.io", "inline"), Catch::StartsWith("failed"));
  CHECK_THAT(state_of(run, "https://a.io", "inline"), Catch::StartsWith("failed"));
  CHECK(run.text == before);
}

TEST_CASE("one store by two names loses nothing") {
  const Stores stores;
  put("old", "a.io", "u");
  stores.add("other-name", "old");
  Run run{R"({"credsStore":"old"})"};
  run.migrate({.to = "other-name"});
  CHECK(state_of(run, "a.io", "old") == "there already");
  CHECK_THAT(run.moves[0].left_behind->what(), Catch::Contains("one store by two names"));
  CHECK(listed("old") == Names{"a.io"});
  CHECK(run.config().creds_store == "other-name");
}

TEST_CASE("what was interrupted before the old place was empty is taken up again") {
  const Stores stores;
  put("old", "a.io", "u");
  put("new", "a.io", "u");
  Run run{R"({"credsStore":"new"})"};
  run.migrate({.to = "new", .from = "old"});
  CHECK(state_of(run, "a.io", "old") == "there already");
  CHECK(listed("old").empty());
  CHECK(listed("new") == Names{"a.io"});
}

TEST_CASE("an erase that fails is told, and the credential counts as moved") {
  const Stores stores;
  put("old", "a.io", "u");
  stores.add("old", "old", R"([ "$1" = erase ] && { echo locked; exit 1; })");
  Run run{R"({"credsStore":"old"})"};
  run.migrate({.to = "new"});
  CHECK(state_of(run, "a.io", "old") == "moved");
  CHECK_THAT(run.moves[0].left_behind->what(), Catch::EndsWith("locked"));
}

TEST_CASE("what the protocol cannot carry fails before anything is stored") {
  const Stores stores;
  Run run{R"({"auths":{"a.io":{"registrytoken":"t"},"b.io":{"auth":"dTpw","identitytoken":"t"},
      "c.io":{"auth":"/zpw"},"d.io":{"auth":"dTo="},"e.io":{"username":"u","password":"a\u0000b"},
      "f.io":{"identitytoken":"t","auth":"dTo="},"g.io":{"auth":"bm9jb2xvbg=="},
      "h.io":{"auth":"PHRva2VuPjp4"}}})"};
  run.migrate({.to = "new"});
  CHECK(state_of(run, "a.io", "inline") == "failed: a registry token, which no store can keep");
  CHECK_THAT(state_of(run, "b.io", "inline"), Catch::StartsWith("failed: a password and an ident"));
  CHECK_THAT(state_of(run, "c.io", "inline"), Catch::StartsWith("failed: it is not UTF-8"));
  CHECK_THAT(state_of(run, "d.io", "inline"), Catch::StartsWith("failed: an empty password"));
  CHECK_THAT(state_of(run, "e.io", "inline"), Catch::StartsWith("failed: it is not UTF-8"));
  CHECK(state_of(run, "f.io", "inline") == "moved");
  CHECK_THAT(state_of(run, "g.io", "inline"), Catch::Contains("holds no colon"));
  CHECK(state_of(run, "h.io", "inline") ==
        "failed: a password of the user <token>; a store takes it for an identity token");
  CHECK(listed("new") == Names{"f.io"});
}

TEST_CASE("what a config cannot hold stays in its store") {
  const Stores stores;
  put("old", "a.io", "user:with a colon");
  put("old", "b.io", "u");
  Run run{R"({"credsStore":"old"})"};
  run.migrate({.to = "inline"});
  CHECK_THAT(state_of(run, "a.io", "old"), Catch::StartsWith("failed: its username holds a colon"));
  CHECK(run.config().cred_helpers == Lines{{"a.io", "old"}});
  CHECK(run.username_at("b.io") == "u");
}

TEST_CASE("a store that does not answer ends it before anything is done") {
  const Stores stores;
  put("old", "a.io", "u");
  CHECK_THAT(error_of([] { Run{R"({"credsStore":"old"})"}.migrate({.to = "none"}); })->what(),
             Catch::Contains("docker-credential-none: not found on PATH"));
  CHECK_THAT(error_of([] { Run{R"({"credsStore":"none"})"}.migrate({.to = "new"}); })->what(),
             Catch::Contains("docker-credential-none: not found on PATH"));
  CHECK(listed("old") == Names{"a.io"});
}

TEST_CASE("a registry that is nowhere is a failure, one that is there by the config is not") {
  const Stores stores;
  Run run{R"({"credsStore":"new"})"};
  run.migrate({.to = "new", .registries = {"a.io"}});
  CHECK(state_of(run, "a.io", "new") == "stays: the config names this place for it already");
  run = {R"({"auths":{"b.io":{}}})"};
  run.migrate({.to = "new", .registries = {"b.io"}});
  CHECK(state_of(run, "b.io", "inline") == "failed: no credential found for it");
  run.migrate({.to = "inline", .registries = {"b.io"}});
  CHECK(state_of(run, "b.io", "inline") == "failed: no credential found for it");
}

TEST_CASE("what a config needs that a power cut may bring back is not erased") {
  const DockerHome home;
  const Stores stores;
  put("old", "a.io", "u");
  const std::string file = home.folder.write("config.json", R"({"credsStore":"old"})");
  const WatchedCalls watched([&](const FileCall& call) {
    return call.name == "fsync" && call.path == home.folder.path() ? EIO : 0;
  });
  const auto error = error_of([&] { Run().migrate_file(file, {.to = "new"}); });
  REQUIRE(error);
  CHECK(error->place() == file);
  CHECK_THAT(error->message(),
             Catch::StartsWith("changed, but nothing was erased at the old places: ") &&
                 Catch::EndsWith("cannot be synced to disk: input/output error"));
  CHECK(listed("old") == Names{"a.io"});
  CHECK(listed("new") == Names{"a.io"});
  CHECK(parse_config({file, read_file(file, 99)}).creds_store == "new");
}
