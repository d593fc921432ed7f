"""random_pods.py SEED ROUNDS

Random Pods, ServiceAccounts and Secrets in two namespaces, or in one that is left open: what `pullsecret
check`, with and without `-n`, says of each Pod and image is what a naive kubelet would do, in each namespace
that the Pod may be in, down to which Secret's entry is tried after which. So is what it says of an image
with no Pod. The registry is here, and asks for Basic authentication. Prints each round that differs; exit
status 1 if any does.
"""

import base64
import http.server
import json
import random
import subprocess
import sys
import threading

NAMESPACES, NAMES, ACCOUNTS = ["team", "other", ""], ["a", "b", "c", "gone"], ["default", "builder", "gone"]
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


def at(table, namespace, name):
    """What is there under a name; one whose namespace is left open may be."""
    return table.get((namespace, name), table.get(("", name)))


def namespaces_with(table, names):
    return {namespace for namespace, name in table if name in names and ("", name) not in table}


def named_by(pod, namespace, accounts):
    if pod["names"] or pod["is_made"]:
        return pod["names"]
    return at(accounts, namespace, pod["account"] or "default") or []


def namespaces_named_by(pod, accounts, secrets):
    """Of a Pod that leaves it open: those that have what the open one does not have."""
    if not pod["names"] and not pod["is_made"]:
        if by_account := namespaces_with(accounts, [pod["account"] or "default"]):
            return by_account
    return namespaces_with(secrets, named_by(pod, "", accounts))


def namespaces_of(pod, pods, accounts, secrets):
    """Those that the Pod may be in: its own, else where all that leave it open can be, else where any can."""
    if pod["namespace"]:
        return {pod["namespace"]}
    named = [namespaces_named_by(one, accounts, secrets) for one in pods if not one["namespace"]]
    named = [places for places in named if places]
    return (set.intersection(*named) or set.union(*named)) if named else {""}


def secrets_of(pod, namespace, accounts, secrets):
    """Those that the kubelet has for the Pod, in its order."""
    found = []
    for name in named_by(pod, namespace, accounts):
        secret = at(secrets, namespace, name)
        if secret and secret not in found:
            found.append(secret)
    return found


def pull(found, image, has_pod=True):
    """The Secrets that are tried, and whether the image is pulled."""
    is_refused = any(secret["kind"] == "broken" for secret in found)
    if is_refused and has_pod:
        return (), False
    serving = [
        (key, (secret["namespace"], secret["name"]), password)
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
            return tuple(tried), not is_refused
    is_public = IMAGES[image.partition("/")[2]] is None
    return tuple(tried), not serving and is_public and not is_refused


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
    return {"name": thing["name"]} | ({"namespace": thing["namespace"]} if thing["namespace"] else {})


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


def account_object(account):
    return {
        "apiVersion": "v1",
        "kind": "ServiceAccount",
        "metadata": metadata(account),
        "imagePullSecrets": references(account["names"]),
    }


MAKERS = {"secret": secret_object, "account": account_object, "pod": pod_object}


def random_things(rng, host):
    """In the order of the stream, each with what it is."""
    places = [(namespace, name) for namespace in NAMESPACES for name in NAMES[:-1]]
    things = [
        ("secret", random_secret(rng, *place, host)) for place in rng.sample(places, rng.randint(1, len(places)))
    ]
    things += [
        ("account", {"namespace": namespace, "name": name, "names": rng.choices(NAMES, k=rng.choice([0, 1, 2]))})
        for namespace in NAMESPACES
        for name in ACCOUNTS[:-1]
        if rng.random() < 0.5
    ]
    things += [("pod", random_pod(rng, number, host)) for number in range(rng.randint(1, 4))]
    rng.shuffle(things)
    return things


def check(items, *options):
    """What is said of each Pod and image, as many times as the Pod may be somewhere; and the exit status."""
    done = subprocess.run(
        ["pullsecret", "check", "-q", "-o", "json", *options],
        input=json.dumps({"apiVersion": "v1", "kind": "List", "items": items}).encode(),
        capture_output=True,
        check=False,
    )
    found, tried = {}, []
    for row in json.loads(done.stdout):
        has_secret = row["secret"] and row["outcome"] != "Secret refused"
        if has_secret:
            tried.append((row["secret"]["namespace"], row["secret"]["name"]))
        if not has_secret or row["outcome"] in ("pulls", "anonymous"):
            key = (row["namespace"], row["pod"], row["image"])
            said = found.setdefault(key, set())
            # A Secret that is refused stands behind the tries of an image that has no Pod.
            if row["outcome"] != "Secret refused" or row["pod"]:
                said.add((tuple(tried), row["succeeds"]))
            tried = []
    return found, done.returncode


def differs(seed, host):
    """What differs in this round, in words; None if nothing does."""
    rng = random.Random(seed)
    things = random_things(rng, host)
    items = [MAKERS[kind](thing) for kind, thing in things]
    # A cluster's List, so that its Secrets are all that there are.
    for item in items:
        if item["kind"] == "Secret":
            item["metadata"]["uid"] = "1"
    asked = rng.choice(["", "", *NAMESPACES[:-1]])
    for _, thing in things:
        thing["namespace"] = thing["namespace"] or asked
    # Of two under one name the last counts.
    secrets, accounts = (
        {(thing["namespace"], thing["name"]): value(thing) for kind, thing in things if kind == wanted}
        for wanted, value in [("secret", dict), ("account", lambda thing: thing["names"])]
    )
    pods = [thing for kind, thing in things if kind == "pod"]
    wanted = {
        (pod["namespace"], f"Pod/{pod['name']}", image): {
            pull(secrets_of(pod, namespace, accounts, secrets), image)
            for namespace in namespaces_of(pod, pods, accounts, secrets)
        }
        for pod in pods
        for image in pod["images"]
    }
    options = ["-n", asked] if asked else []
    if rng.random() < 0.3:
        image = f"{host}/{rng.choice(list(IMAGES))}"
        given = [thing for kind, thing in things if kind == "secret"]
        places = {asked} if asked else {secret["namespace"] for secret in given if secret["namespace"]} or {""}
        wanted = {
            (None, None, image): {
                pull([secret for secret in given if secret["namespace"] in (place, "")], image, has_pod=False)
                for place in places
            }
        }
        options += ["-", "--image", image]
    else:
        options += ["--images-in", "-"]
    found, found_status = check(items, *options)
    status = 0 if all(pulls for results in wanted.values() for _, pulls in results) else 1
    if found == wanted and found_status == status:
        return None
    return (
        f"{options}: {wanted} and status {status} wanted, {found} and {found_status} found; {json.dumps(items)}"
    )


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
