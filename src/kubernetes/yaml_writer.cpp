#include "kubernetes/yaml_writer.h"

#include <algorithm>
#include <array>
#include <string_view>

#include <yaml-cpp/yaml.h>

#include "system/text.h"

namespace pullsecret {
namespace {

bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

bool is_plain_character(char c) {
  constexpr std::string_view others = "0123456789-._/+=";
  return is_letter(c) || others.find(c) != std::string_view::npos;
}

bool is_yaml_word(std::string_view text) {
  static constexpr std::array<std::string_view, 11> words{
      "y", "n", "yes", "no", "on", "off", "true", "false", "null", ".inf", ".nan"};
  return std::any_of(words.begin(), words.end(),
                     [text](std::string_view word) { return equal_ignoring_case(text, word); });
}

// It begins with a letter, or with a dot and one.
bool is_plain(std::string_view text) {
  const std::size_t first = text.starts_with('.') ? 1 : 0;
  return text.size() > first && is_letter(text[first]) &&
         std::all_of(text.begin(), text.end(), is_plain_character) && !is_yaml_word(text);
}

// What yaml-cpp leaves as it is between quotes, but YAML forbids (DEL), YAML 1.1 reads as a line
// break (U+2028, U+2029), or a terminal obeys.
bool needs_escapes(std::string_view text) {
  while (!text.empty()) {
    const std::size_t length = utf8_sequence(text);
    if (length > 0 && is_hidden(code_point(text.substr(0, length)))) return true;
    text.remove_prefix(std::max<std::size_t>(length, 1));
  }
  return false;
}

void write_string(YAML::Emitter& out, const std::string& text) {
  if (!is_plain(text)) out << YAML::DoubleQuoted;
  if (needs_escapes(text)) out << YAML::EscapeNonAscii;
  out << text;
}

void write_node(YAML::Emitter& out, const nlohmann::ordered_json& node);

void write_object(YAML::Emitter& out, const nlohmann::ordered_json& object) {
  out << YAML::BeginMap;
  for (const auto& [key, value] : object.items()) {
    out << YAML::Key;
    write_string(out, key);
    out << YAML::Value;
    write_node(out, value);
  }
  out << YAML::EndMap;
}

void write_node(YAML::Emitter& out, const nlohmann::ordered_json& node) {
  if (node.is_object()) {
    write_object(out, node);
  } else if (node.is_array()) {
    out << YAML::BeginSeq;
    for (const auto& element : node)
      write_node(out, element);
    out << YAML::EndSeq;
  } else if (node.is_string()) {
    write_string(out, node.get_ref<const std::string&>());
  } else if (node.is_null()) {
    out << YAML::Null;
  } else {
    out << node.dump();  // a boolean or a number reads as in JSON
  }
}

}  // namespace

std::string format_yaml(const nlohmann::ordered_json& tree) {
  YAML::Emitter out;
  write_node(out, tree);
  return std::string(out.c_str(), out.size()) + '\n';
}

}  // namespace pullsecret
