#pragma once

#include <string>

#include "system_programs.h"
#include "temporary_folder.h"

/// Helpers that are shell scripts, alone on PATH with the shell's own commands.
class ScriptHelpers {
 public:
  void add(const std::string& name, const std::string& commands) const {
    folder_.write_script("docker-credential-" + name, commands);
  }

  const TemporaryFolder& folder() const { return folder_; }

 private:
  TemporaryFolder folder_;
  ScopedVariable path_{"PATH", folder_.path().string() + ":" + system_programs().string()};
  ScopedVariable shell_{"SHELL", "/nonexistent/shell"};
};
