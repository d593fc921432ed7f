"""random_pods.py SEED ROUNDS

Random Pods, ServiceAccounts and Secrets in two namespaces: what `pullsecret check` says of each Pod and
image is what a naive kubelet would do, down to which Secret's entry is tried after which. The registry
is here, and asks for Basic authentication. Prints each round that differs; exit status 1 if any does.
"""

import base64
import http.server
import json
import random
import subprocess
import sys
import threading

NAMESPACES, NAMES, ACCOUNTS = ["team", "other"], ["a", "b", "c", "gone"], ["default", "builder", "gone"]
IMAGES = {"private": "right", "acme/private": "right", "open": None}
DOCKERCONFIGJSON = "kubernetes.io/dockerconfigjson"


class Registry(http.server.BaseHTTPRequestHandler):
    """Of each image it takes the password that IMAGES has; None: anybody pulls."""

    protocol_version = "HTTP/1.1"

    def do_GET(self):
        login = self.headers.get("Authorization", "")
        password = base64.b64decode(login[6:]).decode().partition(":")[2]
        wanted = next((IMAGES[i] for i in IMAGES if self.path.startswith(f"/v2/{i}/")), "right")
        is_taken = password == "right" or (wanted is None and not login)
        self.send_response(200 if is_taken else 401)
        if not is_taken:
            self.send_header("WWW-Authenticate", 'Basic realm="r"')
        self.send_header("Content-Length", "0")
        self.end_headers()

    do_HEAD = do_GET

    def log_message(self, *_):
        pass


# ---- The kubelet's rule


def secrets_of(pod, accounts, secrets):
    """Those that the kubelet has for the Pod, in its order."""
    names = pod["names"]
    if not names and not pod["is_made"]:
        names = accounts.get((pod["namespace"], pod["account"] or "default"), [])
    found = []
    for name in names:
        secret = secrets.get((pod["namespace"], name))
        if secret and secret not in found:
            found.append(secret)
    return found


def pull(pod, image, accounts, secrets):
    """The names of the Secrets that are tried, and whether the image is pulled."""
    found = secrets_of(pod, accounts, secrets)
    if any(secret["kind"] == "broken" for secret in found):
        return [], False
    serving = [
        (key, secret["name"], password)
        for secret in found
        if secret["kind"] == "good"
        for key, password in secret["entries"].items()
        if image.startswith(key)
    ]
    serving.sort(key=lambda entry: entry[0], reverse=True)
    tried = []
    for _, name, password in serving:
        tried.append(name)
        if password == "right":
            return tried, True
    is_public = IMAGES[image.partition("/")[2]] is None
    return tried, not serving and is_public


# ---- Random objects


def random_secret(rng, namespace, name, host):
    keys = rng.sample([host, f"{host}/acme", f"{host}/pri", "elsewhere.example"], rng.randint(1, 3))
    return {
        "namespace": namespace,
        "name": name,
        "kind": rng.choices(["good", "broken", "opaque"], [8, 1, 1])[0],
        "entries": {key: rng.choice(["right", "wrong"]) for key in keys},
    }


def random_pod(rng, number, host):
    return {
        "namespace": rng.choice(NAMESPACES),
        "name": f"pod{number}",
        "account": rng.choice([None, *ACCOUNTS]),
        "is_made": rng.random() < 0.2,
        "names": rng.choices(NAMES, k=rng.choice([0, 0, 1, 2, 3])),
        "images": [f"{host}/{image}" for image in rng.sample(list(IMAGES), rng.randint(1, 3))],
    }


def metadata(thing):
    return {"name": thing["name"], "namespace": thing["namespace"]}


def references(names):
    return [{"name": name} for name in names]


def secret_object(secret):
    auths = {
        key: {"auth": base64.b64encode(f"u:{password}".encode()).decode()}
        for key, password in secret["entries"].items()
    }
    text = "{" if secret["kind"] == "broken" else json.dumps({"auths": auths})
    of_type = "Opaque" if secret["kind"] == "opaque" else DOCKERCONFIGJSON
    data = {".dockerconfigjson": base64.b64encode(text.encode()).decode()}
    return {"apiVersion": "v1", "kind": "Secret", "type": of_type, "metadata": metadata(secret), "data": data}


def pod_object(pod):
    spec = {"containers": [{"name": f"c{i}", "image": image} for i, image in enumerate(pod["images"])]}
    if pod["names"]:
        spec["imagePullSecrets"] = references(pod["names"])
    if pod["account"]:
        spec["serviceAccountName"] = pod["account"]
    made = {"uid": "1"} if pod["is_made"] else {}
    return {"apiVersion": "v1", "kind": "Pod", "metadata": metadata(pod) | made, "spec": spec}


def account_object(place, names):
    return {
        "apiVersion": "v1",
        "kind": "ServiceAccount",
        "metadata": {"namespace": place[0], "name": place[1]},
        "imagePullSecrets": references(names),
    }


def differs(seed, host):
    """What differs in this round, in words; None if nothing does."""
    rng = random.Random(seed)
    places = [(namespace, name) for namespace in NAMESPACES for name in NAMES[:-1]]
    secrets = {
        place: random_secret(rng, *place, host) for place in rng.sample(places, rng.randint(1, len(places)))
    }
    accounts = {
        (namespace, name): rng.choices(NAMES, k=rng.choice([0, 1, 2]))
        for namespace in NAMESPACES
        for name in ACCOUNTS[:-1]
        if rng.random() < 0.7
    }
    pods = [random_pod(rng, number, host) for number in range(rng.randint(1, 4))]
    items = [secret_object(secret) for secret in secrets.values()]
    items += [account_object(*account) for account in accounts.items()]
    items += [pod_object(pod) for pod in pods]
    rng.shuffle(items)
    # A cluster's List, so that its Secrets are all that there are.
    for item in items:
        if item["kind"] == "Secret":
            item["metadata"]["uid"] = "1"
    done = subprocess.run(
        ["pullsecret", "check", "--images-in", "-", "-q", "-o", "json"],
        input=json.dumps({"apiVersion": "v1", "kind": "List", "items": items}).encode(),
        capture_output=True,
        check=False,
    )
    found = {}
    for row in json.loads(done.stdout):
        tried, _ = found.setdefault((row["namespace"], row["pod"], row["image"]), ([], row["succeeds"]))
        if row["secret"]:
            tried.append(row["secret"]["name"])
    wanted = {
        (pod["namespace"], f"Pod/{pod['name']}", image): pull(pod, image, accounts, secrets)
        for pod in pods
        for image in pod["images"]
    }
    status = 0 if all(pulls for _, pulls in wanted.values()) else 1
    if found == wanted and done.returncode == status:
        return None
    return f"{wanted} and status {status} wanted, {found} and {done.returncode} found; {json.dumps(items)}"


def main():
    first, rounds = int(sys.argv[1]), int(sys.argv[2])
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Registry)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    host = f"127.0.0.1:{server.server_address[1]}"
    bad = 0
    for seed in range(first, first + rounds):
        if words := differs(seed, host):
            bad += 1
            print(f"round {seed}: {words}")
    sys.exit(bad > 0)


main()
