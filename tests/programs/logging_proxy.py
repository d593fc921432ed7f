"""logging_proxy.py BEHAVIOUR LOG PORT

A stand-in for a company's HTTP proxy: it opens tunnels (CONNECT), for whatever host, to PORT of this
machine, so that it is also the one who knows the hosts' names. It prints its port on 127.0.0.1.
BEHAVIOUR is a JSON file, read anew for each request: {"status": NUMBER} is what a tunnel is refused
with, {"silent": true} no answer. LOG gets a line of JSON for each request: what it is for, and its
headers' names.
"""

import json
import socket
import sys
import threading
import time

behaviour_file, log_file, target_port = sys.argv[1:4]
log_lock = threading.Lock()


def read_head(connection):
    head = b""
    while not head.endswith(b"\r\n\r\n"):
        byte = connection.recv(1)
        if not byte:
            raise ConnectionError
        head += byte
    return head.decode("latin-1").split("\r\n")


def log(line, headers):
    method, target, _ = line.split(" ", 2)
    names = [header.partition(":")[0].lower() for header in headers if header]
    with log_lock, open(log_file, "a", encoding="utf-8") as file:
        file.write(json.dumps({"method": method, "target": target, "headers": names}) + "\n")
    return method


def forward(source, target):
    try:
        while content := source.recv(65536):
            target.sendall(content)
    except OSError:
        pass
    for end in (source, target):
        end.close()


def serve(client):
    try:
        line, *headers = read_head(client)
        method = log(line, headers)
        with open(behaviour_file, encoding="utf-8") as file:
            behaviour = json.load(file)
        if behaviour.get("silent"):
            time.sleep(60)
        refused = behaviour.get("status", 200 if method == "CONNECT" else 405)
        client.sendall(f"HTTP/1.1 {refused} Status\r\nX-Proxy: test\r\n\r\n".encode())
        if refused != 200:
            client.close()
            return
        server = socket.create_connection(("127.0.0.1", int(target_port)))
        threading.Thread(target=forward, args=(client, server), daemon=True).start()
        forward(server, client)
    except (OSError, ValueError):
        client.close()


listener = socket.create_server(("127.0.0.1", 0), backlog=100)
print(listener.getsockname()[1], flush=True)
while True:
    accepted, _ = listener.accept()
    threading.Thread(target=serve, args=(accepted,), daemon=True).start()
