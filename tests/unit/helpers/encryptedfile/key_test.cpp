#include <sys/stat.h>

#include <chrono>
#include <filesystem>
#include <string>

#include "catch.h"
#include "helpers/encryptedfile/key_file.h"
#include "helpers/encryptedfile/passphrase.h"
#include "helpers/encryptedfile/paths.h"
#include "support.h"
#include "system/file.h"
#include "temporary_folder.h"

using namespace pullsecret;
using namespace std::chrono_literals;
namespace fs = std::filesystem;

namespace {

/// The environment that decides about the paths, without anything of the tester's own.
struct PathVariables {
  TemporaryFolder folder;
  ScopedVariable home{"HOME", folder.path().string()};
  ScopedVariable data{"XDG_DATA_HOME", std::nullopt};
  ScopedVariable config{"XDG_CONFIG_HOME", std::nullopt};
  ScopedVariable key_file{"DOCKER_CREDENTIAL_KEY_FILE", std::nullopt};
  ScopedVariable credentials{"CREDENTIALS_DIRECTORY", std::nullopt};
};

const std::string key_bytes = "0123456789abcdef0123456789ABCDEF";
const std::string key_base64 = "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlBQkNERUY=";
const std::string key_hex = "3031323334353637383961626364656630313233343536373839414243444546";

SealedHeader header_of(const Key& key) {
  return read_header(seal("{}", key, std::nullopt, new_nonce()));
}

fs::path write_private(const TemporaryFolder& folder, const std::string& name,
                       const std::string& content) {
  fs::path file = folder.write(name, content);
  chmod(file.c_str(), 0600);
  return file;
}

}  // namespace

TEST_CASE("the files are where the XDG base directories say") {
  const PathVariables environment;
  const fs::path home = environment.folder.path();
  CHECK(find_paths().credentials ==
        home / ".local/share/docker-credential-encryptedfile/credentials");
  CHECK(find_paths().key == home / ".config/docker-credential-encryptedfile/key");
  const ScopedVariable data("XDG_DATA_HOME", "/data"), config("XDG_CONFIG_HOME", "relative");
  CHECK(find_paths().credentials == "/data/docker-credential-encryptedfile/credentials");
  CHECK(find_paths().lock.parent_path() == find_paths().credentials.parent_path());
  CHECK(find_paths().key == home / ".config/docker-credential-encryptedfile/key");
  CHECK(find_paths().new_key.parent_path() == find_paths().key.parent_path());
}

TEST_CASE("the environment names the key file: its own variable first, then systemd's folder") {
  const PathVariables environment;
  CHECK_FALSE(find_paths().named_key);
  const ScopedVariable systemd("CREDENTIALS_DIRECTORY", environment.folder.path().string());
  CHECK_FALSE(find_paths().named_key);  // a service with other credentials
  const fs::path file = environment.folder.write("docker-credential-key", key_base64);
  CHECK(find_paths().named_key == file);
  const ScopedVariable named("DOCKER_CREDENTIAL_KEY_FILE", "/not/there");
  CHECK(find_paths().named_key == "/not/there");
}

TEST_CASE("a key is 32 bytes, as they are or in base64 or hex") {
  for (const std::string& content :
       {key_bytes, key_base64, key_base64 + "\n", key_hex, " " + key_hex + "\r\n"})
    CHECK(parse_key(content).bytes == key_bytes);
  std::string upper_case = key_hex;
  for (char& c : upper_case)
    c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  CHECK(parse_key(upper_case).bytes == key_bytes);
  for (const std::string& content :
       {std::string(), std::string("\n"), key_bytes + "x", key_bytes.substr(1),
        key_base64.substr(4), key_base64.substr(0, 43), key_hex.substr(2), key_hex + "00",
        std::string(64, 'x'), key_base64 + key_base64}) {
    INFO(content);
    const auto error = error_of([&] { parse_key(content); });
    REQUIRE(error);
    CHECK(error->message() == "not a key: that is 32 bytes, as they are or in base64 or hex");
  }
}

TEST_CASE("a named key file may be a link, but not open, missing or something else") {
  const TemporaryFolder folder;
  const fs::path file = write_private(folder, "key", key_base64);
  CHECK(read_named_key(file).bytes == key_bytes);
  fs::create_symlink("key", folder.path() / "link");
  CHECK(read_named_key(folder.path() / "link").bytes == key_bytes);
  chmod(file.c_str(), 0640);
  const auto open = error_of([&] { read_named_key(file); });
  REQUIRE(open);
  CHECK(open->message() == "others can use it, its mode is 0640");
  CHECK(open->hint() == "if nobody else has read it: `chmod 600 " + file.string() + "`");
  CHECK(error_of([&] { read_named_key(folder.path() / "none"); })->message() ==
        "the key file is not there");
  CHECK(error_of([&] { read_named_key("/dev/null"); })->message() == "not a regular file");
  const fs::path other = write_private(folder, "other", "hunter2");
  const auto no_key = error_of([&] { read_named_key(other); });
  REQUIRE(no_key);
  CHECK(no_key->place() == other.string());
  CHECK_THAT(no_key->what() + no_key->hint(), !Catch::Contains("hunter2"));
}

