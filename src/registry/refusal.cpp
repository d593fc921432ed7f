#include "registry/refusal.h"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string_view>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "credential/base64.h"
#include "credential/go_json_reader.h"
#include "credential/percent_encoding.h"
#include "registry/origin.h"
#include "system/error.h"
#include "system/text.h"

namespace pullsecret {
namespace {

constexpr std::size_t longest_text = 300, most_errors = 5;

using Members = std::vector<JsonMember>;

void add_text(std::vector<std::string>& texts, const std::optional<std::string>& text) {
  if (text && !trim(*text).empty()) texts.emplace_back(trim(*text));
}

void read_error(std::string_view error, RefusalWords& words, std::vector<std::string>& texts) {
  if (kind_of(error) != JsonKind::object) return;
  const Members members = members_of(error);
  if (const auto code = string_field(members, "code"); code && !code->empty())
    words.codes.push_back(*code);
  add_text(texts, string_field(members, "message"));
  add_text(texts, string_field(members, "detail"));
}

void read_object(const Members& members, RefusalWords& words, std::vector<std::string>& texts) {
  for (const JsonMember& member : members) {
    if (!is_field(member.name, "errors") || kind_of(member.value) != JsonKind::array) continue;
    const auto errors = elements_of(member.value);
    for (std::size_t i = 0; i < std::min(errors.size(), most_errors); ++i)
      read_error(errors[i], words, texts);
  }
  if (!texts.empty()) return;
  for (const std::string_view field :
       {"error_description", "error", "message", "details", "detail"})
    add_text(texts, string_field(members, field));
}

// Codes, where there is no text beside them.
std::vector<std::string> texts_in(const HttpResponse& response, RefusalWords& words) {
  std::vector<std::string> texts;
  if (is_web_page(response)) return texts;
  const std::string_view body = trim(response.body);
  if (!body.starts_with('{')) {
    add_text(texts, std::string(body.substr(0, body.find_first_of("\r\n"))));
    return texts;
  }
  try {
    const GoJsonReader json({"", response.body}, TextBehind::ignored);
    read_object(json.members_of_object(json.value(), "the answer"), words, texts);
  } catch (const Error&) {
    return texts;  // half a body, or none of JSON
  }
  return texts.empty() ? words.codes : texts;
}

constexpr std::string_view hidden = "…";

void hide(std::string& text, std::string_view part) {
  if (part.empty()) return;
  for (std::size_t at = 0; (at = text.find(part, at)) != std::string::npos; at += hidden.size())
    text.replace(at, part.size(), hidden);
}

// Of a text that was cut, the longest beginning of `secret` that it ends with.
void hide_beginning(std::string& text, std::string_view secret) {
  for (std::size_t size = std::min(secret.size(), text.size()); size > 0; --size)
    if (text.ends_with(secret.substr(0, size))) return text.resize(text.size() - size);
}

// The longest first: of one that holds another, nothing is to be left. In a URL's host there are
// no capitals.
std::vector<std::string> spellings_of(const std::vector<std::string>& secrets) {
  std::vector<std::string> spellings;
  for (const std::string& secret : secrets)
    for (const std::string& spelling : {secret, encode_base64(secret), percent_encoded(secret)}) {
      spellings.push_back(spelling);
      spellings.push_back(lower_case(spelling));
    }
  std::sort(spellings.begin(), spellings.end(),
            [](const auto& a, const auto& b) { return a.size() > b.size(); });
  return without_repeats(std::move(spellings));
}

// What was cut ends with the sign of it, for people and for without_secrets().
std::string cut(std::string_view text, std::size_t size) {
  return text.size() <= size ? std::string(text)
                             : fmt::format("{}{}", text.substr(0, size), hidden);
}

std::string errors_json(const RefusalWords& words, const std::vector<std::string>& texts,
                        std::size_t longest) {
  nlohmann::json errors = nlohmann::json::array();
  const auto part = [&](const std::vector<std::string>& all, std::size_t i) {
    return i < all.size() ? cut(all[i], longest) : "";
  };
  for (std::size_t i = 0; i < most_errors; ++i)
    errors.push_back({{"code", part(words.codes, i)},
                      {"message", part(texts, 2 * i)},
                      {"detail", part(texts, 2 * i + 1)}});
  return nlohmann::json{{"errors", std::move(errors)}}.dump(
      -1, ' ', false, nlohmann::json::error_handler_t::replace);
}

}  // namespace

std::string condensed_body(const HttpResponse& response) {
  if (response.body.size() <= max_kept_body) return response.body;
  RefusalWords words;
  const std::vector<std::string> texts = texts_in(response, words);
  if (words.codes.empty() && texts.empty()) return cut(trim(response.body), max_kept_body / 2);
  for (std::size_t longest = max_kept_body / 4;; longest /= 2) {
    std::string body = errors_json(words, texts, longest);
    if (body.size() <= max_kept_body) return body;
  }
}

std::string without_secrets(std::string text, const std::vector<std::string>& secrets) {
  const auto spellings = spellings_of(secrets);
  for (const std::string& spelling : spellings)
    hide(text, spelling);
  if (!text.ends_with(hidden)) return text;
  text.resize(text.size() - hidden.size());
  for (const std::string& spelling : spellings)
    hide_beginning(text, spelling);
  return text + std::string(hidden);
}

RefusalWords refusal_words(const HttpResponse& response, const std::vector<std::string>& secrets) {
  RefusalWords words;
  std::vector<std::string> texts;
  for (std::string& text : without_repeats(texts_in(response, words)))
    texts.push_back(without_secrets(std::move(text), secrets));
  words.text = printable(join(texts, ": "), longest_text);
  return words;
}

}  // namespace pullsecret
