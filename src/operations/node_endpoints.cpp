#include "operations/node_endpoints.h"

#include <algorithm>
#include <system_error>
#include <utility>

#include <fmt/format.h>

#include "credential/registry.h"
#include "kubernetes/documents.h"
#include "registry/hosts_folder.h"
#include "registry/registry_access.h"
#include "system/error.h"
#include "system/file.h"
#include "system/text.h"

namespace pullsecret {
namespace {

namespace fs = std::filesystem;
using enum Severity;
using Source = RegistryEndpoints::Source;

std::vector<Notice> notices_of(const std::vector<Remark>& remarks) {
  std::vector<Notice> notices;
  notices.reserve(remarks.size());
  for (const Remark& remark : remarks)
    notices.push_back({remark.severity == problem ? warning : remark.severity,
                       {"", remark.message, remark.hint}});
  return notices;
}

// Whether an entry is meant for the host of `endpoint` alone, and not for the image's registry.
bool is_for(const KeyringEntry& entry, const Endpoint& endpoint, const Image& image) {
  const std::string host = lower_case(registry_host(entry.key));
  return (host == lower_case(endpoint.host) || serving_host(host) == endpoint.host) &&
         !serves_image(entry.key, image);
}

// A mirror may be named twice, by two paths.
void add(ImagePull& pull, Remark remark) {
  const auto is_same = [&](const Remark& one) { return one.message == remark.message; };
  if (std::none_of(pull.remarks.begin(), pull.remarks.end(), is_same))
    pull.remarks.push_back(std::move(remark));
}

// containerd is given one login with an image, the kubelet's, and sends it to all endpoints.
Remark mirror_entry_unused(const ImagePull& pull, const Endpoint& endpoint,
                           const std::string& key) {
  const std::string registry = printable(pull.image->registry_host), file = pull.endpoints->file;
  const auto remark = [&](Severity severity, const std::string& gets, std::string hint) {
    return Remark{"mirror-entry-unused", severity,
                  fmt::format("containerd never asks for the entry {}: the mirror {} gets {}",
                              key_in_words(key), printable(endpoint.host), gets),
                  std::move(hint)};
  };
  if (pull.offered.empty() && own_login(endpoint) != nullptr)
    return remark(note, fmt::format("its login of {}", file), "");
  const std::string gets =
      fmt::format("that of {}{}", registry, pull.offered.empty() ? ", of which there is none" : "");
  if (pull.endpoints->source == Source::hosts_toml)
    return remark(warning, gets,
                  fmt::format("the mirror has to take the login of {}, or ask for none", registry));
  return remark(warning, gets,
                fmt::format("write the mirror's login into configs of {}, and leave the Secret "
                            "without an entry for {}",
                            file, registry));
}

void add_remarks(ImagePull& pull, const Endpoint& endpoint) {
  const Image& image = *pull.image;
  const std::string repository = image.repository.substr(image.registry_host.size() + 1);
  if (!is_asked_for(endpoint, image.reference))
    add(pull, {"endpoint-not-asked", note,
               fmt::format("{} is not asked for the tag: its capabilities lack {}",
                           endpoint.in_words(), endpoint.can_pull ? "resolve" : "pull"),
               ""});
  if (names_at(endpoint, repository).size() > 1)
    add(pull, {"rewrite-ambiguous", warning,
               fmt::format("several rewrites of {} change {}: which of them counts, k3s leaves to "
                           "chance",
                           pull.endpoints->file, printable(repository)),
               "make them match different names"});
  if (endpoint.credential && !pull.offered.empty())
    add(pull, {"file-login-unused", warning,
               fmt::format("the login for {} in {} is not used: a Secret has one for {}, and "
                           "containerd sends that to all endpoints",
                           printable(endpoint.host), pull.endpoints->file,
                           printable(image.registry_host)),
               "take that entry out of the Secret, where the endpoint needs its own login"});
  if (!endpoint.is_mirror) return;
  for (const InspectedSecret* secret : pull.secrets)
    for (const KeyringEntry& entry : secret->entries)
      if (is_for(entry, endpoint, image)) add(pull, mirror_entry_unused(pull, endpoint, entry.key));
}

// Nothing where only root may tell.
std::optional<Error> why_unusable(const fs::path& file, std::string_view part) {
  constexpr std::size_t max_size = 1024UL * 1024;
  std::error_code failed;
  const bool is_there = fs::exists(file, failed);
  if (failed) return std::nullopt;
  if (!is_there) return Error(place_of(file), "there is no such file");
  try {
    if (read_file(file, max_size).find(part) != std::string::npos) return std::nullopt;
  } catch (const Error&) {
    return std::nullopt;
  }
  return Error(place_of(file), fmt::format("it has no \"{}\"", part));
}

// containerd reads those of all endpoints first, and asks none where one of them cannot be used.
std::optional<Error> why_no_tls(const RegistryEndpoints& registry) {
  constexpr std::string_view certificate = "-----BEGIN CERTIFICATE-----";
  std::optional<Error> why_not;
  const auto look_at = [&](const fs::path& file, std::string_view part) {
    if (!why_not) why_not = why_unusable(file, part);
  };
  for (const Endpoint& endpoint : registry.endpoints) {
    for (const fs::path& file : endpoint.trust.authorities)
      look_at(file, certificate);
    if (endpoint.trust.client_certificate) look_at(*endpoint.trust.client_certificate, certificate);
    if (endpoint.trust.client_key) look_at(*endpoint.trust.client_key, "PRIVATE KEY-----");
  }
  if (!why_not) return std::nullopt;
  return Error("", why_not->what(),
               fmt::format("mend what {} names, else containerd pulls no image of the registry",
                           registry.file));
}

// containerd asks nobody.
void refuse(ImagePull& pull, const std::string& name, const Error& reason) {
  pull.refusal = {"no endpoint", reason};
  add(pull, {name, problem, reason.message(), reason.hint()});
}

}  // namespace

NodeEndpoints NodeEndpoints::of_folder(const fs::path& folder) {
  std::error_code failed;
  const auto status = fs::status(folder, failed);
  if (failed) throw Error(place_of(folder), error_text(failed.value()));
  if (!fs::is_directory(status))
    throw Error(place_of(folder), "it is no folder",
                "name the folder with a folder for each registry, such as /etc/containerd/certs.d");
  if (fs::exists(folder / "hosts.toml", failed))
    throw Error(place_of(folder), "it is the folder of one registry, with a hosts.toml in it",
                "name the one above it, which has a folder for each registry");
  NodeEndpoints node;
  node.folder_ = folder;
  return node;
}

NodeEndpoints NodeEndpoints::of_registries(const JsonText& file, const fs::path& folder) {
  const std::vector<Document> documents = read_documents(file).values;
  NodeEndpoints node;
  node.registries_ = read_registries(documents.empty() ? nlohmann::json() : documents.front().tree,
                                     file.file, folder);
  return node;
}

const RegistryEndpoints* NodeEndpoints::of(const std::string& registry_host) {
  auto known = known_.find(registry_host);
  if (known == known_.end())
    known = known_
                .emplace(registry_host, registries_ ? endpoints_in(*registries_, registry_host)
                                                    : endpoints_in_folder(folder_, registry_host))
                .first;
  return known->second ? &*known->second : nullptr;
}

Notices NodeEndpoints::notices() const {
  std::vector<Remark> remarks;
  if (registries_) remarks = registries_->remarks;
  for (const auto& [host, endpoints] : known_)
    if (endpoints)
      for (const Remark& remark : endpoints->remarks) {
        const auto is_same = [&](const Remark& one) { return one.message == remark.message; };
        if (std::none_of(remarks.begin(), remarks.end(), is_same)) remarks.push_back(remark);
      }
  return notices_of(remarks);
}

void set_endpoints(std::vector<ImagePull>& pulls, NodeEndpoints& node) {
  std::map<const RegistryEndpoints*, std::optional<Error>> unusable_tls;  // read once for each
  for (ImagePull& pull : pulls) {
    if (!pull.image || pull.refusal) continue;
    try {
      pull.endpoints = node.of(pull.image->registry_host);
    } catch (const Error& error) {
      refuse(pull, "node-file-unreadable", {"", error.what(), error.hint()});
    }
    if (pull.endpoints == nullptr) continue;
    const auto [tls, is_new] = unusable_tls.try_emplace(pull.endpoints);
    if (is_new) tls->second = why_no_tls(*pull.endpoints);
    if (tls->second) refuse(pull, "node-file-unreadable", *tls->second);
    bool is_any_asked = false;
    for (const Endpoint& endpoint : pull.endpoints->endpoints) {
      is_any_asked |= is_asked_for(endpoint, pull.image->reference);
      add_remarks(pull, endpoint);
    }
    if (!is_any_asked)
      refuse(
          pull, "no-endpoint",
          {"", fmt::format("{} has no endpoint that may be asked for it: one with the capability "
                           "pull, and with resolve for a tag",
                           pull.endpoints->file)});
  }
}

EndpointLogin login_at(const Endpoint& endpoint, const ImagePull& pull) {
  if (!pull.offered.empty()) return EndpointLogin::of_secret;
  return own_login(endpoint) == nullptr ? EndpointLogin::none : EndpointLogin::of_file;
}

bool is_served_by_file(const ImagePull& pull) {
  if (!pull.image || pull.endpoints == nullptr) return false;
  const auto& endpoints = pull.endpoints->endpoints;
  return std::any_of(endpoints.begin(), endpoints.end(), [&](const Endpoint& endpoint) {
    return is_asked_for(endpoint, pull.image->reference) &&
           login_at(endpoint, pull) == EndpointLogin::of_file;
  });
}

}  // namespace pullsecret
