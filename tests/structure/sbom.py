#!/usr/bin/env python3
"""Aim: the inventory of what the program is made of (tools/sbom.py) is whole and true. What the program needs is read here from its own
dynamic section, byte by byte; versions are asked of dpkg and of package-lock.json; the table that people read (docs/security/libraries.md)
and the inventory name the same libraries. The form is that of CycloneDX 1.6: the members it requires, and references that lead somewhere."""
import json
import os
import re
import struct
import subprocess
import sys

SOURCE, BUILD = os.environ["RETURNHUB_SOURCE"], os.environ["RETURNHUB_BUILD"]
BINARY = os.path.join(BUILD, "src", "cli", "returnhub")
# As the table calls them, and what is of the compiler and of the C library.
NAMES = {"llhttp": "node-llhttp", "jansson": "libjansson", "libfido2": "libfido2", "cjose": "libcjose", "libcurl": "libcurl", "SQLite": "libsqlite3",
         "ICU": "libicu", "Pango": "libpango-", "Cairo": "libcairo2", "qpdf": "libqpdf", "libzip": "libzip", "libsodium": "libsodium",
         "libcrypto": "libssl", "libseccomp": "libseccomp", "xxHash": "libxxhash"}
OF_THE_COMPILER = re.compile(r"libc\.so|libm\.so|libgcc_s|libstdc\+\+|libasan|libubsan|ld-linux|libmpi|libopen-")


def needed(path):
    """DT_NEEDED of an ELF file of 64 bits."""
    with open(path, "rb") as file:
        data = file.read()
    begin, size, count = struct.unpack_from("<Q", data, 32)[0], *struct.unpack_from("<HH", data, 54)
    headers = [struct.unpack_from("<IIQQQQQQ", data, begin + i * size) for i in range(count)]

    def place(address):
        return next(address - h[3] + h[2] for h in headers if h[0] == 1 and h[3] <= address < h[3] + h[5])

    dynamic = next(h for h in headers if h[0] == 2)
    entries = [struct.unpack_from("<qQ", data, dynamic[2] + i) for i in range(0, dynamic[5], 16)]
    strings = place(next(value for tag, value in entries if tag == 5))
    return [data[strings + value:data.index(b"\0", strings + value)].decode() for tag, value in entries if tag == 1]


def faults(inventory):
    components = inventory["components"]
    references = [component["bom-ref"] for component in components]
    listed = subprocess.run(["dpkg-query", "-W", "-f", "${Package} ${Version}\n"], check=True, capture_output=True, text=True).stdout
    installed = {tuple(line.split(" ", 1)) for line in listed.splitlines()}
    found = []
    for member in ("bomFormat", "specVersion", "version", "serialNumber", "metadata", "components", "dependencies"):
        if member not in inventory:
            found.append(f"{member} is not there")
    if len(set(references)) != len(references):
        found.append("a reference stands twice")
    if not re.fullmatch(r"urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", inventory["serialNumber"]):
        found.append("the serial number is none")
    for dependency in inventory["dependencies"]:
        found += [f"{one} is not in it" for one in dependency["dependsOn"] if one not in references]
    files = {value["value"] for component in components for value in component.get("properties", [])}
    for name in needed(BINARY):
        if not any(file.startswith(name.split(".so")[0]) for file in files):
            found.append(f"{name} is needed, and is not in it")
    for component in components:
        if not component.get("version") or component.get("scope") not in ("required", "excluded") or "purl" not in component:
            found.append(f"{component['name']} lacks its version, scope or address")
        if component["purl"].startswith("pkg:deb/"):
            if (component["name"], component["version"]) not in installed:
                found.append(f"{component['name']} {component['version']} is not installed")
    return found + lock_faults(components) + table_faults(components)


def lock_faults(components):
    with open(os.path.join(SOURCE, "package-lock.json"), encoding="utf-8") as file:
        packages = json.load(file)["packages"]
    wanted = {(place.split("node_modules/")[-1], package["version"]) for place, package in packages.items() if "node_modules/" in place and "version" in package}
    have = {(component["name"], component["version"]) for component in components if component["purl"].startswith("pkg:npm/")}
    return [f"npm: {one} is not in both" for one in sorted(wanted ^ have)]


def table_faults(components):
    with open(os.path.join(SOURCE, "docs", "security", "libraries.md"), encoding="utf-8") as file:
        rows = re.findall(r"^\| ([^|]+) \|", file.read().split("| how bad")[0], re.MULTILINE)[1:]
    told = [name for row in rows for name in row.split(", ") if not row.startswith("---")]
    required = [component["name"] for component in components if component["scope"] == "required"]
    found = [f"the table names {name}, which is not in it" for name in told
             if name not in NAMES or not any(one.startswith(NAMES[name]) for one in required)]
    prefixes = tuple(NAMES[name] for name in told if name in NAMES)
    files = {value["value"]: component["name"] for component in components for value in component.get("properties", [])}
    for name in needed(BINARY):
        package = next((package for file, package in files.items() if file.startswith(name.split(".so")[0])), "")
        if not OF_THE_COMPILER.match(name) and not package.startswith((*prefixes, "libpango", "libglib")):
            found.append(f"{name} is needed, and the table does not name it")
    return found


def main():
    made = subprocess.run([sys.executable, os.path.join(SOURCE, "tools", "sbom.py"), BINARY, SOURCE], check=False, capture_output=True, text=True)
    if made.returncode != 0:
        print(f"not ok 1 - the inventory is made\n# {made.stderr}\n1..1")
        return 1
    inventory = json.loads(made.stdout)
    again = subprocess.run([sys.executable, os.path.join(SOURCE, "tools", "sbom.py"), BINARY, SOURCE], check=True, capture_output=True, text=True).stdout
    results = [("the inventory is whole and true", faults(inventory)),
               ("the same program gives the same inventory", [] if again == made.stdout else ["they differ"])]

    def planted(change):
        other = json.loads(made.stdout)
        change(other["components"])
        return [] if faults(other) else ["it was not found"]

    def older(components):
        next(one for one in components if one["name"].startswith("libsqlite3"))["version"] = "3.0"

    results += [("a library that is left out is found", planted(lambda all_: all_.remove(next(one for one in all_ if one["name"].startswith("libsqlite3"))))),
                ("another version is found", planted(older)),
                ("a package of npm that is left out is found", planted(lambda all_: all_.remove(next(one for one in all_ if one["name"] == "sass"))))]
    for number, (aim, wrong) in enumerate(results, 1):
        print(f"{'not ok' if wrong else 'ok'} {number} - {aim}")
        for line in wrong[:20]:
            print(f"# {line}")
    print(f"1..{len(results)}")
    return 1 if any(wrong for _, wrong in results) else 0


sys.exit(main())
