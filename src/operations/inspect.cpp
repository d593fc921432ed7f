#include "operations/inspect.h"

#include <algorithm>
#include <optional>
#include <set>
#include <utility>

#include <fmt/format.h>

#include "credential/go_duration.h"
#include "credential/registry.h"
#include "kubernetes/keyring.h"
#include "system/text.h"

namespace pullsecret {
namespace {

// ---- Why no entry serves an image

// A line for each Secret that the kubelet refuses; empty if there is none.
std::string refusals(const std::vector<InspectedSecret>& secrets) {
  std::string lines;
  for (const InspectedSecret& secret : secrets)
    if (secret.is_refused)
      lines += fmt::format(
          "\n    {}: the kubelet refuses it, and pulls no image for a Pod that "
          "names it",
          name_in_words(secret.origin));
  return lines;
}

// Why no entry serves the image where no Secret is refused, a line for each Secret or key; the
// nearest keys first.
std::string reasons(const std::vector<InspectedSecret>& secrets, const Image& image) {
  constexpr std::size_t most_keys = 10;
  std::string unread;
  std::vector<std::string> near, far;
  for (const InspectedSecret& secret : secrets) {
    if (!secret.is_read) {
      unread +=
          fmt::format("\n    {}: the kubelet reads no entry of it", name_in_words(secret.origin));
      continue;
    }
    for (const KeyringEntry& entry : secret.entries) {
      const std::string& key = entry.key;
      const NotServed why = why_not_served(key, image);
      (why.is_other_registry ? far : near)
          .push_back(fmt::format("\n    {} {}", key_in_words(key), why.reason));
    }
  }
  near.insert(near.end(), far.begin(), far.end());
  const std::size_t named = std::min(near.size(), most_keys);
  std::string text = unread;
  for (std::size_t i = 0; i < named; ++i)
    text += near[i];
  if (named < near.size()) text += fmt::format("\n    and {} more", near.size() - named);
  return text;
}

// ---- How long entries last

Keyring::Found entries_of(const std::vector<InspectedSecret>& secrets) {
  Keyring::Found entries;
  for (const InspectedSecret& secret : secrets)
    for (const KeyringEntry& entry : secret.entries)
      entries.push_back(&entry);
  return entries;
}

// Those that the kubelet would try for any of the images, each once.
Keyring::Found entries_of(const std::vector<ImageEntries>& images) {
  Keyring::Found entries;
  std::set<const KeyringEntry*> known;
  for (const ImageEntries& image : images)
    for (const KeyringEntry* offered : image.offered)
      if (known.insert(offered).second) entries.push_back(offered);
  return entries;
}

std::string in_words(const EntryOrigin& origin) {
  if (origin.kind != EntryOrigin::Kind::secret || origin.name.empty()) return name_in_words(origin);
  const std::string place = origin.name_space.empty() ? "" : origin.name_space + "/";
  return "Secret " + printable(place + origin.name, std::string::npos);
}

void check_validity(const Keyring::Found& entries, std::chrono::seconds min_validity, Time now) {
  std::size_t count = 0;
  std::string ending;
  for (const KeyringEntry* entry : entries) {
    const auto end = expiry_of(entry->credential);
    // Of one that does not say when it ends, nobody knows.
    if (!end || (*end > now && *end - now >= min_validity)) continue;
    ++count;
    ending += fmt::format("\n  {} in {}: {}", key_in_words(entry->key), in_words(entry->origin),
                          time_left_in_words(*end, now));
  }
  if (count == 0) return;
  const std::string what = min_validity.count() == 0
                               ? "have ended"
                               : "last less than " + short_go_duration(min_validity);
  throw Error("", fmt::format("{} of {} entries {}:{}", count, entries.size(), what, ending),
              entries.front()->origin.kind == EntryOrigin::Kind::docker_config
                  ? "log in again"
                  : "`pullsecret convert | kubectl apply -f -` makes the Secret again, with a new "
                    "token; a CronJob does it in time");
}

// Whoever leaves the namespace out leaves it to kubectl.
bool is_named(const InspectedSecret& secret, const PullSecretName& named) {
  const bool is_same_namespace = named.name_space.empty() || secret.origin.name_space.empty() ||
                                 named.name_space == secret.origin.name_space;
  return is_same_namespace && named.name == secret.origin.name;
}

}  // namespace

std::vector<ImageEntries> entries_serving(const std::vector<WorkloadImage>& images,
                                          const Keyring& keyring,
                                          const std::vector<InspectedSecret>& secrets) {
  constexpr std::size_t most_explained = 10;
  const std::string refused = refusals(secrets);
  std::vector<ImageEntries> found;
  found.reserve(images.size());
  std::string unserved;
  std::size_t count = 0;
  for (const auto& [name, image] : images) {
    found.push_back({name, image, keyring.offered(image)});
    if (!found.back().offered.empty()) continue;
    unserved += "\n  " + printable(name);
    if (++count > most_explained) continue;
    unserved += refused.empty() ? reasons(secrets, image) : refused;
  }
  if (count > 0)
    throw Error("",
                fmt::format("no entry serves {} of {} images:{}", count, found.size(), unserved),
                refused.empty() ? "the kubelet pulls such an image without a login" : "");
  return found;
}

void require_validity(const std::vector<InspectedSecret>& secrets,
                      std::chrono::seconds min_validity, Time now) {
  check_validity(entries_of(secrets), min_validity, now);
}

void require_validity(const std::vector<ImageEntries>& images, std::chrono::seconds min_validity,
                      Time now) {
  check_validity(entries_of(images), min_validity, now);
}

Notices absent_secrets(const std::vector<PullSecretName>& named,
                       const std::vector<InspectedSecret>& secrets) {
  Notices notices;
  for (const PullSecretName& name : named)
    if (std::none_of(secrets.begin(), secrets.end(),
                     [&](const InspectedSecret& secret) { return is_named(secret, name); }))
      notices.push_back(
          {.text = {name.place, fmt::format("it names the pull Secret {}, which is not here",
                                            printable(name.name))}});
  return notices;
}

}  // namespace pullsecret
