#include "kubernetes/ask_providers.h"

#include <unistd.h>

#include <algorithm>
#include <string_view>
#include <system_error>
#include <utility>
#include <variant>

#include <fmt/format.h>

#include "credential/go_json_reader.h"
#include "credential/jwt.h"
#include "credential/without_secrets.h"
#include "helper/protocol.h"
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

// What it wrote to standard error, on one line, without the token it was handed.
std::string words_of(const std::string& error_output, const std::string& token) {
  const std::string text = without_secrets(error_output, {token});
  std::vector<std::string> lines = split(trim(text), '\n');
  std::erase_if(lines, [](const std::string& line) { return trim(line).empty(); });
  return printable(join(lines, "; "), 300);
}

// By what it printed: a login, the words for none, or how it is called.
bool is_answer_of_helper(const std::string& output) {
  const std::string_view text = trim(output);
  if (text.starts_with('{')) {
    const JsonText json{"", output};
    if (find_json_fault(json)) return false;
    const auto members = members_of(first_value(json));
    return string_field(members, "ServerURL") && string_field(members, "Secret");
  }
  return is_one_of(text, {credentials_not_found, no_server_url, no_username}) ||
         text.find("<store|get|erase|list") != std::string_view::npos;
}

// By its name, or that of the program which it is a link to.
bool is_named_as_helper(const std::filesystem::path& program) {
  std::error_code unknown;
  const auto linked = std::filesystem::weakly_canonical(program, unknown).filename().string();
  return program.filename().string().starts_with(helper_program_prefix) ||
         linked.starts_with(helper_program_prefix);
}

// What Docker asks, the kubelet cannot.
Error failure_of_helper(const Error& failure) {
  return {failure.place(),
          "it is a docker-credential-helper, which answers Docker and not the kubelet: " +
              failure.message(),
          "`pullsecret credential-provider config` prints a config by which the kubelet asks "
          "pullsecret, and that the helper"};
}

Error failure_of(const std::filesystem::path& program, const ProgramResult& result,
                 const std::string& token) {
  if (const auto* not_started = std::get_if<NotStarted>(&result.end))
    return start_failure(program, not_started->error_number);
  const std::string words = words_of(result.error_output, token);
  return {place_of(program), in_words(result.end) + (words.empty() ? "" : ": " + words)};
}

bool is_done(const ProgramEnd& end) {
  const auto* exited = std::get_if<Exited>(&end);
  return exited != nullptr && exited->status == 0;
}

// Of a service account's annotations those alone that the config names.
ProviderRequest request_to(const CredentialProvider& provider, const Image& image,
                           const std::optional<PodAccount>& account) {
  ProviderRequest request{.api_version = provider.api_version, .image = image};
  if (!gets_token(provider, account)) return request;
  request.service_account_token = token_for(*account, provider.token->audience);
  for (const auto* keys :
       {&provider.token->required_annotations, &provider.token->optional_annotations})
    for (const std::string& key : *keys)
      if (const auto annotation = account->annotations.find(key);
          annotation != account->annotations.end())
        request.service_account_annotations.insert(*annotation);
  return request;
}

// What is taken of the answer, or why nothing is.
void take_answer(const ProgramResult& result, const std::filesystem::path& program,
                 const ProviderRequest& request, ProviderOutcome& outcome) {
  if (!is_done(result.end)) {
    outcome.failure = failure_of(program, result, request.service_account_token);
  } else {
    try {
      outcome.response = read_provider_response(result.output, request.api_version);
      outcome.remarks = words_of(result.error_output, request.service_account_token);
    } catch (const Error& error) {
      outcome.failure = Error(place_of(program), error.what(), error.hint());
    }
  }
  if (outcome.failure && (is_named_as_helper(program) || is_answer_of_helper(result.output)))
    outcome.failure = failure_of_helper(*outcome.failure);
}

ProviderOutcome ask(const CredentialProvider& provider, const Image& image, std::string pattern,
                    const ProviderRun& run) {
  ProviderOutcome outcome{.pattern = std::move(pattern),
                          .not_started = why_not_started(provider, run.account)};
  if (outcome.not_started) return outcome;
  outcome.gets_token = gets_token(provider, run.account);
  const std::filesystem::path program = run.bin_dir / provider.name;
  const ProviderRequest request = request_to(provider, image, run.account);
  const auto begin = steady_clock::now();
  const ProgramResult result =
      run_program({.program = program,
                   .arguments = provider.args,
                   .input = format_provider_request(request),
                   .timeout = run.timeout,
                   .max_output = largest_answer,
                   .environment = provider_environment(provider, run.environment),
                   .surroundings = Surroundings::services});
  outcome.took = std::chrono::floor<std::chrono::milliseconds>(steady_clock::now() - begin);
  take_answer(result, program, request, outcome);
  return outcome;
}

// For which audience a token is missing.
void refuse_without_token(const ProviderConfig& config, const Image& image,
                          const std::optional<PodAccount>& account) {
  for (const CredentialProvider& provider : config.providers)
    if (pattern_for(provider, image) && !why_not_started(provider, account) &&
        gets_token(provider, account) && token_for(*account, provider.token->audience).empty())
      throw Error(
          printable(provider.name),
          fmt::format(
              "it gets a token of the ServiceAccount for the audience {}, and none is given",
              printable(provider.token->audience)),
          fmt::format("`kubectl create token {} -n {} --audience {}`, piped to --token-file -",
                      shell_word(account->name), shell_word(account->name_space),
                      shell_word(provider.token->audience)));
}

}  // namespace

std::string token_for(const PodAccount& account, const std::string& audience) {
  for (const std::string& token : account.tokens)
    if (const auto claims = jwt_claims(token))
      if (std::find(claims->audiences.begin(), claims->audiences.end(), audience) !=
          claims->audiences.end())
        return token;
  return account.tokens.size() == 1 ? account.tokens.front() : "";
}

std::optional<std::string> pattern_for(const CredentialProvider& provider, const Image& image) {
  const auto found =
      std::find_if(provider.match_images.begin(), provider.match_images.end(),
                   [&](const std::string& pattern) { return asks_for(pattern, image); });
  return found == provider.match_images.end() ? std::nullopt : std::optional(*found);
}

std::optional<Error> why_not_started(const CredentialProvider& provider,
                                     const std::optional<PodAccount>& account) {
  if (!provider.token) return std::nullopt;
  if (!account) {
    if (!provider.token->requires_service_account) return std::nullopt;
    return Error("", "it requires a ServiceAccount, and the Pod has none",
                 "name the Pod's with --service-account NAMESPACE/NAME");
  }
  for (const std::string& key : provider.token->required_annotations)
    if (!account->annotations.contains(key))
      return Error("",
                   fmt::format("it requires the annotation {}, which ServiceAccount {}/{} does "
                               "not have",
                               key, account->name_space, account->name),
                   fmt::format("if it does: --annotation {}=VALUE", key));
  return std::nullopt;
}

bool gets_token(const CredentialProvider& provider, const std::optional<PodAccount>& account) {
  return provider.token && account;
}

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
  refuse_without_token(config, image, run.account);
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
