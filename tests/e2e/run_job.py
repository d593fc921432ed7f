#!/usr/bin/python3
"""A stand-in for the kubelet: runs the one container of a Job as the kubelet would run it.

It is not the kubelet. It asks kubectl for the Job and its ConfigMaps, makes the volumes, refuses what
the Pod Security Standard `restricted` refuses, and starts the container's command in bubblewrap: as
the user that the Job says, without capabilities, with the container's environment alone and with a
root file system that is read-only where the Job wants it so. The image is IMAGE, or, where that has no
/usr, this machine's /usr and /etc, with IMAGE/local as /usr/local. The network is the machine's, which has the API server. No limit
of memory, of time or of a volume's size is kept, and no system call is filtered.

usage: run_job.py NAMESPACE JOB IMAGE SERVER AUTHORITY

SERVER is the address for Pods of api_server_standin.py, AUTHORITY who signed its certificate. The exit
status is that of the command.
"""

import json
import os
import subprocess
import sys
import tempfile
from urllib.parse import urlsplit

ACCOUNT = "/var/run/secrets/kubernetes.io/serviceaccount"


def get(kind, name, namespace):
    command = ["kubectl", "get", kind, name, "-n", namespace, "-o", "json"]
    return json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)


def restricted_problems(pod, container):
    """https://kubernetes.io/docs/concepts/security/pod-security-standards/, of what this runs."""
    security = {**pod.get("securityContext", {}), **container.get("securityContext", {})}
    if security.get("runAsNonRoot") is not True or security.get("runAsUser") == 0:
        yield "runAsNonRoot != true"
    if security.get("allowPrivilegeEscalation") is not False:
        yield "allowPrivilegeEscalation != false"
    capabilities = security.get("capabilities", {})
    if capabilities.get("drop") != ["ALL"] or capabilities.get("add"):
        yield "unrestricted capabilities"
    if security.get("seccompProfile", {}).get("type") != "RuntimeDefault":
        yield "seccompProfile"


def write(folder, files):
    os.mkdir(folder, 0o755)
    for name, text in files.items():
        with open(os.path.join(folder, name), "w", encoding="utf-8") as file:
            file.write(text)
        os.chmod(file.name, 0o644)


def make_volume(folder, volume, namespace):
    if "configMap" in volume:
        write(folder, get("configmap", volume["configMap"]["name"], namespace)["data"])
    else:
        os.mkdir(folder)
        os.chmod(folder, 0o777)  # as an emptyDir is


def mounts(pod, container, namespace, folder):
    """bubblewrap's arguments for the container's volumes."""
    for volume in pod.get("volumes", []):
        make_volume(os.path.join(folder, volume["name"]), volume, namespace)
    for mount in container.get("volumeMounts", []):
        how = "--ro-bind" if mount.get("readOnly") else "--bind"
        yield from (how, os.path.join(folder, mount["name"]), mount["mountPath"])


def account_mount(pod, namespace, authority, folder):
    with open(authority, encoding="utf-8") as file:
        certificate = file.read()
    name = pod.get("serviceAccountName", "default")
    token = f"stand-in-token.{namespace}.{name}"
    place = os.path.join(folder, "account")
    write(place, {"token": token, "namespace": namespace, "ca.crt": certificate})
    return ["--ro-bind", place, ACCOUNT]


def environment(container, server):
    address = urlsplit(server)
    variables = {
        "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
        "HOME": "/",
        "KUBERNETES_SERVICE_HOST": address.hostname,
        "KUBERNETES_SERVICE_PORT": str(address.port),
        **{variable["name"]: variable["value"] for variable in container.get("env", [])},
    }
    for name, value in variables.items():
        yield from ("--setenv", name, value)


def image_root(image):
    if os.path.isdir(os.path.join(image, "usr")):
        for name in sorted(os.listdir(image)):
            path = os.path.join(image, name)
            if os.path.islink(path):
                yield from ("--symlink", os.readlink(path), "/" + name)
            elif name == "usr":
                yield from ("--ro-bind", path, "/usr")
        # The kubelet puts these two in the place of the image's.
        etc = {name: os.path.join(image, "etc", name) for name in os.listdir(os.path.join(image, "etc"))}
        for name, path in sorted({**etc, "hosts": "/etc/hosts", "resolv.conf": "/etc/resolv.conf"}.items()):
            yield from ("--ro-bind", path, "/etc/" + name)
        yield from ("--dir", "/tmp", "--proc", "/proc", "--dev", "/dev")
        return
    for folder in ("/usr", "/etc"):
        yield from ("--ro-bind", folder, folder)
    for folder in ("bin", "sbin", "lib", "lib64"):
        if os.path.islink("/" + folder):
            yield from ("--symlink", "usr/" + folder, "/" + folder)
    yield from ("--ro-bind", os.path.join(image, "local"), "/usr/local")
    yield from ("--dir", "/tmp", "--proc", "/proc", "--dev", "/dev")


def main():
    if len(sys.argv) != 6:
        sys.exit(__doc__)
    namespace, name, image, server, authority = sys.argv[1:]
    pod = get("job", name, namespace)["spec"]["template"]["spec"]
    (container,) = pod["containers"]
    problems = list(restricted_problems(pod, container))
    if problems:
        sys.exit(f'violates PodSecurity "restricted": {", ".join(problems)}')
    security = {**pod["securityContext"], **container["securityContext"]}
    user, group = str(security["runAsUser"]), str(security["runAsGroup"])
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o755)
        sandbox = [
            *("bwrap", "--unshare-all", "--share-net", "--die-with-parent", "--new-session"),
            *("--clearenv", "--chdir", "/"),
            *image_root(image),
            *mounts(pod, container, namespace, folder),
            *account_mount(pod, namespace, authority, folder),
            *(["--remount-ro", "/"] if security.get("readOnlyRootFilesystem") else []),
            *environment(container, server),
        ]
        become = ["setpriv", "--reuid", user, "--regid", group, "--clear-groups"]
        if os.geteuid() != 0:  # another user for the container, the same one for the machine
            become = []
            sandbox += ["--uid", user, "--gid", group]
        command = [*container["command"], *container.get("args", [])]
        sys.exit(subprocess.run([*become, *sandbox, "--", *command], check=False).returncode)


if __name__ == "__main__":
    main()
