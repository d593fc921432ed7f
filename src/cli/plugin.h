#pragma once

#include <string>
#include <string_view>

#include "cli/caller.h"
#include "cli/command.h"

namespace pullsecret {

/// What stands behind `kubectl pullsecret` or `docker pullsecret`, from the arguments that those
/// start pullsecret with; without a plugin's name they are what they are.
///
/// kubectl hands on what stands behind its plugin's name; a namespace before the command, as
/// kubectl takes it, goes behind that. docker puts its own options and the plugin's name before it:
/// its
/// --config is where the Docker config is, all others are about a daemon, which nobody asks.
Arguments words_behind_name(Caller caller, Arguments arguments);

/// What docker asks of each plugin: who it is (docker/cli, cli-plugins/metadata).
inline constexpr std::string_view metadata_word = "docker-cli-plugin-metadata";
std::string plugin_metadata();

/// What docker asks after a command failed, with `request` as JSON, where config.json says so
/// (docker/error_hooks.h): what the user could do. The answer is JSON with a Go template, and empty
/// where the error is not about credentials or `request` is not understood (docker/cli,
/// cli-plugins/hooks).
inline constexpr std::string_view hook_word = "docker-cli-plugin-hooks";
std::string answer_hook(const std::string& request);

}  // namespace pullsecret
