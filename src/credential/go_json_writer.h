#pragma once

#include <string>
#include <string_view>
#include <utility>

#include <nlohmann/json_fwd.hpp>

namespace pullsecret {

// JSON as Go's encoding/json writes it, and so docker, kubectl and the credential helpers. Where it
// is to be printed, each character that is_hidden() becomes \uNNNN, too (RFC 8259, section 7):
// whoever reads JSON has the same text, and a terminal that shows it has nothing to obey. In
// Docker's config, and within a Secret's base64, stands what docker and kubectl would write there.

/// The JSON text `json` with \uNNNN in the place of each character that is_hidden(). The only ones
/// are in its strings.
std::string printable_json(std::string_view json);

/// `text` as a JSON string, with its quotes. `<`, `>`, `&`, U+2028 and U+2029 become \uNNNN, bytes
/// that are not UTF-8 become U+FFFD.
std::string go_json_string(std::string_view text);

/// `tree` as a text for people and programs: four blanks for each level, a line break at its end,
/// U+FFFD for bytes that are not UTF-8.
std::string json_document(const nlohmann::ordered_json& tree);

/// An object that is written member by member, on one line and without white space: json.Marshal.
class JsonObjectWriter {
 public:
  void add_string(std::string_view name, std::string_view text);

  /// `value` is JSON.
  void add_value(std::string_view name, std::string_view value);

  /// The same, with a name that is JSON already.
  void add_quoted(std::string_view quoted_name, std::string_view value);

  /// The object, for whoever may print it, and as Go writes it.
  std::string text() const { return printable_json(as_go()); }
  std::string as_go() const& { return members_ + '}'; }
  std::string as_go() && { return std::move(members_ += '}'); }

 private:
  std::string members_ = "{";
};

/// The JSON `value` laid out as Docker lays out its config: a member or element a line, one tab for
/// each level (json.MarshalIndent). Strings, names and numbers stay byte for byte.
std::string laid_out(std::string_view value);

}  // namespace pullsecret
