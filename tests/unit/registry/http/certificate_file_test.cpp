#include "registry/http/certificate_file.h"

#include <sys/stat.h>

#include <filesystem>

#include "catch.h"
#include "registry/http/tls_watch.h"
#include "support.h"
#include "temporary_folder.h"

using namespace pullsecret;
using Catch::Contains;

TEST_CASE("a file with certificates is regular, or a link to one") {
  TemporaryFolder folder;
  const auto file = folder.write("ca.crt", "PEM");
  std::filesystem::create_symlink("ca.crt", folder.path() / "link.crt");
  CHECK(read_certificates(file) == "PEM");
  CHECK(read_certificates(folder.path() / "link.crt") == "PEM");
}

TEST_CASE("a pipe, a device, a folder and a large file are refused at once") {
  TemporaryFolder folder;
  const auto file = folder.path() / "ca.crt";
  const int kind = GENERATE(0, 1, 2, 3);
  CAPTURE(kind);
  if (kind == 0) REQUIRE(mkfifo(file.c_str(), 0600) == 0);
  if (kind == 1) std::filesystem::create_symlink("/dev/zero", file);
  if (kind == 2) std::filesystem::create_directory(file);
  if (kind == 3) {
    folder.write("ca.crt", "x");
    std::filesystem::resize_file(file, max_certificates + 1);
  }
  const auto error = error_of([&] { read_certificates(file); });
  REQUIRE(error);
  CHECK(error->place() == file.string());
  CHECK_THAT(error->message(), Contains(kind == 3 ? "4 MiB" : "no regular file"));
  CHECK_FALSE(error->hint().empty());
}

TEST_CASE("what a TLS server says while a connection is opened") {
  TlsWatch watch;
  watch.hear(std::string_view("\x0d\x00\x00\x02xy", 6));
  CHECK(watch.wants_certificate());
  watch.hear(std::string_view("\x01\x00", 2));  // a warning
  CHECK_FALSE(watch.alert());
  watch.hear("\x02\x74");
  CHECK(watch.alert() == 116);
  CHECK_FALSE(watch.is_plain());

  TlsWatch other;
  for (const std::string_view bytes :
       {std::string_view(""), std::string_view("\x0d"), std::string_view("\x0d\x00\x00\x03xy", 6),
        std::string_view("\x02\x00\x00\x02xy", 6), std::string_view("\x16\x03\x03\x00\x02", 5)})
    other.hear(bytes);
  CHECK_FALSE(other.wants_certificate());
  CHECK_FALSE(other.alert());
  other.hear("HTTP/");
  CHECK(other.is_plain());
}
