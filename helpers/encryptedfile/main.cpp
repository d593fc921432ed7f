#include <memory>

#include "helper/server.h"
#include "helpers/encryptedfile/actions.h"
#include "helpers/encryptedfile/encrypted_file_status.h"
#include "helpers/encryptedfile/encrypted_file_store.h"
#include "helpers/encryptedfile/places.h"

int main(int argc, char** argv) {
  using namespace pullsecret;
  return serve({.name = "encryptedfile",
                .help = encrypted_file_help,
                .open = [] { return std::make_unique<EncryptedFileStore>(find_places()); },
                .status = [] { return encrypted_file_status(find_places()); },
                .own_actions = encrypted_file_actions()},
               argc, argv);
}
