#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "cli/messages.h"
#include "cli/options.h"
#include "docker/config_file.h"
#include "helper/client.h"

namespace pullsecret {

/// The options of the commands that read a Docker config and ask its stores.
struct StoreOptions {
  std::optional<std::string> config;
  HelperLimits limits;
  bool quiet = false;
};

// Each command says in its own words what they are to it.
Option config_option(std::string_view description);
Option jobs_option(std::string_view description);
Option timeout_option(std::string_view description =
                          "end a call to a credential store that takes longer (default: 60s)");
Option quiet_option(std::string_view description = "no notes, warnings and status line");

/// Reads --config, --timeout and --quiet. Throws Error for what they do not take.
StoreOptions read_store_options(const CommandLine& line);

/// The account whose login is wanted; empty: the one in use.
Option account_option();
std::string account_of(const CommandLine& line);

/// What --timeout says, if it was given. Throws Error for what it does not take.
std::optional<std::chrono::milliseconds> timeout_of(const CommandLine& line);

/// What --jobs says, if it was given. Throws Error for what it does not take: each call takes a few
/// of the 1024 descriptors that a process may have.
std::optional<std::size_t> jobs_of(const CommandLine& line);

/// Says that a config is to be typed, if it is.
void tell_of_typed_config(const StoreOptions& options, const Streams& streams);

/// Where the config.json is that is to be changed, or will be. Throws Error if another file counts
/// in its place.
ConfigLocation find_config_json(const StoreOptions& options);

/// A client whose progress `status` shows.
HelperClient make_helper_client(const StoreOptions& options, StatusLine& status);

}  // namespace pullsecret
