#pragma once

#include <optional>
#include <string>
#include <vector>

#include "system/error.h"

namespace pullsecret {

// How gpg comes by the passphrase of a key: gpg-agent remembers it, or asks for it through a
// pinentry, the program that shows the question. Nobody is asked anything here.

/// The terminal on which it would be asked for: $GPG_TTY, else that of a standard stream; empty if
/// there is none.
std::string terminal_to_ask_on();

/// There is none.
Error no_terminal_error();

/// gpg does not get it, and asks_without_pinentry() (gpg_settings.h).
Error no_passphrase_error();

/// What stands between gpg and what is encrypted to any of some keys.
struct PassphraseState {
  bool is_needed = false;   ///< each of them has one
  bool has_to_ask = false;  ///< each of them has one that gpg-agent does not remember
};

/// That of `keys`. Nothing stands there where that cannot be told, as for a key on a card.
PassphraseState passphrase_state(const std::vector<std::string>& keys);

/// Why it cannot ask: there is no pinentry, or one for terminals and no terminal. Nothing if it
/// can, as far as that can be told.
std::optional<Error> why_it_cannot_ask();

}  // namespace pullsecret
