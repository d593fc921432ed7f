#include "cli/image_options.h"

#include <unistd.h>

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "kubernetes/documents.h"
#include "operations/inspect.h"
#include "system/error.h"
#include "system/file.h"
#include "system/text.h"

namespace pullsecret {

Option image_option(std::string_view description) {
  return {.name = "image", .value = {"IMAGE"}, .is_repeatable = true, .description = description};
}

Option images_in_option(std::string_view description) {
  return {.name = "images-in",
          .value = {.name = "FILE|-", .kind = ValueKind::file, .input = "the manifests"},
          .description = description};
}

ImageOptions read_image_options(const CommandLine& line) {
  ImageOptions options{.named = {}, .images_in = value_of(line, "images-in")};
  for (const std::string& name : values_of(line, "image"))
    options.named.push_back({name, with_place("--image", [&] { return parse_image(name); })});
  if (options.images_in == "-" && isatty(STDIN_FILENO) != 0)
    throw Error("--images-in", "no manifests: standard input is a terminal",
                "helm template . | pullsecret check --images-in -");
  return options;
}

Workloads wanted_images(const ImageOptions& options, bool quiet, const Streams& streams) {
  Workloads wanted{.images = options.named, .pull_secrets = {}, .passed_over = {}};
  if (!options.images_in) return wanted;
  const JsonText source = read_file_or_input(*options.images_in, max_manifest_size);
  Workloads found = read_workloads(source);
  if (!quiet && !found.passed_over.empty())
    print_note(streams,
               fmt::format("{}: passed over {}", source.file, kinds_in_words(found.passed_over)));
  if (found.images.empty())
    throw Error(source.file, "the manifests name no image",
                "it takes Pods, and what makes them: Deployments, Jobs and the like");
  for (WorkloadImage& image : found.images) {
    const bool is_known = std::any_of(options.named.begin(), options.named.end(),
                                      [&](const auto& known) { return known.name == image.name; });
    if (!is_known) wanted.images.push_back(std::move(image));
  }
  wanted.pull_secrets = std::move(found.pull_secrets);
  return wanted;
}

JsonText read_file_or_input(const std::string& file, std::size_t max_bytes) {
  if (file != "-") return {place_of(file), read_input(file, max_bytes)};
  const std::string place = "standard input";
  return {place, read_all(STDIN_FILENO, place, max_bytes)};
}

}  // namespace pullsecret
