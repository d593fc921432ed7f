#pragma once

#include <filesystem>
#include <string>

#include "temporary_folder.h"

/// The system's programs, but for credential helpers; pass, which Docker takes for a sign of one;
/// and podman and its kin, for which configs are looked at otherwise.
class SystemPrograms {
 public:
  SystemPrograms() {
    for (const auto& program : std::filesystem::directory_iterator("/usr/bin"))
      if (const std::string name = program.path().filename();
          name != "pass" && name != "podman" && name != "skopeo" && name != "buildah" &&
          !name.starts_with("docker-credential-"))
        std::filesystem::create_symlink(program.path(), path() / name);
  }

  const std::filesystem::path& path() const { return folder_.path(); }

 private:
  TemporaryFolder folder_;
};

inline const std::filesystem::path& system_programs() {
  static const SystemPrograms programs;
  return programs.path();
}
