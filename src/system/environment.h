#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace pullsecret {

/// The environment variable `name`; one that is set but empty counts as not set, as in Docker.
std::optional<std::string> environment_variable(const char* name);

/// All of them: name → value.
using Environment = std::map<std::string, std::string>;
Environment environment();

/// The file of the program that runs, whatever links led to it; empty if that cannot be known.
std::filesystem::path own_program();

/// What this program was called with, its name not counted.
std::vector<std::string> own_arguments();

/// The user's home folder: $HOME, else the passwd entry's (as Docker does for an empty HOME), if
/// there is one.
std::optional<std::filesystem::path> find_home_folder();

/// The same. Throws Error if there is none.
std::filesystem::path home_folder();

}  // namespace pullsecret
