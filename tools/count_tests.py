#!/usr/bin/env python3
"""Counts single test cases in Meson's logs and prints "N passed, N failed" last.

Meson's JUnit file has one testcase for each TAP line; its JSON log has one row for each executable. An executable that
failed without a failing case (a crash, a time-out) counts as one failure more.
"""
import json
import pathlib
import re
import sys
import xml.etree.ElementTree as ElementTree

# What XML 1.0 cannot hold, and a test may have printed all the same (a browser's words in colour).
NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


def main(junit_path, json_path):
    passed = failed = skipped = 0
    failing_names = set()
    for case in ElementTree.fromstring(NOT_XML.sub("", pathlib.Path(junit_path).read_text(encoding="utf-8"))).iter("testcase"):
        if case.find("failure") is not None or case.find("error") is not None:
            failed += 1
            failing_names.add(case.get("classname") or "")
        elif case.find("skipped") is not None:
            skipped += 1
        else:
            passed += 1
    broken = []
    with open(json_path, encoding="utf-8") as log:
        for line in log:
            row = json.loads(line)
            if row["result"] not in ("OK", "SKIP", "EXPECTEDFAIL"):
                broken.append(row["name"])
    if len(broken) > failed:
        failed = len(broken)
    for name in broken:
        print(f"failed: {name}")
    if skipped:
        print(f"{skipped} skipped")
    print(f"{passed} passed, {failed} failed")
    return 1 if failed or passed == 0 else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
