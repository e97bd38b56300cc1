#!/usr/bin/env python3
"""Ranks of MPI, as TAP: a forecast on one, two, three and five ranks says the same bytes as alone, also when there are fewer futures than
ranks; only the first rank says it; a mistake is told and ends all ranks."""
import os
import subprocess
import sys

SOURCE = os.environ["RETURNHUB_SOURCE"]
PROGRAM = os.path.join(os.environ["RETURNHUB_BUILD"], "src", "cli", "returnhub")
COMMAND = [PROGRAM, "forecast", "run", os.path.join(SOURCE, "scenarios", "baseline.scenario"), "--format", "csv", "--seed", "3", "--threads", "2"]
RUN = ["mpirun", "--allow-run-as-root", "--oversubscribe", "-n"]


def said(command):
    return subprocess.run(command, check=True, capture_output=True).stdout


def main():
    failures = 0
    cases = [(3, (1, 2, 3)), (2, (5,))]
    print(f"1..{sum(len(counts) for _, counts in cases) + 1}")
    number = 0
    for futures, counts in cases:
        alone = said([*COMMAND, "--futures", str(futures)])
        for count in counts:
            number += 1
            same = said([*RUN, str(count), *COMMAND, "--futures", str(futures)]) == alone
            failures += not same
            print(f"{'ok' if same else 'not ok'} {number} - {futures} futures on {count} ranks say what they say alone")
    wrong = subprocess.run([*RUN, "2", PROGRAM, "forecast", "run", "no.scenario"], check=False, capture_output=True, text=True)
    told = wrong.returncode != 0 and "no.scenario" in wrong.stderr and wrong.stdout == ""
    failures += not told
    print(f"{'ok' if told else 'not ok'} {number + 1} - a mistake ends all ranks")
    sys.exit(failures != 0)


main()
