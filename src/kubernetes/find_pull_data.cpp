#include "kubernetes/find_pull_data.h"

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "credential/base64.h"
#include "kubernetes/name_rules.h"
#include "system/error.h"
#include "system/text.h"

namespace pullsecret {
namespace {

using enum Severity;

constexpr std::array types{SecretType::dockerconfigjson, SecretType::dockercfg};

std::optional<SecretType> type_of(const SecretManifest& manifest) {
  for (const SecretType type : types)
    if (manifest.type == names_of(type).type) return type;
  return std::nullopt;
}

bool has_data(const SecretManifest& manifest, SecretType type) {
  const std::string key(names_of(type).data_key);
  return manifest.data.contains(key) || manifest.string_data.contains(key);
}

std::optional<SecretType> type_with_data(const SecretManifest& manifest) {
  for (const SecretType type : types)
    if (has_data(manifest, type)) return type;
  return std::nullopt;
}

std::vector<std::string> data_keys(const SecretManifest& manifest) {
  std::vector<std::string> keys;
  for (const auto* values : {&manifest.string_data, &manifest.data})
    for (const auto& [key, value] : *values)
      keys.push_back(key);
  return without_repeats(std::move(keys));
}

// Pull data under a data key that no type has, such as `config.json`.
std::optional<DataPlace> misplaced_data(const SecretManifest& manifest) {
  if (type_with_data(manifest)) return std::nullopt;
  for (const std::string& key : data_keys(manifest))
    if (const auto data = decoded_data(manifest, key))
      if (const auto type = type_of_data(*data))
        return DataPlace{.key = key, .type = *type, .is_right = false};
  return std::nullopt;
}

// ---- Remarks

std::string keys_in_words(const SecretManifest& manifest) {
  constexpr std::size_t most_keys = 5;
  std::vector<std::string> keys = data_keys(manifest);
  if (keys.empty()) return "it has none";
  const std::size_t more = keys.size() - std::min(keys.size(), most_keys);
  keys.resize(keys.size() - more);
  return "it has " + printable(join(keys, ", ")) +
         (more > 0 ? fmt::format(" and {} more", more) : "");
}

Remark missing_data_key(const SecretManifest& manifest, SecretType type) {
  const auto with_data = type_with_data(manifest);
  const auto misplaced = misplaced_data(manifest);
  std::string hint;
  if (with_data)
    hint = fmt::format("{} is the data key of type {}", names_of(*with_data).data_key,
                       names_of(*with_data).type);
  else if (misplaced && misplaced->type == type)
    hint = fmt::format("call the data key {} in place of {}", names_of(type).data_key,
                       printable(misplaced->key));
  else if (!manifest.miscased.empty())
    hint = fmt::format("nobody reads {}: letter case counts, in data and in stringData",
                       printable(manifest.miscased.front()));
  else if (data_keys(manifest).empty())
    hint = "`pullsecret convert` makes one that has it, of your logins";
  return {"missing-data-key", problem,
          fmt::format("it has no data key {}, the one of its type; {}", names_of(type).data_key,
                      keys_in_words(manifest)),
          hint};
}

Remark wrong_type(const SecretManifest& manifest, SecretType right) {
  return {"wrong-type", problem,
          fmt::format("the kubelet reads no pull secret of type {}",
                      manifest.type.empty() ? "Opaque" : printable(manifest.type)),
          fmt::format("type: {}; delete the Secret first, its type cannot change",
                      names_of(right).type)};
}

Remark wrong_data_key(const SecretManifest& manifest, const DataPlace& misplaced) {
  const auto [type, data_key] = names_of(misplaced.type);
  const bool is_config = misplaced.type == SecretType::dockerconfigjson;
  return {"wrong-data-key", problem,
          fmt::format("{} is {}, which the kubelet reads from the data key {} of type {} alone",
                      printable(misplaced.key),
                      is_config ? "a Docker config" : "a Docker config's entries", data_key, type),
          is_config ? remake_command(manifest, misplaced) : ""};
}

std::string other_format_in_words(SecretType type) {
  return type == SecretType::dockercfg
             ? "a config.json; the key .dockercfg takes the map inside \"auths\""
             : "the map inside \"auths\"; the key .dockerconfigjson takes a config.json, which has "
               "it as \"auths\"";
}

}  // namespace

std::optional<DataPlace> find_pull_data(const SecretManifest& manifest) {
  const auto type = type_of(manifest);
  const bool is_right = type && has_data(manifest, *type);
  const auto data_type = is_right ? type : type_with_data(manifest);
  if (!data_type) return misplaced_data(manifest);
  return DataPlace{std::string(names_of(*data_type).data_key), *data_type, is_right};
}

bool is_pull_secret(const SecretManifest& manifest) {
  return type_of(manifest) || find_pull_data(manifest);
}

std::string remake_command(const SecretManifest& manifest, const DataPlace& place) {
  const std::string name = manifest.name + (place.is_right ? "" : "-pull");
  if (manifest.is_config_file || !is_secret_name(manifest.name) || !is_secret_name(name)) return {};
  const bool is_map = place.is_right && place.type == SecretType::dockerconfigjson;
  std::string key = place.key;
  for (std::size_t dot = 0; (dot = key.find('.', dot)) != std::string::npos; dot += 2)
    key.insert(dot, 1, '\\');
  const std::string in_namespace =
      manifest.name_space.empty() ? "" : " -n " + shell_word(manifest.name_space);
  return fmt::format(
      "kubectl get secret {}{} -o {} | base64 -d{} | pullsecret convert --config - --name {}{}{} | "
      "kubectl apply -f -",
      manifest.name, in_namespace, shell_word(fmt::format("jsonpath={{.data.{}}}", key)),
      is_map ? " | jq '{auths: .}'" : "", name, in_namespace,
      place.is_right && !is_map ? " --type dockercfg" : "");
}

std::optional<std::string> decoded_data(const SecretManifest& manifest, const std::string& key) {
  const auto text = manifest.string_data.find(key);
  return text != manifest.string_data.end() ? text->second : decode_base64(manifest.data.at(key));
}

Error not_base64(const SecretManifest& manifest, const std::string& key) {
  auto [what, hint] = mistaken_base64(manifest.data.at(key));
  return {"",
          fmt::format("the value of {} in \"data\" is not base64{}{}", key,
                      what.empty() ? "" : ", but ", what),
          std::move(hint)};
}

TakenData taken_data(const SecretManifest& manifest) {
  if (manifest.is_config_file)
    throw Error("", "a Docker config file, and no Secret", "pullsecret convert --config FILE");
  const auto place = find_pull_data(manifest);
  if (!place || !place->is_right) {
    const auto remark = remark_on_place(manifest);
    throw Error("", remark ? remark->message : "no pull secret", remark ? remark->hint : "");
  }
  auto data = decoded_data(manifest, place->key);
  if (!data) throw not_base64(manifest, place->key);
  PullData pull_data = read_pull_data(place->type, *data);
  // What is refused may be so for the sake of a single entry.
  if (!pull_data.refusal)
    if (const auto remark =
            remark_on_data(pull_data, mistake_in(manifest, *place, *data, pull_data)))
      throw Error("", remark->message, remark->hint);
  return {*place, *std::move(data), std::move(pull_data)};
}

std::optional<MistakenData> mistake_in(const SecretManifest& manifest, const DataPlace& place,
                                       const std::string& data, const PullData& pull_data) {
  if (pull_data.has_other_format)
    return MistakenData{other_format_in_words(place.type),
                        place.is_right ? remake_command(manifest, place) : ""};
  if (pull_data.entries.empty() || pull_data.refusal)
    if (auto wrapped = wrapped_data(data)) return wrapped;
  if (!pull_data.refusal) return std::nullopt;
  if (auto mistaken = mistaken_data(data)) return mistaken;
  const auto value = manifest.data.find(place.key);
  return value == manifest.data.end() ? std::nullopt : mistaken_data(value->second);
}

std::optional<Remark> remark_on_data(const PullData& pull_data,
                                     const std::optional<MistakenData>& mistaken) {
  if (pull_data.refusal)
    return Remark{
        "refused", problem,
        fmt::format("the kubelet refuses the whole Secret, and with it every entry: {}{}",
                    pull_data.refusal->what(), mistaken ? "; it is " + mistaken->what : ""),
        mistaken ? mistaken->hint : pull_data.refusal->hint()};
  if (!mistaken) return std::nullopt;
  return Remark{"wrong-format", problem, "the data is " + mistaken->what, mistaken->hint};
}

std::optional<Remark> remark_on_place(const SecretManifest& manifest) {
  const auto type = type_of(manifest);
  if (type && !has_data(manifest, *type)) return missing_data_key(manifest, *type);
  if (const auto with_data = type_with_data(manifest); !type && with_data)
    return wrong_type(manifest, *with_data);
  if (const auto misplaced = misplaced_data(manifest)) return wrong_data_key(manifest, *misplaced);
  if (has_data(manifest, types[0]) && has_data(manifest, types[1]))
    return Remark{"ignored-data-key", warning,
                  "it has the data keys of both types; the kubelet reads only that of its own", ""};
  return std::nullopt;
}

}  // namespace pullsecret
