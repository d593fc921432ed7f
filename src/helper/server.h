#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "helper/status.h"
#include "helper/store.h"

namespace pullsecret {

/// An action of one helper beside the protocol's. It speaks to a person: data on standard output,
/// failure on standard error as `docker-credential-NAME: error: …`, exit status 1.
struct OwnAction {
  std::string_view name;
  std::function<void(const std::vector<std::string>& arguments)> run;
};

/// A helper program.
struct HelperProgram {
  std::string_view name;  ///< as in `credsStore`
  std::string_view help;  ///< what --help prints
  std::function<std::unique_ptr<Store>()> open;
  std::function<StoreStatus()> status;  ///< throws Error if it cannot be told
  std::vector<OwnAction> own_actions = {};
};

/// A helper's main(): hardens the process (harden_process()), serves the one action that `argv`
/// names, and returns the exit status.
///
/// As docker-credential-helpers 0.9 does (credentials/credentials.go): input on standard input, the
/// answer on standard output with exit status 0, an error as one line on standard output with exit
/// status 1. An error's hint stands on the same line, because Docker shows that line and no other.
///
/// Where standard input is a terminal, a line on standard error says what is waited for; `list`,
/// whose input says nothing, then reads none.
///
/// `status [-o json | text]`, which the protocol does not have, is served as an own action.
int serve(HelperProgram program, int argc, char** argv);

/// What serve() does in a process that is hardened.
int serve_once(HelperProgram program, const std::vector<std::string>& arguments);

/// What `action`, one of store, get, erase, list, answers to `input` (at most max_message bytes):
/// empty for store and erase, else one line of JSON with its line break. Throws Error for an
/// unknown action and for input that is refused:
///
/// - `store`: no JSON object (json_message.h), one that is not UTF-8, which nobody could give back
/// as
///   it was, a field that is no string, no ServerURL or Username (the exact messages that callers
///   compare), a control character in either, a NUL in Secret. An absent Secret is empty.
/// - `get`, `erase`: an empty server URL, a control character in it. White space at its ends does
///   not count. `get` tries the other spellings of the same registry when there is no entry under
///   the one asked for, which the answer names all the same. `erase` of the name that Docker asks
///   for (docker_server_url()) removes the entries under these, too, so that `get` finds nothing
///   after it, as docker logout promises; upstream's helpers leave them. Of any other name it
///   removes that entry alone.
std::string answer(Store& store, std::string_view action, std::string_view input);

}  // namespace pullsecret
