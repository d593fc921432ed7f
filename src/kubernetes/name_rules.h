#pragma once

#include <string_view>

namespace pullsecret {

// Kubernetes' naming rules (k8s.io/apimachinery, pkg/util/validation). Each function returns if
// `text` keeps the rule, else throws an Error without a place, whose message quotes `text` (made
// printable) and says the rule in words; its hint is a name that would do, if there is one near.

/// RFC 1123 subdomain: at most 253 characters; labels of a-z 0-9 - joined by dots.
void check_secret_name(std::string_view text);
void check_object_name(std::string_view text);
bool is_secret_name(std::string_view text);

/// RFC 1123 label: at most 63 characters of a-z 0-9 -, first and last not -.
void check_namespace(std::string_view text);
bool is_namespace(std::string_view text);

/// `[prefix/]name`: the prefix an RFC 1123 subdomain, the name at most 63 characters of
/// A-Z a-z 0-9 - _ . with a letter or digit at both ends. Labels and annotations share the rule,
/// but an annotation's key is lower-cased before it is checked (ValidateAnnotations).
void check_label_key(std::string_view text);
void check_annotation_key(std::string_view text);

/// Empty, or at most 63 characters of A-Z a-z 0-9 - _ . with a letter or digit at both ends.
void check_label_value(std::string_view text);

}  // namespace pullsecret
