#include <dlfcn.h>

#include <filesystem>
#include <functional>
#include <set>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

#include <fmt/format.h>

#include "cli/check.h"
#include "cli/network.h"
#include "system/become.h"
#include "system/environment.h"
#include "system/error.h"
#include "system/file.h"
#include "system/text.h"

namespace pullsecret {
namespace {

// The names of this distribution and of those that it is like: os-release(5).
std::set<std::string> distributions() {
  constexpr std::size_t enough = 64UL * 1024;
  std::set<std::string> names;
  try {
    for (const std::string& line : split(read_file("/etc/os-release", enough), '\n'))
      if (line.starts_with("ID=") || line.starts_with("ID_LIKE="))
        for (std::string& name : split(line.substr(line.find('=') + 1), ' '))
          names.insert((std::erase(name, '"'), name));
  } catch (const Error&) {
    // Then none of them is known.
  }
  return names;
}

std::string way_to_have_libcurl() {
  const std::set<std::string> here = distributions();
  for (const auto& [distribution, command] : {std::pair{"debian", "apt-get install libcurl4"},
                                              {"fedora", "dnf install libcurl"},
                                              {"rhel", "dnf install libcurl"},
                                              {"suse", "zypper install libcurl4"},
                                              {"opensuse", "zypper install libcurl4"},
                                              {"arch", "pacman -S curl"},
                                              {"alpine", "apk add libcurl"}})
    if (here.contains(distribution)) return fmt::format("sudo {}", command);
  return "install libcurl 7.85 or later with the system's package manager";
}

// Where distributions put it: beside the C library of the same architecture.
bool is_beside_libc(const char* library) {
  Dl_info libc{};
  std::error_code unknown;
  return dladdr(reinterpret_cast<const void*>(&dlopen), &libc) != 0 &&
         std::filesystem::is_regular_file(
             std::filesystem::path(libc.dli_fname).replace_filename(library), unknown);
}

// The loader would end what this process becomes, in its own words. To load the library takes
// milliseconds, and what this process becomes loads it again: so that is the second look.
void refuse_without_libcurl(std::string_view who) {
  constexpr const char* library = "libcurl.so.4";
  if (!is_beside_libc(library) && dlopen(library, RTLD_LAZY | RTLD_LOCAL) == nullptr)
    throw Error("", fmt::format("{} with libcurl, which cannot be loaded here", who),
                way_to_have_libcurl());
}

// In words that go on with what it asks with.
[[noreturn]] void become_check(std::string_view who) {
  const std::filesystem::path self = own_program();
  const auto program = (self.parent_path() / PULLSECRET_CHECK_PROGRAM).lexically_normal();
  std::error_code unknown;
  if (self.empty() || !std::filesystem::exists(program, unknown))
    throw Error(place_of(program), "the program that asks the registries is not there",
                "install pullsecret again: ./install.sh puts both where they find each other");
  refuse_without_libcurl(who);
  // Called by the name by which this program was: that says who called (caller.h).
  become(program, program_invocation_name, own_arguments());
}

}  // namespace

void run_check(const CheckOptions& /*options*/, const Streams& /*streams*/) {
  become_check("check asks the registries");
}

HttpExchange network_for(const Streams& /*streams*/, const HttpLimits& /*limits*/,
                         std::string_view who, const std::function<void()>& /*meanwhile*/) {
  become_check(who);
}

}  // namespace pullsecret
