#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace pullsecret {

// What the user set for gpg: in PASSWORD_STORE_GPG_OPTS, which pass hands to it, and in gpg.conf.

/// The words of PASSWORD_STORE_GPG_OPTS.
std::vector<std::string> user_gpg_options();

/// The value of gpg's option `name`, such as "agent-program": that of PASSWORD_STORE_GPG_OPTS, else
/// that of gpg.conf; nothing if neither has it.
std::optional<std::string> gpg_setting(std::string_view name);

/// That of a file in gpg's folder, such as gpg-agent.conf.
std::optional<std::string> gpg_file_setting(std::string_view file, std::string_view name);

/// Whether gpg takes the passphrase of a key itself, from a file or the terminal, and no pinentry
/// asks for it.
bool asks_without_pinentry();

/// What `gpgconf`, or another program beside gpg, prints for the folder that gpg uses; empty if
/// there is no such program.
std::string output_of_gpg_tool(std::string_view program, std::vector<std::string> arguments);

/// A path that `gpgconf --list-dirs` knows: "homedir", "agent-socket"; empty if it is not known.
std::filesystem::path gpg_path(const std::string& name);

/// The program of one of gpg's components, as gpg was built with it: "gpg-agent", "pinentry"; empty
/// if it is not known.
std::filesystem::path gpg_component(std::string_view name);

}  // namespace pullsecret
