#include "credential/go_duration.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

#include <fmt/format.h>

namespace pullsecret {
namespace {

using std::chrono::nanoseconds;

struct Unit {
  std::string_view name;
  std::uint64_t nanoseconds;
};

constexpr std::array units{
    Unit{"ns", 1},
    Unit{"us", 1'000},
    Unit{"µs", 1'000},  // micro sign
    Unit{"μs", 1'000},  // Greek mu
    Unit{"ms", 1'000'000},
    Unit{"s", 1'000'000'000},
    Unit{"m", 60'000'000'000},
    Unit{"h", 3'600'000'000'000},
    Unit{"d", 86'400'000'000'000},  // not Go's
};

// Go counts in an unsigned integer first, for the one negative span that has no positive twin.
constexpr std::uint64_t most = std::uint64_t{1} << 63U;

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

// Cuts the digits off the front of `text`.
std::string_view take_digits(std::string_view& text) {
  const auto* const end = std::find_if_not(text.begin(), text.end(), is_digit);
  const std::string_view digits = text.substr(0, static_cast<std::size_t>(end - text.begin()));
  text.remove_prefix(digits.size());
  return digits;
}

// `number` with one more digit at its end; nothing if that is too much.
std::optional<std::uint64_t> with_digit(std::uint64_t number, char digit) {
  const auto value = static_cast<std::uint64_t>(digit - '0');
  if (number > (most - value) / 10) return std::nullopt;
  return number * 10 + value;
}

std::optional<std::uint64_t> whole_number(std::string_view digits) {
  std::optional<std::uint64_t> number = 0;
  for (std::size_t i = 0; number && i < digits.size(); ++i)
    number = with_digit(*number, digits[i]);
  return number;
}

// What stands behind the point, as a part of `unit`. Digits that are too many count no more.
std::uint64_t fraction_of(std::string_view digits, std::uint64_t unit) {
  std::uint64_t number = 0;
  double scale = 1;
  for (const char digit : digits) {
    const auto longer = with_digit(number, digit);
    if (!longer) break;
    number = *longer;
    scale *= 10;
  }
  return static_cast<std::uint64_t>(static_cast<double>(number) *
                                    (static_cast<double>(unit) / scale));
}

std::optional<std::uint64_t> take_unit(std::string_view& text) {
  const auto* const end =
      std::find_if(text.begin(), text.end(), [](char c) { return c == '.' || is_digit(c); });
  const std::string_view name = text.substr(0, static_cast<std::size_t>(end - text.begin()));
  const auto* const unit = std::find_if(units.begin(), units.end(),
                                        [&](const Unit& known) { return known.name == name; });
  if (unit == units.end()) return std::nullopt;
  text.remove_prefix(name.size());
  return unit->nanoseconds;
}

// Cuts a number with its unit off the front of `text`.
std::optional<std::uint64_t> take_part(std::string_view& text) {
  const std::string_view digits = take_digits(text);
  std::string_view fraction;
  if (text.starts_with('.')) {
    text.remove_prefix(1);
    fraction = take_digits(text);
  }
  if (digits.empty() && fraction.empty()) return std::nullopt;
  const auto number = whole_number(digits);
  const auto unit = take_unit(text);
  if (!number || !unit || *number > most / *unit) return std::nullopt;
  return *number * *unit + fraction_of(fraction, *unit);
}

// The amount without its sign.
std::optional<std::uint64_t> amount_of(std::string_view text) {
  if (text == "0") return 0;
  if (text.empty()) return std::nullopt;
  std::uint64_t sum = 0;
  while (!text.empty()) {
    const auto part = take_part(text);
    if (!part || *part > most - sum) return std::nullopt;
    sum += *part;
  }
  return sum;
}

// `value / unit` without zeros at the end: 1.5.
std::string decimal(std::uint64_t value, std::uint64_t unit) {
  std::string text = fmt::format("{}", value / unit);
  if (const std::uint64_t rest = value % unit; rest != 0) {
    const std::string digits = fmt::format("{}", unit + rest);  // keeps the zeros at the front
    text += '.' + digits.substr(1, digits.find_last_not_of('0'));
  }
  return text;
}

std::string amount_in_words(std::uint64_t amount) {
  constexpr std::uint64_t microsecond = 1'000, millisecond = 1'000'000, second = 1'000'000'000,
                          minute = 60 * second, hour = 60 * minute;
  if (amount == 0) return "0s";
  if (amount < microsecond) return fmt::format("{}ns", amount);
  if (amount < millisecond) return decimal(amount, microsecond) + "µs";
  if (amount < second) return decimal(amount, millisecond) + "ms";
  std::string seconds = decimal(amount % minute, second) + "s";
  if (amount < minute) return seconds;
  const std::string minutes = fmt::format("{}m{}", amount % hour / minute, seconds);
  return amount < hour ? minutes : fmt::format("{}h{}", amount / hour, minutes);
}

}  // namespace

std::optional<nanoseconds> parse_go_duration(std::string_view text) {
  if (text.find('d') != std::string_view::npos) return std::nullopt;
  return parse_duration(text);
}

std::optional<nanoseconds> parse_duration(std::string_view text) {
  const bool is_negative = text.starts_with('-');
  if (is_negative || text.starts_with('+')) text.remove_prefix(1);
  const auto amount = amount_of(text);
  if (!amount || (*amount == most && !is_negative)) return std::nullopt;
  // Negated without a sign, since the smallest span is no positive number.
  return nanoseconds(static_cast<std::int64_t>(is_negative ? 0 - *amount : *amount));
}

std::string go_duration(nanoseconds duration) {
  const auto count = static_cast<std::uint64_t>(duration.count());
  return duration.count() < 0 ? '-' + amount_in_words(0 - count) : amount_in_words(count);
}

std::string short_go_duration(std::chrono::nanoseconds duration) {
  std::string text = go_duration(duration);
  for (const std::string_view zero : {"m0s", "h0m"})
    if (text.ends_with(zero)) text.erase(text.size() - 2);
  return text;
}

}  // namespace pullsecret
