#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "system/error.h"

namespace pullsecret {

// JSON as Docker and the kubelet read it, which is as Go's encoding/json does. nlohmann/json says
// whether a text is JSON and decodes its strings; what it does not tell is where in the text a
// value stands, and that is needed twice: to say FILE:LINE:COLUMN, and to hand on settings of other
// tools byte for byte (a number of 20 digits, the order and white space of an object).

/// A JSON text with the name of the file it came from.
struct JsonText {
  std::string file;  ///< for error messages
  std::string text;  ///< UTF-8
};

/// Lines and columns of a text, both from 1, columns in characters.
class LineCounter {
 public:
  struct Place {
    std::size_t line = 1;
    std::size_t column = 1;
  };

  /// The place of the byte at `offset`. Counts on from the last one asked for if that lies before
  /// it, so that asking for many in their order reads the text once.
  Place place_of(std::string_view text, std::size_t offset);

 private:
  std::size_t counted_ = 0;  ///< bytes of the text
  Place place_;              ///< of the byte there
};

/// The Error about the byte at `offset`; its place is FILE:LINE:COLUMN.
Error error_at(const JsonText& json, LineCounter& lines, std::size_t offset, std::string message,
               std::string hint = {});

/// The first JSON value in the text from the byte at `start` on, as a view into it, without white
/// space around it; what follows it does not count. Empty if there is nothing but white space.
/// Throws Error, with its place and in words, if it is not JSON, begins with a byte order mark, or
/// is nested deeper than 64.
std::string_view first_value(const JsonText& json, std::size_t start = 0);

/// `text` with each \uNNNN escape that is half of a surrogate pair without the other as \ufffd,
/// which is what Go reads in it.
std::string replace_lone_surrogates(std::string text);

/// The text as Go reads it: what is no UTF-8, and each lone surrogate, is U+FFFD.
std::string as_go_reads(std::string text);

enum class JsonKind { null, boolean, number, string, array, object };

/// The kind of the valid JSON `value`.
JsonKind kind_of(std::string_view value);

/// Where the string ends whose opening quote is at `at`: behind its closing quote. `text` is valid
/// JSON.
std::size_t end_of_string(std::string_view text, std::size_t at);

/// What the valid JSON string `value` stands for.
std::string decode_string(std::string_view value);

/// One member of an object. The views are into the object's text.
struct JsonMember {
  std::string name;
  std::string_view value;
  std::string_view quoted_name;  ///< the name as it stands in the text
};

/// The members of the valid JSON `object`, in its order, repeated names included.
std::vector<JsonMember> members_of(std::string_view object);

/// The elements of the valid JSON `array`.
std::vector<std::string_view> elements_of(std::string_view array);

}  // namespace pullsecret
