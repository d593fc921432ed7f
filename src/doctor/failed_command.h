#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace pullsecret {

/// What an error of docker's is about.
enum class DockerErrorKind {
  other,
  store,    ///< a credential store that does not do its work
  writing,  ///< the config cannot be written
  refusal,  ///< a registry does not take the login, or misses one
};

/// Docker tells its plugins the text of an error and nothing else, so that the text decides: a
/// known phrase at its beginning, or behind `: `, which joins Go's errors, or a line break.
DockerErrorKind kind_of_docker_error(std::string_view error);

/// What is wrong where docker failed with `error`, and the one command to be run, in four lines at
/// most, each printable; none if the error is of another kind. Looks at the config and the
/// environment: runs no program.
std::vector<std::string> diagnose(const std::string& error);

}  // namespace pullsecret
