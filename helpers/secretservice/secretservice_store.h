#pragma once

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "helper/store.h"
#include "helpers/secretservice/secret_service.h"

namespace pullsecret {

/// How long a prompt stays open: time to type a password, and less than the minute after which
/// pullsecret gives up on a helper, so that what is said is this store's own line.
inline constexpr std::chrono::seconds prompt_limit{50};

/// Credentials in the desktop's keyring, in the layout of docker-credential-helpers' program of the
/// same name (secretservice/secretservice.c), so that both read and replace each other's entries.
///
/// An entry is an item with these attributes, in the default collection:
///
///     xdg:schema   io.docker.Credentials
///     label        Docker Credentials
///     server       the server URL
///     username     the username
///     docker_cli   1
///
/// Its label is the server URL, as in upstream's program before 0.9: upstream's `list` answers
/// labels, so that only this one gives it server URLs to answer. list() here reads the attribute.
///
/// Attributes name an item: one server URL may have several, of different usernames or in different
/// collections, because upstream removes none when it stores. get() answers the one that was
/// modified last; store() and erase() leave none of the others. store() is done once a search finds
/// the new item, or one that another store has put in its place; only then do the others go. The
/// secret is not read back: KeePassXC asks the user before it hands one out.
///
/// A locked keyring is unlocked, which asks the user, only where the answer is in it: not for a
/// server URL that has no item, and for list() only where the attributes are locked away, too.
class SecretServiceStore : public Store {
 public:
  /// Connects; throws Error if there is no bus.
  explicit SecretServiceStore(std::chrono::seconds limit = prompt_limit) : service_(limit) {}

  void store(const std::string& server_url, const StoredCredential& credential) override;
  std::optional<StoredCredential> get(const std::string& server_url) override;
  void erase(const std::string& server_url) override;
  std::map<std::string, std::string> list() override;

 private:
  // The entries that carry `attributes`, the newest last. Items that `must_be_unlocked` are
  // unlocked.
  std::vector<SecretItem> search(const Attributes& attributes,
                                 bool (*must_be_unlocked)(const SecretItem&));
  std::vector<SecretItem> unlocked_entries(const std::string& server_url);

  SecretService service_;
};

}  // namespace pullsecret
