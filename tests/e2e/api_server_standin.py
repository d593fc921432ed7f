#!/usr/bin/python3
"""A stand-in for the Kubernetes API server: loopback only, in memory, for tests only.

It is not Kubernetes. It knows Secrets and nothing else, has no authentication, and keeps the rules
that a pull secret can break (kubernetes/kubernetes 1.26, pkg/apis/core/validation: ValidateSecret,
ValidateSecretUpdate; apimachinery, pkg/api/validation: ValidateObjectMeta):

- the name is an RFC 1123 subdomain, label and annotation keys and label values are well-formed;
- data is base64, at most 1,048,576 bytes decoded; annotations are at most 262,144 bytes in all;
- kubernetes.io/dockerconfigjson and kubernetes.io/dockercfg hold their key, with a JSON object;
- the type of an existing Secret stays; of an immutable one the data and the flag stay, too;
- a request is at most 3 MiB, its namespace exists, and it has no unknown field. Refusing unknown
  fields always, and not only when kubectl asks for strict validation, is this program's own rule.

usage: api_server_standin.py NAMESPACE...

Prints one line, which ends in its address, when it listens; ends by a signal.
"""

import base64
import binascii
import json
import re
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock
from urllib.parse import parse_qs, urlsplit

TITLE = "stand-in for the Kubernetes API server"
MAX_REQUEST = 3 * 1024 * 1024
MAX_DATA = 1024 * 1024
MAX_ANNOTATIONS = 256 * 1024
REQUIRED_KEY = {
    "kubernetes.io/dockerconfigjson": ".dockerconfigjson",
    "kubernetes.io/dockercfg": ".dockercfg",
}

TEXT_MAP = "a map of strings"
KNOWN_FIELDS = {
    "apiVersion": str,
    "kind": str,
    "type": str,
    "immutable": bool,
    "data": TEXT_MAP,
    "stringData": TEXT_MAP,
    "metadata": {
        "name": str,
        "namespace": str,
        "labels": TEXT_MAP,
        "annotations": TEXT_MAP,
        "creationTimestamp": str,
        "resourceVersion": str,
        "uid": str,
    },
}


class Refusal(Exception):
    """What a request gets in place of an object: a Status, as the API server words it."""

    def __init__(self, code, reason, message, details=None):
        super().__init__(message)
        self.code = code
        self.status = {
            "apiVersion": "v1",
            "kind": "Status",
            "metadata": {},
            "status": "Failure",
            "message": message,
            "reason": reason,
            "details": details or {},
            "code": code,
        }


def bad_request(message):
    return Refusal(400, "BadRequest", message)


def invalid(name, problems):
    text = problems[0] if len(problems) == 1 else f"[{', '.join(problems)}]"
    causes = [dict(zip(("field", "message"), problem.split(": ", 1))) for problem in problems]
    details = {"name": name, "kind": "Secret", "causes": causes}
    return Refusal(422, "Invalid", f'Secret "{name}" is invalid: {text}', details)


# Rules of one Secret


def check_fields(value, known, path=""):
    """Refuses what `known` does not list, or lists with another type; null counts as left out."""
    if value is None:
        return
    expected = known if isinstance(known, type) else dict
    if not isinstance(value, expected):
        raise bad_request(f"json: cannot unmarshal {path or 'the body'} into a {expected.__name__}")
    if expected is not dict:
        return
    for name, member in value.items():
        place = f"{path}.{name}" if path else name
        if known is not TEXT_MAP and name not in known:
            raise bad_request(f'strict decoding error: unknown field "{place}"')
        check_fields(member, str if known is TEXT_MAP else known[name], place)


LABEL = r"[a-z0-9]([-a-z0-9]*[a-z0-9])?"
SUBDOMAIN = re.compile(rf"{LABEL}(\.{LABEL})*")
QUALIFIED = re.compile(r"[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?")
DATA_KEY = re.compile(r"[-._a-zA-Z0-9]+")


def is_subdomain(text):
    return len(text) <= 253 and SUBDOMAIN.fullmatch(text)


def is_qualified_name(text):
    prefix, slash, name = text.rpartition("/")
    return (is_subdomain(prefix) if slash else True) and (
        len(name) <= 63 and QUALIFIED.fullmatch(name)
    )


def metadata_problems(metadata):
    if not is_subdomain(metadata["name"]):
        yield f'metadata.name: Invalid value: "{metadata["name"]}": a lowercase RFC 1123 subdomain'
    for key, value in metadata.get("labels", {}).items():
        if not is_qualified_name(key):
            yield f'metadata.labels: Invalid value: "{key}": name part must be a qualified name'
        if value and not (len(value) <= 63 and QUALIFIED.fullmatch(value)):
            yield f'metadata.labels: Invalid value: "{value}": a valid label must consist of …'
    annotations = metadata.get("annotations", {})
    for key in annotations:
        if not is_qualified_name(key.lower()):
            yield f'metadata.annotations: Invalid value: "{key}": name part must be qualified'
    if sum(len(k.encode()) + len(v.encode()) for k, v in annotations.items()) > MAX_ANNOTATIONS:
        yield f"metadata.annotations: Too long: must have at most {MAX_ANNOTATIONS} bytes"


