#!/usr/bin/env python3
"""Aim: bench/screening/screening.rules is what bench/screening/rules.py writes. TAP."""
import os
import subprocess
import sys

FOLDER = os.path.join(os.environ["RETURNHUB_SOURCE"], "bench", "screening")


def main():
    written = subprocess.run([sys.executable, os.path.join(FOLDER, "rules.py")], check=True, capture_output=True).stdout
    with open(os.path.join(FOLDER, "screening.rules"), "rb") as file:
        kept = file.read()
    print("1..1")
    print(f"{'ok' if written == kept else 'not ok'} 1 - the rulebook of the bench is the one its script writes")
    return 0 if written == kept else 1


if __name__ == "__main__":
    sys.exit(main())
