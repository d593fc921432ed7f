#pragma once

#include <vector>

#include "kubernetes/documents.h"

namespace pullsecret {

/// The documents of YAML, from its parser's events, so that a limit of documents.h ends the
/// parsing. Scalars are strings, but for plain ones; `<<` merges a map. Of a repeated name the last
/// value counts. Throws Error as read_documents() does.
std::vector<Document> read_yaml(const JsonText& source, PlainScalars plain);

}  // namespace pullsecret
