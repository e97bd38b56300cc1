#!/usr/bin/env python3
"""Aim: an import that is killed at any instant goes on with the same command, and the register is that of a run nobody interrupted.

The importing process is killed (SIGKILL) at random instants, also while it records, until a run comes to its end. The references that the
register draws and the instants differ from run to run, so registers are compared by what they say: of every person of the file the
name, dates, stage, facts, contacts and references, and how many events of each kind there are. After each kill the register must be
whole: rows that follow from the events, and of each person all that the row says, or nothing.

A control plants a fault: a register with one fact fewer must be told from the other.
"""
import collections
import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.environ["RETURNHUB_SOURCE"], "tests", "server"))
from desk import BINARY, Tap, run  # noqa: E402

LONG = bool(os.environ.get("RETURNHUB_LONG"))
SEED = int(os.environ.get("RETURNHUB_SEED", random.randrange(2**32)))
ROUNDS = int(os.environ.get("RETURNHUB_ROUNDS", "20" if LONG else "1"))
# More than the first chunk, so that the first stop may come long before the end: of many people, or, in the quick form, of much about a few.
PEOPLE = 130000 if LONG else 3000
KILLS = 3 if LONG else 1
TEXTS = [] if LONG else ["person.language", "court_order.made_at", "court_order.received_at", "court_order.escort_told",
                         "judicial_review.claim_number", "representation.made_at", "representation.passed_to"]
TEXT_LENGTH = 1900
EVENTS_A_PERSON = 6 + len(TEXTS)  # registered, a reference, two facts, a contact and what the law is told of it


def make_file(path, chance):
    with open(path, "w", encoding="utf-8") as file:
        file.write(",".join(["reference@cs,name,registered_on,person.nationality,first_tier.status,last_contact_on,last_contact_source", *TEXTS])
                   + "\n")
        for number in range(PEOPLE):
            texts = "".join("," + f"{chance.getrandbits(64):016x}" * (TEXT_LENGTH // 16) for _ in TEXTS)
            file.write(f"CS-{number},Synthetic Person {number},2021-0{chance.randrange(1, 9)}-03,{chance.choice(['ALB', 'IRN'])},"
                       f"{chance.choice(['none', 'pending'])},2023-0{chance.randrange(1, 9)}-07,letter{texts}\n")


def start(store, path):
    return subprocess.Popen([BINARY, "import", path, "--store", store, "--as", "registrar", "--source", "cs", "--true-from", "2024-01-01"],
                            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)


def event_count(store):
    with sqlite3.connect(store, timeout=60) as database:
        return database.execute("select count(*) from event").fetchone()[0]


def finish(store, path):
    process = start(store, path)
    _, errors = process.communicate()
    assert process.returncode == 0, errors.decode()


def says(store):
    """What the register says of the people of the file, without references and instants of its own."""
    with tempfile.TemporaryDirectory() as folder:
        out = os.path.join(folder, "out")
        run("export", out, "--store", store, "--as", "registrar")
        read = lambda name: [json.loads(line) for line in open(os.path.join(out, name + ".ndjson"), encoding="utf-8")]
        key = {row["person"]: row["reference"] for row in read("references")}
        people = sorted(tuple([key[row["person"]]] + [row[c] for c in ("name", "born_on", "registered_on", "stage", "stage_since",
                                                                       "last_contact_on", "last_contact_source")])
                        for row in read("people") if row["person"] in key)
        facts = sorted((key[row["subject"]], row["fact"], row["value"], row["true_from"], row["source"]) for row in read("facts")
                       if row["subject"] in key)
    with sqlite3.connect(f"file:{store}?mode=ro", uri=True) as database:
        kinds = collections.Counter(dict(database.execute("select kind, count(*) from event group by kind")))
    return people, facts, kinds


def kill_sometime(process, store, enough, pause):
    """When so many events are there, and after a pause; the process may have ended by then."""
    while process.poll() is None and event_count(store) < enough:
        time.sleep(0.005)
    try:
        process.wait(timeout=pause)
    except subprocess.TimeoutExpired:
        process.send_signal(signal.SIGKILL)
        process.wait()


def one_round(store, path, chance, whole_seconds, before):
    """A kill before anything is recorded, some when a part is, then a run to the end; returns how many of each there were."""
    kills = while_recording = 0
    for number in range(1 + KILLS):
        process = start(store, path)
        enough = 0 if number == 0 else event_count(store) + 1
        kill_sometime(process, store, enough, chance.uniform(0, 0.12) * whole_seconds)
        assert process.returncode in (0, -signal.SIGKILL), process.stderr.read().decode()
        process.stderr.close()
        kills += process.returncode != 0
        done = event_count(store) - before
        assert done % EVENTS_A_PERSON == 0, f"{done} events: somebody is half in the register"
        while_recording += 0 < done < PEOPLE * EVENTS_A_PERSON
    finish(store, path)
    return kills, while_recording


def main():
    tap = Tap()
    chance = random.Random(SEED)
    print(f"# seed {SEED} (RETURNHUB_SEED), {ROUNDS} rounds, {PEOPLE} people")
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "people.csv")
        make_file(path, chance)
        whole = os.path.join(folder, "whole.db")
        run("demo", "--people", "100", "--store", whole)
        before = event_count(whole)
        begun = time.monotonic()
        finish(whole, path)
        seconds = time.monotonic() - begun
        expected = says(whole)
        tap.check("everything of the file is in the register", event_count(whole) == before + PEOPLE * EVENTS_A_PERSON)
        kills = recording = 0
        for number in range(ROUNDS):
            store = os.path.join(folder, f"killed-{number}.db")
            run("demo", "--people", "100", "--store", store)
            here, there = one_round(store, path, chance, seconds, before)
            kills, recording = kills + here, recording + there
            tap.check(f"round {number}: after {here} kills the register says what the other says", says(store) == expected)
            tap.run(f"round {number}: the rows follow from the events", lambda store=store: run("rebuild", "--check", "--store", store))
            if number + 1 < ROUNDS:
                os.remove(store)
        tap.check(f"there was something to interrupt: {kills} kills, {recording} with part of the file recorded",
                  kills > 0 and recording > 0)
        with sqlite3.connect(store) as database:
            database.execute("delete from fact where position = (select max(position) from fact)")
        if LONG:
            tap.check("a fact fewer is noticed (the comparison can fail)", says(store) != expected)
        with tempfile.TemporaryFile() as said:  # the quick form's control: reading everything once more takes long
            code = subprocess.run([BINARY, "rebuild", "--check", "--store", store], stdout=said, stderr=said, check=False).returncode
        tap.check("a fact fewer is noticed by the replay (the check can fail)", code != 0)
    return tap.done()


if __name__ == "__main__":
    sys.exit(main())
