#include "doctor/failed_command.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <cstddef>
#include <optional>

#include <fmt/format.h>

#include "credential/registry.h"
#include "docker/config_file.h"
#include "docker/resolve.h"
#include "doctor/checkup.h"
#include "doctor/finding.h"
#include "kubernetes/image.h"
#include "system/error.h"
#include "system/text.h"

namespace pullsecret {
namespace {

struct Phrase {
  std::string_view text;  ///< in lower case
  DockerErrorKind kind;
};

constexpr std::array phrases{
    // docker-credential-helpers, client/client.go
    Phrase{"error getting credentials - err:", DockerErrorKind::store},
    Phrase{"error storing credentials - err:", DockerErrorKind::store},
    Phrase{"error erasing credentials - err:", DockerErrorKind::store},
    Phrase{"error listing credentials - err:", DockerErrorKind::store},
    // docker/cli, cli/command/registry/login.go: the config or the store could not be written
    Phrase{"error saving credentials", DockerErrorKind::writing},
    // distribution, registry/api/errcode/register.go: the codes that registries answer with
    Phrase{"unauthorized", DockerErrorKind::refusal},
    Phrase{"denied", DockerErrorKind::refusal},
    Phrase{"toomanyrequests", DockerErrorKind::refusal},
    // distribution, registry/client/auth/session.go
    Phrase{"no basic auth credentials", DockerErrorKind::refusal},
    // moby, daemon/internal/distribution/errors.go
    Phrase{"pull access denied", DockerErrorKind::refusal},
    // containerd, core/remotes/docker: errcode.go, and a status that nobody expected
    Phrase{"insufficient_scope", DockerErrorKind::refusal},
    Phrase{"authorization failed", DockerErrorKind::refusal},
    Phrase{"401 unauthorized", DockerErrorKind::refusal},
    Phrase{"403 forbidden", DockerErrorKind::refusal},
};

bool is_at_beginning(std::string_view before) {
  return before.empty() || before.ends_with(": ") || before.ends_with('\n');
}

bool is_at_end(std::string_view behind) {
  return behind.empty() || std::isalnum(static_cast<unsigned char>(behind.front())) == 0;
}

bool has_phrase(std::string_view error, std::string_view phrase) {
  for (std::size_t at = error.find(phrase); at != std::string_view::npos;
       at = error.find(phrase, at + 1))
    if (is_at_beginning(error.substr(0, at)) && is_at_end(error.substr(at + phrase.size())))
      return true;
  return false;
}

// ---- Which registry

// What stands in `error` between `before` and one of `ends`.
std::optional<std::string> word_behind(const std::string& error, std::string_view before,
                                       std::string_view ends) {
  const std::size_t at = error.find(before);
  if (at == std::string::npos) return std::nullopt;
  const std::size_t begin = at + before.size();
  return error.substr(begin, error.find_first_of(ends, begin) - begin);
}

std::optional<std::string> registry_of_image(const std::string& image) {
  try {
    return parse_image(image).registry_host;
  } catch (const Error&) {
    return std::nullopt;
  }
}

// The registry's host in `Get "https://ghcr.io/v2/": denied` or `pull access denied for acme/app,`.
std::optional<std::string> refusing_host(const std::string& error) {
  for (const char* scheme : {"https://", "http://"})
    if (const auto host = word_behind(error, scheme, "/\" \n"))
      return registry_of_image(*host + "/image");
  const auto image = word_behind(error, "pull access denied for ", ", \n");
  return image ? registry_of_image(*image) : std::nullopt;
}

bool is_same_registry(const std::string& a, const std::string& b) {
  return docker_server_url(registry_host(a)) == docker_server_url(registry_host(b));
}

// ---- What of the findings is about it

bool is_about_entry(const Finding& finding) {
  constexpr std::array<std::string_view, 3> names{"entry-", "password-", "username-"};
  return std::any_of(names.begin(), names.end(),
                     [&](std::string_view name) { return finding.name.starts_with(name); });
}

// A helper that is not there is named by the error; what is not read, or no login, leads to a
// refusal.
bool explains(const Finding& finding, DockerErrorKind kind, const std::string& error) {
  if (finding.severity == Severity::ok) return false;
  if (kind == DockerErrorKind::store)
    return finding.name.starts_with("helper-") && error.find(finding.subject) != std::string::npos;
  if (kind == DockerErrorKind::writing)
    return finding.name == "file-unwritable" || finding.name == "folder-owner";
  if (finding.name.starts_with("setting-")) return true;
  const auto host = refusing_host(error);
  return is_about_entry(finding) && (!host || is_same_registry(finding.subject, *host));
}

std::vector<std::string> in_lines(const Finding& finding) {
  std::vector<std::string> lines{fmt::format("{}: {}", finding.subject, finding.message)};
  if (!finding.hint.empty()) lines.push_back("→ " + finding.hint);
  return lines;
}

// Whether Docker has neither a store to ask for `host` nor an entry.
bool has_no_login(const std::string& host) {
  try {
    if (!find_config(std::nullopt).is_there) return true;
    const Config config = load_config(std::nullopt).config;
    const std::string key = registry_keys_for(config, host).front();
    return store_for(config, key) == nullptr && config.auths.find(key) == nullptr;
  } catch (const Error&) {
    return false;
  }
}

}  // namespace

DockerErrorKind kind_of_docker_error(std::string_view error) {
  const std::string text = lower_case(error);
  const auto* const phrase = std::find_if(phrases.begin(), phrases.end(), [&](const Phrase& known) {
    return has_phrase(text, known.text);
  });
  return phrase == phrases.end() ? DockerErrorKind::other : phrase->kind;
}

std::vector<std::string> diagnose(const std::string& error) {
  const DockerErrorKind kind = kind_of_docker_error(error);
  if (kind == DockerErrorKind::other) return {};
  Findings findings = worst_first(check_all({}).findings);
  std::erase_if(findings, [&](const Finding& finding) { return !explains(finding, kind, error); });
  if (!findings.empty()) return in_lines(findings.front());
  const auto host = refusing_host(error);
  if (kind == DockerErrorKind::refusal && host && has_no_login(*host))
    return {fmt::format("{}: the Docker config has no login for it", key_in_words(*host)),
            "→ " + login_command(*host)};
  return {"→ `pullsecret doctor` asks the credential stores, and says what is wrong with them"};
}

}  // namespace pullsecret
