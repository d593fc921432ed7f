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

/// Reads one header from its start. A `scheme` ends where the next one begins: a word that has no
/// `=` behind it.
class ChallengeReader {
 public:
  explicit ChallengeReader(std::string_view header) : rest_(header) {}

  struct Raw {
    std::string scheme;                             // in lower case
    std::map<std::string, std::string> parameters;  // by name in lower case
  };

  std::vector<Raw> read() {
    std::vector<Raw> challenges;
    std::optional<Raw> current;
    while (true) {
      skip(" \t,");
      const std::string word = take_word();
      if (word.empty()) break;
      skip(" \t");
      if (!rest_.starts_with('=')) {
        if (current) challenges.push_back(*std::move(current));
        current = Raw{.scheme = lower_case(word), .parameters = {}};
      } else if (current) {
        rest_.remove_prefix(1);
        skip(" \t");
        current->parameters.emplace(lower_case(word), take_value());
      } else {
        break;
      }
    }
    if (current) challenges.push_back(*std::move(current));
    return challenges;
  }

 private:
  void skip(std::string_view characters) {
    rest_.remove_prefix(std::min(rest_.find_first_not_of(characters), rest_.size()));
  }

  std::string take_word() {
    const std::size_t end = std::min(rest_.find_first_not_of(token_characters), rest_.size());
    std::string word(rest_.substr(0, end));
    rest_.remove_prefix(end);
    return word;
  }

  std::string take_value() { return rest_.starts_with('"') ? take_quoted() : take_word(); }

  std::string take_quoted() {
    std::string text;
    std::size_t at = 1;
    for (; at < rest_.size() && rest_[at] != '"'; ++at) {
      if (rest_[at] == '\\' && at + 1 < rest_.size()) ++at;
      text += rest_[at];
    }
    rest_.remove_prefix(std::min(at + 1, rest_.size()));
    return text;
  }

  std::string_view rest_;
};

std::optional<Challenge> challenge_of(ChallengeReader::Raw raw) {
  if (raw.scheme == "basic") return Challenge{.scheme = Challenge::Scheme::basic};
  if (raw.scheme != "bearer" || raw.parameters["realm"].empty()) return std::nullopt;
  return Challenge{.scheme = Challenge::Scheme::bearer,
                   .realm = std::move(raw.parameters["realm"]),
                   .service = std::move(raw.parameters["service"]),
                   .scope = std::move(raw.parameters["scope"])};
}

}  // namespace

std::vector<Challenge> challenges_of(const HttpResponse& response) {
  std::vector<std::string> headers = headers_named(response.headers, "WWW-Authenticate");
  headers.resize(std::min(headers.size(), most_headers));
  std::vector<Challenge> challenges;
  for (const std::string& header : headers)
    for (auto& raw : ChallengeReader(std::string_view(header).substr(0, longest_header)).read())
      if (auto challenge = challenge_of(std::move(raw)))
        challenges.push_back(*std::move(challenge));
  std::stable_partition(challenges.begin(), challenges.end(), [](const Challenge& challenge) {
    return challenge.scheme == Challenge::Scheme::bearer;
  });
  return challenges;
}

}  // namespace pullsecret
