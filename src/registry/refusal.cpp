#include "registry/refusal.h"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string_view>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "credential/go_json_reader.h"
#include "credential/without_secrets.h"
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

// What was cut ends with the sign of it, for people and for without_secrets().
std::string cut(std::string_view text, std::size_t size) {
  return text.size() <= size ? std::string(text)
                             : fmt::format("{}{}", text.substr(0, size), omission);
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

RefusalWords refusal_words(const HttpResponse& response, const std::vector<std::string>& secrets) {
  RefusalWords words;
  std::vector<std::string> texts;
  for (const std::string& text : without_repeats(texts_in(response, words)))
    texts.push_back(without_secrets(text, secrets));
  words.text = printable(join(texts, ": "), longest_text);
  return words;
}

}  // namespace pullsecret
