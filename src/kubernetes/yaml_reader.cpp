#include "kubernetes/yaml_reader.h"

#include <yaml.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <deque>
#include <map>
#include <memory>
#include <new>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

#include <fmt/format.h>

#include "credential/json_syntax.h"
#include "system/error.h"
#include "system/hardening.h"
#include "system/text.h"

namespace pullsecret {
namespace {

using Tree = nlohmann::json;

constexpr std::size_t max_depth = 64;

// What aliases and tags may stand for in all: a few lines can stand for any number of values.
constexpr std::size_t max_written_out_values = 250'000;
constexpr std::size_t max_written_out_size = 8UL * 1024 * 1024;

constexpr std::size_t max_handles = 1'000;

// The line of that number and those above it, the nearest first.
std::vector<std::string_view> lines_up_to(std::string_view text, std::size_t number,
                                          std::size_t above) {
  std::deque<std::string_view> lines;
  for (std::size_t i = 0, begin = 0; i <= number && begin <= text.size(); ++i) {
    const std::size_t end = std::min(text.find('\n', begin), text.size());
    lines.push_front(text.substr(begin, end - begin));
    if (lines.size() > above + 1) lines.pop_back();
    begin = end + 1;
  }
  return {lines.begin(), lines.end()};
}

// What is no YAML at `mark`. An action of a template stands where the parser stumbles, or, as a
// line of its own, a little above.
Error syntax_error(const JsonText& source, const yaml_mark_t& mark, const std::string& message) {
  constexpr std::size_t lines_above = 2;
  const std::vector<std::string_view> lines = lines_up_to(source.text, mark.line, lines_above);
  for (std::size_t i = 0; i < lines.size(); ++i)
    for (std::size_t at = 0; (at = lines[i].find("{{", at)) != std::string_view::npos; ++at)
      if (is_template(lines[i].substr(at)))
        return {fmt::format("{}:{}:{}", source.file, mark.line + 1 - i, at + 1),
                "a template, which nobody has rendered: it is no YAML yet",
                "render it, as with `helm template . | pullsecret check --images-in -`"};
  if (source.text.find("\n====\n") != std::string::npos)
    return {source.file, "what kubectl describe prints, and no manifest",
            "kubectl get secret NAME -o yaml"};
  // It stumbles over the line, or the one below.
  const bool has_tab = std::any_of(lines.begin(), lines.end(), [](std::string_view line) {
    return line.substr(0, line.find_first_not_of(" \t")).find('\t') != std::string_view::npos;
  });
  return {fmt::format("{}:{}:{}", source.file, mark.line + 1, mark.column + 1), message,
          has_tab ? "YAML takes no tabs before a line: put spaces in their place" : ""};
}

std::string text_of(const yaml_char_t* text) {
  return text == nullptr ? "" : reinterpret_cast<const char*>(text);
}

bool is_null(std::string_view plain) {
  return is_one_of(plain, {"", "~", "null", "Null", "NULL"});
}

std::optional<bool> boolean_in(std::string_view text) {
  if (is_one_of(text, {"true", "True", "TRUE", "yes", "Yes", "YES", "on", "On", "ON", "y", "Y"}))
    return true;
  if (is_one_of(text, {"false", "False", "FALSE", "no", "No", "NO", "off", "Off", "OFF", "n", "N"}))
    return false;
  return std::nullopt;
}

template <typename Number>
std::optional<Number> whole_text(std::string_view text, int base) {
  Number number{};
  const char* const end = text.data() + text.size();
  const auto [parsed, failed] = std::from_chars(text.data(), end, number, base);
  return failed == std::errc() && parsed == end ? std::optional(number) : std::nullopt;
}

// from_chars takes no real numbers before GCC 11, whose library the archive is built with.
std::optional<double> real_in(const std::string& text) {
  char* parsed = nullptr;
  const double number = std::strtod(text.c_str(), &parsed);
  const bool is_whole = parsed == text.c_str() + text.size();
  return is_whole && std::isfinite(number) ? std::optional(number) : std::nullopt;
}

// go-yaml v2's resolve.go, whose integers have Go's prefixes, and 0 before an octal one.
std::optional<Tree> number_in(std::string_view text) {
  if (text.empty() || std::string_view("0123456789+-.").find(text[0]) == std::string_view::npos)
    return std::nullopt;
  std::string plain(text);
  std::erase(plain, '_');
  const bool is_negative = plain.starts_with('-');
  std::string_view magnitude = plain;
  magnitude.remove_prefix(is_negative || magnitude.starts_with('+') ? 1 : 0);
  if (magnitude.find_first_not_of("0123456789.eE+-") == std::string_view::npos &&
      magnitude.find_first_of("0123456789.") == 0) {
    const bool is_octal = magnitude.size() > 1 && magnitude.starts_with('0');
    const std::string number = (is_negative ? "-" : "") + std::string(magnitude);
    if (const auto whole = whole_text<std::int64_t>(number, is_octal ? 8 : 10)) return Tree(*whole);
    if (const auto whole = whole_text<std::uint64_t>(number, is_octal ? 8 : 10))
      return Tree(*whole);
    if (const auto real = real_in(number)) return Tree(*real);
    return std::nullopt;
  }
  for (const auto& [prefix, base] : {std::pair{"0x", 16}, {"0X", 16}, {"0b", 2}, {"0o", 8}})
    if (magnitude.starts_with(prefix))
      if (const auto whole = whole_text<std::int64_t>(magnitude.substr(2), base))
        return Tree(is_negative ? -*whole : *whole);
  return std::nullopt;
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
class TreeBuilder {
 public:
  TreeBuilder(const JsonText& source, PlainScalars plain) : source_(source), plain_(plain) {}

  std::vector<Document> take_documents() { return std::move(documents_); }

  void take(const yaml_event_t& event) {
    const yaml_mark_t& mark = event.start_mark;
    switch (event.type) {
      case YAML_DOCUMENT_START_EVENT:
        anchored_.clear();
        return;
      case YAML_ALIAS_EVENT:
        return take_alias(text_of(event.data.alias.anchor), mark);
      case YAML_SCALAR_EVENT:
        return take_scalar(event.data.scalar, mark);
      case YAML_SEQUENCE_START_EVENT:
        return open(Tree::array(), event.data.sequence_start, mark);
      case YAML_MAPPING_START_EVENT:
        return open(Tree::object(), event.data.mapping_start, mark);
      case YAML_SEQUENCE_END_EVENT:
      case YAML_MAPPING_END_EVENT:
        return close();
      default:
        return;
    }
  }

 private:
  // A collection whose end is still to come.
  struct Open {
    Tree collection;
    std::string anchor;
    yaml_mark_t mark;
    std::optional<std::string> name = std::nullopt;  // of the member whose value comes next
  };

  void take_scalar(const auto& scalar, const yaml_mark_t& mark) {
    spend_tag(scalar.tag, mark);
    const bool is_plain = scalar.style == YAML_PLAIN_SCALAR_STYLE && scalar.plain_implicit != 0;
    std::string text(reinterpret_cast<const char*>(scalar.value), scalar.length);
    Tree tree = is_plain && is_null(text)                   ? Tree()
                : is_plain && plain_ == PlainScalars::typed ? typed(text)
                                                            : Tree(std::move(text));
    spend_value(mark);
    remember(tree, text_of(scalar.anchor), mark);
    put(std::move(tree), mark);
  }

  void take_alias(const std::string& anchor, const yaml_mark_t& mark) {
    const auto known = anchored_.find(anchor);
    if (known == anchored_.end())
      throw error(mark, "not YAML: the referenced anchor is not defined");
    if (!known->second) throw error(mark, "an alias inside of what it stands for");
    const TreeSize size = size_of(*known->second);
    if (open_.size() + size.depth > max_depth) throw too_deep(mark);
    spend_written_out(size, mark);
    put(Tree(*known->second), mark);
  }

  void open(Tree collection, const auto& start, const yaml_mark_t& mark) {
    spend_tag(start.tag, mark);
    if (open_.size() == max_depth) throw too_deep(mark);
    spend_value(mark);
    std::string anchor = text_of(start.anchor);
    if (!anchor.empty()) anchored_[anchor] = std::nullopt;
    open_.push_back({std::move(collection), std::move(anchor), mark});
  }

  void close() {
    Open closed = std::move(open_.back());
    open_.pop_back();
    remember(closed.collection, closed.anchor, closed.mark);
    put(std::move(closed.collection), closed.mark);
  }

  // What is kept for aliases counts, too: of nested anchors each keeps all within.
  void remember(const Tree& tree, const std::string& anchor, const yaml_mark_t& mark) {
    if (anchor.empty()) return;
    spend_written_out(size_of(tree), mark);
    anchored_[anchor] = tree;
  }

  void put(Tree tree, const yaml_mark_t& mark) {
    if (open_.empty()) {
      documents_.push_back(
          {.tree = std::move(tree), .text = {}, .repeated = std::exchange(repeated_, {})});
    } else if (open_.back().collection.is_array()) {
      open_.back().collection.push_back(std::move(tree));
    } else if (auto& name = open_.back().name) {
      refuse_second_object(*name, mark);
      put_member(open_.back().collection, *std::exchange(name, std::nullopt), std::move(tree));
    } else if (tree.is_structured()) {
      throw syntax_error(source_, mark, "the name of a member must be a string");
    } else {
      name = tree.is_string() ? tree.get<std::string>() : tree.dump();
    }
  }

  // Of two objects without a line between them one would be lost: what `kubectl get` prints twice
  // has none.
  void refuse_second_object(const std::string& name, const yaml_mark_t& mark) const {
    if (open_.size() != 1 || name != "apiVersion" || !open_.back().collection.contains(name))
      return;
    const Error error = syntax_error(source_, mark, "a second object begins in the same document");
    throw Error(error.place(), error.message(), "put a line of three dashes, ---, between the two");
  }

  // What a merge brings along is there twice, too, to Kubernetes' strict reader.
  void put_member(Tree& object, const std::string& name, Tree tree) {
    if (name == "<<" && tree.is_object()) {
      for (const auto& [merged, value] : tree.items())
        if (object.contains(merged)) repeated_ = merged;
      object.insert(tree.begin(), tree.end());  // not over what is there
    } else {
      if (object.contains(name)) repeated_ = name;
      object[name] = std::move(tree);
    }
  }

  void spend_value(const yaml_mark_t& mark) {
    if (++values_ > max_manifest_values) throw too_many_values(place(mark));
  }

  void spend_written_out(const TreeSize& size, const yaml_mark_t& mark) {
    written_out_.values += size.values;
    written_out_.bytes += size.bytes;
    constexpr auto hint = "write out what they stand for, or give fewer objects at once";
    if (written_out_.values > max_written_out_values)
      throw error(mark,
                  fmt::format("its aliases stand for more than {} values", max_written_out_values),
                  hint);
    if (written_out_.bytes > max_written_out_size)
      throw error(mark,
                  fmt::format("its aliases and tags stand for more than {}",
                              size_in_words(max_written_out_size)),
                  hint);
  }

  // No tag is kept, but libyaml writes out what its handle stands for, each time.
  void spend_tag(const yaml_char_t* tag, const yaml_mark_t& mark) {
    spend_written_out({.values = 0, .bytes = text_of(tag).size()}, mark);
  }

  std::string place(const yaml_mark_t& mark) const {
    return fmt::format("{}:{}:{}", source_.file, mark.line + 1, mark.column + 1);
  }
  Error error(const yaml_mark_t& mark, std::string message, std::string hint = {}) const {
    return {place(mark), std::move(message), std::move(hint)};
  }
  Error too_deep(const yaml_mark_t& mark) const {
    return error(mark, fmt::format("nested deeper than {} levels", max_depth),
                 "no Pod and no Secret is: leave out the object that is there");
  }

  const JsonText& source_;
  const PlainScalars plain_;
  std::vector<Document> documents_;
  std::vector<Open> open_;                               // from the outermost
  std::optional<std::string> repeated_;                  // in the document that is read
  std::map<std::string, std::optional<Tree>> anchored_;  // nothing: its end is still to come
  std::size_t values_ = 0;
  TreeSize written_out_{.values = 0};
};

/// libyaml's parser of one text, which outlives it.
class YamlParser {
 public:
  explicit YamlParser(const JsonText& source) : source_(source) {
    if (yaml_parser_initialize(&parser_) == 0) throw std::bad_alloc();
    yaml_parser_set_input_string(
        &parser_, reinterpret_cast<const unsigned char*>(source.text.data()), source.text.size());
  }
  YamlParser(const YamlParser&) = delete;
  YamlParser& operator=(const YamlParser&) = delete;
  ~YamlParser() { yaml_parser_delete(&parser_); }

  /// Hands the next event to `take`. Whether there are more.
  bool next(const auto& take) {
    yaml_event_t event{};
    if (yaml_parser_parse(&parser_, &event) == 0) throw error();
    const std::unique_ptr<yaml_event_t, void (*)(yaml_event_t*)> owner(&event, yaml_event_delete);
    take(event);
    return event.type != YAML_STREAM_END_EVENT;
  }

 private:
  // libyaml's words have nothing of the text.
  Error error() const {
    if (parser_.error == YAML_MEMORY_ERROR) throw std::bad_alloc();
    LineCounter lines;
    if (parser_.error == YAML_READER_ERROR)
      return error_at(source_, lines, parser_.problem_offset,
                      fmt::format("not YAML: {}", parser_.problem));
    return syntax_error(source_, parser_.problem_mark,
                        fmt::format("not YAML: {}", parser_.problem));
  }

  const JsonText& source_;
  WipingMalloc wiping_;
  yaml_parser_t parser_{};
};

// libyaml compares each handle of a document with all before it.
void check_handles(const JsonText& source) {
  constexpr std::string_view directive = "%TAG";
  std::size_t handles = 0;
  for (std::size_t at = source.text.find(directive); at != std::string::npos;
       at = source.text.find(directive, at + directive.size()))
    if (++handles > max_handles)
      throw Error(source.file, fmt::format("more than {} handles of tags", max_handles),
                  "Kubernetes has no use for tags: take the lines with %TAG out");
}

}  // namespace

std::vector<Document> read_yaml(const JsonText& source, PlainScalars plain) {
  check_handles(source);
  TreeBuilder builder(source, plain);
  YamlParser parser(source);
  while (parser.next([&](const yaml_event_t& event) { builder.take(event); })) {
  }
  return builder.take_documents();
}

}  // namespace pullsecret
