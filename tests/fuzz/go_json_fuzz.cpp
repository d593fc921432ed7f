// Feeds the reader of JSON, beside nlohmann/json: what is UTF-8, without a byte order mark (which
// that one skips) and a number out of range, is JSON to both or to none, and stands for the same.
// And the writer: what it makes of it stands for the same, and holds nothing that a terminal obeys.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

#include "credential/go_json_reader.h"
#include "credential/go_json_writer.h"
#include "fuzz/require.h"
#include "system/text.h"

namespace {

using namespace pullsecret;
using Tree = nlohmann::json;

constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";

// Numbers are left as they are: what is out of range is an error to nlohmann/json alone.
Tree tree_of(std::string_view value) {
  switch (kind_of(value)) {
    case JsonKind::object: {
      Tree tree = Tree::object();
      for (const JsonMember& member : members_of(value))
        tree[member.name] = tree_of(member.value);
      return tree;
    }
    case JsonKind::array: {
      Tree tree = Tree::array();
      for (const std::string_view element : elements_of(value))
        tree.push_back(tree_of(element));
      return tree;
    }
    case JsonKind::string:
      return decode_string(value);
    default:
      return Tree::parse(value);
  }
}

bool has_long_number(std::string_view text) {
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  return std::count_if(text.begin(), text.end(), is_digit) > 2 &&
         text.find_first_of("eE") != std::string_view::npos;
}

bool has_hidden(std::string_view text) {
  for (; !text.empty(); text.remove_prefix(utf8_sequence(text)))
    if (is_hidden(code_point(text.substr(0, utf8_sequence(text))))) return true;
  return false;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const JsonText json{"file", std::string(reinterpret_cast<const char*>(data), size)};
  if (size > 300) return 0;  // as many digits are out of range
  const auto fault = find_json_fault(json);
  if (fault && fault->is_own_limit) return 0;
  const std::string_view value = fault ? std::string_view() : first_value(json);
  const bool is_whole = !fault && !value.empty() && trim(json.text) == value;
  const std::string valid = as_go_reads(json.text);
  if (has_long_number(valid) || valid.starts_with(byte_order_mark)) return 0;
  const Tree tree = Tree::parse(valid, nullptr, /*allow_exceptions=*/false);
  if (fault || value.empty()) require(tree.is_discarded());
  if (!is_whole) return 0;
  require(!tree.is_discarded() && tree_of(value) == tree);
  require(Tree::parse(as_go_reads(laid_out(value))) == tree);
  const std::string shown = printable_json(as_go_reads(value));
  require(Tree::parse(shown) == tree && !has_hidden(shown));
  if (!tree.is_string()) return 0;
  const std::string written = go_json_string(tree.get_ref<const std::string&>());
  require(Tree::parse(written) == tree && Tree::parse(printable_json(written)) == tree);
  return 0;
}
