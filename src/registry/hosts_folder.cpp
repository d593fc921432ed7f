#include "registry/hosts_folder.h"

#include <algorithm>
#include <system_error>
#include <utility>

#include <fmt/format.h>

#include "credential/go_duration.h"
#include "credential/registry.h"
#include "registry/origin.h"
#include "system/error.h"
#include "system/file.h"
#include "system/text.h"
#include "system/toml.h"

namespace pullsecret {
namespace {

namespace fs = std::filesystem;
using enum Severity;

constexpr std::size_t max_size = 256UL * 1024, most_hosts = 100;
constexpr auto unreadable_hint =
    "containerd reads it as root, and pulls no image of the registry where it cannot";
constexpr auto way_to_write_hosts = "write it as [host.\"URL\"]";
constexpr auto way_to_write_settings =
    "mirrors are each a [host.\"URL\"] here; plugins, registry and the like are of containerd's "
    "config.toml";

/// Reads one hosts.toml. All that it throws is what makes containerd pass over the file.
class HostsReader {
 public:
  HostsReader(const std::string& text, std::string name, fs::path folder,
              const std::string& registry_host, bool is_of_k3s)
      : lines_(split(text, '\n')),
        name_(std::move(name)),
        folder_(std::move(folder)),
        registry_host_(registry_host),
        is_of_k3s_(is_of_k3s) {}

  RegistryEndpoints read(const toml::table& table) {
    RegistryEndpoints found{.file = name_, .endpoints = {}};
    for (const auto& [url, settings] : hosts_in(table))
      found.endpoints.push_back(endpoint(mirror_url(url), *settings));
    found.endpoints.push_back(server(table));
    found.remarks = std::move(remarks_);
    return found;
  }

 private:
  using Host = std::pair<std::string, const toml::table*>;
  using Position = std::pair<toml::source_index, toml::source_index>;  // line and column

  Error error(const toml::node& node, const std::string& message) const {
    return {place(node), message};
  }

  std::string place(const toml::node& node) const {
    return fmt::format("{}:{}", name_, node.source().begin.line);
  }

  void remark(const toml::node& node, std::string remark_name, Severity severity,
              const std::string& message, std::string hint = {}) {
    remarks_.push_back({std::move(remark_name), severity,
                        fmt::format("{}: {}", place(node), message), std::move(hint)});
  }

  // In the order of their headings, `[host."URL"]` or `[host."URL".header]`, of which containerd
  // goes through the file (getSortedHosts): what stands there in another form it does not see. A
  // host that it comes to twice it asks twice, which changes nothing.
  std::vector<Host> hosts_in(const toml::table& table) {
    std::vector<Host> hosts;
    note_other_letter_case(table);
    const toml::node* all = table.get("host");
    if (all == nullptr) return hosts;
    if (!all->is_table()) throw error(*all, "host is no table");
    std::vector<std::pair<Position, Host>> placed;
    for (const auto& [url, settings] : *all->as_table()) {
      if (!settings.is_table())
        throw error(settings, fmt::format("host.{} is no table", key_in_words(url.str())));
      if (const auto first = first_heading(settings))
        placed.push_back({*first, {std::string(url.str()), settings.as_table()}});
      else
        remark(settings, "host-not-used", warning,
               fmt::format("containerd does not use {}, which has no heading of its own",
                           key_in_words(url.str())),
               way_to_write_hosts);
    }
    std::sort(placed.begin(), placed.end());
    for (auto& [position, host] : placed)
      hosts.push_back(std::move(host));
    if (hosts.size() > most_hosts) {
      remark(*all, "too-many-hosts", problem,
             fmt::format("of {} hosts the first {} are looked at", hosts.size(), most_hosts));
      hosts.resize(most_hosts);
    }
    return hosts;
  }

