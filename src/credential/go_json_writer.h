#pragma once

#include <string>
#include <string_view>

namespace pullsecret {

// JSON as Go's encoding/json writes it, and so docker, kubectl and the credential helpers.

/// `text` as a JSON string, with its quotes. `<`, `>`, `&`, U+2028 and U+2029 become \uNNNN, bytes
/// that are not UTF-8 become U+FFFD.
std::string go_json_string(std::string_view text);

/// An object that is written member by member, on one line and without white space: json.Marshal.
class JsonObjectWriter {
 public:
  void add_string(std::string_view name, std::string_view text);

  /// `value` is JSON.
  void add_value(std::string_view name, std::string_view value);

  /// The same, with a name that is JSON already.
  void add_quoted(std::string_view quoted_name, std::string_view value);

  /// The object.
  std::string text() const { return members_ + '}'; }

 private:
  std::string members_ = "{";
};

/// The JSON `value` laid out as Docker lays out its config: a member or element a line, one tab for
/// each level (json.MarshalIndent). Strings, names and numbers stay byte for byte.
std::string laid_out(std::string_view value);

}  // namespace pullsecret
