#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "system/error.h"

namespace pullsecret {

// Whether a text is JSON (RFC 8259), and where in it and why not. Not by a library: none says the
// place of a slip to a person, and takes what Go takes, such as bytes in a string that are no UTF-8
// and a number of any size.

/// What may stand between the tokens of a JSON text.
constexpr std::string_view json_white_space = " \t\r\n";

/// A JSON text with the name of the file it came from.
struct JsonText {
  std::string file;  ///< for error messages; empty: they have no place
  std::string text;  ///< need not be UTF-8
};

/// Lines and columns of a text, both from 1, columns in characters.
class LineCounter {
 public:
  struct Position {
    std::size_t line = 1;
    std::size_t column = 1;
  };

  /// The position of the byte at `offset`. Counts on from the last one asked for if that lies
  /// before it, so that asking for many in their order reads the text once.
  Position position_of(std::string_view text, std::size_t offset);

 private:
  std::size_t counted_ = 0;  ///< bytes of the text
  Position position_;        ///< of the byte there
};

/// The Error about the byte at `offset`; its place is FILE:LINE:COLUMN.
Error error_at(const JsonText& json, LineCounter& lines, std::size_t offset, std::string message,
               std::string hint = {});

/// Why a text cannot be read.
struct JsonFault {
  Error error;
  bool is_own_limit = false;  ///< it is nested deeper than 64, which Go would read
};

/// What is wrong with the first value of the text; nothing if it is JSON, or white space alone.
std::optional<JsonFault> find_json_fault(const JsonText& json);

/// The first JSON value in the text from the byte at `start` on, without white space around it;
/// what follows it does not count. Empty if there is nothing but white space. Throws Error, with
/// its place and in words, if it is not JSON (RFC 8259), begins with a byte order mark, or is
/// nested deeper than 64. The message shows one character of the text at most.
std::string_view first_value(const JsonText& json, std::size_t start = 0);

/// Where the value ends that begins at `at` of a text that is JSON: behind its last byte.
std::size_t end_of_value(std::string_view text, std::size_t at);

}  // namespace pullsecret
