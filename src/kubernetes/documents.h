#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

#include "credential/json_syntax.h"
#include "system/error.h"

namespace pullsecret {

// Manifests come from anywhere, so that what reading them may cost is bounded: not the size of what
// people have, which is a whole cluster's Pods, but what a few lines can stand for. A tree takes
// about 100 bytes for each value.

/// The most bytes of a manifest.
inline constexpr std::size_t max_manifest_size = 64UL * 1024 * 1024;

/// The most values of a manifest. In JSON each comma and each opening bracket counts. What the
/// aliases and tags of YAML stand for is bounded by itself (yaml_reader.h).
inline constexpr std::size_t max_manifest_values = 5'000'000;

/// A hint: how to keep what is given below these bounds.
inline constexpr std::string_view way_to_fewer_objects =
    "give fewer objects at once, such as those of one namespace";

/// There are more values than that.
Error too_many_values(std::string place);

/// One document of a manifest.
struct Document {
  nlohmann::json tree;
  std::string_view text;  ///< the document as it stands in the source; empty if that is YAML
  std::optional<std::string> repeated = {};  ///< of YAML: a name that is there twice in one map
};

/// What the plain scalars of YAML are, but for those that stand for null.
enum class PlainScalars {
  texts,  ///< strings, whatever they mean
  typed,  ///< booleans and numbers, too, as Kubernetes reads them (go-yaml v2): `yes`, `0`, `1e3`
};

/// All documents of a source.
struct Documents {
  std::string file;  ///< the source's, for messages
  std::vector<Document> values;
};

/// Whether one behind the first has anything, which Kubernetes passes over where it reads a file as
/// one object.
bool has_more_than_first(const std::vector<Document>& documents);

/// Whether Helm's, or another's, `{{ … }}` begins with `text`.
bool is_template(std::string_view text);

/// The documents of `source`, which must outlive them: JSON, one value after the other, if the text
/// begins with `{`, else YAML (yaml_reader.h). Of a repeated name the last value counts.
///
/// Throws Error with FILE:LINE:COLUMN for what is neither, which may be a template that nobody has
/// rendered, is not UTF-8, is nested deeper than 64,
/// or exceeds a limit. No message has a part of the text.
Documents read_documents(const JsonText& source, PlainScalars plain = PlainScalars::texts);

}  // namespace pullsecret
