#include "helpers/encryptedfile/passphrase_choice.h"

#include "system/error.h"
#include "system/file.h"
#include "system/private_file.h"

namespace pullsecret {
namespace {

constexpr std::size_t max_mark = 4096;
constexpr const char* mark =
    "A passphrase was chosen for docker-credential-encryptedfile: it makes no key file unasked.\n";

}  // namespace

bool is_passphrase_chosen(const Paths& paths) {
  return read_private_file(paths.passphrase_chosen, max_mark, OpenMode::mended,
                           SymbolicLink::refused)
      .has_value();
}

void refuse_unasked_key(const Paths& paths) {
  if (!is_passphrase_chosen(paths)) return;
  throw Error(place_of(paths.credentials), "not there, and a passphrase was chosen to open it",
              "put it back from a backup, or begin anew: `docker-credential-encryptedfile init "
              "--passphrase`, or without --passphrase for a key file");
}

void choose_passphrase(const Paths& paths) {
  if (is_passphrase_chosen(paths)) return;
  make_private_folder(paths.passphrase_chosen.parent_path());
  remove_abandoned(paths.passphrase_chosen);
  if (const Unsynced unsynced = replace_file(paths.passphrase_chosen, mark)) throw Error(*unsynced);
}

void choose_key_file(const Paths& paths) {
  // One that a power cut brings back refuses to store, until the next change of the credentials.
  if (is_passphrase_chosen(paths)) remove_file(paths.passphrase_chosen);
}

}  // namespace pullsecret
