#!/usr/bin/env python3
"""Aim: the books, agreements and joint operations on the command line: every format, every command, what is wrong said clearly, and
an outsider's sums over what is printed.

    books.py OPEN_REGISTER"""
import csv
import io
import json
import os
import subprocess
import sys
import tempfile
from datetime import datetime, timedelta, timezone

sys.path.insert(0, os.path.join(os.environ["RETURNHUB_SOURCE"], "tests", "server"))
from desk import PASSWORD, BINARY, Tap, run  # noqa: E402

NOW = datetime.now(timezone.utc).replace(microsecond=0)
TODAY = NOW.date()


def instant(minutes_ago):
    return (NOW - timedelta(minutes=minutes_ago)).strftime("%Y-%m-%dT%H:%M:%SZ")


def day(offset):
    return (TODAY + timedelta(days=offset)).isoformat()


class Desk:
    def __init__(self, folder, program):
        made = subprocess.run([program, "uk", PASSWORD], capture_output=True, text=True, env={**os.environ, "TMPDIR": folder}, check=True)
        self.store = made.stdout.strip()
        self.person = json.loads(self.run("person", "register", "PersonOne Samplealpha", "--format", "json"))["reference"]

    def run(self, *arguments, account="clerk", expect=0):
        return run(*arguments, "--store", self.store, "--as", account, expect=expect)

    def json(self, *arguments, **options):
        return json.loads(self.run(*arguments, "--format", "json", **options))

    def rows(self, *arguments, **options):
        return list(csv.DictReader(io.StringIO(self.run(*arguments, "--format", "csv", **options))))

    def wrong(self, *arguments, account="clerk", status=3):
        outcome = subprocess.run([BINARY, *arguments, "--store", self.store, "--as", account], capture_output=True, text=True)
        assert outcome.returncode == status, (arguments, outcome)
        return outcome.stderr


def a_complaint(desk):
    opened = desk.json("entry", "open", "complaint", desk.person, "made_by=the_person", "about=health_care", "description=no doctor",
                       "--hub", "HUB-NORTH")
    entry = str(opened["entry"])
    assert opened["state"] == "open" and opened["due_on"]["value"] > day(20), opened  # twenty working days are four weeks or more
    assert "by the rulebook" in desk.wrong("entry", "add", entry, "--due", day(200), "--reason", "we are busy").lower()
    assert "It is one of" in desk.wrong("entry", "open", "complaint", desk.person, "made_by=a_neighbour", "about=other", "description=x")
    assert "description" in desk.wrong("entry", "open", "complaint", desk.person, "made_by=other", "about=other")
    assert "NAME=VALUE" in desk.wrong("entry", "open", "complaint", desk.person, "made_by", status=2)
    desk.wrong("entry", "answer", entry, "outcome=upheld", "answer=x", account="operator-north", status=6)
    desk.wrong("entry", "show", entry, account="operator-south", status=4)
    desk.run("entry", "answer", entry, "outcome=not_upheld", "answer=a doctor came")
    appealed = desk.run("entry", "answer", entry, "--state", "appealed", "appeal=nobody came", "--due", day(30), "--reason", "as agreed",
                        account="operator-north")
    assert "appealed" in appealed and day(30) in appealed, appealed
    desk.run("entry", "answer", entry, "outcome=upheld", "answer=no doctor came", account="monitor-north")
    desk.run("entry", "close", entry, account="senior")
    shown = desk.json("entry", "show", entry)
    assert [writing["state"] for writing in shown["writings"]] == ["open", "answered", "appealed", "decided", "closed"], shown
    fields = {field["name"]: field["value"] for field in shown["fields"]}
    assert fields["answer"] == "no doctor came" and fields["appeal"] == "nobody came", shown
    assert "What has ended stays ended" in desk.wrong("entry", "close", entry, account="senior", status=5)
    assert "no doctor came" in desk.run("entry", "show", entry)


