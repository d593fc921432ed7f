"""kill_migrations.py COUNT CONFIG

Kills COUNT runs of `pullsecret migrate` with SIGKILL, each at a random moment of its work, on the
way between the config file CONFIG, docker-credential-encryptedfile and
docker-credential-secretservice. After each, `pullsecret convert` must find every credential, and
the config must be whole; at the end no new config is left beside it. Prints the counts; exit status 1 if something was missing.
"""

import base64
import json
import pathlib
import random
import signal
import statistics
import subprocess
import sys
import time

PLACES = ["inline", "encryptedfile", "secretservice"]
SECRETS = {f"r{i}.example": f"hunter2 of {i}" for i in range(5)}
count, config = int(sys.argv[1]), sys.argv[2]


def auth(secret):
    return base64.b64encode(f"builder:{secret}".encode()).decode()


def write_config():
    auths = {server: {"auth": auth(secret)} for server, secret in SECRETS.items()}
    with open(config, "w") as file:
        json.dump({"auths": auths, "currentContext": "default"}, file)


def place():
    with open(config) as file:
        settings = json.load(file)
    assert settings["currentContext"] == "default"
    return settings.get("credsStore", "inline")


def start(to):
    silent = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    return subprocess.Popen(["pullsecret", "migrate", "--to", to], **silent)


def missing():
    run = subprocess.run(["pullsecret", "convert", "-o", "config"], capture_output=True, text=True)
    auths = json.loads(run.stdout)["auths"] if run.returncode == 0 else {}
    return [s for s, secret in SECRETS.items() if auths.get(s, {}).get("auth") != auth(secret)]


def left_behind():
    return list(pathlib.Path(config).parent.glob(".config.json.*"))


def undisturbed(to):
    begin = time.perf_counter()
    assert start(to).wait() == 0, to
    assert place() == to
    return time.perf_counter() - begin


def main():
    write_config()
    durations = [undisturbed(to) for to in (PLACES[1:] + PLACES[:1]) * 3]
    killed = before = after = lost = ended = left = 0
    while killed < count:
        old = place()
        to = random.choice([p for p in PLACES if p != old])
        process = start(to)
        time.sleep(random.uniform(0, 1.1 * statistics.median(durations)))
        process.send_signal(signal.SIGKILL)
        was_killed = process.wait() == -signal.SIGKILL
        lost += len(missing())
        left += was_killed and len(left_behind()) > 0
        if was_killed:
            killed += 1
            before += place() == old
            after += place() == to
        else:
            ended += 1
    for to in PLACES[1:] + PLACES[:1]:
        undisturbed(to)
    lost += len(missing())
    print(
        f"{killed} migrations of {len(SECRETS)} credentials killed within "
        f"{statistics.median(durations) * 1000:.0f} ms of work: {before} left the old config, "
        f"{after} the new one, {lost} credentials were missing; "
        f"{left} times there was a new config, of which {len(left_behind())} are left; "
        f"{ended} more ended before they could be killed"
    )
    return lost > 0 or len(left_behind()) > 0


sys.exit(main())
