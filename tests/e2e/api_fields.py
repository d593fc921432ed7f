"""What the objects of the stand-in for the API server have in common: their fields, their metadata,
and what a request gets that breaks a rule (kubernetes/kubernetes 1.26: apimachinery,
pkg/api/validation).
"""

import re

MAX_ANNOTATIONS = 256 * 1024

LABEL = r"[a-z0-9]([-a-z0-9]*[a-z0-9])?"
SUBDOMAIN = re.compile(rf"{LABEL}(\.{LABEL})*")
QUALIFIED = re.compile(r"[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?")


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


def invalid(kind, name, problems):
    text = problems[0] if len(problems) == 1 else f"[{', '.join(problems)}]"
    causes = [dict(zip(("field", "message"), problem.split(": ", 1))) for problem in problems]
    details = {"name": name, "kind": kind, "causes": causes}
    return Refusal(422, "Invalid", f'{kind} "{name}" is invalid: {text}', details)


# Fields: a type, TEXT_MAP, a list of one of these, or a dictionary of them

TEXT_MAP = "a map of strings"


def check_fields(value, known, path=""):
    """Refuses what `known` does not list, or lists with another type; null counts as left out."""
    if value is None:
        return
    expected = known if isinstance(known, type) else list if isinstance(known, list) else dict
    if not isinstance(value, expected) or (expected is int and isinstance(value, bool)):
        raise bad_request(f"json: cannot unmarshal {path or 'the body'} into a {expected.__name__}")
    if expected is list:
        for position, member in enumerate(value):
            check_fields(member, known[0], f"{path}[{position}]")
    if expected is not dict:
        return
    for name, member in value.items():
        place = f"{path}.{name}" if path else name
        if known is not TEXT_MAP and name not in known:
            raise bad_request(f'strict decoding error: unknown field "{place}"')
        check_fields(member, str if known is TEXT_MAP else known[name], place)


METADATA = {
    "name": str,
    "namespace": str,
    "labels": TEXT_MAP,
    "annotations": TEXT_MAP,
    "creationTimestamp": str,
    "resourceVersion": str,
    "uid": str,
    "ownerReferences": [
        {"apiVersion": str, "kind": str, "name": str, "uid": str, "controller": bool}
    ],
}


def is_label(text):
    return len(text) <= 63 and re.fullmatch(LABEL, text)


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
