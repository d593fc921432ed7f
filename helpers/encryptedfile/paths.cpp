#include "helpers/encryptedfile/paths.h"

#include <system_error>

#include "system/environment.h"

namespace pullsecret {
namespace {

namespace fs = std::filesystem;

constexpr const char* folder_name = "docker-credential-encryptedfile";

fs::path base_folder(const char* variable, const char* below_home) {
  const fs::path folder = environment_variable(variable).value_or("");
  return (folder.is_absolute() ? folder : home_folder() / below_home) / folder_name;
}

std::optional<fs::path> named_key_file() {
  if (auto file = environment_variable("DOCKER_CREDENTIAL_KEY_FILE")) return *file;
  const auto folder = environment_variable("CREDENTIALS_DIRECTORY");
  if (!folder) return std::nullopt;
  fs::path file = fs::path(*folder) / "docker-credential-key";
  std::error_code not_there;
  if (!fs::exists(fs::symlink_status(file, not_there))) return std::nullopt;
  return file;
}

}  // namespace

Paths paths_in(const fs::path& data, const fs::path& config) {
  return {.credentials = data / "credentials",
          .lock = data / "credentials.lock",
          .key = config / "key",
          .new_key = config / "key.new",
          .passphrase_chosen = config / "passphrase-chosen",
          .named_key = std::nullopt};
}

Paths find_paths() {
  Paths paths = paths_in(base_folder("XDG_DATA_HOME", ".local/share"),
                         base_folder("XDG_CONFIG_HOME", ".config"));
  paths.named_key = named_key_file();
  return paths;
}

}  // namespace pullsecret
