#include "helpers/route/rules.h"

#include <fnmatch.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <set>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "credential/go_duration.h"
#include "credential/registry.h"
#include "helper/client.h"
#include "helper/protocol.h"
#include "system/error.h"
#include "system/file.h"
#include "system/folder.h"
#include "system/text.h"
#include "system/whose_folder.h"

namespace pullsecret {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;

constexpr std::string_view any_registry = "*";

/// Reads a member of a rule; `place` is its own.
struct Member {
  std::string_view name;
  void (*read)(const Json& value, const std::string& place, Rule& rule);
};

// A host in lower case as clients ask for it.
std::string asked_host(std::string host) {
  if (is_docker_hub_host(host)) return "docker.io";
  if (!host.ends_with(https_port)) return host;
  host.resize(host.size() - https_port.size());
  return is_docker_hub_host(host) ? "docker.io" : host;
}

const std::string& text_of(const Json& value, const std::string& place) {
  if (value.is_string() && !value.get_ref<const std::string&>().empty() &&
      !has_control_character(value.get_ref<const std::string&>()))
    return value.get_ref<const std::string&>();
  throw Error(place, "must be a string that is not empty");
}

void read_match(const Json& value, const std::string& place, Rule& rule) {
  const std::string match = lower_case(text_of(value, place));
  if (match.find('/') != std::string::npos)
    throw Error(place, "must be a host, or HOST:PORT",
                "Docker tells a helper no path: leave it out, and the scheme, too");
  if (match.find('@') != std::string::npos)
    throw Error(place, "must be a host, or HOST:PORT, without a username",
                "\"account\" says whose login is answered");
  rule.match = asked_host(match);
  const auto url = parse_url(rule.match);
  const bool has_asked_characters =
      rule.match.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789.-_:[]*") ==
      std::string::npos;
  const bool is_any = rule.match == any_registry && match != any_registry;  // such as `*:443`
  if (!url || !has_asked_characters || is_any || rule.match.ends_with(':'))
    throw Error(place, fmt::format("is no host: {}", printable(match, 80)));
  rule.pattern = parts_of(*url);
}

std::string helper_of(const Json& value, const std::string& place) {
  const std::string& name = text_of(value, place);
  if (name == "route")
    throw Error(place, "leads to this program itself", "name the helper that keeps the login");
  if (name.starts_with(helper_program_prefix))
    throw Error(place, "is a program's name",
                fmt::format("write \"{}\"", printable(name.substr(helper_program_prefix.size()))));
  if (!is_helper_name(name))
    throw Error(place, fmt::format("is no name of a credential helper: {}", printable(name, 80)),
                R"(a helper's name is what follows "docker-credential-", such as "pass")");
  return name;
}

void read_helpers(const Json& value, const std::string& place, Rule& rule) {
  if (!value.is_array()) {
    rule.helpers = {helper_of(value, place)};
    return;
  }
  if (value.empty() || value.size() > max_helpers)
    throw Error(place, fmt::format("must name one helper at least, and {} at most", max_helpers));
  for (const Json& one : value)
    rule.helpers.push_back(helper_of(one, place));
}

bool is_variable_name(std::string_view name) {
  constexpr std::string_view digits = "0123456789";
  return !name.empty() && digits.find(name.front()) == std::string_view::npos &&
         lower_case(name).find_first_not_of("abcdefghijklmnopqrstuvwxyz_0123456789") ==
             std::string::npos;
}

void read_variables(const Json& value, const std::string& place, Rule& rule) {
  if (!value.is_object()) throw Error(place, R"(must be an object: {"NAME": "value"})");
  for (const auto& [name, text] : value.items()) {
    if (!is_variable_name(name))
      throw Error(place, fmt::format("{} is no variable's name", printable(name, 80)));
    if (!text.is_string() || text.get_ref<const std::string&>().find('\0') != std::string::npos)
      throw Error(fmt::format("{}.{}", place, name), "must be a string");
    rule.variables[name] = text.get<std::string>();
  }
}

std::chrono::nanoseconds duration_of(const Json& value, const std::string& place) {
  const auto duration = parse_duration(text_of(value, place));
  if (!duration || *duration < std::chrono::seconds(1) || *duration > std::chrono::hours(24L * 366))
    throw Error(place, "is no time", "write 90s, 30m, 6h or 2d; at most a year");
  return *duration;
}

void read_cache(const Json& value, const std::string& place, Rule& rule) {
  rule.cache = CacheRule{};
  if (value != "token")
    rule.cache->at_most = std::chrono::floor<std::chrono::seconds>(duration_of(value, place));
}

void read_timeout(const Json& value, const std::string& place, Rule& rule) {
  rule.timeout = std::chrono::floor<std::chrono::milliseconds>(duration_of(value, place));
}

void read_on_error(const Json& value, const std::string& place, Rule& rule) {
  const std::string& word = text_of(value, place);
  if (!is_one_of(word, {"next", "fail"})) throw Error(place, R"(must be "next" or "fail")");
  rule.goes_on_after_errors = word == "next";
}

void read_account(const Json& value, const std::string& place, Rule& rule) {
  rule.account = text_of(value, place);
}

// Without `.`, `..` and slashes too many.
std::string normal(const fs::path& path) {
  const fs::path clean = path.lexically_normal();
  return (clean.has_filename() ? clean : clean.parent_path()).string();
}

// The folders before the first pattern as they are without links, as git does with includeIf.
std::string resolved_pattern(const fs::path& pattern) {
  fs::path plain, rest;
  for (const fs::path& component : pattern)
    if (rest.empty() && component.string().find_first_of("*?[\\") == std::string::npos)
      plain /= component;
    else
      rest /= component;
  std::error_code unknown;
  const fs::path resolved = fs::weakly_canonical(plain, unknown);
  return normal((unknown ? plain : resolved) / rest);
}

void read_folder(const Json& value, const std::string& place, Rule& rule) {
  rule.in = text_of(value, place);
  std::string folder = rule.in;
  if (folder == "~" || folder.starts_with("~/"))
    folder.replace(0, 1, home_folder().string());
  else if (!folder.starts_with('/'))
    throw Error(place, "must begin with / or ~/");
  if (folder.ends_with('/')) folder += "**";
  rule.folders = without_repeats({normal(folder), resolved_pattern(folder)});
}

constexpr std::array<Member, 8> members{{{"match", read_match},
                                         {"helper", read_helpers},
                                         {"env", read_variables},
                                         {"cache", read_cache},
                                         {"timeout", read_timeout},
                                         {"onError", read_on_error},
                                         {"account", read_account},
                                         {"in", read_folder}}};

Error unknown_member(const std::string& place, const std::string& name,
                     const std::vector<std::string>& names) {
  const auto near = nearest(name, names);
  return {place, fmt::format("has no member \"{}\"", printable(name, 40)),
          near ? fmt::format("\"{}\" is meant?", *near)
               : fmt::format("its members are {}", join(names, ", "))};
}

Rule rule_of(const Json& value, const std::string& place) {
  if (!value.is_object()) throw Error(place, "must be an object");
  std::vector<std::string> names;
  names.reserve(members.size());
  for (const Member& member : members)
    names.emplace_back(member.name);
  Rule rule;
  for (const auto& item : value.items()) {
    const auto* const member = std::find_if(
        members.begin(), members.end(), [&](const Member& one) { return one.name == item.key(); });
    if (member == members.end()) throw unknown_member(place, item.key(), names);
    member->read(item.value(), fmt::format("{}.{}", place, item.key()), rule);
  }
  if (rule.match.empty()) throw Error(place, "has no \"match\"", R"("*" is any registry)");
  if (rule.helpers.empty()) throw Error(place, "has no \"helper\"");
  return rule;
}

// Refuses a member that is there twice: of two readers one would take the first, one the last.
class MembersOnce {
 public:
  explicit MembersOnce(std::string file) : file_(std::move(file)) {}

