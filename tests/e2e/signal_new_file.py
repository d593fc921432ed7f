"""signal_new_file.py SIGNAL FOLDER OTHER COMMAND...

Runs COMMAND, which writes a file in FOLDER, and sends it SIGNAL (a name such as SIGKILL) as soon as
something is in a new file of pullsecret's. Until that was in time, COMMAND is run again, at most 200 times;
what it changes in FOLDER and in OTHER is put back before. Prints how COMMAND ended, such as `-9`.
"""

import os
import pathlib
import signal
import subprocess
import sys

name, command = signal.Signals[sys.argv[1]], sys.argv[4:]
folder, other = map(pathlib.Path, sys.argv[2:4])
before = {file: file.read_bytes() for changed in (folder, other) for file in changed.iterdir()}


def has_content(file):
    try:
        return file.stat().st_size > 0
    except FileNotFoundError:  # renamed meanwhile
        return False


def new_files():
    return [name for name in os.listdir(folder)
            if ".pullsecret-" in name and has_content(folder / name)]


def was_in_time(process):
    while process.poll() is None:
        if new_files():
            process.send_signal(name)
            break
    return process.wait() < 0


for _ in range(200):
    for changed in (folder, other):
        for file in changed.iterdir():
            file.unlink()
    for file, content in before.items():
        file.write_bytes(content)
        file.chmod(0o600)
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    if was_in_time(process) and (name != signal.SIGKILL or new_files()):
        print(process.returncode)
        sys.exit(0)
sys.exit(f"never in time with {name.name}")
