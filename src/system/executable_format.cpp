#include "system/executable_format.h"

#include <elf.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <fstream>
#include <optional>
#include <string>
#include <string_view>

#include <fmt/format.h>

#include "system/file.h"
#include "system/text.h"

namespace pullsecret {
namespace {

// Enough for an ELF file's program headers and for any first line of a script.
std::string first_bytes(const std::filesystem::path& program) {
  std::string bytes(4096, '\0');
  std::ifstream file(program, std::ios::binary);
  file.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  bytes.resize(static_cast<std::size_t>(file.gcount()));
  return bytes;
}

bool is_elf(std::string_view bytes) {
  return bytes.size() >= sizeof(Elf64_Ehdr) && bytes.starts_with(std::string_view(ELFMAG, SELFMAG));
}

bool is_mach_o(std::string_view bytes) {
  using namespace std::string_view_literals;
  constexpr std::array magic_numbers{"\xCF\xFA\xED\xFE"sv, "\xCE\xFA\xED\xFE"sv,
                                     "\xCA\xFE\xBA\xBE"sv};
  return std::any_of(magic_numbers.begin(), magic_numbers.end(),
                     [bytes](std::string_view magic) { return bytes.starts_with(magic); });
}

// In the file's own byte order.
std::uint16_t elf_machine(std::string_view bytes) {
  const auto byte = [bytes](std::size_t position) {
    return static_cast<std::uint16_t>(static_cast<unsigned char>(bytes[position]));
  };
  constexpr std::size_t machine = offsetof(Elf64_Ehdr, e_machine);  // the same in Elf32_Ehdr
  const bool low_byte_first = bytes[EI_DATA] == ELFDATA2LSB;
  const unsigned low = byte(low_byte_first ? machine : machine + 1);
  const unsigned high = byte(low_byte_first ? machine + 1 : machine);
  return static_cast<std::uint16_t>(high << 8U | low);
}

std::string machine_name(std::uint16_t machine) {
  switch (machine) {
    case EM_386:
      return "i386";
    case EM_X86_64:
      return "x86-64";
    case EM_ARM:
      return "arm";
    case EM_AARCH64:
      return "aarch64";
    case EM_RISCV:
      return "riscv";
    case EM_PPC64:
      return "ppc64";
    case EM_S390:
      return "s390x";
    default:
      return fmt::format("ELF machine {}", machine);
  }
}

// The loader that an ELF file of this machine's kind names (PT_INTERP); nothing if it names none.
std::optional<std::string> loader_of(std::string_view bytes) {
  Elf64_Ehdr header;
  std::memcpy(&header, bytes.data(), sizeof header);
  for (std::size_t i = 0; i < header.e_phnum; ++i) {
    const std::size_t place = header.e_phoff + i * sizeof(Elf64_Phdr);
    if (place > bytes.size() || bytes.size() - place < sizeof(Elf64_Phdr)) return std::nullopt;
    Elf64_Phdr segment;
    std::memcpy(&segment, bytes.data() + place, sizeof segment);
    if (segment.p_type != PT_INTERP || segment.p_offset >= bytes.size()) continue;
    const std::string_view rest = bytes.substr(segment.p_offset, segment.p_filesz);
    return std::string(rest.substr(0, rest.find('\0')));
  }
  return std::nullopt;
}

Error elf_failure(const std::string& place, std::string_view bytes, int error_number) {
  const std::string own = first_bytes("/proc/self/exe");
  const std::uint16_t machine = elf_machine(bytes);
  const std::string here = machine_name(elf_machine(own));
  if (machine != elf_machine(own))
    return {place,
            fmt::format("a program for {}, and this machine is {}", machine_name(machine), here),
            fmt::format("install the one for {}", here)};
  const bool same_class = bytes[EI_CLASS] == ELFCLASS64 && own[EI_CLASS] == ELFCLASS64;
  const auto loader = same_class ? loader_of(bytes) : std::nullopt;
  if (error_number == ENOENT && loader)
    return {place,
            fmt::format("it is linked for another system: its loader {} is not here",
                        printable(*loader)),
            "install the one that is made for this system"};
  return {place, error_text(error_number), fmt::format("install the one for {}", here)};
}

Error script_failure(const std::string& place, std::string_view bytes, int error_number) {
  const std::string_view line = bytes.substr(2, bytes.find('\n') - 2);
  const std::string_view command = trim(line);
  const std::string interpreter = printable(command.substr(0, command.find_first_of(" \t")));
  if (line.ends_with('\r'))
    return {place,
            "a script whose lines end as on Windows (CR LF), so that its interpreter is "
            "not found",
            fmt::format("sed -i 's/\\r$//' {}", place)};
  if (error_number == ENOENT)
    return {place, fmt::format("a script for {}, which is not here", interpreter),
            fmt::format("install {}", interpreter)};
  return {place, fmt::format("a script for {}: {}", interpreter, error_text(error_number)),
          "see whether its first line names a program"};
}

}  // namespace

Error start_failure(const std::filesystem::path& program, int error_number) {
  const std::string place = place_of(program);
  const std::string bytes = first_bytes(program);
  if (is_elf(bytes)) return elf_failure(place, bytes, error_number);
  if (bytes.starts_with("#!")) return script_failure(place, bytes, error_number);
  if (bytes.starts_with("MZ"))
    return {place, "a Windows program, which this system does not run",
            "install the Linux program; WSL runs Windows programs where /etc/wsl.conf has "
            "`enabled=true` under `[interop]`"};
  if (is_mach_o(bytes))
    return {place, "a macOS program, which this system does not run", "install the Linux program"};
  if (error_number != ENOEXEC) return {place, error_text(error_number)};
  if (bytes.empty()) return {place, "an empty file", "install it again"};
  return {place, "no program, and no script either: its first line names no interpreter",
          "if it is a shell script, let its first line be #!/bin/sh"};
}

Error not_executable(const std::filesystem::path& program) {
  const std::string place = place_of(program);
  struct statvfs file_system {};
  if (statvfs(program.c_str(), &file_system) == 0 && (file_system.f_flag & ST_NOEXEC) != 0)
    return {place, "not executable: its file system is mounted noexec",
            "move it to a folder of PATH where programs may be run"};
  return {place, "not executable", "chmod +x " + place};
}

}  // namespace pullsecret