  bool operator()(int depth, Json::parse_event_t event, const Json& value) {
    const auto level = static_cast<std::size_t>(depth);
    if (event == Json::parse_event_t::object_start) {
      names_.resize(level + 1);
      names_.back().clear();
      if (level == depth_of_rule) ++rules_;
    } else if (event == Json::parse_event_t::key &&
               !names_.at(level - 1).insert(value.get_ref<const std::string&>()).second) {
      throw Error(
          level > depth_of_rule && rules_ > 0 ? fmt::format("{}: routes[{}]", file_, rules_ - 1)
                                              : file_,
          fmt::format("has \"{}\" twice", printable(value.get_ref<const std::string&>(), 40)));
    }
    return true;
  }

 private:
  static constexpr std::size_t depth_of_rule = 2;  ///< in an array, in an object

  std::string file_;
  std::vector<std::set<std::string>> names_;  ///< of the objects that are open
  std::size_t rules_ = 0;
};

Json parse_with_comments(const JsonText& json) {
  try {
    return Json::parse(json.text, MembersOnce(json.file), true, true);
  } catch (const Json::parse_error& error) {
    LineCounter lines;
    throw error_at(json, lines,
                   std::min(json.text.size(), std::max<std::size_t>(error.byte, 1) - 1),
                   "is no JSON from here on", "a comma too many, or one that is missing?");
  } catch (const Json::exception&) {  // a number beyond all measure
    throw Error(json.file, "cannot be read as JSON");
  }
}

// Component by component; `**` stands for any number of them.
bool path_matches(const std::string& pattern, const std::string& path) {
  const std::vector<std::string> components = split(path, '/');
  std::vector<bool> reached(components.size() + 1);  // how many of them may stand for what was read
  reached.front() = true;
  for (const std::string& wanted : split(pattern, '/')) {
    std::vector<bool> next(reached.size());
    for (std::size_t i = 0; i < reached.size(); ++i)
      if (wanted == "**")
        next[i] = reached[i] || (i > 0 && next[i - 1]);
      else
        next[i] =
            i > 0 && reached[i - 1] && fnmatch(wanted.c_str(), components[i - 1].c_str(), 0) == 0;
    reached = std::move(next);
  }
  return reached.back();
}

// Nothing for what is no host, which `*` alone is for.
std::optional<UrlParts> host_parts(std::string_view host) {
  const auto url = parse_url(host);
  return url ? std::optional(parts_of(*url)) : std::nullopt;
}

bool matches(const Rule& rule, const std::optional<UrlParts>& host) {
  return rule.match == any_registry || (host && parts_match(rule.pattern, *host));
}

bool counts_in(const Rule& rule, const fs::path& folder) {
  if (rule.folders.empty()) return true;
  std::error_code gone;
  const fs::path resolved = fs::canonical(folder, gone);
  return std::any_of(rule.folders.begin(), rule.folders.end(), [&](const std::string& pattern) {
    return path_matches(pattern, normal(folder)) ||
           (!gone && path_matches(pattern, resolved.string()));
  });
}

Error no_rules(const fs::path& file) {
  return {place_of(file), "no rule says who keeps which login: there is no such file",
          "`docker-credential-route init` makes it from config.json"};
}

// Who can write to it says which program gets the logins. Root takes its caller's by sudo, as git
// does (whose_folder.h).
void refuse_others(const OpenFile& opened, const fs::path& file) {
  const uid_t owner = opened.status.st_uid;
  const auto caller = sudo_caller();
  if (owner != geteuid() && owner != 0 && !(caller && caller->id == owner)) {
    throw Error(place_of(file),
                fmt::format("refused: it is another user's ({})", printable(user_of(owner).name)),
                geteuid() == 0 ? "root has rules of its own with HOME=/root" : "");
  }
  if ((opened.status.st_mode & S_IWOTH) != 0)
    throw Error(place_of(file), "refused: anybody may write to it",
                fmt::format("chmod o-w {}", shell_operand(file.string())));
}

}  // namespace

