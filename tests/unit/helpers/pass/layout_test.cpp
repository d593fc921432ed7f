#include "helpers/pass/layout.h"

#include <set>
#include <string>
#include <vector>

#include "catch.h"

using namespace pullsecret;

TEST_CASE("a server's folder is its URL in URL-safe base64 with padding") {
  CHECK(server_folder_name("https://index.docker.io/v1/") ==
        "aHR0cHM6Ly9pbmRleC5kb2NrZXIuaW8vdjEv");
  CHECK(server_folder_name("ghcr.io") == "Z2hjci5pbw==");
  CHECK(server_folder_name("a>?\xC3\xBF") == "YT4_w78=");
  for (const std::string server_url : {"ghcr.io", "a>?\xC3\xBF", "x", "localhost:5000"})
    CHECK(server_url_of_folder(server_folder_name(server_url)) == server_url);
}

TEST_CASE("a folder that is no server's is told") {
  for (const char* name : {"", "Z2hjci5pbw", "no base64", ".git", "YT4/w78=", "/w==", "_w=="})
    CHECK_FALSE(server_url_of_folder(name));
}

TEST_CASE("a username that is a file's name stays as it is") {
  for (const std::string username :
       {"builder", "<token>", "robot$acme+ci", "DOMAIN\\builder", "...", ".hidden", "a..b", "100%",
        "%2f", "b.gpg", "-rf", "*"}) {
    CHECK(entry_name(username) == username);
    CHECK(username_of_entry(username) == username);
  }
}

TEST_CASE("a username that is none, or looks escaped, is escaped") {
  CHECK(entry_name("acme/builder") == "acme%2Fbuilder");
  CHECK(entry_name("../../x%") == "..%2F..%2Fx%25");
  CHECK(entry_name(".") == "%2E");
  CHECK(entry_name("..") == "%2E%2E");
  CHECK(entry_name("acme%2Fbuilder") == "acme%252Fbuilder");
  CHECK(entry_name("%25") == "%2525");
}

// All texts of up to five of the characters that have a meaning.
TEST_CASE("every username makes one path component and comes back") {
  const std::string characters = "%2F5E./a";
  std::vector<std::string> usernames{""};
  for (std::size_t i = 0; i < usernames.size() && usernames[i].size() < 5; ++i)
    for (const char character : characters)
      usernames.push_back(usernames[i] + character);
  std::size_t wrong = 0;
  std::set<std::string> names;
  for (const std::string& username : usernames) {
    const std::string name = entry_name(username);
    names.insert(name);
    if (username_of_entry(name) != username || name == "." || name == ".." ||
        name.find('/') != std::string::npos)
      ++wrong;
  }
  CHECK(wrong == 0);
  CHECK(names.size() == usernames.size());
  CHECK(usernames.size() > 30'000);
}

TEST_CASE("an entry in a folder of its own is upstream's username with a slash") {
  CHECK(username_of_entry("acme/builder") == "acme/builder");
  CHECK(username_of_entry("acme/100%25") == "acme/100%25");
}

TEST_CASE("an entry's file is told from others") {
  for (const std::string name : {"builder", "b.gpg", ".hidden", ".", "...", "*"})
    CHECK(entry_of_file(file_of_entry(name)) == name);
  for (const char* file : {".gpg", "...gpg", ".gpg-id", "note", "gpg", ""})
    CHECK_FALSE(entry_of_file(file));
}

TEST_CASE("content without a byte is no secret") {
  CHECK_FALSE(secret_of_content(""));
  CHECK(content_of_secret("") == "\n");
}

TEST_CASE("a secret's content has its line break, and one more") {
  for (const std::string secret : {"", "hunter2", "\n", "\n\n", "a\n", "a\r\n", "a\nb", "a\r"})
    CHECK(secret_of_content(content_of_secret(secret)) == secret);
  CHECK(content_of_secret("hunter2") == "hunter2");
  CHECK(secret_of_content("hunter2\n") == "hunter2");
}
