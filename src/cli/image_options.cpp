#include "cli/image_options.h"

#include <unistd.h>

#include "kubernetes/documents.h"
#include "operations/inputs.h"
#include "system/error.h"
#include "system/file.h"

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

WithNotices<Workloads> wanted_images(const ImageOptions& options) {
  if (!options.images_in) return wanted_images(options.named, std::nullopt);
  return wanted_images(options.named, read_file_or_input(*options.images_in, max_manifest_size));
}

JsonText read_file_or_input(const std::string& file, std::size_t max_bytes) {
  if (file != "-") return {place_of(file), read_input(file, max_bytes)};
  const std::string place = "standard input";
  return {place, read_all(STDIN_FILENO, place, max_bytes)};
}

}  // namespace pullsecret
