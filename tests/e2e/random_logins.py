"""random_logins.py SCRATCH SEED ROUNDS

The law of everything that changes a config or a store: what Docker could log in to before, it can
after, with the same credential. Makes random configs and stores from SEED on, asks docker's own CLI
what it sends for each of IMAGES (to docker_daemon_standin.py), runs a random `pullsecret migrate` or
`pullsecret doctor --fix`, and asks again. Prints each round that broke the law; exit status 1 if any did.
"""

import concurrent.futures
import json
import os
import pathlib
import random
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
}
# For each host its own name, and others. Of the others a file has one at most: of several that mean
# one host Docker takes any.
HOSTS = [
    (HUB, ["docker.io", "index.docker.io", "docker.io/acme", HUB + "access-token"]),
    ("ghcr.io", ["https://ghcr.io", "https://ghcr.io/v1/", "ghcr.io/acme", "ftp://ghcr.io"]),
    ("GHCR.IO", ["https://GHCR.IO/v2/"]),
    ("registry.gitlab.com", ["registry.gitlab.com/acme", "https://registry.gitlab.com/"]),
    ("registry-1.docker.io", ["https://registry-1.docker.io/v2/"]),
    ("hub.docker.com", []),
    ("quay.io:443", ["https://quay.io:443/v1/"]),
]
STORES = ["alpha", "beta", "gamma"]
STORE = r"""#!/bin/sh
cd "$0.d" || exit
input=$(cat)
case $1 in
store) server=$(printf %s "$input" | jq -r .ServerURL) ;;
*) server=$input ;;
esac
file=$(printf %s "$server" | sed s,/,%2F,g)
case $1 in
store) printf %s "$input" >"$file" ;;
get) cat "$file" 2>/dev/null || { echo credentials not found in native keychain; exit 1; } ;;
erase) rm -f "$file" ;;
list) jq -s 'map({(.ServerURL): .Username}) | add // {}' /dev/null * 2>/dev/null || echo '{}' ;;
esac
"""


class World:
    """A config file, stores, and a daemon to ask."""

    def __init__(self, scratch):
        self.scratch = pathlib.Path(scratch)
        self.bin = self.scratch / "stores"
        self.config = self.scratch / "docker" / "config.json"
        self.log = self.scratch / "sent"
        self.socket = self.scratch / "daemon.sock"
        self.environment = {
            **os.environ,
            "PATH": f"{self.bin}:{os.environ['PATH']}",
            "DOCKER_CONFIG": str(self.config.parent),
            "DOCKER_HOST": f"unix://{self.socket}",
        }
        program = pathlib.Path(__file__).with_name("docker_daemon_standin.py")
        self.daemon = subprocess.Popen([sys.executable, program, self.socket, self.log])
        while not self.socket.exists():
            time.sleep(0.01)

    def make(self, config, stores):
        for folder in (self.bin, self.config.parent):
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir()
        self.config.write_text(json.dumps(config))
        for name in STORES:
            program = self.bin / f"docker-credential-{name}"
            program.write_text(STORE)
            program.chmod(0o755)
            entries = self.bin / f"docker-credential-{name}.d"
            entries.mkdir()
            for server, (user, secret) in stores[name].items():
                entry = {"ServerURL": server, "Username": user, "Secret": secret}
                (entries / server.replace("/", "%2F")).write_text(json.dumps(entry))

    def run(self, *command):
        return subprocess.run(command, env=self.environment, capture_output=True, text=True)

    def sent(self):
        """What docker sends: image → credential, without those that it pulls anonymously."""
        self.log.write_bytes(b"")
        with concurrent.futures.ThreadPoolExecutor(4) as pool:
            list(pool.map(lambda image: self.run("docker", "pull", "--quiet", image), IMAGES))
        found = {}
        for line in self.log.read_text().splitlines():
            image, credential = line.split(" ", 1)
            credential = json.loads(credential)
            credential.pop("serveraddress", None)
            credential.pop("email", None)
            if credential:
                found[image] = credential
        return found

    def stored(self):
        return {
            name: sorted(
                file.name.replace("%2F", "/")
                for file in (self.bin / f"docker-credential-{name}.d").iterdir()
            )
            for name in STORES
        }


class Maker:
    """Random configs, stores and command lines."""

    def __init__(self, seed):
        self.random = random.Random(seed)
        self.count = 0

    def login(self):
        self.count += 1
        return f"user{self.count}", f"hunter2-{self.count}"

    def entry(self):
        if self.random.random() < 0.4:
            return {}
        user, secret = self.login()
        if self.random.random() < 0.15:
            return {"identitytoken": secret}
        entry = {"username": user, "password": secret}
        if self.random.random() < 0.3:
            entry["email"] = "someone@example.com"
        return entry

    def config(self):
        auths = {"nowhere.example": {}}
        for own, others in HOSTS:
            if self.random.random() < 0.5:
                auths[own] = self.entry()
            if others and self.random.random() < 0.4:
                auths[self.random.choice(others)] = self.entry()
        keys = list(auths)
        self.random.shuffle(keys)
        config = {"auths": {key: auths[key] for key in keys}}
        if self.random.random() < 0.5:
            config["credsStore"] = self.random.choice(STORES[:2])
        if self.random.random() < 0.5:
            spellings = [own for own, _ in HOSTS] + [key for _, others in HOSTS for key in others]
            config["credHelpers"] = {
                key: self.random.choice(STORES[:2]) for key in self.random.sample(spellings, 3)
            }
        return config

    def stores(self):
        names = [own for own, _ in HOSTS] + ["docker.io", "https://ghcr.io", HUB + "access-token"]
        return {
            name: {
                server: self.login() for server in names if self.random.random() < chance
            }
            for name, chance in zip(STORES, (0.6, 0.4, 0.1))
        }

    def command(self):
        if self.random.random() < 0.6:
            return self.migration()
        use = ["--use", self.random.choice(STORES)] if self.random.random() < 0.5 else []
        return ["doctor", "--fix", "--yes", *use]

    def migration(self):
        places = STORES + ["inline"]
        arguments = ["--to", self.random.choice(places)]
        if self.random.random() < 0.25:
            arguments += ["--from", self.random.choice(places)]
        if self.random.random() < 0.25:
            arguments += ["--registry", self.random.choice(HOSTS)[0]]
        return ["migrate", *arguments]


def broken_law(world, seed):
    maker = Maker(seed)
    config = maker.config()
    stores = maker.stores()
    world.make(config, stores)
    before = world.sent()
    command = maker.command()
    result = world.run("pullsecret", *command)
    after = world.sent()
    lost = {image: before[image] for image in before if after.get(image) != before[image]}
    if not lost and result.returncode in (0, 1, 2):
        return None
    return {
        "seed": seed,
        "command": command,
        "status": result.returncode,
        "error": result.stderr,
        "config": config,
        "stores": stores,
        "config after": json.loads(world.config.read_text()),
        "stores after": world.stored(),
        "sent before": lost,
        "sent after": {image: after.get(image) for image in lost},
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
