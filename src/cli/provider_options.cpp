#include "cli/provider_options.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "kubernetes/match_images.h"
#include "kubernetes/name_rules.h"
#include "registry/origin.h"
#include "registry/token_exchange.h"
#include "registry/token_request.h"
#include "system/error.h"
#include "system/text.h"

namespace pullsecret {
namespace {

void check_pattern(const std::string& pattern) {
  if (is_match_pattern(pattern) && !pattern.empty()) return;
  throw Error("--match",
              fmt::format("\"{}\" is no pattern: the kubelet would not start", printable(pattern)),
              "a pattern is HOST[:PORT][/PATH]; a * stands for one label of the host");
}

template <typename Check>
std::optional<std::string> checked_text_of(const CommandLine& line, const std::string& option,
                                           Check check) {
  auto text = value_of(line, option);
  if (text) with_place(fmt::format("--{}", option), [&] { check(*text); });
  return text;
}

bool has_token(const std::string& value) {
  return value.find(token_word) != std::string::npos;
}

// By the names that vendors have for what nobody else may know.
bool is_of_secret(const std::string& field) {
  const std::string name = lower_case(field);
  const auto has = [&](std::string_view word) { return name.find(word) != std::string::npos; };
  const auto ends = [&](std::string_view word) { return name.ends_with(word); };
  return has("secret") || has("passw") || has("passphrase") || ends("token") || ends("assertion") ||
         ends("apikey") || ends("api_key") || ends("api-key");
}

void refuse_secret(const char* option, const std::string& name, const std::string& value) {
  if (is_of_secret(name) && !value.empty() && !has_token(value))
    throw Error(option,
                fmt::format("{} would be a secret in the kubelet's config, and in the list of "
                            "processes: an exchange that wants one besides the token is not served",
                            printable(name, 60)));
}

std::string exchange_url_of(const CommandLine& line) {
  std::string url = value_of(line, "exchange").value();
  const auto origin = origin_of(url);
  if (!origin)
    throw Error("--exchange", "it is no URL that can be asked",
                "it is https://HOST[:PORT]/PATH, without a login in it");
  if (!origin->is_https && !is_loopback(origin->host))
    throw Error("--exchange", "over http everybody could read the token", "name an https URL");
  const std::size_t query = std::min(url.find('?'), url.size() - 1) + 1;
  for (const std::string& field : split(std::string_view(url).substr(query), '&')) {
    const std::size_t end = field.find('=');
    if (end == std::string::npos) continue;
    refuse_secret("--exchange", field.substr(0, end), field.substr(end + 1));
  }
  return url;
}

// NAME, where the answer has the token, or NAME=VALUE of the request.
void add_field(TokenExchange& exchange, const std::string& field) {
  const std::size_t end = field.find('=');
  if (field.empty() || end == 0)
    throw Error("--exchange-field", "it names no field",
                "it is NAME, of the answer, or NAME=VALUE, of what is posted");
  if (end == std::string::npos)
    exchange.answer_field = field;
  else
    exchange.fields.emplace_back(field.substr(0, end), field.substr(end + 1));
}

// The token is to be in what is posted, and no other secret.
void check_posted(const FormFields& fields) {
  const bool is_vendors = std::any_of(fields.begin(), fields.end(),
                                      [](const auto& field) { return has_token(field.second); });
  for (const auto& [name, value] : fields) {
    if (name == "subject_token" && !is_vendors)
      throw Error("--exchange-field",
                  "with another subject_token nothing that is posted has the token",
                  "leave it out, or write {token} where the token is to stand");
    refuse_secret("--exchange-field", name, value);
  }
}

TokenExchange read_exchange(const CommandLine& line) {
  TokenExchange exchange{
      .url = exchange_url_of(line),
      .audience = checked_text_of(line, "audience", check_token_audience).value_or(""),
      .scope = checked_text_of(line, "scope", check_token_scope).value_or(""),
      .is_json = is_set(line, "exchange-json")};
  std::size_t answer_fields = 0;
  for (const std::string& field : values_of(line, "exchange-field")) {
    add_field(exchange, field);
    if (field.find('=') == std::string::npos) ++answer_fields;
  }
  if (answer_fields > 1)
    throw Error("--exchange-field", "more than one names where the answer has the token",
                "name one; NAME=VALUE is of what is posted");
  check_posted(exchange.fields);
  return exchange;
}

// What the provider does with the token.
std::vector<Option> token_use_options() {
  return {
      {.name = "username", .value = {"NAME"}, .description = "the token is the password of NAME"},
      {.name = "username-annotation",
       .value = {"KEY"},
       .description = "NAME is what this annotation of the service account says, which the "
                      "kubelet's config names, too; else that of --username"},
      {.name = "or-store",
       .description = "for a Pod without a token: what the node's Docker config has"},
      {.name = "exchange",
       .value = {"URL"},
       .description = "exchange the token there first (OAuth 2.0 Token Exchange, RFC 8693): "
                      "what it gives is the password"},
      {.name = "audience",
       .value = {"AUDIENCE"},
       .description = "for whom the exchange is to make a token"},
      {.name = "scope", .value = {"SCOPE"}, .description = "what that may do"},
      {.name = "scope-annotation",
       .value = {"KEY"},
       .description = "SCOPE is what this annotation of the service account says"},
      {.name = "exchange-json", .description = "post a JSON object, no form"},
      {.name = "exchange-field",
       .value = {"NAME[=VALUE]"},
       .is_repeatable = true,
       .description = "NAME: the answer has the token there, not in access_token. NAME=VALUE: "
                      "post this field, in the place of RFC 8693's or beside them; {token} "
                      "stands for the token; may be repeated"}};
}

}  // namespace

std::vector<std::string> match_patterns_of(const CommandLine& line) {
  std::vector<std::string> patterns = values_of(line, "match");
  std::for_each(patterns.begin(), patterns.end(), check_pattern);
  return patterns;
}

OptionGroup token_group(std::vector<Option> options) {
  OptionGroup group{"The Pod's own token", std::move(options)};
  for (Option& option : token_use_options())
    group.options.push_back(std::move(option));
  return group;
}

OptionGroup token_options() {
  return token_group(
      {{.name = "service-account-token",
        .description = "answer with the token of the Pod's service account, which the kubelet "
                       "hands on where its config has tokenAttributes"},
       {.name = "match",
        .value = {"PATTERN"},
        .is_repeatable = true,
        .description = "only for images of HOST[:PORT][/PATH], where a * is one label of the "
                       "host; any other has no credential; may be repeated"},
       {.name = "audience-expected",
        .value = {"AUDIENCE"},
        .description = "refuse a token that is for another audience, or for more than this"}});
}

void require(bool is_there, const std::string& needed, const CommandLine& line,
             std::initializer_list<const char*> options) {
  if (is_there) return;
  for (const char* option : options)
    if (is_given(line, option))
      throw Error(fmt::format("--{}", option), fmt::format("it goes with --{} alone", needed),
                  fmt::format("add --{}, or leave it out", needed));
}

std::optional<TokenUse> read_token_use(const CommandLine& line) {
  const bool is_wanted = is_set(line, "service-account-token");
  require(is_wanted, "service-account-token", line, {"match", "audience-expected"});
  require(!is_wanted || is_set(line, "or-store"), "or-store", line, {"config", "account"});
  auto use = read_token_use(line, is_wanted);
  if (use) use->audience = checked_text_of(line, "audience-expected", check_token_audience);
  return use;
}

std::optional<TokenUse> read_token_use(const CommandLine& line, bool is_wanted) {
  const bool has_exchange = is_given(line, "exchange");
  require(is_wanted, "service-account-token", line,
          {"username", "username-annotation", "or-store", "exchange", "audience", "scope",
           "scope-annotation", "exchange-json", "exchange-field"});
  require(has_exchange, "exchange", line,
          {"audience", "scope", "scope-annotation", "exchange-json", "exchange-field"});
  if (!is_wanted) return std::nullopt;
  TokenUse use{
      .username = checked_text_of(line, "username", check_token_username).value_or(""),
      .patterns = match_patterns_of(line),
      .username_annotation = checked_text_of(line, "username-annotation", check_annotation_key),
      .scope_annotation = checked_text_of(line, "scope-annotation", check_annotation_key)};
  if (use.username.empty() && !use.username_annotation)
    throw Error("--service-account-token", "there is no username that the token is the password of",
                "name it with --username, as the registry's manual says");
  if (has_exchange) use.exchange = read_exchange(line);
  return use;
}

std::vector<std::string> token_use_arguments(const CommandLine& line) {
  std::vector<std::string> arguments;
  for (const Option& option : token_use_options()) {
    const std::string name(option.name), word = fmt::format("--{}", name);
    if (!is_given(line, name)) continue;
    if (is_flag(option)) {
      if (is_set(line, name)) arguments.push_back(word);
      continue;
    }
    for (const std::string& value :
         option.is_repeatable ? values_of(line, name) : std::vector{*value_of(line, name)})
      arguments.push_back(fmt::format("{}={}", word, value));
  }
  return arguments;
}

}  // namespace pullsecret
