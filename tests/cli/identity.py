#!/usr/bin/env python3
"""Aim: from the command line, who somebody is: another reference, a passport typed whole, a likely duplicate, two records
merged by two people, and the merge undone, with what is recorded meanwhile given back."""
import csv
import datetime
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


def today():
    return datetime.datetime.now(datetime.timezone.utc).date().isoformat()


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

    def told(self, *arguments):
        """What is said beside the answer when nobody is registered."""
        outcome = subprocess.run([BINARY, *arguments, "--store", self.store, "--as", "caseworker"], capture_output=True, text=True)
        assert outcome.returncode == 1, outcome
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
    was = desk.json("identity", "show", other)
    assert "reason" in desk.fails("identity", "correct", other, "Another Name").lower()
    assert "date" in desk.fails("identity", "correct", other, "Another Name", "31.12.1990", "--reason", "a passport").lower()
    desk.run("identity", "correct", other, "Another Name", "1990-12-31", "--reason", "a passport")
    now = desk.json("identity", "show", other)
    assert (now["name"], now["born_on"]) == ("Another Name", "1990-12-31"), now
    desk.run("identity", "correct", other, was["name"], was["born_on"], "--reason", "it was right")
    assert desk.json("identity", "show", other) == was


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
    shown = desk.json("person", "show", other)
    assert shown["reference"] == person and shown["known_as"]["records"] == [person, other], shown
    told = " ".join(desk.run("person", "show", person).split())
    assert f"Also recorded as {other}" in told and f"Merge {request}, merged" in told, told
    assert "Other reference gwf GWF012345678" in told and "Other reference travel_document UTO L898902C3" in told, told
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
    shown = desk.json("person", "show", other)
    assert shown["reference"] == other and shown["known_as"]["records"] == [other], shown
    merges = shown["known_as"]["merges"]
    assert [(merge["merge"], merge["state"]) for merge in merges] == [(int(request), "undone")], shown
    rows = desk.rows("person", "evidence", "person.language", "Example")
    assert [row["reference"] for row in rows] == [person], rows


def came_back(desk):
    gone = next(row for row in desk.rows("person", "list", "--limit", "1000") if row["stage"] == "removed")["reference"]
    assert "--step" in desk.fails("person", "return", gone)
    answer = desk.json("person", "return", gone, "--step", "new_claim", expect=1)  # refused: no claim is on record
    assert "new_claim" in str(answer), answer
    here = next(row for row in desk.rows("person", "list", "--limit", "1000") if row["stage"] == "refused")["reference"]
    assert "no outcome" in desk.fails("person", "return", here)
    # At the desk nobody knows that they were here: registering tells, and says what to do.
    person = desk.json("person", "show", gone)
    people = len(desk.rows("person", "list", "--limit", "1000"))
    told = desk.told("person", "register", person["name"], person["born_on"]["value"])
    assert f"returnhub person return {gone}" in told and "--new" in told, told
    desk.run("record", gone, "claim.made_on", today())
    assert "It is not said by which step" in desk.fails("person", "return", gone, "--step", "hub_transfer")
    answer = desk.json("person", "return", gone, "--step", "new_claim")
    assert desk.json("person", "show", gone)["stage"]["name"] == "claim_registered", answer
    assert len(desk.rows("person", "list", "--limit", "1000")) == people
    # Now the record is open: it goes on there.
    told = desk.told("person", "register", person["name"], person["born_on"]["value"])
    assert f"returnhub record {gone}" in told and "person return" not in told, told
    return person


