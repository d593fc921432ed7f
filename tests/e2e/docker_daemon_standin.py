"""docker_daemon_standin.py SOCKET LOG

Stands in for the Docker daemon, on a Unix socket: each `docker pull` succeeds at once, and the
credential that the real docker sent for it goes to LOG, a line of `IMAGE JSON`.
"""

import base64
import http.server
import socketserver
import sys
import urllib.parse


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def answer(self):
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        query = urllib.parse.parse_qs(urllib.parse.urlparse(self.path).query)
        if "fromImage" in query:
            sent = base64.urlsafe_b64decode(self.headers["X-Registry-Auth"])
            with open(sys.argv[2], "ab") as log:
                log.write(query["fromImage"][0].encode() + b" " + sent + b"\n")
        self.send_response(200)
        self.send_header("API-Version", "1.41")
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", "2")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(b"{}")

    do_GET = do_HEAD = do_POST = answer

    def log_message(self, *_):
        pass

    def address_string(self):
        return ""


class Server(socketserver.ThreadingMixIn, socketserver.UnixStreamServer):
    daemon_threads = True


Server(sys.argv[1], Handler).serve_forever()