def decoded_data(secret):
    try:
        return {
            key: base64.b64decode(value, validate=True)
            for key, value in secret.get("data", {}).items()
        }
    except (binascii.Error, ValueError) as error:
        raise bad_request(f"illegal base64 data: {error}") from None


def refuse_constant(name):
    raise ValueError(f"{name} is no JSON")


def is_json_object(data):
    try:
        text = data.decode("utf-8", errors="replace")
        return isinstance(json.loads(text, parse_constant=refuse_constant), dict)
    except (ValueError, RecursionError):
        return False


def data_problems(secret):
    data = decoded_data(secret)
    for key in data:
        if len(key) > 253 or not DATA_KEY.fullmatch(key):
            yield f"data[{key}]: Invalid value: a valid config key must consist of …"
    if sum(map(len, data.values())) > MAX_DATA:
        yield f"data: Too long: must have at most {MAX_DATA} bytes"
    required = REQUIRED_KEY.get(secret["type"])
    if required and required not in data:
        yield f"data[{required}]: Required value"
    elif required and not is_json_object(data[required]):
        yield f"data[{required}]: Invalid value: <secret contents redacted>: not a JSON object"


def update_problems(old, new):
    if new["type"] != old["type"]:
        yield f'type: Invalid value: "{new["type"]}": field is immutable'
    if old.get("immutable"):
        if not new.get("immutable"):
            yield "immutable: Forbidden: field is immutable when `immutable` is set"
        if decoded_data(new) != decoded_data(old):
            yield "data: Forbidden: field is immutable when `immutable` is set"


# The store


def merged(target, patch):
    """RFC 7386. A strategic merge patch of a Secret is the same: it has no lists to merge."""
    if not isinstance(patch, dict):
        return patch
    result = dict(target) if isinstance(target, dict) else {}
    for key, value in patch.items():
        if key.startswith("$"):
            raise bad_request(f"the {TITLE} knows no directive {key}")
        if value is None:
            result.pop(key, None)
        else:
            result[key] = merged(result.get(key), value)
    return result


def nulls_for_what_vanished(before, now):
    """A merge patch that removes what `before` set and `now` leaves out."""
    return {
        key: nulls_for_what_vanished(value, now[key]) if key in now else None
        for key, value in before.items()
        if key not in now or (isinstance(value, dict) and isinstance(now[key], dict))
    }


class Secrets:
    def __init__(self, namespaces):
        self.namespaces = namespaces
        self.objects = {}
        self.applied = {}  # what each field manager applied last, server-side
        self.version = 0
        self.lock = Lock()

    def get(self, place):
        if place not in self.objects:
            raise Refusal(404, "NotFound", f'secrets "{place[1]}" not found')
        return self.objects[place]

    def create(self, namespace, secret, keep=True):
        if namespace not in self.namespaces:
            raise Refusal(404, "NotFound", f'namespaces "{namespace}" not found')
        check_fields(secret, KNOWN_FIELDS)
        place = (namespace, secret.get("metadata", {}).get("name", ""))
        if place in self.objects:
            raise Refusal(409, "AlreadyExists", f'secrets "{place[1]}" already exists')
        return self.put(place, secret, keep)

    def patch(self, place, patch, keep=True):
        check_fields(patch, KNOWN_FIELDS)
        return self.put(place, merged(self.get(place), patch), keep)

    def apply(self, place, configuration, manager, keep=True):
        """Server-side apply, without conflicts between managers."""
        check_fields(configuration, KNOWN_FIELDS)
        if place not in self.objects:
            answer = self.create(place[0], configuration, keep)
        else:
            before = self.applied.get((place, manager), {})
            removal = nulls_for_what_vanished(before, configuration)
            current = merged(self.get(place), removal)
            answer = self.put(place, merged(current, configuration), keep)
        if keep:
            self.applied[(place, manager)] = configuration
        return answer

    def put(self, place, secret, keep):
        """Validates, and stores unless it is a dry run."""
        namespace, name = place
        secret = merged({"apiVersion": "v1", "kind": "Secret", "type": "Opaque"}, secret)
        if (secret["apiVersion"], secret["kind"]) != ("v1", "Secret"):
            raise bad_request("the object provided is no v1 Secret")
        if secret["metadata"].get("namespace", namespace) != namespace:
            raise bad_request("the namespace of the object does not match the namespace on the URL")
        if secret["metadata"].get("name", "") != name:
            raise bad_request("the name of the object does not match the name on the URL")
        for key, text in secret.pop("stringData", {}).items():
            secret.setdefault("data", {})[key] = base64.b64encode(text.encode()).decode()
        problems = [*metadata_problems(secret["metadata"]), *data_problems(secret)]
        if place in self.objects:
            problems += update_problems(self.objects[place], secret)
        if problems:
            raise invalid(name, problems)
        if keep:
            self.version += 1
            secret["metadata"].update(namespace=namespace, resourceVersion=str(self.version))
            self.objects[place] = secret
        return secret


