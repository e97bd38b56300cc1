#!/usr/bin/env python3
"""Aim: on the command line a departure goes from its manifest to its end, on the demonstration register: an order that is reported
stops what was approved and stays in sight until it is acknowledged; people are put on a manifest, boarded, and accounted for."""
import datetime
import json
import os
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.environ["RETURNHUB_SOURCE"], "tests", "server"))
from desk import BINARY, Tap, make_demo, run  # noqa: E402


class Desk:
    def __init__(self, store):
        self.store = store

    def run(self, *arguments, account="caseworker", expect=0):
        return run(*arguments, "--store", self.store, "--as", account, expect=expect)

    def json(self, *arguments, **options):
        return json.loads(self.run(*arguments, "--format", "json", **options))

    def told(self, account):
        outcome = subprocess.run([BINARY, "stop", "list", "--store", self.store, "--as", account], capture_output=True)
        return outcome.stderr.decode()

    def approved_removal(self):
        """Somebody whose removal is clear, asked for and approved; and the facts about the departure."""
        for row in self.run("screen", "enforced_removal", "--format", "csv").splitlines()[1:]:
            cells = row.split(",")
            shown = self.json("person", "show", cells[0]) if "clear" in cells else None
            if shown is not None and "foretold" not in shown and not any(request["state"] in ("open", "approved") for request in shown["requests"]):
                request = str(self.json("step", "request", cells[0], "enforced_removal")["request"]["id"])
                self.run("step", "approve", request, account="authorising")
                facts = {fact["fact"]: fact.get("value") for fact in shown["facts"]}
                return cells[0], request, facts["departure.destination"], facts["departure.on"]
        raise AssertionError("nobody's removal is clear")


def order(desk):
    person, request, destination, day = desk.approved_removal()
    manifest = desk.json("manifest", "open", "enforced_removal", "--destination", destination, "--departs", f"{day}T09:30:00Z",
                         "--carrier", "RH 101", "--route", "LHR, TIA", "--escorts", "3", "--escort-roles", "lead, medic",
                         "--lead", "senior")["reference"]
    desk.run("manifest", "add", manifest, request)
    assert person in desk.run("manifest", "show", manifest)
    assert "listed" in desk.run("manifest", "show", manifest, "--format", "csv")
    refused = subprocess.run([BINARY, "step", "take", request, "--store", desk.store, "--as", "caseworker"], capture_output=True)
    assert refused.returncode == 5 and manifest.encode() in refused.stderr, refused
    text = desk.run("order", "report", person, "--by", "the representative", "--means", "by telephone",
                    "--claim-number", "AC-2026-LON-000001", account="monitor", expect=4)  # not of the monitor's hub
    text = desk.run("order", "report", person, "--by", "the representative", "--means", "by telephone")
    assert "STOPPED" in text and "no_court_order" in text, text
    for account in ("caseworker", "authorising", "senior"):
        assert person in desk.told(account), desk.told(account)
        stop = str(desk.json("stop", "list", account=account)["stops"][0]["stop"])
        desk.run("stop", "acknowledge", stop, account=account)
        desk.run("stop", "acknowledge", stop, account=account, expect=5)
        assert person not in desk.told(account)
    assert "NOT ACKNOWLEDGED" not in desk.run("stop", "show", stop)
    assert desk.json("manifest", "show", manifest)["people"][0]["state"] == "stopped"
    desk.run("manifest", "board", manifest, expect=5)
    assert desk.json("manifest", "cancel", manifest, "--reason", "nobody left")["state"] == "cancelled"
    assert manifest not in desk.run("manifest", "list")
    assert manifest in desk.run("manifest", "list", "--all")


def without_a_safeguard(desk):
    """What an entry in the books stops has no safeguard in its way, and that is said."""
    person = desk.approved_removal()[0]
    desk.run("entry", "open", "death", person)
    stop = str(desk.json("stop", "list")["stops"][0]["stop"])
    shown = desk.run("stop", "show", stop)
    assert f"enforced_removal of {person}; it does not lead on any more\n" in shown, shown
    steps = desk.run("person", "show", person)
    entry = desk.json("person", "show", person)["foretold"][0]["entry"]
    assert f"held by the entry {entry} in the books\n" in steps, steps
    desk.run("entry", "answer", str(entry), "outcome=made_in_error", "answer=somebody else died")


def departure(desk, called_back):
    person, request, destination, day = desk.approved_removal()
    now = datetime.datetime.now(datetime.timezone.utc)
    today = now.date().isoformat()
    # The departure is moved to today, and the person is told so: another day is another notice, and none of the old approval stays.
    desk.run("record", person, "departure.on", today)
    desk.run("record", person, "removal_notice.departure_on", today)
    request = str(desk.json("step", "request", person, "enforced_removal")["request"]["id"])
    desk.run("step", "approve", request, account="authorising")
    soon = (now + datetime.timedelta(minutes=5)).strftime("%Y-%m-%dT%H:%M:%SZ")
    if soon[:10] != today:
        return  # a few minutes before midnight
    manifest = desk.json("manifest", "open", "enforced_removal", "--destination", destination, "--departs", soon)["reference"]
    desk.run("manifest", "add", manifest, request)
    changed = desk.json("manifest", "change", manifest, "--carrier", "RH 102", "--reason", "another aircraft")
    assert changed["carrier"] == "RH 102" and changed["departs_at"].startswith(soon[:16]), changed
    boarded = desk.json("manifest", "board", manifest)
    assert boarded["boarded"] == 1 and boarded["left_off"] == 0, boarded
    if called_back:
        desk.run("order", "report", person, "--by", "the representative", "--means", "by telephone")
    assert (f"CALLED BACK, and aboard: {person}\n" in desk.run("manifest", "depart", manifest)) == called_back
    desk.run("manifest", "close", manifest, expect=5)
    desk.run("manifest", "account", manifest, person, "arrived", "--source", "the lead's message")
    assert desk.json("manifest", "close", manifest)["state"] == "closed"
    assert desk.json("person", "show", person)["stage"]["name"] == "removed"


def rebuilt(desk):
    outcome = json.loads(run("rebuild", "--check", "--store", desk.store, "--format", "json"))
    assert outcome["differences"] == 0, outcome


def main():
    tap = Tap()
    with tempfile.TemporaryDirectory() as folder:
        desk = Desk(make_demo(folder, people=300))
        tap.run("an order stops, is told, is acknowledged", lambda: order(desk))
        tap.run("what an entry stops says so", lambda: without_a_safeguard(desk))
        tap.run("a departure to its end", lambda: departure(desk, called_back=False))
        tap.run("a departure that leaves with somebody who was called back", lambda: departure(desk, called_back=True))
        tap.run("the rows are what the events add up to", lambda: rebuilt(desk))
    return tap.done()


if __name__ == "__main__":
    sys.exit(main())
