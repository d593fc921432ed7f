#include "operations/provide_token.h"

#include <algorithm>
#include <cstddef>
#include <map>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "credential/credential.h"
#include "credential/jwt.h"
#include "credential/url_pattern.h"
#include "kubernetes/match_images.h"
#include "kubernetes/provider_answer.h"
#include "system/error.h"
#include "system/text.h"

namespace pullsecret {
namespace {

bool is_letter_or_digit(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

// What the service account says under `key`, else `otherwise`.
std::string annotated(const ProviderRequest& request, const std::optional<std::string>& key,
                      std::string_view what, const std::string& otherwise,
                      void (*check)(const std::string&), Notices& notices) {
  if (!key) return otherwise;
  const std::string place = fmt::format("serviceAccountAnnotations.{}", printable(*key, 100));
  const auto found = request.service_account_annotations.find(*key);
  if (found != request.service_account_annotations.end()) {
    with_place(place, [&] { check(found->second); });
    return found->second;
  }
  notices.push_back(
      {Severity::note,
       {place, otherwise.empty()
                   ? fmt::format("it is not there, and there is no other {}", what)
                   : fmt::format("it is not there: the {} is that of --{}", what, what)}});
  return otherwise;
}

void check_audience(const JwtClaims& claims, const std::string& audience) {
  const std::vector<std::string>& all = claims.audiences;
  if (all.size() == 1 && all.front() == audience) return;
  std::vector<std::string> names;
  names.reserve(all.size());
  for (const std::string& one : all)
    names.push_back(printable(one, 100));
  throw Error("serviceAccountToken",
              fmt::format("it is for {}, not for {} alone",
                          names.empty() ? "no audience" : join(names, ", "), printable(audience)));
}

void check_token(const std::string& token, const TokenUse& use, Time now) {
  if (token.empty())
    throw Error("",
                "the request has no serviceAccountToken: in the kubelet's config "
                "tokenAttributes.serviceAccountTokenAudience asks for one, and "
                "requireServiceAccount: true keeps away the Pods that have none");
  const auto claims = jwt_claims(token);
  if (claims && claims->end && *claims->end <= now)
    throw Error("serviceAccountToken",
                fmt::format("it has {}", time_left_in_words(*claims->end, now)));
  if (use.audience && !claims)
    throw Error("serviceAccountToken",
                "it is no JSON Web Token, with at most 64 KiB of claims, which would say for which "
                "audience it is");
  if (use.audience && !claims->fault.empty()) throw Error("serviceAccountToken", claims->fault);
  if (use.audience) check_audience(*claims, *use.audience);
}

// The kubelet's spelling of what the credential is for, of which `pattern` has the path.
std::string key_for(const Image& image, const std::string& pattern) {
  const auto url = parse_url(pattern);
  return image.registry_host + (url ? url->path : "");
}

}  // namespace

void check_token_username(const std::string& name) {
  constexpr std::size_t longest = 255;
  constexpr std::string_view others = "._-+@$/~";
  const bool is_one = std::all_of(name.begin(), name.end(), [&](char c) {
    return is_letter_or_digit(c) || others.find(c) != std::string_view::npos;
  });
  if (!is_one || name.empty() || name.size() > longest)
    throw Error("", fmt::format("a username is 1 to {} letters, digits and {}", longest, others));
}

void check_token_audience(const std::string& audience) {
  if (audience.empty() || !is_utf8(audience) || has_control_character(audience) ||
      trim_unseen(audience) != audience)
    throw Error("",
                "an audience is text without control characters, and without a blank at its ends: "
                "no registry wants another");
}

void check_token_scope(const std::string& scope) {
  constexpr std::size_t longest = 1024;
  const bool is_one = std::all_of(scope.begin(), scope.end(), [](char c) {
    return c >= ' ' && c <= '~' && c != '"' && c != '\\';
  });
  if (!is_one || scope.empty() || scope.size() > longest)
    throw Error("",
                fmt::format("a scope is 1 to {} characters of ASCII, without \" and \\", longest));
}

std::optional<std::string> pattern_for(const TokenUse& use, const Image& image) {
  if (use.patterns.empty()) return "";
  std::optional<std::string> found;
  std::size_t shortest = 0;
  for (const std::string& pattern : use.patterns) {
    if (!asks_for(pattern, image)) continue;
    const std::size_t path = parse_url(pattern)->path.size();
    if (found && path >= shortest) continue;
    found = pattern;
    shortest = path;
  }
  return found;
}

WithNotices<ProviderResponse> no_token_answer(const ProviderRequest& request, const TokenUse& use) {
  return {provider_answer(request, {}, use.patterns, {}),
          {{Severity::note,
            {printable(request.image.repository), "no --match names it, and it gets no token"}}}};
}

WithNotices<ProviderResponse> provide_token(const ProviderRequest& request, const TokenUse& use,
                                            const HttpExchange& network,
                                            const RegistryAccess& access, Time now) {
  check_token(request.service_account_token, use, now);
  Notices notices;
  const std::string username = annotated(request, use.username_annotation, "username", use.username,
                                         check_token_username, notices);
  if (username.empty()) throw Error(notices.back().text);
  Credential login{.username = username, .password = request.service_account_token};
  std::optional<Time> end;
  if (use.exchange) {
    TokenExchange how = *use.exchange;
    how.scope =
        annotated(request, use.scope_annotation, "scope", how.scope, check_token_scope, notices);
    const ExchangedToken exchanged =
        exchange_token(how, login.password, request.image.registry_host, network, access);
    login.password = exchanged.token;
    if (exchanged.lifetime) end = now + *exchanged.lifetime;
  }
  const std::string key = key_for(request.image, pattern_for(use, request.image).value_or(""));
  ProviderResponse response = provider_answer(request, {{key, login}}, {key}, now);
  if (response.auth.empty())
    throw Error(printable(request.image.registry_host),
                "the kubelet takes no login for it");  // the address of an IPv6 host without a port
  if (end) {
    const auto kept = time_to_keep(*end, now);
    response.cache_duration =
        std::min<std::chrono::nanoseconds>(kept, response.cache_duration.value_or(kept));
  }
  return {std::move(response), std::move(notices)};
}

}  // namespace pullsecret
