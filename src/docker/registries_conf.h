#pragma once

#include <algorithm>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace pullsecret {

/// What stands for podman's auth.json in `credential-helpers`.
inline constexpr std::string_view auth_file_helper = "containers-auth.json";

/// Where podman keeps logins, in the order in which it asks.
struct CredentialHelpers {
  std::filesystem::path file;      ///< that says so
  std::vector<std::string> names;  ///< of helpers, or auth_file_helper

  bool name(std::string_view helper) const {
    return std::find(names.begin(), names.end(), helper) != names.end();
  }

  /// Whether they are more than the file alone.
  bool has_helper() const {
    return std::any_of(names.begin(), names.end(),
                       [](const std::string& name) { return name != auth_file_helper; });
  }
};

/// `credential-helpers` of containers-registries.conf(5), if it is set: in
/// $CONTAINERS_REGISTRIES_CONF, else ~/.config/containers/registries.conf, else that of
/// /etc/containers, else of /usr/share/containers; and in the *.conf of registries.conf.d in
/// /usr/share/containers, /etc/containers and ~/.config/containers. The last one counts; measured
/// with podman 4.3. Throws Error, with the file's line, where podman refuses such a file: a wrong
/// type, a folder, a pipe, at which it waits for ever, among them; and for one of more than 1 MiB.
std::optional<CredentialHelpers> find_credential_helpers();

/// The same in the text of a file `name`.
std::optional<std::vector<std::string>> parse_credential_helpers(const std::string& text,
                                                                 const std::string& name);

}  // namespace pullsecret
