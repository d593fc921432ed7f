#!/usr/bin/python3
"""Checks a manifest by krew's rules, and installs the plugin as krew does, for the tests: krew is in no Debian.

usage: krew_install.py MANIFEST FOLDER ARCH KREW_ROOT

FOLDER has the archives, in the place of where the URIs lead. The rules are those of krew 0.4, which are
in its internal/index/validation/validate.go, cmd/validate-krew-manifest/main.go and
internal/installation/; its guide says that names are lower case, and descriptions are not usage.
"""

import hashlib
import os
import re
import sys
import tarfile

import yaml

TOP = {"apiVersion", "kind", "metadata", "spec"}
SPEC = {"version", "shortDescription", "description", "caveats", "homepage", "platforms"}
PLATFORM = {"uri", "sha256", "selector", "files", "bin"}
PLATFORMS = {("linux", arch) for arch in ("386", "amd64", "arm", "arm64", "ppc64le")}


def must(condition, rule):
    if not condition:
        sys.exit("krew: " + rule)


def check_platform(platform):
    must(set(platform) <= PLATFORM, f"unknown field: {set(platform) - PLATFORM}")
    for field in ("uri", "sha256", "bin", "selector"):
        must(platform.get(field), f"`{field}` has to be set")
    must(re.fullmatch("[a-f0-9]{64}", platform["sha256"]), "`sha256` is not valid")
    must(re.match(r"https://.*\.(tar\.gz|zip)$", platform["uri"]), "the archive is a .tar.gz or .zip")
    labels = platform["selector"].get("matchLabels")
    must(labels and set(platform["selector"]) == {"matchLabels"}, "the selector has labels")
    must(set(labels) <= {"os", "arch"}, "selectors are about os and arch")
    must(any(labels.items() <= {"os": os_, "arch": arch}.items() for os_, arch in PLATFORMS),
         "the selector matches no platform")
    must("files" not in platform or all(one.get("from") and one.get("to") for one in platform["files"]),
         "`from` and `to` have to be set")


def check(name, manifest):
    must(set(manifest) <= TOP, f"unknown field: {set(manifest) - TOP}")
    must(manifest.get("apiVersion") == "krew.googlecontainertools.github.com/v1alpha2", "apiVersion")
    must(manifest.get("kind") == "Plugin", "kind")
    must(manifest["metadata"] == {"name": name}, f"plugin should be named {name}, as its file")
    must(re.fullmatch("[a-z0-9-]+", name), "names are lower case, with hyphens")
    spec = manifest["spec"]
    must(set(spec) <= SPEC, f"unknown field: {set(spec) - SPEC}")
    must(re.fullmatch(r"v\d+\.\d+\.\d+", spec.get("version") or ""), "the version is semantic, behind a v")
    must(spec.get("homepage"), "should have a homepage")
    must(spec.get("description"), "should have a description")
    short = spec.get("shortDescription") or ""
    must(short and "\n" not in short, "should have a short description, without line breaks")
    must(len(short) <= 50, "a short description has a few words")
    must(spec.get("platforms"), "should have a platform specified")
    for platform in spec["platforms"]:
        check_platform(platform)
    selected = [tuple(sorted(platform["selector"]["matchLabels"].items())) for platform in spec["platforms"]]
    must(len(set(selected)) == len(selected), "selectors overlap")


def install(name, spec, archives, arch, root):
    (platform,) = [one for one in spec["platforms"] if one["selector"]["matchLabels"]["arch"] == arch]
    path = os.path.join(archives, os.path.basename(platform["uri"]))
    with open(path, "rb") as file:
        must(hashlib.sha256(file.read()).hexdigest() == platform["sha256"], "checksum does not match")
    store = os.path.join(root, "store", name, spec["version"])
    with tarfile.open(path) as archive:
        archive.extractall(store)
    program = os.path.realpath(os.path.join(store, platform["bin"]))
    must(program.startswith(os.path.realpath(store) + "/"), "the program is outside")
    must(os.access(program, os.X_OK), "the program cannot be run")
    files = [file for _, _, files in os.walk(store) for file in files]
    must("LICENSE" in files, "LICENSE is not extracted")
    os.makedirs(os.path.join(root, "bin"))
    os.symlink(program, os.path.join(root, "bin", "kubectl-" + name.replace("-", "_")))


def main():
    path, archives, arch, root = sys.argv[1:]
    name, extension = os.path.splitext(os.path.basename(path))
    must(extension == ".yaml", "a manifest is a .yaml")
    with open(path, encoding="utf-8") as file:
        manifest = yaml.safe_load(file)
    check(name, manifest)
    install(name, manifest["spec"], archives, arch, root)


if __name__ == "__main__":
    main()
