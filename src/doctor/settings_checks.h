#pragma once

#include "credential/json_syntax.h"
#include "doctor/finding.h"

namespace pullsecret {

/// Checks the text of a config file for what Docker refuses: `file-syntax` (no JSON: the place, and
/// what is wrong there), `file-field-type`. If there is nothing, for names that do not do what they
/// seem to: `setting-misspelled` (`credStore`, `credential_helpers` and the like: Docker reads none
/// of them) and `setting-letter-case` (`CredsStore`, or `Auth` in an entry: Go programs read it,
/// those in Java and Python do not); for a `credsStore` without a name, `helper-name-empty`; and
/// for what stands in the file twice, `setting-twice` and `entry-twice`.
///
/// The changes give a setting its right name, where that alters no login that works: a store that
/// comes into effect would hide the plain text in the file from Docker.
Findings check_settings(const JsonText& json);

}  // namespace pullsecret
