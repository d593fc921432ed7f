"""token_server.py SETTINGS KEY CERTIFICATE LOG

A token server for a real docker-registry with `auth: token`: it signs real JWTs (RS256, by openssl,
with KEY, whose CERTIFICATE the registry has as rootcertbundle) as the distribution's docs/spec/auth
say. It prints its port on 127.0.0.1 and serves GET /token with Basic and POST /token with a form;
and POST /exchange (RFC 8693), which gives a password for a token of a workload, for five minutes.

SETTINGS is a JSON file, read anew for each request:

  issuer, service   as the registry has them
  users             {NAME: {"password": …, "rights": {REPOSITORY: [ACTION]}, "lifetime": SECONDS}};
                    the user "" is who comes without a credential; with "proof" in the place of
                    "password", "workload" or "exchanged", the password is such a token
  workloads         {"keys": URL, "issuer": …, "audience": …}: whose tokens of workloads are good
  post              the status that POST is refused with, such as 404; absent: it is served
  fields            the fields that the token is answered in; absent: both
  delay             seconds before each answer

What somebody has no right to is not granted, and is no error, as with all token servers. A lifetime
below 0 makes tokens that ended then. LOG gets a line of JSON for each request, in which a password
is "right", "wrong" or "none"; for an exchange its scope, and its audience as the service.
"""

import base64
import http.server
import json
import sys
import threading
import time
import urllib.parse
import urllib.request
import uuid

import web_tokens

settings_file, key_file, certificate_file, log_file = sys.argv[1:5]
log_lock = threading.Lock()


def read_settings():
    with open(settings_file, encoding="utf-8") as file:
        return json.load(file)


def certificate_in_base64():
    with open(certificate_file, encoding="ascii") as file:
        return "".join(line.strip() for line in file if not line.startswith("-----"))


def workload_in(settings, token):
    trusted = settings["workloads"]
    with urllib.request.urlopen(trusted["keys"]) as keys:
        return web_tokens.verified(token, json.load(keys), trusted["issuer"], trusted["audience"])


def is_exchanged(settings, token):
    keys = web_tokens.public_keys(key_file)
    return web_tokens.verified(token, keys, settings["issuer"], "exchanged") is not None


def is_right(settings, user, password):
    proof = user.get("proof")
    if proof == "workload":
        return workload_in(settings, password) is not None
    if proof == "exchanged":
        return is_exchanged(settings, password)
    return password == user.get("password", "")


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
    return web_tokens.sign(key_file, claims, x5c=[certificate_in_base64()])


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
        if self.path == "/exchange":
            self.exchange(form)
            return
        name, password = (form.get(field, [""])[0] for field in ("username", "password"))
        refused = read_settings().get("post")
        if refused:
            self.answer(refused, {"errors": [{"code": "UNSUPPORTED"}]}, form, name, "unread")
        elif form.get("grant_type") != ["password"] or "client_id" not in form:
            self.answer(400, {"error": "unsupported_grant_type"}, form, name, "unread")
        else:
            self.serve(form, name, password)

    def exchange(self, form):
        settings = read_settings()
        time.sleep(settings.get("delay", 0))
        kind = "urn:ietf:params:oauth:grant-type:token-exchange"
        given = form.get("subject_token", [""])[0]
        wish = {"scope": form.get("scope", []), "service": form.get("audience", [""])}
        if form.get("grant_type") != [kind] or "subject_token_type" not in form:
            self.answer(400, {"error": "unsupported_grant_type"}, wish, "", "unread")
            return
        workload = workload_in(settings, given)
        if workload is None:
            refusal = {"error": "invalid_request", "error_description": f"no good token: {given}"}
            self.answer(400, refusal, wish, "", "wrong")
            return
        claims = {"iss": settings["issuer"], "sub": workload["sub"], "aud": ["exchanged"],
                  "exp": int(time.time()) + 300}
        answer = {"access_token": web_tokens.sign(key_file, claims), "expires_in": 300,
                  "issued_token_type": "urn:ietf:params:oauth:token-type:jwt", "token_type": "N_A"}
        self.answer(200, answer, wish, workload["sub"], "right")

    def serve(self, wish, name, password):
        settings = read_settings()
        time.sleep(settings.get("delay", 0))
        user = settings["users"].get(name)
        if user is None or not is_right(settings, user, password):
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
