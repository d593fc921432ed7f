#include "doctor/repair.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "catch.h"
#include "docker_home.h"
#include "doctor/checkup.h"
#include "script_helpers.h"
#include "system/error.h"

using namespace pullsecret;
using Catch::Contains;
namespace fs = std::filesystem;

namespace {

// A store that has a credential for each of `server_urls`.
std::string has(const std::string& server_urls) {
  return "has='" + server_urls + "'; server=$(cat)\n" + R"(
    case $1 in
      list) for one in $has; do list=$list${list:+,}\"$one\":\"u\"; done; echo "{$list}" ;;
      get) case " $has " in
             *" $server "*) echo '{"Username":"u","Secret":"hunter2"}' ;;
             *) echo credentials not found in native keychain; exit 1 ;;
           esac ;;
      version) echo 1 ;;
      *) echo not implemented; exit 1 ;;
    esac)";
}

std::string without_space(std::string text) {
  std::erase_if(text, [](char c) { return c == '\n' || c == '\t' || c == ' '; });
  return text;
}

/// A home with a config, a store that works and has ghcr.io, and others that do not work: what this
/// machine has of helpers does not count.
struct Patient {
  DockerHome home;
  ScriptHelpers helpers;
  std::string file = home.path(".docker/config.json");

  explicit Patient(const std::string& config, mode_t mode = 0600) {
    write(config, mode);
    for (const char* store : {"pass", "secretservice"})
      helpers.add(store, "echo its database is locked; exit 1");
    helpers.add("encryptedfile", has("ghcr.io"));
    helpers.add("other", has(""));
    helpers.add("ecr-login", has("123456789012.dkr.ecr.eu-west-1.amazonaws.com"));
  }

  void write(const std::string& config, mode_t mode = 0600) const {
    home.folder.write(".docker/config.json", config);
    chmod(home.path(".docker").c_str(), 0700);
    chmod(file.c_str(), mode);
  }

  std::string text() const {
    std::ifstream stream(file);
    return without_space({std::istreambuf_iterator<char>(stream), {}});
  }

  static Checkup check() {
    HelperClient client({});
    return check_all({.helpers = &client, .is_for_fix = true});
  }

  // The hints of the problems and warnings.
  static std::string hints() {
    std::string hints;
    for (const Finding& finding : check().findings)
      hints += finding.hint + "\n";
    return hints;
  }

  static Repair fix(const std::optional<std::string>& use = std::nullopt) {
    return fix([](const Checkup&, const Repair&) { return true; }, [](const fs::path&) {}, use);
  }

  static Repair fix(decltype(MendingTalk::is_wanted) is_wanted,
                    decltype(MendingTalk::tell_backup) tell_backup,
                    const std::optional<std::string>& use = std::nullopt) {
    HelperClient client({});
    return mend(std::nullopt, use, client, {std::move(is_wanted), std::move(tell_backup)}).repair;
  }
};

}  // namespace

