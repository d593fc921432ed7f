#include <sys/stat.h>

#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#define CATCH_CONFIG_ENABLE_PAIR_STRINGMAKER
#include "catch.h"
#include "faults.h"
#include "helpers/encryptedfile/actions.h"
#include "helpers/encryptedfile/credentials_file.h"
#include "helpers/encryptedfile/key_file.h"
#include "support.h"
#include "system/file.h"
#include "system/private_file.h"
#include "temporary_folder.h"
#include "watched_calls.h"

// The encrypted credentials and their key are in two folders, and of no use without each other.
// Whatever call fails, and whenever the power is cut: what was kept can be opened with a key that
// is there.

using namespace pullsecret;
namespace fs = std::filesystem;

namespace {

/// Of one folder: file → content.
using Content = std::map<std::string, std::string>;

/// That of the folders with the credentials and with the key.
struct Disk {
  Content data, config;
  // NOLINTNEXTLINE(modernize-use-nullptr): not a 0 of ours
  auto operator<=>(const Disk&) const = default;
};

Paths paths_below(const fs::path& folder) {
  return paths_in(folder / "data", folder / "config");
}

// `lost`: the inodes of which nothing has reached the disk.
Content content_of(const fs::path& folder, const std::set<ino_t>& lost = {}) {
  Content content;
  for (const auto& file : fs::directory_iterator(folder)) {
    struct stat status {};
    REQUIRE(stat(file.path().c_str(), &status) == 0);
    content[file.path().filename()] =
        lost.contains(status.st_ino) ? "" : read_file(file.path(), max_sealed_file);
  }
  return content;
}

Disk disk_in(const fs::path& folder) {
  return {content_of(folder / "data"), content_of(folder / "config")};
}

void write_all_of(const Content& content, const fs::path& folder) {
  make_private_folder(folder);
  for (const auto& [name, text] : content) {
    std::ofstream(folder / name) << text;
    chmod((folder / name).c_str(), 0600);
  }
}

/// All that power cuts at any moment could leave. A change in a folder is on disk once that folder
/// is synced, else perhaps; what was written into a file once the file is, else not at all. A
/// folder that was not synced once does not become so: the kernel may tell an error but once.
class PowerCuts {
 public:
  explicit PowerCuts(fs::path folder) : folder_(std::move(folder)), synced_(disk_in(folder_)) {}

  /// Before `call` is made, or fails. Returns `verdict`.
  Verdict note(const FileCall& call, Verdict verdict) {
    remember();
    if (call.name == "write" && verdict == 0) lost_.insert(inode_of(call.path));
    if (call.name == "fsync") note_sync(call.path, verdict);
    return verdict;
  }

  const std::set<Disk>& disks() {
    remember();
    return disks_;
  }

 private:
  static ino_t inode_of(const fs::path& file) {
    struct stat status {};
    REQUIRE(stat(file.c_str(), &status) == 0);
    return status.st_ino;
  }

  void note_sync(const fs::path& path, Verdict verdict) {
    const bool is_folder = fs::is_directory(path);
    if (verdict != 0 && is_folder) unsynced_.insert(path);
    if (verdict != 0 || unsynced_.contains(path)) return;
    if (is_folder)
      (path == folder_ / "data" ? synced_.data : synced_.config) = content_of(path, lost_);
    else
      lost_.erase(inode_of(path));
  }

  void remember() {
    const Disk seen{content_of(folder_ / "data", lost_), content_of(folder_ / "config", lost_)};
    for (const Content& data : {synced_.data, seen.data})
      for (const Content& config : {synced_.config, seen.config})
        disks_.insert({data, config});
  }

