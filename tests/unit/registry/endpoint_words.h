#pragma once

#include <string>
#include <vector>

#include <fmt/format.h>

#include "registry/endpoint.h"
#include "system/text.h"

/// `https://m.io /v2 mirror`, and what else is said of it.
inline std::string words_of(const pullsecret::Endpoint& endpoint) {
  std::string words = pullsecret::join(endpoint.urls, "|") + " " + endpoint.root;
  if (endpoint.is_mirror) words += " mirror";
  if (!endpoint.can_pull) words += " no-pull";
  if (!endpoint.can_resolve) words += " no-resolve";
  if (endpoint.trust.anybody) words += " anybody";
  for (const auto& file : endpoint.trust.authorities)
    words += " ca=" + file.string();
  if (endpoint.trust.client_certificate)
    words += fmt::format(" client={},{}", endpoint.trust.client_certificate->string(),
                         endpoint.trust.client_key->string());
  for (const auto& [name, value] : endpoint.headers)
    words += fmt::format(" {}={}", name, value);
  if (endpoint.dial_timeout) words += fmt::format(" {}ms", endpoint.dial_timeout->count());
  for (const auto& [pattern, replacement] : endpoint.rewrites)
    words += fmt::format(" {}->{}", pattern, replacement);
  if (endpoint.credential)
    words += fmt::format(" {}:{}{}", endpoint.credential->username, endpoint.credential->password,
                         endpoint.credential->identity_token);
  return words;
}

/// The same of all, in their order.
inline std::vector<std::string> words_of(const pullsecret::RegistryEndpoints& found) {
  std::vector<std::string> words;
  words.reserve(found.endpoints.size());
  for (const pullsecret::Endpoint& endpoint : found.endpoints)
    words.push_back(words_of(endpoint));
  return words;
}

inline std::vector<std::string> messages_of(const std::vector<pullsecret::Remark>& remarks) {
  std::vector<std::string> messages;
  messages.reserve(remarks.size());
  for (const pullsecret::Remark& remark : remarks)
    messages.push_back(remark.message);
  return messages;
}
