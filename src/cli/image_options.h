#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cli/options.h"
#include "kubernetes/workloads.h"
#include "operations/notices.h"

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

/// What is to be pulled, by operations/inputs.h. Throws Error also if the manifests cannot be read.
WithNotices<Workloads> wanted_images(const ImageOptions& options);

/// The text of `file`, or of standard input for `-`, at most `max_bytes`.
JsonText read_file_or_input(const std::string& file, std::size_t max_bytes);

}  // namespace pullsecret
