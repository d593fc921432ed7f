#include "cli/pull_report.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "cli/block.h"
#include "cli/caller.h"
#include "cli/table.h"
#include "credential/expiry.h"
#include "credential/go_json_writer.h"
#include "system/text.h"

namespace pullsecret {
namespace {

using Json = nlohmann::ordered_json;

Color color_of(PullOutcome outcome) {
  if (is_pull(outcome) || outcome == PullOutcome::logs_in) return Color::green;
  return outcome == PullOutcome::rate_limited ? Color::yellow : Color::red;
}

std::string key_in_table(const PullTry& one) {
  if (one.entry != nullptr) return display_key(*one.entry, {});
  return login_of(one) == nullptr ? "without a login" : "its own login";
}

// The column of endpoints is there only where a node has some.
Row row_of(const PullTry& one, bool has_endpoints, Time now) {
  const Credential* login = login_of(one);
  const std::string username = login == nullptr ? "" : username_of(*login, {});
  Row row{{"  " + key_in_table(one)},
          {username.empty() ? "-" : shown(username)},
          {one.entry == nullptr ? "-" : display_name(one.entry->origin)},
          one.entry == nullptr ? Cell{"-"} : expiry_cell(*one.entry, now),
          {std::string(in_words(one.verdict.outcome)), color_of(one.verdict.outcome)}};
  if (has_endpoints)
    row.insert(row.end() - 1, {one.endpoint == nullptr ? "-" : one.endpoint->in_words()});
  return row;
}

// Of whom the lines below the table are.
std::string heading_of(const PullTry& one) {
  const std::string key = key_in_table(one);
  return one.endpoint == nullptr ? key : fmt::format("{} at {}", key, one.endpoint->in_words());
}

std::string details(const PullTry& one, TableStyle style) {
  const auto& [outcome, reason, registry_words, hint, next] = one.verdict;
  Block block(4);
  block.add(in_words(outcome), reason, color_of(outcome));
  block.add("registry", registry_words);
  block.add_hint(hint);
  const std::string lines = block.format(style);
  return lines.empty() ? "" : "\n" + heading(heading_of(one), 2, style) + lines;
}

// Of one that is refused, and nobody's.
std::string details(const PullRefusal& refusal, TableStyle style) {
  if (refusal.secret == nullptr) return {};
  Block block(4);
  block.add(refusal.outcome, refusal.reason.message(), Color::red);
  block.add_hint(refusal.reason.hint());
  return "\n" + heading("Secret " + display_name(refusal.secret->origin), 2, style) +
         block.format(style);
}

Row row_of(const PullRefusal& refusal, std::size_t columns) {
  Row row(columns, Cell{"-"});
  row.front().text = "  -";
  if (refusal.secret != nullptr) row[2].text = display_name(refusal.secret->origin);
  row.back() = {refusal.outcome, refusal.is_failure ? Color::red : Color::none};
  return row;
}

// The registry's, or what stands there where none was asked.
std::string name_of(const PullReport& report) {
  if (!report.registry.empty() || report.refusals.empty())
    return "Registry " + shown(report.registry);
  return "Secret " + display_name(report.refusals.front().secret->origin);
}

std::string title_of(const PullReport& report, TableStyle style) {
  if (report.pull == nullptr) return heading(name_of(report), 0, style);
  return heading(title_of(*report.pull), 0, style) + pods_in_table(*report.pull, style) +
         (report.pull->pods.empty() ? "" : "\n");
}

// Whose the logins are.
std::string_view origin_heading(const PullReport& report) {
  const bool is_provider =
      std::any_of(report.tries.begin(), report.tries.end(), [](const PullTry& one) {
        return one.entry != nullptr && one.entry->origin.kind == EntryOrigin::Kind::provider;
      });
  return is_provider ? "PROVIDER" : "SECRET";
}

std::string table_of(const PullReport& report, InspectionStyle style) {
  std::vector<Row> rows{{{"  REGISTRY KEY", Color::bold},
                         {"USERNAME", Color::bold},
                         {std::string(origin_heading(report)), Color::bold},
                         {"EXPIRES", Color::bold},
                         {"RESULT", Color::bold}}};
  const bool has_endpoints = report.pull != nullptr && report.pull->endpoints != nullptr;
  if (has_endpoints) rows.front().insert(rows.front().end() - 1, {"ENDPOINT", Color::bold});
  std::string below;
  const bool is_public =
      report.succeeds && !report.tries.empty() && report.tries.back().entry == nullptr;
  if (report.pull != nullptr) below = findings_in_table(*report.pull, is_public, style.table);
  for (const PullTry& one : report.tries) {
    rows.push_back(row_of(one, has_endpoints, style.now));
    below += details(one, style.table);
  }
  for (const PullRefusal& refusal : report.refusals) {
    rows.push_back(row_of(refusal, rows.front().size()));
    below += details(refusal, style.table);
  }
  return title_of(report, style.table) + format_table(rows, style.table) + below;
}

Json or_null(const std::string& text) {
  return text.empty() ? Json() : Json(text);
}

// Of one of its tries, or where that is nullptr, of a refusal.
Json json_of(const PullReport& report, const PullTry* one, const PullRefusal* refusal) {
  Json json{{"image", report.pull == nullptr ? Json() : or_null(report.pull->name)},
            {"registry", or_null(report.registry)},
            {"key", Json()},
            {"username", Json()},
            {"expires", Json()},
            {"secret", Json()}};
  if (one != nullptr && one->entry != nullptr) {
    const KeyringEntry& entry = *one->entry;
    json["key"] = key_of(entry.key, {});
    json["username"] = username_of(entry.credential, {});
    if (const auto end = expiry_of(entry.credential)) json["expires"] = rfc3339(*end);
    if (!is_docker_config(entry.origin)) json["secret"] = secret_json(entry.origin);
  } else if (one != nullptr && login_of(*one) != nullptr) {
    json["username"] = username_of(*login_of(*one), {});
  }
  if (report.pull != nullptr && report.pull->endpoints != nullptr)
    json["endpoint"] =
        one == nullptr || one->endpoint == nullptr ? Json() : Json(one->endpoint->in_words());
  if (one != nullptr) {
    const auto& [outcome, reason, registry_words, hint, next] = one->verdict;
    json["outcome"] = in_words(outcome);
    json["reason"] = reason;
    json["registry_says"] = registry_words;
    json["hint"] = as_called(hint);
  } else {
    if (refusal->secret != nullptr) json["secret"] = secret_json(refusal->secret->origin);
    json["outcome"] = refusal->outcome;
    json["reason"] = refusal->reason.message();
    json["registry_says"] = "";
    json["hint"] = as_called(refusal->reason.hint());
  }
  json["succeeds"] = report.succeeds;
  return json;
}

// A row for each try; what is known of all of them before a Pod is.
std::vector<Json> rows_of(const PullReport& report) {
  std::vector<Json> rows;
  for (const PullTry& one : report.tries)
    rows.push_back(json_of(report, &one, nullptr));
  for (const PullRefusal& refusal : report.refusals)
    rows.push_back(json_of(report, nullptr, &refusal));
  return rows;
}

// The rows of `report` for one of its Pods, or for none.
void add_pod(std::vector<Json>& rows, const PullReport& report, const JoinedPod& joined) {
  std::vector<Remark> remarks = joined.findings;
  if (report.pull != nullptr)
    remarks.insert(remarks.end(), report.pull->remarks.begin(), report.pull->remarks.end());
  for (Json& row : rows) {
    row.update(pod_json(joined.pod));
    row["problems"] = remarks_json(remarks);
  }
}

// ---- JUnit's XML

std::string in_xml(std::string_view text) {
  std::string escaped;
  for (const char c : text)
    switch (c) {
      case '&':
        escaped += "&amp;";
        break;
      case '<':
        escaped += "&lt;";
        break;
      case '>':
        escaped += "&gt;";
        break;
      case '"':
        escaped += "&quot;";
        break;
      default:
        escaped += c;
    }
  return escaped;
}

// Of an image the Pods, for it has several reports where these have different Secrets.
std::string class_of(const PullReport& report) {
  if (report.pull == nullptr) return "registries";
  if (report.pull->pods.empty()) return "images";
  std::vector<std::string> names;
  names.reserve(report.pull->pods.size());
  for (const JoinedPod& joined : report.pull->pods)
    names.push_back(shown(joined.pod->in_words()));
  return join(names, ", ");
}

// Where it was asked with several entries, the first is that which people mean.
std::string failure_of(const PullReport& report) {
  std::string outcome, words;
  if (!report.refusals.empty()) {
    outcome = report.refusals.front().outcome;
    words = report.refusals.front().reason.message();
  } else {
    const PullTry& first = report.tries.front();
    outcome = in_words(first.verdict.outcome);
    words = fmt::format("{}: {}", heading_of(first), outcome);
    if (!first.verdict.reason.empty()) words += ": " + first.verdict.reason;
  }
  return fmt::format(R"(type="{}" message="{}")", in_xml(outcome), in_xml(words));
}

std::string case_name_of(const PullReport& report) {
  if (report.pull != nullptr) return shown(report.pull->name);
  if (report.tries.empty()) return name_of(report);
  const PullTry& one = report.tries.front();
  const std::string secret = one.entry == nullptr ? "-" : display_name(one.entry->origin);
  return key_in_table(one) + (secret == "-" ? "" : fmt::format(" of {}", secret));
}

std::string test_case_of(const PullReport& report, Time now) {
  constexpr std::size_t columns = 100;
  const std::string name = case_name_of(report);
  const std::string begin = fmt::format(R"(    <testcase classname="{}" name="{}")",
                                        in_xml(class_of(report)), in_xml(name));
  if (report.succeeds) return begin + "/>\n";
  return fmt::format("{}>\n      <failure {}>{}</failure>\n    </testcase>\n", begin,
                     failure_of(report),
                     in_xml(table_of(report, {.table = {.columns = columns}, .now = now})));
}

}  // namespace

std::string pull_junit(const std::vector<PullReport>& reports, Time now) {
  const auto failures = std::count_if(reports.begin(), reports.end(),
                                      [](const PullReport& report) { return !report.succeeds; });
  const std::string numbers = fmt::format(
      R"(name="pullsecret check" tests="{}" failures="{}" errors="0")", reports.size(), failures);
  std::string cases;
  for (const PullReport& report : reports)
    cases += test_case_of(report, now);
  return fmt::format(
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
      "<testsuites {0}>\n  <testsuite {0}>\n{1}  </testsuite>\n</testsuites>\n",
      numbers, cases);
}

std::string pull_table(const std::vector<PullReport>& reports, InspectionStyle style) {
  std::string tables;
  for (const PullReport& report : reports)
    tables += (tables.empty() ? "" : "\n") + table_of(report, style);
  return tables;
}

void print_pull_json(const std::vector<PullReport>& reports, const Streams& streams) {
  constexpr std::size_t enough = 64UL * 1024;
  std::string text = "[", separator = "\n";
  const auto print = [&](const Json& row) {
    text += std::exchange(separator, ",\n") + "    ";
    const std::string object = json_document(row);
    for (const char c : trim(object))
      text += c == '\n' ? std::string("\n    ") : std::string(1, c);
    if (text.size() > enough) streams.data(std::exchange(text, ""));
  };
  for (const PullReport& report : reports) {
    std::vector<Json> rows = rows_of(report);
    const std::vector<JoinedPod> nobody(1);
    const bool has_pods = report.pull != nullptr && !report.pull->pods.empty();
    for (const JoinedPod& joined : has_pods ? report.pull->pods : nobody) {
      add_pod(rows, report, joined);
      for (const Json& row : rows)
        print(row);
    }
  }
  streams.data(text + (separator == "\n" ? "]\n" : "\n]\n"));
}

}  // namespace pullsecret
