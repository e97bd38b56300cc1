#!/usr/bin/env python3
"""Measures returnhub side by side with its peers, in interleaved rounds, and prints ratios with minimum, median and maximum.

    script/bench              everything
    script/bench register     only these

What each number means, and the last ones seen, stand in bench/README.md.
"""
import contextlib
import os
import subprocess
import sys
import tempfile
import time

from common import BINARY, ROUNDS, make_demo, spread
from forecast.driver import forecast
from importing import importing
from register import register
from sealing import seal
from screening.driver import screening, screening_store
from web.driver import web


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


BENCHES = {"register": register, "commands": commands, "web": web, "screening": screening, "screening-store": screening_store,
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
