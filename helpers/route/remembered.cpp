#include "helpers/route/remembered.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <filesystem>
#include <tuple>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <sodium.h>

#include "credential/registry.h"
#include "helper/answer.h"
#include "helper/json_message.h"
#include "system/environment.h"
#include "system/file.h"
#include "system/lock.h"
#include "system/private_file.h"
#include "system/text.h"
#include "system/whose_folder.h"

namespace pullsecret {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view prefix = "docker-credential-route:";

std::string hash_of(std::string_view text) {
  std::array<unsigned char, 16> hash{};
  crypto_generichash(hash.data(), hash.size(), reinterpret_cast<const unsigned char*>(text.data()),
                     text.size(), nullptr, 0);
  std::string digits;
  for (const unsigned char byte : hash)
    digits += fmt::format("{:02x}", byte);
  return digits;
}

// Variables that decide what a helper answers: where it finds what it knows, and as whom it asks. A
// name that ends in `_` is the start of several.
constexpr std::string_view deciding_variables =
    "AWS_ ECR_ AZURE_ ARM_ MSI_ IDENTITY_ ACR_ CLOUDSDK_ GOOGLE_ GCLOUD_ GCE_ OCI_ IBMCLOUD_ "
    "ALIBABA_ ALICLOUD_ TENCENTCLOUD_ SCW_ YC_ DOCTL_ DIGITALOCEAN_ GITLAB_ GH_ GITHUB_TOKEN "
    "CI_JOB_TOKEN VAULT_ OP_ BW_ KUBECONFIG DOCKER_CONFIG DOCKER_AUTH_CONFIG "
    "DOCKER_CREDENTIAL_KEY_FILE REGISTRY_AUTH_FILE PASSWORD_STORE_ GNUPGHOME "
    "DBUS_SESSION_BUS_ADDRESS HOME PATH XDG_CONFIG_HOME XDG_DATA_HOME XDG_RUNTIME_DIR";

bool decides(const std::string& variable) {
  static const std::vector<std::string> known = split(deciding_variables, ' ');
  return std::any_of(known.begin(), known.end(), [&](const std::string& name) {
    return name.ends_with('_') ? variable.starts_with(name) : variable == name;
  });
}

std::string entry_prefix(std::string_view host) {
  return fmt::format("{}{} ", prefix, host);
}

bool is_own_folder(const fs::path& folder) {
  struct stat status {};
  return stat(folder.c_str(), &status) == 0 && S_ISDIR(status.st_mode) &&
         status.st_uid == geteuid();
}

// Whether it is another user's, or would be made in a folder of theirs.
bool is_below_others(fs::path path) {
  while (!is_there(path) && path.has_relative_path())
    path = path.parent_path();
  struct stat status {};
  return stat(path.c_str(), &status) == 0 && status.st_uid != geteuid();
}

fs::path cache_folder() {
  fs::path cache = environment_variable("XDG_CACHE_HOME").value_or("");
  const bool is_in_home = !cache.is_absolute();
  if (is_in_home) cache = home_folder() / ".cache";
  // Root puts nothing into another user's folder (whose_folder.h).
  const bool is_others = is_in_home ? !is_own_folder(home_folder()) : is_below_others(cache);
  if (geteuid() == 0 && is_others) cache = user_of(0).home / ".cache";
  return cache / "docker-credential-route";
}

constexpr std::string_view all_hosts{};

fs::path changes_file(std::string_view host) {
  return cache_folder() / (hash_of(host) + ".changed");
}

// The word that the last change has written; empty: there was none.
std::string last_change(std::string_view host) {
  try {
    return read_file(changes_file(host), 100);
  } catch (const Error&) {
    return {};
  }
}

// Begins the names of all entries that count for it now.
std::string current_prefix(std::string_view host) {
  return entry_prefix(host) + hash_of(last_change(all_hosts) + '\0' + last_change(host)) + ' ';
}

void forget_entries(std::string_view name_prefix) {
  for (const std::string& name : entries_in_session(name_prefix))
    forget_in_session(name);
}

// In memory where the system gives a user such a folder.
fs::path lock_folder_path() {
  const fs::path runtime = environment_variable("XDG_RUNTIME_DIR").value_or("");
  if (runtime.is_absolute() && is_own_folder(runtime)) return runtime / "docker-credential-route";
  return cache_folder();
}

}  // namespace

