"""in_session.py [--without-keyrings] COMMAND...

Becomes COMMAND in a kernel session keyring of its own, so that tests neither find nor leave a key
in the user's. With --without-keyrings the system calls for keyrings are refused as Docker's seccomp
profile refuses them in a container (EPERM).
"""

import ctypes
import os
import platform
import struct
import sys

KEYCTL_JOIN_SESSION_KEYRING = 1
PR_SET_SECCOMP, PR_SET_NO_NEW_PRIVS, SECCOMP_MODE_FILTER = 22, 38, 2
# add_key, request_key, keyctl
SYSTEM_CALLS = {"x86_64": (248, 249, 250), "aarch64": (217, 218, 219)}[platform.machine()]

libc = ctypes.CDLL(None, use_errno=True)


def refuse_keyrings():
    load_number, jump_if_equal, answer = 0x20, 0x15, 0x06
    allow, refuse_with_eperm = 0x7FFF0000, 0x00050001
    count = len(SYSTEM_CALLS)
    program = [(load_number, 0, 0, 0)]
    program += [(jump_if_equal, count - i, 0, n) for i, n in enumerate(SYSTEM_CALLS)]
    program += [(answer, 0, 0, allow), (answer, 0, 0, refuse_with_eperm)]
    code = ctypes.create_string_buffer(b"".join(struct.pack("HBBI", *line) for line in program))
    header = struct.pack("HxxxxxxQ", len(program), ctypes.addressof(code))
    if libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) or libc.prctl(
        PR_SET_SECCOMP, SECCOMP_MODE_FILTER, header, 0, 0
    ):
        sys.exit("in_session.py: no seccomp filter: " + os.strerror(ctypes.get_errno()))


command = sys.argv[1:]
if command[0] == "--without-keyrings":
    del command[0]
    refuse_keyrings()
else:
    libc.syscall(SYSTEM_CALLS[2], KEYCTL_JOIN_SESSION_KEYRING, None)
os.execvp(command[0], command)
