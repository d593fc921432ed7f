#include "registry/registry_access.h"

#include <algorithm>
#include <system_error>

#include <fmt/format.h>

#include "credential/registry.h"
#include "registry/origin.h"
#include "system/error.h"
#include "system/file.h"
#include "system/text.h"

namespace pullsecret {
namespace {

namespace fs = std::filesystem;

// In the order of their names. None if there is no such folder.
std::vector<fs::path> files_in(const fs::path& folder) {
  std::error_code failed;
  std::vector<fs::path> files;
  for (fs::directory_iterator at(folder, failed), end; !failed && at != end; at.increment(failed))
    files.push_back(at->path());
  if (failed && failed != std::errc::no_such_file_or_directory)
    throw Error(place_of(folder), error_text(failed.value()),
                "neither docker nor containerd could read the registry's certificates there");
  std::sort(files.begin(), files.end());
  return files;
}

void require(const fs::path& file, const fs::path& beside) {
  std::error_code failed;
  if (!fs::exists(file, failed))
    throw Error(place_of(beside), fmt::format("there is no {} beside it", file.filename().string()),
                "a client certificate NAME.cert has its key in NAME.key");
}

}  // namespace

std::string serving_host(std::string_view host) {
  return std::string(host == "docker.io" ? docker_hub_host : host);
}

bool is_insecure(std::string_view host, const RegistryAccess& access) {
  const auto is_same = [&](const std::string& name) { return equal_ignoring_case(name, host); };
  if (std::any_of(access.insecure.begin(), access.insecure.end(), is_same)) return true;
  const auto origin = origin_of(fmt::format("https://{}", host));
  return origin && is_loopback(origin->host);
}

TlsTrust trust_for(std::string_view host, const RegistryAccess& access) {
  TlsTrust trust{.anybody = is_insecure(host, access)};
  for (const fs::path& file : files_in(access.certificates / fs::path(host))) {
    fs::path other = file;
    if (file.extension() == ".crt") {
      trust.authorities.push_back(file);
    } else if (file.extension() == ".cert") {
      require(other.replace_extension(".key"), file);
      trust.client_certificate = file;
      trust.client_key = other;
    } else if (file.extension() == ".key") {
      require(other.replace_extension(".cert"), file);
    }
  }
  return trust;
}

}  // namespace pullsecret
