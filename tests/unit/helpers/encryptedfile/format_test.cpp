#include <cstdint>
#include <string>

#include <nlohmann/json.hpp>

#include "catch.h"
#include "helpers/encryptedfile/entries.h"
#include "helpers/encryptedfile/sealed_file.h"
#include "support.h"

using namespace pullsecret;

namespace {

std::string from_hex(const std::string& hex) {
  std::string bytes;
  for (std::size_t i = 0; i < hex.size(); i += 2)
    bytes += static_cast<char>(std::stoi(hex.substr(i, 2), nullptr, 16));
  return bytes;
}

template <typename Array>
Array array_of(const std::string& hex) {
  Array array{};
  const std::string bytes = from_hex(hex);
  REQUIRE(bytes.size() == array.size());
  std::copy(bytes.begin(), bytes.end(), array.begin());
  return array;
}

std::optional<Argon2id> passphrase_of(const nlohmann::json& row) {
  if (!row.contains("passphrase")) return std::nullopt;
  return Argon2id{.passes = row["passes"],
                  .kibibytes = row["kibibytes"],
                  .salt = array_of<decltype(Argon2id::salt)>(row["salt"])};
}

/// What a reader has to say to `file`; it never gets as far as the content.
std::string refusal_of_sealed_file(const std::string& file, const Key& key) {
  const auto error = error_of([&] { unseal(file, key); });
  return error ? error->message() : "no error";
}

std::string with_number(std::string file, std::size_t offset, std::uint32_t number) {
  for (std::size_t i = 0; i < 4; ++i, number >>= 8U)
    file[offset + i] = static_cast<char>(number & 0xFFU);
  return file;
}

constexpr std::size_t version_at = 16, origin_at = 20, passes_at = 24, kibibytes_at = 28;

}  // namespace

TEST_CASE("the test vectors of the encrypted file are read and written byte for byte") {
  for (const auto& row : test_data("sealed-files.json")) {
    INFO(row["name"]);
    const Key key{from_hex(row["key"])};
    const std::string file = from_hex(row["file"]), content = row["content"];
    const auto passphrase = passphrase_of(row);
    CHECK(unseal(file, key) == content);
    CHECK(seal(content, key, passphrase, array_of<Nonce>(row["nonce"])) == file);
    CHECK(format_entries(parse_entries(content)) == content);
    CHECK(read_header(file).passphrase.has_value() == passphrase.has_value());
    if (passphrase)
      CHECK(derive_key(row["passphrase"].get<std::string>(), *passphrase).bytes == key.bytes);
  }
}

