#include "helper/own_stores.h"

#include <unistd.h>

#include <algorithm>
#include <utility>
#include <variant>

#include "system/environment.h"

namespace pullsecret {
namespace {

namespace fs = std::filesystem;

HelperCall status_call(const std::string& store, std::optional<fs::path> program = std::nullopt) {
  return {.helper = store, .action = "status", .input = {}, .program = std::move(program)};
}

std::optional<StoreStatus> status_in(const HelperCall& call, const HelperClient& helpers) {
  const HelperReply* reply = helpers.known(call);
  const auto* answer = reply == nullptr ? nullptr : std::get_if<std::string>(reply);
  return answer == nullptr ? std::nullopt : parse_status(call.helper, *answer);
}

}  // namespace

const std::vector<OwnStore>& own_stores() {
  static const std::vector<OwnStore> stores{
      {.name = "pass",
       .origin = "install it: pullsecret's, or Debian's golang-docker-credential-helpers",
       .faults = {"not-installed", "not-initialized", "key-missing", "key-expired", "key-untrusted",
                  "key-unusable", "gpg-folder", "no-agent", "no-pinentry", "unreadable",
                  "unwritable"},
       .default_beside = "pass",
       .programs = {"pass", "gpg"},
       .variables = {"PASSWORD_STORE_DIR", "GNUPGHOME"}},
      {.name = "secretservice",
       .origin = "install it: pullsecret's, or Debian's golang-docker-credential-helpers",
       .faults = {"no-bus", "no-service", "no-keyring", "locked"},
       .needs_desktop = true,
       .default_beside = ""},
      {.name = "route",
       .origin = "install it: it is one of pullsecret's",
       .faults = {"no-rules", "helper-missing"},
       .keeps_logins = false,
       .variables = {"XDG_CONFIG_HOME"}},
      {.name = "encryptedfile",
       .origin = "install it: it is one of pullsecret's",
       .faults = {"locked", "file-missing", "key-missing", "key-unusable", "unreadable",
                  "unwritable", "damaged"},
       .way_to_key_file =
           "`docker-credential-encryptedfile rekey` puts a key file in the place of the passphrase",
       .variables = {"DOCKER_CREDENTIAL_KEY_FILE", "XDG_DATA_HOME", "XDG_CONFIG_HOME"}},
  };
  return stores;
}

const OwnStore& undemanding_store() {
  return own_stores().back();
}

const OwnStore* find_own_store(std::string_view name) {
  const auto found = std::find_if(own_stores().begin(), own_stores().end(),
                                  [&](const OwnStore& store) { return store.name == name; });
  return found == own_stores().end() ? nullptr : &*found;
}

std::optional<fs::path> find_installed_helper(std::string_view store) {
  const fs::path self = own_program();
  fs::path helper = self.parent_path() / helper_program_name(store);
  const bool is_there = !self.empty() && access(helper.c_str(), X_OK) == 0;
  return is_there ? std::optional(std::move(helper)) : std::nullopt;
}

void ask_for_status(const std::vector<std::string>& stores, const std::vector<std::string>& in_vain,
                    HelperClient& helpers) {
  std::vector<HelperCall> on_path, installed;
  for (const std::string& store : stores)
    if (find_own_store(store) && std::find(in_vain.begin(), in_vain.end(), store) == in_vain.end())
      on_path.push_back(status_call(store));
  helpers.ask(on_path);
  for (const std::string& store : stores)
    if (find_own_store(store) && !known_status(store, helpers))
      if (auto program = find_installed_helper(store))
        installed.push_back(status_call(store, std::move(program)));
  helpers.ask(installed);
}

std::optional<StoreStatus> known_status(const std::string& store, const HelperClient& helpers) {
  if (auto status = status_in(status_call(store), helpers)) return status;
  const auto program = find_installed_helper(store);
  return program ? status_in(status_call(store, program), helpers) : std::nullopt;
}

}  // namespace pullsecret
