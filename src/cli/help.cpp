#include "cli/help.h"

namespace pullsecret {

const std::string_view general_help = R"(pullsecret brings Docker credentials into Kubernetes.

Usage:
    pullsecret convert [OPTION]...     Docker config, credential stores included, to a Secret
    pullsecret create  [OPTION]...     server, username and password to a Secret
    pullsecret get HOST [OPTION]...    one registry's credential
    pullsecret doctor  [OPTION]...     what is wrong with a Docker config, and mend it
    pullsecret migrate --to STORE      credentials from store to store, or out of the plain text
    pullsecret inspect [FILE]          what is in a pull secret, and what the kubelet makes of it
    pullsecret check   [FILE]          whether images really pull with it, asked of the registries
    pullsecret help [COMMAND]          this text, or a command's
    pullsecret --version

docker login puts credentials into a store ("credsStore" in ~/.docker/config.json). Kubernetes
needs them inline, in a Secret. pullsecret asks the stores and prints the Secret:

    $ docker login ghcr.io
    $ pullsecret convert | kubectl apply -f -
    secret/regcred created

Data goes to standard output, messages to standard error. On failure nothing goes to standard
output, but for what doctor and migrate have to tell. Exit status: 0 done, 1 failed or problems
found, 2 wrong usage.
)";

const std::string_view convert_help =
    R"(Prints the credentials of a Docker config as a Kubernetes Secret.

Usage:
    pullsecret convert [OPTION]... | kubectl apply -f -

Reads ~/.docker/config.json (or $DOCKER_CONFIG/config.json, else podman's auth.json, else
~/.dockercfg), asks the credential stores it names for each registry, and prints a Secret that
kubectl applies and the kubelet takes. A registry whose credential cannot be had is an error, and
then nothing is printed.

Which credentials:
    --config FILE|-       this file, or standard input
    --registry HOST       only this registry; may be repeated
    --image IMAGE         only what the kubelet would use for this image; may be repeated
    --images-in FILE|-    only what it would use for the images that the manifests in FILE name
    --all                 also all that the store of "credsStore" lists; not beside --registry
    --skip-unresolved     leave out, with a warning, what has no usable credential

The Secret:
    --name NAME           its name (default: regcred)
    -n, --namespace NS    its namespace; repeated, or NS,NS: one document for each
    --type TYPE           dockerconfigjson (default), or dockercfg, the legacy form
    --immutable           mark it immutable
    --label KEY=VALUE     add a label; may be repeated
    --annotation KEY=VALUE
                          add an annotation; may be repeated
    --append-hash         add a hash of the content to the name, as kubectl does

Output:
    -o, --output FORMAT   yaml (default) or json: the Secret; config: the config file with inline
                          credentials and without stores, for kaniko, BuildKit, skopeo, Tekton
    --output-file FILE|-  replace FILE in one step, readable by you alone; - is standard output

Asking the stores:
    --jobs N              at most N calls at once (1 to 128, default: 16)
    --timeout SECONDS     end a call that takes longer (default: 60)
    -q, --quiet           no notes, warnings and status line

Examples:
    One pull secret for two namespaces, with no more in it than one image needs:

    $ pullsecret convert --image ghcr.io/acme/app:1.4 -n staging,production | kubectl apply -f -
    secret/regcred created
    secret/regcred created

    A config file for kaniko, without a credential store:

    $ pullsecret convert -o config --output-file kaniko/config.json
)";

const std::string_view create_help =
    R"(Prints a Kubernetes Secret for one registry, username and password.

Usage:
    pullsecret create --server HOST --username USER (--password-stdin | --password-file FILE)
                      [OPTION]... | kubectl apply -f -

What kubectl create secret docker-registry makes, but the password never stands on a command line,
and no cluster is needed. One line break at the password's end is cut, and nothing else, as docker
login --password-stdin does since 29.3.

The credential:
    --server HOST         the registry, such as ghcr.io; for Docker Hub docker.io
    --username USER       the username
    --password-stdin      read the password from standard input
    --password-file FILE  read the password from FILE
    --email EMAIL         only where a legacy registry asks for it

