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

/// Whether gpg-agent has to ask before gpg can decrypt what is encrypted to `keys`: not if any of
/// them has no passphrase, or one that it remembers. False where that cannot be told, as for a key
/// on a card.
bool has_to_ask(const std::vector<std::string>& keys);

/// Why it cannot ask: there is no pinentry, or one for terminals and no terminal. Nothing if it
/// can, as far as that can be told.
std::optional<Error> why_it_cannot_ask();

}  // namespace pullsecret
