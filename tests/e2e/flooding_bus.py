"""flooding_bus.py BEHAVIOUR SOCKET

Listens at SOCKET as a session bus would, and to each that connects

  greeting   writes bytes without end, and reads nothing
  line       answers its first word with a line of no end
  calls      lets it in, and then calls its methods without end
  signals    lets it in, and then sends it signals without end
  message    lets it in, and then sends it one message, of 120 MiB
  refusal    does not let it in
  two-lines  lets it in, and says more before it is spoken to

It writes 'ready' when it listens, and how many MiB one took when that hangs up.
"""

import os
import socket
import struct
import sys

behaviour, path = sys.argv[1:]
MIB = 1024 * 1024


def text(value):
    return struct.pack('<I', len(value)) + value + b'\0'


def signature(value):
    return struct.pack('<B', len(value)) + value + b'\0'


PATH, INTERFACE, MEMBER, REPLY_SERIAL, SIGNATURE = 1, 2, 3, 5, 8
CALL, ANSWER, SIGNAL = 1, 2, 4
FROM_A = ((PATH, b'o', text(b'/a')), (INTERFACE, b's', text(b'a.B')), (MEMBER, b's', text(b'C')))


def header(kind, fields, body_size):
    """D-Bus Specification, Message Format: little-endian."""
    packed = b''
    for code, kind_of_value, value in fields:
        packed += b'\0' * (-len(packed) % 8) + bytes([code]) + signature(kind_of_value) + value
    start = struct.pack('<cBBBIII', b'l', kind, 0, 1, body_size, 1, len(packed)) + packed
    return start + b'\0' * (-len(start) % 8)


def bytes_message(kind, size):
    """Without its body's bytes."""
    fields = (*FROM_A, (SIGNATURE, b'g', signature(b'ay')))
    return header(kind, fields, size + 4) + struct.pack('<I', size)


def hello_answer():
    """To the first call of a connection, which has the number 1."""
    fields = ((REPLY_SERIAL, b'u', struct.pack('<I', 1)), (SIGNATURE, b'g', signature(b's')))
    return header(ANSWER, fields, 9) + text(b':1.1')


def answers(client):
    """What comes after the greeting, piece by piece."""
    if behaviour == 'greeting':
        while True:
            yield b'x' * 65536
    # sd-bus says all that it has to say at once, and GDBus line by line.
    is_sd_bus = b'DATA' in client.recv(4096)
    if behaviour == 'refusal':
        yield b'REJECTED EXTERNAL\r\n' + b'ERROR\r\nERROR\r\nERROR\r\n' * is_sd_bus
        return
    if behaviour == 'two-lines':
        yield b'OK 0123\r\nOK 0123\r\n'
        return
    if behaviour == 'line':
        yield b'OK '
        while True:
            yield b'x' * 65536
    if is_sd_bus:
        yield b'DATA\r\nOK 0123456789abcdef0123456789abcdef\r\nAGREE_UNIX_FD\r\n'
    else:
        yield b'OK 0123456789abcdef0123456789abcdef\r\n'
        client.recv(4096)
    yield hello_answer()
    if behaviour == 'message':
        yield bytes_message(SIGNAL, 120 * MIB)
        for _ in range(120):
            yield b'x' * MIB
        return
    kind = CALL if behaviour == 'calls' else SIGNAL
    while True:
        yield (bytes_message(kind, 16) + b'x' * 16) * 500


def serve(client):
    taken = 0
    try:
        for piece in answers(client):
            client.sendall(piece)
            taken += len(piece)
        while client.recv(4096):
            pass
    except OSError:
        pass
    print(taken // MIB, flush=True)


listener = socket.socket(socket.AF_UNIX)
listener.bind(path)
os.chmod(path, 0o777)
listener.listen()
print('ready', flush=True)
while True:
    connection, _ = listener.accept()
    if os.fork() == 0:
        serve(connection)
        os._exit(0)
    connection.close()
