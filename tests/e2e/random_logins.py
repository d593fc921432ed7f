"""random_logins.py SCRATCH SEED ROUNDS

The law of everything that changes a config or a store: what Docker and skopeo could log in to before,
they can after, with the same credential. Makes random configs and stores from SEED on, asks docker's
own CLI what it sends for each of IMAGES (to docker_daemon_standin.py), and skopeo, which reads as
podman and buildah do, whom it takes, of this file and of podman's own; looks where Docker finds its web login's tokens; runs a random `pullsecret migrate`,
`pullsecret doctor --fix` or `docker-credential-route init`, or the latter's --undo, and asks again. In most rounds something goes wrong meanwhile, see Fault;
then it runs once more undisturbed, and docker is asked again. Prints each round that broke the law;
exit status 1 if any did.
"""

import base64
import concurrent.futures
import dataclasses
import json
import os
import pathlib
import random
import re
import resource
import shutil
import subprocess
import sys
import time

HUB = "https://index.docker.io/v1/"
IMAGES = {
    "alpine": "docker.io/library/alpine",
    "ghcr.io/acme/app": "ghcr.io/acme/app",
    "GHCR.IO/acme/app": "GHCR.IO/acme/app",
    "registry.gitlab.com/acme/app": "registry.gitlab.com/acme/app",
    "registry-1.docker.io/acme/app": "registry-1.docker.io/acme/app",
    "hub.docker.com/acme/app": "hub.docker.com/acme/app",
    "quay.io:443/acme/app": "quay.io:443/acme/app",
    "harbor.example/team/app": "harbor.example/team/app",
    "late.example/acme/app": "late.example/acme/app",
}
TOKENS = [HUB + "access-token", HUB + "refresh-token"]
# For each host its own name, and others. Where a file has several others without it, Docker takes any,
# and is not asked.
HOSTS = [
    (HUB, ["docker.io", "index.docker.io", "docker.io/acme", HUB + "access-token"]),
    ("ghcr.io", ["https://ghcr.io", "https://ghcr.io/v1/", "ghcr.io/acme", "ftp://ghcr.io"]),
    ("GHCR.IO", ["https://GHCR.IO/v2/"]),
    ("registry.gitlab.com", ["registry.gitlab.com/acme", "https://registry.gitlab.com/"]),
    ("registry-1.docker.io", ["https://registry-1.docker.io/v2/"]),
    ("hub.docker.com", []),
    ("quay.io:443", ["https://quay.io:443/v1/"]),
    ("quay.io", ["https://u@quay.io/v1/", "https://quay.io:/v1/", "quay.io/team"]),
    ("harbor.example", ["harbor.example/team", "harbor.example/team/app", "HARBOR.EXAMPLE"]),
]
STORES = ["alpha", "beta", "gamma"]
ACTIONS = ["store", "get", "erase", "list"]
# A file `STORE.broken` names the actions that it always fails at; with one called `STORE.spellings`
# it answers to a registry's name by other spellings, too, as pullsecret's stores do. With FAULTS in the environment,
# the file `plan` in that folder says what befalls which call: `NUMBER before|after KIND`.
STORE = r"""#!/bin/sh
cd "$0.d" || exit
input=$(cat)
case " $(cat "$0.broken") " in *" $1 "*) echo it never does that; exit 1 ;; esac
when= kind=
if [ "${FAULTS-}" ]; then
  faults=$FAULTS
  unset FAULTS
  echo >>"$faults/calls"
  plan=$(sed -n "s/^$(wc -l <"$faults/calls") //p" "$faults/plan")
  when=${plan%% *} kind=${plan##* }
fi
befall() {
  case $kind in
  fails) echo its database is locked; exit 1 ;;
  crashes) kill -SEGV $$ ;;
  hangs) exec sleep 300 ;;
  babbles) echo it has nothing to say; exit 0 ;;
  login)
    ! echo hunter2-late | docker login --username late --password-stdin late.example >&2 ||
      touch "$faults/logged-in"
    ;;
  *) kill -s "$kind" "$PPID"; exit 1 ;;
  esac
}
[ "$when" != before ] || befall
case $1 in
store) server=$(printf %s "$input" | jq -r .ServerURL) ;;
*) server=$input ;;
esac
file_of() { printf %s "$1" | sed s,/,%2F,g; }
file=$(file_of "$server")
if [ "$1" = get ] && [ ! -e "$file" ] && [ -e "$0.spellings" ]; then
  case $server in
  docker.io | index.docker.io | registry-1.docker.io) file=$(file_of https://index.docker.io/v1/) ;;
  *) file=$(file_of "https://$server") ;;
  esac
fi
case $1 in
store) printf %s "$input" >"$0.new" && mv "$0.new" "$file" ;;
get) cat "$file" 2>/dev/null || { echo credentials not found in native keychain; exit 1; } ;;
erase) rm -f "$file" ;;
list) jq -s 'map({(.ServerURL): .Username}) | add // {}' /dev/null * 2>/dev/null || echo '{}' ;;
esac || exit
[ "$when" != after ] || befall
"""