TEST_CASE("what --fix writes for each remedy, and that it does it once") {
  const auto [before, after] = GENERATE(table<std::string, std::string>({
      // A store in the place of a helper that is not there
      {R"({"auths":{"ghcr.io":{}},"credsStore":"gone"})",
       R"({"auths":{"ghcr.io":{}},"credsStore":"encryptedfile"})"},
      {R"({"auths":{"ghcr.io":{}},"credHelpers":{"ghcr.io":"gone"}})",
       R"({"auths":{"ghcr.io":{}},"credHelpers":{"ghcr.io":"encryptedfile"}})"},
      {R"({"credHelpers":{"ghcr.io":"gone"},"credsStore":"other"})", R"({"credsStore":"other"})"},
      {R"({"credHelpers":{"ghcr.io":"gone"},"credsStore":"lost"})",
       R"({"credsStore":"encryptedfile"})"},
      // and what Docker takes from the file where it fails
      {R"({"auths":{"ghcr.io":{"auth":"dTpw"}},"credsStore":"gone"})",
       R"({"auths":{"ghcr.io":{"auth":"dTpw"}},"credsStore":"encryptedfile",)"
       R"("credHelpers":{"ghcr.io":""}})"},
      {R"({"auths":{"ghcr.io":{"auth":"dTpw"}},"credHelpers":{"ghcr.io":"gone"}})",
       R"({"auths":{"ghcr.io":{"auth":"dTpw"}}})"},
      {R"({"auths":{"https://a.io/v1/":{"auth":"dTpw"}},"credsStore":"gone"})",
       R"({"auths":{"https://a.io/v1/":{"auth":"dTpw"}},"credsStore":"encryptedfile",)"
       R"("credHelpers":{"a.io":""}})"},
      // Names of helpers
      {R"({"auths":{"ghcr.io":{}},"credsStore":"docker-credential-encryptedfile"})",
       R"({"auths":{"ghcr.io":{}},"credsStore":"encryptedfile"})"},
      {R"({"credHelpers":{"ghcr.io":"Encrypted-File"}})",
       R"({"credHelpers":{"ghcr.io":"encryptedfile"}})"},
      {R"({"auths":{"a.io":{"auth":"dTpw"}},"credsStore":"Encryptedfile"})",
       R"({"auths":{"a.io":{"auth":"dTpw"}},"credsStore":"encryptedfile",)"
       R"("credHelpers":{"a.io":""}})"},
      // One that mints tokens, in credsStore
      {R"({"auths":{"123456789012.dkr.ecr.eu-west-1.amazonaws.com":{}},"credsStore":"ecr-login"})",
       R"({"auths":{"123456789012.dkr.ecr.eu-west-1.amazonaws.com":{}},)"
       R"("credsStore":"encryptedfile","credHelpers":)"
       R"({"123456789012.dkr.ecr.eu-west-1.amazonaws.com":"ecr-login"}})"},
      // Names of registries that Docker does not look for
      {R"({"auths":{"123456789012.dkr.ecr.eu-west-1.amazonaws.com":{}},)"
       R"("credHelpers":{"*.dkr.ecr.*.amazonaws.com":"ecr-login"}})",
       R"({"auths":{"123456789012.dkr.ecr.eu-west-1.amazonaws.com":{}},)"
       R"("credHelpers":{"123456789012.dkr.ecr.eu-west-1.amazonaws.com":"ecr-login"}})"},
      {R"({"credHelpers":{"*.dkr.ecr.*.amazonaws.com":"ecr-login"}})",
       R"({"credHelpers":{"123456789012.dkr.ecr.eu-west-1.amazonaws.com":"ecr-login"}})"},
      {R"({"credHelpers":{"ghcr.io/acme":"encryptedfile"}})",
       R"({"credHelpers":{"ghcr.io":"encryptedfile"}})"},
      {R"({"credHelpers":{" ghcr.io":"encryptedfile"},"credsStore":"other"})",
       R"({"credHelpers":{"ghcr.io":"encryptedfile"},"credsStore":"other"})"},
      // No store at all
      {"{}", R"({"credsStore":"encryptedfile"})"},
      {R"({"auths":{"ghcr.io":{}}})", R"({"auths":{"ghcr.io":{}},"credsStore":"encryptedfile"})"},
      {R"({"auths":{"ghcr.io":{},"a.io":{"auth":"dTpw"}}})",
       R"({"auths":{"ghcr.io":{},"a.io":{"auth":"dTpw"}},)"
       R"("credHelpers":{"ghcr.io":"encryptedfile"}})"},
      // Entries
      {R"({"auths":{"a.io":{},"b.io":{"auth":"dTpw"}}})", R"({"auths":{"b.io":{"auth":"dTpw"}}})"},
      {R"({"auths":{"a.io":{}},"credsStore":"other"})", R"({"auths":{},"credsStore":"other"})"},
      {R"({"auths":{"docker.io":{"auth":"dTpw"}}})",
       R"({"auths":{"https://index.docker.io/v1/":{"auth":"dTpw"}}})"},
      {R"({"auths":{"A.io":{"auth":"dTpw"}}})",
       R"({"auths":{"A.io":{"auth":"dTpw"},"a.io":{"auth":"dTpw"}}})"},
      {R"({"auths":{"a.io":{"auth":"dTpw"},"https://a.io":{}}})",
       R"({"auths":{"a.io":{"auth":"dTpw"}}})"},
      {R"({"credHelpers":{"https://ghcr.io":"encryptedfile"}})",
       R"({"credHelpers":{"ghcr.io":"encryptedfile"}})"},
      // Settings
      {R"({"AUTHS":{"a.io":{"auth":"dTpw"}}})", R"({"auths":{"a.io":{"auth":"dTpw"}}})"},
      {R"({"auths":{"ghcr.io":{}},"credStore":"gone"})",
       R"({"auths":{"ghcr.io":{}},"credsStore":"encryptedfile"})"},
  }));
  const Patient patient(before);
  CHECK(mends_something(Patient::check().findings));
  CHECK_FALSE(Patient::fix().empty());
  CHECK(patient.text() == after);
  CHECK_FALSE(mends_something(Patient::check().findings));
  CHECK(Patient::fix().empty());
}

TEST_CASE("a hint of --fix names the store that --fix takes") {
  const Patient patient(R"({"credsStore":"gone"})");
  const std::string puts = "`pullsecret doctor --fix` puts ";
  CHECK_THAT(Patient::hints(), Contains(puts + "encryptedfile in its place\n"));
  patient.write(R"({"credHelpers":{"ghcr.io":"gone"},"credsStore":"other"})");
  CHECK_THAT(Patient::hints(), Contains(puts + "other in its place\n"));
  patient.write("{}");
  CHECK_THAT(Patient::hints(), Contains("`pullsecret doctor --fix` names encryptedfile\n"));
}

TEST_CASE("--use takes the place of what does not work, and leaves to that what it gives") {
  const Patient patient(R"({"auths":{"a.io":{},"b.io":{}},"credsStore":"half"})");
  patient.helpers.add("half", R"(
    case $1/$(cat) in
      get/b.io) echo '{"Username":"u","Secret":"hunter2"}' ;;
      *) echo its database is locked; exit 1 ;;
    esac)");
  CHECK_THAT(Patient::hints(), Contains("`pullsecret doctor --fix --use encryptedfile`\n"));
  CHECK(Patient::fix().empty());
  Patient::fix("other");
  CHECK(patient.text() ==
        R"({"auths":{"b.io":{}},"credsStore":"other","credHelpers":{"b.io":"half"}})");
  CHECK(Patient::fix("other").empty());
}

