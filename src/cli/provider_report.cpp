#include "cli/provider_report.h"

#include <algorithm>
#include <cstddef>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "cli/block.h"
#include "cli/inspection_report.h"
#include "cli/table.h"
#include "credential/expiry.h"
#include "credential/go_duration.h"
#include "credential/go_json_writer.h"
#include "credential/issuers.h"
#include "credential/registry.h"
#include "kubernetes/keyring.h"
#include "system/text.h"

namespace pullsecret {
namespace {

using Json = nlohmann::ordered_json;
using std::chrono::nanoseconds;

// ---- What is to be said

std::size_t closeness(const NotAsked& why) {
  if (why.mend) return 2;
  return why.is_other_registry ? 0 : 1;
}

NearestPattern nearest_pattern(const CredentialProvider& provider, const Image& image) {
  NearestPattern nearest;
  for (const std::string& pattern : provider.match_images) {
    NotAsked why = why_not_asked(pattern, image);
    if (nearest.pattern.empty() || closeness(why) > closeness(nearest.why))
      nearest = {pattern, std::move(why)};
  }
  return nearest;
}

std::vector<UntriedCredential> untried_of(const std::string& provider, const Keyring& keyring,
                                          const Keyring::Found& tried, const Image& image) {
  std::vector<UntriedCredential> untried;
  for (const KeyringEntry& entry : keyring.entries())
    if (entry.origin.name == provider &&
        std::find(tried.begin(), tried.end(), &entry) == tried.end())
      untried.push_back({entry.key, serves_image(entry.key, image)
                                        ? "is not needed: others match better"
                                        : why_not_served(entry.key, image).reason});
  return untried;
}

std::string nearest_in_words(const NearestPattern& nearest) {
  if (nearest.why.is_other_registry) return "none of its patterns is for this registry";
  std::string words = fmt::format("{} {}", printable(nearest.pattern), nearest.why.reason);
  if (nearest.why.mend) words += fmt::format("; {} would match", printable(*nearest.why.mend));
  return words;
}

std::string answer_in_words(const ProviderOutcome& outcome) {
  if (!outcome.pattern) return "not asked";
  if (outcome.not_started) return "not started";
  if (outcome.failure) return "discarded";
  const std::size_t count = outcome.response->auth.size();
  return count == 0 ? "none" : fmt::format("{} credential{}", count, count == 1 ? "" : "s");
}

nanoseconds kept_for(const ProviderReport& provider) {
  const auto& duration = provider.outcome.response->cache_duration;
  return duration ? nanoseconds(*duration) : provider.default_cache_duration;
}

// For which other images the kubelet takes the answer, too.
std::string_view images_of(CacheKeyType type) {
  switch (type) {
    case CacheKeyType::image:
      return "this image";
    case CacheKeyType::registry:
      return "its registry";
    case CacheKeyType::global:
      return "all images";
  }
  return {};
}

std::string kept_in_words(const ProviderReport& provider) {
  if (!provider.outcome.response) return "-";
  const ProviderResponse& response = *provider.outcome.response;
  const nanoseconds duration = kept_for(provider);
  if (duration == nanoseconds(0)) return "not at all";
  return fmt::format("{}{}, for {}", short_go_duration(duration),
                     response.cache_duration ? "" : " (default)",
                     images_of(response.cache_key_type));
}

// ---- For people

Color color_of(const ProviderReport& provider) {
  if (provider.outcome.failure) return Color::red;
  const auto& response = provider.outcome.response;
  return response && !response->auth.empty() ? Color::green : Color::none;
}

std::string details(const ProviderReport& provider, TableStyle style) {
  Block block(4);
  if (provider.nearest) block.add("not asked", nearest_in_words(*provider.nearest));
  if (const auto& reason = provider.outcome.not_started) {
    block.add("not started", reason->message());
    block.add_hint(reason->hint());
  }
  if (const auto& failure = provider.outcome.failure) {
    block.add("discarded", failure->message(), Color::red);
    block.add_hint(failure->hint());
  }
  if (!provider.outcome.remarks.empty()) block.add("remarks", provider.outcome.remarks);
  if (provider.outcome.response)
    for (const std::string& field : provider.outcome.response->unknown_fields)
      block.add("warning", fmt::format("kubelets from 1.30 on discard an answer with {}", field),
                Color::yellow);
  for (const UntriedCredential& untried : provider.untried)
    block.add("not tried", fmt::format("{} {}", key_in_words(untried.key), untried.reason));
  const std::string lines = block.format(style);
  return lines.empty() ? "" : "\n" + heading(shown(provider.name), 2, style) + lines;
}

std::string token_lines(const JwtClaims& token, const ProvidersReport& report,
                        InspectionStyle style) {
  Block block(2);
  block.add("issuer", shown(token.issuer));
  block.add("audience", shown(join(token.audiences, ", ")));
  block.add("subject", shown(token.subject));
  if (token.end)
    block.add("ends", fmt::format("{}, {}", pullsecret::in_words(*token.end),
                                  time_left_in_words(*token.end, style.now)));
  return "\n" + heading("Token of ServiceAccount " + shown(report.account), 0, style.table) +
         block.format(style.table);
}

std::string tried_table(const ProvidersReport& report, TableStyle style) {
  if (report.tried.empty()) return "";
  std::vector<Row> rows{{{"  REGISTRY KEY", Color::bold},
                         {"USERNAME", Color::bold},
                         {"KIND", Color::bold},
                         {"LENGTH", Color::bold},
                         {"PROVIDER", Color::bold}}};
  for (const KeyringEntry* one : report.tried) {
    const std::string username = username_of(one->credential, {});
    rows.push_back({{"  " + key_in_words(one->key)},
                    {username.empty() ? "-" : shown(username)},
                    {std::string(credential_kind(one->credential).words)},
                    {std::to_string(one->credential.password.size())},
                    {shown(one->origin.name)}});
  }
  return "\n" + heading("The kubelet tries", 0, style) + format_table(rows, style);
}

// ---- For scripts

Json json_of(const ProviderReport& provider) {
  const ProviderOutcome& outcome = provider.outcome;
  Json json{
      {"name", provider.name},
      {"pattern", outcome.pattern ? Json(*outcome.pattern) : Json()},
      {"not_asked", provider.nearest ? Json(nearest_in_words(*provider.nearest)) : Json()},
      {"nearest_pattern",
       provider.nearest && provider.nearest->why.mend ? Json(*provider.nearest->why.mend) : Json()},
      {"not_started", outcome.not_started ? Json(outcome.not_started->message()) : Json()},
      {"gets_token", outcome.gets_token},
      {"milliseconds",
       outcome.pattern && !outcome.not_started ? Json(outcome.took.count()) : Json()},
      {"discarded", outcome.failure ? Json(outcome.failure->message()) : Json()},
      {"remarks", outcome.remarks.empty() ? Json() : Json(outcome.remarks)},
      {"cache_key_type", Json()},
      {"cache_seconds", Json()},
      {"cache_is_default", Json()},
      {"keys", Json()},
      {"untried", Json()}};
  if (!outcome.response) return json;
  json["cache_key_type"] = in_words(outcome.response->cache_key_type);
  json["cache_seconds"] = std::chrono::floor<std::chrono::seconds>(kept_for(provider)).count();
  json["cache_is_default"] = !outcome.response->cache_duration;
  json["keys"] = json["untried"] = Json::array();
  for (const auto& [key, credential] : outcome.response->auth)
    json["keys"].push_back(key_in_words(key));
  for (const UntriedCredential& untried : provider.untried)
    json["untried"].push_back({{"key", key_in_words(untried.key)}, {"reason", untried.reason}});
  return json;
}

Json token_json(const JwtClaims& token) {
  return {{"issuer", token.issuer},
          {"audiences", token.audiences},
          {"subject", token.subject},
          {"expires", token.end ? Json(rfc3339(*token.end)) : Json()}};
}

Json try_json(const PullTry& one) {
  return {
      {"key", one.entry == nullptr ? Json() : Json(key_in_words(one.entry->key))},
      {"username", one.entry == nullptr ? Json() : Json(username_of(one.entry->credential, {}))},
      {"provider", one.entry == nullptr ? Json() : Json(one.entry->origin.name)},
      {"outcome", in_words(one.verdict.outcome)},
      {"reason", one.verdict.reason},
      {"registry_says", one.verdict.registry_words},
      {"hint", one.verdict.hint}};
}

}  // namespace

ProvidersReport report_of(const std::string& name, const Image& image, const ProviderConfig& config,
                          const std::optional<PodAccount>& account,
                          std::vector<ProviderOutcome> outcomes) {
  ProvidersReport report{.image = name,
                         .repository = image.repository,
                         .account = account ? account->name_space + "/" + account->name : "",
                         .tokens = {},
                         .providers = {},
                         .keyring = keyring_of(config, outcomes),
                         .tried = {}};
  report.tried = report.keyring.offered(image);
  if (account)
    for (const std::string& token : account->tokens)
      report.tokens.push_back(jwt_claims(token).value_or(JwtClaims()));
  for (std::size_t i = 0; i < outcomes.size(); ++i) {
    const CredentialProvider& provider = config.providers[i];
    ProviderReport& one = report.providers.emplace_back(
        ProviderReport{.name = provider.name,
                       .default_cache_duration = provider.default_cache_duration,
                       .outcome = std::move(outcomes[i])});
    if (!one.outcome.pattern) one.nearest = nearest_pattern(provider, image);
    if (one.outcome.response)
      one.untried = untried_of(one.name, report.keyring, report.tried, image);
  }
  return report;
}

std::string providers_table(const ProvidersReport& report, InspectionStyle inspection) {
  const TableStyle style = inspection.table;
  std::vector<Row> rows{{{"  PROVIDER", Color::bold},
                         {"MATCHED BY", Color::bold},
                         {"ANSWER", Color::bold},
                         {"TOOK", Color::bold},
                         {"KEPT", Color::bold}}};
  std::string below;
  for (const ProviderReport& provider : report.providers) {
    const ProviderOutcome& outcome = provider.outcome;
    rows.push_back(
        {{"  " + shown(provider.name)},
         {outcome.pattern ? shown(*outcome.pattern) : "-"},
         {answer_in_words(outcome), color_of(provider)},
         {outcome.pattern && !outcome.not_started ? fmt::format("{} ms", outcome.took.count())
                                                  : "-"},
         {kept_in_words(provider)}});
    below += details(provider, style);
  }
  for (const JwtClaims& token : report.tokens)
    below += token_lines(token, report, inspection);
  return heading("Image " + shown(report.image), 0, style) + format_table(rows, style) + below +
         tried_table(report, style);
}

std::string providers_json(const ProvidersReport& report, const PullReport* pull) {
  Json json{{"image", report.image},
            {"asked_for", report.repository},
            {"service_account", report.account.empty() ? Json() : Json(report.account)},
            {"tokens", Json::array()},
            {"succeeds", !report.tried.empty()},
            {"pulls", pull == nullptr ? Json() : Json(pull->succeeds)},
            {"providers", Json::array()},
            {"tried", Json::array()}};
  for (const JwtClaims& token : report.tokens)
    json["tokens"].push_back(token_json(token));
  for (const ProviderReport& provider : report.providers)
    json["providers"].push_back(json_of(provider));
  for (const KeyringEntry* one : report.tried)
    json["tried"].push_back({{"key", key_in_words(one->key)},
                             {"username", username_of(one->credential, {})},
                             {"provider", one->origin.name}});
  json["checked"] = pull == nullptr ? Json() : Json::array();
  if (pull != nullptr)
    for (const PullTry& one : pull->tries)
      json["checked"].push_back(try_json(one));
  return json_document(json);
}

std::optional<Error> why_none_is_tried(const ProvidersReport& report) {
  if (!report.tried.empty()) return std::nullopt;
  const auto any = [&](auto is_true) {
    return std::any_of(report.providers.begin(), report.providers.end(),
                       [&](const ProviderReport& provider) { return is_true(provider.outcome); });
  };
  if (!any([](const ProviderOutcome& outcome) { return outcome.pattern.has_value(); }))
    return Error("", fmt::format("the kubelet asks no provider for {}", report.repository));
  if (!any([](const ProviderOutcome& outcome) {
        return outcome.pattern.has_value() && !outcome.not_started;
      }))
    return Error("", "the kubelet does not start the provider, and pulls without a login");
  if (any([](const ProviderOutcome& outcome) { return outcome.failure.has_value(); }))
    return Error("", "the kubelet discards the answer, and pulls without a login");
  return Error("", "no provider has a credential for it: the kubelet pulls without a login");
}

}  // namespace pullsecret
