#include "operations/usable_credentials.h"

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <map>
#include <optional>
#include <string_view>
#include <variant>

#include <fmt/format.h>

#include "credential/registry.h"
#include "credential/white_space_remarks.h"
#include "docker/config_file.h"
#include "docker/podman.h"
#include "docker/resolve.h"
#include "kubernetes/keyring.h"
#include "kubernetes/pull_credential.h"
#include "system/append.h"
#include "system/text.h"

namespace pullsecret {
namespace {

// For each of `images` those of `keys` that the kubelet offers for it, were it alone, once mended.
std::vector<std::vector<std::string>> keys_for(const std::vector<Image>& images,
                                               const std::vector<std::string>& keys) {
  std::vector<KeyringEntry> entries;
  entries.reserve(keys.size());
  for (const std::string& key : keys)
    for (std::string& taken : kubelet_registry_keys(key))
      entries.push_back(
          {.key = std::move(taken), .origin = {EntryOrigin::Kind::docker_config, key}});
  const Keyring keyring(std::move(entries));
  std::vector<std::vector<std::string>> serving;
  serving.reserve(images.size());
  for (const Image& image : images) {
    auto& named = serving.emplace_back();
    for (const KeyringEntry* entry : keyring.serving(image))
      named.push_back(entry->origin.name);
    named = without_repeats(std::move(named));
  }
  return serving;
}

bool is_narrowed(const CredentialChoice& choice) {
  return !choice.registries.empty() || !choice.images.empty() || !choice.images_if_known.empty();
}

// ---- Logins of buildx's own

const BuildxLogin* buildx_login_for(const CredentialChoice& choice, const Image& image) {
  const std::string_view path = std::string_view(image.repository);
  return login_for_pull(choice.buildx_logins, image.registry_host,
                        path.substr(image.registry_host.size() + 1));
}

// The kubelet tries the longer key first, as buildx takes the login of the repository first.
std::string kubelet_key_of(const BuildxLogin& login, const Image& image) {
  return login.repository.empty() ? login.server_url() : image.repository;
}

std::vector<Resolved> resolve_buildx_logins(const CredentialChoice& choice, HelperClient& helpers) {
  std::map<std::string, const BuildxLogin*> logins;
  for (const Image& image : choice.images)
    if (const BuildxLogin* login = buildx_login_for(choice, image))
      logins.emplace(kubelet_key_of(*login, image), login);
  std::vector<Resolved> resolved;
  for (const auto& [key, login] : logins)
    try {
      const Config config = load_config(login->file.string()).config;
      const std::string asked = registry_keys_for(config, login->server_url()).front();
      resolved.push_back({key, resolve(config, {asked}, helpers).front().outcome});
    } catch (const Error& error) {
      resolved.push_back({key, error});
    }
  return resolved;
}

// Docker's config need not have those.
CredentialChoice without_buildx_images(CredentialChoice choice) {
  const auto needs_config = [&](const Image& image) { return !buildx_login_for(choice, image); };
  const auto others =
      std::stable_partition(choice.images.begin(), choice.images.end(), needs_config);
  choice.images_if_known.insert(choice.images_if_known.end(), others, choice.images.end());
  choice.images.erase(others, choice.images.end());
  return choice;
}

// What buildx takes before Docker's config.
void put_first(std::vector<Resolved> logins, std::vector<Resolved>& resolved) {
  for (Resolved& login : logins) {
    std::erase_if(resolved, [&](const Resolved& other) { return other.key == login.key; });
    resolved.push_back(std::move(login));
  }
}

std::vector<std::string> choose_registries(const CredentialChoice& choice, const Config& config,
                                           HelperClient& helpers) {
  std::vector<std::string> known = named_registries(config);
  if (choice.all || (known.empty() && !is_narrowed(choice))) {
    append(known, stored_registries(config, helpers));
    known = without_repeats(std::move(known));
  }
  if (!is_narrowed(choice)) return known;

  std::vector<std::string> chosen;
  for (const std::string& registry : choice.registries)
    append(chosen, registry_keys_for(config, registry_named(config, registry)));
  append(chosen, registries_for_images(config, known, choice.images));
  for (const auto& keys : keys_for(choice.images_if_known, known))
    append(chosen, keys);
  return without_repeats(std::move(chosen));
}

// docker logout leaves a line beside credsStore.
bool is_logged_out(const Config& config, const Resolved& registry) {
  return std::holds_alternative<NoCredential>(registry.outcome) &&
         config.auths.find(registry.key) == nullptr && is_line_for_podman(config, registry.key);
}

void leave_out_logged_out(const Config& config, std::vector<Resolved>& resolved) {
  const auto out = std::stable_partition(
      resolved.begin(), resolved.end(),
      [&](const Resolved& registry) { return !is_logged_out(config, registry); });
  if (out != resolved.begin()) resolved.erase(out, resolved.end());
}

struct Unresolved {
  std::string key;
  Error reason;
};

Error unresolved_error(const std::vector<Unresolved>& unresolved, std::size_t asked,
                       std::string_view way_to_skip) {
  std::string list =
      fmt::format("no usable credential for {} of {} registries:", unresolved.size(), asked);
  for (const auto& [key, reason] : unresolved) {
    list += fmt::format("\n  {}: {}", key_in_words(key), reason.what());
    if (!reason.hint().empty()) list += fmt::format("\n    hint: {}", reason.hint());
  }
  const bool is_any_left = unresolved.size() < asked;
  return {"", list, is_any_left ? std::string(way_to_skip) : ""};
}

// What stays unresolved is an error, or a warning each as long as one credential is left.
Notices notices_of_unresolved(const CredentialChoice& choice,
                              const std::vector<Unresolved>& unresolved, std::size_t asked) {
  if (!unresolved.empty() && (!choice.skip_unresolved || unresolved.size() == asked))
    throw unresolved_error(unresolved, asked, choice.way_to_skip);
  Notices notices;
  for (const auto& [key, reason] : unresolved)
    notices.push_back(
        {.text = {key_in_words(key), std::string("left out: ") + reason.what(), reason.hint()}});
  return notices;
}

// In the form that the output takes: for a Secret, with a password.
Credential take_usable_form(const CredentialChoice& choice, Resolved& registry) {
  if (const Error* error = why_unresolved(registry)) throw Error(*error);
  auto& credential = std::get<Credential>(registry.outcome);
  if (!choice.as_passwords) return std::move(credential);
  if (const auto reason = why_serves_nothing(registry.key)) throw Error(*reason);
  return pull_credential(registry.key, std::move(credential));
}

// The kubelet keeps to the path, and Docker does not.
std::optional<Notice> notice_of_path(const Config& config, const std::string& key) {
  const std::string host = docker_lookup_name(key);
  if (!is_about_path(key) || host == docker_hub_key || config.auths.find(host) != nullptr)
    return std::nullopt;
  return Notice{.severity = Severity::note,
                .text = {key_in_words(key),
                         fmt::format("it serves the images of this path alone, where Docker takes "
                                     "it for all of {}",
                                     key_in_words(host)),
                         login_command(host)}};
}

Error names_nothing(const Config& config) {
  const std::string way_in = "log in with docker login REGISTRY, or name a file with --config";
  if (const auto& refused = config.environment_refused)
    return {config.file, "it names no registry, and DOCKER_AUTH_CONFIG is not taken",
            refused->hint().empty() ? way_in : refused->hint()};
  return {config.file,
          config.creds_store.empty()
              ? "it names no registry, and no credential store"
              : fmt::format("it names no registry, and its store {} has none",
                            printable(config.creds_store)),
          way_in};
}

bool is_same(const Resolved& a, const Resolved& b) {
  const auto* one = std::get_if<Credential>(&a.outcome);
  const auto* other = std::get_if<Credential>(&b.outcome);
  return one != nullptr && other != nullptr && is_same_login(*one, *other);
}

std::optional<Notice> notice_of_chance(const std::string& name,
                                       const std::vector<const Resolved*>& found) {
  std::vector<std::string> keys;
  for (const Resolved* registry : found)
    if (registry == found.front() || !is_same(*registry, *found.front()))
      keys.push_back(key_in_words(registry->key));
  if (keys.size() == 1) return std::nullopt;
  return Notice{.text = {key_in_words(name),
                         fmt::format("Docker takes any of {} for it, by chance", join(keys, ", ")),
                         login_command(name)}};
}

WithNotices<KeyedCredentials> take_usable(const CredentialChoice& choice, const Config& config,
                                          std::vector<Resolved> resolved, Notices notices) {
  WithNotices<KeyedCredentials> usable{{}, std::move(notices)};
  usable.value.reserve(resolved.size());
  std::vector<Unresolved> unresolved;
  for (Resolved& registry : resolved)
    try {
      Credential credential = take_usable_form(choice, registry);
      // It is written as it is: who knows that it is not meant?
      for (const Remark& remark : remarks_on_white_space(credential))
        usable.notices.push_back(
            {.text = {key_in_words(registry.key), remark.message,
                      config.is_of_secrets ? "make the Secret again without it"
                                           : login_command_for(config, registry.key)}});
      if (!config.is_of_secrets && choice.as_passwords && choice.images.empty() &&
          choice.images_if_known.empty())
        if (auto notice = notice_of_path(config, registry.key))
          usable.notices.push_back(*std::move(notice));
      usable.value.emplace_back(registry.key, std::move(credential));
    } catch (const Error& error) {
      unresolved.push_back({registry.key, error});
    }
  append(usable.notices, notices_of_unresolved(choice, unresolved, resolved.size()));
  return usable;
}

// The entries of one registry under its different spellings.
using Spellings = std::vector<std::pair<std::string, Credential>>;

// Of several spellings of one registry the one that needs no mending counts, else the first.
const std::pair<std::string, Credential>& counting(const Spellings& spellings,
                                                   const std::string& kubelet_key) {
  const auto right = std::find_if(spellings.begin(), spellings.end(), [&](const auto& spelling) {
    return spelling.first == kubelet_key;
  });
  return right == spellings.end() ? spellings.front() : *right;
}

std::optional<Notice> notice_of_others(const Spellings& spellings,
                                       const std::pair<std::string, Credential>& counting) {
  std::vector<std::string> others;
  for (const auto& [key, credential] : spellings)
    if (!is_same_login(credential, counting.second)) others.push_back(key_in_words(key));
  if (others.empty()) return std::nullopt;
  return Notice{
      .text = {"",
               fmt::format(
                   "{} and {} mean one registry and have different credentials; that of {} counts",
                   key_in_words(counting.first), join(others, ", "), key_in_words(counting.first)),
               "take those you do not need out of the config; docker logout takes all of them"}};
}

// Docker takes a URL for its host, whoever stands in it: whose login is wanted says --account.
void refuse_account(const Config& config, const std::string& name) {
  const KeyParts parts = split_key(name);
  if (parts.scheme.empty() || parts.login.empty() || config.auths.find(name) != nullptr) return;
  throw Error(key_in_words(name), "a username in it chooses no login",
              fmt::format("name {}, with --account {}", key_in_words(registry_host(name)),
                          shell_word(parts.login.substr(0, parts.login.find_first_of(":@")))));
}

// As `docker login` takes it: a URL may have a path, too.
Image image_named(const std::string& name) {
  try {
    return parse_image(name);
  } catch (const Error&) {
    const std::string host = registry_host(name);
    return {.registry_host = host.empty() ? name : host, .repository = name};
  }
}

}  // namespace

std::string registry_named(const Config& config, const std::string& name) {
  refuse_account(config, name);
  if (!is_about_path(name) || (!config.is_podmans && config.auths.find(name) != nullptr))
    return name;
  Image image = image_named(name);
  return nearest_key(config, std::move(image.repository)).value_or(image.registry_host);
}

KeyedCredentials by_names_asked(const std::vector<std::string>& asked, const Config& config,
                                KeyedCredentials credentials) {
  const auto find = [&](const std::string& key) {
    return std::find_if(credentials.begin(), credentials.end(),
                        [&](const auto& keyed) { return keyed.first == key; });
  };
  for (const std::string& name : asked) {
    const std::string host = registry_named(config, name);
    const auto found = find(host);
    if (!is_about_path(name) || find(name) != credentials.end() || found == credentials.end())
      continue;
    if (std::find(asked.begin(), asked.end(), host) == asked.end())
      found->first = name;
    else
      credentials.emplace_back(name, found->second);
  }
  return credentials;
}

std::vector<std::string> registries_for_images(const Config& config,
                                               const std::vector<std::string>& known,
                                               const std::vector<Image>& images) {
  std::vector<std::string> registries;
  const auto serving = keys_for(images, known);
  for (std::size_t i = 0; i < serving.size(); ++i) {
    append(registries, serving[i]);
    if (!serving[i].empty()) continue;
    // One about another path serves the image with Docker alone.
    std::vector<std::string> keys = registry_keys_for(config, images[i].registry_host);
    std::erase_if(keys, is_about_path);
    if (keys.empty()) keys.push_back(images[i].registry_host);
    append(registries, keys);
  }
  return without_repeats(std::move(registries));
}

Notices notices_of_lookup(const Config& config, const std::vector<Resolved>& resolved) {
  Notices notices;
  if (config.is_of_secrets) return notices;
  std::map<std::string, std::vector<const Resolved*>> found_by_host;
  for (const Resolved& registry : resolved) {
    const std::string name = docker_lookup_name(registry.key);
    if (!registry.stored_as.empty())
      notices.push_back(
          {.text = {key_in_words(registry.key),
                    fmt::format("the store has it as {}, where Docker does not look for it",
                                key_in_words(registry.stored_as)),
                    login_command(name)}});
    if (name != registry.key && name == registry_host(registry.key) &&
        store_for(config, name) == nullptr && config.auths.find(name) == nullptr)
      found_by_host[name].push_back(&registry);
  }
  for (const auto& [name, found] : found_by_host)
    if (auto notice = notice_of_chance(name, found)) notices.push_back(*std::move(notice));
  return notices;
}

WithNotices<KeyedCredentials> mend_keys(KeyedCredentials credentials) {
  const auto needs_no_mending = [](const auto& keyed) {
    return kubelet_registry_keys(keyed.first) == std::vector{keyed.first};
  };
  if (std::all_of(credentials.begin(), credentials.end(), needs_no_mending))
    return {std::move(credentials), {}};

  std::map<std::string, Spellings> registries;
  for (auto& keyed : credentials) {
    const std::vector<std::string> keys = kubelet_registry_keys(keyed.first);
    for (std::size_t i = 1; i < keys.size(); ++i)
      registries[keys[i]].push_back(keyed);
    registries[keys.front()].push_back(std::move(keyed));
  }
  WithNotices<KeyedCredentials> mended;
  for (const auto& [kubelet_key, spellings] : registries) {
    const auto& kept = counting(spellings, kubelet_key);
    if (auto notice = notice_of_others(spellings, kept))
      mended.notices.push_back(*std::move(notice));
    mended.value.emplace_back(kubelet_key, kept.second);
  }
  return mended;
}

WithNotices<KeyedCredentials> usable_credentials(const CredentialChoice& choice,
                                                 const Config& config, HelperClient& helpers) {
  std::vector<Resolved> logins = resolve_buildx_logins(choice, helpers);
  std::vector<std::string> keys = choose_registries(without_buildx_images(choice), config, helpers);
  if (keys.empty() && logins.empty() && is_narrowed(choice)) return {};
  if (keys.empty() && logins.empty()) throw names_nothing(config);
  std::vector<Resolved> resolved = resolve(config, std::move(keys), helpers);
  if (!is_narrowed(choice)) leave_out_logged_out(config, resolved);
  Notices notices = notices_of_lookup(config, resolved);
  put_first(std::move(logins), resolved);
  WithNotices<KeyedCredentials> usable =
      take_usable(choice, config, std::move(resolved), std::move(notices));
  WithNotices<KeyedCredentials> mended = mend_keys(std::move(usable.value));
  for (Notice& notice : mended.notices)
    usable.notices.push_back(
        config.is_of_secrets
            ? Notice{.text = {"", notice.text.message(), "make the Secret again, with one of them"}}
            : std::move(notice));
  return {std::move(mended.value), std::move(usable.notices)};
}

std::vector<std::string> unserved_images(const std::vector<WorkloadImage>& images,
                                         const KeyedCredentials& credentials) {
  std::vector<std::string> keys, unserved;
  keys.reserve(credentials.size());
  for (const auto& [key, credential] : credentials)
    keys.push_back(key);
  const Keyring keyring = keyring_of(keys);
  for (const auto& [name, image] : images)
    if (keyring.offered(image).empty()) unserved.push_back(name);
  return unserved;
}

}  // namespace pullsecret