# What kubectl asks before it sends anything

SECRET_PATH = "/api/v1/namespaces/{namespace}/secrets/{name}"
DISCOVERY = {
    "/version": {"major": "1", "minor": "26", "gitVersion": "v1.26.0-stand-in"},
    "/api": {"kind": "APIVersions", "versions": ["v1"]},
    "/apis": {"kind": "APIGroupList", "apiVersion": "v1", "groups": []},
    "/api/v1": {
        "kind": "APIResourceList",
        "groupVersion": "v1",
        "resources": [
            {
                "name": "secrets",
                "singularName": "secret",
                "namespaced": True,
                "kind": "Secret",
                "verbs": ["create", "get", "patch"],
            }
        ],
    },
    "/openapi/v3": {"paths": {"api/v1": {"serverRelativeURL": "/openapi/v3/api/v1"}}},
    # Says that the server validates fields itself, so that kubectl leaves it to the server.
    "/openapi/v3/api/v1": {
        "openapi": "3.0.0",
        "info": {"title": TITLE, "version": "v1"},
        "paths": {
            SECRET_PATH: {
                "patch": {
                    "x-kubernetes-group-version-kind": {
                        "group": "",
                        "version": "v1",
                        "kind": "Secret",
                    },
                    "parameters": [{"name": "fieldValidation", "in": "query"}],
                }
            }
        },
    },
}


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version = f"pullsecret-tests ({TITLE})"
    secrets = None

    def do_GET(self):
        path = urlsplit(self.path).path
        if path in DISCOVERY:
            self.answer(200, DISCOVERY[path])
        elif path == "/openapi/v2":
            # Older kubectl wants this as a protobuf message; the empty one describes no type.
            self.answer_bytes(200, "application/octet-stream", b"")
        else:
            self.handle_secret(lambda place, body, query: (200, self.secrets.get(place)))

    def do_POST(self):
        self.handle_secret(self.create)

    def do_PATCH(self):
        self.handle_secret(self.change)

    def create(self, place, body, query):
        return 201, self.secrets.create(place[0], body, keep="dryRun" not in query)

    def change(self, place, body, query):
        keep = "dryRun" not in query
        kind = self.headers.get("Content-Type", "")
        if kind == "application/apply-patch+yaml":  # kubectl sends JSON, which is YAML
            manager = query.get("fieldManager", [""])[0]
            return 200, self.secrets.apply(place, body, manager, keep)
        if kind in ("application/strategic-merge-patch+json", "application/merge-patch+json"):
            return 200, self.secrets.patch(place, body, keep)
        raise Refusal(415, "UnsupportedMediaType", f"the {TITLE} takes no {kind}")

    def handle_secret(self, action):
        """Runs `action(place, body, query)` where the path is that of Secrets or of one."""
        try:
            body = self.read_body()
            url = urlsplit(self.path)
            match = re.fullmatch(r"/api/v1/namespaces/([^/]+)/secrets(?:/([^/]+))?", url.path)
            if not match:
                raise Refusal(404, "NotFound", f"the {TITLE} does not know {url.path}")
            with self.secrets.lock:
                self.answer(*action(match.groups(), body, parse_qs(url.query)))
        except Refusal as refusal:
            self.answer(refusal.code, refusal.status)

    def read_body(self):
        length = int(self.headers.get("Content-Length", 0))
        if length > MAX_REQUEST:
            self.close_connection = True
            raise Refusal(413, "RequestEntityTooLarge", f"limit is {MAX_REQUEST} bytes")
        try:
            body = json.loads(self.rfile.read(length) or "{}")
        except ValueError as error:
            raise bad_request(f"the body is not JSON: {error}") from None
        if not isinstance(body, dict):
            raise bad_request("the body is not an object")
        return body

    def answer(self, code, document):
        self.answer_bytes(code, "application/json", json.dumps(document).encode())

    def answer_bytes(self, code, kind, data):
        self.send_response(code)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_):
        pass


def main():
    if len(sys.argv) < 2 or sys.argv[1].startswith("-"):
        sys.exit(__doc__)
    Handler.secrets = Secrets(set(sys.argv[1:]))
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    print(f"{TITLE}, for tests only: http://127.0.0.1:{server.server_port}", flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
