#include "cli/inspection_report.h"

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
#include "credential/jwt.h"
#include "credential/registry.h"
#include "kubernetes/keyring.h"
#include "operations/node_endpoints.h"
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
Row entry_row(const KeyringEntry& entry, std::string last_cell, InspectionStyle style) {
  const Credential& credential = entry.credential;
  const std::string username = username_of(credential, style);
  return {{"  " + display_key(entry, style)},
          {username.empty() || entry.is_refused ? "-" : shown(username)},
          {entry.is_refused ? "-" : std::string(credential_kind(credential).words)},
          {entry.is_refused ? "-" : std::to_string(secret_of(credential).size())},
          expiry_cell(entry, style.now),
          {std::move(last_cell)}};
}

// What only some entries have, below the table.
std::string details(const KeyringEntry& entry, InspectionStyle style) {
  Block block(4);
  if (style.show_secrets) add_secrets(entry.credential, block);
  block.add(entry.remarks);
  const std::string lines = block.format(style.table);
  if (lines.empty()) return {};
  return "\n" + heading(display_key(entry, style), 2, style.table) + lines;
}

std::string secret_table(const InspectedSecret& secret, InspectionStyle style) {
  Block block(2);
  block.add("type", shown(secret.type));
  if (secret.data_size) block.add("data", fmt::format("{} bytes", *secret.data_size));
  block.add(secret.remarks);
  std::string table = heading(is_docker_config(secret.origin)
                                  ? "Docker config, as the kubelet would read it from a Secret"
                                  : "Secret " + display_name(secret.origin),
                              0, style.table) +
                      block.format(style.table);
  if (secret.entries.empty()) return table;
  std::vector<Row> rows{header("SERVES")};
  std::string below;
  for (const KeyringEntry& entry : secret.entries) {
    rows.push_back(entry_row(entry, shown(served_images(entry.key).value_or("nothing")), style));
    below += details(entry, style);
  }
  return table + "\n" + format_table(rows, style.table) + below;
}

std::string repository_of(const ImagePull& image) {
  return image.image->repository.substr(image.image->registry_host.size() + 1);
}

std::string login_in_words(const Endpoint& endpoint, const ImagePull& image) {
  if (!is_asked_for(endpoint, image.image->reference)) return "not asked";
  switch (login_at(endpoint, image)) {
    case EndpointLogin::of_secret:
      return "as above";
    case EndpointLogin::of_file:
      return "its own: " + shown(username_of(*own_login(endpoint), {}));
    case EndpointLogin::none:
      return "none";
  }
  return {};
}

// Where the image is asked for, in the node's order.
std::string endpoint_table(const ImagePull& image, TableStyle style) {
  if (image.endpoints == nullptr) return {};
  std::vector<Row> rows{
      {{"  ENDPOINT", Color::bold}, {"REPOSITORY", Color::bold}, {"LOGIN", Color::bold}}};
  for (const Endpoint& endpoint : image.endpoints->endpoints)
    rows.push_back({{"  " + endpoint.in_words()},
                    {shown(join(names_at(endpoint, repository_of(image)), " or "))},
                    {login_in_words(endpoint, image)}});
  return format_table(rows, style);
}

std::string image_table(const ImagePull& image, InspectionStyle style) {
  std::string table = heading(title_of(image), 0, style.table) + pods_in_table(image, style.table);
  std::string below = findings_in_table(image, false, style.table);
  const std::string endpoints = endpoint_table(image, style.table);
  if (image.offered.empty() && endpoints.empty()) return table + below;
  if (!image.pods.empty()) table += "\n";
  if (image.offered.empty()) return table + endpoints + below;
  std::vector<Row> rows{header("SECRET")};
  for (const KeyringEntry* entry : image.offered) {
    rows.push_back(entry_row(*entry, display_name(entry->origin), style));
    below += details(*entry, style);
  }
  return table + format_table(rows, style.table) + (endpoints.empty() ? "" : "\n") + endpoints +
         below;
}

std::string pod_table(const JoinedPod& joined, InspectionStyle style) {
  Block block(2);
  block.add(joined.findings);
  return heading(shown(joined.pod->in_words()), 0, style.table) + block.format(style.table);
}

// ---- JSON

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

Json entry_json(const KeyringEntry& entry, InspectionStyle style) {
  const auto& [key, credential, origin, remarks, is_refused] = entry;
  const auto filed = filed_key(key);
  Json json = {{"key", key_of(key, style)},
               {"matched_as", filed ? Json(key_of(*filed, style)) : Json()},
               {"username", Json()},
               {"kind", Json()},
               {"length", Json()},
               {"expires", Json()},
               {"serves", or_null(served_images(key))}};
  if (!is_refused) {
    json["username"] = username_of(credential, style);
    json["kind"] = credential_kind(credential).words;
    json["length"] = secret_of(credential).size();
    if (const auto end = expiry_of(credential)) json["expires"] = rfc3339(*end);
  }
  if (style.show_secrets) {
    add_secret(json, "password", credential.password);
    add_secret(json, "identity_token", credential.identity_token);
    add_secret(json, "registry_token", credential.registry_token);
  }
  json["problems"] = remarks_json(remarks);
  return json;
}