std::vector<Rule> parse_rules(const JsonText& json) {
  const Json document = parse_with_comments(json);
  if (!document.is_object()) throw Error(json.file, "must be an object", R"({"routes": […]})");
  for (const auto& [name, value] : document.items())
    if (name != "routes") throw unknown_member(json.file, name, {"routes"});
  const auto routes = document.find("routes");
  if (routes == document.end() || !routes->is_array() || routes->size() > max_rules)
    throw Error(json.file, fmt::format("\"routes\" must be an array of at most {}", max_rules));
  std::vector<Rule> rules;
  rules.reserve(routes->size());
  for (std::size_t i = 0; i < routes->size(); ++i)
    rules.push_back(rule_of((*routes)[i], fmt::format("{}: routes[{}]", json.file, i)));
  return rules;
}

fs::path own_rules_file() {
  const fs::path folder = environment_variable("XDG_CONFIG_HOME").value_or("");
  return (folder.is_absolute() ? folder : home_folder() / ".config") / "docker-credential-route" /
         "routes.json";
}

fs::path rules_file() {
  return counting_file(own_rules_file(), "/etc/docker-credential-route/routes.json");
}

fs::path counting_file(const fs::path& own, const fs::path& system) {
  std::error_code unreachable;
  const bool is_absent = fs::symlink_status(own, unreachable).type() == fs::file_type::not_found;
  return is_absent && fs::exists(system, unreachable) ? system : own;
}

std::vector<Rule> load_rules() {
  const fs::path file = rules_file();
  const auto opened = open_regular(file);
  if (!opened) throw no_rules(file);
  refuse_others(*opened, file);
  const std::string place = place_of(file);
  return parse_rules({place, read_all(opened->descriptor.get(), place, max_rules_size)});
}

std::string routed_host(std::string_view server_url) {
  return asked_host(lower_case(registry_host(server_url)));
}

bool is_for(const Rule& rule, std::string_view host) {
  return matches(rule, host_parts(host));
}

std::vector<std::string> vain_rules(const std::vector<Rule>& rules) {
  std::vector<std::string> words;
  for (auto rule = rules.begin(); rule != rules.end(); ++rule) {
    const auto before = std::find_if(rules.begin(), rule, [&](const Rule& one) {
      return (one.folders.empty() || one.in == rule->in) &&
             (one.match == any_registry ||
              (rule->match != any_registry && parts_match(one.pattern, rule->pattern)));
    });
    const auto number = rule - rules.begin();
    if (before != rule)
      words.push_back(
          fmt::format("routes[{}] never counts: routes[{}] stands before it, and is "
                      "for all that it is for",
                      number, before - rules.begin()));
    else if (rule->match != any_registry && !is_for(*rule, "docker.io") &&
             std::any_of(docker_hub_hosts.begin(), docker_hub_hosts.end(),
                         [&](std::string_view host) { return is_for(*rule, host); }))
      words.push_back(
          fmt::format("routes[{}] is not for Docker Hub, which is docker.io here", number));
  }
  return words;
}

const Rule* find_rule(const std::vector<Rule>& rules, std::string_view server_url,
                      const fs::path& folder) {
  const std::optional<UrlParts> host = host_parts(routed_host(server_url));
  const auto found = std::find_if(rules.begin(), rules.end(), [&](const Rule& rule) {
    return matches(rule, host) && counts_in(rule, folder);
  });
  return found == rules.end() ? nullptr : &*found;
}

}  // namespace pullsecret
