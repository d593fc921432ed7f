#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "system/error.h"

namespace pullsecret {

// What `docker-credential-NAME status` answers: whether the store behind the helper can be used,
// here and now, and if not, why. It is an action of pullsecret's helpers beside the protocol, which
// asks the user nothing and shows no secret. One line of JSON, with exit status 0 wherever that can
// be told, whatever it is:
//
//   {"Store":"pass","State":"unusable","Faults":[{"Kind":"key-expired","Prevents":["store"],
//    "Message":"the password store's GPG key … has expired","Hint":"extend it with
//    …"}],"Entries":2, "Folder":"/home/builder/.password-store"}
//
// Programs decide by State, Kind and Prevents alone; Message and Hint are for people, as Error's.
// A State is
//
//   ready      it stores and reads, and asks nobody; but for the registries that its faults name
//   locked     it has to ask the user for a password first; its faults say why that may fail
//   unusable   it cannot store, or cannot read, until what its faults say is mended
//
// Where a passphrase opens what it keeps, there is also "Passphrase":true, even if some program
// remembers that for now: on a machine where nobody enters it the store is shut.
//
// A fault may be about some registries alone, which "For":"quay.io" names.
//
// Prevents names the actions that fail because of the fault, `store` or `get` or both. The kinds:
//
//   no-bus           secretservice: there is no session bus
//   no-service       secretservice: no program on the bus keeps secrets
//   no-rules         route: there is no file with rules, or it cannot be read
//   helper-missing   route: a rule names a helper that is not on PATH
//   no-keyring       secretservice: there is no keyring yet, and storing has to make one (locked)
//   locked           secretservice: the keyring is locked; encryptedfile: no passphrase is kept
//                    in this session, and there is no terminal to ask for it (locked)
//   not-installed    pass: pass or gpg is not on PATH
//   not-initialized  pass: there is no password store
//   file-missing     encryptedfile: its file, for which a passphrase was chosen, is gone (store)
//   key-missing      pass: gpg lacks the store's key (store), or its secret half (get);
//                    encryptedfile: the key file is not there
//   key-expired      pass: the key has ended (store)
//   key-untrusted    pass: gpg does not trust the key, and does not encrypt to it (store)
//   key-unusable     pass: the key is revoked or disabled, or cannot encrypt (store);
//                    encryptedfile: the key file cannot be used, or is another file's
//   gpg-folder       pass: gpg's folder, or a file in it, is not the user's to use (get, or both)
//   no-agent         pass: gpg-agent, which has the secret keys, cannot be started (get)
//   no-pinentry      pass: gpg has to ask for the key's passphrase, and cannot (get, locked)
//   unreadable       encryptedfile: the file is another user's, a link, or no file; pass: a folder
//                    cannot be read, or a link stands in the place of one or of an entry
//   unwritable       encryptedfile, pass: what storing makes or replaces cannot be written (store)
//   damaged          encryptedfile: its bytes are not those that were written
//
// "Warning" says what fails nothing, and is not as its user means it. Other fields say more for
// people, and differ from store to store.

enum class StoreState { ready, locked, unusable };

enum class Prevents { store, get, both };

/// What keeps a store from its work.
struct StoreFault {
  std::string kind;  ///< lower case letters and hyphens
  Prevents prevents = Prevents::both;
  std::string message;
  std::string hint;             ///< may be empty
  std::string registries = {};  ///< in words, those that it is about; empty: all
};

/// Whether one of them is about all registries.
bool is_about_all(const std::vector<StoreFault>& faults);

/// The fault that `error` tells of.
StoreFault fault(std::string kind, Prevents prevents, const Error& error);

struct StoreStatus {
  StoreState state = StoreState::ready;
  std::vector<StoreFault> faults = {};  ///< if it is unusable one at least is_about_all(); if it is
                                        ///< ready, none is
  std::optional<std::size_t> entries = std::nullopt;  ///< how many, if it can be told
  std::string warning = {};                           ///< of what fails nothing
  bool needs_passphrase = false;  ///< to be read, kept by some program for now or not

  struct Fact {
    std::string name;   ///< a field's: "Folder"
    std::string value;  ///< printable
  };
  std::vector<Fact> facts = {};
};

/// The one for a store that cannot be used because of `fault`.
StoreStatus unusable(StoreFault fault);

/// The status of `store` as JSON, with its line break, and as lines for people.
std::string format_status(std::string_view store, const StoreStatus& status);
std::string status_in_words(std::string_view store, const StoreStatus& status);

/// Reads such JSON, but for its facts; what is in it for people becomes printable. Nothing if
/// `answer` is no status of `store`: other programs answer `status` as they please.
std::optional<StoreStatus> parse_status(std::string_view store, std::string_view answer);

}  // namespace pullsecret
