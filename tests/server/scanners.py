#!/usr/bin/env python3
"""Aim: a scanner of other people's making, sqlmap, finds no SQL to inject in the desk of a demonstration, signed in: in a search, in an
address, in a question of the audit. It is held to have tried: how many tests it made is counted.

Long form alone (script/check-long): it takes minutes, and comes with Debian's package of the same name."""
import os
import re
import shutil
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from desk import Client, Server, Tap, make_demo, no_pace  # noqa: E402

SECONDS_MAX = 1800


def sqlmap(folder, port, token, tap):
    targets = [("the search", ["-u", f"http://127.0.0.1:{port}/people?text=a&stage=exhausted&hub=H&alike=yes"]),
               ("an address", ["-u", f"http://127.0.0.1:{port}/requests/1*"]),
               ("the looks", ["-u", f"http://127.0.0.1:{port}/looks?person=RH-1&account=a"])]
    for name, words in targets:
        outcome = subprocess.run(["sqlmap", *words, "-H", f"Authorization: Bearer {token}", "--batch", "--level", "2", "--risk", "2", "--dbms",
                                  "sqlite", "--technique", "BEUSQ", "--flush-session", "--output-dir", folder, "--ignore-code", "*",
                                  "--threads", "4", "--disable-coloring"], capture_output=True, text=True, timeout=SECONDS_MAX, check=False)
        text = outcome.stdout
        tried = len(re.findall(r"testing '", text))
        injectable = re.search(r"identified the following injection point|is vulnerable|appears to be '.*' injectable", text)
        tap.check(f"sqlmap finds nothing in {name}, having tried", injectable is None and tried >= 5, f"{tried} tests\n{text[-3000:]}")
        print(f"# sqlmap, {name}: {tried} tests")


def main():
    tap = Tap()
    if "RETURNHUB_LONG" not in os.environ:
        print("1..0 # SKIP a long form")
        return 0
    if shutil.which("sqlmap") is None:
        print("1..0 # SKIP there is no sqlmap")
        return 0
    with tempfile.TemporaryDirectory() as folder:
        server = Server(make_demo(folder, people=100), options=no_pace(folder))
        token = Client(server.port).sign_in("protection").token
        sqlmap(folder, server.port, token, tap)
        status, _ = Client(server.port).call("GET", "/ping")
        tap.check("after all of it the server works", status == 200)
        server.stop()
    return tap.done()


sys.exit(main())
