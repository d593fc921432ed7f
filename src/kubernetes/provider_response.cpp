#include "kubernetes/provider_response.h"

#include <algorithm>
#include <array>
#include <span>

#include <fmt/format.h>

#include "credential/go_duration.h"
#include "credential/go_json_reader.h"
#include "credential/go_json_writer.h"
#include "credential/registry.h"
#include "system/error.h"
#include "system/text.h"

namespace pullsecret {
namespace {

constexpr std::string_view response_kind = "CredentialProviderResponse";

constexpr std::array<std::string_view, 3> cache_key_types{"Image", "Registry", "Global"};

constexpr std::array login_fields{GoField{"username", &go_string}, GoField{"password", &go_string}};
constexpr GoType go_login{GoType::Kind::record, nullptr, login_fields};
constexpr GoType go_logins{GoType::Kind::map, &go_login};
constexpr std::array response_fields{GoField{"kind", &go_string}, GoField{"apiVersion", &go_string},
                                     GoField{"cacheKeyType", &go_string},
                                     GoField{"cacheDuration", &go_string},
                                     GoField{"auth", &go_logins}};

void refuse_other_bytes(const std::string& key, std::string_view what, const std::string& text) {
  if (!is_utf8(text))
    throw Error(key_in_words(key),
                fmt::format("its {} is not UTF-8, which the kubelet cannot be told", what));
}

std::string format_login(const std::string& key, const Credential& credential) {
  refuse_other_bytes(key, "username", credential.username);
  refuse_other_bytes(key, "password", credential.password);
  JsonObjectWriter login;
  login.add_string("username", credential.username);
  login.add_string("password", credential.password);
  return login.text();
}

std::string format_auth(const std::map<std::string, Credential>& auth) {
  if (auth.empty()) return "null";
  JsonObjectWriter logins;
  for (const auto& [key, credential] : auth)
    logins.add_value(key, format_login(key, credential));
  return logins.text();
}

// ---- Reading, in the kubelet's way: names count in their letter case.

std::optional<std::string_view> value_of(const std::vector<JsonMember>& members,
                                         std::string_view name) {
  const auto member = std::find_if(members.rbegin(), members.rend(),
                                   [&](const JsonMember& other) { return other.name == name; });
  if (member == members.rend() || kind_of(member->value) == JsonKind::null) return std::nullopt;
  return member->value;
}

std::string text_of(const std::vector<JsonMember>& members, std::string_view name) {
  const auto value = value_of(members, name);
  return value ? decode_string(*value) : "";
}

void add_unknown(std::vector<std::string>& unknown, const std::vector<JsonMember>& members,
                 std::span<const GoField> fields, const std::string& path) {
  for (const JsonMember& member : members)
    if (std::none_of(fields.begin(), fields.end(),
                     [&](const GoField& field) { return field.name == member.name; }))
      unknown.push_back(path + printable(member.name, 60));
}

void refuse_other_type(const std::vector<JsonMember>& members, const std::string& api_version) {
  if (const std::string kind = text_of(members, "kind"); kind != response_kind)
    throw Error("", fmt::format("its kind is \"{}\", not {}", printable(kind, 60), response_kind));
  if (const std::string other = text_of(members, "apiVersion"); other != api_version)
    throw Error("", fmt::format("its apiVersion is \"{}\", not that of the request, {}",
                                printable(other, 60), api_version));
}

CacheKeyType read_cache_key_type(const std::string& text) {
  const auto* const type = std::find(cache_key_types.begin(), cache_key_types.end(), text);
  if (type == cache_key_types.end())
    throw Error("", fmt::format("its cacheKeyType is \"{}\", not Image, Registry or Global",
                                printable(text, 60)));
  return static_cast<CacheKeyType>(type - cache_key_types.begin());
}

std::optional<std::chrono::nanoseconds> read_cache_duration(
    const std::vector<JsonMember>& members) {
  const auto value = value_of(members, "cacheDuration");
  if (!value) return std::nullopt;
  const std::string text = decode_string(*value);
  const auto duration = parse_go_duration(text);
  if (!duration)
    throw Error("", fmt::format("its cacheDuration \"{}\" is no duration such as 1h30m",
                                printable(text, 60)));
  return duration;
}

void read_auth(ProviderResponse& response, const std::vector<JsonMember>& members) {
  const auto auth = value_of(members, "auth");
  if (!auth) return;
  for (const JsonMember& entry : members_of(*auth)) {
    const auto login = kind_of(entry.value) == JsonKind::null ? std::vector<JsonMember>()
                                                              : members_of(entry.value);
    add_unknown(response.unknown_fields, login, login_fields,
                fmt::format("auth.{}.", key_in_words(entry.name)));
    response.auth[entry.name] = {.username = text_of(login, "username"),
                                 .password = text_of(login, "password")};
  }
}

}  // namespace

std::string_view in_words(CacheKeyType type) {
  return cache_key_types[static_cast<std::size_t>(type)];
}

std::string format_provider_response(const ProviderResponse& response) {
  JsonObjectWriter writer;
  writer.add_string("kind", response_kind);
  writer.add_string("apiVersion", response.api_version);
  writer.add_string("cacheKeyType", in_words(response.cache_key_type));
  if (response.cache_duration)
    writer.add_string("cacheDuration", go_duration(*response.cache_duration));
  writer.add_value("auth", format_auth(response.auth));
  return writer.text() + "\n";
}

ProviderResponse read_provider_response(const std::string& text, const std::string& api_version) {
  const GoJsonReader reader({"", text}, TextBehind::refused);
  if (reader.value().empty()) throw Error("", "it is empty");
  const auto members = reader.members_of_object(reader.value(), "the answer");
  reader.check_fields(members, response_fields);
  refuse_other_type(members, api_version);
  ProviderResponse response{.api_version = api_version,
                            .cache_key_type = read_cache_key_type(text_of(members, "cacheKeyType")),
                            .cache_duration = read_cache_duration(members)};
  add_unknown(response.unknown_fields, members, response_fields, "");
  read_auth(response, members);
  return response;
}

}  // namespace pullsecret
