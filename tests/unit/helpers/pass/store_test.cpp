#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <string>

#include "catch.h"
#include "helpers/pass/gpg_key.h"
#include "helpers/pass/pass_program.h"
#include "helpers/pass/pass_status.h"
#include "helpers/pass/pass_store.h"
#include "support.h"
#include "system/environment.h"
#include "system/file.h"
#include "temporary_folder.h"
#include "watched_calls.h"

using namespace pullsecret;

namespace {

// A pass that keeps its entries unencrypted and notes its calls. What the real one does with gpg
// and git is in tests/e2e/pass_*.sh.
constexpr const char* plain_pass = R"(
  echo "$@" >>"${0%/*}/calls"
  for last; do :; done
  file=$PASSWORD_STORE_DIR/$last.gpg
  case $1 in
  insert) mkdir -p "${file%/*}"; cat >"$file"; echo '[GNUPG:] END_ENCRYPTION' >&2 ;;
  show) cat "$file"; printf '[GNUPG:] %s\n' 'PLAINTEXT 62 1 ' DECRYPTION_OKAY >&2 ;;
  rm) rm -f "$file" ;;
  esac)";

class PlainStore {
 public:
  PlainStore() {
    use(plain_pass);
    folder_.write("store/.gpg-id", "builder@example.invalid\n");
  }

  /// The next calls run that script in place of pass.
  void use(const std::string& script) const { folder_.write_script("bin/pass", script); }

  PassStore store() const { return PassStore(path()); }
  std::filesystem::path path() const { return folder_.path() / "store"; }
  std::filesystem::path entry(const std::string& name) const {
    return path() / "docker-credential-helpers/Z2hjci5pbw==" / (name + ".gpg");
  }
  std::string calls() const {
    const auto file = folder_.path() / "bin/calls";
    return std::filesystem::exists(file) ? read_file(file, 10'000) : "";
  }

 private:
  TemporaryFolder folder_;
  ScopedVariable path_{"PATH", folder_.path().string() + "/bin:/usr/bin:/bin"};
};

}  // namespace

TEST_CASE("a get starts pass once, and not at all where there is no entry") {
  const PlainStore plain;
  PassStore store = plain.store();
  CHECK_FALSE(store.get("ghcr.io"));
  store.erase("ghcr.io");
  CHECK(store.list().empty());
  CHECK(plain.calls().empty());
  store.store("ghcr.io", {"acme/builder", "hunter2\n"});
  const auto found = store.get("ghcr.io");
  REQUIRE(found);
  CHECK(found->username == "acme/builder");
  CHECK(found->secret == "hunter2\n");
  CHECK(store.list() == std::map<std::string, std::string>{{"ghcr.io", "acme/builder"}});
  CHECK(plain.calls() ==
        "insert -m -f docker-credential-helpers/Z2hjci5pbw==/acme%2Fbuilder\n"
        "show docker-credential-helpers/Z2hjci5pbw==/acme%2Fbuilder\n");
}

TEST_CASE("the new entry is written before the old ones go") {
  const PlainStore plain;
  PassStore store = plain.store();
  store.store("ghcr.io", {"first", "hunter2-1"});
  store.store("ghcr.io", {"second", "hunter2-2"});
  CHECK(plain.calls() ==
        "insert -m -f docker-credential-helpers/Z2hjci5pbw==/first\n"
        "insert -m -f docker-credential-helpers/Z2hjci5pbw==/second\n"
        "rm -f docker-credential-helpers/Z2hjci5pbw==/first\n");
}

TEST_CASE("an insert that fails leaves everything as it was") {
  const PlainStore plain;
  PassStore store = plain.store();
  plain.use("cat >/dev/null; mkdir -p \"$PASSWORD_STORE_DIR/${4%/*}\"; exit 1");
  CHECK(error_of([&] { store.store("ghcr.io", {"builder", "hunter2"}); }));
  CHECK_FALSE(std::filesystem::exists(plain.path() / "docker-credential-helpers"));

  plain.use(plain_pass);
  store.store("ghcr.io", {"builder", "hunter2-old"});
  plain.use("cat >/dev/null; echo half >\"$PASSWORD_STORE_DIR/$4.gpg\"; exit 1");
  CHECK(error_of([&] { store.store("ghcr.io", {"builder", "hunter2-new"}); }));
  CHECK(error_of([&] { store.store("ghcr.io", {"other", "hunter2-new"}); }));
  CHECK(read_file(plain.entry("builder"), 100) == "hunter2-old");
  CHECK_FALSE(std::filesystem::exists(plain.entry("other")));
}

