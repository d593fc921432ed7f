#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cli/messages.h"
#include "cli/options.h"
#include "kubernetes/workloads.h"

namespace pullsecret {

/// The options of the commands that are about images: --image and --images-in.
struct ImageOptions {
  std::vector<WorkloadImage> named;      ///< those of --image
  std::optional<std::string> images_in;  ///< a file with manifests; `-`: standard input

  /// Whether any were asked for; without, a command is about all that it knows.
  bool any() const { return !named.empty() || images_in; }
};

// Each command says in its own words what they are to it.
Option image_option(std::string_view description);
Option images_in_option(std::string_view description);

/// Throws Error for what is no image.
ImageOptions read_image_options(const CommandLine& line);

/// What is to be pulled: the images of --image, then those of the manifests, each once, and the
/// pull Secrets that these name. Unless `quiet`, says what was passed over.
/// Throws Error if the manifests cannot be read or name no image.
Workloads wanted_images(const ImageOptions& options, bool quiet, const Streams& streams);

/// The text of `file`, or of standard input for `-`, at most `max_bytes`.
JsonText read_file_or_input(const std::string& file, std::size_t max_bytes);

}  // namespace pullsecret
