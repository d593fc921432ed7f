#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "docker/config_file.h"
#include "doctor/finding.h"
#include "doctor/helper_state.h"
#include "helper/client.h"

namespace pullsecret {

/// What a checkup goes by.
struct CheckupOptions {
  std::optional<std::string> named = {};  ///< the config, as --config names it
  HelperClient* helpers = nullptr;      ///< nullptr: runs no program, and knows no store's content
  bool is_for_fix = false;              ///< what is found is to be mended
  std::optional<std::string> use = {};  ///< by this store, in the place of all that do not work
};

/// Everything that was found out about a config.
struct Checkup {
  Findings findings = {};
  std::optional<ConfigLocation> location = {};  ///< none: standard input, or nowhere for it to be
  std::optional<JsonText> json = {};            ///< if it can be read; empty if there is none yet
  std::optional<Config> config = {};            ///< if Docker takes it
  HelperStates helpers = {};                    ///< that it names
  bool lacks_store = false;                     ///< one has to be named, and none works here
  bool is_writable = true;                      ///< nothing keeps pullsecret from replacing it
};

/// One thing that is looked at. Adds its findings, and what those after it go by.
struct Check {
  std::string_view subject;
  std::string_view findings;  ///< the names of all that it may find; STORE-FAULT: own_stores()
  bool is_of_text;            ///< what it finds changes with the text of the config alone
  bool is_about_registries;   ///< each of its findings is about one
  void (*look)(Checkup&, const CheckupOptions&);
};

/// All checks, in their order. A new one is a row here, its test, and its findings' lines in the
/// manual; what mends a finding is the Remedy that is made with it.
std::span<const Check> all_checks();

/// Makes all checks of the config that load_config(named) would read, of all that it leads to, and
/// of the environment. Where pullsecret can change the file, the command of each remedy is the last
/// of its finding's hint; where not, no remedy is left that changes its text. Throws Error if it is
/// for a fix, and root is not to change the file, or it is another user's: so are its stores.
Checkup check_all(const CheckupOptions& options);

/// Makes those of the text alone, of the config that is at `location`, or will be.
Checkup check_text(const ConfigLocation& location, JsonText json, const CheckupOptions& options);

/// Whether pullsecret can change the file: it is, or will be, a config.json that can be read.
bool has_mendable_file(const Checkup& checkup);

}  // namespace pullsecret
