"""read_sealed_file.py KEYFILE FILE

Prints the content of a file of docker-credential-encryptedfile: written from the description in its
manual page alone, on libsodium's cipher and Python's BLAKE2b.
"""

import base64
import ctypes
import ctypes.util
import hashlib
import struct
import sys

sodium = ctypes.CDLL(ctypes.util.find_library("sodium") or "libsodium.so.23")

key = base64.b64decode(open(sys.argv[1]).read().strip())
file = open(sys.argv[2], "rb").read()
magic, version, origin, *argon2id, check, nonce = struct.unpack("<16sIIII16s16s24s", file[:88])
assert (magic, version, origin) == (b"docker-encrypted", 1, 0)
assert argon2id == [0, 0, bytes(16)]
text = b"docker-credential-encryptedfile key check"
assert check == hashlib.blake2b(text, key=key, digest_size=16).digest()
sealed = file[88:]
content = ctypes.create_string_buffer(len(sealed) - 16)
size = ctypes.c_ulonglong()
assert 0 == sodium.crypto_aead_xchacha20poly1305_ietf_decrypt(
    content, ctypes.byref(size), None, sealed, ctypes.c_ulonglong(len(sealed)),
    file, ctypes.c_ulonglong(88), nonce, key)
sys.stdout.buffer.write(content.raw[: size.value])
