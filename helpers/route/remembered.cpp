#include "helpers/route/remembered.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <filesystem>
#include <utility>

#include <fmt/format.h>
#include <sodium.h>

#include "credential/registry.h"
#include "helper/answer.h"
#include "helper/json_message.h"
#include "system/environment.h"
#include "system/lock.h"
#include "system/private_file.h"
#include "system/session_keyring.h"

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

std::string entry_prefix(std::string_view host) {
  return fmt::format("{}{} ", prefix, host);
}

std::string entry_name(const Rule& rule, const std::string& server_url) {
  std::string question = server_url + '\0' + rules_file().string();
  for (const std::string& helper : rule.helpers)
    question.append(1, '\0').append(helper);
  for (const auto& [name, value] : rule.variables)
    question.append(1, '\0').append(name).append(1, '=').append(value);
  return entry_prefix(routed_host(server_url)) + hash_of(question);
}

void forget_entries(std::string_view name_prefix) {
  for (const std::string& name : entries_in_session(name_prefix))
    forget_in_session(name);
}

bool is_own_folder(const fs::path& folder) {
  struct stat status {};
  return stat(folder.c_str(), &status) == 0 && S_ISDIR(status.st_mode) &&
         status.st_uid == geteuid();
}

// In memory where the system gives a user such a folder.
fs::path lock_folder_path() {
  const fs::path runtime = environment_variable("XDG_RUNTIME_DIR").value_or("");
  if (runtime.is_absolute() && is_own_folder(runtime)) return runtime / "docker-credential-route";
  const fs::path cache = environment_variable("XDG_CACHE_HOME").value_or("");
  return (cache.is_absolute() ? cache : home_folder() / ".cache") / "docker-credential-route";
}

}  // namespace

// An entry is the time of its end, in seconds since 1970, and the answer as the protocol has it.
std::optional<Remembered> find_remembered(const Rule& rule, const std::string& server_url,
                                          Time now) {
  const auto kept = find_in_session(entry_name(rule, server_url));
  if (!kept) return std::nullopt;
  const std::size_t line_end = std::min(kept->find('\n'), kept->size());
  long long seconds = 0;
  std::from_chars(kept->data(), kept->data() + line_end, seconds);
  const Time end{std::chrono::seconds(seconds)};
  if (end <= now) return std::nullopt;
  CredentialFields fields =
      read_credential_fields(std::string_view(*kept).substr(line_end), "what is remembered");
  return Remembered{
      {std::move(fields.username).value_or(""), std::move(fields.secret).value_or("")}, end};
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

void remember(const Rule& rule, const std::string& server_url, const Remembered& answer, Time now) {
  keep_in_session(entry_name(rule, server_url),
                  fmt::format("{}\n{}", answer.end.time_since_epoch().count(),
                              format_credential_message(server_url, answer.credential)),
                  answer.end - now);
}

void forget(std::string_view host) {
  forget_entries(entry_prefix(host));
}

void forget_all() {
  forget_entries(prefix);
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