The Secret:
    --name NAME           its name (default: regcred)
    -n, --namespace NS    its namespace; repeated, or NS,NS: one document for each
    --type TYPE           dockerconfigjson (default), or dockercfg, the legacy form
    --immutable           mark it immutable
    --label KEY=VALUE     add a label; may be repeated
    --annotation KEY=VALUE
                          add an annotation; may be repeated
    --append-hash         add a hash of the content to the name, as kubectl does

Output:
    -o, --output FORMAT   yaml (default), json, or config: a Docker config file
    --output-file FILE|-  replace FILE in one step, readable by you alone; - is standard output

Example:
    A Google service account key:

    $ pullsecret create --server europe-docker.pkg.dev --username _json_key \
          --password-file key.json | kubectl apply -f -
    secret/regcred created
)";

const std::string_view get_help = R"(Prints one registry's credential, found as convert finds it.

Usage:
    pullsecret get HOST [OPTION]...

HOST is a registry, or an image, whose host then counts.

Options:
    -o, --output FORMAT   json (default): one line, as credential helpers answer;
                          username or password: that alone
    --config FILE|-       this Docker config, or standard input
    --timeout SECONDS     end a call to a credential store that takes longer (default: 60)
    -q, --quiet           no notes, warnings and status line

An identity token has the username <token>.

Example:
    $ pullsecret get ghcr.io
    {"ServerURL":"ghcr.io","Username":"octocat","Secret":"hunter2"}
    $ pullsecret get ghcr.io -o password | skopeo login ghcr.io -u octocat --password-stdin
    Login Succeeded!
)";

const std::string_view doctor_help =
    R"(Tells what is wrong with a Docker config and its credential stores, and mends it.

Usage:
    pullsecret doctor [OPTION]...
    pullsecret doctor --fix [--yes] [--use STORE] [OPTION]...

Looks at the file as Docker reads it, asks every helper it names (version, list, get), and prints a
line for each thing it looked at: what is a problem, then what may be one, then what is ok; what that
means, and what to do. Nothing secret is printed. Exit status 1 if there is a problem.

Options:
    --config FILE|-       this Docker config, or standard input
    -o, --output FORMAT   table (default), or json: an array for scripts
    --timeout SECONDS     end a call to a credential store that takes longer (default: 60)
    -q, --quiet           only what is not ok; no notes and no status line

Mending:
    --fix                 show the change as a diff, ask, and make it: a store that works in the
                          place of one that is not there, spellings, empty entries, the file's
                          mode; the file as it was stays beside it as config.json.bak-TIME
    --yes                 do not ask
    --use STORE           put this store in the place of every one that does not work, those too
                          that are there but locked or broken

Example:
    After Docker Desktop was removed, docker pull says: error getting credentials - err: exec:
    "docker-credential-desktop": executable file not found in $PATH

    $ pullsecret doctor --fix
    --- /home/octocat/.docker/config.json
    +++ /home/octocat/.docker/config.json
    @@ -1,6 +1,4 @@
     {
    -	"auths": {
    -		"ghcr.io": {}
    -	},
    -	"credsStore": "desktop"
    +	"auths": {},
    +	"credsStore": "pass"
     }
    pullsecret: make this change? [y/N]: y
)";

const std::string_view inspect_help =
    R"(Shows what is in a pull secret, and what the kubelet makes of it.

Usage:
    kubectl get secret regcred -o yaml | pullsecret inspect [OPTION]...
    pullsecret inspect FILE [OPTION]...

Reads Secrets from FILE or standard input: YAML or JSON, one document or many, Lists, data and
stringData, of both types; objects of other kinds are skipped. A Docker config.json or .dockercfg
is read as if it were a Secret's data. For each entry it shows username, kind, length, expiry and
the images it serves, and says what is wrong, such as an entry that makes the kubelet refuse the
whole Secret. Problems are told, and are no failure.

