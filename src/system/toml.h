#pragma once

#include <algorithm>
#include <stdexcept>
#include <string>
#include <string_view>

#include <fmt/format.h>

// Some of what toml++ asserts depends on what it reads: `[[[`.
namespace pullsecret {
constexpr void require_toml(bool condition) {
  if (!condition) throw std::logic_error("it cannot be read");
}
}  // namespace pullsecret
#define TOML_ASSERT(condition) pullsecret::require_toml(static_cast<bool>(condition))
// Its pkg-config file may name a shared library, which programs for every system do without.
#undef TOML_SHARED_LIB
#undef TOML_HEADER_ONLY
#define TOML_HEADER_ONLY 1
#include <toml++/toml.h>

#include "system/error.h"
#include "system/text.h"

namespace pullsecret {

// TOML by toml++, which takes seconds to compile: who includes this is a library by itself.

/// The TOML in `text` of a file `name`. What is not ASCII is read as `?`: no name that anybody
/// needs here has it, and toml++ 3.3 runs into undefined behaviour where it stands outside of
/// strings. Throws Error with FILE:LINE for what is no TOML; nothing of the text is in it.
inline toml::table parse_toml(std::string text, const std::string& name) {
  std::replace_if(
      text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) > 0x7F; }, '?');
  try {
    return toml::parse(text);
  } catch (const toml::parse_error& error) {
    const std::string_view what = error.description();  // it quotes a name, which may hold a login
    throw Error(fmt::format("{}:{}", name, error.source().begin.line),
                printable(trim(what.substr(0, what.find('\'')))));
  } catch (const std::logic_error& error) {
    throw Error(name, error.what());
  }
}

/// The member `name` of a table as Go's decoders take it: in any letter case, where there is none
/// of just that name; nullptr if there is none.
inline const toml::node* find_setting(const toml::table& table, std::string_view name) {
  if (const toml::node* exact = table.get(name)) return exact;
  for (const auto& [key, node] : table)
    if (equal_ignoring_case(key.str(), name)) return &node;
  return nullptr;
}

}  // namespace pullsecret
