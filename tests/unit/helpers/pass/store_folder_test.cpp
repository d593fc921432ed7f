#include "helpers/pass/store_folder.h"

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include <cerrno>
#include <chrono>
#include <filesystem>
#include <string>
#include <vector>

#include "catch.h"
#include "support.h"
#include "system/file.h"
#include "temporary_folder.h"
#include "watched_calls.h"

using namespace pullsecret;
using namespace std::chrono_literals;
namespace fs = std::filesystem;

namespace {

constexpr std::size_t most = 1000;

// Written so long ago, so that the order of entries is known.
void write_entry(const TemporaryFolder& folder, const std::string& name, std::chrono::hours age) {
  fs::last_write_time(folder.write(name, ""), fs::file_time_type::clock::now() - age);
}

Folder opened(const fs::path& folder) {
  auto store = open_store(folder);
  REQUIRE(store);
  return *std::move(store);
}

std::vector<std::string> entry_names_in(const fs::path& folder) {
  std::vector<std::string> names;
  for (const PassEntry& entry : entries_in(opened(folder)))
    names.push_back(entry.name);
  return names;
}

// The Error of `action` is about `path`.
template <typename Action>
void check_refused(const fs::path& path, const std::string& kind, Action action) {
  const auto error = error_of(action);
  REQUIRE(error);
  CHECK(error->place() == place_of(path));
  CHECK_THAT(error->message(), Catch::StartsWith("it is " + kind + ", not a "));
  CHECK_THAT(error->hint(), Catch::Contains("`mv -i " + path.string() + " ~/`"));
}

}  // namespace

TEST_CASE("a password store's folder is no link, but the store may be one") {
  const TemporaryFolder folder;
  folder.write("store/real/builder.gpg", "");
  folder.write("store/file", "");
  fs::create_directory_symlink("real", folder.path() / "store/link");
  fs::create_symlink("nowhere", folder.path() / "store/broken");
  fs::create_directory_symlink("store", folder.path() / "other");
  for (const char* name : {"store", "other"}) {
    const Folder store = opened(folder.path() / name);
    CHECK(open_folder(store, "real"));
    CHECK_FALSE(open_folder(store, "absent"));
    CHECK_FALSE(open_folder(store, repeated("x", 300)));
    for (const char* link : {"link", "broken"})
      check_refused(store.path() / link, "a symbolic link", [&] { open_folder(store, link); });
    check_refused(store.path() / "file", "a file", [&] { open_folder(store, "file"); });
  }
  CHECK_FALSE(open_store(folder.path() / "absent"));
  CHECK_FALSE(open_store(folder.path() / "store/file"));
}

TEST_CASE("a folder that is held stays the same, whatever comes in its place") {
  const TemporaryFolder folder;
  folder.write("store/server/builder.gpg", "own");
  folder.write("store/other/builder.gpg", "other");
  const Folder store = opened(folder.path() / "store");
  const auto server = open_folder(store, "server");
  fs::rename(store.path() / "server", store.path() / "moved");
  fs::create_directory_symlink("other", store.path() / "server");
  CHECK(read_file_in(*server, "builder.gpg", most)->content == "own");
  replace_file_in(*server, "builder.gpg", "new");
  remove_file_in(*server, "absent.gpg");
  CHECK(read_file(store.path() / "other/builder.gpg", most) == "other");
  CHECK(read_file(store.path() / "moved/builder.gpg", most) == "new");
  remove_file_in(*server, "builder.gpg");
  CHECK(fs::exists(store.path() / "other/builder.gpg"));
  CHECK(names_in(*server).empty());
}

TEST_CASE("entries come newest first, those in folders too") {
  const TemporaryFolder folder;
  write_entry(folder, "old.gpg", 3h);
  write_entry(folder, "acme/new.gpg", 1h);
  write_entry(folder, "middle.gpg", 2h);
  write_entry(folder, "a/b.gpg/c.gpg", 4h);
  CHECK(entry_names_in(folder.path()) ==
        std::vector<std::string>{"acme/new", "middle", "old", "a/b.gpg/c"});
}

TEST_CASE("what is no entry is passed over") {
  const TemporaryFolder folder;
  write_entry(folder, "builder.gpg", 1h);
  for (const char* name : {".gpg", "...gpg", "a/...gpg", "note", "folder.gpg/note", ".gpg-id.sig"})
    folder.write(name, "");
  fs::create_symlink("nowhere", folder.path() / ".gpg-id");
  CHECK(entry_names_in(folder.path()) == std::vector<std::string>{"builder"});
}

TEST_CASE("a username may begin as pass's own files do") {
  const TemporaryFolder folder;
  write_entry(folder, ".gpg-id.gpg", 1h);
  write_entry(folder, ".gpg-id-bot.gpg", 2h);
  CHECK(entry_names_in(folder.path()) == std::vector<std::string>{".gpg-id", ".gpg-id-bot"});
}

