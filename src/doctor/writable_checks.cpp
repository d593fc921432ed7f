#include "doctor/writable_checks.h"

#include <filesystem>
#include <string>
#include <string_view>
#include <system_error>

#include <fmt/format.h>

#include "system/environment.h"
#include "system/text.h"
#include "system/write_obstacle.h"

namespace pullsecret {
namespace {

namespace fs = std::filesystem;
using Kind = WriteObstacle::Kind;

/// Who writes a config, and how: measured with docker 28 and podman 4.3.
struct Writer {
  NewFileBeside new_file;
  std::string_view what_fails;
  std::string_view with_a_config;  ///< what else there is to say where there is one
};

constexpr Writer docker{
    NewFileBeside::name, "docker login fails",
    ", and docker logout leaves what is there without a word; docker pull works"};
constexpr Writer podman{NewFileBeside::target, "podman login and logout fail",
                        "; podman pull works"};

// Another folder does in the place of one that cannot be written to, and not of a file in it.
bool is_where_it_is(const WriteObstacle& obstacle) {
  return obstacle.kind == Kind::no_leave || obstacle.kind == Kind::read_only ||
         obstacle.kind == Kind::mounted || obstacle.kind == Kind::not_own;
}

bool leads_to_a_file(const fs::path& file) {
  std::error_code unknown;
  return fs::exists(file, unknown);
}

std::string use_another_folder(const fs::path& file) {
  const std::string copy =
      leads_to_a_file(file)
          ? fmt::format(" && cp {} \"$DOCKER_CONFIG/config.json\"", shell_operand(file.string()))
          : "";
  return fmt::format("in this shell: `export DOCKER_CONFIG=\"$(mktemp -d)\"{}`", copy);
}

// Docker's folder cannot be made, and HOME says where.
bool is_of_home(const WriteObstacle& obstacle) {
  return is_where_it_is(obstacle) && std::string_view(obstacle.call) == "mkdir" &&
         !environment_variable("DOCKER_CONFIG");
}

// What somebody else keeps, or has mounted read-only, for who names it, may be meant so.
Severity severity_of(const WriteObstacle& obstacle, const ConfigLocation& location) {
  const bool is_chosen = location.is_named || environment_variable("DOCKER_CONFIG");
  const bool is_kept =
      obstacle.kind == Kind::read_only || (obstacle.kind == Kind::no_leave && !obstacle.is_own);
  return is_chosen && is_kept ? Severity::warning : Severity::problem;
}

std::optional<Finding> check(const fs::path& file, const Writer& writer,
                             const ConfigLocation& location) {
  const auto obstacle = find_write_obstacle(file, writer.new_file);
  if (!obstacle) return std::nullopt;
  const Error error = error_of(*obstacle);
  Finding finding = problem(
      "file-unwritable", error.place(),
      fmt::format("{}: {} with `{}`{}", error.message(), writer.what_fails,
                  in_words_of_go(*obstacle), leads_to_a_file(file) ? writer.with_a_config : ""),
      error.hint());
  if (is_of_home(*obstacle)) finding.hint = "set HOME to a folder that you may write to";
  finding.severity = severity_of(*obstacle, location);
  if (is_where_it_is(*obstacle))
    finding.add_hint(&writer == &docker
                         ? use_another_folder(file)
                         : "in this shell: `export REGISTRY_AUTH_FILE=\"$(mktemp -d)/auth.json\"`");
  return finding;
}

}  // namespace

Findings check_writing(const ConfigLocation& location) {
  Findings findings;
  const bool is_podmans = location.file.filename() == "auth.json";
  if (is_podmans) append(findings, check(location.file, podman, location));
  if (location.is_dockers_own && !is_podmans)
    append(findings, check(location.file, docker, location));
  if (!location.is_dockers_own)
    if (const auto own = dockers_config()) append(findings, check(*own, docker, location));
  return findings;
}

}  // namespace pullsecret
