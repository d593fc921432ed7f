"""A stand-in for the kubelet, which cannot be run here, as far as it asks one credential provider:
Kubernetes' rules (pkg/credentialprovider/plugin/plugin.go and what facts were measured with it),
written down once more in another language than the program under test.

  kubelet_standin.py IMAGE[,IMAGE]... [NAME=VALUE]... -- PROGRAM [ARGUMENT]...

starts PROGRAM for all IMAGEs at once, as the kubelet does: with the environment of a system's
service and the NAMEs, in /, without a terminal, for at most a minute. Prints a JSON object for each
image: `taken`, what the kubelet takes from the answer: {cacheKeyType, cacheDuration, auth}, or null
and `discarded`, why it takes none; `status` and `stderr` of the program; `not_started`, why it was
not started. REQUEST=TEXT in the environment of the stand-in is written in the place of its own request;
API_VERSION is another one. TOKEN_ATTRIBUTES=JSON are the provider's `tokenAttributes`, and
SERVICE_ACCOUNT=JSON is that of the Pod, {annotations, token}; without it the Pod has none.
"""

import concurrent.futures
import json
import os
import re
import subprocess
import sys

SERVICE = {"PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin", "LANG": "C.UTF-8"}
VERSION = os.environ.get("API_VERSION", "credentialprovider.kubelet.k8s.io/v1")
ATTRIBUTES = json.loads(os.environ.get("TOKEN_ATTRIBUTES", "null"))
ACCOUNT = json.loads(os.environ.get("SERVICE_ACCOUNT", "null"))
DURATION = re.compile(r"[-+]?(\d+(\.\d*)?(ns|us|µs|ms|s|m|h))+|0")


class Discarded(Exception):
    pass


def without_repeats(pairs):
    if len({name for name, _ in pairs}) != len(pairs):
        raise Discarded("a field that is there twice")
    return dict(pairs)


def want(value, kind, what):
    if not isinstance(value, kind):
        raise Discarded(f"{what} is {type(value).__name__}")
    return value


def refuse_others(fields, known, what):
    if set(fields) - set(known):
        raise Discarded(f"{what} has unknown fields: {sorted(set(fields) - set(known))}")


def decode(text):
    """The strict decoder of newer kubelets."""
    try:
        answer = want(json.loads(text, object_pairs_hook=without_repeats), dict, "the answer")
    except (json.JSONDecodeError, UnicodeDecodeError) as error:
        raise Discarded(f"no JSON: {error}") from error
    refuse_others(answer, ["kind", "apiVersion", "cacheKeyType", "cacheDuration", "auth"], "it")
    if answer.get("kind") != "CredentialProviderResponse" or answer.get("apiVersion") != VERSION:
        raise Discarded("another kind or apiVersion")
    if answer.get("cacheKeyType") not in ("Image", "Registry", "Global"):
        raise Discarded("no cacheKeyType")
    duration = answer.get("cacheDuration")
    if duration is not None and not DURATION.fullmatch(want(duration, str, "cacheDuration")):
        raise Discarded("a cacheDuration that is none")
    for key, login in (answer.get("auth") or {}).items():
        refuse_others(want(login, dict, key), ["username", "password"], key)
        for value in login.values():
            want(value, str, key)
    return {"cacheKeyType": answer["cacheKeyType"], "cacheDuration": duration,
            "auth": answer.get("auth")}


def why_not_started():
    """Kubernetes 1.34 and later."""
    if not ATTRIBUTES or (not ACCOUNT and not ATTRIBUTES["requireServiceAccount"]):
        return None
    if not ACCOUNT:
        return "no service account"
    for key in ATTRIBUTES.get("requiredServiceAccountAnnotationKeys", []):
        if key not in ACCOUNT["annotations"]:
            return f"no annotation {key}"
    return None


def request(image):
    """Go writes a map by its keys, leaves out what is empty, and escapes what HTML has."""
    fields = {"kind": "CredentialProviderRequest", "apiVersion": VERSION, "image": image}
    if ATTRIBUTES and ACCOUNT:
        fields["serviceAccountToken"] = ACCOUNT["token"]
        keys = sorted(ATTRIBUTES.get("requiredServiceAccountAnnotationKeys", []) +
                      ATTRIBUTES.get("optionalServiceAccountAnnotationKeys", []))
        told = {key: ACCOUNT["annotations"][key] for key in keys if key in ACCOUNT["annotations"]}
        if told:
            fields["serviceAccountAnnotations"] = told
    text = json.dumps(fields, separators=(",", ":"), ensure_ascii=False)
    for character in "<>&":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return os.environ.get("REQUEST") or text + "\n"


def start(command, environment):
    return subprocess.Popen(command, env=environment, cwd="/", start_new_session=True,
                            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def result_of(process, image):
    try:
        output, error = process.communicate(request(image).encode(), timeout=60)
    except subprocess.TimeoutExpired:
        process.kill()
        output, error = process.communicate()
    result = {"image": image, "status": process.returncode, "stderr": error.decode(),
              "not_started": None, "taken": None, "discarded": None}
    try:
        if process.returncode != 0:
            raise Discarded(f"exit status {process.returncode}")
        result["taken"] = decode(output)
    except Discarded as reason:
        result["discarded"] = str(reason)
    return result


def main():
    split = sys.argv.index("--")
    images, *variables = sys.argv[1:split]
    # The mark by which the tests find what is left.
    environment = SERVICE | {"E2E_SCRATCH": os.environ.get("E2E_SCRATCH", "")}
    for name in ("ASAN_OPTIONS", "UBSAN_OPTIONS"):
        if name in os.environ:
            environment[name] = os.environ[name]
    environment |= dict(variable.split("=", 1) for variable in variables)
    if why_not_started():
        for image in images.split(","):
            print(json.dumps({"image": image, "not_started": why_not_started(), "taken": None,
                              "discarded": None, "status": None, "stderr": ""}))
        return
    processes = [(start(sys.argv[split + 1:], environment), image) for image in images.split(",")]
    with concurrent.futures.ThreadPoolExecutor(len(processes)) as pool:
        for result in pool.map(result_of, *zip(*processes)):
            print(json.dumps(result))


main()
