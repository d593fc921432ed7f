#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "credential/json_syntax.h"
#include "operations/image_pulls.h"
#include "operations/notices.h"
#include "registry/endpoint.h"
#include "registry/registries_yaml.h"

namespace pullsecret {

/// Where a node's containerd asks for images, as one of its files says.
class NodeEndpoints {
 public:
  /// Of containerd's folder of hosts.toml. Throws Error for what is no such folder.
  static NodeEndpoints of_folder(const std::filesystem::path& folder);

  /// Of k3s' or rke2's registries.yaml, YAML or JSON, whose relative paths are of `folder`. Throws
  /// Error where k3s does not start with it.
  static NodeEndpoints of_registries(const JsonText& file, const std::filesystem::path& folder);

  /// Those of a registry; nullptr where the file says nothing of it. Throws Error where containerd
  /// would pull nothing of it.
  const RegistryEndpoints* of(const std::string& registry_host);

  /// What is to be said of what has been read so far.
  Notices notices() const;

 private:
  std::filesystem::path folder_;
  std::optional<NodeRegistries> registries_;
  std::map<std::string, std::optional<RegistryEndpoints>> known_;
};

/// Sets the endpoints of each pull, with remarks on what its Secrets have for them. An image that
/// no endpoint may be asked for, or of whose registry the file cannot be read, is refused. The
/// pulls have views of `node`.
void set_endpoints(std::vector<ImagePull>& pulls, NodeEndpoints& node);

/// Which login an endpoint is sent for an image.
enum class EndpointLogin { of_secret, of_file, none };
EndpointLogin login_at(const Endpoint& endpoint, const ImagePull& pull);

/// Whether no entry of a Secret, but a login of the node's file serves the image at an endpoint.
bool is_served_by_file(const ImagePull& pull);

}  // namespace pullsecret
