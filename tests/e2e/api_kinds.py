"""The kinds that the stand-in for the API server knows, and the rules of each (kubernetes/kubernetes
1.26: pkg/apis/core/validation, pkg/apis/rbac/validation).

Of a kind it knows the fields that the manifests of the tests have, and no more: an unknown field is
refused, be it one to Kubernetes or only to this program.
"""

import base64
import binascii
import json
import re
from dataclasses import dataclass
from typing import Callable

from api_fields import METADATA, TEXT_MAP, bad_request, check_fields, is_label
from api_jobs import JOB_SPEC, cron_job_problems, job_problems

MAX_DATA = 1024 * 1024
DATA_KEY = re.compile(r"[-._a-zA-Z0-9]+")


# Secrets

REQUIRED_KEY = {
    "kubernetes.io/dockerconfigjson": ".dockerconfigjson",
    "kubernetes.io/dockercfg": ".dockercfg",
}


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


def data_problems(data):
    """Of keys, and of the size of all values, which are bytes."""
    for key in data:
        if len(key) > 253 or not DATA_KEY.fullmatch(key):
            yield f"data[{key}]: Invalid value: a valid config key must consist of …"
    if sum(map(len, data.values())) > MAX_DATA:
        yield f"data: Too long: must have at most {MAX_DATA} bytes"


def secret_problems(secret):
    data = decoded_data(secret)
    yield from data_problems(data)
    required = REQUIRED_KEY.get(secret["type"])
    if required and required not in data:
        yield f"data[{required}]: Required value"
    elif required and not is_json_object(data[required]):
        yield f"data[{required}]: Invalid value: <secret contents redacted>: not a JSON object"


def secret_changes(old, new):
    if new["type"] != old["type"]:
        yield f'type: Invalid value: "{new["type"]}": field is immutable'
    if old.get("immutable"):
        if not new.get("immutable"):
            yield "immutable: Forbidden: field is immutable when `immutable` is set"
        if decoded_data(new) != decoded_data(old):
            yield "data: Forbidden: field is immutable when `immutable` is set"


def config_map_problems(config_map):
    yield from data_problems(
        {key: value.encode() for key, value in config_map.get("data", {}).items()}
    )


def namespace_problems(namespace):
    if not is_label(namespace["metadata"]["name"]):
        yield "metadata.name: Invalid value: a lowercase RFC 1123 label must consist of …"


# Access

RBAC = "rbac.authorization.k8s.io"


def role_problems(role):
    for position, rule in enumerate(role.get("rules", [])):
        for field in ("verbs", "apiGroups", "resources"):
            if not rule.get(field):
                yield f"rules[{position}].{field}: Required value"


def role_binding_problems(binding):
    reference = binding.get("roleRef", {})
    if reference.get("apiGroup") != RBAC:
        yield f'roleRef.apiGroup: Unsupported value: supported values: "{RBAC}"'
    if reference.get("kind") not in ("Role", "ClusterRole"):
        yield 'roleRef.kind: Unsupported value: supported values: "Role", "ClusterRole"'
    if not reference.get("name"):
        yield "roleRef.name: Required value"
    for position, subject in enumerate(binding.get("subjects", [])):
        place = f"subjects[{position}]"
        if subject.get("kind") != "ServiceAccount":
            yield f'{place}.kind: Unsupported value: this program takes "ServiceAccount" alone'
        if subject.get("apiGroup"):
            yield f'{place}.apiGroup: Unsupported value: supported values: ""'
        for field in ("name", "namespace"):
            if not subject.get(field):
                yield f"{place}.{field}: Required value"


def role_binding_changes(old, new):
    if new.get("roleRef") != old.get("roleRef"):
        yield "roleRef: Invalid value: cannot change roleRef"


# The table of kinds


@dataclass(frozen=True)
class Kind:
    name: str
    plural: str
    group: str = ""
    is_namespaced: bool = True
    fields: dict | None = None  # beside apiVersion, kind and metadata
    defaults: dict | None = None
    problems: Callable = lambda new: ()
    changes: Callable = lambda old, new: ()

    @property
    def api_version(self):
        return f"{self.group}/v1" if self.group else "v1"

    @property
    def base(self):
        """The path of its group and version."""
        return f"apis/{self.group}/v1" if self.group else "api/v1"

    def check(self, value):
        known = {"apiVersion": str, "kind": str, "metadata": METADATA, **(self.fields or {})}
        check_fields(value, known)


NAMESPACE = Kind("Namespace", "namespaces", is_namespaced=False, problems=namespace_problems)
SECRET = Kind(
    "Secret",
    "secrets",
    fields={"type": str, "immutable": bool, "data": TEXT_MAP, "stringData": TEXT_MAP},
    defaults={"type": "Opaque"},
    problems=secret_problems,
    changes=secret_changes,
)
ROLE_RULE = {"apiGroups": [str], "resources": [str], "verbs": [str], "resourceNames": [str]}
KINDS = (
    NAMESPACE,
    SECRET,
    Kind("ServiceAccount", "serviceaccounts"),
    Kind("ConfigMap", "configmaps", fields={"data": TEXT_MAP}, problems=config_map_problems),
    Kind("Role", "roles", RBAC, fields={"rules": [ROLE_RULE]}, problems=role_problems),
    Kind(
        "RoleBinding",
        "rolebindings",
        RBAC,
        fields={
            "roleRef": {"apiGroup": str, "kind": str, "name": str},
            "subjects": [{"kind": str, "apiGroup": str, "name": str, "namespace": str}],
        },
        problems=role_binding_problems,
        changes=role_binding_changes,
    ),
    Kind(
        "CronJob",
        "cronjobs",
        "batch",
        fields={
            "spec": {
                "schedule": str,
                "concurrencyPolicy": str,
                "successfulJobsHistoryLimit": int,
                "failedJobsHistoryLimit": int,
                "jobTemplate": {"metadata": METADATA, "spec": JOB_SPEC},
            },
        },
        problems=cron_job_problems,
    ),
    Kind(
        "Job", "jobs", "batch", fields={"spec": JOB_SPEC, "status": {}}, problems=job_problems
    ),
)
