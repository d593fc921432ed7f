#include "registry/registries_yaml.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "credential/basic_auth.h"
#include "credential/registry.h"
#include "registry/origin.h"
#include "registry/registry_access.h"
#include "registry/rewrite.h"
#include "system/error.h"
#include "system/text.h"

namespace pullsecret {
namespace {

namespace fs = std::filesystem;
using Tree = nlohmann::json;
using Names = std::vector<std::string_view>;
using enum Severity;

constexpr std::size_t most_registries = 1'000, most_endpoints = 100;

/// Reads one file. A member that is null is none.
class RegistriesReader {
 public:
  RegistriesReader(std::string file, fs::path folder)
      : folder_(std::move(folder)), found_{.file = std::move(file)} {}

  NodeRegistries read(const Tree& tree) {
    if (tree.is_null()) return std::move(found_);
    if (!tree.is_object()) throw error("it must be an object, with mirrors and configs");
    note_unknown(tree, {"mirrors", "configs", "auths"}, "");
    for_each(tree, "mirrors", "",
             [&](const std::string& host, const Tree& value, const std::string& path) {
               note_no_host(host, path);
               found_.mirrors[host] = read_mirror(value, path);
             });
    for_each(tree, "configs", "",
             [&](const std::string& host, const Tree& value, const std::string& path) {
               note_no_host(host, path);
               found_.configs[host] = read_config(value, path);
             });
    if (found_.mirrors.size() + found_.configs.size() > most_registries)
      throw error(fmt::format("more than {} registries", most_registries));
    note_unused_login();
    return std::move(found_);
  }

 private:
  Error error(const std::string& message,
              const std::string& hint = "k3s and rke2 do not start with it") const {
    return {found_.file, message, hint};
  }

  void remark(std::string name, Severity severity, const std::string& message,
              std::string hint = {}) {
    found_.remarks.push_back(
        {std::move(name), severity, fmt::format("{}: {}", found_.file, message), std::move(hint)});
  }

  // A login may stand where a name should.
  static std::string name_in_words(const std::string& name) {
    const bool is_word = std::all_of(name.begin(), name.end(), [](char c) {
      return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '-';
    });
    return is_word ? printable(name, 60) : "a name";
  }

  void note_unknown(const Tree& object, const Names& known, const std::string& path,
                    Severity severity = note) {
    for (const auto& [name, value] : object.items()) {
      if (std::find(known.begin(), known.end(), name) != known.end()) continue;
      const std::string meant = meant_name(name, known);
      remark("unknown-setting", severity,
             fmt::format("k3s passes over {}{}, which it does not know", path, name_in_words(name)),
             meant.empty() ? "it knows " + join({known.begin(), known.end()}, ", ") : meant);
    }
  }

  void note_no_host(const std::string& name, const std::string& path) {
    if (name.find('/') != std::string::npos)
      remark("name-not-used", warning, fmt::format("k3s looks for no {}", path),
             "write HOST[:PORT], without https:// and a path");
  }

  static const Tree* find(const Tree& object, std::string_view name) {
    const auto found = object.find(std::string(name));
    return found == object.end() || found->is_null() ? nullptr : &*found;
  }

  // The member `name` of `object`, and its path.
  static std::pair<const Tree*, std::string> member(const Tree& object, std::string_view name,
                                                    const std::string& path) {
    return {find(object, name),
            path.empty() ? std::string(name) : fmt::format("{}.{}", path, name)};
  }

  template <typename Take>
  void for_each(const Tree& object, std::string_view name, const std::string& path, Take take) {
    const auto [members, place] = member(object, name, path);
    if (members == nullptr) return;
    if (!members->is_object()) throw error(place + " must be an object");
    for (const auto& [key, value] : members->items())
      take(key, value, fmt::format("{}.{}", place, key_in_words(key)));
  }

  std::string text_of(const Tree& value, const std::string& path) const {
    if (value.is_string()) return value.get<std::string>();
    if (value.is_null()) return {};
    if (value.is_structured()) throw error(path + " must be a string");
    return value.dump();
  }

  std::string text(const Tree& object, std::string_view name, const std::string& path) const {
    const auto [value, place] = member(object, name, path);
    return value == nullptr ? "" : text_of(*value, place);
  }

