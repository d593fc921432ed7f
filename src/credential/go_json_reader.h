#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "credential/json_syntax.h"
#include "system/error.h"

namespace pullsecret {

// JSON as Docker, its credential helpers and the kubelet read it, which is as Go's encoding/json
// does, measured with docker 28.2:
//
// - A field's name matches in any letter case. Of a repeated one the last value counts, objects of
//   the same name merge, null empties a map and leaves a string as it is.
// - What is no UTF-8 in a string, and each half of a surrogate pair, stands for U+FFFD.
// - A number may be of any size. Where a string is wanted it is an error, like any other kind.
//
// Values are views into the text, so that a message can say where one stands, and what belongs to
// other tools can be handed on byte for byte: a number of 20 digits, the order of an object. No
// library that is to be had reads like that; nlohmann/json decodes the strings.

// ---- Values, which are valid JSON

enum class JsonKind { null, boolean, number, string, array, object };

JsonKind kind_of(std::string_view value);

/// What the string `value` stands for, in UTF-8.
std::string decode_string(std::string_view value);

/// `json` with U+FFFD in the place of what Go reads as that, for a library that refuses it.
std::string as_go_reads(std::string_view json);

/// One member of an object. The views are into the object's text.
struct JsonMember {
  std::string name;
  std::string_view value;
  std::string_view quoted_name;  ///< the name as it stands in the text
};

/// The members of `object`, in its order, repeated names included.
std::vector<JsonMember> members_of(std::string_view object);

/// The elements of `array`.
std::vector<std::string_view> elements_of(std::string_view array);

/// Whether Go takes a member called `name` for its field `field`: in any letter case, and with
/// U+017F for s and U+212A for k, as its Unicode folding has it.
bool is_field(std::string_view name, std::string_view field);

/// The string that Go finds in the field `field` of an object; nothing if that has no such string.
std::optional<std::string> string_field(const std::vector<JsonMember>& members,
                                        std::string_view field);

// ---- Types

struct GoType;

struct GoField {
  std::string_view name;
  const GoType* type;
};

/// A Go type, as far as it says which JSON can be read into it. null can be read into all.
struct GoType {
  enum class Kind { string, list, map, record };
  Kind kind = Kind::record;
  const GoType* element = nullptr;       ///< of a list, or of a map's values
  std::span<const GoField> fields = {};  ///< of a record; any other may be there, of any type
};

inline constexpr GoType go_string{GoType::Kind::string};
inline constexpr GoType go_strings{GoType::Kind::list, &go_string};
inline constexpr GoType go_string_map{GoType::Kind::map, &go_string};
inline constexpr GoType go_object{GoType::Kind::record};

/// What may stand behind the first value of a text.
enum class TextBehind {
  ignored,  ///< anything: json.Decoder, which reads Docker's config and what helpers are sent and
            ///< say
  refused,  ///< white space: json.Unmarshal, which reads for the kubelet
  refused_if_more,  ///< the same, or a ] or } and then anything: json.Decoder, where that is asked
                    ///< for More()
};

/// Reads one text into Go's types. The views that it gives are valid as long as it lives.
class GoJsonReader {
 public:
  /// Throws Error as first_value() does, and for what must not stand behind the value.
  GoJsonReader(JsonText json, TextBehind behind);
  GoJsonReader(const GoJsonReader&) = delete;
  GoJsonReader& operator=(const GoJsonReader&) = delete;
  ~GoJsonReader() = default;

  const std::string& file() const { return json_.file; }

  /// The first value; empty if there is nothing but white space.
  std::string_view value() const { return value_; }

  /// The members of an object; none for null. Throws Error, which calls it `name`, for other kinds.
  std::vector<JsonMember> members_of_object(std::string_view value, std::string_view name) const;

  /// Throws Error with the place of the first value that a record of these fields does not take. It
  /// says what that is by its path: `proxies.default.httpProxy must be a string`.
  void check_fields(const std::vector<JsonMember>& members, std::span<const GoField> fields,
                    const std::string& path = {}) const;

  /// The Error about `value`, a view into the text.
  Error error(std::string_view value, std::string message, std::string hint = {}) const;

 private:
  void check(std::string_view value, const GoType& type, const std::string& path) const;

  JsonText json_;
  std::string_view value_;
  mutable LineCounter lines_;  ///< remembers how far it counted, for the many errors of one file
};

}  // namespace pullsecret
