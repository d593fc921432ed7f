#include "operations/inspect.h"

#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "credential/go_duration.h"
#include "credential/registry.h"
#include "kubernetes/keyring.h"
#include "operations/node_endpoints.h"
#include "system/text.h"

namespace pullsecret {
namespace {

// ---- Why no entry serves an image

// A line for each Secret that the kubelet refuses; empty if there is none.
std::string refusals(const std::vector<const InspectedSecret*>& secrets) {
  std::string lines;
  for (const InspectedSecret* secret : secrets)
    if (secret->is_refused)
      lines += fmt::format(
          "\n    {}: the kubelet refuses it, and pulls no image for a Pod that "
          "names it",
          name_in_words(secret->origin));
  return lines;
}

// Why no entry serves the image where no Secret is refused, a line for each Secret or key; the
// nearest keys first.
std::string reasons(const std::vector<const InspectedSecret*>& secrets, const Image& image) {
  constexpr std::size_t most_keys = 10;
  std::string unread;
  std::vector<std::string> near, far;
  for (const InspectedSecret* secret : secrets) {
    if (!secret->is_read) {
      unread +=
          fmt::format("\n    {}: the kubelet reads no entry of it", name_in_words(secret->origin));
      continue;
    }
    for (const KeyringEntry& entry : secret->entries) {
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

std::string why_unserved(const ImagePull& pull) {
  if (!pull.image)
    return fmt::format("\n    {}: {}", pull.refusal->outcome, pull.refusal->reason.message());
  for (const Remark& remark : pull.remarks)
    if (remark.name == "no-secret-of-namespace") return "\n    " + remark.message;
  const std::string refused = refusals(pull.secrets);
  std::string why = refused.empty() ? reasons(pull.secrets, *pull.image) : refused;
  // Where there are Pods, a table has them.
  for (const Remark& remark : pull.remarks)
    if (pull.pods.empty() && is_one_of(remark.name, {"local-registry", "address-without-port"}))
      why += "\n    " + remark.message;
  return why;
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
Keyring::Found entries_of(const std::vector<ImagePull>& images) {
  Keyring::Found entries;
  std::set<const KeyringEntry*> known;
  for (const ImagePull& image : images)
    for (const KeyringEntry* offered : image.offered)
      if (known.insert(offered).second) entries.push_back(offered);
  return entries;
}

std::string in_words(const EntryOrigin& origin) {
  const bool is_named = origin.kind == EntryOrigin::Kind::secret && !origin.name.empty();
  return (is_named ? "Secret " : "") + name_in_words(origin);
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

}  // namespace

void require_entries(const std::vector<ImagePull>& images) {
  constexpr std::size_t most_explained = 10;
  std::string unserved;
  std::size_t count = 0;
  bool is_any_public = true;
  for (const ImagePull& image : images) {
    if (image.refused_secrets.empty() &&
        (!image.offered.empty() || is_served_by_file(image) || is_unneeded(image)))
      continue;
    unserved +=
        "\n  " + (image.name.empty() ? image.pods.front().pod->in_words() : printable(image.name));
    is_any_public &= !image.refusal && image.refused_secrets.empty();
    if (++count <= most_explained) unserved += why_unserved(image);
  }
  if (count > 0)
    throw Error("",
                fmt::format("no entry serves {} of {} images:{}", count, images.size(), unserved),
                is_any_public ? "the kubelet pulls such an image without a login" : "");
}

void require_validity(const std::vector<InspectedSecret>& secrets,
                      std::chrono::seconds min_validity, Time now) {
  check_validity(entries_of(secrets), min_validity, now);
}

void require_validity(const std::vector<ImagePull>& images, std::chrono::seconds min_validity,
                      Time now) {
  check_validity(entries_of(images), min_validity, now);
}

}  // namespace pullsecret
