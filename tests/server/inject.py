#!/usr/bin/env python3
"""Aim: the real server, from outside, when the system lets it down: strace makes calls on the store's files fail while clients record facts.

Every command that was answered with success must be in the store, once; every other answer must be an error that says so (5xx, never a
crash and never a false success); and when the trouble is over the same server does what it refused, sent again with the same client id.
The failures of every single call, of locks too, are tests/crash's; here is the whole program, with its threads and its answers.
"""
import contextlib
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time

from desk import BINARY, Server, Tap, make_demo, new_client_id, run, signed_in

ROUNDS = int(os.environ.get("RETURNHUB_ROUNDS", "150" if os.environ.get("RETURNHUB_LONG") else "4"))
SEED = int(os.environ.get("RETURNHUB_SEED", random.randrange(2**32)))
COMMANDS = 12
FAILURES = [(call, error) for call, errors in {
    "pwrite64": ["EIO", "ENOSPC", "EINTR"], "fdatasync": ["EIO", "ENOSPC", "EINTR"], "pread64": ["EIO", "EINTR"],
    "openat": ["EIO", "ENOMEM", "EMFILE"], "ftruncate": ["EIO"], "newfstatat": ["EIO"], "fstat": ["EIO"]}.items() for error in errors]


class Trouble:
    """strace, attached to the server while it lasts."""

    def __init__(self, server, store, call, error, when):
        paths = [word for suffix in ("", "-wal", "-shm") for word in ("-P", store + suffix)]
        self.process = subprocess.Popen(["strace", "-f", "-q", "-o", "/dev/null", "-e", f"trace={call}", "-e", f"inject={call}:error={error}:when={when}",
                                         *paths, "-p", str(server.process.pid)], stderr=subprocess.PIPE, text=True)
        self.wait_until_attached(server.process.pid)

    def wait_until_attached(self, pid):
        deadline = time.monotonic() + 10
        while time.monotonic() < deadline:
            with open(f"/proc/{pid}/status", encoding="utf-8") as status:
                if "TracerPid:\t0\n" not in status.read():
                    return
            time.sleep(0.02)
        raise AssertionError(f"strace does not attach: {self.process.stderr.read()}")

    def end(self):
        self.process.send_signal(signal.SIGINT)
        self.process.wait(timeout=20)
        self.process.stderr.close()


def full_from_the_start(store):
    """Memory that processes share is a file too: where it finds no room, the disk is full and not broken."""
    without_leaks = {**os.environ, "ASAN_OPTIONS": os.environ.get("ASAN_OPTIONS", "") + ":detect_leaks=0"}  # it traces, too
    outcome = subprocess.run(["strace", "-f", "-q", "-o", "/dev/null", "-e", "trace=pwrite64,write", "-e", "inject=pwrite64,write:error=ENOSPC",
                              "-P", store + "-shm", BINARY, "person", "list", "--store", store, "--as", "caseworker"],
                             capture_output=True, text=True, env=without_leaks)
    assert outcome.returncode == 7 and "the disk is full" in outcome.stderr and "Make room" in outcome.stderr, outcome


def record(client, reference, client_id):
    fact = {"fact": "person.language", "value": "Arabic", "source": f"letter {client_id}"}
    status, answer = client.call("POST", f"/people/{reference}/facts", {"facts": [fact]}, {"Idempotency-Key": client_id})
    return status, answer


def stored(store):
    with contextlib.closing(sqlite3.connect(f"file:{store}?mode=ro", uri=True)) as database:
        rows = database.execute("select hex(client_id), count(*) from event where client_id is not null group by 1")
        return {client_id.lower(): count for client_id, count in rows}


def one_round(server, store, client, references, chance):
    """Sends commands in trouble, then what failed once more. Returns what was acknowledged, and how many were refused."""
    call, error = chance.choice(FAILURES)
    acknowledged, refused = [], []
    trouble = Trouble(server, store, call, error, chance.choice(["1", "2", "3", "5", "1+3", "2+2"]))
    try:
        for _ in range(COMMANDS):
            client_id, reference = new_client_id(), chance.choice(references)
            status, answer = record(client, reference, client_id)
            if status in (200, 201):
                acknowledged.append(client_id)
            elif status >= 500 or status == 413:
                refused.append((client_id, reference))
            else:
                raise AssertionError(f"{call} fails with {error}, and the answer is {status}: {answer}")
    finally:
        trouble.end()
    for client_id, reference in refused:
        status, answer = record(client, reference, client_id)
        if status not in (200, 201):
            raise AssertionError(f"after {call} failed with {error} the same server still answers {status}: {answer}")
        acknowledged.append(client_id)
    return acknowledged, len(refused)


def main():
    tap = Tap()
    chance = random.Random(SEED)
    print(f"# seed {SEED}")
    if shutil.which("strace") is None:
        print("1..0 # SKIP strace is not there")
        return 0
    with tempfile.TemporaryDirectory() as folder:
        store = make_demo(folder, people=100)
        server = Server(store)
        client = signed_in(server.port, "caseworker")
        references = [person["reference"] for person in client.call("GET", "/people")[1]["people"]][:20]
        acknowledged, refused, faults = [], 0, []
        for _ in range(ROUNDS):
            try:
                more, count = one_round(server, store, client, references, chance)
                acknowledged, refused = acknowledged + more, refused + count
            except (AssertionError, OSError) as fault:
                faults.append(str(fault))
        tap.check(f"{ROUNDS} times in trouble every answer was an honest one ({refused} were errors)", not faults, "\n".join(faults))
        tap.run("the server that went through it all ends as it should", server.stop)
        there = stored(store)
        missing = [client_id for client_id in acknowledged if there.get(client_id.replace("-", "")) != 1]
        tap.check(f"{len(acknowledged)} acknowledged commands are in the store, once", acknowledged and not missing, missing[:5])
        tap.run("a disk that is full from the start is told as such", lambda: full_from_the_start(store))
        tap.run("the rows follow from the events", lambda: run("rebuild", "--check", "--store", store))
    return tap.done()


if __name__ == "__main__":
    sys.exit(main())
