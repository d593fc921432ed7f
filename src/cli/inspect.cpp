#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "cli/help.h"
#include "cli/inspection.h"
#include "cli/messages.h"
#include "cli/options.h"
#include "cli/table.h"
#include "credential/registry.h"
#include "kubernetes/documents.h"
#include "kubernetes/keyring.h"
#include "kubernetes/secret_manifest.h"
#include "system/file.h"
#include "system/text.h"

namespace pullsecret {
namespace {

enum class InspectFormat { table, json };

struct InspectOptions {
  std::optional<std::string> file;  // absent: standard input
  std::vector<std::pair<std::string, Image>> images;
  bool show_secrets = false;
  InspectFormat format = InspectFormat::table;
};

InspectOptions read_inspect_options(const Arguments& arguments) {
  cxxopts::Options options("inspect");
  options.add_options()("image", "", cxxopts::value<std::vector<std::string>>())(
      "show-secrets", "")("o,output", "", cxxopts::value<std::string>()->default_value("table"))(
      "file", not_offered, cxxopts::value<std::string>());
  options.parse_positional("file");
  const cxxopts::ParseResult parsed = parse_options(options, arguments);

  InspectOptions inspect{.file = value_of(parsed, "file"),
                         .images = images_of(parsed),
                         .show_secrets = parsed["show-secrets"].as<bool>(),
                         .format = static_cast<InspectFormat>(choice_of(
                             "--output", parsed["output"].as<std::string>(), {"table", "json"}))};
  if (inspect.file == "") throw Error("", "the file's name is empty");
  if (inspect.file == "-") inspect.file.reset();
  if (!inspect.file && isatty(STDIN_FILENO) != 0)
    throw Error("", "no Secret to inspect: standard input is a terminal",
                "kubectl get secret regcred -o yaml | pullsecret inspect");
  return inspect;
}

JsonText read_source(const InspectOptions& options) {
  if (options.file) return {place_of(*options.file), read_file(*options.file, max_manifest_size)};
  const std::string place = "standard input";
  return {place, read_all(STDIN_FILENO, place, max_manifest_size)};
}

// What is neither a pull secret nor meant to be one, as a message lists it.
std::vector<std::string> skipped_kinds(const Manifests& manifests) {
  std::vector<std::string> kinds = manifests.skipped;
  for (const SecretManifest& secret : manifests.secrets)
    if (!is_pull_secret(secret))
      kinds.push_back("Secret of type " + (secret.type.empty() ? "Opaque" : secret.type));
  return kinds;
}

std::string list_in_words(const std::vector<std::string>& kinds) {
  return fmt::format("{}: {}",
                     kinds.size() == 1 ? "1 object" : fmt::format("{} objects", kinds.size()),
                     printable(join(without_repeats(kinds), ", ")));
}

std::vector<InspectedSecret> read_secrets(const InspectOptions& options) {
  const JsonText source = read_source(options);
  const Manifests manifests = read_manifests(source);
  const auto now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
  std::vector<InspectedSecret> secrets = inspect_secrets(manifests.secrets, now);
  const std::vector<std::string> skipped = skipped_kinds(manifests);
  if (secrets.empty())
    throw Error(source.file,
                "no pull secret" + (skipped.empty() ? "" : ", only " + list_in_words(skipped)),
                "kubectl get secret NAME -o yaml; kubectl get secrets lists the names");
  if (!skipped.empty()) print_note("skipped " + list_in_words(skipped));
  return secrets;
}

// A line for each Secret that the kubelet refuses; empty if there is none.
std::string refusals(const std::vector<InspectedSecret>& secrets) {
  std::string lines;
  for (const InspectedSecret& secret : secrets)
    if (secret.is_refused)
      lines += fmt::format(
          "\n    {}: the kubelet refuses it, and pulls no image for a Pod that "
          "names it",
          name_in_words(secret));
  return lines;
}

// Why no entry serves the image where no Secret is refused, a line for each Secret or key; the
// nearest keys first.
std::string reasons(const std::vector<InspectedSecret>& secrets, const Image& image) {
  constexpr std::size_t most_keys = 10;
  std::string unread;
  std::vector<std::string> near, far;
  for (const InspectedSecret& secret : secrets) {
    if (!secret.is_read) {
      unread += fmt::format("\n    {}: the kubelet reads no entry of it", name_in_words(secret));
      continue;
    }
    for (const InspectedEntry& inspected : secret.entries) {
      const std::string& key = inspected.entry.key;
      const NotServed why = why_not_served(key, image);
      (why.is_other_registry ? far : near)
          .push_back(fmt::format("\n    {} {}", key_in_words(key), why.reason));
    }
  }
  near.insert(near.end(), far.begin(), far.end());
  const std::size_t named = std::min(near.size(), most_keys);
  std::string text = unread;
  for (std::size_t i = 0; i < named; ++i)
    text += near[i];
  if (named < near.size()) text += fmt::format("\n    and {} more", near.size() - named);
  return text;
}

std::vector<ImageEntries> find_entries(const InspectOptions& options,
                                       const std::vector<InspectedSecret>& secrets) {
  const std::string refused = refusals(secrets);
  std::vector<ImageEntries> found;
  std::string unserved;
  std::size_t count = 0;
  for (const auto& [name, image] : options.images) {
    found.push_back({name, image, entries_for_image(secrets, image)});
    if (!found.back().offered.empty()) continue;
    ++count;
    unserved += fmt::format("\n  {}{}", printable(name),
                            refused.empty() ? reasons(secrets, image) : refused);
  }
  if (count > 0)
    throw Error("",
                fmt::format("no entry serves {} of {} images:{}", count, found.size(), unserved),
                refused.empty() ? "the kubelet pulls such an image without a login" : "");
  return found;
}

template <typename Things>
void print(const InspectOptions& options, const Things& things) {
  const InspectionStyle style{.show_secrets = options.show_secrets, .color = wants_color()};
  print_data(options.format == InspectFormat::json ? inspection_json(things, style)
                                                   : inspection_table(things, style));
}

void inspect(const InspectOptions& options) {
  const std::vector<InspectedSecret> secrets = read_secrets(options);
  if (options.images.empty()) return print(options, secrets);
  print(options, find_entries(options, secrets));
}

}  // namespace

const Command inspect_command{"inspect", inspect_help, prepare<read_inspect_options, inspect>};

}  // namespace pullsecret
