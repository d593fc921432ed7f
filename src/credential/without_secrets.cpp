#include "credential/without_secrets.h"

#include <algorithm>
#include <cstddef>
#include <unordered_set>
#include <utility>

#include "credential/base64.h"
#include "credential/percent_encoding.h"
#include "system/text.h"

namespace pullsecret {
namespace {

bool is_between_lines(char c) {
  return c == '\r' || c == '\n';
}

// What two spellings have in common is compared: without the ends of lines, in small letters, and
// with the two characters of base64 in which that for URLs differs.
std::string compared(std::string_view text) {
  std::string result = lower_case(text);
  std::erase_if(result, is_between_lines);
  std::replace(result.begin(), result.end(), '-', '+');
  std::replace(result.begin(), result.end(), '_', '/');
  return result;
}

// What base64 makes of `secret` wherever it stands in a text, as behind `USER:`: each byte before
// it moves it on, three by a whole group. The characters that it shares with its neighbours are not
// in it, and what is too short to be told from a word is left out.
std::vector<std::string> within_base64(const std::string& secret) {
  constexpr std::size_t byte = 8, character = 6, shortest = 4;
  std::vector<std::string> all;
  for (std::size_t before = 0; before < 3; ++before) {
    const std::size_t begin = (before * byte + character - 1) / character;
    const std::size_t end = (before + secret.size()) * byte / character;
    if (end < begin + shortest) continue;
    all.push_back(encode_base64(std::string(before, ' ') + secret).substr(begin, end - begin));
  }
  return all;
}

// Of a JSON Web Token: each is looked for by itself, the signature above all, if it is no word.
std::vector<std::string> parts_of(const std::string& secret) {
  constexpr std::size_t shortest = 6;
  if (std::count(secret.begin(), secret.end(), '.') != 2) return {};
  std::vector<std::string> parts = split(secret, '.');
  std::erase_if(parts, [](const std::string& part) { return part.size() < shortest; });
  return parts;
}

std::vector<std::string> spellings_of(const std::vector<std::string>& secrets) {
  std::vector<std::string> spellings;
  for (const std::string& secret : secrets) {
    for (const std::string& spelling : {secret, encode_base64(secret), percent_encoded(secret)})
      spellings.push_back(compared(spelling));
    for (const auto& parts : {parts_of(secret), within_base64(secret)})
      for (const std::string& part : parts)
        spellings.push_back(compared(part));
  }
  std::erase(spellings, "");
  return without_repeats(std::move(spellings));
}

/// Which characters of a text are a secret's.
using Covered = std::vector<bool>;

void cover(Covered& covered, std::size_t at, std::size_t size) {
  std::fill_n(covered.begin() + static_cast<std::ptrdiff_t>(at), size, true);
}

void cover_whole(Covered& covered, std::string_view text, std::string_view spelling) {
  for (std::size_t at = 0; (at = text.find(spelling, at)) != std::string_view::npos; ++at)
    cover(covered, at, spelling.size());
}

// All runs of a size, looked up at once: a token has thousands, and a text, too.
void cover_runs(Covered& covered, std::string_view text,
                const std::vector<std::string>& spellings) {
  constexpr std::size_t run = 12;
  std::unordered_set<std::string_view> runs;
  for (const std::string_view spelling : spellings)
    for (std::size_t at = 0; at + run <= spelling.size(); ++at)
      runs.insert(spelling.substr(at, run));
  for (std::size_t at = 0; at + run <= text.size(); ++at)
    if (runs.contains(text.substr(at, run))) cover(covered, at, run);
}

// Of a text that was cut, the longest beginning of `spelling` that it ends with.
void cover_beginning(Covered& covered, std::string_view text, std::string_view spelling) {
  for (std::size_t size = std::min(spelling.size(), text.size()); size > 0; --size)
    if (text.ends_with(spelling.substr(0, size))) return cover(covered, text.size() - size, size);
}

// `text` without what is covered of its characters, of which `covered` has all but the ends of
// lines.
std::string without_covered(std::string_view text, const Covered& covered) {
  std::string result;
  std::size_t i = 0;
  bool is_hidden = false;
  for (const char c : text) {
    const bool is_end = is_between_lines(c);
    // The end of a line between two parts of a secret goes with them.
    const bool hides = is_end ? is_hidden && i < covered.size() && covered[i] : covered[i];
    if (hides && !is_hidden) result += omission;
    if (!hides) result += c;
    is_hidden = hides;
    if (!is_end) ++i;
  }
  return result;
}

}  // namespace

std::string without_secrets(std::string_view text, const std::vector<std::string>& secrets) {
  if (text.empty()) return "";
  const auto spellings = spellings_of(secrets);
  const bool was_cut = text.ends_with(omission);
  if (was_cut) text.remove_suffix(omission.size());
  const std::string letters = compared(text);
  Covered covered(letters.size());
  for (const std::string& spelling : spellings) {
    cover_whole(covered, letters, spelling);
    if (was_cut) cover_beginning(covered, letters, spelling);
  }
  cover_runs(covered, letters, spellings);
  std::string result = without_covered(text, covered);
  if (was_cut && !result.ends_with(omission)) result += omission;
  return result;
}

}  // namespace pullsecret
