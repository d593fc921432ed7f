#include "system/session_keyring.h"

#include <linux/keyctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <cstdint>

#include "system/error.h"

namespace pullsecret {
namespace {

using KeySerial = std::int32_t;

constexpr const char* key_type = "user";

// The system calls have no functions in glibc, and libkeyutils would be one more library to load.
template <typename... Arguments>
long keyctl(int operation, Arguments... arguments) {
  return syscall(SYS_keyctl, operation, arguments...);
}

std::optional<KeySerial> find_key(const std::string& description) {
  const long found =
      keyctl(KEYCTL_SEARCH, KEY_SPEC_SESSION_KEYRING, key_type, description.c_str(), 0);
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

}  // namespace

std::optional<std::string> find_in_session(const std::string& description) {
  const std::optional<KeySerial> key = find_key(description);
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
  // By its number: added to KEY_SPEC_SESSION_KEYRING, the entry of a process without a session
  // keyring would go into a new one, which ends with the process.
  const long session = checked(keyctl(KEYCTL_GET_KEYRING_ID, KEY_SPEC_SESSION_KEYRING, 0));
  // In this process's own keyring first, so that no entry without a time limit is ever shared.
  const long key = checked(syscall(SYS_add_key, key_type, description.c_str(), payload.data(),
                                   payload.size(), KEY_SPEC_PROCESS_KEYRING));
  checked(keyctl(KEYCTL_SET_TIMEOUT, key, lifetime.count()));
  checked(keyctl(KEYCTL_LINK, key, session));
}

void forget_in_session(const std::string& description) {
  if (const std::optional<KeySerial> key = find_key(description)) keyctl(KEYCTL_INVALIDATE, *key);
}

void leave_session_keyring() {
  keyctl(KEYCTL_JOIN_SESSION_KEYRING, nullptr);
}

}  // namespace pullsecret
