#pragma once

#include <string>
#include <string_view>

namespace pullsecret {

/// How what SOPS has encrypted is read.
inline constexpr std::string_view way_of_sops = "`sops -d FILE | pullsecret inspect`";

/// How a template is filled in, and what comes of it looked at: hints.
struct WayToFill {
  std::string_view secrets;  ///< where it is a Secret's
  std::string_view images;   ///< where it is in what has Pods
};

/// What a template has where a value belongs, and what is left of it where nobody put one there.
struct TemplateMark {
  std::string_view words;  ///< what it looks like, for messages: `${…}`
  WayToFill way;
  bool may_be_meant = false;  ///< somebody may have that for a password
  std::string_view begin = {};
  std::string_view end = {};
  bool is_alone = false;  ///< there is nothing else in the text
  bool is_name = false;   ///< nothing but a variable's name is between the two
};

/// The mark that is in `text`; nullptr if there is none. A text that is JSON has none.
const TemplateMark* find_template_mark(std::string_view text);

/// The same of a name that others make up of parts, such as an image's: the mark may be in one of
/// them.
const TemplateMark* find_template_mark_in_name(std::string_view name);

/// "the password has ${…} in it: nobody has put the value there".
std::string in_words(std::string_view what, const TemplateMark& mark);

}  // namespace pullsecret
