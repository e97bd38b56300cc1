#!/usr/bin/env python3
"""Aim: the desk of a hub is run from the command line: every command of `hub` does what docs/hub-desk.md says, on the demonstration
register; the places always add up; what an account may not do or see is refused in the documented way; nothing is lost on the way."""
import csv
import datetime
import io
import json
import os
import sys
import tempfile

sys.path.insert(0, os.path.join(os.environ["RETURNHUB_SOURCE"], "tests", "server"))
from desk import Tap, make_demo, new_client_id, run  # noqa: E402

HUB = "HUB-NORTH"
STATES = ("free", "occupied", "held", "prebooked", "out_of_use")
LOOKS = ("show", "places", "prebookings", "arrivals", "stays", "departures")


def day(later):
    return (datetime.datetime.now(datetime.timezone.utc).date() + datetime.timedelta(days=later)).isoformat()


class Desk:
    def __init__(self, store):
        self.store = store
        self.waiting = None

    def run(self, *arguments, account="hub-north", expect=0):
        return run(*arguments, "--store", self.store, "--as", account, expect=expect)

    def json(self, *arguments, **options):
        return json.loads(self.run(*arguments, "--format", "json", **options))

    def show(self):
        """The desk; its places must add up, each in one state."""
        shown = self.json("hub", "show", HUB)
        counts = shown["counts"]
        assert counts["agreed"] == sum(counts[state] for state in STATES) == len(shown["places"]), counts
        for state in STATES:
            assert counts[state] == sum(place["state"] == state for place in shown["places"]), (state, counts)
        return shown

    def free_place(self, kind="general"):
        return str(next(place["number"] for place in self.show()["places"] if place["state"] == "free" and place["kind"] == kind))

    def place(self, number):
        return next(place for place in self.show()["places"] if str(place["number"]) == str(number))

    def ready(self):
        """The people who are clear for a transfer and for whom nobody asked for one, one after the other."""
        if self.waiting is None:
            listed = csv.DictReader(io.StringIO(self.run("screen", "hub_transfer", "--hub", HUB, "--format", "csv", account="caseworker")))
            self.waiting = [row["person"] for row in listed if row["verdict"] == "clear"]
        while True:
            person = self.waiting.pop(0)
            shown = self.json("person", "show", person, account="caseworker")
            if not any(request["state"] in ("open", "approved") for request in shown["requests"]):
                return person

    def asked(self):
        person = self.ready()
        return person, str(self.json("step", "request", person, "hub_transfer", "--hub", HUB, account="caseworker")["request"]["id"])

    def approve(self, request):
        self.run("step", "approve", request, account="authorising")
        return self.json("step", "approve", request, account="senior")["request"]["place"]

    def transferred(self):
        person, request = self.asked()
        self.approve(request)
        self.run("step", "take", request, account="caseworker")
        return person

    def expected(self, person):
        return next((stay for stay in self.show()["expected"] if stay["reference"] == person), None)


def looks(desk):
    for look in LOOKS:
        text = desk.run("hub", look, HUB)
        assert HUB in text, text
        json.loads(desk.run("hub", look, HUB, "--format", "json"))
        lines = list(csv.reader(io.StringIO(desk.run("hub", look, HUB, "--format", "csv"))))
        assert len({len(line) for line in lines}) <= 1, (look, lines[:3])
        desk.run("hub", look, "HUB-NOWHERE", expect=4)
        desk.run("hub", look, "HUB-SOUTH", expect=4)  # another hub than the operator's
        desk.run("hub", look, HUB, account="statistician", expect=6)
        desk.run("hub", look, expect=2)


def out_and_back(desk):
    before, number = desk.show()["counts"], desk.free_place()
    desk.run("hub", "out", HUB, number, "damage", account="caseworker", expect=6)
    desk.run("hub", "out", HUB, number, "boredom", expect=3)
    desk.run("hub", "out", HUB, number, "other", expect=3)  # needs words
    desk.run("hub", "out", HUB, "100000", "damage", expect=3)
    desk.run("hub", "out", HUB, "x", "damage", expect=3)
    client_id = new_client_id()
    first = desk.json("hub", "out", HUB, number, "damage", "--reason", "broken window", "--until", day(5), "--client-id", client_id)
    again = desk.json("hub", "out", HUB, number, "damage", "--reason", "broken window", "--until", day(5), "--client-id", client_id)
    assert again["repeated"] and again["events"] == first["events"], (first, again)
    place = desk.place(number)
    assert (place["state"], place["reason"], place["words"]) == ("out_of_use", "damage", "broken window"), place
    assert desk.show()["counts"]["free"] == before["free"] - 1
    desk.run("hub", "out", HUB, number, "damage", expect=5)  # it is out already
    desk.run("hub", "back", HUB, number, "--reason", "new window")
    assert desk.show()["counts"] == before
    desk.run("hub", "back", HUB, number, expect=5)


