#include "doctor/podman_checks.h"

#include <algorithm>
#include <filesystem>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include <fmt/format.h>

#include "credential/registry.h"
#include "docker/ask_stores.h"
#include "docker/config_file.h"
#include "docker/podman.h"
#include "docker/registries_conf.h"
#include "docker/resolve.h"
#include "doctor/checked_registry.h"
#include "helper/own_stores.h"
#include "helper/protocol.h"
#include "system/environment.h"
#include "system/error.h"
#include "system/file.h"
#include "system/text.h"

namespace pullsecret {
namespace {

/// Who reads the config beside Docker.
struct Podmans {
  std::vector<std::string> names = podmans_here();
  PodmansOwn own = {};

  bool have_helper(std::string_view name) const {
    return own.helpers() && own.helpers()->name(name);
  }
};

Finding cannot_read(std::string subject, std::string message, std::string hint,
                    Remedy remedy = {}) {
  return warning("podman-cannot-read", std::move(subject), std::move(message), std::move(hint),
                 std::move(remedy));
}

// They fail whatever Docker's config says.
Finding refused_file(const Error& error, const Podmans& podmans) {
  return cannot_read(error.place(),
                     fmt::format("{}: {} work at all", error.message(), do_not(podmans.names)),
                     error.hint().empty() ? "correct it there" : error.hint());
}

Findings refused_files(const Podmans& podmans) {
  Findings findings;
  for (const Error& error : podmans.own.refused())
    findings.push_back(refused_file(error, podmans));
  return findings;
}

// `name` is one that podman looks up.
std::string login_to(const std::string& name, const Podmans& podmans) {
  return fmt::format("`{} login {}`", podmans.names.front(), shell_operand(name));
}

std::string few_in_words(const std::vector<std::string>& all) {
  constexpr std::size_t most = 3;
  std::vector<std::string> names;
  for (const std::string& name : all)
    if (names.size() < most) names.push_back(key_in_words(name));
  const std::string more = all.size() > most ? fmt::format(" and {} more", all.size() - most) : "";
  return join(names, ", ") + more;
}

bool is_given(const std::vector<StoreAnswer>& answers, std::size_t position) {
  return std::holds_alternative<Credential>(answers[position]);
}

// Those of `names` that no store has which podman's setting names.
std::vector<std::string> in_none_of_its_stores(std::vector<std::string> names,
                                               HelperClient& helpers, const Podmans& podmans) {
  for (const std::string& place : podmans.own.places()) {
    if (place == auth_file_helper) continue;
    std::vector<StoreKey> questions;
    questions.reserve(names.size());
    for (const std::string& name : names)
      questions.push_back({place, name});
    const std::vector<StoreAnswer> answers = get_from_stores(questions, helpers);
    names.clear();
    for (std::size_t i = 0; i < questions.size(); ++i)
      if (!is_given(answers, i)) names.push_back(questions[i].server_url);
  }
  return names;
}

bool takes_another(const std::string& name, HelperClient* helpers, const Podmans& podmans) {
  return podmans.own.has(name) ||
         (helpers != nullptr && in_none_of_its_stores({name}, *helpers, podmans).empty());
}

// ---- What is in a store

/// A credential for which Docker asks `store`, and podman has neither a line nor anything else.
struct Unread {
  std::string docker_name, podman_name, store;
};

// As for convert: the registries that the file names, else those that the store lists.
std::vector<std::string> registries_of(const Config& config, const HelperStates& stores) {
  std::vector<std::string> keys = registries_looked_for(config);
  if (keys.empty() && works(stores, config.creds_store))
    keys = stores.at(config.creds_store).listed.value_or(std::vector<std::string>());
  return keys;
}

std::vector<Unread> find_unread(const Config& config, const HelperStates& stores,
                                HelperClient& helpers, const Podmans& podmans) {
  std::vector<Unread> found;
  std::vector<StoreKey> keys;
  for (const std::string& key : registries_of(config, stores)) {
    const std::string* store = store_for(config, key);
    const std::string name = podman_lookup_name(key);
    if (store == nullptr || !works(stores, *store) || is_docker_hub_token(key) ||
        podmans.have_helper(*store) || podman_finds_inline(config, name) || podmans.own.has(name))
      continue;
    found.push_back({docker_lookup_name(key), name, *store});
    keys.push_back({*store, found.back().docker_name});
  }
  const std::vector<StoreAnswer> answers = get_from_stores(keys, helpers);
  std::vector<Unread> unread;
  for (std::size_t i = 0; i < found.size(); ++i)
    if (is_given(answers, i)) unread.push_back(std::move(found[i]));
  std::vector<std::string> names;
  names.reserve(unread.size());
  for (const Unread& one : unread)
    names.push_back(one.podman_name);
  names = in_none_of_its_stores(std::move(names), helpers, podmans);
  std::erase_if(unread, [&](const Unread& one) {
    return std::find(names.begin(), names.end(), one.podman_name) == names.end();
  });
  return unread;
}

Finding without_lines(const Config& config, HelperChanges lines, const Podmans& podmans) {
  const bool has_store = !config.creds_store.empty();
  std::vector<std::string> names;
  for (const auto& [name, store] : lines)
    names.push_back(name);
  std::string message = fmt::format(
      "{} {}: without a line in credHelpers for {} no login is found there", do_not(podmans.names),
      has_store ? "ask it" : "take Docker's name of Docker Hub", few_in_words(names));
  return cannot_read(has_store ? "credsStore" : "credHelpers", std::move(message), "",
                     fix(" adds what is missing", {.cred_helpers = std::move(lines)}));
}

// Measured: docker-credential-helpers compare names exactly.
Finding under_another_name(const Unread& unread, const Podmans& podmans) {
  Finding finding =
      cannot_read(unread.podman_name,
                  fmt::format("the store {} has it as {} alone, under which {} ask for it",
                              printable(unread.store), unread.docker_name, do_not(podmans.names)),
                  login_to(unread.podman_name, podmans));
  if (find_own_store(unread.store) != nullptr)
    finding.add_hint(fmt::format("use pullsecret's {}, which answers to both",
                                 helper_program_name(unread.store)));
  return finding;
}

Findings check_stores(const Config& config, const HelperStates& stores, HelperClient& helpers,
                      const Podmans& podmans) {
  const std::vector<Unread> unread = find_unread(config, stores, helpers, podmans);
  std::vector<StoreKey> keys;
  keys.reserve(unread.size());
  for (const Unread& one : unread)
    keys.push_back({one.store, one.podman_name});
  const std::vector<StoreAnswer> answers = get_from_stores(keys, helpers);
  Findings findings;
  HelperChanges lines;
  for (std::size_t i = 0; i < unread.size(); ++i)
    if (!is_given(answers, i))
      findings.push_back(under_another_name(unread[i], podmans));
    else if (!config.cred_helpers.contains(unread[i].podman_name))
      lines[unread[i].podman_name] = unread[i].store;
  if (!lines.empty()) findings.push_back(without_lines(config, std::move(lines), podmans));
  return findings;
}

// ---- Where the setting names helpers, and not the file among them

// What Docker finds, and podman in none of its helpers. One that does not work may have it.
std::vector<std::string> names_in_no_helper(const Config& config, const HelperStates& stores,
                                            HelperClient& helpers, const Podmans& podmans) {
  const std::vector<std::string>& asked = podmans.own.helpers()->names;
  if (!std::all_of(asked.begin(), asked.end(),
                   [&](const std::string& helper) { return works(stores, helper); }))
    return {};
  std::vector<std::string> names;
  std::vector<StoreKey> keys;
  for (const std::string& key : registries_of(config, stores)) {
    const AuthEntry* entry = config.auths.find(key);
    const std::string* store = store_for(config, key);
    if (is_docker_hub_token(key)) continue;
    if (store == nullptr && entry != nullptr && !is_empty(entry->credential))
      names.push_back(podman_lookup_name(key));
    else if (store != nullptr && works(stores, *store))
      keys.push_back({*store, docker_lookup_name(key)});
  }
  const std::vector<StoreAnswer> found = get_from_stores(keys, helpers);
  for (std::size_t i = 0; i < keys.size(); ++i)
    if (is_given(found, i)) names.push_back(podman_lookup_name(keys[i].server_url));
  return in_none_of_its_stores(without_repeats(std::move(names)), helpers, podmans);
}

std::string way_to_name_the_file(const Podmans& podmans) {
  return fmt::format("let it name \"{}\", too, in {}", auth_file_helper,
                     place_of(podmans.own.helpers()->file));
}

std::optional<Finding> check_unread_config(const Config& config, const HelperStates& stores,
                                           HelperClient& helpers, const Podmans& podmans) {
  const std::vector<std::string> names = names_in_no_helper(config, stores, helpers, podmans);
  if (names.empty()) return std::nullopt;
  Finding finding = cannot_read(
      "credential-helpers",
      fmt::format("{} look into this file, which it does not name: no login is found there for {}",
                  do_not(podmans.names), few_in_words(names)),
      way_to_name_the_file(podmans));
  finding.add_hint(login_to(names.front(), podmans));
  return finding;
}

// ---- What is in the file

std::optional<Finding> check_entry(const Config& config, const AuthEntry& entry,
                                   HelperClient* helpers, const Podmans& podmans) {
  const Credential& credential = entry.credential;
  const bool has_login = !credential.username.empty() && !credential.password.empty();
  const std::string name = podman_lookup_name(entry.key);
  if (!has_login || is_docker_hub_token(entry.key) || !is_looked_for(name) ||
      store_for(config, entry.key) != nullptr || podman_finds_inline(config, name))
    return std::nullopt;
  const bool is_found_by_docker_alone =
      !is_key_for_podman(entry.key) && is_used_by_docker(entry.key);
  if ((!is_found_by_docker_alone && !entry.lacks_auth) || takes_another(name, helpers, podmans))
    return std::nullopt;
  if (is_found_by_docker_alone)
    return cannot_read(key_in_words(entry.key),
                       fmt::format("Docker takes it for {}, and {} find it by this name",
                                   key_in_words(name), do_not(podmans.names)),
                       login_to(name, podmans));
  const std::string message = fmt::format(
      "it has username and password, which {} read, and no \"auth\"", do_not(podmans.names));
  if (credential.username.find(':') != std::string::npos)
    return cannot_read(key_in_words(entry.key), message, login_command(entry.key));
  return cannot_read(
      key_in_words(entry.key), message, "",
      fix(" writes it as docker login does", {.entries = {{entry.key, Inline{credential}}}}));
}

std::optional<Finding> check_empty_name(const Config& config, const HelperStates& stores,
                                        const std::string& key, const Podmans& podmans) {
  if (!is_podmans_name(key) || podmans.own.has(key)) return std::nullopt;
  const std::string message =
      fmt::format("its line in credHelpers has no name, which {} take for the file: a pull fails",
                  do_not(podmans.names));
  if (config.creds_store.empty())
    return cannot_read(key_in_words(key), message, "",
                       fix(" takes the line out", {.cred_helpers = {{key, std::nullopt}}}));
  if (!podman_finds_inline(config, key) || !works(stores, config.creds_store))
    return cannot_read(key_in_words(key), message, "take the line out; then " + login_command(key));
  return cannot_read(key_in_words(key), message, "",
                     {fmt::format("migrate --from inline --to {} --registry {}",
                                  shell_word(config.creds_store), shell_word(key))});
}

// ---- Where podman looks first

// Measured: they fail, even where they need no login.
std::optional<Finding> check_runtime_folder(const Podmans& podmans) {
  const std::filesystem::path file = podman_runtime_file();
  if (!environment_variable("XDG_RUNTIME_DIR") || environment_variable("REGISTRY_AUTH_FILE") ||
      may_look_at(file))
    return std::nullopt;
  return cannot_read("XDG_RUNTIME_DIR",
                     fmt::format("{} is in a folder of another user's, as after su: {} get past it",
                                 place_of(file), do_not(podmans.names)),
                     R"sh(`export XDG_RUNTIME_DIR="$(mktemp -d)"`, or log in with `su -`)sh");
}

}  // namespace

bool podman_takes_its_own(const std::string& name, HelperClient* helpers) {
  const Podmans podmans;
  return !podmans.names.empty() && takes_another(podman_lookup_name(name), helpers, podmans);
}

Findings check_podman(const Config& config, const JsonText& json, bool is_there,
                      const HelperStates& stores, HelperClient* helpers) {
  const Podmans podmans;
  if (podmans.names.empty()) return {};
  Findings findings = refused_files(podmans);
  if (!findings.empty()) return findings;
  if (!podmans.own.reads_files()) {
    if (helpers != nullptr)
      append(findings, check_unread_config(config, stores, *helpers, podmans));
    return findings;
  }
  append(findings, check_runtime_folder(podmans));
  if (const auto reason = is_there ? refused_by_podman(json) : std::nullopt)
    findings.push_back(refused_file(*reason, podmans));
  for (const AuthEntry& entry : config.auths)
    append(findings, check_entry(config, entry, helpers, podmans));
  for (const auto& [key, helper] : config.cred_helpers)
    if (helper.empty()) append(findings, check_empty_name(config, stores, key, podmans));
  if (helpers != nullptr) append(findings, check_stores(config, stores, *helpers, podmans));
  return findings;
}

Findings check_podmans_own(const JsonText& json) {
  const Podmans podmans;
  Findings findings = refused_files(podmans);
  const Config file = parse_config(json);
  if (!file.creds_store.empty())
    findings.push_back(cannot_read(
        "credsStore",
        fmt::format("podman does not ask it, and so not the store {}", printable(file.creds_store)),
        fmt::format(R"(name it for each registry: "credHelpers": {{"REGISTRY": "{}"}})",
                    printable(file.creds_store))));
  if (!podmans.own.reads_files() && (has_inline_credential(file) || !file.cred_helpers.empty()))
    findings.push_back(cannot_read(
        json.file,
        fmt::format("podman does not read it, as credential-helpers does not name {}: no login in "
                    "it is found",
                    auth_file_helper),
        way_to_name_the_file(podmans)));
  return findings;
}

}  // namespace pullsecret
