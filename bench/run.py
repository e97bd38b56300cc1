#!/usr/bin/env python3
"""Measures returnhub side by side with its peers, in interleaved rounds, and prints ratios with minimum, median and maximum.

    script/bench              everything
    script/bench register     only these

What each number means, and the last ones seen, stand in bench/README.md.
"""
import contextlib
import os
import re
import subprocess
import sys
import tempfile
import time
import http.client
import json

from common import BINARY, ROUNDS, make_demo, spread
from forecast.driver import forecast
from importing import importing
from register import register
from sealing import seal
from screening.driver import screening, screening_store


def commands(folder):
    print("Whole commands, wall seconds, cold process")
    timings = {}
    stores = {}
    for people in (10000,):
        stores[people] = []
        timings[f"demo --people {people}"] = []
        for number in range(ROUNDS):
            with contextlib.suppress(FileNotFoundError):
                for ending in ("", ".key", "-wal", "-shm"):
                    os.remove(os.path.join(folder, f"register-{people}.db{ending}"))
            store, seconds = make_demo(folder, people)
            timings[f"demo --people {people}"].append(seconds)
        for arguments in (["screen", "hub_transfer", "--hub", "HUB-NORTH", "--format", "csv"], ["rebuild", "--check"],
                          ["person", "list", "--limit", "100"]):
            if arguments[0] != "rebuild":
                arguments = arguments + ["--as", "caseworker"]
            name = f"{' '.join(arguments[:2])} over {people} people"
            timings[name] = []
            for _ in range(ROUNDS):
                begin = time.monotonic()
                subprocess.run([BINARY, *arguments, "--store", store], check=True, stdout=subprocess.DEVNULL)
                timings[name].append(time.monotonic() - begin)
    for name, values in timings.items():
        print(f"  {name:52} {spread(values, '{:.3f}')}")


def wrk(port, path, headers):
    arguments = ["wrk", "-t1", "-c32", "-d3s"]
    for name, value in headers.items():
        arguments += ["-H", f"{name}: {value}"]
    out = subprocess.run([*arguments, f"http://127.0.0.1:{port}{path}"], check=True, capture_output=True, text=True).stdout
    if "Non-2xx" in out:
        raise SystemExit(f"bench: {path} answered errors:\n{out}")
    return float(re.search(r"Requests/sec:\s+([\d.]+)", out).group(1))


def pages(folder):
    print("A person's page, against the same server saying pong (requests a second, 32 connections)")
    store, _ = make_demo(folder, 2000)
    server = subprocess.Popen([BINARY, "serve", "--store", store, "--port", "0"], stdout=subprocess.PIPE, text=True)
    try:
        port = int(re.search(r":(\d+)$", server.stdout.readline().strip()).group(1))
        connection = http.client.HTTPConnection("127.0.0.1", port)
        connection.request("POST", "/sign-in", json.dumps({"username": "caseworker", "password": "demonstration-only"}),
                           {"Content-Type": "application/json", "Accept": "application/json"})
        token = json.loads(connection.getresponse().read())["token"]
        headers = {"Authorization": f"Bearer {token}", "Accept": "application/json"}
        connection.request("GET", "/people", headers=headers)
        person = json.loads(connection.getresponse().read())["people"][0]["reference"]
        rates = {"ping": [], "json": [], "html": []}
        for _ in range(ROUNDS):
            rates["ping"].append(wrk(port, "/ping", {}))
            rates["json"].append(wrk(port, f"/people/{person}", headers))
            rates["html"].append(wrk(port, f"/people/{person}", {**headers, "Accept": "text/html"}))
    finally:
        server.terminate()
        server.wait()
    for name in rates:
        print(f"  {name:6} {spread(rates[name])}")
    for name, target in (("json", "at least 10 %"), ("html", "at least 5 %")):
        print(f"  {name} / ping  {spread([100 * a / b for a, b in zip(rates[name], rates['ping'])], '{:.1f} %')}   target: {target}")


BENCHES = {"register": register, "commands": commands, "pages": pages, "screening": screening, "screening-store": screening_store,
           "forecast": forecast, "seal": seal, "import": importing}
BY_NAME_ONLY = {"screening-store", "import"}  # make a register of a million people first


def main(names):
    for name in names or [name for name in BENCHES if name not in BY_NAME_ONLY]:
        if name not in BENCHES:
            raise SystemExit(f"bench: there is no bench '{name}'; there are {', '.join(BENCHES)}")
        with tempfile.TemporaryDirectory() as folder:
            BENCHES[name](folder)


if __name__ == "__main__":
    main(sys.argv[1:])
