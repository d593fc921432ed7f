#pragma once

#include <sys/mman.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <string_view>

#include "cli/run.h"
#include "system/environment.h"
#include "system/file.h"
#include "system/file_descriptor.h"
#include "system_programs.h"
#include "temporary_folder.h"

// Command lines, run in this process.

/// What came of one.
struct Outcome {
  std::string out = {};  ///< standard output
  std::string err = {};  ///< standard error
  int status = 0;
};

/// The time for what is run here.
inline constexpr pullsecret::Time noon{std::chrono::seconds(1'800'014'400)};  // 2027-01-15, 12:00

/// While it lives, standard input is `text`.
class ScopedInput {
 public:
  explicit ScopedInput(std::string_view text) {
    const pullsecret::FileDescriptor file(memfd_create("input", MFD_CLOEXEC));
    pullsecret::write_all(file.get(), "input", text);
    lseek(file.get(), 0, SEEK_SET);
    dup2(file.get(), STDIN_FILENO);
  }
  ScopedInput(const ScopedInput&) = delete;
  ScopedInput& operator=(const ScopedInput&) = delete;
  ~ScopedInput() { dup2(before_.get(), STDIN_FILENO); }

 private:
  pullsecret::FileDescriptor before_{dup(STDIN_FILENO)};
};

/// What `pullsecret WORDS` does, with `input` on standard input, and `network` in libcurl's place.
inline Outcome run_command(const pullsecret::Arguments& words, std::string_view input = {},
                           pullsecret::HttpExchange network = {}) {
  const ScopedInput standard_input(input);
  Outcome outcome;
  outcome.status =
      pullsecret::run(words, {.data = [&](std::string_view text) { outcome.out += text; },
                              .words = [&](std::string_view text) { outcome.err += text; },
                              .now = noon,
                              .network = std::move(network)});
  return outcome;
}

/// A home folder of its own for one test case, which is the current one, too. The environment has
/// nothing but that, a shell that is not there, and a PATH: the home's bin/, SystemPrograms.
class CommandHome {
 public:
  CommandHome() {
    clearenv();
    setenv("HOME", path().c_str(), 1);
    setenv("PATH", ((path() / "bin:").string() + system_programs().string()).c_str(), 1);
    setenv("SHELL", "/nonexistent/shell", 1);
    std::filesystem::current_path(path());
  }
  CommandHome(const CommandHome&) = delete;
  CommandHome& operator=(const CommandHome&) = delete;
  ~CommandHome() {
    std::filesystem::current_path(before_);
    clearenv();
    for (const auto& [name, value] : environment_)
      setenv(name.c_str(), value.c_str(), 1);
  }

  const std::filesystem::path& path() const { return folder_.path(); }

  /// Writes a file, with the folders above it; what begins with `#!` can be run.
  void write(const std::string& name, std::string_view content) const {
    const auto file = folder_.write(name, content);
    if (content.starts_with("#!"))
      std::filesystem::permissions(file, std::filesystem::perms::owner_all);
  }

 private:
  TemporaryFolder folder_;
  pullsecret::Environment environment_ = pullsecret::environment();
  std::filesystem::path before_ = std::filesystem::current_path();
};