Options:
    --image IMAGE         only the entries the kubelet would try for this image, in its order; may
                          be repeated; exit status 1 if an image has none
    --images-in FILE|-    the same for each image that the manifests in FILE name, and which pull
                          Secrets they name that are not here
    --show-secrets        also passwords and tokens
    -o, --output FORMAT   table (default), or json, for scripts

Example:
    $ kubectl get secret regcred -o yaml | pullsecret inspect --image ghcr.io/acme/app:1.4
    Image ghcr.io/acme/app:1.4
      REGISTRY KEY  USERNAME  KIND          LENGTH  EXPIRES  SECRET
      ghcr.io       octocat   GitHub token  40      -        default/regcred
)";

const std::string_view migrate_help =
    R"(Moves credentials between stores, or out of the plain text, and sets the config to that.

Usage:
    pullsecret migrate --to STORE|inline [OPTION]...

Each credential is stored at the new place, read back and compared. Then config.json changes in one
step, and then they are erased at the old place. Whoever interrupts it finds every credential in at
least one place, and a config that works. Nothing at the new place is overwritten: where another
credential is, the old one stays, and that is a failure.

Options:
    --to STORE|inline     the new place: pass is docker-credential-pass; inline is the file itself,
                          in plain text
    --from STORE|inline   only what is there now; a store, too, that the config does not name
    --registry HOST       only this registry; may be repeated
    --dry-run             ask the stores, print the table, change nothing; nothing is stored to try
    --config FILE         this config.json
    --timeout SECONDS     end a call to a credential store that takes longer (default: 60)
    -q, --quiet           no notes, warnings and status line

What is told by a line of "credHelpers" stays where it is, unless --registry names it or --from its
store. When all has moved "credsStore" names the new store, else "credHelpers" does, registry by
registry.

Example:
    $ pullsecret migrate --to pass
    REGISTRY                     FROM    TO    RESULT
    https://index.docker.io/v1/  inline  pass  moved
    ghcr.io                      inline  pass  moved
)";

const std::string_view check_help =
    R"(Asks the registries whether images really pull with these credentials.

Usage:
    pullsecret check [FILE|-] [--image IMAGE]... [--images-in FILE|-] [OPTION]...

The credentials are those of the pull Secrets, the config.json or the .dockercfg in FILE, as inspect
reads them; without FILE those that convert would take from the Docker config, stores included, if
there is one. For each image the entries that the kubelet would try are tried in its order, as
containerd does it, and then no login at all: a token is asked for, and the image's manifest. Nothing
is pulled. Without an image each registry is only logged in to, which does not say that anything
pulls.

Exit status 0 only if every image pulls.

What came of each try:
    pulls           the image can be had with it
    anonymous       it is public: no credential is needed
    refused         wrong username or password
    expired         the credential has ended
    no access       logged in, but not to this repository
    no such image   the credential works, the tag or digest is not there
    rate limited    the registry takes no more requests for now
    unreachable     its name, connection, TLS, time or proxy; or it is no registry

Which images:
    --image IMAGE         this image; may be repeated
    --images-in FILE|-    every image that the manifests in FILE name: Pods, and what makes them

Asking the registries:
    --insecure-registry HOST[:PORT]
                          over http, too, and with any certificate; may be repeated
    --jobs N              at most N requests at once (1 to 128, default: 16)
    --timeout SECONDS     end a request that takes longer (default: 30)
    --config FILE|-       this Docker config; not beside FILE

Output:
    -o, --output FORMAT   table (default), or json: an object for each image and try
    -q, --quiet           no notes, warnings and status line

Certificates are those that Docker takes: the system's, and /etc/docker/certs.d/HOST[:PORT]. Proxies
are those of HTTPS_PROXY and NO_PROXY.

Example:
    Before a deployment, whether its images will pull:

    $ helm template . | pullsecret check --images-in - regcred.yaml
    Image ghcr.io/acme/app:1.4
      REGISTRY KEY  USERNAME  SECRET           RESULT
      ghcr.io       octocat   team/regcred     pulls
)";

}  // namespace pullsecret