  NodeRegistries::Mirror read_mirror(const Tree& tree, const std::string& path) {
    NodeRegistries::Mirror mirror;
    if (tree.is_null()) return mirror;
    if (!tree.is_object()) throw error(path + " must be an object");
    note_unknown(tree, {"endpoint", "rewrite"}, path + ".");
    const auto [list, place] = member(tree, "endpoint", path);
    if (list != nullptr && !list->is_array()) throw error(place + " must be a list");
    if (list != nullptr && list->size() > most_endpoints)
      throw Error(found_.file, fmt::format("{} has more than {} endpoints", place, most_endpoints));
    if (list != nullptr)
      for (const Tree& one : *list)
        mirror.endpoints.push_back(text_of(one, place));
    for_each(tree, "rewrite", path,
             [&](const std::string& pattern, const Tree& value, const std::string& of) {
               mirror.rewrites.push_back({pattern, text_of(value, of)});
               try {
                 replace_all(pattern, "", "");
               } catch (const Error& fault) {
                 remark("rewrite-refused", problem, fmt::format("{}: {}", of, fault.message()),
                        "k3s passes over it");
               }
             });
    return mirror;
  }

  NodeRegistries::Config read_config(const Tree& tree, const std::string& path) {
    NodeRegistries::Config config;
    if (tree.is_null()) return config;
    if (!tree.is_object()) throw error(path + " must be an object");
    note_unknown(tree, {"auth", "tls"}, path + ".");
    const auto [auth, auth_path] = member(tree, "auth", path);
    const auto [tls, tls_path] = member(tree, "tls", path);
    if (auth != nullptr) config.credential = read_auth(*auth, auth_path);
    if (tls != nullptr) config.trust = read_tls(*tls, tls_path);
    return config;
  }

  // containerd takes the first of the three (internal/cri, ParseAuth).
  Credential read_auth(const Tree& tree, const std::string& path) {
    if (!tree.is_object()) throw error(path + " must be an object");
    note_unknown(tree, {"username", "password", "auth", "identity_token"}, path + ".", warning);
    Credential credential{.username = text(tree, "username", path),
                          .password = text(tree, "password", path)};
    if (!credential.username.empty()) return credential;
    credential.identity_token = text(tree, "identity_token", path);
    const std::string auth = text(tree, "auth", path);
    if (!credential.identity_token.empty() || auth.empty()) return credential;
    try {
      const UserPassword login = decode_auth(auth);
      return {.username = login.username, .password = login.password};
    } catch (const Error&) {
      remark("auth-refused", problem,
             fmt::format("{}.auth is no USERNAME:PASSWORD in base64", path));
      return credential;
    }
  }

  TlsTrust read_tls(const Tree& tree, const std::string& path) {
    if (!tree.is_object()) throw error(path + " must be an object");
    note_unknown(tree, {"ca_file", "cert_file", "key_file", "insecure_skip_verify"}, path + ".");
    TlsTrust trust;
    if (const std::string file = text(tree, "ca_file", path); !file.empty())
      trust.authorities.push_back(folder_ / file);
    const std::string certificate = text(tree, "cert_file", path),
                      key = text(tree, "key_file", path);
    if (!certificate.empty() || !key.empty()) {
      trust.client_certificate = folder_ / certificate;
      trust.client_key = folder_ / (key.empty() ? certificate : key);
    }
    const std::string skip = lower_case(text(tree, "insecure_skip_verify", path));
    trust.anybody = is_one_of(skip, {"true", "yes", "on", "y"});
    if (!trust.anybody && !is_one_of(skip, {"", "false", "no", "off", "n"}))
      throw error(path + ".insecure_skip_verify must be true or false");
    return trust;
  }

  // containerd looks for a login by the host of the URL, as k3s has written it.
  void note_unused_login() {
    const auto hub = found_.configs.find("docker.io");
    if (hub == found_.configs.end() || !hub->second.credential) return;
    remark("login-not-used", warning, "nobody asks for the login of configs.docker.io",
           fmt::format("containerd looks for that of {}, at which Docker Hub is",
                       serving_host("docker.io")));
  }

