#include "registry/token_request.h"

#include <algorithm>

#include <fmt/format.h>

#include "credential/basic_auth.h"
#include "credential/go_json_reader.h"
#include "credential/percent_encoding.h"
#include "system/error.h"
#include "system/text.h"

namespace pullsecret {
namespace {

constexpr std::string_view client_id = "pullsecret";

}  // namespace

std::string form_of(const FormFields& fields) {
  std::vector<std::string> pairs;
  for (const auto& [name, value] : fields)
    if (!value.empty())
      pairs.push_back(fmt::format("{}={}", percent_encoded(name), percent_encoded(value)));
  return join(pairs, "&");
}

bool may_have_credentials(const Origin& server, const Origin& registry) {
  return server.is_https || (!registry.is_https && server.host == registry.host);
}

std::optional<std::string> refusal_of_realm(const std::string& realm,
                                            const std::string& registry_url) {
  if (realm.empty())
    return "its Bearer challenge, which containerd takes before any other, says not where a token "
           "is to be had";
  const auto token_server = origin_of(realm), registry = origin_of(registry_url);
  if (!token_server || !registry)
    return fmt::format("it sends for a token to what is no URL to ask: {}", printable(realm, 200));
  if (may_have_credentials(*token_server, *registry)) return std::nullopt;
  return fmt::format(
      "it sends for a token to {} over http, where everybody could read the credential",
      printable(token_server->host));
}

HttpRequest posted_token_request(const Challenge& challenge, const std::vector<std::string>& scopes,
                                 const Credential& credential) {
  return {.method = HttpMethod::post,
          .url = challenge.realm,
          .form = form_of({{"grant_type", "password"},
                           {"service", challenge.service},
                           {"client_id", std::string(client_id)},
                           {"scope", join(scopes, " ")},
                           {"username", credential.username},
                           {"password", credential.password}}),
          .wants_token = true};
}

HttpRequest queried_token_request(const Challenge& challenge,
                                  const std::vector<std::string>& scopes,
                                  const std::optional<Credential>& credential) {
  FormFields parameters{{"service", challenge.service}};
  for (const std::string& scope : scopes)
    parameters.emplace_back("scope", scope);
  const std::string query = form_of(parameters);
  const char separator = challenge.realm.find('?') == std::string::npos ? '?' : '&';
  HttpRequest request{.url = query.empty()
                                 ? challenge.realm
                                 : fmt::format("{}{}{}", challenge.realm, separator, query),
                      .wants_token = true};
  if (credential) request.authorization = basic_authorization(*credential);
  return request;
}

bool knows_no_form(const HttpResponse& response) {
  return (response.status >= 300 && response.status < 400) || response.status == 400 ||
         response.status == 401 || response.status == 404 || response.status == 405;
}

std::optional<std::string> token_in(const HttpResponse& response, bool is_of_form) {
  try {
    const GoJsonReader json({"", response.body}, TextBehind::ignored);
    if (json.value().empty()) return std::nullopt;
    const auto members = json.members_of_object(json.value(), "the answer");
    for (const std::string_view field : {"access_token", "token"}) {
      if (is_of_form && field == "token") continue;
      auto token = string_field(members, field);
      if (token && is_header_value(*token)) return token;
    }
    return std::nullopt;
  } catch (const Error&) {
    return std::nullopt;
  }
}

bool is_header_value(std::string_view token) {
  const auto is_printable = [](char c) { return c > ' ' && c < '\x7F'; };
  return !token.empty() && std::all_of(token.begin(), token.end(), is_printable);
}

bool is_success(const HttpResponse& response) {
  return response.status >= 200 && response.status < 300;
}

std::string basic_authorization(const Credential& credential) {
  return "Basic " + encode_auth(credential.username, credential.password);
}

}  // namespace pullsecret