TEST_CASE("the first use makes a random key, later ones take it") {
  const TemporaryFolder folder;
  Paths paths = paths_in(folder.path(), folder.path());
  paths.key = folder.path() / "a/b/key";
  const Key key = key_for_new_file(paths);
  CHECK(key.bytes.size() == key_size);
  CHECK(key_for_new_file(paths).bytes == key.bytes);
  CHECK(parse_key(read_file(paths.key, 100)).bytes == key.bytes);
  CHECK(error_of([&] { write_key(paths.key, new_key()); })->message() == "file exists");
  CHECK(parse_key(read_file(paths.key, 100)).bytes == key.bytes);
  CHECK(fs::status(paths.key).permissions() == fs::perms(0600));
  CHECK(fs::status(paths.key.parent_path()).permissions() == fs::perms(0700));
  paths.named_key = write_private(folder, "named", key_base64);
  CHECK(key_for_new_file(paths).bytes == key_bytes);
}

TEST_CASE("the key of a file is found in the key file, or in the one that is to replace it") {
  const TemporaryFolder folder;
  Paths paths = paths_in(folder.path(), folder.path());
  const Key old_key = new_key(), next_key = new_key();
  const auto missing = error_of([&] { find_key_in_files(paths, header_of(old_key)); });
  REQUIRE(missing);
  CHECK(missing->message() == "not there, but it is the key of " + paths.credentials.string());
  write_key(paths.key, old_key);
  write_key(paths.new_key, next_key);
  CHECK(find_key_in_files(paths, header_of(old_key)).bytes == old_key.bytes);
  CHECK(find_key_in_files(paths, header_of(next_key)).bytes == next_key.bytes);
  const auto wrong = error_of([&] { find_key_in_files(paths, header_of(new_key())); });
  REQUIRE(wrong);
  CHECK(wrong->place() == paths.key.string());
  CHECK(wrong->message() == "this is not the key of " + paths.credentials.string());

  SECTION("one that is named counts alone") {
    paths.named_key = write_private(folder, "named", key_base64);
    CHECK(find_key_in_files(paths, header_of(Key{key_bytes})).bytes == key_bytes);
    CHECK(error_of([&] { find_key_in_files(paths, header_of(old_key)); })->place() ==
          paths.named_key->string());
  }
  SECTION("a link in the place of the key is refused") {
    fs::remove(paths.new_key);
    fs::rename(paths.key, folder.path() / "elsewhere");
    fs::create_symlink("elsewhere", paths.key);
    CHECK(error_of([&] { find_key_in_files(paths, header_of(old_key)); })->message() ==
          "a symbolic link, which is not followed here");
  }
  SECTION("a rekey that was killed before the credentials were sealed again is undone") {
    settle_new_key(paths, header_of(old_key));
    CHECK_FALSE(fs::exists(paths.new_key));
    CHECK(find_key_in_files(paths, header_of(old_key)).bytes == old_key.bytes);
  }
  SECTION("a rekey that was killed after it is completed") {
    settle_new_key(paths, header_of(next_key));
    CHECK_FALSE(fs::exists(paths.new_key));
    CHECK(parse_key(read_file(paths.key, 100)).bytes == next_key.bytes);
    settle_new_key(paths, header_of(next_key));
    CHECK(fs::exists(paths.key));
  }
  SECTION("a retired key is removed, the one in use is not") {
    remove_retired_key(paths, header_of(old_key));
    CHECK(fs::exists(paths.key));
    remove_retired_key(paths, header_of(next_key));
    CHECK_FALSE(fs::exists(paths.key));
  }
}

TEST_CASE("a key is kept for a second to a year") {
  CHECK(parse_lifetime("1s") == 1s);
  CHECK(parse_lifetime("1.5s") == 1s);
  CHECK(parse_lifetime("1h30m") == 90min);
  CHECK(parse_lifetime("366d") == 24h * 366);
  for (const char* text :
       {"", "8", "h", "0h", "-1h", " 1h", "1h ", "1H", "999ms", "367d", "99999999999d"})
    CHECK(error_of([&] { parse_lifetime(text); }));
}

TEST_CASE("a derived key is kept for 8 hours, or as the environment says") {
  const ScopedVariable unset("DOCKER_CREDENTIAL_UNLOCK_FOR", std::nullopt);
  CHECK(key_lifetime() == 8h);
  const ScopedVariable set("DOCKER_CREDENTIAL_UNLOCK_FOR", "20m");
  CHECK(key_lifetime() == 20min);
  const ScopedVariable wrong("DOCKER_CREDENTIAL_UNLOCK_FOR", "soon");
  CHECK(error_of([] { key_lifetime(); })->place() == "DOCKER_CREDENTIAL_UNLOCK_FOR");
}

TEST_CASE("the session keyring keeps a derived key for its own file") {
  const Argon2id passphrase = new_argon2id();
  const Key key = new_key();
  const SealedHeader header = read_header(seal("{}", key, passphrase, new_nonce()));
  const auto refused = error_of([&] { keep_key(key, passphrase, 1min); });
  if (refused) return skip(refused->what());
  REQUIRE(find_kept_key(header));
  CHECK(find_kept_key(header)->bytes == key.bytes);
  const SealedHeader other_salt = read_header(seal("{}", key, new_argon2id(), new_nonce()));
  CHECK_FALSE(find_kept_key(other_salt));
  const SealedHeader other_key = read_header(seal("{}", new_key(), passphrase, new_nonce()));
  CHECK_FALSE(find_kept_key(other_key));
  forget_key(passphrase);
  CHECK_FALSE(find_kept_key(header));
  forget_key(passphrase);
}