TEST_CASE("an insert that fails and cannot be undone says both") {
  const PlainStore plain;
  PassStore store = plain.store();
  store.store("ghcr.io", {"builder", "hunter2-old"});
  plain.use("cat >/dev/null; echo half >\"$PASSWORD_STORE_DIR/$4.gpg\"; echo no gpg >&2; exit 1");
  const WatchedCalls watched(
      [](const FileCall& call) { return call.name == "write" ? ENOSPC : 0; });
  const auto error = error_of([&] { store.store("ghcr.io", {"builder", "hunter2-new"}); });
  REQUIRE(error);
  CHECK_THAT(error->what(), Catch::Contains("no gpg") &&
                                Catch::EndsWith("no space left on device") &&
                                Catch::Contains("what was there before could not be put back"));
}

TEST_CASE("what was there is put back into the folder in which it was") {
  const PlainStore plain;
  PassStore store = plain.store();
  store.store("ghcr.io", {"builder", "hunter2-old"});
  plain.use(R"(
    cat >/dev/null
    cd "$PASSWORD_STORE_DIR/docker-credential-helpers"
    echo half >Z2hjci5pbw==/builder.gpg
    mv Z2hjci5pbw== moved
    mkdir other
    echo other >other/builder.gpg
    ln -s other Z2hjci5pbw==
    exit 1)");
  CHECK(error_of([&] { store.store("ghcr.io", {"builder", "hunter2-new"}); }));
  const std::filesystem::path all = plain.path() / "docker-credential-helpers";
  CHECK(read_file(all / "moved/builder.gpg", 100) == "hunter2-old");
  CHECK(read_file(all / "other/builder.gpg", 100) == "other\n");
}

TEST_CASE("what pass says it did is looked at") {
  const PlainStore plain;
  PassStore store = plain.store();
  store.store("ghcr.io", {"builder", "hunter2"});
  for (const char* script : {"", "cat >/dev/null", "echo hunter2-made-up", "echo 'gpg: I am gpg'",
                             "exec /bin/true", "echo '[GNUPG:] END_ENCRYPTION' >&2"}) {
    plain.use(script);
    CHECK_THAT(error_of([&] { store.erase("ghcr.io"); })->message(),
               Catch::StartsWith("it did not remove"));
    for (const char* username : {"other", "builder"})
      CHECK_THAT(error_of([&] {
                   store.store("ghcr.io", {username, "hunter2"});
                 })->message(),
                 Catch::StartsWith("it succeeded, but "));
    CHECK_THAT(error_of([&] { store.get("ghcr.io"); })->message(), Catch::Contains("gpg "));
  }
  plain.use("echo '[GNUPG:] DECRYPTION_OKAY' >&2; echo another");
  CHECK_THAT(error_of([&] { store.get("ghcr.io"); })->message(),
             Catch::Contains("gpg does not say that it decrypted"));
  plain.use("printf '[GNUPG:] %s\\n' 'PLAINTEXT 62 1 ' DECRYPTION_OKAY >&2");
  CHECK_THAT(error_of([&] { store.get("ghcr.io"); })->message(), Catch::Contains("is empty"));
  plain.use(plain_pass);
  CHECK(store.get("ghcr.io")->secret == "hunter2");
}

TEST_CASE("an entry that keeps changing while it is read is an error") {
  const PlainStore plain;
  PassStore store = plain.store();
  store.store("ghcr.io", {"builder", "hunter2"});
  plain.use(R"(
    printf '[GNUPG:] %s\n' 'PLAINTEXT 62 1 ' DECRYPTION_OKAY >&2
    echo x
    cp "$PASSWORD_STORE_DIR/$2.gpg" "$PASSWORD_STORE_DIR/${2%/*}/$$.gpg")");
  CHECK_THAT(error_of([&] { store.get("ghcr.io"); })->message(),
             Catch::StartsWith("it changed while it was read"));
}

TEST_CASE("without .gpg-id nothing is started, unless PASSWORD_STORE_KEY is set") {
  const PlainStore plain;
  std::filesystem::remove(plain.path() / ".gpg-id");
  PassStore store = plain.store();
  const auto error = error_of([&] { store.store("ghcr.io", {"builder", "hunter2"}); });
  REQUIRE(error);
  CHECK_THAT(error->hint(), Catch::Contains("pass init KEY"));
  CHECK(plain.calls().empty());
  const ScopedVariable key("PASSWORD_STORE_KEY", "builder@example.invalid");
  store.store("ghcr.io", {"builder", "hunter2"});
  CHECK(store.get("ghcr.io")->secret == "hunter2");
}

