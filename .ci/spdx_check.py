#!/usr/bin/python3
"""Checks an SBOM: that it is SPDX 2.3, as far as ours goes, and says what is true of the files beside it.

usage: spdx_check.py FILE

The fields, names and patterns are those of schemas/spdx-schema.json of SPDX 2.3; a field that is not below is
refused. It prints each static library of each file, for the tests: FILE LIBRARY LICENSE.
"""

import hashlib
import json
import os
import re
import sys

from jsonschema import Draft7Validator

TEXT = {"type": "string", "minLength": 1}
ID = {"type": "string", "pattern": r"^SPDXRef-[A-Za-z0-9.-]+$"}
PACKAGE = {
    "type": "object",
    "additionalProperties": False,
    "required": ["SPDXID", "name", "downloadLocation", "versionInfo", "licenseDeclared", "licenseConcluded",
                 "copyrightText", "filesAnalyzed"],
    "properties": {
        "SPDXID": ID, "name": TEXT, "versionInfo": TEXT, "packageFileName": TEXT, "sourceInfo": TEXT,
        "supplier": {"type": "string", "pattern": "^(Organization|Person): .+"},
        "downloadLocation": TEXT, "filesAnalyzed": {"const": False},
        "licenseConcluded": TEXT, "licenseComments": TEXT, "copyrightText": TEXT,
        "licenseDeclared": {"enum": ["NOASSERTION", "MIT", "ISC", "BSD-3-Clause", "Apache-2.0 WITH LLVM-exception",
                                     "GPL-3.0-or-later WITH GCC-exception-3.1"]},
        "checksums": {"type": "array", "minItems": 1, "items": {
            "type": "object", "additionalProperties": False, "required": ["algorithm", "checksumValue"],
            "properties": {"algorithm": {"const": "SHA256"},
                           "checksumValue": {"type": "string", "pattern": "^[0-9a-f]{64}$"}}}},
        "externalRefs": {"type": "array", "minItems": 1, "items": {
            "type": "object", "additionalProperties": False,
            "required": ["referenceCategory", "referenceType", "referenceLocator"],
            "properties": {"referenceCategory": {"const": "PACKAGE-MANAGER"}, "referenceType": {"const": "purl"},
                           "referenceLocator": {"type": "string", "pattern": r"^pkg:deb/debian/[^/@]+@[^/@]+\?arch=\w+$"}}}},
    },
}
DOCUMENT = {
    "type": "object",
    "additionalProperties": False,
    "required": ["spdxVersion", "dataLicense", "SPDXID", "name", "documentNamespace", "creationInfo", "packages",
                 "relationships"],
    "properties": {
        "spdxVersion": {"const": "SPDX-2.3"}, "dataLicense": {"const": "CC0-1.0"}, "SPDXID": {"const": "SPDXRef-DOCUMENT"},
        "name": TEXT, "documentNamespace": {"type": "string", "pattern": "^https://[^#]+$"},
        "creationInfo": {
            "type": "object", "additionalProperties": False, "required": ["created", "creators"],
            "properties": {"created": {"type": "string", "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$"},
                           "creators": {"type": "array", "minItems": 1, "items": {
                               "type": "string", "pattern": "^(Tool|Person|Organization): .+"}}}},
        "packages": {"type": "array", "minItems": 1, "items": PACKAGE},
        "relationships": {"type": "array", "minItems": 1, "items": {
            "type": "object", "additionalProperties": False,
            "required": ["spdxElementId", "relationshipType", "relatedSpdxElement"],
            "properties": {"spdxElementId": ID, "relatedSpdxElement": ID,
                           "relationshipType": {"enum": ["DESCRIBES", "CONTAINS", "STATIC_LINK"]}}}},
    },
}


def problems(document, folder):
    for error in Draft7Validator(DOCUMENT).iter_errors(document):
        yield f"{'/'.join(map(str, error.path))}: {error.message}"
    names = [package["SPDXID"] for package in document["packages"]]
    if len(set(names)) != len(names):
        yield "an SPDXID stands twice"
    related = {end for one in document["relationships"] for end in (one["spdxElementId"], one["relatedSpdxElement"])}
    if related != {*names, "SPDXRef-DOCUMENT"}:
        yield f"related and not there, or the reverse: {related ^ {*names, 'SPDXRef-DOCUMENT'}}"
    files = {package["packageFileName"] for package in document["packages"] if "packageFileName" in package}
    there = {name for name in os.listdir(folder) if re.search(r"\.(deb|rpm|tar|gz)$", name)}
    if files != there:
        yield f"its files are not those of the release: {files ^ there}"
    for package in document["packages"]:
        if "packageFileName" in package:
            with open(os.path.join(folder, package["packageFileName"]), "rb") as file:
                if hashlib.sha256(file.read()).hexdigest() != package["checksums"][0]["checksumValue"]:
                    yield f"{package['packageFileName']}: another checksum"


def main():
    (path,) = sys.argv[1:]
    with open(path, encoding="utf-8") as file:
        document = json.load(file)
    found = list(problems(document, os.path.dirname(os.path.abspath(path))))
    if found:
        sys.exit("\n".join(found))
    packages = {package["SPDXID"]: package for package in document["packages"]}
    for one in document["relationships"]:
        if one["relationshipType"] == "STATIC_LINK":
            library, program = packages[one["spdxElementId"]], packages[one["relatedSpdxElement"]]
            print(program["packageFileName"], library["name"], library["licenseDeclared"])


if __name__ == "__main__":
    main()
