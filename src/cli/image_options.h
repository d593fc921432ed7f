#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cli/options.h"
#include "operations/inputs.h"
#include "operations/node_endpoints.h"

namespace pullsecret {

/// The options of the commands that are about images: --image and --images-in.
struct ImageOptions {
  std::vector<WorkloadImage> named;      ///< those of --image
  std::optional<std::string> images_in;  ///< a file with manifests; `-`: standard input

  /// Whether any were asked for; without, a command is about all that it knows.
  bool any() const { return !named.empty() || images_in; }
};

/// What a node's containerd is told of mirrors: one of the two at most.
struct NodeOptions {
  std::optional<std::string> hosts;       ///< its folder of hosts.toml
  std::optional<std::string> registries;  ///< registries.yaml of k3s or rke2
};

/// What standard input is to --images-in, and to a FILE with Secrets, which may be one.
inline constexpr std::string_view manifests_input = "the manifests";

inline constexpr std::string_view unread_input =
    "standard input is not read: what is to be looked at is named";

// Each command says in its own words what they are to it.
Option image_option(std::string_view description);
Option images_in_option(std::string_view description);
Option name_space_option();
Option hosts_option();
Option registries_option();

/// Throws Error for what is no image.
ImageOptions read_image_options(const CommandLine& line);

/// What --namespace says of manifests that leave it open; empty: nothing. Throws Error for what is
/// no namespace.
std::string read_name_space(const CommandLine& line);

/// What the options and `file` name, by operations/inputs.h: `-`, or a file, that is named as both
/// is read once. Throws Error also if they cannot be read.
WithNotices<PullInputs> read_pull_inputs(const ImageOptions& options,
                                         const std::optional<std::string>& file,
                                         const std::string& name_space, Time now);

/// Whether something is piped in that nobody reads: none of these is `-`.
bool is_input_unread(const ImageOptions& options, const NodeOptions& node,
                     const std::optional<std::string>& file);

/// Throws Error where both are given.
NodeOptions read_node_options(const CommandLine& line);

/// Throws WrongUsage where one of them is given, and no images are asked for.
void require_images(const NodeOptions& options, bool has_images);

/// What the options name; nothing where neither is given. Throws WrongUsage where no images are
/// asked for, to which alone it matters.
std::optional<NodeEndpoints> read_node_endpoints(const NodeOptions& options, bool has_images);

/// The text of `file`, or of standard input for `-`, at most `max_bytes`.
JsonText read_file_or_input(const std::string& file, std::size_t max_bytes,
                            std::string_view way_to_less = {});

/// The same for manifests.
JsonText read_manifest_text(const std::string& file);

}  // namespace pullsecret