TEST_CASE("pass runs in an environment with safe folders, gpg's status lines and a terminal") {
  const PlainStore plain;
  plain.use(
      "printf '%s\\n' \"$PATH\" \"$PASSWORD_STORE_DIR\" \"$PASSWORD_STORE_GPG_OPTS\" "
      "\"$GPG_TTY\" \"$GIT_LITERAL_PATHSPECS\" "
      "\"$GIT_CONFIG_COUNT $GIT_CONFIG_KEY_2 $GIT_CONFIG_VALUE_2\"");
  const std::string folders = environment_variable("PATH").value();
  const ScopedVariable path("PATH", ".::here:" + folders);
  const ScopedVariable options("PASSWORD_STORE_GPG_OPTS", "--armor");
  const ScopedVariable terminal("GPG_TTY", "/dev/pts/7");
  const ScopedVariable count("GIT_CONFIG_COUNT", "2");
  CHECK(run_pass({.store = "/a/store", .arguments = {"rm"}}).output ==
        folders +
            "\n/a/store\n--armor --status-fd 2 --logger-fd 2\n/dev/pts/7\n\n3 safe.bareRepository "
            "explicit\n");
  CHECK_THAT(run_pass({.store = "/a/store", .arguments = {"rm"}, .literal_paths = true}).output,
             Catch::Contains("\n1\n"));
  CHECK(environment_variable("PASSWORD_STORE_GPG_OPTS") == "--armor");
  CHECK_FALSE(environment_variable("PASSWORD_STORE_DIR"));
}

TEST_CASE("a pass that hangs, crashes or floods is a failure in words") {
  using Catch::Contains;
  const PlainStore plain;
  const PassCall call{
      .store = plain.path(), .arguments = {"show", "x"}, .timeout = std::chrono::milliseconds(200)};
  const auto failure = [&](const std::string& script) {
    plain.use(script);
    const auto error = error_of([&] { run_pass(call); });
    return error ? std::string(error->what()) + "; " + error->hint() : "no error";
  };
  CHECK_THAT(failure("sleep 300"), Contains("no answer within 0.2 s") && Contains("GPG_TTY"));
  CHECK_THAT(failure("kill -SEGV $$"), Contains("ended by signal 11"));
  CHECK_THAT(failure("yes"), Contains("larger than 1 MiB"));
  CHECK_THAT(failure("echo 'out of order' >&2; exit 3"),
             Contains("pass show: exit status 3: out of order"));
  CHECK_THAT(failure("echo '[GNUPG:] NODATA 3' >&2"), Contains("may be damaged"));
  CHECK_THAT(failure("echo hunter2"), Contains("gpg does not say that it decrypted"));
}

TEST_CASE("the password store is where pass looks for it") {
  const ScopedVariable home("HOME", "/home/builder");
  const ScopedVariable none("PASSWORD_STORE_DIR", "");
  CHECK(password_store_folder() == "/home/builder/.password-store");
  const ScopedVariable folder("PASSWORD_STORE_DIR", "/a/store");
  CHECK(password_store_folder() == "/a/store");
}

// ---- What somebody else has put into the store

namespace {

bool run_shell(const std::string& commands) {
  return std::system(("set -e; " + commands).c_str()) == 0;  // NOLINT(cert-env33-c)
}

// Each file, link and pipe below `folder`, with what it holds.
std::map<std::string, std::string> snapshot(const std::filesystem::path& folder) {
  std::map<std::string, std::string> found;
  for (const auto& file : std::filesystem::recursive_directory_iterator(folder))
    found[file.path()] = file.is_symlink()        ? "-> " + read_symlink(file.path()).string()
                         : file.is_regular_file() ? read_file(file.path(), 1000)
                                                  : "";
  return found;
}

}  // namespace

