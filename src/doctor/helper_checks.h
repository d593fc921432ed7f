#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "docker/config.h"
#include "doctor/finding.h"
#include "helper/client.h"

namespace pullsecret {

/// What a credential helper is good for, here and now.
struct HelperState {
  bool works = false;       ///< it answered `get`, and what it says of its entries can be believed
  bool is_faulty = false;   ///< something is wrong with it, or with what stands behind it
  bool is_lost = false;     ///< there is no such program for this machine: another can take over
  bool is_useless = false;  ///< it is there, and neither stores nor reads
  std::optional<std::vector<std::string>> listed = std::nullopt;  ///< its server URLs, if it tells
};

using HelperStates = std::map<std::string, HelperState>;  ///< by name, as in the config

/// Whether `helper` is among the states, and works.
bool works(const HelperStates& states, const std::string& helper);

/// Those that are lost or useless, by name.
std::set<std::string> useless_helpers(const HelperStates& states);

struct HelperChecks {
  Findings findings;
  HelperStates helpers;
};

/// Asks every helper that `config` names, all side by side: first for one registry of the config;
/// then, all at once, for its `version`, its `list` and the others, which `helpers` remembers for
/// check_entries(); then what stands behind pullsecret's own stores (store_checks.h). The `get`
/// that counts is for a registry of the config that the helper has, else for one that it lists,
/// else for one of the config, else for Docker Hub. One that hangs is asked nothing more. Where one
/// is of no use, its hint says what `doctor --fix` would put in its place, if anything. One finding
/// for each helper at least:
///
/// `helper-ok`, `helper-not-found`, `helper-not-executable`, `helper-wrong-format`,
/// `helper-name-prefix`, `helper-name-empty`, `helper-name-invalid`, `helper-misspelled`,
/// `helper-read-only` (it mints tokens, and stands in credsStore), `helper-hangs`,
/// `helper-crashes`, `helper-no-json`, `helper-no-list`, `helper-fails`, `helper-docker-desktop`,
/// `helper-dev-container`, `helper-interactive-only`, `secretservice-lists-labels`; and
/// `STORE-KIND` for what keeps a store from its work, with the kinds of helper/status.h.
HelperChecks check_helpers(const Config& config, HelperClient& helpers);

/// Those of the findings that PATH says alone: the helpers that are not there, or may not be run.
Findings check_presence(const Config& config);

/// A store that works, and what it has.
struct WorkingStore {
  std::string name;
  std::vector<std::string> listed;  ///< server URLs, sorted
};

/// The first of `pass`, `secretservice` (the order in which Docker chooses) and `encryptedfile`
/// that is installed, lists, and can store and read: for pass that takes GPG keys that can encrypt
/// and one that can decrypt, for secretservice a default keyring that is not locked. None of
/// `useless`.
std::optional<WorkingStore> find_working_store(HelperClient& helpers,
                                               const std::set<std::string>& useless = {});

/// Whether `store` works in the same sense; the answer says why if it does not.
std::optional<Error> why_not_usable(const std::string& store, HelperClient& helpers);

/// Throws Error if it does not, with `option` as its place: the one that named the store.
void check_usable(const std::string& option, const std::string& store, HelperClient& helpers);

}  // namespace pullsecret