def imported(desk, folder, gone):
    """A file about somebody who is here, under a reference that nobody here knows."""
    def take(text, *options, expect=0):
        path = os.path.join(folder, "people.csv")
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        return run("import", path, "--store", desk.store, "--as", "registrar", "--format", "json", "--errors",
                   os.path.join(folder, "errors.csv"), *options, expect=expect)
    name, born = gone["name"], gone["born_on"]["value"]
    head = "reference@ports,name,born_on,registered_on\n"
    backwards = " ".join(reversed(name.split())).upper()
    people = len(desk.rows("person", "list", "--limit", "1000"))
    take(f"{head}P-1,{backwards},{born},2023-01-09\n", expect=3)
    fault = next(csv.DictReader(open(os.path.join(folder, "errors.csv"), newline="", encoding="utf-8")))
    assert gone["reference"] in fault["what is wrong"] and "--new" in fault["what to do"], fault
    assert len(desk.rows("person", "list", "--limit", "1000")) == people
    # It is known who it is: their own record goes on, and the reference finds it from now on.
    outcome = json.loads(take(f"person,reference@ports\n{gone['reference']},P-1\n"))
    assert (outcome["references"], outcome["new_people"]) == (1, 0), outcome
    outcome = json.loads(take(f"{head}P-1,{name},{born},\n"))
    assert (outcome["new_people"], outcome["unchanged_people"]) == (0, 1), outcome
    # That system registered them on another day: told, because it may be somebody else's reference.
    take(f"{head}P-1,{name},{born},2023-01-09\n", expect=3)
    fault = next(csv.DictReader(open(os.path.join(folder, "errors.csv"), newline="", encoding="utf-8")))
    assert fault["column"] == "registered_on" and "leave the cell blank" in fault["what to do"], fault
    assert desk.json("identity", "show", "other_system:ports:P-1")["reference"] == gone["reference"]
    # The same system calls somebody else of this name otherwise: it says that they are two.
    outcome = json.loads(take(f"{head}P-2,{name},{born},2023-01-09\n"))
    assert (outcome["new_people"], outcome["likely"]) == (1, 0), outcome
    # Another system knows nothing of either: only whoever is sure registers.
    outcome = json.loads(take(f"reference@ships,name,born_on,registered_on\nS-1,{name},{born},2023-01-09\n", "--new"))
    assert (outcome["new_people"], outcome["likely"]) == (1, 1), outcome
    # A reference that was withdrawn is not brought back by the file that had it.
    event = next(line["event"] for line in desk.json("identity", "show", gone["reference"])["identifiers"]
                 if line["value"] == "P-1")
    desk.run("identity", "remove", str(event), "--reason", "another person's")
    outcome = json.loads(take(f"person,reference@ports\n{gone['reference']},P-1\n"))
    assert outcome["references"] == 0, outcome


def ended(desk, folder):
    """News of somebody whose procedure has ended is told: they may be back."""
    gone = next(row for row in desk.rows("person", "list", "--limit", "1000") if row["stage"] == "removed")["reference"]
    path = os.path.join(folder, "news.csv")
    with open(path, "w", encoding="utf-8") as file:
        file.write(f"person,person.language\n{gone},Example\n")
    outcome = json.loads(run("import", path, "--store", desk.store, "--as", "registrar", "--format", "json"))
    assert outcome["ended"] == 1, outcome


def main():
    tap = Tap()
    with tempfile.TemporaryDirectory() as folder:
        desk = Desk(make_demo(folder, people=200))
        pair = []
        tap.run("somebody is registered once, unless it is said otherwise", lambda: pair.extend(registered_once(desk)))
        tap.run("other references, and a passport typed whole", lambda: references(desk, *pair))
        tap.run("merged by two people, and undone", lambda: merged_and_undone(desk, *pair))
        gone = []
        tap.run("who comes back continues in their own record", lambda: gone.append(came_back(desk)))
        tap.run("a file registers nobody twice", lambda: imported(desk, folder, gone[0]))
        tap.run("a file tells who may have come back", lambda: ended(desk, folder))
        tap.run("the rows follow from the events", lambda: run("rebuild", "--check", "--store", desk.store))
    return tap.done()


if __name__ == "__main__":
    sys.exit(main())
