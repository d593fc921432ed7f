#include "cli/store_options.h"

#include <chrono>
#include <utility>

#include <fmt/format.h>

#include "cli/options.h"
#include "system/text.h"

namespace pullsecret {

void add_store_options(cxxopts::Options& options) {
  options.add_options()("config", "", cxxopts::value<std::string>())(
      "timeout", "", cxxopts::value<std::string>()->default_value("60"))("q,quiet", "");
}

StoreOptions read_store_options(const cxxopts::ParseResult& parsed) {
  if (value_of(parsed, "config") == "") throw Error("--config", "the file's name is empty");
  constexpr double most_seconds = 24 * 60 * 60;
  const std::chrono::duration<double> timeout(number_of(parsed, "timeout", 0.01, most_seconds));
  return {.config = value_of(parsed, "config"),
          .limits = {.timeout = std::chrono::duration_cast<std::chrono::milliseconds>(timeout)},
          .quiet = parsed["quiet"].as<bool>()};
}

void tell_of_typed_config(const StoreOptions& options) {
  if (!options.quiet && options.config == "-") print_note_of_typing("a config");
}

LoadedConfig load_config_aloud(const StoreOptions& options) {
  tell_of_typed_config(options);
  LoadedConfig loaded = load_config(options.config);
  if (!options.quiet && !loaded.is_dockers_own)
    print_note(fmt::format("Docker has no config here; reading {}", loaded.config.file));
  if (const auto& refused = loaded.config.environment_refused; refused && !options.quiet)
    print_warning(
        Error("", fmt::format("ignoring DOCKER_AUTH_CONFIG, as Docker does: {}", refused->what()),
              refused->hint()));
  return loaded;
}

HelperClient make_helper_client(const StoreOptions& options, StatusLine& status) {
  return HelperClient(options.limits,
                      [&status](std::size_t done, std::size_t total, const std::string& helper) {
                        status.show(done, total, printable(helper_program_name(helper), 50));
                      });
}

}  // namespace pullsecret
