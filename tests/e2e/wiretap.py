"""wiretap.py SOCKET FILE

Passes each connection to a TCP port of its own on to the local SOCKET, and writes all that goes
either way to FILE. The port is its first line on standard output.
"""

import os
import socket
import sys
import threading

target, record = sys.argv[1:]
record = os.open(record, os.O_WRONLY | os.O_APPEND)


def pass_on(source, sink):
    while data := source.recv(65536):
        os.write(record, data)
        sink.sendall(data)
    sink.shutdown(socket.SHUT_WR)


def serve(client):
    bus = socket.socket(socket.AF_UNIX)
    bus.connect(target)
    threading.Thread(target=pass_on, args=(bus, client), daemon=True).start()
    pass_on(client, bus)


listener = socket.create_server(("127.0.0.1", 0))
print(listener.getsockname()[1], flush=True)
while True:
    threading.Thread(target=serve, args=(listener.accept()[0],), daemon=True).start()
