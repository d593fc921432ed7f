#include "cli/pull_report.h"

#include <utility>

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
  return one.entry == nullptr ? "without a login" : display_key(*one.entry, {});
}

Row row_of(const PullTry& one, Time now) {
  const std::string username = one.entry == nullptr ? "" : username_of(one.entry->credential, {});
  return {{"  " + key_in_table(one)},
          {username.empty() ? "-" : shown(username)},
          {one.entry == nullptr ? "-" : display_name(one.entry->origin)},
          one.entry == nullptr ? Cell{"-"} : expiry_cell(*one.entry, now),
          {std::string(in_words(one.verdict.outcome)), color_of(one.verdict.outcome)}};
}

std::string details(const PullTry& one, bool color) {
  const auto& [outcome, reason, registry_words, hint] = one.verdict;
  Block block(4);
  block.add(in_words(outcome), reason, color_of(outcome));
  block.add("registry", registry_words);
  block.add("hint", as_called(hint));
  const std::string lines = block.format(color);
  return lines.empty() ? "" : "\n" + heading(key_in_table(one), 2, color) + lines;
}

std::string table_of(const PullReport& report, InspectionStyle style) {
  std::vector<Row> rows{{{"  REGISTRY KEY", Color::bold},
                         {"USERNAME", Color::bold},
                         {"SECRET", Color::bold},
                         {"EXPIRES", Color::bold},
                         {"RESULT", Color::bold}}};
  std::string below;
  for (const PullTry& one : report.tries) {
    rows.push_back(row_of(one, style.now));
    below += details(one, style.color);
  }
  const std::string title =
      report.image.empty() ? "Registry " + shown(report.registry) : "Image " + shown(report.image);
  return heading(title, 0, style.color) + format_table(rows, style.color) + below;
}

Json or_null(const std::string& text) {
  return text.empty() ? Json() : Json(text);
}

Json json_of(const PullReport& report, const PullTry& one) {
  Json json{{"image", or_null(report.image)},
            {"registry", report.registry},
            {"key", Json()},
            {"username", Json()},
            {"expires", Json()},
            {"secret", Json()}};
  if (one.entry != nullptr) {
    json["key"] = key_of(one.entry->key, {});
    json["username"] = username_of(one.entry->credential, {});
    if (const auto end = expiry_of(one.entry->credential)) json["expires"] = rfc3339(*end);
    if (!is_docker_config(one.entry->origin)) json["secret"] = secret_json(one.entry->origin);
  }
  const auto& [outcome, reason, registry_words, hint] = one.verdict;
  json["outcome"] = in_words(outcome);
  json["reason"] = reason;
  json["registry_says"] = registry_words;
  json["hint"] = as_called(hint);
  json["succeeds"] = report.succeeds;
  return json;
}

}  // namespace

std::string pull_table(const std::vector<PullReport>& reports, InspectionStyle style) {
  std::string tables;
  for (const PullReport& report : reports)
    tables += (tables.empty() ? "" : "\n") + table_of(report, style);
  return tables;
}

void print_pull_json(const std::vector<PullReport>& reports, const Streams& streams) {
  constexpr std::size_t enough = 64UL * 1024;
  std::string text = "[", separator = "\n";
  for (const PullReport& report : reports)
    for (const PullTry& one : report.tries) {
      text += std::exchange(separator, ",\n") + "    ";
      const std::string object = json_document(json_of(report, one));
      for (const char c : trim(object))
        text += c == '\n' ? std::string("\n    ") : std::string(1, c);
      if (text.size() > enough) streams.data(std::exchange(text, ""));
    }
  streams.data(text + (separator == "\n" ? "]\n" : "\n]\n"));
}

}  // namespace pullsecret
