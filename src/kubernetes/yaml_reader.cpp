#include "kubernetes/yaml_reader.h"

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <sstream>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

#include <fmt/format.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/yaml.h>

#include "system/error.h"
#include "system/text.h"

namespace pullsecret {
namespace {

using Tree = nlohmann::json;

constexpr std::size_t max_depth = 64;

// yaml-cpp's tag of a scalar without quotes and without a tag of its own.
constexpr std::string_view plain_tag = "?";

std::optional<bool> boolean_in(std::string_view text) {
  if (is_one_of(text, {"true", "True", "TRUE", "yes", "Yes", "YES", "on", "On", "ON"})) return true;
  if (is_one_of(text, {"false", "False", "FALSE", "no", "No", "NO", "off", "Off", "OFF"}))
    return false;
  return std::nullopt;
}

// Decimal, or hexadecimal; what stays a string of the others is nowhere wanted as a number.
std::optional<Tree> number_in(std::string_view text) {
  const bool is_negative = text.starts_with('-');
  std::string_view magnitude = text.substr(is_negative || text.starts_with('+') ? 1 : 0);
  if (magnitude.empty() ||
      std::string_view("0123456789.").find(magnitude[0]) == std::string_view::npos)
    return std::nullopt;
  const bool is_hexadecimal = magnitude.starts_with("0x");
  const std::string number =
      (is_negative ? "-" : "") + std::string(magnitude.substr(is_hexadecimal ? 2 : 0));
  const char *const begin = number.data(), *const end = begin + number.size();
  std::int64_t whole = 0;
  const auto [whole_end, not_whole] = std::from_chars(begin, end, whole, is_hexadecimal ? 16 : 10);
  if (not_whole == std::errc() && whole_end == end) return Tree(whole);
  Tree real = Tree::parse(number, nullptr, /*allow_exceptions=*/false);
  if (is_hexadecimal || !real.is_number()) return std::nullopt;
  return real;
}

Tree typed(const std::string& text) {
  if (const auto boolean = boolean_in(text)) return *boolean;
  return number_in(text).value_or(Tree(text));
}

struct TreeSize {
  std::size_t values = 1;
  std::size_t bytes = 0;  // of scalars
  std::size_t depth = 0;
};

// Trees here are at most max_depth deep.
TreeSize size_of(const Tree& tree) {
  TreeSize size{.bytes = tree.is_string() ? tree.get_ref<const std::string&>().size() : 0};
  if (!tree.is_structured()) return size;
  for (const auto& [name, child] : tree.items()) {
    const TreeSize inner = size_of(child);
    size.values += inner.values;
    size.bytes += inner.bytes + (tree.is_object() ? name.size() : 0);
    size.depth = std::max(size.depth, inner.depth);
  }
  ++size.depth;
  return size;
}

/// Builds a tree for each document from the parser's events, so that a limit ends the parsing.
class TreeBuilder : public YAML::EventHandler {
 public:
  TreeBuilder(const JsonText& source, PlainScalars plain) : source_(source), plain_(plain) {}

  std::vector<Document> take_documents() { return std::move(documents_); }

