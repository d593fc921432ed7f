#include "system/session_keyring.h"

#include <linux/keyctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <fstream>
#include <sstream>
#include <utility>

#include <fmt/format.h>

#include "system/error.h"

namespace pullsecret {
namespace {

using KeySerial = std::int32_t;

constexpr const char* key_type = "user";
constexpr const char* big_key_type = "big_key";  // outside the kernel's own memory, encrypted
constexpr const char* keyring_type = "keyring";

// Rights to a keyring, of those in keyctl_setperm(3): whoever has it in a keyring of theirs (the
// possessor) may see and link it, and its owner may search it. Nobody may change that, nor what is
// in it.
constexpr unsigned possessor_view = 0x01000000, possessor_link = 0x10000000;
constexpr unsigned owner_view = 0x00010000, owner_search = 0x00080000;
constexpr unsigned for_own_user = possessor_view | possessor_link | owner_view | owner_search;

// The system calls have no functions in glibc, and libkeyutils would be one more library to load.
template <typename... Arguments>
long keyctl(int operation, Arguments... arguments) {
  return syscall(SYS_keyctl, operation, arguments...);
}

std::string description_of(KeySerial key) {
  std::string text(4096, '\0');
  const long size = keyctl(KEYCTL_DESCRIBE, key, text.data(), text.size());
  if (size <= 0 || static_cast<std::size_t>(size) > text.size()) return {};
  text.resize(static_cast<std::size_t>(size) - 1);
  return text;
}

std::optional<KeySerial> find_key(KeySerial keyring, const char* type,
                                  const std::string& description) {
  const long found = keyctl(KEYCTL_SEARCH, keyring, type, description.c_str(), 0);
  if (found < 0) return std::nullopt;
  return static_cast<KeySerial>(found);
}

Error keyring_error() {
  return system_error("the kernel's session keyring");
}

long checked(long result) {
  if (result < 0) throw keyring_error();
  return result;
}

long add_key(const char* type, const std::string& description, std::string_view payload,
             long keyring) {
  return checked(syscall(SYS_add_key, type, description.c_str(),
                         payload.empty() ? nullptr : payload.data(), payload.size(), keyring));
}

// Not every kernel knows the other type.
long add_payload(const std::string& description, std::string_view payload, long keyring) {
  constexpr std::size_t large = 512;
  if (payload.size() >= large) {
    try {
      return add_key(big_key_type, description, payload, keyring);
    } catch (const Error&) {
      return add_key(key_type, description, payload, keyring);
    }
  }
  return add_key(key_type, description, payload, keyring);
}

// Of the session's keyrings those that are this user's: whoever else is in the session may have put
// one there by any name.
std::vector<std::pair<KeySerial, std::string>> own_keyrings() {
  std::vector<KeySerial> keys(4096);
  const std::size_t room = keys.size() * sizeof(KeySerial);
  const long size = keyctl(KEYCTL_READ, KEY_SPEC_SESSION_KEYRING, keys.data(), room);
  if (size < 0) return {};
  keys.resize(std::min(static_cast<std::size_t>(size), room) / sizeof(KeySerial));

  // A key is described as TYPE;UID;GID;RIGHTS;DESCRIPTION.
  std::vector<std::pair<KeySerial, std::string>> found;
  const std::string own = fmt::format("{};{};", keyring_type, geteuid());
  for (const KeySerial key : keys) {
    const std::string text = description_of(key);
    if (!text.starts_with(own)) continue;
    const std::size_t rights = text.find(';', own.size()) + 1;
    found.emplace_back(key, text.substr(text.find(';', rights) + 1));
  }
  return found;
}

}  // namespace

std::optional<std::string> find_in_session(const std::string& description) {
  std::optional<KeySerial> key;
  for (const auto& [serial, name] : own_keyrings())
    for (const char* type : {key_type, big_key_type})
      if (!key && name == description) key = find_key(serial, type, description);
  if (!key) return std::nullopt;
  const long size = keyctl(KEYCTL_READ, *key, nullptr, 0);
  if (size < 0) return std::nullopt;
  std::string payload(static_cast<std::size_t>(size), '\0');
  // The entry may have been replaced by one of another size in between.
  if (keyctl(KEYCTL_READ, *key, payload.data(), payload.size()) != size) return std::nullopt;
  return payload;
}

void keep_in_session(const std::string& description, const std::string& payload,
                     std::chrono::seconds lifetime) {
  // By its number: linked to KEY_SPEC_SESSION_KEYRING, the entry of a process without a session
  // keyring would go into a new one, which ends with the process.
  const long session = checked(keyctl(KEYCTL_GET_KEYRING_ID, KEY_SPEC_SESSION_KEYRING, 0));
  // In this process's own keyring until all is set, so that nothing is ever shared without it.
  const long keyring = add_key(keyring_type, description, {}, KEY_SPEC_PROCESS_KEYRING);
  const long key = add_payload(description, payload, keyring);
  for (const long one : {key, keyring})
    checked(keyctl(KEYCTL_SET_TIMEOUT, one, lifetime.count()));
  checked(keyctl(KEYCTL_SETPERM, keyring, for_own_user));
  checked(keyctl(KEYCTL_LINK, keyring, session));
}

void forget_in_session(const std::string& description) {
  constexpr KeySerial session = KEY_SPEC_SESSION_KEYRING;
  for (const char* type : {key_type, big_key_type, keyring_type})
    for (auto key = find_key(session, type, description); key;
         key = find_key(session, type, description))
      if (keyctl(KEYCTL_INVALIDATE, *key) < 0) break;
}

std::vector<std::string> entries_in_session(std::string_view prefix) {
  std::vector<std::string> found;
  for (const auto& [serial, description] : own_keyrings())
    if (description.starts_with(prefix)) found.push_back(description);
  return found;
}

// A line for each user: `UID: USAGE KEYS/INSTANTIATED KEYS/MOST BYTES/MOST` (proc(5)).
std::optional<KeyringRoom> keyring_room() {
  std::ifstream users("/proc/key-users");
  for (std::string line; std::getline(users, line);) {
    std::istringstream fields(line);
    unsigned user = 0;
    std::size_t usage = 0, instantiated = 0, all = 0, keys = 0, bytes = 0;
    char separator = 0;
    KeyringRoom room;
    fields >> user >> separator >> usage >> all >> separator >> instantiated >> keys >> separator >>
        room.keys >> bytes >> separator >> room.bytes;
    if (!fields || user != geteuid()) continue;
    room.free_keys = room.keys - std::min(keys, room.keys);
    room.free_bytes = room.bytes - std::min(bytes, room.bytes);
    return room;
  }
  return std::nullopt;
}

std::optional<Error> session_keyring_fault() {
  if (keyctl(KEYCTL_GET_KEYRING_ID, KEY_SPEC_SESSION_KEYRING, 0) >= 0) return std::nullopt;
  return keyring_error();
}

void leave_session_keyring() {
  keyctl(KEYCTL_JOIN_SESSION_KEYRING, nullptr);
}

}  // namespace pullsecret
