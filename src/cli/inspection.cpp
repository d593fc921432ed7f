#include "cli/inspection.h"

#include <string_view>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "cli/block.h"
#include "cli/caller.h"
#include "credential/base64.h"
#include "credential/expiry.h"
#include "credential/go_json_writer.h"
#include "credential/issuers.h"
#include "credential/registry.h"
#include "kubernetes/keyring.h"
#include "system/text.h"

namespace pullsecret {
namespace {

using Json = nlohmann::ordered_json;

// The one of its secrets that an entry logs in with.
const std::string& secret_of(const Credential& credential) {
  if (!credential.password.empty()) return credential.password;
  return credential.identity_token.empty() ? credential.registry_token : credential.identity_token;
}

// ---- Tables

void add_secrets(const Credential& credential, Block& block) {
  block.add("password", shown(credential.password));
  block.add("identity token", shown(credential.identity_token));
  block.add("registry token", shown(credential.registry_token));
}

Row header(std::string_view last_column) {
  Row row;
  for (const std::string_view name :
       {std::string_view("  REGISTRY KEY"), std::string_view("USERNAME"), std::string_view("KIND"),
        std::string_view("LENGTH"), std::string_view("EXPIRES"), last_column})
    row.push_back({std::string(name), Color::bold});
  return row;
}

// What every entry has. Of one that the kubelet cannot read nothing else is known.
Row entry_row(const InspectedEntry& inspected, std::string last_cell, InspectionStyle style) {
  const auto& [key, credential, defect] = inspected.entry;
  const std::string username = username_of(credential, style);
  return {{"  " + display_key(inspected, style)},
          {username.empty() || defect ? "-" : shown(username)},
          {defect ? "-" : std::string(credential_kind(credential).words)},
          {defect ? "-" : std::to_string(secret_of(credential).size())},
          expiry_cell(inspected, style.now),
          {std::move(last_cell)}};
}

// What only some entries have, below the table.
std::string details(const InspectedEntry& inspected, InspectionStyle style) {
  Block block(4);
  if (style.show_secrets) add_secrets(inspected.entry.credential, block);
  block.add(inspected.remarks);
  const std::string lines = block.format(style.color);
  if (lines.empty()) return {};
  return "\n" + heading(display_key(inspected, style), 2, style.color) + lines;
}

std::string secret_table(const InspectedSecret& secret, InspectionStyle style) {
  Block block(2);
  block.add("type", shown(secret.type));
  if (secret.data_size) block.add("data", fmt::format("{} bytes", *secret.data_size));
  block.add(secret.remarks);
  std::string table =
      heading(secret.is_config_file ? "Docker config, as the kubelet would read it from a Secret"
                                    : "Secret " + display_name(secret),
              0, style.color) +
      block.format(style.color);
  if (secret.entries.empty()) return table;
  std::vector<Row> rows{header("SERVES")};
  std::string below;
  for (const InspectedEntry& entry : secret.entries) {
    rows.push_back(
        entry_row(entry, shown(served_images(entry.entry.key).value_or("nothing")), style));
    below += details(entry, style);
  }
  return table + "\n" + format_table(rows, style.color) + below;
}

std::string image_table(const ImageEntries& image, InspectionStyle style) {
  std::vector<Row> rows{header("SECRET")};
  std::string below;
  for (const auto& [secret, inspected] : image.offered) {
    rows.push_back(entry_row(*inspected, display_name(*secret), style));
    below += details(*inspected, style);
  }
  return heading("Image " + shown(image.name), 0, style.color) + format_table(rows, style.color) +
         below;
}

// ---- JSON

Json remarks_json(const std::vector<Remark>& remarks) {
  Json json = Json::array();
  for (const auto& [name, severity, message, hint] : remarks)
    json.push_back({{"name", name},
                    {"severity", in_words(severity)},
                    {"message", message},
                    {"hint", as_called(hint)}});
  return json;
}

// JSON has no bytes: what is not UTF-8 goes into a member of its own, in base64.
void add_secret(Json& json, const std::string& name, const std::string& secret) {
  if (secret.empty()) return;
  if (is_utf8(secret))
    json[name] = secret;
  else
    json[name + "_base64"] = encode_base64(secret);
}

template <typename Value>
Json or_null(const std::optional<Value>& value) {
  return value ? Json(*value) : Json();
}

Json entry_json(const InspectedEntry& inspected, InspectionStyle style) {
  const auto& [key, credential, defect] = inspected.entry;
  const auto filed = filed_key(key);
  Json json = {{"key", key_of(key, style)},
               {"matched_as", filed ? Json(key_of(*filed, style)) : Json()},
               {"username", Json()},
               {"kind", Json()},
               {"length", Json()},
               {"expires", Json()},
               {"serves", or_null(served_images(key))}};
  if (!defect) {
    json["username"] = username_of(credential, style);
    json["kind"] = credential_kind(credential).words;
    json["length"] = secret_of(credential).size();
    if (inspected.expires) json["expires"] = rfc3339(*inspected.expires);
  }
  if (style.show_secrets) {
    add_secret(json, "password", credential.password);
    add_secret(json, "identity_token", credential.identity_token);
    add_secret(json, "registry_token", credential.registry_token);
  }
  json["problems"] = remarks_json(inspected.remarks);
  return json;
}

Json secret_json(const InspectedSecret& secret) {
  return {{"name", secret.name}, {"namespace", secret.name_space}};
}

template <typename Thing>
std::string joined_tables(const std::vector<Thing>& things, InspectionStyle style,
                          std::string (*table_of)(const Thing&, InspectionStyle)) {
  std::string tables;
  for (const Thing& thing : things)
    tables += (tables.empty() ? "" : "\n") + table_of(thing, style);
  return tables;
}

}  // namespace

std::string key_of(const std::string& key, InspectionStyle style) {
  return has_login(key) && !style.show_secrets ? key_in_words(key) : key;
}

std::string username_of(const Credential& credential, InspectionStyle style) {
  const std::string_view prefix = token_prefix(credential.username);
  return prefix.empty() || style.show_secrets ? credential.username : std::string(prefix) + "…";
}

std::string display_key(const InspectedEntry& inspected, InspectionStyle style) {
  const std::string key = key_of(inspected.entry.key, style);
  return key.empty() ? "\"\"" : shown(key);
}

Cell expiry_cell(const InspectedEntry& inspected, Time now) {
  const auto& end = inspected.expires;
  if (!end) return {"-"};
  return {time_left_in_words(*end, now), *end <= now ? Color::red : Color::none};
}

std::string display_name(const InspectedSecret& secret) {
  if (secret.name.empty()) return secret.is_config_file ? "-" : "without a name";
  if (secret.name_space.empty()) return shown(secret.name);
  return shown(secret.name_space + "/" + secret.name);
}

std::string inspection_table(const std::vector<InspectedSecret>& secrets, InspectionStyle style) {
  return joined_tables(secrets, style, secret_table);
}

std::string inspection_table(const std::vector<ImageEntries>& images, InspectionStyle style) {
  return joined_tables(images, style, image_table);
}

std::string inspection_json(const std::vector<InspectedSecret>& secrets, InspectionStyle style) {
  Json json = Json::array();
  for (const InspectedSecret& secret : secrets) {
    Json& object = json.emplace_back(secret_json(secret));
    object["type"] = secret.type;
    object["bytes"] = or_null(secret.data_size);
    object["entries"] = Json::array();
    for (const InspectedEntry& entry : secret.entries)
      object["entries"].push_back(entry_json(entry, style));
    object["problems"] = remarks_json(secret.remarks);
  }
  return json_document(json);
}

std::string inspection_json(const std::vector<ImageEntries>& images, InspectionStyle style) {
  Json json = Json::array();
  for (const auto& [name, image, offered] : images) {
    Json& object = json.emplace_back(Json{{"image", name}, {"repository", image.repository}});
    object["entries"] = Json::array();
    for (const auto& [secret, inspected] : offered) {
      Json entry = entry_json(*inspected, style);
      entry["secret"] = secret_json(*secret);
      object["entries"].push_back(std::move(entry));
    }
  }
  return json_document(json);
}

}  // namespace pullsecret