def a_complaint_about_somebody(desk):
    entry = str(desk.json("entry", "open", "complaint", desk.person, "made_by=the_person", "about=conduct_of_staff",
                          "description=shouted at", "--against", "clerk", account="other-clerk")["entry"])
    for refused in (["entry", "show", entry], ["entry", "answer", entry, "outcome=not_upheld", "answer=no"], ["entry", "add", entry, "about=other"]):
        told = desk.wrong(*refused, status=6)
        assert "A complaint is about this account" in told and desk.person not in told, told
    assert entry not in [row["entry"] for row in desk.rows("entry", "list")]
    assert "(clerk)" in desk.run("entry", "show", entry, account="senior")
    assert desk.json("entry", "show", entry, account="senior")["against"][0]["username"] == "clerk"
    desk.run("entry", "answer", entry, "outcome=upheld", "answer=yes", account="other-clerk")
    assert "There is no account" in desk.wrong("entry", "add", entry, "--against", "nobody.here", account="other-clerk", status=4)
    desk.run("entry", "close", entry, account="senior")


def a_restraint_log(desk):
    spans = [(300, 240), (200, 185), (100, 99)]
    for begun, ended in spans:
        opened = desk.json("entry", "open", "force", desk.person, "force=handcuffs", "decided_by=Escort leader", "reason=would not board",
                           f"started_at={instant(begun)}", "journey=MF-1", "--due", day(7), "--reason", "review in a week")
        desk.run("entry", "answer", str(opened["entry"]), f"ended_at={instant(ended)}", "injuries=none", "medical_check=done")
    totals = desk.rows("entry", "totals", "--kind", "force", "--each-person")
    assert [(row["about"], row["journey"], row["entries"], row["minutes"], row["longest"]) for row in totals] == [
        (desk.person, "MF-1", "3", str(sum(begun - ended for begun, ended in spans)), "60")], totals
    assert len(desk.rows("entry", "list", "--kind", "force", "--journey", "MF-1", "--not-closed")) == 3
    assert desk.rows("entry", "list", "--kind", "force", "--state", "closed") == []


def what_steps_say(desk):
    assert "open an entry in the books instead" in desk.wrong("record", desk.person, "entry.opens", "death")


def what_is_late(desk):
    opened = desk.json("entry", "open", "death", desk.person, "--on", day(-3))
    assert len(opened["duties"]) >= 1, opened
    late = desk.rows("entry", "list", "--overdue")
    assert {row["entry"] for row in late} == {str(item["entry"]) for item in [opened, *opened["duties"]]}, late
    assert all(row["late"] == "late" for row in late), late
    mine = desk.json("work", "books")
    assert mine["overdue"] == len(late) and {str(line["entry"]) for line in mine["entries"]} == {row["entry"] for row in late}, mine
    assert desk.rows("work", "books", account="officer") == []  # who answers nothing
    assert f"{len(late)} in all" in subprocess.run([BINARY, "work", "books", "--limit", "1", "--store", desk.store, "--as", "clerk"],
                                                   capture_output=True, text=True, check=True).stderr
    assert "follows from this one" in desk.wrong("entry", "close", str(desk.json("entry", "answer", str(opened["entry"]), "where=community",
                                                                                "outcome=not_established", "answer=x")["entry"]),
                                                 account="senior", status=5)


def an_agreement(desk):
    desk.run("agreement", "open", "AGR-NEW", "Somewhere", "Return hub", "--confidential", account="senior")
    for state, ago in (("approached", 90), ("in_talks", 60), ("signed", 30)):
        desk.run("agreement", "state", "AGR-NEW", state, "--true-from", day(-ago), "--source", "a letter", account="senior")
    refused = desk.wrong("agreement", "state", "AGR-NEW", "suspended", "--source", "a letter", account="senior", status=5)
    assert "signed" in refused and "in_force" in refused, refused
    assert "source" in desk.wrong("agreement", "state", "AGR-NEW", "in_force", account="senior").lower()
    desk.run("agreement", "record", "AGR-NEW", "agreement.cap", "600", "--source", "article 4", account="senior")
    assert "counted by the register" in desk.wrong("agreement", "record", "AGR-NEW", "agreement.cap_left", "1", account="senior")
    desk.wrong("agreement", "show", "AGR-NEW", status=4)
    assert not any(row["agreement"] == "AGR-NEW" for row in desk.rows("agreement", "list"))
    shown = desk.json("agreement", "show", "AGR-NEW", account="senior")
    assert [state["state"] for state in shown["states"]] == ["approached", "in_talks", "signed"], shown
    left = [fact["value"] for fact in shown["facts"] if fact["fact"]["name"] == "agreement.cap_left"] if isinstance(
        shown["facts"][0]["fact"], dict) else [fact["value"] for fact in shown["facts"] if fact["fact"] == "agreement.cap_left"]
    assert left == [600], left
    desk.run("agreement", "announce", "AGR-NEW", "--reason", "a press conference", account="senior")
    row = [row for row in desk.rows("agreement", "list") if row["agreement"] == "AGR-NEW"][0]
    assert (row["state"], row["cap"], row["transferred"], row["held"]) == ("signed", "600", "0", "0"), row


