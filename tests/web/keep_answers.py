#!/usr/bin/env python3
"""Runs a program of tests/web and keeps every JSON answer that it received, for tests/api/answers.py: keep_answers.py PROGRAM.

They stand in BUILD/answers/PROGRAM.ndjson, whole or not at all: the programs are run once for both."""
import os
import pathlib
import subprocess
import sys
import tempfile

KEPT = pathlib.Path(os.environ["RETURNHUB_BUILD"], "answers")


def kept_of(program):
    return KEPT / (os.path.basename(program) + ".ndjson")


def run(program, stdout=None, stderr=None):
    """The program's end; what it was answered is kept if it came to a good one."""
    KEPT.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=KEPT) as folder:
        outcome = subprocess.run([program], env={**os.environ, "RETURNHUB_ANSWERS": folder}, stdout=stdout, stderr=stderr, check=False)
        if outcome.returncode == 0:
            told = pathlib.Path(folder, "told")
            told.write_bytes(b"".join(path.read_bytes() for path in sorted(pathlib.Path(folder).glob("*.ndjson"))))
            told.replace(kept_of(program))
    return outcome


if __name__ == "__main__":
    code = run(sys.argv[1]).returncode
    sys.exit(code if code >= 0 else 128 - code)