  // Of a table with a heading that stands behind that of its own part, toml++ knows the former
  // alone. A heading of a list, `[[…]]`, is none to containerd.
  std::optional<Position> first_heading(const toml::node& node) const {
    std::optional<Position> first;
    if (!node.is_table()) return first;
    const toml::source_position begin = node.source().begin;
    const std::string_view line = lines_.at(begin.line - 1);
    const std::string_view here = line.substr(std::min<std::size_t>(begin.column - 1, line.size()));
    if (here.starts_with('[') && !here.starts_with("[[")) first = {begin.line, begin.column};
    for (const auto& [name, part] : *node.as_table())
      if (const auto other = first_heading(part); other && (!first || *other < *first))
        first = other;
    return first;
  }

  // Its decoder takes any letter case, and what looks for the headings does not.
  void note_other_letter_case(const toml::table& table) {
    for (const auto& [key, node] : table) {
      if (key.str() == "host" || !equal_ignoring_case(key.str(), "host")) continue;
      if (!node.is_table()) throw error(node, fmt::format("{} is no table", key.str()));
      remark(
          node, "host-not-used", warning,
          fmt::format("containerd does not use the hosts of {}: its letter case counts", key.str()),
          way_to_write_hosts);
    }
  }

  // What begins with `http` is no name to containerd.
  static std::string mirror_url(const std::string& url) {
    return url.starts_with("http") && url.find("://") == std::string::npos ? "http://" : url;
  }

  Endpoint server(const toml::table& table) {
    const toml::node* named = find_setting(table, "server");
    const std::string url = named == nullptr ? "" : string_in(*named, "server");
    const bool is_none = url.empty() || mirror_url(url) == "http://";
    Endpoint server =
        with_settings(is_none ? own_endpoint(registry_host_)
                              : endpoint_at(url, overrides_path(table), registry_host_),
                      table, {"server", "host"});
    if (is_none) server.can_pull = server.can_resolve = true;  // whatever the file says
    return server;
  }

  Endpoint endpoint(const std::string& url, const toml::table& settings) {
    return with_settings(endpoint_at(url, overrides_path(settings), registry_host_), settings, {});
  }

  bool overrides_path(const toml::table& settings) const {
    const toml::node* override_path = find_setting(settings, "override_path");
    return override_path != nullptr && bool_in(*override_path, "override_path");
  }

  Endpoint with_settings(Endpoint endpoint, const toml::table& settings,
                         std::vector<std::string_view> known) {
    bool has_tls = false;
    const auto read = [&](std::string_view name, auto take) {
      known.push_back(name);
      if (const toml::node* node = find_setting(settings, name)) take(*node);
    };
    read("capabilities", [&](const toml::node& node) { take_capabilities(endpoint, node); });
    read("ca", [&](const toml::node& node) {
      for (const std::string& file : strings_in(node, "ca"))
        endpoint.trust.authorities.push_back(folder_ / file);
      has_tls = true;
    });
    read("client", [&](const toml::node& node) {
      take_client(endpoint, node);
      has_tls = true;
    });
    read("skip_verify", [&](const toml::node& node) {
      endpoint.trust.anybody = bool_in(node, "skip_verify");
      has_tls = true;
    });
    read("header", [&](const toml::node& node) { take_headers(endpoint, node); });
    read("dial_timeout", [&](const toml::node& node) { take_dial_timeout(endpoint, node); });
    read("override_path", [](const toml::node&) {});
    if (is_of_k3s_) read("rewrite", [&](const toml::node& node) { take_rewrites(endpoint, node); });
    if (has_tls) allow_https_first(endpoint);
    note_slips(settings, known);
    return endpoint;
  }

  // Of what nobody knows a table is meant for something: most are of containerd's own config.toml.
  void note_slips(const toml::table& settings, const std::vector<std::string_view>& known) {
    for (const auto& [key, node] : settings) {
      const std::string_view name = key.str();
      const auto is_name = [&](std::string_view one) { return equal_ignoring_case(name, one); };
      if (std::any_of(known.begin(), known.end(), is_name)) continue;
      if (name == "rewrite")
        remark(node, "unknown-setting", note,
               "containerd passes over rewrite, which that of k3s and rke2 alone knows");
      else if (const std::string meant = meant_name(name, known);
               !meant.empty() || node.is_table() || node.is_array_of_tables())
        remark(
            node, "unknown-setting", meant.empty() ? warning : note,
            fmt::format("containerd passes over {}, which it does not know", printable(name, 60)),
            meant.empty() ? std::string(way_to_write_settings) : meant);
    }
  }