  void OnDocumentStart(const YAML::Mark& mark) override {
    // At a comma, for one, yaml-cpp makes documents of nothing without an end.
    if (document_start_ && mark.pos <= *document_start_)
      throw error(mark, "not YAML: no value can begin here");
    document_start_ = mark.pos;
    anchored_.clear();
    spend({}, mark);
  }
  void OnDocumentEnd() override {}

  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override { add({}, anchor, mark); }
  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& text) override {
    spend_tag(tag, mark);
    add(plain_ == PlainScalars::typed && tag == plain_tag ? typed(text) : Tree(text), anchor, mark);
  }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    const auto known = anchored_.find(anchor);
    if (known == anchored_.end()) throw error(mark, "an alias inside of what it stands for");
    if (open_.size() + size_of(known->second).depth > max_depth) throw too_deep(mark);
    spend(size_of(known->second), mark);
    put(Tree(known->second), mark);
  }

  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    spend_tag(tag, mark);
    open(Tree::array(), anchor, mark);
  }
  void OnSequenceEnd() override { close(); }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    spend_tag(tag, mark);
    open(Tree::object(), anchor, mark);
  }
  void OnMapEnd() override { close(); }

  Error error(const YAML::Mark& mark, std::string message, std::string hint = {}) const {
    return {fmt::format("{}:{}:{}", source_.file, mark.line + 1, mark.column + 1),
            std::move(message), std::move(hint)};
  }

 private:
  // A collection whose end is still to come.
  struct Open {
    Tree collection;
    YAML::anchor_t anchor;
    YAML::Mark mark;
    std::optional<std::string> name = std::nullopt;  // of the member whose value comes next
  };

  Error too_deep(const YAML::Mark& mark) const {
    return error(mark, fmt::format("nested deeper than {} levels", max_depth));
  }

  void spend(const TreeSize& size, const YAML::Mark& mark) {
    values_ += size.values;
    bytes_ += size.bytes;
    const YAML::Mark known = mark.is_null() ? YAML::Mark() : mark;
    if (values_ > max_manifest_values) throw too_many_values(error(known, "").place());
    if (bytes_ > max_manifest_size)
      throw error(known, fmt::format("it stands for more than {} once its aliases and tags are "
                                     "written out",
                                     size_in_words(max_manifest_size)));
  }

  // No tag is kept, but yaml-cpp writes out what its handle stands for, each time.
  void spend_tag(const std::string& tag, const YAML::Mark& mark) {
    spend({.values = 0, .bytes = tag.size()}, mark);
  }

  void open(Tree collection, YAML::anchor_t anchor, const YAML::Mark& mark) {
    if (open_.size() == max_depth) throw too_deep(mark);
    spend({}, mark);
    open_.push_back({std::move(collection), anchor, mark});
  }

  void close() {
    Open closed = std::move(open_.back());
    open_.pop_back();
    remember(closed.collection, closed.anchor, closed.mark);
    put(std::move(closed.collection), closed.mark);
  }

  void add(Tree scalar, YAML::anchor_t anchor, const YAML::Mark& mark) {
    spend(size_of(scalar), mark);
    remember(scalar, anchor, mark);
    put(std::move(scalar), mark);
  }

  // What is kept for aliases counts, too: of nested anchors each keeps all within.
  void remember(const Tree& tree, YAML::anchor_t anchor, const YAML::Mark& mark) {
    if (anchor == YAML::NullAnchor) return;
    spend(size_of(tree), mark);
    anchored_[anchor] = tree;
  }

  void put(Tree tree, const YAML::Mark& mark) {
    if (open_.empty()) {
      documents_.push_back({.tree = std::move(tree), .text = {}});
    } else if (open_.back().collection.is_array()) {
      open_.back().collection.push_back(std::move(tree));
    } else if (auto& name = open_.back().name) {
      put_member(open_.back().collection, *std::exchange(name, std::nullopt), std::move(tree));
    } else if (tree.is_structured()) {
      throw error(mark, "the name of a member must be a string");
    } else {
      name = tree.is_string() ? tree.get<std::string>() : tree.dump();
    }
  }

  static void put_member(Tree& object, const std::string& name, Tree tree) {
    if (name == "<<" && tree.is_object())
      object.insert(tree.begin(), tree.end());  // not over what is there
    else
      object[name] = std::move(tree);
  }

  const JsonText& source_;
  const PlainScalars plain_;
  std::vector<Document> documents_;
  std::vector<Open> open_;             // from the outermost
  std::optional<int> document_start_;  // of the last one: its byte in the text
  std::map<YAML::anchor_t, Tree> anchored_;
  std::size_t values_ = 0;
  std::size_t bytes_ = 0;
};

// At least as many as there are tokens in the YAML text: each begins with an indicator or a word.
std::size_t count_tokens(std::string_view yaml) {
  constexpr std::string_view indicators = "[]{},:\"'";
  const auto ends_word = [&](char c) { return json_white_space.find(c) != std::string_view::npos; };
  std::size_t tokens = 0;
  bool in_word = false;
  for (const char c : yaml) {
    const bool begins_word = !std::exchange(in_word, !ends_word(c)) && in_word;
    if (begins_word || indicators.find(c) != std::string_view::npos) ++tokens;
  }
  return tokens;
}

// yaml-cpp's words for an error. What some have after a colon is text from the file.
std::string without_details(const std::string& message) {
  return message.substr(0, message.find(':'));
}

}  // namespace

std::vector<Document> read_yaml(const JsonText& source, PlainScalars plain) {
  if (count_tokens(source.text) > max_manifest_values) throw too_many_values(source.file);
  TreeBuilder builder(source, plain);
  std::istringstream stream(source.text);
  try {
    YAML::Parser parser(stream);
    while (parser.HandleNextDocument(builder)) {
    }
  } catch (const YAML::Exception& error) {
    throw builder.error(error.mark, "not YAML: " + without_details(error.msg));
  }
  return builder.take_documents();
}

}  // namespace pullsecret
