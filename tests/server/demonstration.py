#!/usr/bin/env python3
"""A demonstration register for a test. Many tests begin with one: it is made once, and copied. One that was made on another day, by another
program or of other texts is made anew.

    demonstration.py FOLDER PEOPLE SEED     writes FOLDER/register.db and its key"""
import datetime
import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile

BUILD = os.environ["RETURNHUB_BUILD"]
BINARY = os.path.join(BUILD, "src", "cli", "returnhub")
SOURCE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
TEXTS = [os.path.join(SOURCE, folder) for folder in ("rulebooks", "data", "notices", "statistics")]


def made_of():
    """Of what a demonstration is made, in a few letters."""
    files = [BINARY] + [os.path.join(folder, name) for text in TEXTS for folder, _, names in os.walk(text) for name in names]
    about = [(path, os.stat(path).st_size, os.stat(path).st_mtime_ns) for path in sorted(files)]
    return hashlib.sha256(repr((datetime.datetime.now(datetime.timezone.utc).date(), about)).encode()).hexdigest()[:16]


def demonstration(folder, people, seed):
    """The path of a register of its own."""
    kept = os.path.join(BUILD, "demonstrations")
    os.makedirs(kept, exist_ok=True)
    name = f"{people}-{seed}"
    current = os.path.join(kept, f"{name}-{made_of()}")
    with open(os.path.join(kept, f"{name}.lock"), "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not os.path.isdir(current):
            for old in os.listdir(kept):
                if old.startswith(f"{name}-"):
                    shutil.rmtree(os.path.join(kept, old))
            making = tempfile.mkdtemp(prefix=f"{name}-", dir=kept)
            subprocess.run([BINARY, "demo", "--people", str(people), "--seed", str(seed), "--store", os.path.join(making, "register.db")],
                           stdout=subprocess.DEVNULL, check=True, timeout=300)
            os.rename(making, current)
        shutil.copytree(current, folder, dirs_exist_ok=True)
    return os.path.join(folder, "register.db")


if __name__ == "__main__":
    demonstration(sys.argv[1], *sys.argv[2:4])
