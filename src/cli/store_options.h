#pragma once

#include <optional>
#include <string>

#include <cxxopts.hpp>

#include "cli/messages.h"
#include "docker/config_file.h"
#include "helper/client.h"

namespace pullsecret {

/// The options of the commands that read a Docker config and ask its stores.
struct StoreOptions {
  std::optional<std::string> config;
  HelperLimits limits;
  bool quiet = false;
};

void add_store_options(cxxopts::Options& options);
StoreOptions read_store_options(const cxxopts::ParseResult& parsed);

/// Says that a config is to be typed, if it is.
void tell_of_typed_config(const StoreOptions& options);

/// Loads the config, and says on standard error if it is not Docker's own, or if
/// DOCKER_AUTH_CONFIG does not take part.
LoadedConfig load_config_aloud(const StoreOptions& options);

/// A client whose progress `status` shows.
HelperClient make_helper_client(const StoreOptions& options, StatusLine& status);

}  // namespace pullsecret
