#include "system/executable_format.h"

#include <sys/stat.h>

#include <cerrno>
#include <string>
#include <string_view>

#include "catch.h"
#include "temporary_folder.h"

using namespace pullsecret;
using Catch::Contains;
using Catch::EndsWith;

namespace {

std::string failure(std::string_view content, int error_number = ENOEXEC) {
  const TemporaryFolder folder;
  return start_failure(folder.write("program", content), error_number).what();
}

}  // namespace

TEST_CASE("a program for another machine or system") {
  CHECK_THAT(failure("MZ\x90"), EndsWith("a Windows program, which this system does not run"));
  for (const char* content : {"\x7f"
                              "ELF",
                              "\xCF\xFA\xED\xFE", "echo\n", ""})
    CHECK_THAT(failure(content), Contains("no program for this machine"));
  CHECK_THAT(failure("\x7f"
                     "ELF",
                     ENOENT),
             EndsWith("its loader is not here"));
}

TEST_CASE("a script fails for its first line") {
  CHECK_THAT(failure("#! /opt/node -x\n", ENOENT),
             EndsWith("a script for /opt/node, which is not here"));
  const TemporaryFolder folder;
  CHECK(start_failure(folder.write("node", "#! /opt/node -x\n"), ENOENT).hint() ==
        "install /opt/node");
  CHECK_THAT(failure("#!/bin/sh\r\necho\r\n", ENOENT), Contains("CR LF"));
  CHECK_THAT(failure("#!/bin/sh", EACCES), EndsWith("a script for /bin/sh: permission denied"));
  CHECK_THAT(failure("#!\033[1m\n", ENOENT), Contains("\\x1b[1m"));
}

TEST_CASE("a file that went away is told in the system's words") {
  CHECK_THAT(start_failure("/nonexistent/program", ENOENT).what(),
             EndsWith("/nonexistent/program: no such file or directory"));
}

TEST_CASE("a pipe is no program, and nobody waits for who writes into it") {
  const TemporaryFolder folder;
  const auto pipe = folder.path() / "pipe";
  REQUIRE(mkfifo(pipe.c_str(), 0700) == 0);
  CHECK_THAT(start_failure(pipe, EACCES).what(), EndsWith("/pipe: permission denied"));
}

TEST_CASE("a file without leave to run it, and the command that gives it") {
  const TemporaryFolder folder;
  const auto file = folder.write("program", "");
  CHECK_THAT(not_executable(file).what(), EndsWith("program: not executable"));
  CHECK(not_executable(file).hint() == "`chmod +x " + file.string() + "`");
}
