#include "helpers/encryptedfile/passphrase_choice.h"

#include <tuple>

#include "system/error.h"
#include "system/file.h"
#include "system/new_file.h"
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
  const std::filesystem::path& file = paths.passphrase_chosen;
  const FilePlace place{make_private_folder(file.parent_path()), file.filename()};
  remove_abandoned(place);
  if (const Unsynced unsynced = replace_file(place, mark)) throw Error(*unsynced);
}

void choose_key_file(const Paths& paths) {
  // One that a power cut brings back refuses to store, until the next change of the credentials.
  if (!is_passphrase_chosen(paths)) return;
  const std::filesystem::path& file = paths.passphrase_chosen;
  std::ignore = remove_file({hold_folder(file.parent_path()), file.filename()});
}

}  // namespace pullsecret