// What is sent to an endpoint: the `secret`'s entries, the login of the `file`, or nothing.
Json endpoints_json(const ImagePull& image) {
  Json json = Json::array();
  for (const Endpoint& endpoint : image.endpoints->endpoints) {
    const EndpointLogin login = login_at(endpoint, image);
    json.push_back({{"url", endpoint.in_words()},
                    {"repository", names_at(endpoint, repository_of(image)).front()},
                    {"asked", is_asked_for(endpoint, image.image->reference)},
                    {"login", login == EndpointLogin::of_secret ? Json("secret")
                              : login == EndpointLogin::of_file ? Json("file")
                                                                : Json()}});
  }
  return json;
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
  const std::string_view prefix =
      jwt_claims(credential.username) ? "eyJ" : token_prefix(credential.username);
  return prefix.empty() || style.show_secrets ? credential.username : std::string(prefix) + "…";
}

std::string display_key(const KeyringEntry& entry, InspectionStyle style) {
  const std::string key = key_of(entry.key, style);
  return key.empty() ? "\"\"" : shown(key);
}

Cell expiry_cell(const KeyringEntry& entry, Time now) {
  const auto end = expiry_of(entry.credential);
  if (!end) return {"-"};
  return {time_left_in_words(*end, now), *end <= now ? Color::red : Color::none};
}

std::string title_of(const ImagePull& image) {
  return image.name.empty() ? "No image" : "Image " + shown(image.name);
}

bool is_docker_config(const EntryOrigin& origin) {
  return origin.kind == EntryOrigin::Kind::docker_config;
}

std::string display_name(const EntryOrigin& origin) {
  if (is_docker_config(origin)) return "-";
  if (origin.name.empty()) return "without a name";
  return shown(origin.name_space.empty() ? origin.name : origin.name_space + "/" + origin.name);
}

nlohmann::ordered_json secret_json(const EntryOrigin& origin) {
  return {{"name", origin.name}, {"namespace", origin.name_space}};
}

nlohmann::ordered_json remarks_json(const std::vector<Remark>& remarks) {
  Json json = Json::array();
  for (const auto& [name, severity, message, hint] : remarks)
    json.push_back({{"name", name},
                    {"severity", in_words(severity)},
                    {"message", message},
                    {"hint", as_called(hint)}});
  return json;
}

nlohmann::ordered_json pod_json(const Pod* pod) {
  if (pod == nullptr) return {{"pod", Json()}, {"namespace", Json()}};
  const std::string name = pod->name.empty() ? "" : "/" + pod->name;
  return {{"pod", pod->kind + name}, {"namespace", pod->name_space}};
}

std::string pods_in_table(const ImagePull& pull, TableStyle style) {
  constexpr std::size_t most = 5;
  if (pull.pods.empty()) return {};
  std::vector<std::string> names;
  for (const JoinedPod& joined : pull.pods)
    if (names.size() < most) names.push_back(shown(joined.pod->in_words()));
  std::string text = join(names, ", ");
  if (pull.pods.size() > most) text += fmt::format(" and {} more", pull.pods.size() - most);
  Block block(2);
  block.add("of", std::move(text));
  return block.format(style);
}

std::string findings_in_table(const ImagePull& pull, bool needs_none, TableStyle style) {
  Block block(2);
  for (const JoinedPod& joined : pull.pods)
    for (const Remark& finding : joined.findings)
      if (!needs_none || !is_about_none(finding)) block.add({finding});
  for (const Remark& remark : pull.remarks)
    if (!needs_none || !is_about_none(remark)) block.add({remark});
  const std::string lines = block.format(style);
  return lines.empty() ? "" : "\n" + lines;
}

std::string inspection_table(const std::vector<InspectedSecret>& secrets,
                             const std::vector<JoinedPod>& pods, InspectionStyle style) {
  const std::string tables = joined_tables(secrets, style, secret_table);
  return tables + (secrets.empty() || pods.empty() ? "" : "\n") +
         joined_tables(pods, style, pod_table);
}

std::string inspection_table(const std::vector<ImagePull>& images, InspectionStyle style) {
  return joined_tables(images, style, image_table);
}

std::string inspection_json(const std::vector<InspectedSecret>& secrets,
                            const std::vector<JoinedPod>& pods, InspectionStyle style) {
  Json json = Json::array();
  for (const InspectedSecret& secret : secrets) {
    Json& object = json.emplace_back(secret_json(secret.origin));
    object["type"] = secret.type;
    object["bytes"] = or_null(secret.data_size);
    object["entries"] = Json::array();
    for (const KeyringEntry& entry : secret.entries)
      object["entries"].push_back(entry_json(entry, style));
    object["problems"] = remarks_json(secret.remarks);
  }
  // Of the same form, so that who collects problems finds theirs.
  for (const auto& [pod, findings, has_way, missing] : pods)
    json.push_back({{"name", pod->name},
                    {"namespace", pod->name_space},
                    {"type", pod->kind},
                    {"bytes", Json()},
                    {"entries", Json::array()},
                    {"problems", remarks_json(findings)}});
  return json_document(json);
}

std::string inspection_json(const std::vector<ImagePull>& images, InspectionStyle style) {
  Json json = Json::array();
  for (const ImagePull& image : images) {
    Json& object = json.emplace_back(
        Json{{"image", image.name.empty() ? Json() : Json(image.name)},
             {"repository", image.image ? Json(image.image->repository) : Json()}});
    object["entries"] = Json::array();
    for (const KeyringEntry* entry : image.offered) {
      object["entries"].push_back(entry_json(*entry, style));
      object["entries"].back()["secret"] = secret_json(entry->origin);
    }
    object["pods"] = Json::array();
    for (const JoinedPod& joined : image.pods) {
      object["pods"].push_back(pod_json(joined.pod));
      object["pods"].back()["problems"] = remarks_json(joined.findings);
    }
    if (image.endpoints != nullptr) object["endpoints"] = endpoints_json(image);
    object["problems"] = remarks_json(image.remarks);
  }
  return json_document(json);
}

}  // namespace pullsecret