def opening(desk):
    desk.run("hub", "open", "HUB-NEW", "A new hub", expect=6)  # an operator opens none
    desk.run("hub", "open", "hub new", "A new hub", account="senior", expect=3)
    opened = desk.json("hub", "open", "HUB-NEW", "A new hub", account="senior")
    assert opened["reference"] == "HUB-NEW" and opened["places"]["agreed"] == 0, opened
    desk.run("hub", "open", "HUB-NEW", "Another", account="senior", expect=5)
    desk.run("hub", "agree", "HUB-NEW", "twelve", "--reason", "protocol 2", account="senior", expect=3)
    agreed = desk.json("hub", "agree", "HUB-NEW", "12", "--reason", "protocol 2", account="senior")
    # Nobody can be given a place before its kind is said.
    assert (agreed["places"]["agreed"], agreed["places"]["free"], agreed["places"]["without_kind"]) == (12, 0, 12), agreed
    desk.run("hub", "kind", "HUB-NEW", "general", "1", "5", "--reason", "built", account="senior")
    sorted_out = desk.json("hub", "show", "HUB-NEW", account="senior")["counts"]
    assert (sorted_out["agreed"], sorted_out["free"], sorted_out["without_kind"]) == (12, 5, 7), sorted_out


def kinds(desk):
    number = desk.free_place()
    desk.run("hub", "kind", HUB, "gold", number, number, expect=3)
    desk.run("hub", "kind", HUB, "women", number, number, "--reason", "a wing of their own")
    assert desk.place(number)["kind"] == "women"
    women = next(kind for kind in desk.show()["kinds"] if kind["kind"] == "women")
    assert women["free"] >= 1, women
    desk.run("hub", "kind", HUB, "general", number, number)
    assert desk.place(number)["kind"] == "general"
    taken = next(place["number"] for place in desk.show()["places"] if place["state"] == "occupied")
    desk.run("hub", "kind", HUB, "women", str(taken), str(taken), expect=5)


def prebookings(desk):
    before = desk.show()["counts"]
    desk.run("hub", "prebook", HUB, "general", "1", account="caseworker", expect=2)  # without an end
    desk.run("hub", "prebook", HUB, "general", "1", "--until", day(2), "--reason", "a flight", expect=6)  # the sending side's to say
    desk.run("hub", "prebook", HUB, "general", str(before["free"] + 1), "--until", day(2), "--reason", "a flight",
             account="caseworker", expect=5)
    assert desk.show()["counts"] == before  # all of them or none
    desk.run("hub", "prebook", HUB, "general", "2", "--until", day(2), "--reason", "a flight", account="caseworker")
    prebooking = next(line for line in desk.show()["prebookings"] if line["purpose"] == "a flight")
    assert (prebooking["places"], prebooking["holding"], prebooking["until"]) == (2, 2, day(2)), prebooking
    assert desk.show()["counts"]["prebooked"] == before["prebooked"] + 2
    _, request = desk.asked()
    desk.run("hub", "give", HUB, str(prebooking["prebooking"]), request, account="caseworker")
    assert desk.approve(request) > 0
    shown = desk.show()["counts"]
    assert (shown["held"], shown["prebooked"]) == (before["held"] + 1, before["prebooked"] + 1), shown
    desk.run("hub", "release", HUB, str(prebooking["prebooking"]), "--reason", "postponed", account="caseworker")
    assert desk.show()["counts"]["prebooked"] == before["prebooked"]
    desk.run("hub", "release", HUB, str(prebooking["prebooking"]), "--reason", "postponed", account="caseworker", expect=5)
    desk.run("hub", "release", HUB, "999999999", "--reason", "postponed", account="caseworker", expect=4)


def arrivals(desk):
    came, refused, never = (desk.transferred() for _ in range(3))
    for person in (came, refused, never):
        assert desk.expected(person), person
        assert person in desk.run("hub", "arrivals", HUB)
    desk.run("hub", "arrive", HUB, came, account="caseworker", expect=6)
    assert "arrived" in desk.run("hub", "arrive", HUB, came, expect=1)  # the law asks for the day
    desk.run("record", came, "hub_stay.arrived_on", day(0))
    desk.run("hub", "arrive", HUB, came)
    assert desk.expected(came) is None
    assert any(stay["reference"] == came and stay["arrival"] == "arrived" for stay in desk.show()["stays"])
    place = next(stay["place"] for stay in desk.show()["stays"] if stay["reference"] == came)
    other = desk.free_place()
    desk.run("hub", "move", HUB, came, other, expect=3)  # without a reason
    desk.run("hub", "move", HUB, came, other, "--reason", "noise")
    assert desk.place(other)["person"] == came and desk.place(place)["state"] == "free"
    free = desk.show()["counts"]["free"]
    desk.run("record", refused, "transfer.refused_on_arrival", "yes")
    desk.run("hub", "refuse", HUB, refused)
    assert desk.show()["counts"]["free"] == free + 1
    desk.run("hub", "hand-over", HUB, never, "nobody.here", "--reason", "leave", account="caseworker", expect=3)
    desk.run("hub", "hand-over", HUB, never, "senior", "--reason", "leave", account="caseworker")
    assert "enior" in desk.expected(never)["owner"], desk.expected(never)
    desk.run("hub", "resolve", HUB, never, "never_left", "--reason", "the flight did not leave", expect=6)
    desk.run("hub", "resolve", HUB, never, "evaporated", "--reason", "the flight did not leave", account="caseworker", expect=3)
    desk.run("hub", "resolve", HUB, never, "never_left", "--reason", "the flight did not leave", account="caseworker")
    assert desk.expected(never) is None
    counted = desk.show()["arrivals"]
    assert counted["ever"] == sum(number for state, number in counted.items() if state != "ever"), counted


