#include <memory>

#include "helper/server.h"
#include "helpers/encryptedfile/actions.h"
#include "helpers/encryptedfile/encrypted_file_status.h"
#include "helpers/encryptedfile/encrypted_file_store.h"
#include "helpers/encryptedfile/paths.h"

int main(int argc, char** argv) {
  using namespace pullsecret;
  return serve({.name = "encryptedfile",
                .help = encrypted_file_help,
                .open = [] { return std::make_unique<EncryptedFileStore>(find_paths()); },
                .status = [] { return encrypted_file_status(find_paths()); },
                .own_actions = encrypted_file_actions()},
               argc, argv);
}