  fs::path folder_;
  NodeRegistries found_;
};

const NodeRegistries::Config* find_config(const NodeRegistries& registries,
                                          const std::string& host) {
  const auto found = registries.configs.find(host);
  return found == registries.configs.end() ? nullptr : &found->second;
}

// By the name that serves it, else by its own.
const NodeRegistries::Config* config_for(const NodeRegistries& registries,
                                         const std::string& host) {
  const std::string serving = serving_host(host);
  const auto* config = serving == host ? nullptr : find_config(registries, serving);
  return config == nullptr ? find_config(registries, host) : config;
}

void apply(Endpoint& endpoint, const NodeRegistries& registries,
           const NodeRegistries::Config* config) {
  if (config != nullptr && config->trust) {
    endpoint.trust = *config->trust;
    // What is false k3s does not write.
    const TlsTrust& trust = endpoint.trust;
    if (trust.anybody || !trust.authorities.empty() || trust.client_certificate)
      allow_https_first(endpoint);
  }
  if (const auto* login = find_config(registries, endpoint.host))
    endpoint.credential = login->credential;
}

bool is_empty(const NodeRegistries::Config* config) {
  return config == nullptr || (!config->credential && !config->trust);
}

// With k3s' defaults: on this machine a host with a port is asked over http.
std::optional<Endpoint> mirror_at(const std::string& text, const std::string& registry_host) {
  std::string url = text;
  if (url.find("://") == std::string::npos) {
    const auto origin = origin_of("https://" + url);
    const bool is_odd_port = origin && origin->authority() != origin->host;
    url = (origin && is_loopback(origin->host) && is_odd_port ? "http://" : "https://") + url;
  }
  Endpoint endpoint = endpoint_at(url, true, registry_host);
  if (endpoint.host.empty() || !origin_of(endpoint.urls.front())) return std::nullopt;
  if (endpoint.root.empty()) endpoint.root = "/v2";
  if (const std::string serving = serving_host(endpoint.host); serving != endpoint.host) {
    const std::string scheme = endpoint.urls.front().substr(0, endpoint.urls.front().find("://"));
    endpoint.urls = {fmt::format("{}://{}", scheme, serving)};
    endpoint.host = serving;
  }
  return endpoint;
}

bool is_same(const Endpoint& a, const Endpoint& b) {
  return a.urls.front() == b.urls.front() && a.root == b.root;
}

}  // namespace

NodeRegistries read_registries(const Tree& tree, const std::string& file, const fs::path& folder) {
  return RegistriesReader(file, folder).read(tree);
}

std::optional<RegistryEndpoints> endpoints_in(const NodeRegistries& registries,
                                              const std::string& registry_host) {
  const auto* own = config_for(registries, registry_host);
  auto mirror = registries.mirrors.find(registry_host);
  // An entry that says nothing is none: then that of `*` counts.
  const bool is_named =
      !is_empty(own) || (mirror != registries.mirrors.end() && !mirror->second.endpoints.empty());
  if (!is_named) mirror = registries.mirrors.find("*");
  const auto* config = is_named ? own : find_config(registries, "*");
  const bool has_mirror = mirror != registries.mirrors.end() && !mirror->second.endpoints.empty();
  if (!has_mirror && is_empty(config)) return std::nullopt;

  RegistryEndpoints found{.source = RegistryEndpoints::Source::registries_yaml,
                          .file = registries.file,
                          .endpoints = {}};
  Endpoint last = own_endpoint(registry_host);
  if (has_mirror)
    for (const std::string& text : mirror->second.endpoints) {
      auto endpoint = mirror_at(text, registry_host);
      if (!endpoint) {
        found.remarks.push_back(
            {"endpoint-refused", problem,
             fmt::format("{}: k3s passes over the endpoint {} of {}, which is no URL",
                         registries.file, key_in_words(text), printable(mirror->first)),
             ""});
        continue;
      }
      const bool is_last = &text == &mirror->second.endpoints.back() && is_same(*endpoint, last);
      const bool is_known =
          std::any_of(found.endpoints.begin(), found.endpoints.end(),
                      [&](const Endpoint& one) { return is_same(one, *endpoint); });
      if (is_last || is_known) continue;
      endpoint->rewrites = mirror->second.rewrites;
      apply(*endpoint, registries,
            config_for(registries,
                       endpoint->host == serving_host("docker.io") ? "docker.io" : endpoint->host));
      found.endpoints.push_back(*std::move(endpoint));
    }
  apply(last, registries, config);
  found.endpoints.push_back(std::move(last));
  return found;
}

}  // namespace pullsecret
