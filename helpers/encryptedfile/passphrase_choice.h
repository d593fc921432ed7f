#pragma once

#include "helpers/encryptedfile/paths.h"

namespace pullsecret {

// Who chose a passphrase (init, rekey) does not get a key file in its place, which whoever has the
// home folder can read, only because the credentials are gone: the mark `paths.passphrase_chosen`
// outlives them. Where there are credentials, their header alone counts, and the mark follows it.
//
// The mark has nothing of the passphrase, not even what a guess could be checked with.

/// Whether the mark is there. Throws Error if that cannot be told, or it is another user's.
bool is_passphrase_chosen(const Paths& paths);

/// Throws Error, which says how to begin anew, if the mark is there: new credentials are then made
/// by `init` alone.
void refuse_unasked_key(const Paths& paths);

/// Makes the mark, or removes it. To be called while holding the lock. What is made is on disk when
/// this returns. Throws Error.
void choose_passphrase(const Paths& paths);
void choose_key_file(const Paths& paths);

}  // namespace pullsecret
