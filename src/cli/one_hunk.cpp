#include <algorithm>
#include <cstddef>

#include <fmt/format.h>

#include "cli/hunks.h"

namespace pullsecret {
namespace {

constexpr std::size_t context = 3;

// As a hunk's first line names the `count` lines of a text behind its first `skipped` ones.
std::string range(std::size_t skipped, std::size_t count) {
  return fmt::format("{},{}", count == 0 ? skipped : skipped + 1, count);
}

}  // namespace

std::string hunks(const std::vector<std::string>& before, const std::vector<std::string>& after) {
  const std::size_t shorter = std::min(before.size(), after.size());
  std::size_t head = 0, tail = 0;  // lines that are the same in both
  while (head < shorter && before[head] == after[head])
    ++head;
  while (tail < shorter - head && before.rbegin()[static_cast<std::ptrdiff_t>(tail)] ==
                                      after.rbegin()[static_cast<std::ptrdiff_t>(tail)])
    ++tail;
  if (head == before.size() && head == after.size()) return {};

  const std::size_t first = head - std::min(head, context), beyond = tail - std::min(tail, context);
  std::string hunk = fmt::format("@@ -{} +{} @@\n", range(first, before.size() - beyond - first),
                                 range(first, after.size() - beyond - first));
  const auto add = [&](char mark, const auto& lines, std::size_t begin, std::size_t end) {
    for (std::size_t line = begin; line < end; ++line)
      hunk += mark + lines[line] + '\n';
  };
  add(' ', before, first, head);
  add('-', before, head, before.size() - tail);
  add('+', after, head, after.size() - tail);
  add(' ', before, before.size() - tail, before.size() - beyond);
  return hunk;
}

}  // namespace pullsecret
