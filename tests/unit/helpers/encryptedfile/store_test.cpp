#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>

#include <filesystem>
#include <string>

#include "catch.h"
#include "helpers/encryptedfile/credentials_file.h"
#include "helpers/encryptedfile/encrypted_file_store.h"
#include "helpers/encryptedfile/key_file.h"
#include "support.h"
#include "system/file.h"
#include "temporary_folder.h"
#include "watched_calls.h"
#include "writing.h"

using namespace pullsecret;
namespace fs = std::filesystem;

namespace {

/// A store in a folder of its own.
struct TestStore {
  TemporaryFolder folder;
  Paths paths{.credentials = folder.path() / "data/credentials",
              .lock = folder.path() / "data/credentials.lock",
              .key = folder.path() / "config/key",
              .new_key = folder.path() / "config/key.new",
              .passphrase_chosen = folder.path() / "config/passphrase-chosen",
              .named_key = std::nullopt};

  EncryptedFileStore store() const { return EncryptedFileStore(paths); }
  CredentialsFile file() const { return CredentialsFile(paths); }
  std::string bytes() const { return read_file(paths.credentials, max_sealed_file); }
  Key key() const { return parse_key(read_file(paths.key, 100)); }
};

Argon2id cheap() {
  Argon2id passphrase = new_argon2id();
  passphrase.passes = 1;
  passphrase.kibibytes = 8192;
  return passphrase;
}

/// That each operation fails with `message`, and `test`'s file stays as it is.
void check_refused(const TestStore& test, const std::string& message) {
  const std::string before = test.bytes();
  auto store = test.store();
  auto file = test.file();
  for (const auto& error :
       {error_of([&] { store.get("ghcr.io"); }), error_of([&] { store.list(); }), error_of([&] {
          store.store("ghcr.io", {"u", "p"});
        }),
        error_of([&] { store.erase("ghcr.io"); }), error_of([&] { file.rekey_at_random(); }),
        error_of([&] { file.rekey(new_key(), std::nullopt); })}) {
    REQUIRE(error);
    CHECK(error->message() == message);
    CHECK_FALSE(error->place().empty());
    CHECK_FALSE(error->hint().empty());
  }
  CHECK(test.bytes() == before);
}

}  // namespace

TEST_CASE("the encrypted file keeps, replaces and erases entries") {
  const TestStore test;
  auto store = test.store();
  store.store("ghcr.io", {"jürgen", "hunter2\n\"\\"});
  store.store("quay.io", {"robot", ""});
  store.store("ghcr.io", {"other", "new"});
  auto again = test.store();
  REQUIRE(again.get("ghcr.io"));
  CHECK(again.get("ghcr.io")->username == "other");
  CHECK(again.get("ghcr.io")->secret == "new");
  CHECK(again.get("quay.io")->secret.empty());
  CHECK_FALSE(again.get("GHCR.io"));
  CHECK(again.list() ==
        std::map<std::string, std::string>{{"ghcr.io", "other"}, {"quay.io", "robot"}});
  again.erase("ghcr.io");
  again.erase("ghcr.io");
  CHECK_FALSE(store.get("ghcr.io"));
  CHECK_THAT(test.bytes(), !Catch::Contains("robot"));
}

TEST_CASE("reading and erasing make neither a file nor a key") {
  const TestStore test;
  auto store = test.store();
  CHECK_FALSE(store.get("ghcr.io"));
  CHECK(store.list().empty());
  store.erase("ghcr.io");
  CHECK(fs::is_empty(test.folder.path()));
}

TEST_CASE("who changes the file holds its lock, so that two lose nothing of each other") {
  const TestStore test;
  std::size_t changes = 0;
  const WatchedCalls watched([&](const FileCall& call) {
    if (call.name != "rename" || call.path != test.paths.credentials) return 0;
    ++changes;
    const FileDescriptor other(open(test.paths.lock.c_str(), O_RDWR | O_CLOEXEC));
    CHECK(flock(other.get(), LOCK_EX | LOCK_NB) == -1);
    return 0;
  });
  test.store().store("ghcr.io", {"u", "p"});
  test.store().erase("ghcr.io");
  test.file().rekey_at_random();
  test.file().rekey(new_key(), std::nullopt);
  CHECK(changes == 4);
}

TEST_CASE("a file that cannot be opened is left as it is") {
  const TestStore test;
  auto store = test.store();
  store.store("ghcr.io", {"u", "p"});
  std::string bytes = test.bytes();
  SECTION("a wrong key") {
    fs::remove(test.paths.key);
    write_key(test.paths.key, new_key());
    check_refused(test, "this is not the key of " + test.paths.credentials.string());
  }
  SECTION("no key") {
    fs::remove(test.paths.key);
    check_refused(test, "not there, but it is the key of " + test.paths.credentials.string());
    CHECK_FALSE(fs::exists(test.paths.key));
  }
  SECTION("a damaged file") {
    bytes.back() = static_cast<char>(bytes.back() ^ 1);
    replace_synced(test.paths.credentials, bytes);
    check_refused(test, "damaged: some of its bytes have changed since it was written");
  }
  SECTION("a cut file") {
    replace_synced(test.paths.credentials, bytes.substr(0, 60));
    check_refused(test, "damaged: it ends after 60 bytes");
  }
  SECTION("an empty file") {
    replace_synced(test.paths.credentials, "");
    check_refused(test, "not a file of docker-credential-encryptedfile");
  }
  SECTION("a foreign file") {
    replace_synced(test.paths.credentials, "{\"auths\":{}}\n");
    check_refused(test, "not a file of docker-credential-encryptedfile");
  }
  SECTION("a newer version") {
    bytes[16] = 2;
    replace_synced(test.paths.credentials, bytes);
    check_refused(test, "its format has version 2, and this program knows 1");
  }
  SECTION("other content under the same key") {
    replace_synced(test.paths.credentials, seal("[]", test.key(), std::nullopt, new_nonce()));
    check_refused(test, "what it holds are not credentials");
  }
  SECTION("a symbolic link") {
    fs::rename(test.paths.credentials, test.folder.path() / "target");
    fs::create_symlink(test.folder.path() / "target", test.paths.credentials);
    check_refused(test, "a symbolic link, which is not followed here");
    CHECK(fs::is_symlink(test.paths.credentials));
  }
}

