#include "helpers/pass/gpg_failure.h"

#include <string>
#include <string_view>
#include <vector>

#include "catch.h"
#include "helpers/pass/gpg_key.h"

using namespace pullsecret;

namespace {

// What gpg 2.2.40 printed, with --status-fd 2, in each of these cases.
constexpr const char* fingerprint = "DE9A3746446759565AB5F4C2B2557E16D4EF1F81";
constexpr const char* unusable_key =
    "[GNUPG:] KEY_CONSIDERED DE9A3746446759565AB5F4C2B2557E16D4EF1F81 0\n"
    "gpg: error retrieving 'builder@example.invalid' via WKD: No data\n"
    "[GNUPG:] INV_RECP 0 builder@example.invalid\n"
    "[GNUPG:] FAILURE encrypt 167772218\n"
    "gpg: [stdin]: encryption failed: No data\n"
    "Password encryption aborted.\n";
constexpr const char* untrusted_without_terminal =
    "[GNUPG:] KEY_CONSIDERED DE9A3746446759565AB5F4C2B2557E16D4EF1F81 0\n"
    "gpg: 8AE47EFD3E575CCF: There is no assurance this key belongs to the named user\n"
    "gpg: cannot open '/dev/tty': No such device or address\n"
    "Password encryption aborted.\n";
constexpr const char* not_decrypted =
    "[GNUPG:] ENC_TO 6DFCD2AB2A98446C 1 0\n"
    "[GNUPG:] BEGIN_DECRYPTION\n"
    "[GNUPG:] DECRYPTION_FAILED\n"
    "gpg: decryption failed: No secret key\n"
    "[GNUPG:] END_DECRYPTION\n";

// gpg's list of the one key, with that validity and those capabilities.
KeyList listing(char validity, const std::string& capabilities) {
  return [=](std::string_view, const std::string&) {
    return "tru::1:1795216322:1858288286:3:1:5\npub:" + std::string(1, validity) +
           ":3072:1:B2557E16D4EF1F81:1577836800:1577923200::u:::" + capabilities +
           "::::::23::0:\nfpr:::::::::" + fingerprint + ":\n";
  };
}

const KeyList no_key = [](std::string_view, const std::string&) { return std::string(); };

GpgKnowledge knowing(const KeyList& keys) {
  return {.list_keys = keys,
          .find_obstacle = [](const std::string&) { return std::nullopt; },
          .asks_without_pinentry = [] { return false; }};
}

std::string why_not_encrypted(const std::string& output, const KeyList& keys) {
  const Error error = encryption_failure(output, knowing(keys));
  return std::string(error.what()) + "; " + error.hint();
}

std::string why_not_decrypted(const std::string& output, const KeyList& keys,
                              std::string_view terminal = "") {
  const Error error = decryption_failure(output, knowing(keys), terminal);
  return std::string(error.what()) + "; " + error.hint();
}

}  // namespace

TEST_CASE("a key that cannot encrypt is named with the command that mends it") {
  using Catch::Contains;
  CHECK_THAT(why_not_encrypted(unusable_key, listing('e', "sc")),
             Contains(std::string(fingerprint) + " has expired") &&
                 Contains(std::string("gpg --edit-key ") + fingerprint + " expire save"));
  CHECK_THAT(why_not_encrypted(unusable_key, listing('r', "sc")), Contains("is revoked"));
  CHECK_THAT(why_not_encrypted(unusable_key, listing('u', "scESCD")), Contains("is disabled"));
  CHECK_THAT(why_not_encrypted(unusable_key, listing('u', "scSC")), Contains("no valid part"));
  CHECK_THAT(why_not_encrypted(untrusted_without_terminal, listing('-', "scESC")),
             Contains("does not trust") && Contains(" trust save`"));
  CHECK_THAT(why_not_encrypted(unusable_key, no_key),
             Contains("no public key builder@example.invalid") && Contains("gpg --import"));
}

TEST_CASE("the key asked about is the one that gpg gave up at") {
  std::string asked;
  const KeyList noting = [&](std::string_view list, const std::string& key) {
    asked = std::string(list) + " " + key;
    return std::string();
  };
  encryption_failure("[GNUPG:] KEY_CONSIDERED AAAA 0\n[GNUPG:] INV_RECP 0 Bob B <b@x>\n",
                     knowing(noting));
  CHECK(asked == "--list-keys Bob B <b@x>");
  encryption_failure("[GNUPG:] KEY_CONSIDERED AAAA 0\n[GNUPG:] KEY_CONSIDERED BBBB 0\n",
                     knowing(noting));
  CHECK(asked == "--list-keys BBBB");
  decryption_failure(not_decrypted, knowing(noting), "");
  CHECK(asked == "--list-secret-keys 6DFCD2AB2A98446C");
}

TEST_CASE("what is no key's fault is told in gpg's words, without status lines") {
  CHECK(encryption_failure(std::string(unusable_key), knowing(listing('u', "scESC"))).message() ==
        "gpg cannot encrypt: gpg: error retrieving 'builder@example.invalid' via WKD: No data, "
        "gpg: [stdin]: encryption failed: No data, Password encryption aborted.");
  CHECK(said_to_people("[GNUPG:] X\n\n one \033[1m\n[GNUPG:] Y 1\ntwo") == "one \\x1b[1m, two");
}