TEST_CASE("what is planted in the place of a folder or an entry is named by all, and stays") {
  // In docker-credential-helpers, where ghcr.io and quay.io have an entry each.
  const auto [plant, named] = GENERATE(table<std::string, std::string>({
      {"rm -r $S; ln -s .. $S", "/Z2hjci5pbw=="},
      {"rm -r $S; ln -s . $S", "/Z2hjci5pbw=="},
      {"rm -r $S; ln -s ../Work $S", "/Z2hjci5pbw=="},
      {"rm -r $S; ln -s /usr $S", "/Z2hjci5pbw=="},
      {"rm -r $S; ln -s nowhere $S", "/Z2hjci5pbw=="},
      {"rm -r $S; ln -s ../docker-credential-helpers/cXVheS5pbw== $S", "/Z2hjci5pbw=="},
      {"rm -r $S; cp ../Work/vpn.gpg $S", "/Z2hjci5pbw=="},
      {"rm -r $S; mkfifo $S", "/Z2hjci5pbw=="},
      {"cd ..; mv docker-credential-helpers x; ln -s x docker-credential-helpers", ""},
      {"cd ..; rm -r docker-credential-helpers; ln -s Work docker-credential-helpers", ""},
      {"ln -s ../../Work/vpn.gpg $S/vpn.gpg", "/Z2hjci5pbw==/vpn.gpg"},
      {"ln -s builder.gpg $S/vpn.gpg", "/Z2hjci5pbw==/vpn.gpg"},
      {"ln -s nowhere $S/vpn.gpg", "/Z2hjci5pbw==/vpn.gpg"},
      {"ln -s ../../Work $S/team", "/Z2hjci5pbw==/team"},
      {"rm $S/builder.gpg; mkfifo $S/builder.gpg", "/Z2hjci5pbw==/builder.gpg"},
      {"mkdir -p $S/a/b; mkfifo $S/a/b/c.gpg", "/Z2hjci5pbw==/a/b/c.gpg"},
  }));
  CAPTURE(plant);
  const PlainStore plain;
  PassStore store = plain.store();
  for (const char* server : {"ghcr.io", "quay.io"})
    store.store(server, {"builder", "hunter2"});
  const std::filesystem::path all = plain.path() / "docker-credential-helpers";
  std::filesystem::create_directory(plain.path() / "Work");
  std::ofstream(plain.path() / "Work/vpn.gpg") << "hunter2-vpn";
  REQUIRE(run_shell("cd " + all.string() + "; S=Z2hjci5pbw==; " + plant));
  const auto before = snapshot(plain.path());
  const std::string calls = plain.calls();

  const std::string place = all.string() + named;
  for (const auto& error : {error_of([&] { store.get("ghcr.io"); }),
                            error_of([&] { store.erase("ghcr.io"); }), error_of([&] {
                              store.store("ghcr.io", {"builder", "hunter2-new"});
                            }),
                            error_of([&] {
                              store.store("ghcr.io", {"vpn", "hunter2-new"});
                            }),
                            error_of([&] { store.list(); })}) {
    REQUIRE(error);
    CHECK(error->place() == place);
    CHECK_THAT(error->message(), Catch::StartsWith("it is "));
  }
  const StoreStatus status = pass_status(plain.path());
  REQUIRE(status.faults.size() == 1);
  CHECK(status.faults.front().kind == "unreadable");
  CHECK_THAT(status.faults.front().message, Catch::StartsWith(place + ": it is "));
  CHECK(snapshot(plain.path()) == before);
  CHECK(plain.calls() == calls);
  if (named.empty()) return;
  CHECK(store.get("quay.io")->secret == "hunter2");
  store.store("quay.io", {"other", "hunter2"});
  store.erase("quay.io");

  // What the message says moves it away, and loses nothing.
  const auto error = error_of([&] { store.get("ghcr.io"); });
  const std::string hint = error->hint(), command = hint.substr(hint.find('`') + 1);
  const TemporaryFolder home;
  REQUIRE(run_shell("HOME=" + home.path().string() + "; " + command.substr(0, command.find('`'))));
  CHECK(snapshot(home.path()).size() == 1);
  store.store("ghcr.io", {"builder", "hunter2-new"});
  CHECK(store.get("ghcr.io")->secret == "hunter2-new");
}

TEST_CASE("what is called as no server or no entry is, is in nobody's way") {
  const PlainStore plain;
  PassStore store = plain.store();
  store.store("ghcr.io", {"builder", "hunter2"});
  REQUIRE(
      run_shell("cd " + (plain.path() / "docker-credential-helpers").string() +
                "; ln -s .. Work; ln -s /usr 'no base64'; : >README.md; : >file.gpg; "
                "mkdir -p '////' YQ== Yg==; : >YQ==/.gpg; : >Yg==/note; : >Z2hjci5pbw==/...gpg; "
                "mkdir Z2hjci5pbw==/team.gpg"));
  CHECK(store.list() == std::map<std::string, std::string>{{"ghcr.io", "builder"}});
  CHECK_FALSE(store.get("a"));
  CHECK(store.get("ghcr.io")->secret == "hunter2");
  const auto error = error_of([&] { store.store("ghcr.io", {"team", "hunter2"}); });
  REQUIRE(error);
  CHECK(error->place() == plain.entry("team").string());
  CHECK_THAT(error->message(), Catch::StartsWith("it is a folder"));
  std::filesystem::rename(plain.entry("builder"), plain.entry("team.gpg/builder").string());
  CHECK(store.get("ghcr.io")->username == "team.gpg/builder");
  store.erase("ghcr.io");
  CHECK(store.list().empty());
}

