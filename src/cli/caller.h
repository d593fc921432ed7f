#pragma once

#include <string>
#include <string_view>

namespace pullsecret {

/// Who called pullsecret, as the name says by which it was started (argv[0]).
enum class Caller {
  shell,               ///< pullsecret
  kubectl,             ///< kubectl-pullsecret
  kubectl_completion,  ///< kubectl_complete-pullsecret
  docker,              ///< docker-pullsecret
};

/// Whom a program of this name is called by.
Caller caller_of(std::string_view program_name);

/// That of this process.
Caller caller();

/// `text` for the caller: a command in it, written `pullsecret COMMAND` at its beginning or behind
/// a space, a back quote or a bracket, becomes `kubectl pullsecret COMMAND` or `docker pullsecret
/// COMMAND`. For help and messages, never for data.
std::string as_called(std::string_view text, Caller by = caller());

}  // namespace pullsecret