def operations(desk):
    liaison = {"account": "liaison"}
    desk.run("operation", "record", "day_of_action", "2023-09-02", "ALB:police", "FRA:coast_guard", "arrests=7", "boats=0", "money:EUR=12000",
             "--source", "press_notice", "--published", "2023-09-03", **liaison)
    desk.run("operation", "record", "joint_patrol", "2023-08-10", "FRA:border_police", "engines=3", "--source", "statistics", **liaison)
    for where in ("PersonOne", "ALB:PersonOne"):
        desk.wrong("operation", "record", "day_of_action", "2023-09-02", where, "--source", "statistics", account="liaison")
    assert "PersonOne" not in desk.wrong("operation", "record", "PersonOne Samplealpha", "2023-09-02", "ALB:police", "--source", "statistics",
                                         account="liaison")
    desk.wrong("operation", "list", status=6)
    with open(os.path.join(os.environ["RETURNHUB_SOURCE"], "data", "small_boats_daily.csv"), encoding="utf-8") as file:
        published = {row["date"]: row for row in csv.DictReader(file)}
    rows = desk.rows("operation", "list", account="senior")
    assert [row["reference"] for row in rows] == ["OP-0002", "OP-0001"], rows
    assert (rows[1]["arrests"], rows[1]["boats"], rows[1]["engines"]) == ("7", "0", "not known"), rows
    assert rows[1]["people_arrived"] == published["2023-09-02"]["people"], rows
    desk.run("operation", "record", "day_of_action", "2023-09-02", "ALB:police", "arrests=9", "--source", "statistics", "--corrects", "OP-0001",
             **liaison)
    shown = desk.json("operation", "show", "OP-0001", account="senior")
    assert (shown["revision"], shown["arrests"]["value"], shown["boats"]) == (2, 9, {"known": False}), shown
    assert [revision["arrests"]["value"] for revision in shown["revisions"]] == [7, 9], shown
    table = desk.json("operation", "table", account="senior")["rows"]
    quarter = [row for row in table if row["partner"] == ""][0]
    people = sum(int(row["people"]) for date, row in published.items() if "2023-07-01" <= date <= "2023-09-30")
    assert (quarter["operations"], quarter["arrests"], quarter["arrests_not_known"], quarter["people_arrived"]["value"]) == (2, 9, 1, people), quarter
    assert {row["partner"] for row in table} == {"", "ALB", "FRA"}, table
    # Beyond the series nothing is said.
    desk.run("operation", "record", "joint_patrol", "2026-02-02", "FRA:police", "--source", "statistics", **liaison)
    assert desk.rows("operation", "list", "--from", "2026-01-01", account="senior")[0]["people_arrived"] == ""


def rebuilt(desk):
    assert json.loads(run("rebuild", "--check", "--store", desk.store, "--format", "json"))["differences"] == 0


def main():
    tap = Tap()
    with tempfile.TemporaryDirectory() as folder:
        desk = Desk(folder, sys.argv[1])
        tap.run("a complaint, from the taking down to the end", lambda: a_complaint(desk))
        tap.run("a complaint about somebody, who neither sees nor answers it", lambda: a_complaint_about_somebody(desk))
        tap.run("a log of restraint, added up", lambda: a_restraint_log(desk))
        tap.run("what steps alone say", lambda: what_steps_say(desk))
        tap.run("what is late, and what must be done before an entry is closed", lambda: what_is_late(desk))
        tap.run("an agreement, from the first approach", lambda: an_agreement(desk))
        tap.run("joint operations, beside the published arrivals", lambda: operations(desk))
        tap.run("every row is what the events add up to", lambda: rebuilt(desk))
    return tap.done()


if __name__ == "__main__":
    sys.exit(main())