@dataclasses.dataclass
class Fault:
    """What goes wrong while pullsecret runs."""

    # Of the stores' calls: number → `before` or `after` the work, and what befalls it there: the
    # helper fails, crashes, hangs or says something else; a signal comes for pullsecret; or somebody
    # else logs in to late.example.
    calls: dict = dataclasses.field(default_factory=dict)
    read_only: bool = False  # the config's folder
    largest_file: int | None = None  # as on a full disk


class World:
    """A config file, stores, and a daemon to ask."""

    def __init__(self, scratch):
        self.scratch = pathlib.Path(scratch)
        self.bin = self.scratch / "stores"
        self.home = self.scratch / "home"
        self.config = self.home / ".docker" / "config.json"
        self.podmans = self.scratch / "run" / "containers" / "auth.json"
        self.registries = self.home / ".config" / "containers" / "registries.conf"
        self.faults = self.scratch / "faults"
        self.log = self.scratch / "sent"
        self.socket = self.scratch / "daemon.sock"
        self.environment = {
            **os.environ,
            "PATH": f"{self.bin}:{os.environ['PATH']}",
            "HOME": str(self.home),
            "XDG_RUNTIME_DIR": str(self.scratch / "run"),
            "DOCKER_HOST": f"unix://{self.socket}",
        }
        for name in ("DOCKER_CONFIG", "XDG_CONFIG_HOME", "REGISTRY_AUTH_FILE"):
            self.environment.pop(name, None)
        program = pathlib.Path(__file__).with_name("docker_daemon_standin.py")
        self.daemon = subprocess.Popen([sys.executable, program, self.socket, self.log])
        while not self.socket.exists():
            time.sleep(0.01)

    def make(self, config, stores, broken, podmans, spellings):
        self.broken = broken
        for folder in (self.bin, self.home, self.faults, self.scratch / "run"):
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir(mode=0o700)
        for file, text in (
            (self.config, config),
            (self.podmans, podmans["auth.json"]),
            (self.registries, podmans["registries.conf"]),
        ):
            if text is not None:
                file.parent.mkdir(mode=0o700, parents=True)
                file.write_text(text)
        for name in STORES:
            program = self.bin / f"docker-credential-{name}"
            program.write_text(STORE)
            program.chmod(0o755)
            program.with_name(program.name + ".broken").write_text(" ".join(broken[name]))
            if spellings[name]:
                program.with_name(program.name + ".spellings").touch()
            entries = self.bin / f"docker-credential-{name}.d"
            entries.mkdir()
            for server, (user, secret) in stores[name].items():
                entry = {"ServerURL": server, "Username": user, "Secret": secret}
                (entries / server.replace("/", "%2F")).write_text(json.dumps(entry))

    def run(self, *command, **options):
        environment = {**self.environment, **options.pop("environment", {})}
        return subprocess.run(command, env=environment, capture_output=True, text=True, **options)

    def run_with(self, fault, *command):
        options = {}
        if fault.calls:
            plan = [f"{number} {what}\n" for number, what in fault.calls.items()]
            (self.faults / "plan").write_text("".join(plan))
            options["environment"] = {"FAULTS": str(self.faults)}
        if fault.largest_file is not None:
            limits = (fault.largest_file, fault.largest_file)
            options["preexec_fn"] = lambda: resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        if fault.read_only and os.getuid() == 0:  # root has to give up writing everywhere
            command = ["setpriv", "--bounding-set=-all", "--inh-caps=-all", *command]
        self.config.parent.chmod(0o500 if fault.read_only else 0o700)
        result = self.run(*command, **options)
        self.config.parent.chmod(0o700)
        return result

    def late_login(self):
        """What docker sends for it, if somebody logged in meanwhile."""
        if not (self.faults / "logged-in").exists():
            return {}
        late = {"username": "late", "password": "hunter2-late"}
        return {("docker", "late.example/acme/app"): late}

    def sent(self):
        """What docker sends: image → credential, without those that it pulls anonymously."""
        self.log.write_bytes(b"")
        found, unasked = {}, list(IMAGES)
        while unasked:  # on a busy machine docker gives up on the daemon
            with concurrent.futures.ThreadPoolExecutor(4) as pool:
                list(pool.map(lambda image: self.run("docker", "pull", "--quiet", image), unasked))
            for line in self.log.read_text().splitlines():
                asked, credential = line.split(" ", 1)
                image = next(name for name, full_name in IMAGES.items() if full_name == asked)
                found[image] = json.loads(credential)
                found[image].pop("serveraddress", None)
                found[image].pop("email", None)
            unasked = [image for image in IMAGES if image not in found]
        return {image: credential for image, credential in found.items() if credential}

    def taken_by_skopeo(self, image):
        asked = self.run("skopeo", "login", "--get-login", "--authfile", self.config, image)
        return asked.stdout.strip() if asked.returncode == 0 else None

    def has_podmans_own(self):
        return self.podmans.exists() or self.registries.exists()

    def taken_by_podman(self, image, **environment):
        """As skopeo does where no file is named: podman's own settings and file come first."""
        asked = self.run("skopeo", "login", "--get-login", image, environment=environment)
        return asked.stdout.strip() if asked.returncode == 0 else None

    def taken_of_podmans_own(self, image):
        return self.taken_by_podman(image, DOCKER_CONFIG=str(self.scratch / "nowhere"))

    def token(self, server):
        """What Docker finds of its web login, by its rules: docker pull does not tell."""
        settings = merged_config(self.config.read_text())
        store = settings["credhelpers"].get(server, settings["credsstore"])
        if store == "route":
            asked = self.run("docker-credential-route", "get", input=server)
            entry = json.loads(asked.stdout) if asked.returncode == 0 else {}
            return [entry["Username"], entry["Secret"]] if entry else None
        if "get" in self.broken.get(store, []):
            return None
        if store:
            kept = self.bin / f"docker-credential-{store}.d" / server.replace("/", "%2F")
            entry = json.loads(kept.read_text()) if kept.exists() else {}
            return [entry["Username"], entry["Secret"]] if entry else None
        entry = {name.lower(): value for name, value in settings["auths"].get(server, {}).items()}
        if "auth" in entry:
            return base64.b64decode(entry["auth"]).decode().split(":", 1)
        if "identitytoken" in entry:
            return ["<token>", entry["identitytoken"]]
        return [entry["username"], entry["password"]] if "username" in entry else None

    def is_taken_by_chance(self, image):
        """Whether skopeo has several keys that mean the image's host, and none of just its name."""

        def host(name):
            name = re.sub("^https?://", "", name).split("/")[0]
            return "index.docker.io" if name in ("docker.io", "registry-1.docker.io") else name

        settings = merged_config(self.config.read_text())
        parents = ["/".join(image.split("/")[:count]) for count in range(1, image.count("/") + 2)]
        if parents[0] in settings["credhelpers"] or settings["auths"].keys() & set(parents):
            return False
        return sum(host(key) == host(image) for key in settings["auths"]) > 1

    def settled_logins(self):
        """Those of logins() that are no chance, and of skopeo those by which docker finds no other user:
        no config keeps both, where a store and the file differ."""
        logins = self.logins()
        own = self.of_all_images(self.taken_of_podmans_own) if self.has_podmans_own() else {}
        for image, asked in IMAGES.items():
            for who in ("skopeo", "podman"):
                docker, found = logins.get(("docker", image)), logins.get((who, image))
                differ = docker and docker.get("username", "<token>") != found
                is_own = who == "podman" and own.get(image) == found
                if found and (self.is_taken_by_chance(asked) or (differ and not is_own)):
                    del logins[who, image]
        return logins

    def of_all_images(self, taken):
        with concurrent.futures.ThreadPoolExecutor(4) as pool:
            return dict(zip(IMAGES, pool.map(taken, IMAGES.values())))

    def logins(self):
        """Who may log in to what: docker's, skopeo's, podman's and the tokens."""
        logins = {("docker", image): credential for image, credential in self.sent().items()}
        for image, user in self.of_all_images(self.taken_by_skopeo).items():
            logins["skopeo", image] = user
        if self.has_podmans_own():
            for image, user in self.of_all_images(self.taken_by_podman).items():
                logins["podman", image] = user
        for token in TOKENS:
            logins["token", token] = self.token(token)
        return {who: login for who, login in logins.items() if login}

    def stored(self):
        return {
            name: sorted(
                file.name.replace("%2F", "/")
                for file in (self.bin / f"docker-credential-{name}.d").iterdir()
            )
            for name in STORES
        }