TEST_CASE("what is sealed can be unsealed, and never looks the same twice") {
  const Key key = new_key();
  for (const std::string& content :
       {std::string(), std::string("{}"), std::string(100'000, 'x'), std::string("\0\1\xff", 3)}) {
    const std::string file = seal(content, key, std::nullopt, new_nonce());
    CHECK(file.size() == content.size() + 104);
    CHECK(unseal(file, key) == content);
    CHECK(seal(content, key, std::nullopt, new_nonce()) != file);
  }
}

TEST_CASE("a file with any bit changed is refused") {
  const Key key = new_key();
  for (const auto& passphrase : {std::optional<Argon2id>(), std::optional(new_argon2id())}) {
    const std::string file = seal("some content", key, passphrase, new_nonce());
    for (std::size_t i = 0; i < file.size() * 8; ++i) {
      std::string changed = file;
      changed[i / 8] =
          static_cast<char>(static_cast<unsigned char>(changed[i / 8]) ^ (1U << i % 8));
      INFO("bit " << i % 8 << " of byte " << i / 8);
      CHECK(refusal_of_sealed_file(changed, key) != "no error");
    }
  }
}

TEST_CASE("a file cut at any length, or longer, is refused") {
  const Key key = new_key();
  const std::string file = seal("some content", key, std::nullopt, new_nonce());
  for (std::size_t size = 0; size < file.size(); ++size) {
    INFO("size " << size);
    CHECK(refusal_of_sealed_file(file.substr(0, size), key) != "no error");
  }
  CHECK(refusal_of_sealed_file(file + '\0', key) ==
        "damaged: some of its bytes have changed since it was written");
  CHECK(refusal_of_sealed_file(file.substr(0, 103), key) == "damaged: it ends after 103 bytes");
  CHECK(refusal_of_sealed_file(file.substr(0, 1), key) == "damaged: it ends after 1 bytes");
}

TEST_CASE("a foreign file, a newer version and a wrong key are told from a damaged file") {
  const Key key = new_key();
  const std::string file = seal("{}", key, std::nullopt, new_nonce());
  for (const std::string foreign : {"", "{}", "docker-compose", "age-encryption.org/v1\n"})
    CHECK(refusal_of_sealed_file(foreign, key) == "not a file of docker-credential-encryptedfile");
  CHECK(refusal_of_sealed_file(with_number(file, version_at, 2), key) ==
        "its format has version 2, and this program knows 1");
  CHECK(refusal_of_sealed_file(with_number(file, version_at, 0xFFFFFFFF), key) ==
        "its format has version 4294967295, and this program knows 1");
  CHECK(refusal_of_sealed_file(file, new_key()) == "this is not its key");
  CHECK_FALSE(is_key_of(new_key(), read_header(file)));
  CHECK(is_key_of(key, read_header(file)));
}

TEST_CASE("a header can ask for no more work and memory than the format allows") {
  const Key key = new_key();
  const std::string file = seal("{}", key, new_argon2id(), new_nonce());
  const auto accepted = [&](std::uint32_t passes, std::uint32_t kibibytes) {
    const std::string changed =
        with_number(with_number(file, passes_at, passes), kibibytes_at, kibibytes);
    return !error_of([&] { read_header(changed); });
  };
  CHECK(accepted(1, 8192));
  CHECK(accepted(16, 1024 * 1024));
  CHECK_FALSE(accepted(0, 8192));
  CHECK_FALSE(accepted(17, 8192));
  CHECK_FALSE(accepted(1, 8191));
  CHECK_FALSE(accepted(1, 1024 * 1024 + 1));
  CHECK_FALSE(accepted(0xFFFFFFFF, 0xFFFFFFFF));
  CHECK(refusal_of_sealed_file(with_number(file, kibibytes_at, 0x40000000), key) ==
        "damaged: deriving its key is to take 3 passes over 1073741824 KiB");
  CHECK(refusal_of_sealed_file(with_number(file, origin_at, 2), key) ==
        "damaged: it does not say where its key comes from");
  CHECK(refusal_of_sealed_file(with_number(file, origin_at, 0), key) ==
        "damaged: it has settings for a passphrase, and none belongs to it");
}

TEST_CASE("the entries come back as they were") {
  const Entries entries{{"https://index.docker.io/v1/", {"<token>", ""}},
                        {"ghcr.io", {"jürgen", "a\nb\r\n\t\"\\\u2028😀"}},
                        {"quay.io", {"u", std::string(65536, 'x')}}};
  const Entries again = parse_entries(format_entries(entries));
  REQUIRE(again.size() == entries.size());
  for (const auto& [server_url, credential] : entries) {
    CHECK(again.at(server_url).username == credential.username);
    CHECK(again.at(server_url).secret == credential.secret);
  }
  CHECK(parse_entries("{}").empty());
}

TEST_CASE("content that is not entries is refused without repeating it") {
  for (const std::string content :
       {"", "hunter2", "[]", "null", "{\"hunter2\":1}", R"({"a":{"Username":"hunter2"}})",
        R"({"a":{"Username":"u","Secret":null}})", R"({"a":{"Username":"u","Secret":["hunter2"]}})",
        R"({"a":{"Username":"u","Secret":"hunter2","Note":"x"}})", R"({"a":{}} hunter2)"}) {
    INFO(content);
    const auto error = error_of([&] { parse_entries(content); });
    REQUIRE(error);
    CHECK(std::string(error->what()) + error->hint() ==
          "what it holds are not credentialsanother program, or a newer one, wrote it with the "
          "same key");
  }
}
