"""kill_at_random.py COUNT HELPER [rekey]

Kills COUNT runs of HELPER with SIGKILL, each at a random moment of its work: `store` with a new
secret for one and the same server URL, or `rekey`. After each, `get` must answer the old or the new
secret, according to whether the file is still the old one. Prints the counts; exit status 1 if an
answer was another, or none.
"""

import json
import os
import random
import signal
import statistics
import sys
import time

SERVER = "ghcr.io"
count, helper = int(sys.argv[1]), sys.argv[2]
rekeys = "rekey" in sys.argv[3:]


def pipe_with(text):
    read_end, write_end = os.pipe()
    os.write(write_end, text.encode())
    os.close(write_end)
    return read_end


def start(action, text, output):
    source = pipe_with(text)
    streams = [(os.POSIX_SPAWN_DUP2, source, 0), (os.POSIX_SPAWN_DUP2, output, 1)]
    process = os.posix_spawn(helper, [helper, action], os.environ, file_actions=streams)
    os.close(source)
    return process


def start_change(secret, output):
    if rekeys:
        return start("rekey", "", output)
    text = json.dumps({"ServerURL": SERVER, "Username": "u", "Secret": secret})
    return start("store", text, output)


def get():
    read_end, write_end = os.pipe()
    process = start("get", SERVER, write_end)
    os.close(write_end)
    with os.fdopen(read_end) as output:
        answer = output.read()
    _, status = os.waitpid(process, 0)
    return json.loads(answer)["Secret"] if status == 0 else None


def undisturbed(secret, output):
    begin = time.perf_counter()
    _, status = os.waitpid(start_change(secret, output), 0)
    assert status == 0
    return time.perf_counter() - begin


def home_file(name):
    return os.path.join(os.environ["HOME"], name)


def file_content():
    with open(home_file(".local/share/docker-credential-encryptedfile/credentials"), "rb") as file:
        return file.read()


def has_new_key():
    return os.path.exists(home_file(".config/docker-credential-encryptedfile/key.new"))


def main():
    null = os.open("/dev/null", os.O_WRONLY)
    first = {"ServerURL": SERVER, "Username": "u", "Secret": "0"}
    os.waitpid(start("store", json.dumps(first), null), 0)
    duration = statistics.median(undisturbed("0", null) for _ in range(20))
    secret, serial = "0", 0
    killed = old = new = between = wrong = ended = 0
    while killed < count:
        serial += 1
        before = file_content()
        process = start_change(str(serial), null)
        time.sleep(random.uniform(0, 1.2 * duration))
        os.kill(process, signal.SIGKILL)
        _, status = os.waitpid(process, 0)
        changed = file_content() != before
        if changed and not rekeys:
            secret = str(serial)
        wrong += get() != secret
        if os.WIFSIGNALED(status):
            killed += 1
            old += not changed
            new += changed
            between += has_new_key()
        else:
            ended += 1
            wrong += not changed
    print(
        f"{killed} runs killed within {duration * 1000:.1f} ms of work: {old} left the old file, "
        f"{new} the new one, {wrong} unreadable or wrong; "
        + (f"{between} left an old and a new key; " if rekeys else "")
        + f"{ended} more ended before they could be killed"
    )
    return wrong > 0


sys.exit(main())