  std::string string_in(const toml::node& node, std::string_view of) const {
    if (!node.is_string()) throw error(node, fmt::format("{} is no string", of));
    return node.as_string()->get();
  }

  bool bool_in(const toml::node& node, std::string_view of) const {
    if (!node.is_boolean()) throw error(node, fmt::format("{} is neither true nor false", of));
    return node.as_boolean()->get();
  }

  // A string, or a list of them.
  std::vector<std::string> strings_in(const toml::node& node, std::string_view of) const {
    if (!node.is_array()) return {string_in(node, of)};
    std::vector<std::string> strings;
    for (const toml::node& one : *node.as_array())
      strings.push_back(string_in(one, of));
    return strings;
  }

  void take_capabilities(Endpoint& endpoint, const toml::node& node) const {
    if (!node.is_array()) throw error(node, "capabilities is no list");
    const std::vector<std::string> named = strings_in(node, "a capability");
    if (named.empty()) return;
    endpoint.can_pull = endpoint.can_resolve = false;
    for (const std::string& name : named)
      if (const std::string lower = lower_case(name); lower == "pull")
        endpoint.can_pull = true;
      else if (lower == "resolve")
        endpoint.can_resolve = true;
      else if (lower != "push" && lower != "referrers")
        throw error(node, fmt::format("there is no capability {}", printable(name, 60)));
  }

  // A file with both, a list of them, or of pairs. Of several the first is shown to whoever asks.
  void take_client(Endpoint& endpoint, const toml::node& node) const {
    std::vector<std::vector<std::string>> pairs;
    if (!node.is_array()) pairs.push_back(strings_in(node, "client"));
    if (const toml::array* list = node.as_array())
      for (const toml::node& one : *list) {
        pairs.push_back(strings_in(one, "client"));
        if (one.is_array() && pairs.back().size() != 2)
          throw error(one, "client has a list that is no pair of a certificate and its key");
      }
    if (pairs.empty()) return;
    const std::vector<std::string>& first = pairs.front();
    endpoint.trust.client_certificate = folder_ / first.front();
    endpoint.trust.client_key = folder_ / (first.back().empty() ? first.front() : first.back());
  }

  void take_headers(Endpoint& endpoint, const toml::node& node) {
    if (!node.is_table()) throw error(node, "header is no table");
    for (const auto& [key, value] : *node.as_table())
      for (const std::string& text : strings_in(value, "a header")) {
        const std::string name(key.str());
        const bool is_sent = is_token(name) && !has_control_character(text);
        if (!is_sent)
          remark(value, "header-refused", problem, "no request has this header",
                 "neither its name nor its value may have line breaks, nor its name spaces");
        else if (!is_one_of(lower_case(name),
                            {"host", "content-length", "transfer-encoding", "trailer"}))
          endpoint.headers.push_back({name, text});
      }
  }

  static bool is_token(std::string_view name) {
    return !name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
      return c > ' ' && c < '\x7F' &&
             std::string_view("()<>@,;:\\\"/[]?={}").find(c) == std::string_view::npos;
    });
  }

  void take_dial_timeout(Endpoint& endpoint, const toml::node& node) const {
    const std::string text = string_in(node, "dial_timeout");
    if (text.empty()) return;
    const auto duration = parse_go_duration(text);
    if (!duration)
      throw error(node,
                  fmt::format("dial_timeout is no duration, such as 3s: {}", printable(text, 60)));
    if (duration->count() > 0)
      endpoint.dial_timeout = std::chrono::ceil<std::chrono::milliseconds>(*duration);
  }