TEST_CASE("the store removes a server's entries, those in folders too, and nothing beside them") {
  const PlainStore plain;
  PassStore store = plain.store();
  const auto plant = [&] {
    store.store("ghcr.io", {"builder", "hunter2"});
    REQUIRE(run_shell("cd " + plain.entry("x").parent_path().string() +
                      "; mkdir -p team/sub; for n in team/b team/sub/dev; do echo >$n.gpg; done; "
                      "echo >note; echo >team/note.txt; echo >.gpg-id"));
  };
  const auto files = [&] {
    std::string names;
    for (const auto& [path, content] : snapshot(plain.entry("x").parent_path()))
      if (std::filesystem::is_regular_file(path))
        names += std::filesystem::path(path).filename().string() + " ";
    return names;
  };
  plant();
  store.erase("ghcr.io");
  CHECK(files() == ".gpg-id note note.txt ");
  CHECK_FALSE(store.get("ghcr.io"));
  plant();
  store.store("ghcr.io", {"other", "hunter2"});
  CHECK(files() == ".gpg-id note other.gpg note.txt ");
}

TEST_CASE("an entry that is another password, too, by a hard link: that one is not written") {
  const PlainStore plain;
  PassStore store = plain.store();
  store.store("ghcr.io", {"builder", "hunter2"});
  const auto work = plain.path() / "vpn.gpg";
  std::ofstream(work) << "hunter2-vpn\n";
  const auto link = [&] {
    std::filesystem::remove(plain.entry("builder"));
    std::filesystem::create_hard_link(work, plain.entry("builder"));
  };
  link();
  store.store("ghcr.io", {"builder", "hunter2-new"});
  CHECK(store.get("ghcr.io")->secret == "hunter2-new");
  link();
  plain.use("cat >/dev/null; echo half >\"$PASSWORD_STORE_DIR/$4.gpg\"; exit 1");
  CHECK(error_of([&] { store.store("ghcr.io", {"builder", "hunter2-new"}); }));
  CHECK(read_file(plain.entry("builder"), 100) == "hunter2-vpn\n");
  plain.use(plain_pass);
  store.erase("ghcr.io");
  CHECK(read_file(work, 100) == "hunter2-vpn\n");
}

TEST_CASE("a name that makes no file's name is refused before anything is written") {
  const PlainStore plain;
  PassStore store = plain.store();
  const auto refusal = [&](const std::string& server, const std::string& username) {
    return error_of([&] { store.store(server, {username, "hunter2"}); })->message();
  };
  CHECK_THAT(refusal("a.example", repeated("0", 252)), Catch::Contains("251 bytes"));
  CHECK_THAT(refusal(repeated("0", 190), "builder"), Catch::Contains("189 bytes"));
  CHECK_FALSE(store.get(repeated("0", 190)));
  CHECK(plain.calls().empty());
}

TEST_CASE(
    "of several entries the newest counts, names that differ in case are two, and one is left") {
  const PlainStore plain;
  PassStore store = plain.store();
  store.store("ghcr.io", {"builder", "hunter2"});
  const auto write = [&](const std::string& name, int hours) {
    std::filesystem::create_directories(plain.entry(name).parent_path());
    std::ofstream(plain.entry(name)) << "hunter2-" + name + "\n";
    last_write_time(plain.entry(name),
                    std::filesystem::file_time_type::clock::now() - std::chrono::hours(hours));
  };
  write("builder", 2);
  write("b/d", 1);
  write("Builder", 3);
  CHECK(store.get("ghcr.io")->username == "b/d");
  write("Builder", 0);
  CHECK(store.get("ghcr.io")->secret == "hunter2-Builder");
  CHECK(store.list() == std::map<std::string, std::string>{{"ghcr.io", "Builder"}});
  store.store("ghcr.io", {"builder", "hunter2-new"});
  CHECK(store.get("ghcr.io")->secret == "hunter2-new");
  for (const char* name : {"Builder", "b/d"})
    CHECK_FALSE(std::filesystem::exists(plain.entry(name)));
}
