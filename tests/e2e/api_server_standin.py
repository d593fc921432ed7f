#!/usr/bin/python3
"""A stand-in for the Kubernetes API server: loopback only, in memory, for tests only.

It is not Kubernetes. It knows the kinds of api_kinds.py, and of each the rules that the manifests of
the tests can break:

- names, label and annotation keys and label values are well-formed; annotations are at most 262,144
  bytes in all;
- data is base64, at most 1,048,576 bytes decoded; kubernetes.io/dockerconfigjson and
  kubernetes.io/dockercfg hold their key, with a JSON object;
- the type of an existing Secret stays; of an immutable one the data and the flag stay, too;
- a request is at most 3 MiB, its namespace exists, and it has no unknown field. Refusing unknown
  fields always, and not only when kubectl asks for strict validation, is this program's own rule.

Nothing runs: a Job stays what it was when it was created. A token of a service account can be had for
any name, and proves nothing.

usage: api_server_standin.py [--pods CERTIFICATE KEY] NAMESPACE...

Prints one line, which ends in its address, when it listens; ends by a signal. Who asks there may do
everything. With --pods, a second line has an https address for what runs in Pods: it wants the token
of a service account, `stand-in-token.NAMESPACE.NAME`, and allows what Roles allow to that.
"""

import base64
import json
import re
import ssl
import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock, Thread
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

sys.dont_write_bytecode = True

# pylint: disable=wrong-import-position
from api_access import check_access, service_account_of
from api_fields import Refusal, bad_request, invalid, metadata_problems
from api_kinds import KINDS, NAMESPACE

TITLE = "stand-in for the Kubernetes API server"
MAX_REQUEST = 3 * 1024 * 1024


# The store


def merged(target, patch):
    """RFC 7386. A strategic merge patch is the same where it merges no lists, and then it has no
    directives."""
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


class Objects:
    """By (plural of the kind, namespace, name); what has no namespace has an empty one."""

    def __init__(self, namespaces):
        self.objects = {}
        self.applied = {}  # what each field manager applied last, server-side
        self.version = 0
        self.lock = Lock()
        for name in namespaces:
            self.create(NAMESPACE, "", {"metadata": {"name": name}})

    def get(self, kind, namespace, name):
        place = (kind.plural, namespace, name)
        if place not in self.objects:
            raise Refusal(404, "NotFound", f'{kind.plural} "{name}" not found')
        return self.objects[place]

    def create(self, kind, namespace, value, keep=True):
        if namespace and ("namespaces", "", namespace) not in self.objects:
            raise Refusal(404, "NotFound", f'namespaces "{namespace}" not found')
        kind.check(value)
        name = value.get("metadata", {}).get("name", "")
        if (kind.plural, namespace, name) in self.objects:
            raise Refusal(409, "AlreadyExists", f'{kind.plural} "{name}" already exists')
        return self.put(kind, namespace, name, value, keep)

    def patch(self, kind, namespace, name, patch, keep=True):
        patched = merged(self.get(kind, namespace, name), patch)
        kind.check(patched)
        return self.put(kind, namespace, name, patched, keep)

    def list(self, kind, namespace, wanted):
        """All of `namespace`, or of every one, with these values of fields."""
        return [
            {"apiVersion": kind.api_version, "kind": kind.name, **value}
            for (plural, where, _), value in sorted(self.objects.items())
            if plural == kind.plural
            and namespace in ("", where)
            and all(value.get(field) == text for field, text in wanted.items())
        ]

    def replace(self, kind, namespace, name, value, keep=True):
        kind.check(value)
        known = self.get(kind, namespace, name)["metadata"]
        for field in ("resourceVersion", "uid"):
            if value["metadata"].setdefault(field, known[field]) != known[field]:
                raise Refusal(
                    409,
                    "Conflict",
                    f'Operation cannot be fulfilled on {kind.plural} "{name}": the object has been modified',
                )
        return self.put(kind, namespace, name, value, keep)

    def apply(self, kind, namespace, name, configuration, manager, keep=True):
        """Server-side apply, without conflicts between managers."""
        kind.check(configuration)
        place = (kind.plural, namespace, name)
        if place not in self.objects:
            answer = self.create(kind, namespace, configuration, keep)
        else:
            before = self.applied.get((place, manager), {})
            removal = nulls_for_what_vanished(before, configuration)
            current = merged(self.objects[place], removal)
            answer = self.put(kind, namespace, name, merged(current, configuration), keep)
        if keep:
            self.applied[(place, manager)] = configuration
        return answer

    def put(self, kind, namespace, name, value, keep):
        """Validates, and stores unless it is a dry run."""
        place = (kind.plural, namespace, name)
        value = merged(
            {"apiVersion": kind.api_version, "kind": kind.name, **(kind.defaults or {})}, value
        )
        if (value["apiVersion"], value["kind"]) != (kind.api_version, kind.name):
            raise bad_request(f"the object provided is no {kind.api_version} {kind.name}")
        metadata = value["metadata"]
        if metadata.get("namespace", namespace) != namespace:
            raise bad_request("the namespace of the object does not match the namespace on the URL")
        if metadata.get("name", "") != name:
            raise bad_request("the name of the object does not match the name on the URL")
        for key, text in value.pop("stringData", {}).items():
            value.setdefault("data", {})[key] = base64.b64encode(text.encode()).decode()
        problems = [*metadata_problems(metadata), *kind.problems(value)]
        if place in self.objects:
            problems += kind.changes(self.objects[place], value)
        if problems:
            raise invalid(kind.name, name, problems)
        if keep:
            self.version += 1
            metadata.setdefault("uid", str(uuid4()))
            metadata.update(resourceVersion=str(self.version))
            if namespace:
                metadata.update(namespace=namespace)
            self.objects[place] = value
        return value


