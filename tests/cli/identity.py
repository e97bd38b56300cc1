#!/usr/bin/env python3
"""Aim: from the command line, who somebody is: another reference, a passport typed whole, a likely duplicate, two records
merged by two people, and the merge undone, with what is recorded meanwhile given back."""
import csv
import io
import json
import os
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.environ["RETURNHUB_SOURCE"], "tests", "server"))
from desk import BINARY, Tap, make_demo, run  # noqa: E402

# Specimen of ICAO Doc 9303 part 4.
ZONE = "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<L898902C36UTO7408122F1204159ZE184226B<<<<<10"


class Desk:
    def __init__(self, store):
        self.store = store

    def run(self, *arguments, account="caseworker", expect=0):
        return run(*arguments, "--store", self.store, "--as", account, expect=expect)

    def json(self, *arguments, **options):
        return json.loads(self.run(*arguments, "--format", "json", **options))

    def rows(self, *arguments):
        return list(csv.DictReader(io.StringIO(self.run(*arguments, "--format", "csv"))))

    def fails(self, *arguments, account="caseworker"):
        outcome = subprocess.run([BINARY, *arguments, "--store", self.store, "--as", account], capture_output=True, text=True)
        assert outcome.returncode > 1, outcome
        return outcome.stderr


def registered_once(desk):
    first = desk.json("person", "register", "Quintus Samplename", "1990-03-04", "--reference", "gwf:GWF012345678")
    assert first["reference"] and not first["likely_duplicates"], first
    again = desk.json("person", "register", "SAMPLENAME Quintus", "1990-04-03", expect=1)
    assert not again["reference"], again
    likely = again["likely_duplicates"][0]
    assert likely["reference"] == first["reference"]
    assert all(reason["agrees"] for reason in likely["reasons"]), likely
    assert "exchanged" in str(likely["reasons"])
    same = desk.json("person", "register", "Somebody Otherwise", "1950-01-01", "--reference", "gwf:gwf 012 345 678", expect=1)
    assert same["likely_duplicates"][0]["reasons"][0]["what"] == "GWF reference: the same", same
    second = desk.json("person", "register", "Samplename Quintus", "1990-04-03", "--new")
    assert second["reference"] and len(second["likely_duplicates"]) == 1
    pairs = desk.json("person", "duplicates", first["reference"])["people"]
    assert [pair["reference"] for pair in pairs] == [second["reference"]], pairs
    return first["reference"], second["reference"]


def references(desk, person, other):
    event = desk.json("identity", "record", person, "travel_document", ZONE)["event"]
    shown = desk.json("identity", "show", "travel_document:UTO:L898902C3")
    assert shown["reference"] == person
    assert {line["scheme"] for line in shown["identifiers"]} == {"gwf", "travel_document"}
    assert desk.rows("identity", "show", person)[1]["value"] == "L898902C3"
    wrong = desk.fails("identity", "record", person, "travel_document", ZONE.replace("7408122F", "7408132F"))
    assert "date of birth (line 2, position 20)" in wrong, wrong
    assert "UTO" in desk.fails("identity", "record", person, "travel_document", "L898902C3")
    assert "home_office" in desk.fails("identity", "record", person, "passport", "1")
    conflict = desk.json("identity", "record", other, "travel_document", "L898902C3", "--issuer", "UTO")
    assert conflict["conflict"][0]["reference"] == person, conflict
    desk.run("identity", "remove", str(conflict["event"]), "--reason", "typed of the wrong person")
    assert event


def merged_and_undone(desk, person, other):
    people = len(desk.rows("person", "list", "--limit", "1000"))
    plan = desk.json("merge", "plan", person, other)
    assert {conflict["what"] for conflict in plan["conflicts"]} >= {"Name", "Date of birth"}, plan
    request = str(desk.json("merge", "request", person, other, "--reason", "one passport")["merge"])
    count = str(len(plan["conflicts"]))
    assert "may not" in desk.fails("merge", "confirm", request, "--conflicts", count)
    assert "--conflicts" in desk.fails("merge", "confirm", request, account="senior")
    assert "differ" in desk.fails("merge", "confirm", request, "--conflicts", "99", account="senior")
    desk.run("merge", "confirm", request, "--conflicts", count, account="senior")
    assert len(desk.rows("person", "list", "--limit", "1000")) == people - 1
    assert desk.json("person", "show", other)["reference"] == person
    reconciled = {row[0]: int(row[2]) for row in csv.reader(
        desk.run("statistics", "reconciliation", "--format", "csv", account="statistician").splitlines())
        if len(row) > 2 and row[1] == "Total"}
    assert reconciled["Merged into another record"] == 1 and reconciled["Residual"] == 0, reconciled
    assert reconciled["Everybody ever recorded"] == people, reconciled
    told = desk.json("record", other, "contact.search_made", "yes")["events"][0]
    asked = desk.json("record", person, "person.language", "Example")["events"][0]
    told, asked = [event if isinstance(event, int) else event["event"] for event in (told, asked)]
    check = desk.json("merge", "undo", request, "--check", account="senior", expect=1)
    about = {line["event"]: line["about"] for line in check["events"]}
    assert about == {told: "absorbed", asked: "to be decided"}, about
    assert "decided" in desk.fails("merge", "undo", request, "--reason", "two people", account="senior")
    assert "123=" in desk.fails("merge", "undo", request, f"{asked}=both", "--reason", "two people", account="senior")
    desk.run("merge", "undo", request, f"{asked}=continuing", "--reason", "two people", account="senior")
    assert len(desk.rows("person", "list", "--limit", "1000")) == people
    states = [line["state"] for line in desk.json("merge", "list")["merges"]]
    assert states == ["undone"], states
    assert desk.json("person", "show", other)["reference"] == other
    rows = desk.rows("person", "evidence", "person.language", "Example")
    assert [row["reference"] for row in rows] == [person], rows


def came_back(desk):
    gone = next(row for row in desk.rows("person", "list", "--limit", "1000") if row["stage"] == "removed")["reference"]
    assert "--step" in desk.fails("person", "return", gone)
    answer = desk.json("person", "return", gone, "--step", "new_claim", expect=1)  # refused: no claim is on record
    assert "new_claim" in str(answer), answer
    here = next(row for row in desk.rows("person", "list", "--limit", "1000") if row["stage"] == "refused")["reference"]
    assert "no outcome" in desk.fails("person", "return", here)


def main():
    tap = Tap()
    with tempfile.TemporaryDirectory() as folder:
        desk = Desk(make_demo(folder, people=200))
        pair = []
        tap.run("somebody is registered once, unless it is said otherwise", lambda: pair.extend(registered_once(desk)))
        tap.run("other references, and a passport typed whole", lambda: references(desk, *pair))
        tap.run("merged by two people, and undone", lambda: merged_and_undone(desk, *pair))
        tap.run("who comes back continues in their own record", lambda: came_back(desk))
        tap.run("the rows follow from the events", lambda: run("rebuild", "--check", "--store", desk.store))
    return tap.done()


if __name__ == "__main__":
    sys.exit(main())