TEST_CASE("in the place of an entry nothing but a file is taken, and nothing waits") {
  const std::string name = GENERATE("builder.gpg", "team/builder.gpg");
  const TemporaryFolder folder;
  folder.write("real.gpg", "");
  fs::create_directory(folder.path() / "team");
  const fs::path path = folder.path() / name;
  const auto check_entries = [&](const std::string& kind) {
    check_refused(path, kind, [&] { entries_in(opened(folder.path())); });
    const Folder parent = opened(path.parent_path());
    check_refused(path, kind, [&] { read_file_in(parent, "builder.gpg", most); });
    fs::remove(path);
  };
  for (const char* target : {"real.gpg", "../real.gpg", "/dev/zero", "nowhere", "builder.gpg"}) {
    fs::create_symlink(target, path);
    check_entries("a symbolic link");
  }
  REQUIRE(mkfifo(path.c_str(), 0600) == 0);
  check_entries("a pipe");
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  REQUIRE(path.string().copy(&address.sun_path[0], sizeof address.sun_path - 1) ==
          path.string().size());
  const FileDescriptor server(socket(AF_UNIX, SOCK_STREAM, 0));
  REQUIRE(bind(server.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
  check_entries("a socket");
}

TEST_CASE("a link to a folder among the entries is refused") {
  const TemporaryFolder folder;
  fs::create_directory(folder.path() / "real");
  fs::create_directory_symlink("real", folder.path() / "team");
  check_refused(folder.path() / "team", "a symbolic link",
                [&] { entries_in(opened(folder.path())); });
  CHECK(fs::is_symlink(folder.path() / "team"));
}

TEST_CASE("a file of the store is bounded, and its other names are told") {
  const TemporaryFolder folder;
  const fs::path file = folder.write("a.gpg", "content");
  const Folder store = opened(folder.path());
  CHECK_FALSE(read_file_in(store, "absent.gpg", most));
  CHECK_FALSE(read_file_in(store, "a.gpg", most)->has_other_names);
  CHECK_THAT(error_of([&] { read_file_in(store, "a.gpg", 6); })->what(),
             Catch::Contains("a.gpg: larger than"));
  fs::create_hard_link(file, folder.path() / "b.gpg");
  CHECK(read_file_in(store, "a.gpg", most)->has_other_names);
  fs::permissions(file, fs::perms::owner_read | fs::perms::group_read);
  replace_file_in(store, "a.gpg", "new");
  CHECK(read_file(folder.path() / "b.gpg", most) == "content");
  CHECK(read_file_in(store, "a.gpg", most)->content == "new");
  CHECK(fs::status(file).permissions() == (fs::perms::owner_read | fs::perms::group_read));
  CHECK_FALSE(read_file_in(store, "a.gpg", most)->has_other_names);
}

TEST_CASE("a file that cannot be replaced is as it was, and nothing is left beside it") {
  const TemporaryFolder folder;
  folder.write("a.gpg", "content");
  folder.write(".a.gpg.pullsecret-abc123", "of one that was killed");
  const Folder store = opened(folder.path());
  {
    const WatchedCalls watched(
        [](const FileCall& call) { return call.name == "write" ? ENOSPC : 0; });
    CHECK_THAT(error_of([&] { replace_file_in(store, "a.gpg", "new"); })->what(),
               Catch::EndsWith("a.gpg: no space left on device"));
  }
  CHECK(names_in(store) == std::vector<std::string>{"a.gpg"});
  CHECK(read_file(folder.path() / "a.gpg", most) == "content");
}

TEST_CASE("the keys' file is what pass takes for one") {
  const TemporaryFolder folder;
  folder.write("file", "key\n");
  const Folder store = opened(folder.path());
  const fs::path gpg_id = folder.path() / ".gpg-id";
  CHECK_FALSE(read_gpg_id(store));
  fs::create_symlink("file", gpg_id);
  CHECK(read_gpg_id(store) == "key\n");
  for (const char* target : {"/dev/zero", "/", "nowhere", ".gpg-id"}) {
    fs::remove(gpg_id);
    fs::create_symlink(target, gpg_id);
    CHECK_FALSE(read_gpg_id(store));
  }
  fs::remove(gpg_id);
  REQUIRE(mkfifo(gpg_id.c_str(), 0600) == 0);
  CHECK_FALSE(read_gpg_id(store));
}

TEST_CASE("a name that the file system tells from others is no other one") {
  const TemporaryFolder folder;
  folder.write("Abc", "");
  const Folder store = opened(folder.path());
  CHECK_FALSE(is_another_name(store, "Abc"));
  CHECK_FALSE(is_another_name(store, "abc"));
}
