#include "registry/refusal.h"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string_view>

#include "credential/base64.h"
#include "credential/go_json_reader.h"
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

void replace_all(std::string& text, std::string_view part) {
  constexpr std::string_view hidden = "…";
  if (part.empty()) return;
  for (std::size_t at = 0; (at = text.find(part, at)) != std::string::npos; at += hidden.size())
    text.replace(at, part.size(), hidden);
}

// The longest first: of one that holds another, nothing is to be left.
std::vector<std::string> spellings_of(const std::vector<std::string>& secrets) {
  std::vector<std::string> spellings;
  for (const std::string& secret : secrets)
    for (const std::string& spelling : {secret, encode_base64(secret), percent_encoded(secret)})
      spellings.push_back(spelling);
  std::sort(spellings.begin(), spellings.end(),
            [](const auto& a, const auto& b) { return a.size() > b.size(); });
  return spellings;
}

}  // namespace

RefusalWords refusal_words(const HttpResponse& response, const std::vector<std::string>& secrets) {
  RefusalWords words;
  std::string text = join(without_repeats(texts_in(response, words)), ": ");
  for (const std::string& spelling : spellings_of(secrets))
    replace_all(text, spelling);
  words.text = printable(text, longest_text);
  return words;
}

}  // namespace pullsecret
