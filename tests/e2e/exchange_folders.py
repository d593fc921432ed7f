"""exchange_folders.py ONE OTHER

Lets two names in one folder take each other's place (renameat2(2), RENAME_EXCHANGE), again and again,
until its standard input ends.
"""

import ctypes
import os
import select
import sys

AT_FDCWD, RENAME_EXCHANGE = -100, 2
one, other = (os.fsencode(name) for name in sys.argv[1:])
libc = ctypes.CDLL(None, use_errno=True)
while not select.select([sys.stdin], [], [], 0)[0]:
    for _ in range(64):
        if libc.renameat2(AT_FDCWD, one, AT_FDCWD, other, RENAME_EXCHANGE) != 0:
            sys.exit(os.strerror(ctypes.get_errno()))
