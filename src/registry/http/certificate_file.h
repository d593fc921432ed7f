#pragma once

#include <cstddef>
#include <filesystem>
#include <string>

namespace pullsecret {

/// The most bytes of a file with certificates or a key.
inline constexpr std::size_t max_certificates = 4UL * 1024 * 1024;

/// The content of `file`, which is a regular file (or a link to one): a pipe or a device is not
/// waited for. Throws Error, with the file as its place, for another kind of file, one that is too
/// large, and one that cannot be read.
std::string read_certificates(const std::filesystem::path& file);

}  // namespace pullsecret