  const fs::path folder_;
  Disk synced_;
  std::set<ino_t> lost_;
  std::set<fs::path> unsynced_;
  std::set<Disk> disks_;
};

const Key own_key{"0123456789abcdef0123456789ABCDEF"};

// With the user's own key, where the credentials are sealed with that.
Paths paths_with_key(const fs::path& folder) {
  Paths paths = paths_below(folder);
  const auto header = CredentialsFile(paths).header();
  if (!header || !is_key_of(own_key, *header)) return paths;
  paths.named_key = folder / "own";
  std::ofstream(*paths.named_key) << own_key.bytes;
  chmod(paths.named_key->c_str(), 0600);
  return paths;
}

// The usernames; nothing where there is no file; or why it cannot be opened.
std::optional<std::string> usernames_in(const fs::path& folder) {
  std::optional<Entries> entries;
  if (auto error = error_of([&] { entries = CredentialsFile(paths_with_key(folder)).read(); }))
    return error->what();
  if (!entries) return std::nullopt;
  std::string usernames;
  for (const auto& [server_url, credential] : *entries)
    usernames += credential.username;
  return usernames;
}

std::optional<std::string> usernames_on(const Disk& disk) {
  const TemporaryFolder folder(folder_in_memory());
  const WatchedCalls unsynced;
  write_all_of(disk.data, folder.path() / "data");
  write_all_of(disk.config, folder.path() / "config");
  return usernames_in(folder.path());
}

/// A change to try. What it returns is why the key before it is still there.
struct Change {
  std::string name;
  std::function<void(const Paths&)> prepare;
  std::function<std::optional<Error>(const Paths&)> make;
  std::optional<std::string> before, after;  ///< the usernames
};

std::optional<Error> store(const Paths& paths, const std::string& username) {
  CredentialsFile(paths).change([&](Entries& entries) {
    entries["server of " + username] = {username, "hunter2"};
    return true;
  });
  return std::nullopt;
}

std::optional<Error> store_a(const Paths& paths) {
  return store(paths, "a");
}

std::optional<Error> store_b(const Paths& paths) {
  return store(paths, "b");
}

std::optional<Error> rekey_at_random(const Paths& paths) {
  return CredentialsFile(paths).rekey_at_random();
}

std::optional<Error> rekey_to_own(const Paths& paths) {
  return CredentialsFile(paths).rekey(own_key, std::nullopt);
}

void make_folders(const Paths& paths) {
  make_private_folder(paths.credentials.parent_path());
  make_private_folder(paths.key.parent_path());
}

// As by one that was killed before the new key had the key's name.
void leave_half_a_rekey(const Paths& paths) {
  store_a(paths);
  const WatchedCalls watched([&](const FileCall& call) {
    return call.name == "rename" && call.path == paths.key ? EIO : 0;
  });
  REQUIRE(rekey_at_random(paths));
}

std::vector<Change> all_changes() {
  return {{"the first store", make_folders, store_a, std::nullopt, "a"},
          {"another store", store_a, store_b, "a", "ab"},
          {"rekey at random", store_a, rekey_at_random, "a", "a"},
          {"rekey to a key of the user's", store_a, rekey_to_own, "a", "a"},
          {"a store after half a rekey", leave_half_a_rekey, store_b, "a", "ab"}};
}

// After a failure the credentials are as they were; keys may have been made or settled for them,
// unless it is a rekey that failed.
void check_unchanged(const Change& change, Disk before, Disk after) {
  for (Disk* disk : {&before, &after})
    disk->data.erase("credentials.lock");
  CHECK(after.data == before.data);
  if (change.before == change.after) CHECK(after.config == before.config);
}

void check_no_other_files(const Disk& disk, bool is_settled) {
  for (const auto& [name, text] : disk.data)
    CHECK((name == "credentials" || name == "credentials.lock"));
  for (const auto& [name, text] : disk.config)
    CHECK((name == "key" || (name == "key.new" && !is_settled)));
}

void check_disks(const std::set<Disk>& disks, const std::set<std::optional<std::string>>& allowed) {
  for (const Disk& disk : disks) {
    const auto usernames = usernames_on(disk);
    INFO(usernames.value_or("no file"));
    CHECK(allowed.contains(usernames));
  }
}

// False if there is no call number `at`.
bool check_change(const Change& change, const Fault& fault, std::size_t at) {
  const TemporaryFolder folder(folder_in_memory());
  const Paths paths = paths_below(folder.path());
  {
    const WatchedCalls unsynced;
    make_folders(paths);
    change.prepare(paths);
  }
  const Disk before = disk_in(folder.path());
  PowerCuts power_cuts(folder.path());
  FaultAt fault_at(fault, at);
  const bool with_power_cuts = fault.name == "EIO";  // of the others none leaves anything else
  std::optional<Error> left;
  const auto error = error_of([&] {
    const WatchedCalls watched([&](const FileCall& call) {
      const Verdict verdict = fault_at.judge(call);
      if (with_power_cuts) power_cuts.note(call, verdict);
      return verdict;
    });
    left = change.make(paths);
  });

  INFO(change.name << ": " << fault.name << " at call " << at << ", which "
                   << (error  ? error->what()
                       : left ? std::string("succeeded, but: ") + left->what()
                              : "succeeded"));
  CHECK_FALSE(((error || left) && fault_at.is_harmless()));
  CHECK(usernames_in(folder.path()) == (error ? change.before : change.after));
  if (!fault_at.prevented_tidying()) {
    const Disk after = disk_in(folder.path());
    if (error) check_unchanged(change, before, after);
    check_no_other_files(after, !error && !left);
  }
  if (with_power_cuts) check_disks(power_cuts.disks(), {change.before, change.after});
  return fault_at.was_reached();
}

// Takes the place of SIGKILL.
struct KilledHere {};

// `change` is killed at call number `at`, then another one is made. False if there is no such call.
bool check_change_after(const Change& change, std::size_t at) {
  const TemporaryFolder folder(folder_in_memory());
  const Paths paths = paths_below(folder.path());
  const WatchedCalls unsynced;
  make_folders(paths);
  change.prepare(paths);
  PowerCuts power_cuts(folder.path());
  bool killed = false;
  const auto kill_once = [&](const FileCall& call) {
    if (killed || call.number < at) return power_cuts.note(call, 0);
    killed = true;
    throw KilledHere();
  };
  try {
    const WatchedCalls watched(kill_once);
    change.make(paths);
  } catch (const KilledHere&) {
    const Paths paths_now = paths_with_key(folder.path());
    const WatchedCalls watched(kill_once);
    store_b(paths_now);
  }
  INFO(change.name << " is killed at call " << at);
  check_no_other_files(disk_in(folder.path()), true);
  check_disks(power_cuts.disks(), {change.before, "a", "b", "ab"});
  return killed;
}

}  // namespace

