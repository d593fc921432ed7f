#include "kubernetes/ask_providers.h"

#include <unistd.h>

#include <algorithm>
#include <string_view>
#include <system_error>
#include <utility>
#include <variant>

#include "kubernetes/match_images.h"
#include "kubernetes/provider_request.h"
#include "system/executable_format.h"
#include "system/file.h"
#include "system/run_programs.h"
#include "system/text.h"

namespace pullsecret {
namespace {

using std::chrono::steady_clock;

constexpr std::size_t largest_answer = 1024UL * 1024;

std::optional<std::string> pattern_for(const CredentialProvider& provider, const Image& image) {
  const auto found =
      std::find_if(provider.match_images.begin(), provider.match_images.end(),
                   [&](const std::string& pattern) { return asks_for(pattern, image); });
  return found == provider.match_images.end() ? std::nullopt : std::optional(*found);
}

// What it wrote to standard error, on one line.
std::string words_of(const std::string& error_output) {
  std::vector<std::string> lines = split(trim(error_output), '\n');
  std::erase_if(lines, [](const std::string& line) { return trim(line).empty(); });
  return printable(join(lines, "; "), 300);
}

Error failure_of(const std::filesystem::path& program, const ProgramResult& result) {
  if (const auto* not_started = std::get_if<NotStarted>(&result.end))
    return start_failure(program, not_started->error_number);
  const std::string words = words_of(result.error_output);
  return {place_of(program), in_words(result.end) + (words.empty() ? "" : ": " + words)};
}

bool is_done(const ProgramEnd& end) {
  const auto* exited = std::get_if<Exited>(&end);
  return exited != nullptr && exited->status == 0;
}

ProviderOutcome ask(const CredentialProvider& provider, const Image& image, std::string pattern,
                    const ProviderRun& run) {
  const std::filesystem::path program = run.bin_dir / provider.name;
  ProviderOutcome outcome{.pattern = std::move(pattern)};
  const auto begin = steady_clock::now();
  const ProgramResult result = run_program(
      {.program = program,
       .arguments = provider.args,
       .input = format_provider_request({.api_version = provider.api_version, .image = image}),
       .timeout = run.timeout,
       .max_output = largest_answer,
       .environment = provider_environment(provider, run.environment),
       .surroundings = Surroundings::services});
  outcome.took = std::chrono::floor<std::chrono::milliseconds>(steady_clock::now() - begin);
  if (!is_done(result.end)) {
    outcome.failure = failure_of(program, result);
    return outcome;
  }
  try {
    outcome.response = read_provider_response(result.output, provider.api_version);
  } catch (const Error& error) {
    outcome.failure = Error(place_of(program), error.what(), error.hint());
  }
  return outcome;
}

}  // namespace

Environment provider_environment(const CredentialProvider& provider, Environment kubelets) {
  for (const auto& [name, value] : provider.env)
    kubelets[name] = value;
  return kubelets;
}

void check_programs(const ProviderConfig& config, const std::filesystem::path& bin_dir) {
  constexpr auto consequence = ": the kubelet does not start";
  for (const CredentialProvider& provider : config.providers) {
    const std::filesystem::path program = bin_dir / provider.name;
    std::error_code unknown;
    if (!std::filesystem::is_regular_file(program, unknown))
      throw Error(place_of(program), std::string("there is no such program") + consequence,
                  "put the provider there, or a link to it");
    if (access(program.c_str(), X_OK) == 0) continue;
    const Error why = not_executable(program);
    throw Error(why.place(), why.message() + consequence, why.hint());
  }
}

std::vector<ProviderOutcome> ask_providers(const ProviderConfig& config, const Image& image,
                                           const ProviderRun& run) {
  std::vector<ProviderOutcome> outcomes;
  outcomes.reserve(config.providers.size());
  for (const CredentialProvider& provider : config.providers) {
    auto pattern = pattern_for(provider, image);
    outcomes.push_back(pattern ? ask(provider, image, *std::move(pattern), run)
                               : ProviderOutcome());
  }
  return outcomes;
}

Keyring keyring_of(const ProviderConfig& config, const std::vector<ProviderOutcome>& outcomes) {
  std::vector<KeyringEntry> entries;
  for (std::size_t i = 0; i < outcomes.size(); ++i)
    if (const auto& response = outcomes[i].response)
      for (const auto& [key, credential] : response->auth)
        entries.push_back({.key = key,
                           .credential = credential,
                           .origin = {EntryOrigin::Kind::provider, config.providers[i].name}});
  return Keyring(std::move(entries));
}

}  // namespace pullsecret