# What kubectl asks before it sends anything


def resource_list(base):
    kinds = [kind for kind in KINDS if kind.base == base]
    return {
        "kind": "APIResourceList",
        "groupVersion": kinds[0].api_version,
        "resources": [
            {
                "name": kind.plural,
                "singularName": kind.name.lower(),
                "namespaced": kind.is_namespaced,
                "kind": kind.name,
                "verbs": ["create", "get", "list", "patch", "update"],
            }
            for kind in kinds
        ],
    }


def group_list():
    versions = {kind.group: {"groupVersion": kind.api_version, "version": "v1"} for kind in KINDS}
    return {
        "kind": "APIGroupList",
        "apiVersion": "v1",
        "groups": [
            {"name": group, "versions": [version], "preferredVersion": version}
            for group, version in versions.items()
            if group
        ],
    }


def description(base):
    """Says that the server validates fields itself, so that kubectl leaves it to the server."""
    paths = {
        f"/{base}/{kind.plural}/{{name}}": {
            "patch": {
                "x-kubernetes-group-version-kind": {
                    "group": kind.group,
                    "version": "v1",
                    "kind": kind.name,
                },
                "parameters": [{"name": "fieldValidation", "in": "query"}],
            }
        }
        for kind in KINDS
        if kind.base == base
    }
    return {"openapi": "3.0.0", "info": {"title": TITLE, "version": "v1"}, "paths": paths}


BASES = sorted({kind.base for kind in KINDS})
DISCOVERY = {
    "/version": {"major": "1", "minor": "26", "gitVersion": "v1.26.0-stand-in"},
    "/api": {"kind": "APIVersions", "versions": ["v1"]},
    "/apis": group_list(),
    "/openapi/v3": {
        "paths": {base: {"serverRelativeURL": f"/openapi/v3/{base}"} for base in BASES}
    },
    **{f"/{base}": resource_list(base) for base in BASES},
    **{f"/openapi/v3/{base}": description(base) for base in BASES},
}


def find_target(path):
    """The kind, the namespace and the name that the path of a request names."""
    for kind in KINDS:
        words = path.removeprefix(f"/{kind.base}/").split("/")
        if path == f"/{kind.base}/{kind.plural}":
            return kind, "", ""
        if kind.is_namespaced and words[0] == "namespaces":
            words = [words[2] if len(words) > 2 else "", words[1], *words[3:]]
        elif not kind.is_namespaced:
            words[1:1] = [""]
        if path.startswith(f"/{kind.base}/") and words[0] == kind.plural and len(words) in (2, 3):
            return kind, words[1], words[2] if len(words) == 3 else ""
    raise Refusal(404, "NotFound", f"the {TITLE} does not know {path}")


def object_in(data):
    try:
        body = json.loads(data or "{}")
    except ValueError as error:
        raise bad_request(f"the body is not JSON: {error}") from None
    if not isinstance(body, dict):
        raise bad_request("the body is not an object")
    return body


TOKEN_PATH = re.compile("/api/v1/namespaces/([^/]+)/serviceaccounts/([^/]+)/token")


def fields_of(message):
    """Of a protobuf message: (number, value) of each field that is a number or has a length."""
    at = 0

    def number():
        nonlocal at
        value = shift = 0
        while True:
            byte = message[at]
            at += 1
            value |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                return value

    while at < len(message):
        field, kind = divmod(number(), 8)
        if kind == 0:
            yield field, number()
        else:
            size = number()
            at += size
            yield field, message[at - size : at]


def audiences_in(data):
    """Of a TokenRequest, in JSON or as kubectl sends it (k8s.io/api, authentication/v1)."""
    if not data.startswith(b"k8s\0"):
        return object_in(data)["spec"]["audiences"]
    request = dict(fields_of(data[4:]))[2]
    spec = dict(fields_of(request))[2]
    return [value.decode() for field, value in fields_of(spec) if field == 1]