TEST_CASE("whatever call fails, and whenever the power is cut, the credentials can be opened") {
  for (const Change& change : all_changes())
    for (const Fault& fault : all_faults()) {
      std::size_t at = 1;
      while (check_change(change, fault, at))
        ++at;
      CHECK(at > 10);
    }
}

TEST_CASE("a change ends what another one began that was killed, whenever the power is cut") {
  for (const Change& change : all_changes()) {
    std::size_t at = 1;
    while (check_change_after(change, at))
      ++at;
    CHECK(at > 10);
  }
}

TEST_CASE("a rekey that leaves the key before says so, and the next change ends it") {
  const TemporaryFolder folder;
  const ScopedVariable home("HOME", folder.path().string()), data("XDG_DATA_HOME", std::nullopt),
      config("XDG_CONFIG_HOME", std::nullopt), named("DOCKER_CREDENTIAL_KEY_FILE", std::nullopt),
      systemd("CREDENTIALS_DIRECTORY", std::nullopt);
  const Paths paths = find_paths();
  store_a(paths);
  std::optional<WatchedCalls> watched(std::in_place, [&](const FileCall& call) {
    return call.name == "rename" && call.path == paths.key ? EIO : 0;
  });
  std::optional<Error> error;
  for (const OwnAction& action : encrypted_file_actions())
    if (action.name == "rekey") error = error_of([&] { action.run({}); });
  watched.reset();
  REQUIRE(error);
  CHECK(error->message() ==
        "rekeyed, but the key before is not gone: " + paths.key.string() + ": input/output error");
  CHECK(fs::exists(paths.new_key));
  store_b(paths);
  CHECK_FALSE(fs::exists(paths.new_key));
  CHECK(CredentialsFile(paths).read()->size() == 2);
}
