#include "docker/entries_that_stay.h"

#include <algorithm>
#include <vector>

#include <fmt/format.h>

#include "credential/image_grammar.h"
#include "credential/registry.h"
#include "docker/resolve.h"

namespace pullsecret {
namespace {

using Entries = std::vector<const AuthEntry*>;

// `same` have credentials, and are looked up under one `name`. A store has one place for them; one
// of another registry's spelling or path stays where Docker takes another in its place, and all do
// where it takes any, or looks for none.
void find_staying(const std::string& name, const Entries& same,
                  std::map<std::string, Error>& staying) {
  const auto exact = std::find_if(same.begin(), same.end(),
                                  [&](const AuthEntry* entry) { return entry->key == name; });
  const auto is_exact_ones = [&](const AuthEntry* entry) {
    return exact != same.end() && is_same_login(entry->credential, (*exact)->credential);
  };
  Entries taken;
  for (const AuthEntry* entry : same)
    if (!is_name_of_login(name))
      staying.emplace(entry->key, no_name_of_login());
    else if (lacks_secret(entry->credential))
      staying.emplace(entry->key, Error("", "a username alone, which is no login"));
    else if (is_exact_ones(entry))
      continue;
    else if (is_about_path(entry->key) && (exact != same.end() || name == docker_hub_key))
      staying.emplace(entry->key, Error("",
                                        "Docker takes another one for its host, and no store "
                                        "tells paths apart"));
    else if (exact == same.end())
      taken.push_back(entry);
    else
      staying.emplace(entry->key, Error("", "Docker takes another one for its registry"));
  const auto is_as_first = [&](const AuthEntry* entry) {
    return is_same_login(entry->credential, taken.front()->credential);
  };
  const auto other = std::find_if_not(taken.begin(), taken.end(), is_as_first);
  if (other == taken.end()) return;
  for (const AuthEntry* entry : taken)
    staying.emplace(
        entry->key,
        Error("",
              fmt::format("{} has another one for the same host, and a store keeps one for each",
                          key_in_words((is_as_first(entry) ? *other : taken.front())->key)),
              login_command(name)));
}

}  // namespace

bool is_name_of_login(const std::string& key) {
  return is_looked_for(docker_lookup_name(key)) || has_star(key);
}

Error no_name_of_login() {
  return {"", "nobody looks for a login under this name"};
}

std::map<std::string, Error> entries_that_stay(const Config& config) {
  std::map<std::string, Entries> by_name;
  for (const AuthEntry& entry : config.auths)
    if (!is_empty(entry.credential)) by_name[docker_lookup_name(entry.key)].push_back(&entry);
  std::map<std::string, Error> staying;
  for (const auto& [name, same] : by_name)
    find_staying(name, same, staying);
  return staying;
}

}  // namespace pullsecret
