#!/usr/bin/env python3
"""Aim: script/bench register and script/bench seal go through all they measure, in their shortest form, and say of each figure
whether its target is reached. How fast anything is, is not tested. Arguments: the program, the benches' own programs."""
import os
import re
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BINARY, REGISTER, SEAL = map(os.path.abspath, sys.argv[1:4])
LINES = (
    r"returnhub, one fact of a person +[\d,]+ ",
    r"returnhub, a step asked for +[\d,]+ ",
    r"(PostgreSQL 15, the rows of one fact +[\d,]+ |PostgreSQL 15 is absent)",
    r"SQLite, the rows of one fact, a transaction each +[\d,]+ ",
    r"bare group-commit log, 160 bytes +[\d,]+ ",
    r"sqlite +[\d.]+ .*target: at least 5 +(NOT )?reached",
    r"log +[\d.]+ .*target: at least 0.4 +(NOT )?reached",
    r"p99, many people against few +[\d.]+ .*(NOT )?reached",
    r"Ready after kill -9, [\d,]+ people, seconds +[\d.]+ .*(NOT )?reached",
    r"Bytes a person of the caseload, [\d,]+ people +[\d,.]+ .*(NOT )?reached",
    r"cost of sealing, % of the rate +-?[\d.]+ .*target: at most 5 +(NOT )?reached",
    r"append / messages +[\d.]+ .*target: at most 2 +(NOT )?reached",
    r"cold +median [\d,]+ us, slowest [\d,]+ us",
    r"20,000 entries: [\d.]+ MiB appending, [\d.]+ MiB auditing",
    r"two threads, seconds +[\d.]+ .*target: at most 5 +(NOT )?reached",
)


def main():
    print(f"1..{len(LINES) + 1}")
    environment = dict(os.environ, RETURNHUB_BENCH_QUICK="1", RETURNHUB_BENCH_BINARY=BINARY, RETURNHUB_BENCH_REGISTER=REGISTER,
                       RETURNHUB_BENCH_SEAL=SEAL)
    done = subprocess.run([sys.executable, os.path.join(ROOT, "bench", "run.py"), "register", "seal"], env=environment, text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    for line in done.stdout.splitlines():
        print(f"# {line}")
    print(f"{'ok' if done.returncode == 0 else 'not ok'} 1 - it ends without a failure")
    for number, line in enumerate(LINES, 2):
        found = re.search(line, done.stdout) is not None
        print(f"{'ok' if found else 'not ok'} {number} - {line.split(' +')[0].replace('#', '')}")


main()
