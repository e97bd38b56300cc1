#!/usr/bin/env python3
"""Aim: `rulebook diff` names the rules that changed, and the people whose verdict changes are those for whom a screening under the one
rulebook and a screening under the other differ. Nothing is taken into use."""
import csv
import io
import json
import os
import shutil
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.environ["RETURNHUB_SOURCE"], "tests", "server"))
from desk import BINARY, Tap, make_demo, run  # noqa: E402

UK = os.path.join(os.environ["RETURNHUB_SOURCE"], "rulebooks", "uk")
HUBS = ("HUB-NORTH", "HUB-SOUTH")


def changed_copy(folder, name, changes):
    """A copy of the law with each text replaced once."""
    copy = os.path.join(folder, name, "uk")
    shutil.copytree(UK, copy)
    for before, after in changes:
        found = 0
        for file in sorted(os.listdir(copy)):
            path = os.path.join(copy, file)
            with open(path, encoding="utf-8") as stream:
                text = stream.read()
            if before in text:
                found += text.count(before)
                with open(path, "w", encoding="utf-8") as stream:
                    stream.write(text.replace(before, after))
        assert found == 1, (before, found)
    return copy


def diff(*arguments, expect=1):
    outcome = subprocess.run([BINARY, "rulebook", "diff", *arguments], capture_output=True, text=True)
    assert outcome.returncode == expect, outcome
    return outcome.stdout


def people_of(store, rulebook, folder, hub):
    """The verdicts of a screening under this rulebook, in a copy of the store: person -> (verdict, safeguards in the way)."""
    copy = os.path.join(folder, f"copy-{hub}-{os.path.basename(os.path.dirname(rulebook))}.db")
    shutil.copy(store, copy)
    shutil.copy(store + ".key", copy + ".key")
    text = run("screen", "hub_transfer", "--hub", hub, "--store", copy, "--as", "caseworker", "--rulebook", rulebook, "--format", "csv")
    return {row["person"]: (row["verdict"], {name.rstrip("?") for name in row["in_the_way"].split()})
            for row in csv.DictReader(io.StringIO(text))}


def no_difference():
    assert diff(UK, UK, expect=0) == "The rulebooks say the same\n\nWhose verdict changes: give --store and --as\n"
    assert json.loads(diff(UK, UK, "--format", "json", expect=0)) == {"rules": []}


def rules(changed):
    found = json.loads(diff(UK, changed, "--format", "json"))
    assert "people" not in found
    assert [(rule["change"], rule["kind"], rule["name"], rule["words_only"]) for rule in found["rules"]] == [
        ("changed", "safeguard", "no_court_order", True), ("changed", "safeguard", "fit_to_travel", False)], found["rules"]
    text = diff(UK, changed)
    assert "2 rules differ" in text
    assert "-   clear when (health.fit_to_travel = fit or " in text, text
    assert "+   clear when (health.fit_to_travel = unfit or " in text, text


def people(store, changed, folder):
    for hub in HUBS:
        before, after = (people_of(store, rulebook, folder, hub) for rulebook in (os.path.join(folder, "same", "uk"), changed))
        assert before.keys() == after.keys()
        expected = {person: (before[person][0], after[person][0]) for person in before if before[person][0] != after[person][0]}
        found = json.loads(diff(UK, changed, "--store", store, "--as", "caseworker", "--step", "hub_transfer", "--hub", hub,
                                "--format", "json"))
        assert {line["person"]: (line["before"], line["after"]) for line in found["people"]} == expected
        for line in found["people"]:
            assert line["newly_in_the_way"] + line["no_longer_in_the_way"] == ["fit_to_travel"], line
            assert set(line["newly_in_the_way"]) == after[line["person"]][1] - before[line["person"]][1], line
        if hub == HUBS[0]:
            assert expected, "nobody's verdict depends on the rule that was changed: choose another"
        counted = sum(total["people"] for total in found["totals"] if total["before"] != total["after"])
        assert counted == len(expected)
        assert sum(total["people"] for total in found["totals"]) == 300
    rows = list(csv.DictReader(io.StringIO(diff(UK, changed, "--store", store, "--as", "caseworker", "--format", "csv"))))
    guarded = {"enforced_removal", "hub_transfer", "onward_return_voluntary", "onward_return_enforced"}
    assert {row["step"] for row in rows} <= guarded and "hub_transfer" in {row["step"] for row in rows}, rows
    assert "verdicts change" in diff(UK, changed, "--store", store, "--as", "caseworker")


def nothing_taken(store):
    """The register keeps the rulebook it has."""
    answer = json.loads(run("rebuild", "--check", "--store", store, "--format", "json"))
    assert answer["differences"] == 0
    return answer["events"]


def bad_input(store, folder):
    broken = changed_copy(folder, "broken", [("clear when (health.fit_to_travel = fit or", "clear when (health.fit_to_travel = sleepy or")])
    for arguments, words in (((UK,), "NEW"),
                             ((UK, os.path.join(folder, "nowhere")), "nowhere"),
                             ((UK, broken), "sleepy"),
                             ((UK, UK, "--store", store), "--as"),
                             ((UK, UK, "--store", store, "--as", "hub-north"), "Hub operator"),
                             ((UK, UK, "--store", store, "--as", "caseworker", "--step", "teleport"), "teleport"),
                             ((UK, UK, "--store", store, "--as", "caseworker", "--hub", "HUB-NOWHERE"), "HUB-NOWHERE"),
                             ((UK, UK, "--store", store, "--as", "caseworker", "--on", "2026-02-30"), "February 2026 has no day 30")):
        outcome = subprocess.run([BINARY, "rulebook", "diff", *arguments], capture_output=True, text=True)
        assert outcome.returncode > 0, outcome
        assert words in outcome.stderr, outcome


def main():
    tap = Tap()
    with tempfile.TemporaryDirectory() as folder:
        store = make_demo(folder, people=300)
        changed_copy(folder, "same", [])
        changed = changed_copy(folder, "changed", [
            ("clear when (health.fit_to_travel = fit or", "clear when (health.fit_to_travel = unfit or"),
            ("A court has ordered, or is said to have ordered,", "A court ordered, or is said to have ordered,")])
        events = nothing_taken(store)
        tap.run("the same rulebook", no_difference)
        tap.run("the rules that differ", lambda: rules(changed))
        tap.run("the people are those whom two screenings tell apart", lambda: people(store, changed, folder))
        tap.run("bad input is a clear error", lambda: bad_input(store, folder))

        def kept():
            assert nothing_taken(store) == events
        tap.run("nothing is taken into use", kept)
    return tap.done()


if __name__ == "__main__":
    sys.exit(main())