def merged_config(text):
    """Docker's reading of the settings that count here: any letter case, objects merge."""
    merged = {"auths": {}, "credhelpers": {}, "credsstore": ""}

    def merge(members):
        for name, value in members:
            name = name.lower()
            if isinstance(merged.get(name), dict) and isinstance(value, dict):
                merged[name].update(value)
            elif name in merged:
                merged[name] = value
        return dict(members)

    json.loads(text, object_pairs_hook=merge)
    return merged


def object_text(members, text=json.dumps):
    """An object whose names may be there several times."""
    return "{" + ", ".join(f"{json.dumps(name)}: {text(value)}" for name, value in members) + "}"


class Maker:
    """Random configs, stores and command lines."""

    def __init__(self, seed):
        self.random = random.Random(seed)
        self.count = 0
        self.hosts_by_chance = set()

    def login(self):
        self.count += 1
        return f"user{self.count}", f"hunter2-{self.count}"

    def chance(self, probability):
        return self.random.random() < probability

    def spelled(self, field):
        """Docker takes a field's name in any letter case."""
        spell = self.random.choice([str.upper, str.lower, str.title])
        return spell(field) if self.chance(0.1) else field

    def auth(self, user, secret):
        return base64.b64encode(f"{user}:{secret}".encode()).decode()

    def entry(self):
        if self.chance(0.4):
            return {}
        user, secret = self.login()
        if self.chance(0.15):
            return {"identitytoken": secret}
        if self.chance(0.1):
            user = "<token>"
        if self.chance(0.5):
            return {self.spelled("auth"): self.auth(user, secret)}
        entry = {self.spelled("username"): user, self.spelled("password"): secret}
        if self.chance(0.3):
            entry["email"] = "someone@example.com"
        return entry

    def auths(self):
        """Objects called so, of which Docker merges what a file has several of."""
        auths = [("nowhere.example", {})]
        for own, others in HOSTS:
            has_own = self.chance(0.5)
            if has_own:
                auths.append((own, self.entry()))
            if others and self.chance(0.4):
                keys = self.random.sample(others, 2 if len(others) > 1 and self.chance(0.3) else 1)
                auths += [(key, self.entry()) for key in keys]
                if len(keys) > 1 and not has_own:
                    self.hosts_by_chance.add(own)
        if self.chance(0.2):
            auths += [(key, self.entry()) for key, _ in self.random.sample(auths, 1)]
        self.random.shuffle(auths)
        if self.chance(0.8):
            return [auths]
        cut = self.random.randrange(len(auths))
        return [auths[:cut], auths[cut:]]

    def config(self):
        settings = [(self.spelled("auths"), object_text(auths)) for auths in self.auths()]
        stores = STORES[:2] + ["absent"] * self.chance(0.2)
        if self.chance(0.5):
            settings.append((self.spelled("credsStore"), json.dumps(self.random.choice(stores))))
        if self.chance(0.5):
            spellings = [own for own, _ in HOSTS] + [key for _, others in HOSTS for key in others]
            lines = [(key, self.random.choice(stores)) for key in self.random.sample(spellings, 3)]
            settings.append((self.spelled("credHelpers"), object_text(lines)))
        return object_text(settings, str)

    def podmans(self):
        """Podman's own file, and its setting where it looks."""
        auths = {own: {"auth": self.auth(*self.login())} for own, _ in HOSTS[1:] if self.chance(0.3)}
        helpers = {own: self.random.choice(STORES) for own, _ in HOSTS[1:] if self.chance(0.1)}
        asked = self.random.sample(STORES, self.random.randrange(3))
        if not asked or self.chance(0.7):
            asked.insert(self.random.randrange(len(asked) + 1), "containers-auth.json")
        return {
            "auth.json": json.dumps({"auths": auths, "credHelpers": helpers})
            if self.chance(0.25)
            else None,
            "registries.conf": f"credential-helpers = {json.dumps(asked)}\n"
            if self.chance(0.2)
            else None,
        }

    def spellings(self):
        """Which stores answer to other spellings."""
        return {name: self.chance(0.2) for name in STORES}

    def broken(self):
        """What each store cannot do, whenever it is asked."""
        return {
            name: self.random.sample(ACTIONS, 1) if self.chance(0.1) else [] for name in STORES
        }

    def fault(self):
        kind = self.random.choice(["none", "calls", "calls", "calls", "read-only", "full"])
        if kind == "read-only":
            return Fault(read_only=True)
        if kind == "full":
            return Fault(largest_file=self.random.choice([0, 150, 500]))
        if kind == "none":
            return Fault()
        kinds = ["fails", "crashes", "hangs", "babbles", "login", "KILL", "TERM", "INT", "HUP"]
        calls = self.random.sample(range(1, 20), self.random.choice([1, 1, 2, 4]))
        return Fault(
            {
                call: self.random.choice(["before ", "after "]) + self.random.choice(kinds)
                for call in calls
            }
        )

    def stores(self):
        names = [own for own, _ in HOSTS] + ["docker.io", "https://ghcr.io", *TOKENS]
        return {
            name: {
                server: self.login() for server in names if self.chance(chance)
            }
            for name, chance in zip(STORES, (0.6, 0.4, 0.1))
        }

    def commands(self):
        """What is run before anybody looks, and what is tried."""
        if self.chance(0.15):
            init = ["docker-credential-route", "init", "--yes"]
            return ([init], [*init, "--undo"]) if self.chance(0.5) else ([], init)
        return [], ["pullsecret", *self.command(), "--timeout", "0.5"]

    def command(self):
        if self.chance(0.6):
            return self.migration()
        use = ["--use", self.random.choice(STORES)] if self.chance(0.5) else []
        return ["doctor", "--fix", "--yes", *use]

    def migration(self):
        places = STORES + ["inline"]
        arguments = ["--to", self.random.choice(places)]
        if self.chance(0.25):
            arguments += ["--from", self.random.choice(places)]
        if self.chance(0.25):
            arguments += ["--registry", self.random.choice(HOSTS)[0]]
        return ["migrate", *arguments]


