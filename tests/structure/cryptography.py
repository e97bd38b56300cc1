#!/usr/bin/env python3
"""Aim: the inventory of cryptography in docs/security/keys.md is whole: every file that includes a library of it is named there, and every file
that is named includes one, or is made of one that does. A file left out, and one too many, are found."""
import glob
import os
import re
import sys

SOURCE = os.environ.get("RETURNHUB_SOURCE", ".")
INCLUDES = re.compile(r"#include <(?:sodium|openssl/|fido|cjose)")


def used():
    files = glob.glob(os.path.join(SOURCE, "src", "*", "*.c"))
    found = set()
    for path in files:
        with open(path, encoding="utf-8") as stream:
            if INCLUDES.search(stream.read()):
                found.add(os.path.relpath(path, SOURCE))
    return found


def named(text):
    first = text.split("TLS is the proxy's")[0]
    return set(re.findall(r"`(src/[a-z_/0-9]+\.c)`", first))


def faults(text):
    return sorted(f"not in the inventory: {path}" for path in used() - named(text)) + sorted(
        f"calls no cryptography: {path}" for path in named(text) - used())


def main():
    with open(os.path.join(SOURCE, "docs", "security", "keys.md"), encoding="utf-8") as stream:
        text = stream.read()
    checks = [("the inventory is whole", faults(text)),
              ("a file that is left out is found", [] if faults(text.replace("`src/base/cipher.c`", "")) else ["it was not"]),
              ("a file too many is found", [] if faults(text.replace("`src/base/cipher.c`", "`src/base/cipher.c`, `src/base/date.c`")) else ["it was not"])]
    for number, (aim, found) in enumerate(checks, 1):
        print(f"{'not ok' if found else 'ok'} {number} - {aim}")
        for fault in found:
            print(f"# {fault}")
    print(f"1..{len(checks)}")
    return 1 if any(found for _, found in checks) else 0


sys.exit(main())
