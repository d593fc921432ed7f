"""typed_passphrase.py TYPED OUTPUT COMMAND...

Runs COMMAND with its standard input and standard error on a new terminal, and its standard output in
the file OUTPUT. Once gpg asks for a passphrase there, TYPED is typed, and again each second. Prints
whether it asked. Exit status as COMMAND's.
"""

import os
import pty
import select
import subprocess
import sys
import time

SECONDS = 30

typed, output, *command = sys.argv[1:]
leader, follower = pty.openpty()
with open(output, "wb") as file:
    program = subprocess.Popen(
        command, stdin=follower, stdout=file, stderr=follower, env=dict(os.environ, TERM="xterm")
    )
seen, end, last = b"", time.monotonic() + SECONDS, 0.0
while program.poll() is None and time.monotonic() < end:
    if select.select([leader], [], [], 0.1)[0]:
        seen += os.read(leader, 4096)
    if b"assphrase" in seen and time.monotonic() - last > 1:
        last = time.monotonic()
        os.write(leader, typed.encode() + b"\r")
sys.stdout.write("asked" if b"assphrase" in seen else "not asked")
if program.poll() is None:
    program.kill()
sys.exit(program.wait())