TEST_CASE("--use is the store that takes over from one that mints tokens, or where none is named") {
  const Patient patient("{}");
  Patient::fix("other");
  CHECK(patient.text() == R"({"credsStore":"other"})");
  patient.write(R"({"auths":{"a.azurecr.io":{"auth":"dTpw"}},"credsStore":"acr-env"})");
  patient.helpers.add("acr-env", has("a.azurecr.io"));
  Patient::fix("other");
  CHECK(patient.text() == R"({"auths":{"a.azurecr.io":{"auth":"dTpw"}},"credsStore":"other",)"
                          R"("credHelpers":{"a.azurecr.io":"acr-env"}})");
}

TEST_CASE("a store that does not work cannot be used") {
  const Patient patient(R"({"credsStore":"gone"})");
  CHECK_THROWS_WITH(Patient::fix("pass"), Contains("pass does not work"));
  CHECK(patient.text() == R"({"credsStore":"gone"})");
}

TEST_CASE("without a store that works nothing takes over, and a note says so") {
  const Patient patient(R"({"auths":{"a.io":{"auth":"dTpw"}},"credsStore":"gone"})");
  patient.helpers.add("encryptedfile", "exit 1");
  CHECK_THAT(Patient::hints(),
             Contains("install a store that works here, such as docker-credential-encryptedfile"));
  const Repair repair = Patient::fix();
  CHECK(repair.empty());
  REQUIRE(repair.notes.size() == 1);
  CHECK_THAT(repair.notes[0], Catch::StartsWith("no store works here that could take over"));
}

TEST_CASE("what a repair loses is a note") {
  const Patient patient(R"({"auths":{"a.io":{},"ghcr.io":{}},"credsStore":"gone"})");
  CHECK(Patient::fix().notes == std::vector<std::string>{"log in again: docker login a.io"});
  patient.write(R"({"credHelpers":{"a.azurecr.io":"acr-gone"}})");
  const Repair repair = Patient::fix();
  REQUIRE(repair.notes.size() == 1);
  CHECK_THAT(repair.notes[0], Catch::StartsWith("acr-gone minted tokens for a.azurecr.io"));
}

