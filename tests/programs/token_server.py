"""token_server.py SETTINGS KEY CERTIFICATE LOG

A token server for a real docker-registry with `auth: token`: it signs real JWTs (RS256, by openssl,
with KEY, whose CERTIFICATE the registry has as rootcertbundle) as the distribution's docs/spec/auth
say. It prints its port on 127.0.0.1 and serves GET /token with Basic and POST /token with a form.

SETTINGS is a JSON file, read anew for each request:

  issuer, service   as the registry has them
  users             {NAME: {"password": …, "rights": {REPOSITORY: [ACTION]}, "lifetime": SECONDS}};
                    the user "" is who comes without a credential
  post              the status that POST is refused with, such as 404; absent: it is served
  fields            the fields that the token is answered in; absent: both
  delay             seconds before each answer

What somebody has no right to is not granted, and is no error, as with all token servers. A lifetime
below 0 makes tokens that ended then. LOG gets a line of JSON for each request, in which a password
is "right", "wrong" or "none".
"""

import base64
import http.server
import json
import subprocess
import sys
import threading
import time
import urllib.parse
import uuid

settings_file, key_file, certificate_file, log_file = sys.argv[1:5]
log_lock = threading.Lock()


def read_settings():
    with open(settings_file, encoding="utf-8") as file:
        return json.load(file)


def base64_url(content):
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def certificate_in_base64():
    with open(certificate_file, encoding="ascii") as file:
        return "".join(line.strip() for line in file if not line.startswith("-----"))


def signature(content):
    command = ["openssl", "dgst", "-sha256", "-sign", key_file]
    return subprocess.run(command, input=content, capture_output=True, check=True).stdout


def granted(user, scopes):
    access = []
    for scope in scopes:
        kind, name, actions = scope.split(":", 2)
        rights = user.get("rights", {}).get(name, [])
        actions = [action for action in actions.split(",") if action in rights]
        if actions:
            access.append({"type": kind, "name": name, "actions": actions})
    return access


def sign_token(settings, name, user, scopes):
    now = int(time.time())
    end = now + user.get("lifetime", 300)
    header = {"typ": "JWT", "alg": "RS256", "x5c": [certificate_in_base64()]}
    claims = {
        "iss": settings["issuer"],
        "sub": name,
        "aud": settings["service"],
        "exp": end,
        "nbf": min(now, end) - 10,
        "iat": now,
        "jti": str(uuid.uuid4()),
        "access": granted(user, scopes),
    }
    content = ".".join(base64_url(json.dumps(part).encode()) for part in (header, claims))
    return f"{content}.{base64_url(signature(content.encode()))}"


class TokenRequest(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        query = urllib.parse.parse_qs(urllib.parse.urlsplit(self.path).query)
        name, password = "", ""
        scheme, _, encoded = self.headers.get("Authorization", "").partition(" ")
        if scheme == "Basic":
            name, _, password = base64.b64decode(encoded).decode().partition(":")
        self.serve(query, name, password)

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
        form = urllib.parse.parse_qs(body)
        name, password = (form.get(field, [""])[0] for field in ("username", "password"))
        refused = read_settings().get("post")
        if refused:
            self.answer(refused, {"errors": [{"code": "UNSUPPORTED"}]}, form, name, "unread")
        elif form.get("grant_type") != ["password"] or "client_id" not in form:
            self.answer(400, {"error": "unsupported_grant_type"}, form, name, "unread")
        else:
            self.serve(form, name, password)

    def serve(self, wish, name, password):
        settings = read_settings()
        time.sleep(settings.get("delay", 0))
        user = settings["users"].get(name)
        if user is None or password != user.get("password", ""):
            refusal = {"code": "UNAUTHORIZED", "message": "incorrect username or password"}
            self.answer(401, {"errors": [refusal]}, wish, name, "wrong")
            return
        scopes = [one for scope in wish.get("scope", []) for one in scope.split()]
        token = sign_token(settings, name, user, scopes)
        answer = {field: token for field in settings.get("fields", ["token", "access_token"])}
        answer["expires_in"] = user.get("lifetime", 300)
        self.answer(200, answer, wish, name, "right" if name else "none")

    def answer(self, status, content, wish, name, password):
        self.log(status, wish, name, password)
        body = json.dumps(content).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Set-Cookie", "session=planted; Path=/")
        self.end_headers()
        self.wfile.write(body)

    def log(self, status, wish, name, password):
        line = {
            "method": self.command,
            "service": wish.get("service", [""])[0],
            "scope": " ".join(wish.get("scope", [])),
            "user": name,
            "password": password,
            "bearer": self.headers.get("Authorization", "").startswith("Bearer"),
            "cookie": "Cookie" in self.headers,
            "connection": self.client_address[1],
            "status": status,
        }
        with log_lock, open(log_file, "a", encoding="utf-8") as file:
            file.write(json.dumps(line) + "\n")

    def log_message(self, *_):
        pass


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), TokenRequest)
print(server.server_address[1], flush=True)
server.serve_forever()
