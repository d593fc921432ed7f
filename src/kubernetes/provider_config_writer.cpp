#include "kubernetes/provider_config_writer.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>
#include <string_view>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "credential/go_duration.h"
#include "credential/go_json_writer.h"
#include "kubernetes/documents.h"
#include "kubernetes/yaml_writer.h"
#include "system/error.h"
#include "system/text.h"

namespace pullsecret {
namespace {

using Tree = nlohmann::json;
using OrderedTree = nlohmann::ordered_json;

// ---- Values

OrderedTree tree_of(const TokenAttributes& token) {
  OrderedTree tree{{"serviceAccountTokenAudience", token.audience},
                   {"cacheType", in_words(token.cache)},
                   {"requireServiceAccount", token.requires_service_account}};
  if (!token.required_annotations.empty())
    tree["requiredServiceAccountAnnotationKeys"] = token.required_annotations;
  if (!token.optional_annotations.empty())
    tree["optionalServiceAccountAnnotationKeys"] = token.optional_annotations;
  return tree;
}

OrderedTree tree_of(const CredentialProvider& provider) {
  OrderedTree tree{{"name", provider.name},
                   {"matchImages", provider.match_images},
                   {"defaultCacheDuration", short_go_duration(provider.default_cache_duration)},
                   {"apiVersion", provider.api_version}};
  if (provider.token) tree["tokenAttributes"] = tree_of(*provider.token);
  if (!provider.args.empty()) tree["args"] = provider.args;
  for (const auto& [name, value] : provider.env)
    tree["env"].push_back({{"name", name}, {"value", value}});
  return tree;
}

// What the field's documents write first, in their order; the rest follows by name.
OrderedTree in_usual_order(const Tree& tree) {
  constexpr std::array<std::string_view, 14> usual{"name",
                                                   "value",
                                                   "matchImages",
                                                   "defaultCacheDuration",
                                                   "apiVersion",
                                                   "kind",
                                                   "tokenAttributes",
                                                   "serviceAccountTokenAudience",
                                                   "cacheType",
                                                   "requireServiceAccount",
                                                   "requiredServiceAccountAnnotationKeys",
                                                   "optionalServiceAccountAnnotationKeys",
                                                   "args",
                                                   "env"};
  if (tree.is_array()) {
    OrderedTree list = OrderedTree::array();
    for (const Tree& element : tree)
      list.push_back(in_usual_order(element));
    return list;
  }
  if (!tree.is_object()) return tree;
  OrderedTree object = OrderedTree::object();
  for (const std::string_view name : usual)
    if (const auto found = tree.find(std::string(name)); found != tree.end())
      object[std::string(name)] = in_usual_order(*found);
  for (const auto& [name, value] : tree.items())
    if (!object.contains(name)) object[name] = in_usual_order(value);
  return object;
}

// Where the provider of that name is in the list, or would be added.
std::size_t position_of(const Tree& providers, const std::string& name) {
  const auto found = std::find_if(providers.begin(), providers.end(), [&](const Tree& candidate) {
    return candidate.is_object() && candidate.value("name", Tree()) == name;
  });
  return static_cast<std::size_t>(found - providers.begin());
}

Tree read_tree(const JsonText& source) {
  std::vector<Document> documents = read_documents(source, PlainScalars::typed).values;
  if (has_more_than_first(documents))
    throw Error(source.file, "it has more than one document, of which the kubelet reads the first",
                "keep one: a provider of the others is never asked");
  return documents.empty() ? Tree() : std::move(documents.front().tree);
}

bool is_without_providers(const Tree& tree) {
  if (!tree.is_object()) return false;
  const auto providers = tree.find("providers");
  return providers == tree.end() || providers->is_null() || *providers == Tree::array();
}

// The provider of that name in a config, which may have none yet.
std::optional<CredentialProvider> provider_in(const JsonText& source, const std::string& name) {
  if (is_without_providers(read_tree(source))) return std::nullopt;
  for (CredentialProvider& provider : read_provider_config(source).providers)
    if (provider.name == name) return std::move(provider);
  return std::nullopt;
}

// What is added may need a newer version than the config is of. All of an older one it has, too.
void refuse_older_version(const JsonText& source, const CredentialProvider& provider) {
  const Tree tree = read_tree(source);
  if (!provider.token || !tree.is_object()) return;
  const Tree version = tree.value("apiVersion", Tree());
  for (const std::string_view older : {"v1beta1", "v1alpha1"})
    if (version == fmt::format("kubelet.config.k8s.io/{}", older))
      throw Error(
          source.file,
          fmt::format("it is of the version {}, whose providers get no token of a Pod", older),
          "write apiVersion: kubelet.config.k8s.io/v1 at its top, which every kubelet from "
          "1.26 on reads");
}

// The config as it is to be.
Tree merged_tree(const JsonText& source, const CredentialProvider& provider) {
  Tree tree = read_tree(source);
  if (is_without_providers(tree)) tree["providers"] = Tree::array();
  Tree& providers = tree["providers"];
  const std::size_t position = position_of(providers, provider.name);
  if (position == providers.size()) providers.push_back(nullptr);
  providers[position] = tree_of(provider);
  return tree;
}

// ---- Text

std::string indented(const std::string& text, std::size_t columns) {
  std::string result;
  for (const std::string& line : split(text, '\n'))
    result += line.empty() ? "\n" : std::string(columns, ' ') + line + '\n';
  result.pop_back();  // that of the empty piece behind the last line break
  return result;
}

std::string comment_lines(const std::vector<std::string>& lines, std::size_t columns) {
  std::string result;
  for (const std::string& line : lines)
    result += std::string(columns, ' ') + (line.empty() ? "#" : "# " + line) + '\n';
  return result;
}

// The provider as an element of a list in block style, its dash in that column. Its comments are
// within it, so that they go when it is replaced.
std::string item_text(const CredentialProvider& provider, const std::vector<std::string>& comments,
                      std::size_t column) {
  std::string item = format_yaml(OrderedTree::array({tree_of(provider)}));
  item.insert(item.find('\n') + 1, comment_lines(comments, 2));
  return indented(item, column);
}

/// Lines of a text, with their line breaks.
using Lines = std::vector<std::string_view>;

Lines lines_of(std::string_view text) {
  Lines lines;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size() - 1) + 1;
    lines.push_back(text.substr(0, end));
    text.remove_prefix(end);
  }
  return lines;
}