  void take_rewrites(Endpoint& endpoint, const toml::node& node) const {
    if (!node.is_table()) throw error(node, "rewrite is no table");
    for (const auto& [pattern, replacement] : *node.as_table())
      endpoint.rewrites.push_back(
          {std::string(pattern.str()), string_in(replacement, "a rewrite")});
  }

  std::vector<std::string> lines_;
  std::string name_;
  fs::path folder_;
  const std::string& registry_host_;
  bool is_of_k3s_;
  std::vector<Remark> remarks_;
};

// As Docker has them: *.crt, and *.cert with its *.key beside it, or in it.
RegistryEndpoints of_certificates(const fs::path& folder, const std::string& registry_host) {
  RegistryEndpoints found{.file = place_of(folder), .endpoints = {own_endpoint(registry_host)}};
  TlsTrust& trust = found.endpoints.front().trust;
  std::vector<fs::path> files;
  std::error_code failed;
  for (fs::directory_iterator at(folder, failed), end; !failed && at != end; at.increment(failed))
    files.push_back(at->path());
  if (failed) throw Error(place_of(folder), error_text(failed.value()), unreadable_hint);
  std::sort(files.begin(), files.end());
  for (const fs::path& file : files)
    if (file.extension() == ".crt") {
      trust.authorities.push_back(file);
    } else if (file.extension() == ".cert" && !trust.client_certificate) {
      fs::path key = file;
      key.replace_extension(".key");
      trust.client_certificate = file;
      trust.client_key = fs::exists(key, failed) ? key : file;
    }
  return found;
}

// Of HOST:PORT both spellings, of which Windows has but the first.
std::optional<fs::path> folder_of(const fs::path& folder, const std::string& registry_host) {
  std::vector<std::string> names{registry_host, "_default"};
  const std::size_t colon = registry_host.rfind(':');
  if (colon != std::string::npos && colon > 0)
    names.insert(names.begin(), fmt::format("{}_{}_", registry_host.substr(0, colon),
                                            registry_host.substr(colon + 1)));
  for (const std::string& name : names) {
    std::error_code failed;
    const bool is_there = fs::exists(folder / name, failed);
    if (failed) throw Error(place_of(folder / name), error_text(failed.value()));
    if (is_there) return folder / name;
  }
  return std::nullopt;
}

std::string read_hosts(const fs::path& file) {
  try {
    return read_file(file, max_size);
  } catch (const Error& error) {
    throw Error(error.place(), error.message(), unreadable_hint);
  }
}

}  // namespace

RegistryEndpoints parse_hosts(const std::string& text, const std::string& name,
                              const fs::path& folder, const std::string& registry_host) {
  const std::string_view heading = std::string_view(text).substr(0, text.find('\n'));
  const bool is_of_k3s = heading.starts_with("# File generated by k3s") ||
                         heading.starts_with("# File generated by rke2");
  return HostsReader(text, name, folder, registry_host, is_of_k3s).read(parse_toml(text, name));
}

std::optional<RegistryEndpoints> endpoints_in_folder(const fs::path& folder,
                                                     const std::string& registry_host) {
  const auto found = folder_of(folder, registry_host);
  if (!found) return std::nullopt;
  const fs::path file = *found / "hosts.toml";
  std::error_code failed;
  const bool is_there = fs::exists(file, failed);
  if (failed && failed != std::errc::not_a_directory)
    throw Error(place_of(file), error_text(failed.value()), unreadable_hint);
  const std::string text = is_there ? read_hosts(file) : "";
  if (text.empty()) return of_certificates(*found, registry_host);
  try {
    return parse_hosts(text, place_of(file), *found, registry_host);
  } catch (const Error& error) {
    RegistryEndpoints fallback = of_certificates(*found, registry_host);
    fallback.remarks.insert(fallback.remarks.begin(),
                            {"hosts-file-refused", problem,
                             fmt::format("{}; containerd passes over the file, and asks {} itself",
                                         error.what(), printable(registry_host)),
                             ""});
    return fallback;
  }
}

}  // namespace pullsecret
