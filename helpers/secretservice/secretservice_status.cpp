#include "helpers/secretservice/secretservice_status.h"

#include "helpers/secretservice/secret_service.h"

namespace pullsecret {
namespace {

// What the user is asked for, if a program here can ask.
StoreStatus locked(StoreFault fault) {
  return {.state = StoreState::locked, .faults = {std::move(fault)}};
}

StoreStatus status_of(KeyringState keyring) {
  switch (keyring) {
    case KeyringState::unlocked:
      return {};
    case KeyringState::locked:
      return locked({.kind = "locked",
                     .message = "the default keyring is locked",
                     .hint = "unlock it on the desktop, such as in Passwords and Keys (seahorse)"});
    case KeyringState::missing:
      break;
  }
  return locked({.kind = "no-keyring",
                 .message = "there is no default keyring yet",
                 .hint = "make one on the desktop, such as in Passwords and Keys (seahorse); "
                         "\"credsStore\": \"encryptedfile\" needs none"});
}

}  // namespace

StoreStatus secretservice_status(std::chrono::seconds limit) {
  try {
    return status_of(SecretService(limit).keyring_state());
  } catch (const SecretServiceError& error) {
    if (error.kind() == SecretServiceError::Kind::other) throw;
    const bool has_bus = error.kind() == SecretServiceError::Kind::no_service;
    return unusable(fault(has_bus ? "no-service" : "no-bus", Prevents::both, error));
  }
}

}  // namespace pullsecret