def token_request(namespace, name, audiences):
    """The token of any service account, signed by nobody, with the claims of Kubernetes' own."""

    def part(value):
        text = json.dumps(value, separators=(",", ":")).encode()
        return base64.urlsafe_b64encode(text).decode().rstrip("=")

    now = int(time.time())
    claims = {
        "aud": audiences,
        "exp": now + 3600,
        "iat": now,
        "iss": "https://kubernetes.default.svc.cluster.local",
        "kubernetes.io": {"namespace": namespace, "serviceaccount": {"name": name, "uid": "1"}},
        "sub": f"system:serviceaccount:{namespace}:{name}",
    }
    token = f"{part({'alg': 'none', 'kid': TITLE})}.{part(claims)}.hunter2"
    return {
        "apiVersion": "authentication.k8s.io/v1",
        "kind": "TokenRequest",
        "metadata": {"namespace": namespace, "name": name},
        "spec": {"audiences": audiences},
        "status": {"token": token},
    }


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version = f"pullsecret-tests ({TITLE})"
    objects = None
    wants_token = False

    def do_GET(self):
        path = urlsplit(self.path).path
        if path in DISCOVERY:
            self.answer(200, DISCOVERY[path])
        elif path == "/openapi/v2":
            # Older kubectl wants this as a protobuf message; the empty one describes no type.
            self.answer_bytes(200, "application/octet-stream", b"")
        else:
            self.handle_object("get", self.read)

    def do_POST(self):
        account = TOKEN_PATH.fullmatch(urlsplit(self.path).path)
        if account:
            return self.answer(201, token_request(*account.groups(), audiences_in(self.read_data())))
        return self.handle_object("create", self.create)

    def do_PATCH(self):
        self.handle_object("patch", self.change)

    def do_PUT(self):
        self.handle_object("update", self.replace)

    def read(self, target, body, query):
        kind, namespace, name = target
        if name:
            return 200, self.objects.get(*target)
        fields = query.get("fieldSelector", [""])[0].split(",")
        items = self.objects.list(kind, namespace, dict(field.split("=") for field in fields if field))
        return 200, {
            "apiVersion": kind.api_version,
            "kind": f"{kind.name}List",
            "metadata": {},
            "items": items,
        }

    def replace(self, target, body, query):
        return 200, self.objects.replace(*target, body, keep="dryRun" not in query)

    def create(self, target, body, query):
        kind, namespace, _ = target
        return 201, self.objects.create(kind, namespace, body, keep="dryRun" not in query)

    def change(self, target, body, query):
        keep = "dryRun" not in query
        kind = self.headers.get("Content-Type", "")
        if kind == "application/apply-patch+yaml":  # kubectl sends JSON, which is YAML
            manager = query.get("fieldManager", [""])[0]
            return 200, self.objects.apply(*target, body, manager, keep)
        if kind in ("application/strategic-merge-patch+json", "application/merge-patch+json"):
            return 200, self.objects.patch(*target, body, keep)
        raise Refusal(415, "UnsupportedMediaType", f"the {TITLE} takes no {kind}")

    def handle_object(self, verb, action):
        """Runs `action(target, body, query)` where the path is that of a kind or of an object."""
        try:
            data = self.read_data()
            url = urlsplit(self.path)
            with self.objects.lock:
                target = find_target(url.path)
                self.check_caller(verb, target)
                self.answer(*action(target, object_in(data), parse_qs(url.query)))
        except Refusal as refusal:
            self.answer(refusal.code, refusal.status)

    def check_caller(self, verb, target):
        if not self.wants_token:
            return
        objects = self.objects.objects
        kind, namespace, name = target
        if verb == "get" and not name:
            verb = "list"
        account = service_account_of(self.headers.get("Authorization"), objects)
        check_access(account, verb, kind, namespace, name, objects)

    def read_data(self):
        length = int(self.headers.get("Content-Length", 0))
        if length > MAX_REQUEST:
            self.close_connection = True
            raise Refusal(413, "RequestEntityTooLarge", f"limit is {MAX_REQUEST} bytes")
        return self.rfile.read(length)

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


class PodsHandler(Handler):
    wants_token = True


def serve(handler):
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    return server


def serve_pods(certificate, key):
    server = serve(PodsHandler)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    Thread(target=server.serve_forever, daemon=True).start()
    return server


def main():
    arguments = sys.argv[1:]
    pods = arguments[1:3] if arguments[:1] == ["--pods"] else []
    namespaces = arguments[3:] if pods else arguments
    if not namespaces or namespaces[0].startswith("-"):
        sys.exit(__doc__)
    Handler.objects = Objects(namespaces)
    server = serve(Handler)
    print(f"{TITLE}, for tests only: http://127.0.0.1:{server.server_port}", flush=True)
    if pods:
        print(f"for Pods: https://localhost:{serve_pods(*pods).server_port}", flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