std::size_t indent_of(std::string_view line) {
  return std::min(line.find_first_not_of(' '), line.size());
}

bool is_blank_or_comment(std::string_view line) {
  line = trim(line);
  return line.empty() || line.starts_with('#');
}

bool begins_item(std::string_view line, std::size_t column) {
  const std::string_view rest = line.substr(indent_of(line));
  return indent_of(line) == column && rest.starts_with('-') &&
         (rest.size() == 1 || std::string_view(" \r\n").find(rest[1]) != std::string_view::npos);
}

bool begins_providers(std::string_view line) {
  constexpr std::string_view key = "providers:";
  return line.starts_with(key) && is_blank_or_comment(line.substr(key.size()));
}

/// The elements of a list in block style: where each begins, and where what belongs to it ends.
struct Items {
  std::size_t column = 0;
  std::vector<std::pair<std::size_t, std::size_t>> lines;
};

// Found by their indentation. What looks like it and is something else, in a text of several lines,
// is found out when the result is read again.
std::optional<Items> find_items(const Lines& lines) {
  const auto begin = std::find_if(lines.begin(), lines.end(), begins_providers);
  if (begin == lines.end()) return std::nullopt;
  Items items;
  for (auto at = static_cast<std::size_t>(begin - lines.begin()) + 1; at < lines.size(); ++at) {
    const std::string_view line = lines[at];
    if (is_blank_or_comment(line)) continue;
    if (items.lines.empty()) items.column = indent_of(line);
    if (begins_item(line, items.column))
      items.lines.emplace_back(at, at + 1);
    else if (indent_of(line) > items.column && !items.lines.empty())
      items.lines.back().second = at + 1;
    else
      break;
  }
  return items.lines.empty() ? std::nullopt : std::optional(std::move(items));
}

std::string joined(const Lines& lines, std::size_t begin, std::size_t end) {
  std::string text;
  for (std::size_t at = begin; at < end; ++at)
    text += lines[at];
  return text;
}

// The text of `source` with the item at `position` replaced or added.
std::optional<std::string> merged_text(const std::string& source,
                                       const CredentialProvider& provider, std::size_t position,
                                       const std::vector<std::string>& comments) {
  const Lines lines = lines_of(source);
  const auto items = find_items(lines);
  if (!items || position > items->lines.size()) return std::nullopt;
  const bool is_new = position == items->lines.size();
  const std::size_t begin = is_new ? items->lines.back().second : items->lines[position].first;
  const std::size_t end = is_new ? begin : items->lines[position].second;
  std::string before = joined(lines, 0, begin);
  if (!before.ends_with('\n')) before += '\n';
  return before + item_text(provider, comments, items->column) + joined(lines, end, lines.size());
}

bool reads_as(const std::string& text, const Tree& wanted) {
  try {
    return read_tree({"", text}) == wanted;
  } catch (const Error&) {
    return false;
  }
}

bool is_json(std::string_view text) {
  return trim(text).starts_with('{');
}

MergedConfig merged(const JsonText& source, const CredentialProvider& provider,
                    const ProviderComments& comments, ProviderFormat format) {
  const Tree tree = merged_tree(source, provider);
  const std::size_t position = position_of(tree["providers"], provider.name);
  const auto merged_into = [&](const std::string& text) {
    return merged_text(text, provider, position, comments.provider);
  };
  if (format == ProviderFormat::json) return {json_document(in_usual_order(tree))};
  if (!is_json(source.text))
    if (auto text = merged_into(source.text); text && reads_as(*text, tree))
      return {*std::move(text), true};
  std::string text = format_yaml(in_usual_order(tree));
  return {merged_into(text).value_or(text)};
}

}  // namespace

std::string new_provider_config(const CredentialProvider& provider,
                                const ProviderComments& comments, ProviderFormat format) {
  OrderedTree tree{{"apiVersion", "kubelet.config.k8s.io/v1"},
                   {"kind", "CredentialProviderConfig"}};
  if (format == ProviderFormat::yaml)
    return comment_lines(comments.head, 0) + format_yaml(tree) + "providers:\n" +
           item_text(provider, comments.provider, 2);
  tree["providers"] = OrderedTree::array({tree_of(provider)});
  return json_document(tree);
}

MergedConfig merged_provider_config(const JsonText& source, const CredentialProvider& provider,
                                    const ProviderComments& comments, ProviderFormat format) {
  refuse_older_version(source, provider);
  auto replaced = provider_in(source, provider.name);
  MergedConfig result = merged(source, provider, comments, format);
  result.replaced = std::move(replaced);
  read_provider_config({source.file, result.text});  // which one without providers was not yet
  return result;
}

}  // namespace pullsecret
