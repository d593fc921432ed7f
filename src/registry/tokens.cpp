#include "registry/tokens.h"

#include <cstddef>
#include <utility>

#include "registry/follow_redirects.h"
#include "registry/origin.h"
#include "registry/token_request.h"
#include "system/error.h"
#include "system/text.h"

namespace pullsecret {
namespace {

HttpRequest request_for(const TokenWish& wish, bool by_form, const RegistryAccess& access) {
  HttpRequest request = by_form
                            ? posted_token_request(wish.challenge, wish.scopes, *wish.credential)
                            : queried_token_request(wish.challenge, wish.scopes, wish.credential);
  if (wish.endpoint != nullptr)
    set_endpoint(request, *wish.endpoint);
  else
    request.trust = trust_for(origin_of(wish.challenge.realm)->authority(), access);
  request.may_be_private = wish.may_be_private;
  return request;
}

TokenAnswer answer_in(HttpReply reply, bool by_form) {
  const auto* response = std::get_if<HttpResponse>(&reply);
  if (response == nullptr || !is_success(*response)) return reply;
  if (auto token = token_in(*response, by_form)) return *std::move(token);
  HttpFailure failure{HttpFailure::Kind::response, "its token server gives no token"};
  if (by_form && token_in(*response, false))
    failure.message += " as access_token, where alone containerd looks for it; CRI-O sends no form";
  return HttpReply(std::move(failure));
}

bool is_for_query(const HttpReply& reply) {
  const auto* response = std::get_if<HttpResponse>(&reply);
  return response != nullptr && knows_no_form(*response);
}

}  // namespace

Tokens::Tokens(HttpExchange exchange, RegistryAccess access)
    : exchange_(std::move(exchange)), access_(std::move(access)) {}

Tokens::Key Tokens::key_of(const TokenWish& wish) {
  const Credential credential = wish.credential.value_or(Credential());
  return {wish.registry_url,      wish.challenge.realm, wish.challenge.service,
          join(wish.scopes, " "), credential.username,  credential.password};
}

// What the form does not give is asked for by query.
void Tokens::ask(const std::vector<const TokenWish*>& wishes, bool by_form) {
  std::vector<const TokenWish*> asked, left;
  std::vector<HttpRequest> requests;
  for (const TokenWish* wish : wishes)
    try {
      requests.push_back(request_for(*wish, by_form, access_));
      asked.push_back(wish);
    } catch (const Error& error) {
      known_[key_of(*wish)] = HttpReply(file_failure(error));
    }
  std::vector<HttpReply> replies = follow_redirects(std::move(requests), exchange_, access_);
  for (std::size_t i = 0; i < asked.size(); ++i)
    if (by_form && is_for_query(replies[i]))
      left.push_back(asked[i]);
    else
      known_[key_of(*asked[i])] = answer_in(std::move(replies[i]), by_form);
  if (!left.empty()) ask(left, false);
}

std::vector<TokenAnswer> Tokens::get(const std::vector<TokenWish>& wishes) {
  std::vector<const TokenWish*> with_credential, without;
  for (const TokenWish& wish : wishes) {
    const auto refusal = refusal_of_realm(wish.challenge.realm, wish.registry_url);
    const bool is_new = known_.emplace(key_of(wish), HttpReply()).second;
    if (refusal)
      known_[key_of(wish)] = HttpReply(HttpFailure{HttpFailure::Kind::response, *refusal});
    else if (is_new)
      (wish.credential ? with_credential : without).push_back(&wish);
  }
  if (!with_credential.empty()) ask(with_credential, true);
  if (!without.empty()) ask(without, false);
  std::vector<TokenAnswer> answers;
  answers.reserve(wishes.size());
  for (const TokenWish& wish : wishes)
    answers.push_back(known_.at(key_of(wish)));
  return answers;
}

}  // namespace pullsecret
