"""hostile_registry.py BEHAVIOUR LOG [CERTIFICATE KEY]

A stand-in for registries and token servers that are out of order or wicked; no real one is. It prints
its port on 127.0.0.1, or on the address in the environment as `host`; with a certificate it is behind
TLS. BEHAVIOUR is a JSON file, read anew for each request:

  {"v2": [NAME, ARGUMENT...], "manifest": […], "token": […]}

says what answers /v2/, the manifests, and what lies under /token; each has a usual answer, too. The
names are those of the functions below that are marked as a behaviour. LOG gets a line of JSON for
each request: `authorization` is its scheme alone, and `knows` tells whether anything of the request
has a password.
"""

import base64
import itertools
import json
import os
import re
import socket
import ssl
import struct
import sys
import threading
import time

behaviour_file, log_file = sys.argv[1:3]
tls = None
if len(sys.argv) > 3:
    tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    tls.load_cert_chain(*sys.argv[3:5])
log_lock = threading.Lock()
behaviours = {}


def behaviour(function):
    behaviours[function.__name__] = function
    return function


class Request:
    def __init__(self, connection):
        self.connection = connection
        head = b""
        while not head.endswith(b"\r\n\r\n"):
            byte = connection.recv(1)
            if not byte:
                raise ConnectionError
            head += byte
            if head == b"\x16":  # TLS, of which other servers without it say so at once, too
                self.send("HTTP/1.0 400 Bad Request\r\n\r\n")
                raise ConnectionError
        line, *lines = head.decode("latin-1").split("\r\n")
        self.method, self.path, _ = line.split(" ", 2)
        self.headers = {}
        for header in filter(None, lines):
            name, _, value = header.partition(":")
            self.headers[name.lower()] = value.strip()
        self.body = b""
        while len(self.body) < int(self.headers.get("content-length", 0)):
            self.body += connection.recv(65536)
        self.authorization = self.headers.get("authorization", "")

    def all_text(self):
        scheme, _, rest = self.authorization.partition(" ")
        decoded = base64.b64decode(rest).decode("latin-1") if scheme == "Basic" else rest
        return "\n".join([self.path, *self.headers.values(), decoded, self.body.decode("latin-1")])

    def send(self, content):
        self.connection.sendall(content.encode("latin-1") if isinstance(content, str) else content)

    def answer(self, status, body="", *headers):
        body = body.encode()
        lines = [f"HTTP/1.1 {status} Status", f"Content-Length: {len(body)}", *headers]
        lines.append("Set-Cookie: session=planted; Path=/")
        self.send_head(*lines)
        self.send(body if self.method != "HEAD" else "")

    def send_head(self, *lines):
        self.send("\r\n".join(lines) + "\r\n\r\n")

    def bodies(self, *parts):
        """Endlessly these parts of a body, none for a HEAD."""
        return itertools.repeat("".join(parts)) if self.method != "HEAD" else ()


@behaviour
def basic(request):
    request.answer(401, "{}", 'WWW-Authenticate: Basic realm="test"')


@behaviour
def bearer(request, realm, service="test"):
    request.answer(401, "{}", f'WWW-Authenticate: Bearer realm="{realm}",service="{service}"')


@behaviour
def long_refusal(request, size, status=403):
    """Of so many bytes, told to whoever has a token or a password."""
    if not request.authorization:
        basic(request)
    else:
        error = {"code": "DENIED", "message": "not yours", "detail": "x" * size}
        request.answer(status, json.dumps({"errors": [error]}))


@behaviour
def status(request, number, body="{}", *headers):
    request.answer(number, body, *headers)


@behaviour
def silent(request):
    time.sleep(60)


@behaviour
def slow_headers(request):
    request.send("HTTP/1.1 200 OK\r\nX-Slow: ")
    while True:
        request.send("x")
        time.sleep(0.1)


@behaviour
def endless_headers(request):
    request.send("HTTP/1.1 200 OK\r\n")
    while True:
        request.send("X-More: " + "x" * 1000 + "\r\n")


@behaviour
def endless_body(request, status=200):
    request.send_head(f"HTTP/1.1 {status} OK", "Transfer-Encoding: chunked")
    for part in request.bodies("1000\r\n", "x" * 4096, "\r\n"):
        request.send(part)


@behaviour
def slow_body(request, status=200):
    request.send_head(f"HTTP/1.1 {status} OK", "Content-Length: 100000")
    for part in request.bodies("x"):
        request.send(part)
        time.sleep(0.1)


@behaviour
def reset_in_headers(request):
    request.send("HTTP/1.1 200 OK\r\nContent-Le")
    reset(request)


@behaviour
def reset_in_body(request, status=401):
    request.send_head(f"HTTP/1.1 {status} OK", "Content-Length: 1000")
    if request.method != "HEAD":
        request.send("{")
        reset(request)


def reset(request):
    request.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    raise ConnectionError


@behaviour
def garbage(request):
    request.send(b"\x16\x03\x01\x02\x00\x01\x00\xfc\x03\x03hunter2 is not HTTP\r\n\r\n")
    raise ConnectionError


@behaviour
def redirect(request, url, status=307):
    request.answer(status, "", f"Location: {url}")


@behaviour
def many_challenges(request, count):
    lines = [f'WWW-Authenticate: Bearer realm="http://127.0.0.1:1/{i}"' for i in range(count)]
    request.answer(401, "{}", *lines)


@behaviour
def long_challenge(request, size):
    request.answer(401, "{}", f'WWW-Authenticate: Bearer realm="http://127.0.0.1:1/{"x" * size}"')


@behaviour
def token(request, text="given-token"):
    request.answer(200, json.dumps({"token": text, "access_token": text}))


@behaviour
def long_token(request, size):
    token(request, "x" * size)


@behaviour
def echo(request, status=403):
    """All that came, in each field that a client might show."""
    said = request.all_text() + "\n" + request.authorization
    errors = [{"code": "DENIED", "message": said, "detail": said}]
    request.answer(status, json.dumps({"errors": errors, "details": said, "message": said}))


@behaviour
def as_registry(request):
    if request.authorization:
        request.answer(200, "{}")
    else:
        basic(request)


usual = {"v2": ["as_registry"], "manifest": ["as_registry"], "token": ["token"]}


def place_of(path):
    if path.startswith("/token"):
        return "token"
    return "manifest" if re.match(r"/v2/.+/manifests/", path) else "v2"


def log(request, port):
    line = {
        "method": request.method,
        "path": request.path.split("?")[0][:100],
        "host": request.headers.get("host"),
        "authorization": request.authorization.split(" ")[0],
        "knows": "hunter2" in request.all_text(),
        "cookie": "cookie" in request.headers,
        "connection": port,
    }
    with log_lock, open(log_file, "a", encoding="utf-8") as file:
        file.write(json.dumps(line) + "\n")


def serve(connection, port):
    try:
        if tls:
            connection = tls.wrap_socket(connection, server_side=True)
        while True:
            request = Request(connection)
            log(request, port)
            with open(behaviour_file, encoding="utf-8") as file:
                name, *arguments = (usual | json.load(file))[place_of(request.path)]
            behaviours[name](request, *arguments)
    except (OSError, ValueError):
        pass
    finally:
        connection.close()


server = socket.create_server((os.environ.get("host", "127.0.0.1"), 0), backlog=100)
print(server.getsockname()[1], flush=True)
while True:
    accepted, (_, client_port) = server.accept()
    threading.Thread(target=serve, args=(accepted, client_port), daemon=True).start()