def broken_law(world, seed):
    maker = Maker(seed)
    config, stores, broken = maker.config(), maker.stores(), maker.broken()
    first, command = maker.commands()
    fault = maker.fault()
    podmans, spellings = maker.podmans(), maker.spellings()
    world.make(config, stores, broken, podmans, spellings)
    for prepared in first:
        world.run(*prepared)
    before = world.settled_logins()
    unsettled = {image for image in IMAGES if image.split("/")[0] in maker.hosts_by_chance}
    for what_happens in [fault, Fault()] if fault != Fault() else [fault]:
        result = world.run_with(what_happens, *command)
        before |= world.late_login()
        after = world.logins()
        lost = {
            who: login
            for who, login in before.items()
            if after.get(who) != login and not (who[0] == "docker" and who[1] in unsettled)
        }
        was_ended = result.returncode < 0 and what_happens != Fault()
        if lost or (result.returncode not in (0, 1, 2) and not was_ended):
            break
    else:
        return None
    return {
        "seed": seed,
        "command": command,
        "fault": dataclasses.asdict(what_happens),
        "first fault": dataclasses.asdict(fault),
        "broken": broken,
        "status": result.returncode,
        "error": result.stderr,
        "config": config,
        "podman": podmans,
        "spellings": spellings,
        "stores": stores,
        "config after": world.config.read_text(),
        "stores after": world.stored(),
        "before": {" ".join(who): login for who, login in lost.items()},
        "after": {" ".join(who): after.get(who) for who in lost},
    }


def main():
    scratch, first, rounds = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    world = World(scratch)
    broken = 0
    try:
        for seed in range(first, first + rounds):
            problem = broken_law(world, seed)
            if problem:
                broken += 1
                print(json.dumps(problem, indent=1))
    finally:
        world.daemon.kill()
    print(f"{rounds} rounds, {broken} broke the law")
    sys.exit(1 if broken else 0)


main()
