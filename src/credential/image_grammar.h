#pragma once

#include <cstddef>
#include <string_view>

namespace pullsecret {

// What an image's name is made of (distribution/reference, regexp.go).

/// The reference sets no limit, but DNS does, and comparing a host with patterns must not take
/// long.
inline constexpr std::size_t longest_host = 255;

/// Whether all of `text` is of these, and there is some.
bool is_run_of(std::string_view text, std::string_view characters);

/// Runs of a-z and 0-9, joined by separators.
bool is_path_component(std::string_view text);

/// HOST or HOST:PORT, as what stands before an image's first slash has to be to be one.
bool is_image_host(std::string_view text);

/// Whether any client looks for a credential under `name`, a docker_lookup_name(): Docker Hub's
/// key, its web login's tokens, or a host that an image's name can begin with. None has a blank, a
/// star, a path or a tag.
bool is_looked_for(std::string_view name);

}  // namespace pullsecret
