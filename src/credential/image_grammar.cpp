#include "credential/image_grammar.h"

#include <algorithm>

#include "credential/registry.h"
#include "system/text.h"

namespace pullsecret {
namespace {

constexpr std::string_view port_digits = "0123456789";
constexpr std::string_view lower_alphanumeric = "abcdefghijklmnopqrstuvwxyz0123456789";
constexpr std::string_view host_characters =
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-";
constexpr std::string_view address_characters = "abcdefABCDEF0123456789:";

bool is_separator(std::string_view text) {
  return text == "." || text == "_" || text == "__" || is_run_of(text, "-");
}

bool is_host_label(std::string_view text) {
  return is_run_of(text, host_characters) && text.front() != '-' && text.back() != '-';
}

bool is_host_name(std::string_view text) {
  const auto labels = split(text, '.');
  return std::all_of(labels.begin(), labels.end(), is_host_label);
}

// An IPv6 address, with or without a port. Its groups are not looked at.
bool is_bracketed_address(std::string_view text) {
  const std::size_t end = text.find(']');
  if (end == std::string_view::npos || !is_run_of(text.substr(1, end - 1), address_characters))
    return false;
  const std::string_view port = text.substr(end + 1);
  return port.empty() || (port.front() == ':' && is_run_of(port.substr(1), port_digits));
}

}  // namespace

bool is_run_of(std::string_view text, std::string_view characters) {
  return !text.empty() && text.find_first_not_of(characters) == std::string_view::npos;
}

bool is_path_component(std::string_view text) {
  while (true) {
    const std::size_t run = std::min(text.find_first_not_of(lower_alphanumeric), text.size());
    if (run == 0) return false;
    text.remove_prefix(run);
    if (text.empty()) return true;
    const std::size_t separator = std::min(text.find_first_of(lower_alphanumeric), text.size());
    if (!is_separator(text.substr(0, separator))) return false;
    text.remove_prefix(separator);
  }
}

// The reference's grammar has one way round its own rule for hosts: where the whole name is also a
// path, such as `my_registry.local/app`, it is taken for one.
bool is_image_host(std::string_view text) {
  if (text.starts_with('[')) return is_bracketed_address(text);
  const std::size_t colon = text.find(':');
  if (colon == std::string_view::npos) return is_host_name(text) || is_path_component(text);
  return is_host_name(text.substr(0, colon)) && is_run_of(text.substr(colon + 1), port_digits);
}

bool is_looked_for(std::string_view name) {
  if (name == docker_hub_key || is_docker_hub_token(name)) return true;
  if (std::count(name.begin(), name.end(), ':') > 1)  // IPv6
    return name.find_first_not_of("0123456789ABCDEFabcdef:.[]") == std::string_view::npos;
  return name.size() <= longest_host && is_image_host(name);
}

}  // namespace pullsecret
