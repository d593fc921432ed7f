#include <memory>

#include "helper/server.h"
#include "helpers/secretservice/secretservice_status.h"
#include "helpers/secretservice/secretservice_store.h"

namespace {

constexpr const char* help =
    R"(Keeps Docker's registry credentials in the keyring of the desktop.

usage: docker-credential-secretservice <store|get|erase|list|version>
       docker-credential-secretservice status [-o json|text]

Docker runs it. It reads its input from standard input. status is for programs
and people: it says whether the keyring can be used, and if not, why. To choose
it, put this into ~/.docker/config.json:

  { "credsStore": "secretservice" }

It needs a session bus, and a program on it that keeps secrets: gnome-keyring,
which GNOME and most other desktops start at login, or KeePassXC with its Secret
Service turned on. Elsewhere take docker-credential-encryptedfile, which needs
neither.

More: man docker-credential-secretservice
)";

}  // namespace

int main(int argc, char** argv) {
  using namespace pullsecret;
  return serve({.name = "secretservice",
                .help = help,
                .open = [] { return std::make_unique<SecretServiceStore>(); },
                .status = [] { return secretservice_status(); }},
               argc, argv);
}
