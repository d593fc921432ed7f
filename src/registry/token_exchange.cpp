#include "registry/token_exchange.h"

#include <algorithm>
#include <variant>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "credential/go_json_reader.h"
#include "credential/go_json_writer.h"
#include "credential/without_secrets.h"
#include "registry/origin.h"
#include "registry/refusal.h"
#include "registry/token_request.h"
#include "system/error.h"
#include "system/text.h"

namespace pullsecret {
namespace {

std::string with_token(std::string value, const std::string& token) {
  for (std::size_t at = 0; (at = value.find(token_word, at)) != std::string::npos;
       at += token.size())
    value.replace(at, token_word.size(), token);
  return value;
}

FormFields fields_of(const TokenExchange& how, const std::string& token) {
  const bool is_vendors = std::any_of(how.fields.begin(), how.fields.end(), [](const auto& field) {
    return field.second.find(token_word) != std::string::npos;
  });
  FormFields fields;
  if (!is_vendors)
    fields = {{"grant_type", "urn:ietf:params:oauth:grant-type:token-exchange"},
              {"subject_token", token},
              {"subject_token_type", "urn:ietf:params:oauth:token-type:jwt"}};
  fields.emplace_back("audience", how.audience);
  fields.emplace_back("scope", how.scope);
  for (const auto& own : how.fields) {
    std::erase_if(fields, [&](const auto& field) { return field.first == own.first; });
    fields.emplace_back(own.first, with_token(own.second, token));
  }
  return fields;
}

std::string json_of(const FormFields& fields) {
  JsonObjectWriter object;
  for (const auto& [name, value] : fields)
    if (!value.empty()) object.add_string(name, value);
  return std::move(object).as_go();
}

// RFC 6749, section 5.1, has a number; some write it as a string.
std::optional<std::chrono::seconds> lifetime_in(const std::vector<JsonMember>& answer) {
  constexpr double longest = 1e9;
  for (const JsonMember& field : answer) {
    if (!is_field(field.name, "expires_in")) continue;
    const auto text = kind_of(field.value) == JsonKind::string ? decode_string(field.value)
                                                               : std::string(field.value);
    const auto number = nlohmann::json::parse(text, nullptr, /*allow_exceptions=*/false);
    if (!number.is_number()) return std::nullopt;
    const double seconds = std::clamp(number.get<double>(), 0.0, longest);
    return std::chrono::seconds(static_cast<std::int64_t>(seconds));
  }
  return std::nullopt;
}

/// A registry as it was found: it gets nothing but the question where it is.
struct FoundRegistry {
  Origin origin;
  bool is_private = false;
};

// Nothing is told to it and nothing it says is believed, so any certificate will do.
std::optional<FoundRegistry> find_registry(const std::string& host, const HttpExchange& exchange,
                                           const RegistryAccess& access) {
  for (const std::string_view scheme : {"https", "http"}) {
    if (scheme == "http" && !is_insecure(host, access)) break;
    const std::string url = fmt::format("{}://{}/v2/", scheme, serving_host(host));
    const auto origin = origin_of(url);
    if (!origin) break;
    const HttpReply reply = exchange({{.url = url, .trust = {.anybody = true}}}).front();
    if (const auto* response = std::get_if<HttpResponse>(&reply))
      return FoundRegistry{*origin, response->is_private};
  }
  return std::nullopt;
}

// Why the token does not go to `asked`, which is at a private address or is asked over http.
std::optional<std::string> refusal_to_ask(const Origin& asked, const std::string& registry,
                                          const HttpExchange& exchange,
                                          const RegistryAccess& access) {
  const auto found = find_registry(registry, exchange, access);
  const std::string name = printable(registry);
  if (!found)
    return fmt::format(
        "it is at a private address, and nobody answers at {} who would show that the registry is, "
        "too",
        name);
  if (!found->is_private)
    return fmt::format("it is at a private address, and the registry {} is not", name);
  if (may_have_credentials(asked, found->origin)) return std::nullopt;
  if (found->origin.is_https)
    return fmt::format(
        "over http it is asked only for a registry that speaks http, too, as {} does "
        "not: name an https URL",
        name);
  return fmt::format(
      "over http it is asked only at the registry's own host: name it at {}, or an "
      "https URL",
      printable(found->origin.host));
}

bool is_private(const HttpReply& reply) {
  const auto* failure = std::get_if<HttpFailure>(&reply);
  return failure != nullptr && failure->kind == HttpFailure::Kind::address;
}

std::string refusal_in(const HttpResponse& response, const std::string& token) {
  if (response.status >= 300 && response.status < 400)
    return fmt::format("it redirects with status {}, and the token goes nowhere else",
                       response.status);
  std::string refusal = fmt::format("it refuses with status {}", response.status);
  const auto waits = headers_named(response.headers, "Retry-After");
  if (!waits.empty())
    refusal += fmt::format(", and says Retry-After: {}",
                           without_secrets(printable(waits.front(), 40), {token}));
  const std::string words = refusal_words(response, {token}).text;
  return words.empty() ? refusal : fmt::format("{}: {}", refusal, words);
}

}  // namespace

HttpRequest exchange_request(const TokenExchange& how, const std::string& token) {
  const FormFields fields = fields_of(how, token);
  HttpRequest request{.method = HttpMethod::post,
                      .url = how.url,
                      .headers = {{"Accept", "application/json"}},
                      .form = how.is_json ? json_of(fields) : form_of(fields),
                      .may_be_private = false,
                      .wants_token = true};
  if (how.is_json) request.headers.push_back({"Content-Type", "application/json"});
  return request;
}

ExchangedToken exchanged_token_in(const HttpResponse& response, const std::string& field,
                                  const std::string& token) {
  ExchangedToken exchanged;
  bool is_error = false;
  try {
    const GoJsonReader json({"", response.body}, TextBehind::refused);
    if (json.value().empty()) throw Error("", "empty");
    const auto members = json.members_of_object(json.value(), "the answer");
    exchanged = {string_field(members, field).value_or(""), lifetime_in(members)};
    is_error = string_field(members, "error").has_value();
  } catch (const Error&) {
    throw Error("", "its answer is no JSON object of at most 64 KiB");
  }
  const std::string place = printable(field, 60);
  if (exchanged.token.empty()) {
    const std::string words = is_error ? refusal_words(response, {token}).text : "";
    throw Error("", fmt::format("its answer has no token in {}{}{}", place,
                                words.empty() ? "" : ": ", words));
  }
  if (!is_header_value(exchanged.token))
    throw Error("", fmt::format("what its answer has in {} is no token: it has a blank, or another "
                                "character that none has",
                                place));
  return exchanged;
}

ExchangedToken exchange_token(const TokenExchange& how, const std::string& token,
                              const std::string& registry, const HttpExchange& exchange,
                              const RegistryAccess& access) {
  const Origin asked = origin_of(how.url).value();
  return with_place(printable(asked.authority()), [&] {
    HttpRequest request = exchange_request(how, token);
    request.trust = trust_for(asked.authority(), access);
    HttpReply reply = HttpFailure{.kind = HttpFailure::Kind::address};
    if (asked.is_https) reply = exchange({request}).front();
    if (is_private(reply)) {
      if (const auto refusal = refusal_to_ask(asked, registry, exchange, access))
        throw Error("", *refusal);
      request.may_be_private = true;
      reply = exchange({request}).front();
    }
    if (const auto* failure = std::get_if<HttpFailure>(&reply))
      throw Error("", failure->message, failure->hint);
    const auto& response = std::get<HttpResponse>(reply);
    if (!is_success(response)) throw Error("", refusal_in(response, token));
    return exchanged_token_in(response, how.answer_field, token);
  });
}

}  // namespace pullsecret