TEST_CASE("open modes of the folder and the file are mended") {
  const TestStore test;
  auto store = test.store();
  store.store("ghcr.io", {"u", "p"});
  chmod(test.paths.credentials.c_str(), 0666);
  CHECK(store.get("ghcr.io"));
  const auto is_private = [](const fs::path& path) {
    return (fs::status(path).permissions() & (fs::perms::group_all | fs::perms::others_all)) ==
           fs::perms::none;
  };
  CHECK(is_private(test.paths.credentials));
  fs::permissions(test.paths.credentials.parent_path(), fs::perms::all);
  store.store("quay.io", {"u", "p"});
  CHECK(is_private(test.paths.credentials.parent_path()));
}

TEST_CASE("a new random key replaces the old one in file and key file") {
  const TestStore test;
  auto store = test.store();
  store.store("ghcr.io", {"u", "p"});
  const Key old_key = test.key();
  test.file().rekey_at_random();
  CHECK(test.key().bytes != old_key.bytes);
  CHECK_FALSE(fs::exists(test.paths.new_key));
  CHECK(error_of([&] { unseal(test.bytes(), old_key); }));
  CHECK(store.get("ghcr.io")->secret == "p");
}

TEST_CASE(
    "a rekey that was killed half-way leaves everything readable, and is settled by a change") {
  const TestStore test;
  auto store = test.store();
  store.store("ghcr.io", {"u", "p"});
  const Key old_key = test.key(), next_key = new_key();
  write_key(test.paths.new_key, next_key);
  CHECK(test.store().get("ghcr.io"));
  SECTION("before the credentials were sealed with the new key") {
    test.store().store("quay.io", {"u", "p"});
    CHECK(test.key().bytes == old_key.bytes);
  }
  SECTION("after it") {
    const std::string content = unseal(test.bytes(), old_key);
    replace_synced(test.paths.credentials, seal(content, next_key, std::nullopt, new_nonce()));
    CHECK(test.store().get("ghcr.io"));
    test.store().store("quay.io", {"u", "p"});
    CHECK(test.key().bytes == next_key.bytes);
  }
  CHECK_FALSE(fs::exists(test.paths.new_key));
  CHECK(test.store().list().size() == 2);
}

TEST_CASE("the file moves to a key file of the user's, and back to a random key") {
  TestStore test;
  auto store = test.store();
  store.store("ghcr.io", {"u", "p"});
  const fs::path own = test.folder.path() / "own";
  write_key(own, new_key());
  test.file().rekey(read_named_key(own), std::nullopt);
  CHECK_FALSE(fs::exists(test.paths.key));
  CHECK(error_of([&] { test.store().list(); }));
  test.paths.named_key = own;
  CHECK(test.store().get("ghcr.io"));
  test.file().rekey_at_random();
  CHECK(error_of([&] { test.store().list(); })->place() == own.string());
  test.paths.named_key.reset();
  CHECK(test.store().get("ghcr.io"));
  CHECK(fs::exists(own));
}

TEST_CASE("rekeying to the key that is in use anyway does not remove it") {
  const TestStore test;
  auto store = test.store();
  store.store("ghcr.io", {"u", "p"});
  test.file().rekey(read_named_key(test.paths.key), std::nullopt);
  CHECK(test.store().get("ghcr.io"));
}

TEST_CASE("init makes an empty file, and only where there is none") {
  const TestStore test;
  test.file().create(std::nullopt);
  CHECK(test.store().list().empty());
  CHECK(error_of([&] { test.file().create(std::nullopt); })->message() == "there already");
  CHECK(error_of([&] { test.file().refuse_existing(); }));
}

TEST_CASE("a file with a passphrase opens with the kept key alone") {
  const TestStore test;
  const Argon2id passphrase = cheap();
  const Key key = derive_key("correct horse", passphrase);
  test.file().create(DerivedKey{.key = key, .passphrase = passphrase});
  CHECK_FALSE(fs::exists(test.paths.key));
  REQUIRE(test.file().header()->passphrase);
  CHECK(test.file().header()->passphrase->kibibytes == 8192);
  if (const auto error = error_of([&] { keep_key(key, passphrase, std::chrono::minutes(1)); }))
    return skip(error->what());
  auto store = test.store();
  store.store("ghcr.io", {"u", "p"});
  CHECK(test.store().get("ghcr.io")->secret == "p");
  test.file().rekey_at_random();
  CHECK_FALSE(test.file().header()->passphrase);
  forget_key(passphrase);
  CHECK(test.store().get("ghcr.io")->secret == "p");
}

TEST_CASE("more than the file may hold is refused, and nothing lost") {
  const TestStore test;
  auto store = test.store();
  store.store("ghcr.io", {"u", "p"});
  const auto error = error_of([&] {
    store.store("quay.io", {"u", std::string(max_sealed_file, 'x')});
  });
  REQUIRE(error);
  CHECK(error->message() == "full: it may hold 64 MiB");
  CHECK(test.store().list().size() == 1);
}
