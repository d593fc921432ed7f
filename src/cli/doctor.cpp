#include <algorithm>
#include <cctype>
#include <cstddef>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "cli/caller.h"
#include "cli/config_diff.h"
#include "cli/messages.h"
#include "cli/options.h"
#include "cli/store_options.h"
#include "cli/table.h"
#include "credential/go_json_writer.h"
#include "docker/config_file.h"
#include "docker/error_hooks.h"
#include "doctor/checkup.h"
#include "doctor/repair.h"
#include "system/error.h"
#include "system/file.h"
#include "system/terminal.h"
#include "system/text.h"

namespace pullsecret {
namespace {

namespace fs = std::filesystem;

enum class HookState { on, off };

struct DoctorOptions {
  StoreOptions store;
  bool fix = false;
  bool yes = false;
  std::optional<std::string> use;
  std::optional<HookState> hooks;
  ReportFormat format = ReportFormat::table;
};

DoctorOptions read_doctor_options(const CommandLine& line) {
  DoctorOptions doctor{.store = read_store_options(line),
                       .fix = is_set(line, "fix"),
                       .yes = is_set(line, "yes"),
                       .use = value_of(line, "use"),
                       .format = choice_of<ReportFormat>(line, "output")};
  if (is_given(line, "hooks")) doctor.hooks = choice_of<HookState>(line, "hooks");
  if (doctor.hooks && (doctor.fix || doctor.store.config == "-"))
    throw Error("--hooks", "it changes the config by itself, a file's",
                "leave out --fix, and name the file with --config");
  if (!doctor.fix && (doctor.yes || doctor.use))
    throw Error(doctor.yes ? "--yes" : "--use", "it says how to mend, and goes with --fix");
  if (doctor.fix && doctor.store.config == "-")
    throw Error("--fix", "standard input cannot be mended", "name the file with --config");
  return doctor;
}

// ---- The report

Row row_of(const Finding& finding) {
  return {{std::string(in_words(finding.severity)), color_of(finding.severity)},
          {finding.name},
          {finding.subject + ": " + finding.message}};
}

// `text` with REGISTRY in the place of `name`, wherever that stands alone.
std::string for_any(std::string text, const std::string& name) {
  constexpr std::string_view placeholder = "REGISTRY";
  const auto is_part_of_name = [&](std::size_t at) {
    return at < text.size() && (std::isalnum(static_cast<unsigned char>(text[at])) != 0 ||
                                is_one_of(text.substr(at, 1), {".", "-", ":", "/", "_"}));
  };
  if (name.empty()) return text;
  for (std::size_t at = 0; (at = text.find(name, at)) != std::string::npos;)
    if (is_part_of_name(at - 1) || is_part_of_name(at + name.size())) {
      at += name.size();
    } else {
      text.replace(at, name.size(), placeholder);
      at += placeholder.size();
    }
  return text;
}

// Those that differ in nothing but their subjects are one, with all of these.
Findings joined(const Findings& findings) {
  struct Group {
    Finding of_any;
    const Finding* first;
    std::vector<std::string> subjects;
  };
  std::vector<Group> groups;
  std::map<std::tuple<Severity, std::string, std::string, std::string>, std::size_t> positions;
  for (const Finding& finding : findings) {
    Finding of_any = finding;
    if (finding.is_about_registry) {
      of_any.message = for_any(finding.message, finding.subject);
      of_any.hint = for_any(finding.hint, finding.subject);
    }
    const auto [same, is_new] = positions.try_emplace(
        {finding.severity, finding.name, of_any.message, of_any.hint}, groups.size());
    if (is_new) groups.push_back({std::move(of_any), &finding, {}});
    groups[same->second].subjects.push_back(finding.subject);
  }
  Findings joined;
  for (const auto& [of_any, first, subjects] : groups) {
    joined.push_back(subjects.size() == 1 ? *first : of_any);
    joined.back().subject = join(subjects, ", ");
  }
  return joined;
}

std::string format_as_table(const Findings& findings, TableStyle style) {
  std::vector<Row> rows;
  for (const Finding& finding : joined(findings)) {
    rows.push_back(row_of(finding));
    if (!finding.hint.empty()) rows.push_back(hint_row(as_called(finding.hint)));
  }
  return format_table(rows, style);
}

std::string format_as_json(const Findings& findings) {
  auto json = nlohmann::ordered_json::array();
  for (const Finding& finding : findings)
    json.push_back({{"name", finding.name},
                    {"severity", in_words(finding.severity)},
                    {"subject", finding.subject},
                    {"message", finding.message},
                    {"hint", as_called(finding.hint)}});
  return json_document(json);
}

bool is_ok(const Finding& finding) {
  return finding.severity == Severity::ok;
}

void report(const DoctorOptions& options, Findings findings, const Streams& streams) {
  if (options.store.quiet) std::erase_if(findings, is_ok);
  findings = worst_first(std::move(findings));
  streams.data(options.format == ReportFormat::json ? format_as_json(findings)
                                                    : format_as_table(findings, streams.table));
}

void fail_if_problems(const Findings& findings, const std::string& hint) {
  const auto problems = std::count_if(findings.begin(), findings.end(), [](const Finding& finding) {
    return finding.severity == Severity::problem;
  });
  if (problems > 0)
    throw Error("", fmt::format("{} problem{} found", problems, problems == 1 ? "" : "s"), hint);
}

// ---- The mending

void print_notes(const DoctorOptions& options, const std::vector<std::string>& notes,
                 const Streams& streams) {
  if (options.store.quiet) return;
  for (const std::string& note : notes)
    print_note(streams, note);
}

void show(const DoctorOptions& options, const Checkup& checkup, const Repair& repair,
          const Streams& streams) {
  if (options.store.quiet && options.yes) return;
  if (repair.text) streams.words(config_diff(*checkup.json, {checkup.json->file, *repair.text}));
  for (const std::string& announcement : repair.announcements)
    print_note(streams, announcement);
}

// The command that does the same, or mends what this one found.
std::string fix_command(const DoctorOptions& options) {
  std::string command = "pullsecret doctor --fix";
  if (options.use) command += " --use " + shell_word(*options.use);
  if (options.store.config) command += " --config " + shell_word(*options.store.config);
  return command;
}

void fix(const DoctorOptions& options, HelperClient& helpers, StatusLine& status,
         const Streams& streams) {
  const auto is_wanted = [&](const Checkup& checkup, const Repair& repair) {
    status.erase();
    show(options, checkup, repair, streams);
    print_notes(options, repair.notes, streams);
    return options.yes || is_change_confirmed("pullsecret", fix_command(options));
  };
  const auto tell_backup = [&](const fs::path& file) {
    print_notes(options, {fmt::format("the file as it was is {}", place_of(file))}, streams);
  };
  const auto [repair, findings] =
      mend(options.store.config, options.use, helpers, {is_wanted, tell_backup});
  status.erase();
  report(options, findings, streams);
  if (!repair.empty())
    return fail_if_problems(findings, "each line says what to do about the rest");
  print_notes(options, repair.notes, streams);
  print_notes(options, {"there is nothing to mend without you"}, streams);
  fail_if_problems(findings, "");
}

// ---- Docker's hooks

void set_hooks(const DoctorOptions& options, const Streams& streams) {
  const bool on = options.hooks == HookState::on;
  ConfigLocation location = find_config_json(options.store);
  set_error_hooks(location, on);
  print_notes(options,
              {fmt::format("{}: docker {} pullsecret when a command fails", place_of(location.file),
                           on ? "asks" : "does not ask")},
              streams);
  if (on)
    print_notes(options, {"it takes docker 29.3 or later, and a terminal as its output"}, streams);
}

void doctor(const DoctorOptions& options, const Streams& streams) {
  if (options.hooks) return set_hooks(options, streams);
  tell_of_typed_config(options.store, streams);
  StatusLine status(streams, options.store.quiet);
  HelperClient helpers = make_helper_client(options.store, status);
  if (options.fix) return fix(options, helpers, status, streams);
  const Checkup checkup = check_all({.named = options.store.config, .helpers = &helpers});
  status.erase();
  report(options, checkup.findings, streams);
  fail_if_problems(checkup.findings,
                   mends_something(checkup.findings) && checkup.is_writable
                       ? fmt::format("`{}` mends what is safe to mend", fix_command(options))
                       : "");
}

}  // namespace

Command doctor_command() {
  return {
      .name = "doctor",
      .usage = "[OPTION]...",
      .summary = "say what is wrong with a config, and mend it",
      .intro =
          R"(Says what is wrong with a Docker config and its credential stores, and mends it.

Usage:
    pullsecret doctor [OPTION]...
    pullsecret doctor --fix [--yes] [--use STORE] [OPTION]...

It looks at the file as Docker reads it, and asks every helper that the file
names (version, list, get). It prints a line for each thing it looked at: first
the problems, then what may be one, then what is ok. Each says what that means,
and what to do. It prints no secret. The exit status is 1 if there is a problem.
)",
      .groups = {{"Options",
                  {config_option("this Docker config, or standard input"),
                   report_option("table (default), or json: an array for scripts"),
                   timeout_option(),
                   quiet_option("only what is not ok; no notes and no status line")}},
                 {"Mending",
                  {{.name = "fix",
                    .description =
                        "show the change as a diff, ask, and make it: a store that works in the "
                        "place of one that is not there, spellings, empty entries, the file's "
                        "mode; the file as it was stays beside it as config.json.bak-TIME"},
                   {.name = "yes", .description = "do not ask"},
                   {.name = "use",
                    .value = {"STORE", ValueKind::store},
                    .description = "put this store in the place of every one that does not work, "
                                   "those too that are there but locked or broken"}}},
                 {"Docker's errors",
                  {{.name = "hooks",
                    .value = {"on|off", ValueKind::choice, {"on", "off"}},
                    .description = "set config.json so that docker (29.3 or later) says on a "
                                   "terminal what is wrong when a login, pull, push, build or "
                                   "run fails over credentials; or no longer"}}}},
      .outro = R"(Example:
    After Docker Desktop was removed, docker pull says: error getting
    credentials - err: exec: "docker-credential-desktop": executable file not
    found in $PATH

    $ pullsecret doctor --fix
    --- /home/octocat/.docker/config.json
    +++ /home/octocat/.docker/config.json
    @@ -1,6 +1,4 @@
     {
    -	"auths": {
    -		"ghcr.io": {}
    -	},
    -	"credsStore": "desktop"
    +	"auths": {},
    +	"credsStore": "pass"
     }
    pullsecret: make this change? [y/N]: y
)",
      .prepare = prepare<read_doctor_options, doctor>};
}

}  // namespace pullsecret
