#include "cli/image_options.h"

#include <unistd.h>

#include "cli/command.h"
#include "cli/piped_input.h"
#include "kubernetes/documents.h"
#include "kubernetes/name_rules.h"
#include "system/error.h"
#include "system/file.h"

namespace pullsecret {

Option image_option(std::string_view description) {
  return {.name = "image", .value = {"IMAGE"}, .is_repeatable = true, .description = description};
}

Option images_in_option(std::string_view description) {
  return {.name = "images-in",
          .value = {.name = "FILE|-", .kind = ValueKind::file, .input = manifests_input},
          .description = description};
}

Option name_space_option() {
  return {.letter = 'n',
          .name = "namespace",
          .value = {"NS"},
          .description =
              "where manifests are applied that name no namespace; for --image only its "
              "Secrets count"};
}

Option hosts_option() {
  return {.name = "hosts",
          .value = {.name = "DIR", .kind = ValueKind::file},
          .description =
              "ask the mirrors that containerd's certs.d in DIR has: a folder for each "
              "registry, with a hosts.toml"};
}

Option registries_option() {
  return {.name = "registries",
          .value = {.name = "FILE|-", .kind = ValueKind::file, .input = "registries.yaml"},
          .description = "ask the mirrors that registries.yaml of k3s or rke2 in FILE has"};
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

std::string read_name_space(const CommandLine& line) {
  std::string name = value_of(line, "namespace").value_or("");
  if (!name.empty()) with_place("--namespace", [&] { check_namespace(name); });
  return name;
}

WithNotices<PullInputs> read_pull_inputs(const ImageOptions& options,
                                         const std::optional<std::string>& file,
                                         const std::string& name_space, Time now) {
  const auto read = [](const std::optional<std::string>& name) {
    return name ? std::optional(read_manifest_text(*name)) : std::nullopt;
  };
  const bool is_one = options.images_in == file;
  const auto manifests = read(options.images_in);
  auto inputs =
      pull_inputs(options.named, manifests, is_one ? std::nullopt : read(file), name_space, now);
  inputs.value.has_secrets |= is_one && file;
  return inputs;
}

bool is_input_unread(const ImageOptions& options, const NodeOptions& node,
                     const std::optional<std::string>& file) {
  return options.images_in != "-" && node.registries != "-" && file != "-" &&
         piped_input() != PipedInput::nothing;
}

NodeOptions read_node_options(const CommandLine& line) {
  NodeOptions options{.hosts = value_of(line, "hosts"), .registries = value_of(line, "registries")};
  if (options.hosts && options.registries)
    throw Error("--registries", "a node has either that or --hosts", "leave out one of the two");
  return options;
}

void require_images(const NodeOptions& options, bool has_images) {
  if (!has_images && (options.hosts || options.registries))
    throw WrongUsage(options.hosts ? "--hosts" : "--registries",
                     "mirrors are asked for images alone",
                     "name images with --image or --images-in");
}

std::optional<NodeEndpoints> read_node_endpoints(const NodeOptions& options, bool has_images) {
  constexpr std::size_t max_registries_size = 1024UL * 1024;
  if (!options.hosts && !options.registries) return std::nullopt;
  require_images(options, has_images);
  if (options.hosts) return NodeEndpoints::of_folder(*options.hosts);
  return NodeEndpoints::of_registries(read_file_or_input(*options.registries, max_registries_size),
                                      std::filesystem::path(*options.registries).parent_path());
}

JsonText read_file_or_input(const std::string& file, std::size_t max_bytes,
                            std::string_view way_to_less) {
  if (file != "-") return {place_of(file), read_input(file, max_bytes, way_to_less)};
  const std::string place = "standard input";
  return {place, read_all(STDIN_FILENO, place, max_bytes, way_to_less)};
}

JsonText read_manifest_text(const std::string& file) {
  return read_file_or_input(file, max_manifest_size, way_to_fewer_objects);
}

}  // namespace pullsecret
