#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

// All that writes files of users, each as one step in a folder of its own: what the tests of faults
// and signals try.

/// File → what it is: mode and content. A backup's name goes without its time.
using Files = std::map<std::string, std::string>;

/// Of all files and links in `folder` and below.
Files files_in(const std::filesystem::path& folder);

struct Writer {
  std::string name;
  void (*prepare)(const std::filesystem::path& folder);
  void (*write)(const std::filesystem::path& folder);
  Files (*read)(const std::filesystem::path& folder) = files_in;
  bool without_renameat2 = false;  ///< as on NFS, which does not know its flags
};

const std::vector<Writer>& all_writers();
