#include "registry/challenge.h"

#include <algorithm>
#include <cstddef>
#include <map>
#include <optional>
#include <string_view>
#include <utility>

#include "system/text.h"

namespace pullsecret {
namespace {

constexpr std::size_t most_headers = 16, longest_header = 8UL * 1024;

constexpr std::string_view token_characters =
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789!#$%&'*+-.^_`|~";

void skip(std::string_view& text, std::string_view characters) {
  text.remove_prefix(std::min(text.find_first_not_of(characters), text.size()));
}

std::string take_word(std::string_view& text) {
  const std::size_t end = std::min(text.find_first_not_of(token_characters), text.size());
  std::string word(text.substr(0, end));
  text.remove_prefix(end);
  return word;
}

// Nothing in it, and nothing behind it, if it does not end.
std::string take_quoted(std::string_view& text) {
  std::string value;
  for (std::size_t at = 1; at < text.size(); ++at) {
    if (text[at] == '"') {
      text.remove_prefix(at + 1);
      return value;
    }
    if (text[at] == '\\' && ++at == text.size()) break;
    value += text[at];
  }
  text = {};
  return {};
}

/// The first challenge of a header.
struct RawChallenge {
  std::string scheme;                                  // in lower case
  std::map<std::string, std::string> parameters = {};  // by name in lower case
  std::string_view rest = {};                          // what the header has behind it
};

RawChallenge read_challenge(std::string_view header) {
  RawChallenge raw{.scheme = lower_case(take_word(header))};
  while (!raw.scheme.empty()) {
    skip(header, " \t");
    raw.rest = header;
    const std::string name = lower_case(take_word(header));
    if (name.empty() || !header.starts_with('=')) break;
    header.remove_prefix(1);
    raw.parameters[name] = header.starts_with('"') ? take_quoted(header) : take_word(header);
    skip(header, " \t");
    raw.rest = header;
    if (!header.starts_with(',')) break;
    header.remove_prefix(1);
  }
  return raw;
}

std::optional<Challenge> challenge_of(RawChallenge raw) {
  if (raw.scheme == "basic") return Challenge{.scheme = Challenge::Scheme::basic};
  if (raw.scheme != "bearer") return std::nullopt;
  std::vector<std::string> scopes = split(raw.parameters["scope"], ' ');
  std::erase(scopes, "");
  return Challenge{.scheme = Challenge::Scheme::bearer,
                   .realm = std::move(raw.parameters["realm"]),
                   .service = std::move(raw.parameters["service"]),
                   .scopes = std::move(scopes)};
}

std::vector<RawChallenge> raw_challenges(const std::vector<std::string>& headers) {
  std::vector<RawChallenge> raw;
  for (std::size_t i = 0; i < std::min(headers.size(), most_headers); ++i)
    raw.push_back(read_challenge(std::string_view(headers[i]).substr(0, longest_header)));
  return raw;
}

std::vector<Challenge> all_challenges(const HttpResponse& response) {
  const auto headers = headers_named(response.headers, "WWW-Authenticate");
  std::vector<Challenge> challenges;
  for (RawChallenge& raw : raw_challenges(headers))
    if (auto challenge = challenge_of(std::move(raw))) challenges.push_back(*std::move(challenge));
  std::stable_partition(challenges.begin(), challenges.end(), [](const Challenge& challenge) {
    return challenge.scheme == Challenge::Scheme::bearer;
  });
  return challenges;
}

}  // namespace

std::vector<Challenge> challenges_of(const HttpResponse& response) {
  return response.is_from_elsewhere ? std::vector<Challenge>() : all_challenges(response);
}

std::vector<Challenge> challenges_from_elsewhere(const HttpResponse& response) {
  return response.is_from_elsewhere ? all_challenges(response) : std::vector<Challenge>();
}

bool has_unread_challenge(const HttpResponse& response) {
  const auto headers = headers_named(response.headers, "WWW-Authenticate");
  const auto raw = raw_challenges(headers);
  return std::any_of(raw.begin(), raw.end(), [](const RawChallenge& one) {
    std::string_view rest = one.rest;
    skip(rest, " \t,");
    return is_one_of(lower_case(take_word(rest)), {"basic", "bearer"});
  });
}

}  // namespace pullsecret
