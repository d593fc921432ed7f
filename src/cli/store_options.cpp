#include "cli/store_options.h"

#include <fmt/format.h>

#include "system/error.h"
#include "system/text.h"

namespace pullsecret {

Option config_option(std::string_view description) {
  return {.name = "config",
          .value = {.name = "FILE|-", .kind = ValueKind::file, .input = "the config"},
          .description = description};
}

Option account_option() {
  return {.name = "account",
          .value = {"USERNAME"},
          .description =
              "the login of this account, which docker-credential-route\nkeeps beside "
              "the one in use"};
}

std::string account_of(const CommandLine& line) {
  const auto account = value_of(line, "account");
  if (account && account->empty())
    throw Error("--account", "the name is empty", "leave it out for the one in use");
  return account.value_or("");
}

Option jobs_option(std::string_view description) {
  return {.name = "jobs", .value = {"N"}, .description = description};
}

Option timeout_option(std::string_view description) {
  return {.name = "timeout", .value = {"DURATION"}, .description = description};
}

Option quiet_option(std::string_view description) {
  return {.letter = 'q', .name = "quiet", .description = description};
}

StoreOptions read_store_options(const CommandLine& line) {
  StoreOptions options{.config = value_of(line, "config"), .quiet = is_set(line, "quiet")};
  options.limits.timeout = timeout_of(line).value_or(options.limits.timeout);
  return options;
}

std::optional<std::chrono::milliseconds> timeout_of(const CommandLine& line) {
  const auto timeout =
      duration_of(line, "timeout", std::chrono::milliseconds(10), std::chrono::hours(24));
  if (!timeout) return std::nullopt;
  return std::chrono::ceil<std::chrono::milliseconds>(*timeout);
}

std::optional<std::size_t> jobs_of(const CommandLine& line) {
  return number_of(line, "jobs", 1, 128);
}

void tell_of_typed_config(const StoreOptions& options, const Streams& streams) {
  if (!options.quiet && options.config == "-") print_note_of_typing(streams, "a config");
}

// Podman asks credHelpers alone, and the oldest Docker no store at all.
ConfigLocation find_config_json(const StoreOptions& options) {
  ConfigLocation location = find_config(options.config);
  if (is_config_json(location)) return location;
  std::string hint = "name one with --config";
  const std::string file = shell_operand(location.file.string());
  if (!options.config && location.is_dockers_own)  // a pipe, or a folder
    hint = fmt::format("move it away: `mv {} {}.old`", file, file);
  else if (!options.config)
    hint = "make one: " + command_for_first_config("{}") + "; or " + hint;
  throw Error(place_of(location.file), "not a config.json, which alone names a store for Docker",
              hint);
}

HelperClient make_helper_client(const StoreOptions& options, StatusLine& status) {
  return HelperClient(options.limits,
                      [&status](std::size_t done, std::size_t total, const std::string& helper) {
                        status.show(done, total, printable(helper_program_name(helper), 50));
                      });
}

}  // namespace pullsecret
