#include "kubernetes/inspect_secrets.h"

#include <algorithm>
#include <map>
#include <utility>

#include <fmt/format.h>

#include "credential/base64.h"
#include "credential/issuers.h"
#include "credential/login_remarks.h"
#include "credential/registry.h"
#include "credential/unfilled_template.h"
#include "kubernetes/find_pull_data.h"
#include "kubernetes/name_rules.h"
#include "kubernetes/pull_data.h"
#include "system/text.h"

namespace pullsecret {
namespace {

using enum Severity;

// ---- Remarks about an entry

void check_key(const std::string& key, std::vector<Remark>& remarks) {
  const std::string mended = kubelet_registry_key(key);
  if (has_login(key))
    remarks.push_back({"login-in-key", warning, "the key holds a login, which nobody reads",
                       "take it out of the key: it is no secret there"});
  if (const TemplateMark* mark = find_template_mark(key))
    remarks.push_back(
        {"unfilled-template", problem, in_words("the key", *mark), std::string(mark->way.secrets)});
  else if (served_images(mended) != served_images(key))
    remarks.push_back({"misspelled-key", problem,
                       "the kubelet does not match this key with the images people mean",
                       fmt::format("the key must be {}", key_in_words(mended))});
  else if (const auto reason = why_serves_nothing(key))
    remarks.push_back({"serves-nothing", problem, reason->message(), reason->hint()});
}

// People change the password, and not `auth`, which counts.
void check_auth(const PullEntry& entry, std::vector<Remark>& remarks) {
  if (!entry.beside_auth) return;
  std::vector<std::string> other;
  for (const auto& [name, field] : {std::pair("username", &Credential::username),
                                    std::pair("password", &Credential::password)}) {
    const std::string& beside = (*entry.beside_auth).*field;
    if (!beside.empty() && beside != entry.credential.*field) other.emplace_back(name);
  }
  if (other.empty()) return;
  const std::string names = join(other, " and ");
  remarks.push_back(
      {"auth-differs", warning,
       fmt::format("its \"auth\" has another {} than stands beside it, and counts", names),
       "\"auth\" is base64 of username:password: change it, too, or make the entry "
       "again"});
}

void check_login(const PullEntry& entry, std::vector<Remark>& remarks) {
  const Credential& credential = entry.credential;
  const auto& [username, password, email, identity_token, registry_token] = credential;
  if (!identity_token.empty())
    remarks.push_back({"identity-token", password.empty() ? problem : note,
                       "it has an identity token, which the kubelet ignores",
                       "log in with an access token as the password; for Azure's registries "
                       "pullsecret convert makes a password of it"});
  if (!registry_token.empty())
    remarks.push_back({"registry-token", password.empty() ? problem : note,
                       "it has a registry token, which the kubelet ignores",
                       "log in with a username and a password or access token"});
  if (auto remark = remark_on_missing(entry)) remarks.push_back(*std::move(remark));
  for (Remark& remark : remarks_on_login(credential)) {
    if (remark.name == "trailing-nul")
      remark.hint = "pullsecret convert writes it without";
    else if (remark.hint.empty())
      remark.hint = "make the Secret again without it: pullsecret create, or printf %s for echo";
    remarks.push_back(std::move(remark));
  }
}

void check_lifetime(KeyringEntry& entry, Time now) {
  constexpr auto renew_hint =
      "make the Secret again before, from a CronJob, or use a credential that lasts";
  const std::string_view lifetime = credential_kind(entry.credential).lifetime;
  const auto expires = expiry_of(entry.credential);
  if (expires && *expires <= now)
    entry.remarks.push_back({"expired", problem, "it expired at " + in_words(*expires),
                             "log in again, and make the Secret again"});
  else if (!lifetime.empty())
    entry.remarks.push_back({"short-lived", note,
                             fmt::format("such a token lasts {}", lifetime) +
                                 (expires ? ", this one until " + in_words(*expires) : ""),
                             renew_hint});
}

KeyringEntry inspect_entry(const PullEntry& pull, const EntryOrigin& origin, Time now) {
  KeyringEntry entry{.key = pull.key,
                     .credential = pull.credential,
                     .origin = origin,
                     .is_refused = pull.defect.has_value()};
  check_key(entry.key, entry.remarks);
  if (pull.defect) {
    entry.remarks.push_back(
        {"refused-entry", problem,
         "because of it the kubelet refuses the whole Secret: " + pull.defect->message(),
         pull.defect->hint()});
  } else {
    check_auth(pull, entry.remarks);
    check_login(pull, entry.remarks);
    check_lifetime(entry, now);
  }
  return entry;
}

// ---- Remarks about a Secret

void check_size(const SecretManifest& manifest, std::vector<Remark>& remarks) {
  if (manifest.size > max_annotations)
    remarks.push_back({"too-large-to-apply", warning,
                       fmt::format("the manifest is too large for client-side kubectl apply, "
                                   "which keeps a copy of at most {} bytes",
                                   max_annotations),
                       "kubectl apply --server-side"});
}

// Two keys of one Secret that are one to the kubelet.
void check_alike_keys(const std::vector<KeyringEntry>& entries, std::vector<Remark>& remarks) {
  std::map<std::string, const KeyringEntry*> filed;
  for (const KeyringEntry& entry : entries) {
    const auto name = filed_key(entry.key);
    if (!name) continue;
    const auto [known, is_new] = filed.emplace(*name, &entry);
    if (is_new || is_same_login(known->second->credential, entry.credential)) continue;
    remarks.push_back({"ambiguous-key", warning,
                       fmt::format("{} and {} are one key to the kubelet, which tries their "
                                   "credentials in an order left to chance",
                                   key_in_words(known->second->key), key_in_words(entry.key)),
                       "keep the one that works"});
  }
}

// What the kubelet would read, and what that lacks.
void add_data_remarks(const PullData& data, const std::optional<MistakenData>& mistaken,
                      std::vector<Remark>& remarks) {
  if (auto remark = remark_on_data(data, mistaken)) remarks.push_back(*std::move(remark));
  for (const std::string& key : data.repeated_keys)
    remarks.push_back(
        {"repeated-key", warning,
         fmt::format("{} stands there more than once; the last counts", key_in_words(key)), ""});
  if (data.names_store)
    remarks.push_back({"store-named", warning,
                       "it names a credential store, which the kubelet cannot ask",
                       "pullsecret convert asks it, and puts the credentials into the Secret"});
}

// In a .dockercfg the members of a config.json, and of what is wrapped around one, are no
// registries.
void drop_what_is_no_registry(PullData& pull_data) {
  std::erase_if(pull_data.entries, [](const PullEntry& entry) {
    return is_empty(entry.credential) && entry.credential.password.empty();
  });
}

void inspect_data(const std::string& data, const SecretManifest& manifest, const DataPlace& place,
                  Time now, InspectedSecret& secret) {
  secret.data_size = data.size();
  if (data.empty()) {
    secret.remarks.push_back({"no-entries", problem, "its data is empty", ""});
    return;
  }
  if (data.size() > max_secret_data) {
    secret.remarks.push_back({"too-large", problem,
                              fmt::format("its data has {} bytes, and the API server takes {}",
                                          data.size(), max_secret_data),
                              "put fewer registries into one Secret"});
    return;
  }
  if (const auto inner = decode_base64(trim(data)); inner && type_of_data(*inner)) {
    secret.is_refused = true;
    secret.remarks.push_back(
        {"encoded-twice", problem,
         "its data is base64 of base64: the kubelet refuses the whole Secret",
         R"(base64 once under "data", or the text itself under "stringData")"});
    return;
  }
  PullData pull_data = read_pull_data(place.type, data);
  secret.is_refused = pull_data.refusal.has_value();
  secret.is_read = !secret.is_refused;
  const bool names_nothing = pull_data.entries.empty() && !pull_data.refusal;
  const auto mistaken = mistake_in(manifest, place, data, pull_data);
  add_data_remarks(pull_data, mistaken, secret.remarks);
  if (names_nothing) secret.remarks.push_back({"no-entries", problem, "it names no registry", ""});
  if (mistaken && place.type == SecretType::dockercfg) drop_what_is_no_registry(pull_data);
  for (const PullEntry& entry : pull_data.entries)
    secret.entries.push_back(inspect_entry(entry, secret.origin, now));
  check_alike_keys(secret.entries, secret.remarks);
}

// Where it belongs, and what it is called.
void check_names(const SecretManifest& manifest, std::vector<Remark>& remarks) {
  for (const auto& [what, name] :
       {std::pair("the namespace", &manifest.name_space), {"the name", &manifest.name}})
    if (const TemplateMark* mark = find_template_mark_in_name(*name);
        mark != nullptr && !is_secret_name(*name))
      remarks.push_back({"unfilled-template", warning,
                         in_words(fmt::format("{} {}", what, printable(*name, 100)), *mark),
                         std::string(mark->way.secrets)});
}

Remark not_a_string(const SecretManifest& manifest) {
  return {"not-a-string", problem,
          fmt::format("the value of {} is no string: the API server refuses the Secret",
                      printable(join(manifest.not_texts, ", "))),
          "write it in quotes"};
}

InspectedSecret inspect_secret(const SecretManifest& manifest, Time now) {
  InspectedSecret secret{
      .origin = {.kind = manifest.is_config_file ? EntryOrigin::Kind::docker_config
                                                 : EntryOrigin::Kind::secret,
                 .name = manifest.name,
                 .name_space = manifest.name_space,
                 .is_made = manifest.is_made},
      .type = manifest.type.empty() ? "Opaque" : manifest.type};
  check_names(manifest, secret.remarks);
  if (auto remark = remark_on_place(manifest)) secret.remarks.push_back(*std::move(remark));
  if (manifest.fault)
    secret.remarks.push_back({"refused-by-api-server", problem,
                              "the API server refuses it: " + manifest.fault->message(),
                              manifest.fault->hint()});
  if (!manifest.not_texts.empty()) secret.remarks.push_back(not_a_string(manifest));
  check_size(manifest, secret.remarks);
  const auto place = find_pull_data(manifest);
  if (!place) return secret;
  if (const auto data = decoded_data(manifest, place->key)) {
    inspect_data(*data, manifest, *place, now, secret);
  } else {
    const Error why = not_base64(manifest, place->key);
    secret.remarks.push_back({"not-base64", problem, why.message(), why.hint()});
  }
  const bool is_there = manifest.not_texts.empty() && !manifest.fault;
  secret.is_read &= place->is_right && is_there;
  secret.is_refused &= place->is_right && !manifest.fault;
  return secret;
}

// ---- Remarks about Secrets of one namespace

void compare_secrets(std::vector<InspectedSecret>& secrets) {
  struct Known {
    const InspectedSecret* secret;
    const Credential* credential;
  };
  std::map<std::pair<std::string, std::string>, Known> first;  // by namespace and filed key
  for (InspectedSecret& secret : secrets)
    for (KeyringEntry& entry : secret.entries) {
      const auto filed = filed_key(entry.key);
      if (!secret.is_read || !filed) continue;
      const auto [known, is_new] = first.emplace(std::pair(secret.origin.name_space, *filed),
                                                 Known{&secret, &entry.credential});
      const auto& [other, credential] = known->second;
      if (is_new || other == &secret || is_same_login(*credential, entry.credential)) continue;
      entry.remarks.push_back({"other-secret-differs", warning,
                               fmt::format("{} has another credential for the same registry",
                                           name_in_words(other->origin)),
                               "the kubelet tries both, in the order of imagePullSecrets"});
    }
}

}  // namespace

const Remark* problem_in(const std::vector<Remark>& remarks) {
  const auto found = std::find_if(remarks.begin(), remarks.end(),
                                  [](const Remark& remark) { return remark.severity == problem; });
  return found == remarks.end() ? nullptr : &*found;
}

std::optional<Remark> remark_on_missing(const PullEntry& entry) {
  const auto& [username, password, email, identity_token, registry_token] = entry.credential;
  if (entry.beside_auth && username.empty() && password.empty())
    return Remark{"empty-entry", problem,
                  "its \"auth\" is base64 of a mere colon, and the kubelet pulls without a login",
                  "username and password were empty when it was made: make it again"};
  if (is_empty(entry.credential) && password.empty())
    return Remark{"empty-entry", problem, "it is empty, and the kubelet pulls without a login",
                  "the credential is in a store: make the Secret of the Docker config itself, "
                  "with pullsecret convert"};
  if (username.empty() && !password.empty())
    return Remark{"no-username", problem,
                  "it has a password and no username: containerd and CRI-O send nothing",
                  "put a username before the colon of \"auth\"; where the password is a token, "
                  "many registries take any"};
  if (!username.empty() && password.empty() && identity_token.empty())
    return Remark{"no-password", problem,
                  "it has a username and no password: containerd sends nothing, and CRI-O an "
                  "empty password, where the registry wants Basic",
                  "make the Secret again, with the password"};
  return std::nullopt;
}

std::string name_in_words(const EntryOrigin& origin) {
  if (origin.kind == EntryOrigin::Kind::docker_config) return "the Docker config file";
  if (origin.name.empty()) return "a Secret without a name";
  return printable(origin.name_space.empty() ? origin.name : origin.name_space + "/" + origin.name);
}

std::vector<InspectedSecret> inspect_secrets(const std::vector<SecretManifest>& manifests,
                                             Time now) {
  std::vector<InspectedSecret> secrets;
  std::size_t entries = 0;
  for (const SecretManifest& manifest : manifests) {
    if (!is_pull_secret(manifest)) continue;
    secrets.push_back(inspect_secret(manifest, now));
    entries += std::max<std::size_t>(secrets.back().entries.size(), 1);
    if (entries > max_pull_entries)
      throw Error("", fmt::format("more than {} entries in all", max_pull_entries),
                  "give fewer Secrets at once, such as those of one namespace");
  }
  compare_secrets(secrets);
  return secrets;
}

Keyring keyring_of(const std::vector<InspectedSecret>& secrets) {
  std::vector<KeyringEntry> entries;
  if (std::any_of(secrets.begin(), secrets.end(), std::mem_fn(&InspectedSecret::is_refused)))
    return Keyring();
  for (const InspectedSecret& secret : secrets)
    if (secret.is_read) entries.insert(entries.end(), secret.entries.begin(), secret.entries.end());
  return Keyring(std::move(entries));
}

}  // namespace pullsecret