TEST_CASE("no passphrase and no key are told apart") {
  using Catch::Contains;
  const std::string asked =
      "[GNUPG:] PINENTRY_LAUNCHED 711 curses 1.2.1 not a tty xterm - ? 0/0 -\n";
  CHECK_THAT(why_not_decrypted(not_decrypted, no_key),
             Contains("no secret key 6DFCD2AB2A98446C") && Contains("gpg --import"));
  CHECK_THAT(why_not_decrypted(not_decrypted, listing('u', "e")),
             Contains("started no pinentry") && Contains("apt install pinentry"));
  CHECK_THAT(why_not_decrypted(not_decrypted + asked, listing('u', "e")),
             Contains("no terminal") && Contains("export GPG_TTY=$(tty)"));
  CHECK_THAT(why_not_decrypted(not_decrypted + asked, listing('u', "e"), "/dev/pts/7"),
             Contains("right passphrase") && Contains("/dev/pts/7"));
}

TEST_CASE("a key whose ID the entry hides may be there") {
  CHECK_THAT(why_not_decrypted("[GNUPG:] ENC_TO 0000000000000000 1 0\n", no_key),
             !Catch::Contains("no secret key"));
}

TEST_CASE("a damaged entry is no matter of keys") {
  for (const char* output :
       {"[GNUPG:] NODATA 2\n", "[GNUPG:] ENC_TO 08FFFFFFFFFFFFFF 255 0\n[GNUPG:] NODATA 3\n",
        "[GNUPG:] PLAINTEXT 62 1795216966 \n",
        "[GNUPG:] ENC_TO 0846B1F502C626B7 1 0\n[GNUPG:] DECRYPTION_KEY A B u\n"
        "[GNUPG:] DECRYPTION_FAILED\n"})
    CHECK_THAT(why_not_decrypted(output, no_key), Catch::Contains("may be damaged"));
}

TEST_CASE("only a message that was decrypted to its end counts") {
  CHECK(has_decrypted("[GNUPG:] PLAINTEXT 62 1 \n[GNUPG:] DECRYPTION_OKAY\n[GNUPG:] GOODMDC\n"));
  CHECK_FALSE(has_decrypted("[GNUPG:] PLAINTEXT 62 1 DECRYPTION_OKAY\n"));
  CHECK_FALSE(has_decrypted("[GNUPG:] NODATA 3\n"));
  CHECK(gpg_spoke("x\n[GNUPG:] NODATA 3\n"));
  CHECK_FALSE(gpg_spoke("Error: a is not in the password store.\n"));
}

TEST_CASE("what gpg encrypted, and to which keys, is its own word") {
  const std::string encrypted =
      "[GNUPG:] KEY_CONSIDERED DE9A3746446759565AB5F4C2B2557E16D4EF1F81 0\n"
      "[GNUPG:] KEY_CONSIDERED DE9A3746446759565AB5F4C2B2557E16D4EF1F81 0\n"
      "[GNUPG:] KEY_CONSIDERED 8FFD54BD8EAB157D044432ABFE6791BEEA9F3EEA 0\n"
      "[GNUPG:] BEGIN_ENCRYPTION 2 9\n";
  CHECK_FALSE(has_encrypted(encrypted));
  CHECK(has_encrypted(encrypted + "[GNUPG:] END_ENCRYPTION\n"));
  CHECK_FALSE(has_encrypted("gpg: [GNUPG:] END_ENCRYPTION\n"));
  CHECK(keys_encrypted_to(encrypted) ==
        std::vector<std::string>{fingerprint, "8FFD54BD8EAB157D044432ABFE6791BEEA9F3EEA"});
  CHECK(keys_encrypted_to("").empty());
}

TEST_CASE("gpg had to ask only where nothing else was in its way") {
  CHECK(had_to_ask(not_decrypted));
  CHECK_FALSE(had_to_ask(""));
  CHECK_FALSE(had_to_ask("[GNUPG:] NODATA 3\n"));
  CHECK_FALSE(had_to_ask(std::string(not_decrypted) + "[GNUPG:] DECRYPTION_KEY A B u\n"));
  CHECK_FALSE(had_to_ask(std::string(not_decrypted) + "[GNUPG:] DECRYPTION_OKAY\n"));
}

TEST_CASE("a secret key is one that decrypts and is on this machine") {
  const auto listing_of = [](const std::string& capabilities, const std::string& kept_in) {
    return "sec:u:255:22:FE6791BEEA9F3EEA:1:::u:::scESC:::+::ed25519:::0:\n"
           "ssb:u:255:18:A91480E11B06AAC4:1::::::" +
           capabilities + ":::" + kept_in + "::cv25519::\n";
  };
  CHECK(has_decrypting_key(listing_of("e", "+")));
  CHECK_FALSE(has_decrypting_key(listing_of("s", "+")));
  CHECK_FALSE(has_decrypting_key(listing_of("e", "#")));
  CHECK_FALSE(has_decrypting_key(listing_of("e", "D2760001240103040006123456780000")));
  CHECK_FALSE(has_decrypting_key(""));
}

TEST_CASE("a key that gpg has and does not get at is no missing one") {
  GpgKnowledge gpg = knowing(no_key);
  gpg.find_obstacle = [](const std::string& key) {
    return GpgObstacle{true, {"pass", "no agent for " + key, "start it"}};
  };
  CHECK(decryption_failure(not_decrypted, gpg, "").message() == "no agent for 6DFCD2AB2A98446C");
  CHECK(encryption_failure("[GNUPG:] INV_RECP 0 b@x\n", gpg).message() == "no agent for b@x");
  gpg.list_keys = listing('e', "sc");
  CHECK_THAT(encryption_failure(unusable_key, gpg).message(), Catch::Contains("has expired"));
}

TEST_CASE("where no pinentry asks, none is missing") {
  GpgKnowledge gpg = knowing(listing('u', "scESC"));
  gpg.asks_without_pinentry = [] { return true; };
  CHECK_THAT(decryption_failure(not_decrypted, gpg, "").hint(),
             Catch::Contains("--passphrase-file"));
}