def unexpected(desk):
    desk.run("hub", "unexpected", HUB, "a man at the gate, no papers")
    desk.run("hub", "reconcile", HUB, expect=1)
    arrival = next(line for line in desk.show()["unexpected"] if line["description"].startswith("a man at the gate"))
    desk.run("hub", "identify", HUB, str(arrival["arrival"]), "a visitor of the canteen", expect=6)
    desk.run("hub", "identify", HUB, str(arrival["arrival"]), "a visitor of the canteen", "--reason", "asked him", account="caseworker")
    assert not any(line["arrival"] == arrival["arrival"] for line in desk.show()["unexpected"])


def counted(desk):
    counts = desk.show()["counts"]
    in_use = counts["agreed"] - counts["out_of_use"]
    desk.run("hub", "heartbeat", HUB, "x", "0", expect=3)
    desk.run("hub", "heartbeat", HUB, "1", "0", "general", expect=3)
    desk.run("hub", "heartbeat", HUB, "1", "0", account="caseworker", expect=6)
    report = desk.show()["report"]
    if report is None or not report.get("counted_in_use"):
        desk.run("hub", "heartbeat", HUB, str(in_use), str(counts["out_of_use"]))
        report = desk.show()["report"]
    right = (str(report["counted_in_use"]), str(report["counted_out_of_use"]))
    desk.run("hub", "heartbeat", HUB, *right)
    assert not desk.show()["report"]["differs"], desk.show()["report"]
    desk.run("hub", "heartbeat", HUB, str(int(right[0]) + 1), right[1])
    assert desk.show()["report"]["differs"]
    desk.run("hub", "reconcile", HUB, expect=1)
    assert desk.show()["counts"] == counts  # a report changes nothing else
    desk.run("hub", "explain", HUB, expect=3)
    desk.run("hub", "explain", HUB, "--reason", "a visitor stayed over night", account="senior")
    report = desk.show()["report"]
    assert report["differs"] and report["explained"] and report["explanation"] == "a visitor stayed over night", report


def reinstated(desk):
    """A departure by mistake is cancelled: the person is back at a place, and it happened once."""
    person = next(stay["reference"] for stay in desk.show()["stays"] if stay["arrival"] == "arrived")
    desk.run("hub", "reinstate", HUB, person, "--reason", "another person left", expect=5)  # nobody left
    desk.run("record", person, "hub_stay.missing_since", day(0), account="caseworker")
    desk.run("step", "request", person, "report_missing_from_hub", account="caseworker")
    for fact in ("contact.search_made", "hub_stay.place_given_up"):
        desk.run("record", person, fact, "yes", account="caseworker")
    desk.run("step", "request", person, "give_up_place", account="caseworker")
    assert any(stay["reference"] == person for stay in desk.show()["departures"])
    desk.run("hub", "reinstate", HUB, person, expect=3)  # without a reason
    desk.run("hub", "reinstate", HUB, person, "--reason", "another person left")
    assert any(stay["reference"] == person for stay in desk.show()["stays"])


def main():
    tap = Tap()
    with tempfile.TemporaryDirectory() as folder:
        desk = Desk(make_demo(folder, people=1000))
        tap.run("what there is to look at, in three formats, for those who may", lambda: looks(desk))
        tap.run("a place goes out of use and comes back", lambda: out_and_back(desk))
        tap.run("a hub is opened, and places are agreed", lambda: opening(desk))
        tap.run("places have kinds", lambda: kinds(desk))
        tap.run("places are prebooked, given and released", lambda: prebookings(desk))
        tap.run("expected arrivals come, are refused, are resolved", lambda: arrivals(desk))
        tap.run("somebody unexpected stays on the desk until it is known who it is", lambda: unexpected(desk))
        tap.run("the hub's own count changes nothing, and a difference is explained", lambda: counted(desk))
        tap.run("a departure recorded by mistake is cancelled", lambda: reinstated(desk))
        tap.run("the rows follow from the events", lambda: run("rebuild", "--check", "--store", desk.store))
    return tap.done()


if __name__ == "__main__":
    sys.exit(main())
