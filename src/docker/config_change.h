#pragma once

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "credential/credential.h"
#include "credential/json_syntax.h"
#include "docker/config.h"

namespace pullsecret {

/// The entry goes.
struct Removed {};
/// What can log in goes (`auth`, `username`, `password` and the tokens); all other fields stay, as
/// Docker leaves them when it puts a credential into a store.
struct WithoutSecrets {};
/// The entry gets another key, unless an entry of that key is there: then it goes.
struct Renamed {
  std::string to;
};
/// The credential stands in the entry, as `docker login` writes it without a store; what else the
/// entry has stays, its email, too. An entry that is not there is added at the end. The username
/// has no colon.
struct Inline {
  Credential credential;
};
using EntryChange = std::variant<Removed, WithoutSecrets, Renamed, Inline>;

/// Registry key → its new helper, whose name may be empty (the credential is then in the file);
/// nothing: the line goes.
using HelperChanges = std::map<std::string, std::optional<std::string>>;

/// A string in an object of the file: {"features", "hooks"} of `{"features": {"hooks": "true"}}`.
struct StringChange {
  std::vector<std::string> path;  ///< a setting, and names in its objects
  std::optional<std::string>
      value;  ///< nothing: it goes, and so do the objects that are then empty
};

/// What is to become of a config file. What it does not name stays.
struct ConfigChange {
  std::map<std::string, std::string> setting_names;  ///< setting → its new name
  std::optional<std::string> creds_store;            ///< its new value; empty: the setting goes
  HelperChanges cred_helpers;
  std::map<std::string, EntryChange> entries;  ///< by key, as spelled in `auths`
  std::vector<StringChange> strings;
  bool drops_others = false;  ///< entries and lines of credHelpers that are not named go

  bool empty() const {
    return setting_names.empty() && !creds_store && cred_helpers.empty() && entries.empty() &&
           strings.empty() && !drops_others;
  }
};

/// What makes a config hold `credentials` in itself, by registry key, and nothing else: its other
/// entries go, and so do the names of stores.
ConfigChange inline_alone(std::vector<std::pair<std::string, Credential>> credentials);

/// The text of the config file `json` after `change`, laid out as Docker lays it out: a member a
/// line, one tab for each level. Strings, numbers, the names and the order of all that `change`
/// does not name stay byte for byte; so does what follows the first JSON value, and a line break at
/// the end, which Docker does not write, stays if it was there. An empty text becomes an empty
/// object.
///
/// A member that is there several times is changed each time; `auths`, or `credHelpers`, that is
/// there several times and changed becomes one object, as Go merges them, of just that name: in
/// another letter case Go alone finds it. New members come at the end; `credHelpers` goes when the
/// change leaves nothing in it.
///
/// `json` is one that parse_config() takes; the result is one, too. Throws Error as that does.
std::string changed_config(const JsonText& json, const ConfigChange& change);

}  // namespace pullsecret
