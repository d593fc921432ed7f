#pragma once

#include <fstream>
#include <iterator>
#include <string>

#include "temporary_folder.h"

/// Stores that are shell scripts: each file `NAME/SERVER` (with %2F for a slash) is an entry.
class ScriptStores {
 public:
  void add(const std::string& store, std::string server_url, const std::string& answer) const {
    write_helper(store);
    for (std::size_t at = server_url.find('/'); at != std::string::npos;
         at = server_url.find('/', at))
      server_url.replace(at, 1, "%2F");
    folder_.write(store + "/" + server_url, answer);
  }

  void write_helper(const std::string& store) const {
    folder_.write_script("docker-credential-" + store,
                         "cd '" + folder_.path().string() + "'\n" + R"(
      server=$(cat | sed 's,/,%2F,g'); echo "$server" >> asked
      cat ")" + store + R"(/$server" 2>/dev/null && exit
      echo credentials not found in native keychain; exit 1)");
  }

  std::string asked() const {
    std::ifstream file(folder_.path() / "asked");
    return {std::istreambuf_iterator<char>(file), {}};
  }

 private:
  TemporaryFolder folder_;
  ScopedVariable path_{"PATH", folder_.path().string() + ":/usr/bin:/bin"};
};
