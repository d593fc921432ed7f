#!/usr/bin/python3
"""slow_registry.py [BYTES]: a stand-in for a registry that answers each request in 50 ms: Basic
authentication, and the same image under every name. With BYTES it answers at once, and refuses every
image, in so many of them. What is posted is exchanged for a token at once. Prints `listening on PORT`."""

import base64
import hashlib
import http.server
import json
import sys
import time

CONFIG = b'{"architecture":"amd64","os":"linux","rootfs":{"type":"layers","diff_ids":[]}}'
OCI = "application/vnd.oci.image."


def digest(data):
    return "sha256:" + hashlib.sha256(data).hexdigest()


MANIFEST = json.dumps(
    {
        "schemaVersion": 2,
        "mediaType": OCI + "manifest.v1+json",
        "config": {"mediaType": OCI + "config.v1+json", "digest": digest(CONFIG), "size": len(CONFIG)},
        "layers": [],
    }
).encode()
REFUSAL = b""
if len(sys.argv) > 1:
    error = {"code": "DENIED", "message": "not yours", "detail": "x" * int(sys.argv[1])}
    REFUSAL = json.dumps({"errors": [error]}).encode()
LOGIN = "Basic " + base64.b64encode(b"user:hunter2").decode()


class Registry(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        if not REFUSAL:
            time.sleep(0.05)
        if REFUSAL and "/manifests/" in self.path:
            self.answer(403, REFUSAL, {})
        elif self.headers.get("Authorization") != LOGIN:
            self.answer(401, b"{}", {"WWW-Authenticate": 'Basic realm="bench"'})
        elif "/manifests/" in self.path:
            self.answer(
                200,
                MANIFEST,
                {"Content-Type": OCI + "manifest.v1+json", "Docker-Content-Digest": digest(MANIFEST)},
            )
        else:
            self.answer(200, CONFIG if "/blobs/" in self.path else b"{}", {})

    do_HEAD = do_GET

    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        self.answer(200, b'{"access_token":"hunter2-exchanged","expires_in":300}', {})

    def answer(self, status, body, headers):
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def log_message(self, *arguments):
        pass


class Server(http.server.ThreadingHTTPServer):
    request_queue_size = 128  # connections that come at once


server = Server(("127.0.0.1", 0), Registry)
print("listening on", server.server_port, flush=True)
server.serve_forever()
