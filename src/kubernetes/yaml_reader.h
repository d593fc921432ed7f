#pragma once

#include <vector>

#include "kubernetes/documents.h"

namespace pullsecret {

/// The documents of YAML, by libyaml, which the parser of Kubernetes was made from (go-yaml), and
/// from its events, so that a limit ends the parsing: those of documents.h, and for what aliases
/// and tags stand for 250,000 values and 8 MiB in all, since a few lines can stand for any number.
/// Scalars are strings, but for plain ones; `<<` merges a map. Of a repeated name the last
/// value counts. Throws Error as read_documents() does.
std::vector<Document> read_yaml(const JsonText& source, PlainScalars plain);

}  // namespace pullsecret
