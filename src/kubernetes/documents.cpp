#include "kubernetes/documents.h"

#include <algorithm>
#include <cstddef>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "credential/go_json_reader.h"
#include "kubernetes/yaml_reader.h"
#include "system/text.h"

namespace pullsecret {
namespace {

// At least as many as there are values in the valid JSON text: but for the first, each follows a
// comma or an opening bracket. A callback that counts would make nlohmann's parser quadratic.
std::size_t count_values(std::string_view json) {
  constexpr std::string_view precede_value = "{[,";
  std::size_t values = 1;
  for (std::size_t at = 0; at < json.size(); ++at)
    if (json[at] == '"')
      at = end_of_value(json, at) - 1;
    else if (precede_value.find(json[at]) != std::string_view::npos)
      ++values;
  return values;
}

// What JSON is, and this library does not take: a number that is no number of its types.
nlohmann::json parse_tree(const std::string& file, std::string_view json) {
  auto tree = nlohmann::json::parse(as_go_reads(json), nullptr, /*allow_exceptions=*/false);
  if (tree.is_discarded()) throw Error(file, "a number out of range");
  return tree;
}

// The JSON objects, one after the other.
std::vector<std::string_view> objects_in(const JsonText& source) {
  std::vector<std::string_view> objects;
  std::size_t at = 0, values = 0;
  while (true) {
    const std::string_view value = first_value(source, at);
    if (value.empty()) return objects;
    if (kind_of(value) != JsonKind::object) throw Error(source.file, "JSON that is no object");
    values += count_values(value);
    if (values > max_manifest_values) throw too_many_values(source.file);
    objects.push_back(value);
    at = static_cast<std::size_t>(value.data() - source.text.data()) + value.size();
  }
}

std::vector<Document> read_json(const JsonText& source) {
  std::vector<Document> documents;
  for (const std::string_view value : objects_in(source))
    documents.push_back({.tree = parse_tree(source.file, value), .text = value});
  return documents;
}

bool is_object_of_kubernetes(const Document& document) {
  return document.tree.is_object() && document.tree.contains("kind");
}

bool is_control_character(char c) {
  return (static_cast<unsigned char>(c) < 0x20 &&
          json_white_space.find(c) == std::string_view::npos) ||
         c == '\x7F';
}

void check_text(const JsonText& source) {
  if (source.text.size() > max_manifest_size)
    throw Error(source.file, "larger than " + size_in_words(max_manifest_size),
                std::string(way_to_fewer_objects));
  if (source.text.starts_with("\xFF\xFE") || source.text.starts_with("\xFE\xFF"))
    throw Error(source.file, "UTF-16 text; a manifest is UTF-8",
                "save it as UTF-8, in PowerShell with Out-File -Encoding utf8");
  if (!is_utf8(source.text) ||
      std::any_of(source.text.begin(), source.text.end(), is_control_character))
    throw Error(source.file, "binary data, and no manifest");
  // As `helm install --dry-run` and `helm get all` print it.
  if (source.text.find("\nHOOKS:\n") != std::string::npos &&
      source.text.find("\nMANIFEST:\n") != std::string::npos)
    throw Error(source.file, "a report of Helm's, with manifests in it",
                "have the manifests alone: `helm template . | pullsecret check --images-in -`");
}

}  // namespace

Documents read_documents(const JsonText& source, PlainScalars plain) {
  check_text(source);
  const bool has_mark = source.text.starts_with("\xEF\xBB\xBF");
  const std::size_t start = source.text.find_first_not_of(json_white_space, has_mark ? 3 : 0);
  const std::string_view begin =
      std::string_view(source.text).substr(std::min(start, source.text.size()));
  const bool is_json = begin.starts_with('{') && !is_template(begin);
  // To kubectl JSON behind a byte order mark is YAML; neither Docker nor the kubelet takes a config
  // with one.
  if (is_json && has_mark) {
    std::vector<Document> documents = read_yaml(source, plain);
    if (std::all_of(documents.begin(), documents.end(), is_object_of_kubernetes))
      return {source.file, std::move(documents)};
  }
  return {source.file, is_json ? read_json(source) : read_yaml(source, plain)};
}

bool has_more_than_first(const std::vector<Document>& documents) {
  return !documents.empty() && std::any_of(documents.begin() + 1, documents.end(),
                                           [](const Document& one) { return !one.tree.is_null(); });
}

bool is_template(std::string_view text) {
  if (!text.starts_with("{{")) return false;
  text.remove_prefix(text.substr(2).starts_with('-') ? 3 : 2);
  text = trim(text);
  const char first = text.empty() ? '\0' : text.front();
  return (first >= 'a' && first <= 'z') || (first >= 'A' && first <= 'Z') ||
         (!text.empty() && std::string_view(".$(/").find(first) != std::string_view::npos);
}

Error too_many_values(std::string place) {
  return {std::move(place), fmt::format("more than {} values", max_manifest_values),
          std::string(way_to_fewer_objects)};
}

}  // namespace pullsecret
