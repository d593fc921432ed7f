#include "system/executable_format.h"

#include <elf.h>
#include <sys/stat.h>

#include <cerrno>
#include <cstring>
#include <string>
#include <string_view>

#include <catch2/catch.hpp>

#include "system/file.h"
#include "temporary_folder.h"

using namespace pullsecret;
using Catch::Contains;
using Catch::EndsWith;

namespace {

std::string failure(std::string_view content, int error_number = ENOEXEC) {
  const TemporaryFolder folder;
  return start_failure(folder.write("program", content), error_number).what();
}

std::string hint(std::string_view content, int error_number = ENOEXEC) {
  const TemporaryFolder folder;
  return start_failure(folder.write("program", content), error_number).hint();
}

// An ELF file whose header names `machine`, and which names a loader.
std::string elf(std::uint16_t machine, bool big_endian = false) {
  constexpr std::string_view loader("/lib/ld-nowhere.so\0", 19);
  Elf64_Ehdr header{};
  std::memcpy(header.e_ident, ELFMAG, SELFMAG);
  header.e_ident[EI_CLASS] = ELFCLASS64;
  header.e_ident[EI_DATA] = big_endian ? ELFDATA2MSB : ELFDATA2LSB;
  header.e_machine =
      big_endian ? static_cast<std::uint16_t>(machine << 8U | machine >> 8U) : machine;
  header.e_phoff = sizeof header;
  header.e_phnum = 1;
  Elf64_Phdr segment{};
  segment.p_type = PT_INTERP;
  segment.p_offset = sizeof header + sizeof segment;
  segment.p_filesz = loader.size();
  std::string file(sizeof header + sizeof segment, '\0');
  std::memcpy(file.data(), &header, sizeof header);
  std::memcpy(file.data() + sizeof header, &segment, sizeof segment);
  return file + std::string(loader);
}

std::uint16_t own_machine() {
  const std::string self = read_file("/proc/self/exe", 1UL << 30U);
  Elf64_Ehdr header;
  std::memcpy(&header, self.data(), sizeof header);
  return header.e_machine;
}

}  // namespace

TEST_CASE("a program for another machine is named by both machines") {
  const std::uint16_t other = own_machine() == EM_AARCH64 ? EM_X86_64 : EM_AARCH64;
  CHECK_THAT(failure(elf(other)),
             Contains(other == EM_AARCH64 ? "a program for aarch64, and this machine is x86-64"
                                          : "a program for x86-64, and this machine is aarch64"));
  CHECK_THAT(failure(elf(EM_S390, true)), Contains("a program for s390x"));
  CHECK_THAT(failure(elf(EM_68K)), Contains("a program for ELF machine 4"));
}

TEST_CASE("a loader that is not here is named") {
  CHECK_THAT(failure(elf(own_machine()), ENOENT),
             EndsWith("its loader /lib/ld-nowhere.so is not here"));
}

TEST_CASE("a damaged ELF file is read no further than it goes") {
  const std::string whole = elf(own_machine());
  for (std::size_t size = 0; size < whole.size(); ++size) {
    CAPTURE(size);
    CHECK_FALSE(failure(whole.substr(0, size), ENOENT).empty());
  }
  std::string damaged = whole;
  std::memset(damaged.data() + offsetof(Elf64_Ehdr, e_phoff), 0xFF, sizeof(Elf64_Off));
  CHECK_THAT(failure(damaged, ENOENT), EndsWith("no such file or directory"));
}

TEST_CASE("programs of other systems are recognised by their first bytes") {
  CHECK_THAT(failure("MZ\x90"), EndsWith("a Windows program, which this system does not run"));
  CHECK_THAT(failure("\xCF\xFA\xED\xFE"),
             EndsWith("a macOS program, which this system does not run"));
}

TEST_CASE("a script fails for its first line") {
  CHECK_THAT(failure("echo"), EndsWith("its first line names no interpreter"));
  CHECK_THAT(failure(""), EndsWith("an empty file"));
  CHECK_THAT(failure("#! /opt/node -x\n", ENOENT),
             EndsWith("a script for /opt/node, which is not here"));
  CHECK(hint("#! /opt/node -x\n", ENOENT) == "install /opt/node");
  CHECK_THAT(failure("#!/bin/sh\r\necho\r\n", ENOENT), Contains("CR LF"));
  CHECK_THAT(failure("#!/bin/sh", EACCES), EndsWith("a script for /bin/sh: permission denied"));
  CHECK_THAT(failure("#!\033[1m\n", ENOENT), Contains("\\x1b[1m"));
}

TEST_CASE("a file that went away is told in the system's words") {
  CHECK_THAT(start_failure("/nonexistent/program", ENOENT).what(),
             EndsWith("/nonexistent/program: no such file or directory"));
}

TEST_CASE("a file without leave to run it, and the command that gives it") {
  const TemporaryFolder folder;
  const auto file = folder.write("program", "");
  CHECK_THAT(not_executable(file).what(), EndsWith("program: not executable"));
  CHECK(not_executable(file).hint() == "chmod +x " + file.string());
}
