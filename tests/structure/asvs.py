#!/usr/bin/env python3
"""Aim: docs/security/asvs.md answers each item once, with a word that is known, and every file it names is there."""
import os
import re
import sys

SOURCE = os.environ["RETURNHUB_SOURCE"]
WORDS = {"met", "partly", "not met", "n/a"}


def faults_of(text):
    faults = []
    seen = set()
    for number, line in enumerate(text.splitlines(), 1):
        match = re.match(r"\| (\d+\.\d+\.\d+) \| ([123]) \| ([^|]*) \| (.*) \|$", line)
        if match:
            item, _, word, why = match.groups()
            if item in seen:
                faults.append(f"{number}: {item} is answered twice")
            if word.strip() not in WORDS:
                faults.append(f"{number}: {item}: what is '{word}'?")
            if not why.strip():
                faults.append(f"{number}: {item} says nothing")
            seen.add(item)
        for path in re.findall(r"`([A-Za-z_]+(?:/[A-Za-z_.0-9-]+)+|[A-Z]+\.md)`", line):
            if not path.startswith("application/") and not os.path.exists(os.path.join(SOURCE, path)):
                faults.append(f"{number}: there is no {path}")
    if len(seen) < 235:
        faults.append(f"only {len(seen)} items are answered")
    return faults


def main():
    text = open(os.path.join(SOURCE, "docs", "security", "asvs.md"), encoding="utf-8").read()
    found = faults_of(text)
    checks = [("every item is answered and every file is there", not found, "\n".join(found)),
              ("a file that is not there is found", bool(faults_of(text + "\n`tests/no/such.c`")), ""),
              ("an item answered twice is found", bool(faults_of(text + "\n| 2.1.1 | 1 | met | x |")), "")]
    for number, (aim, good, details) in enumerate(checks, 1):
        print(f"{'ok' if good else 'not ok'} {number} - {aim}")
        for line in details.splitlines():
            print(f"# {line}")
    print(f"1..{len(checks)}")
    return 0 if all(good for _, good, _ in checks) else 1


sys.exit(main())
