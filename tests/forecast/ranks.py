#!/usr/bin/env python3
"""Ranks of MPI, as TAP: a forecast on one, two, three and five ranks says the same bytes as alone, also when there are fewer futures than
ranks; only the first rank says it, and keeps it where --output says; a mistake is told and ends all ranks."""
import os
import subprocess
import sys
import tempfile

SOURCE = os.environ["RETURNHUB_SOURCE"]
PROGRAM = os.path.join(os.environ["RETURNHUB_BUILD"], "src", "cli", "returnhub")
COMMAND = [PROGRAM, "forecast", "run", os.path.join(SOURCE, "scenarios", "baseline.scenario"), "--format", "csv", "--seed", "3", "--threads", "2"]
RUN = ["mpirun", "--allow-run-as-root", "--oversubscribe", "-n"]


def said(command):
    return subprocess.run(command, check=True, capture_output=True).stdout


def kept(folder):
    """Each rank has a folder of its own to stand in: what is kept is in the first one's alone, and is what is kept alone."""
    command = [*COMMAND, "--futures", "2", "--output", "kept"]
    places = [os.path.join(folder, name) for name in ("alone", "first", "second")]
    for place in places:
        os.mkdir(place)
    subprocess.run(command, check=True, capture_output=True, cwd=places[0])
    subprocess.run([*RUN, "1", "--wdir", places[1], *command, ":", "-n", "1", "--wdir", places[2], *command], check=True, capture_output=True)
    answers = []
    for place in places[:2]:
        with open(os.path.join(place, "kept", "baseline.run.json"), "rb") as file:
            answers.append(file.read())
    return answers[0] == answers[1] and os.listdir(os.path.join(places[1], "kept")) == ["baseline.run.json"] and os.listdir(places[2]) == []


def refused(folder):
    """What cannot be kept is told, once, and nothing is said."""
    in_the_way = os.path.join(folder, "file")
    with open(in_the_way, "w", encoding="utf-8"):
        pass
    ran = subprocess.run([*RUN, "2", *COMMAND, "--futures", "2", "--output", in_the_way], check=False, capture_output=True, text=True)
    return ran.returncode != 0 and ran.stderr.count("returnhub: ") == 1 and ran.stdout == ""


def main():
    failures = 0
    cases = [(3, (1, 2, 3)), (2, (5,))]
    print(f"1..{sum(len(counts) for _, counts in cases) + 3}")
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
    for check, what in ((kept, "the first rank keeps what all say"), (refused, "what cannot be kept is told once")):
        with tempfile.TemporaryDirectory() as folder:
            well = check(folder)
        number += 1
        failures += not well
        print(f"{'ok' if well else 'not ok'} {number + 1} - {what}")
    sys.exit(failures != 0)


main()