Question question(const Rule& rule, const std::string& server_url) {
  std::string text = server_url + '\0' + rules_file().string();
  const auto add = [&](const std::string& word) { text.append(1, '\0').append(word); };
  for (const std::string& helper : rule.helpers)
    add(helper);
  Environment variables = rule.variables;
  for (const auto& [name, value] : environment())
    if (decides(name)) variables.emplace(name, value);
  for (const auto& [name, value] : variables)
    add(fmt::format("{}={}", name, value));
  const std::string host = routed_host(server_url);
  return {host, current_prefix(host) + hash_of(text)};
}

// An entry is two times, in seconds since 1970, of its end and of the answer, and behind them the
// answer as the protocol has it.
std::optional<Remembered> find_remembered(const Question& question, const CacheRule& cache,
                                          Time now) {
  const auto kept = find_in_session(question.name);
  if (!kept) return std::nullopt;
  const std::size_t line_end = std::min(kept->find('\n'), kept->size());
  const char* const end_of_line = kept->data() + line_end;
  long long end = 0, answered = 0;
  const char* const space = std::from_chars(kept->data(), end_of_line, end).ptr;
  if (space != end_of_line) std::from_chars(space + 1, end_of_line, answered);
  CredentialFields fields =
      read_credential_fields(std::string_view(*kept).substr(line_end), "what is remembered");
  Remembered found{{std::move(fields.username).value_or(""), std::move(fields.secret).value_or("")},
                   Time{std::chrono::seconds(end)}};
  const auto end_by_now =
      end_of_remembering(cache, found.credential, Time{std::chrono::seconds(answered)});
  found.end = std::min(found.end, end_by_now.value_or(now));
  return found.end > now ? std::optional(std::move(found)) : std::nullopt;
}

std::optional<Time> end_of_remembering(const CacheRule& cache, const StoredCredential& credential,
                                       Time now) {
  constexpr std::chrono::minutes margin(5);
  const auto told = expiry_of({.username = credential.username, .password = credential.secret});
  std::optional<Time> end;
  if (told) end = *told - margin;
  if (cache.at_most) end = std::min(end.value_or(Time::max()), now + *cache.at_most);
  return end && *end > now ? end : std::nullopt;
}

void remember(const Question& question, const Remembered& answer, Time now) {
  const std::string current = current_prefix(question.host);
  for (const std::string& name : entries_in_session(entry_prefix(question.host)))
    if (!name.starts_with(current)) forget_in_session(name);
  if (!question.name.starts_with(current)) return;
  keep_in_session(question.name,
                  fmt::format("{} {}\n{}", answer.end.time_since_epoch().count(),
                              now.time_since_epoch().count(),
                              format_credential_message(question.host, answer.credential)),
                  answer.end - now);
}

void write_change(std::string_view host) {
  std::array<unsigned char, 8> word{};
  randombytes_buf(word.data(), word.size());
  make_private_folder(cache_folder());
  std::ignore = replace_file(changes_file(host),
                             hash_of({reinterpret_cast<const char*>(word.data()), word.size()}));
}

void forget(std::string_view host) {
  forget_entries(entry_prefix(host));
  write_change(host);
}

void forget_all() {
  forget_entries(prefix);
  write_change(all_hosts);
}

Error not_told(const Error& why) {
  return {"", fmt::format("other sessions may go on with what they remember: {}", why.what()),
          why.hint()};
}

std::string in_words(const KeyringRoom& room) {
  return fmt::format("{} of {} bytes and {} of {} keys are free", room.free_bytes, room.bytes,
                     room.free_keys, room.keys);
}

FileDescriptor lock_host(std::string_view host) {
  try {
    const Folder folder = make_private_folder(lock_folder_path());
    return lock_file({folder, hash_of(host) + ".lock"});
  } catch (const Error&) {
    return {};
  }
}

}  // namespace pullsecret