TEST_CASE("a file that others may read is closed, and a word says so") {
  const Patient patient(R"({"auths":{"a.io":{"auth":"dTpw"}}})", 0644);
  const Repair repair = Patient::fix();
  CHECK_FALSE(repair.text);
  CHECK(repair.announcements ==
        std::vector{patient.file + " will be readable by you alone (mode 0600)"});
  CHECK(mode_of(patient.file) == 0600);
  CHECK(Patient::fix().empty());
}

TEST_CASE("what a killed writer left is removed, and a word says so") {
  const Patient patient(R"({"auths":{"a.io":{"auth":"dTpw"}}})");
  const fs::path left = patient.home.folder.write(".docker/.config.json.pullsecret-aB3xyZ", "{}");
  const fs::path others = patient.home.folder.write(".docker/config.json123", "{}");
  CHECK(Patient::fix().announcements == std::vector{left.string() + " will be removed"});
  CHECK_FALSE(fs::exists(left));
  CHECK(fs::exists(others));
}

TEST_CASE("the file as it was stays beside it") {
  const std::string config = R"({"auths":{"ghcr.io":{}},"credsStore":"gone"})";
  const Patient patient(config);
  fs::path backup;
  Patient::fix([](const Checkup&, const Repair&) { return true; },
               [&](const fs::path& file) { backup = file; });
  std::ifstream stream(backup);
  CHECK(std::string(std::istreambuf_iterator<char>(stream), {}) == config);
}

TEST_CASE("what is asked has the plan, and what is not wanted is not done") {
  const std::string config = R"({"auths":{"ghcr.io":{}},"credsStore":"gone"})";
  const Patient patient(config, 0644);
  Repair planned;
  const auto refuse = [&](const Checkup& checkup, const Repair& repair) {
    CHECK(checkup.json->text == config);
    planned = repair;
    return false;
  };
  const auto no_backup = [](const fs::path&) { FAIL("nothing was changed"); };
  CHECK_THROWS_WITH(Patient::fix(refuse, no_backup), "nothing was changed");
  CHECK(planned.text);
  CHECK(planned.closes_file);
  CHECK(patient.text() == config);
  CHECK(mode_of(patient.file) == 0644);
}

TEST_CASE("nothing is asked where there is nothing to mend, and what was found is told") {
  const Patient patient(R"({"auths":{"a.io":{"auth":"dTpw"}}})");
  const auto ask = [](const Checkup&, const Repair&) -> bool { throw Error("", "it asked"); };
  HelperClient client({});
  const Mended mended = mend(std::nullopt, std::nullopt, client, {ask, {}});
  CHECK(mended.repair.empty());
  CHECK_FALSE(mended.findings.empty());
}

TEST_CASE("podman's file is not mended by Docker's rules, nor is that promised") {
  const Patient patient("{}");
  fs::remove(patient.file);
  const std::string config = R"({"auths":{"docker.io":{}},"credHelpers":{"a.io":"gone"}})";
  const fs::path file = patient.home.folder.write(".config/containers/auth.json", config);
  chmod(file.c_str(), 0600);
  CHECK_FALSE(mends_something(Patient::check().findings));
  CHECK_THAT(Patient::hints(), !Contains("--fix"));
  CHECK(Patient::fix().empty());
}

TEST_CASE("root asks no store for the fix of another user's config") {
  if (geteuid() != 0) return;
  const Patient patient(R"({"auths":{"a.io":{}},"credsStore":"asked"})");
  patient.helpers.add("asked", "touch \"$0.log\"; exit 1");
  for (const std::string& path :
       {patient.home.path(""), patient.home.path(".docker"), patient.file})
    REQUIRE(chown(path.c_str(), 65534, 65534) == 0);
  CHECK_THROWS_WITH(Patient::check(), Contains("root changes no file in another user's folder"));
  const ScopedVariable caller("SUDO_UID", "65534");
  CHECK_THROWS_WITH(Patient::check(), Contains("whose stores are not root's"));
  CHECK_FALSE(fs::exists(patient.helpers.folder().path() / "docker-credential-asked.log"));
  fs::remove_all(patient.home.path(".docker"));
  CHECK_THROWS_WITH(Patient::check(), Contains("whose stores are not root's"));
}
