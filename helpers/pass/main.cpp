#include <memory>

#include "helper/server.h"
#include "helpers/pass/gpg_key.h"
#include "helpers/pass/pass_status.h"
#include "helpers/pass/pass_store.h"

namespace {

constexpr const char* help =
    R"(Keeps Docker's registry credentials in the password store of pass.

usage: docker-credential-pass <store|get|erase|list|version>
       docker-credential-pass status [-o json|text]

Docker runs it. It reads its input from standard input. status is for programs
and people: it says whether the password store can be used, and if not, why.
To choose it, put this into ~/.docker/config.json:

  { "credsStore": "pass" }

It needs pass, gpg and a password store:

  apt install pass
  gpg --quick-generate-key you@example.com
  pass init you@example.com

The password store is $PASSWORD_STORE_DIR, else ~/.password-store. If gpg asks
for a passphrase on the terminal, the shell needs:

  export GPG_TTY=$(tty)

More: man docker-credential-pass
)";

}  // namespace

int main(int argc, char** argv) {
  using namespace pullsecret;
  return serve({.name = "pass",
                .help = help,
                .open = [] { return std::make_unique<PassStore>(password_store_folder()); },
                .status = [] { return pass_status(password_store_folder()); }},
               argc, argv);
}
