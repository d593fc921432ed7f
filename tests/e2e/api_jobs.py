"""Jobs and CronJobs, for the stand-in for the API server (kubernetes/kubernetes 1.26:
pkg/apis/batch/validation, ValidatePodSpec of pkg/apis/core/validation).
"""

import re

from api_fields import METADATA, TEXT_MAP, is_label

QUANTITY = re.compile(r"\d+(\.\d+)?(m|k|M|G|Ki|Mi|Gi)?")
SECURITY = {
    "runAsNonRoot": bool,
    "runAsUser": int,
    "runAsGroup": int,
    "fsGroup": int,
    "seccompProfile": {"type": str},
}
VOLUME_SOURCES = {
    "emptyDir": {"medium": str, "sizeLimit": str},
    "configMap": {"name": str, "defaultMode": int},
}
CONTAINER = {
    "name": str,
    "image": str,
    "command": [str],
    "args": [str],
    "env": [{"name": str, "value": str}],
    "resources": {"requests": TEXT_MAP, "limits": TEXT_MAP},
    "securityContext": {
        **{field: SECURITY[field] for field in ("runAsNonRoot", "runAsUser", "runAsGroup")},
        "allowPrivilegeEscalation": bool,
        "readOnlyRootFilesystem": bool,
        "capabilities": {"drop": [str], "add": [str]},
        "seccompProfile": {"type": str},
    },
    "volumeMounts": [{"name": str, "mountPath": str, "readOnly": bool}],
}
JOB_SPEC = {
    "backoffLimit": int,
    "activeDeadlineSeconds": int,
    "template": {
        "metadata": METADATA,
        "spec": {
            "serviceAccountName": str,
            "restartPolicy": str,
            "securityContext": SECURITY,
            "containers": [CONTAINER],
            "volumes": [{"name": str, **VOLUME_SOURCES}],
        },
    },
}


def without_repeats(names, place):
    for name in {name for name in names if names.count(name) > 1}:
        yield f'{place}: Duplicate value: "{name}"'


def resources_problems(resources, place):
    for kind, amounts in resources.items():
        for name, amount in amounts.items():
            if not QUANTITY.fullmatch(amount):
                yield f'{place}.{kind}[{name}]: Invalid value: "{amount}": quantities must match …'


def container_problems(container, volumes, place):
    if not is_label(container.get("name", "")):
        yield f"{place}.name: Invalid value: a lowercase RFC 1123 label must consist of …"
    if not container.get("image", "").strip():
        yield f"{place}.image: Required value"
    for variable in container.get("env", []):
        if not re.fullmatch(r"[-._a-zA-Z][-._a-zA-Z0-9]*", variable.get("name", "")):
            yield f"{place}.env: Invalid value: a valid environment variable name must consist of …"
    yield from resources_problems(container.get("resources", {}), f"{place}.resources")
    mounts = container.get("volumeMounts", [])
    for mount in mounts:
        if mount.get("name") not in volumes:
            yield f'{place}.volumeMounts.name: Not found: "{mount.get("name")}"'
        if not mount.get("mountPath", "").startswith("/"):
            yield f"{place}.volumeMounts.mountPath: Required value: this program wants it absolute"
    yield from without_repeats([m.get("mountPath") for m in mounts], f"{place}.volumeMounts")


def job_problems(job, place="spec"):
    spec = job.get("spec", {})
    pod, place = spec.get("template", {}).get("spec", {}), f"{place}.template.spec"
    for field in ("backoffLimit", "activeDeadlineSeconds"):
        if spec.get(field, 0) < 0:
            yield f"{field}: Invalid value: must be greater than or equal to 0"
    if pod.get("restartPolicy") not in ("OnFailure", "Never"):
        yield f'{place}.restartPolicy: Unsupported value: supported values: "OnFailure", "Never"'
    volumes = [volume.get("name", "") for volume in pod.get("volumes", [])]
    for volume in pod.get("volumes", []):
        if not is_label(volume.get("name", "")) or len(volume) != 2:
            yield f"{place}.volumes: Invalid value: a label, and exactly one kind of volume"
        if "configMap" in volume and not volume["configMap"].get("name"):
            yield f"{place}.volumes.configMap.name: Required value"
        size = volume.get("emptyDir", {}).get("sizeLimit", "0")
        if not QUANTITY.fullmatch(size) or volume.get("emptyDir", {}).get("medium", "") not in (
            "",
            "Memory",
        ):
            yield f"{place}.volumes.emptyDir: Invalid value"
    yield from without_repeats(volumes, f"{place}.volumes")
    containers = pod.get("containers", [])
    if not containers:
        yield f"{place}.containers: Required value"
    for position, container in enumerate(containers):
        yield from container_problems(container, volumes, f"{place}.containers[{position}]")
    for security in [pod, *containers]:
        profile = security.get("securityContext", {}).get("seccompProfile", {})
        if profile.get("type", "RuntimeDefault") not in ("RuntimeDefault", "Unconfined"):
            yield f"{place}.securityContext.seccompProfile.type: Unsupported value"


def is_schedule(text):
    """Five fields of cron: numbers in their range, `*`, steps, ranges and lists."""
    fields = text.split()
    ranges = ((0, 59), (0, 23), (1, 31), (1, 12), (0, 6))
    part = re.compile(r"(\*|(\d+)(-(\d+))?)(/[1-9]\d*)?")

    def fits(field, least, most):
        matches = [part.fullmatch(piece) for piece in field.split(",")]
        return all(
            match and all(least <= int(n) <= most for n in match.group(2, 4) if n is not None)
            for match in matches
        )

    return len(fields) == 5 and all(fits(f, *limits) for f, limits in zip(fields, ranges))


def cron_job_problems(cron_job):
    spec = cron_job.get("spec", {})
    if len(cron_job["metadata"]["name"]) > 52:
        yield "metadata.name: Invalid value: must be no more than 52 characters"
    if not is_schedule(spec.get("schedule", "")):
        yield f'spec.schedule: Invalid value: "{spec.get("schedule", "")}"'
    if spec.get("concurrencyPolicy", "Allow") not in ("Allow", "Forbid", "Replace"):
        yield 'spec.concurrencyPolicy: Unsupported value: "Allow", "Forbid", "Replace" are supported'
    for field in ("successfulJobsHistoryLimit", "failedJobsHistoryLimit"):
        if spec.get(field, 0) < 0:
            yield f"spec.{field}: Invalid value: must be greater than or equal to 0"
    yield from job_problems(spec.get("jobTemplate", {}), "spec.jobTemplate.spec")
