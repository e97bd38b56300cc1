#!/usr/bin/env python3
"""Aim: the command line does the main job from end to end, on the demonstration register and the law in rulebooks/uk, and
answers bad input with a clear error, the documented exit status, and nothing changed."""
import csv
import datetime
import io
import json
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.environ["RETURNHUB_SOURCE"], "tests", "server"))
from desk import BINARY, Server, Tap, make_demo, new_client_id, run, signed_in  # noqa: E402


def commands():
    overview = run("--help")
    listed = overview.split("Commands:\n")[1].split("\n\nExit")[0]
    return [line.strip().split("  ")[0] for line in listed.splitlines() if line[2] != " "]


def rows(text):
    return list(csv.DictReader(io.StringIO(text)))


class Desk:
    def __init__(self, store):
        self.store = store
        self.first = None

    def somebody(self):
        """The same person each time."""
        if self.first is None:
            self.first = self.json("person", "list", "--limit", "1")["people"][0]["reference"]
        return self.first

    def run(self, *arguments, account="caseworker", expect=0):
        return run(*arguments, "--store", self.store, "--as", account, expect=expect)

    def json(self, *arguments, **options):
        return json.loads(self.run(*arguments, "--format", "json", **options))

    def clear_people(self, step, hub=None):
        more = ["--hub", hub] if hub else []
        return [row["person"] for row in rows(self.run("screen", step, *more, "--format", "csv"))
                if row["verdict"] == "clear"]

    def ready_person(self, step="hub_transfer", hub="HUB-NORTH", leave=0):
        """Clear for the step, and nobody has asked for it yet; after `leave` others who are so too."""
        for person in self.clear_people(step, hub):
            if not any(request["state"] in ("open", "approved") for request in self.json("person", "show", person)["requests"]):
                leave -= 1
                if leave < 0:
                    return person
        raise AssertionError(f"nobody is ready for {step}")

    def events(self):
        """Counted in the file; that the rows follow from the events is checked at the end."""
        file = sqlite3.connect(self.store)
        try:
            return file.execute("SELECT count(*) FROM event").fetchone()[0]
        finally:
            file.close()

    def request(self, person, step="hub_transfer", hub="HUB-NORTH"):
        return str(self.json("step", "request", person, step, "--hub", hub)["request"]["id"])


def fits(text):
    return all(len(line) <= 80 and line == line.rstrip() for line in text.splitlines())


def helps():
    assert fits(run("--help")) and not fits(81 * "x")
    assert run("-h") == run("--help") == run("help") and run("person", "-h") == run("person", "--help")
    assert run("-h", "person", "list") == run("person", "list", "--help")
    run("person", "list", "--as", "caseworker", "--store", "-h", expect=4)  # the value of an option is no question
    for number, command in enumerate(commands()):
        text = run(*command.split(), "--help")
        assert f"Usage: returnhub {command}" in text, text
        assert "--help" in text
        assert fits(text), text
        other = ["help", *command.split()] if number % 2 else [*command.split(), "-h"]  # the three ways are one piece of code
        assert run(*other) == text
    for group in {command.split()[0] for command in commands() if " " in command} - set(commands()):
        text = run(group, "--help")
        assert run("help", group) == text and fits(text)
        assert [line.split("  ")[1] for line in text.splitlines() if line.startswith(f"  {group} ")] == \
            [command for command in commands() if command.split()[0] == group], text


def refused_prints_nothing(desk):
    """Half a table, or half an object, could be taken for an answer."""
    for arguments, account in ((["person", "list"], "admin"), (["screen", "hub_transfer", "--hub", "HUB-NORTH"], "statistician"),
                               (["screen", "hub_transfer", "--hub", "HUB-NOWHERE"], "caseworker")):
        for form in ("text", "json", "csv"):
            outcome = subprocess.run([BINARY, *arguments, "--store", desk.store, "--as", account, "--format", form],
                                     capture_output=True, text=True)
            assert outcome.returncode in (4, 6) and outcome.stdout == "", outcome
            if outcome.returncode == 6:  # whom to ask
                assert "Caseworker" in outcome.stderr and "Administrator." not in outcome.stderr, outcome


def a_name_that_nobody_sees(desk):
    for name in ("\u200b", "\ufeff\u2060", " \u200e\u00a0\u200f", "\u3164"):
        outcome = subprocess.run([BINARY, "person", "register", name, "1990-02-03", "--store", desk.store, "--as", "caseworker"],
                                 capture_output=True, text=True)
        assert outcome.returncode == 3 and "The name has nothing in it that can be seen" in outcome.stderr, outcome


def columns_of_any_script(desk):
    """What stands behind a name begins at one column, whatever letters it is written in."""
    for name in ("Zo\u00eb Synthetic \u0416", "Synthetic \u0416 Zo\u00eb"):
        desk.run("person", "register", name, "1990-02-03", "--new")
    person = desk.json("person", "list", "--text", "Zo\u00eb")["people"][0]["reference"]
    head, *lines = desk.run("person", "duplicates", person).splitlines()
    assert lines and "Zo\u00eb" in lines[0], lines
    for column in head.split():
        at = head.index(column)
        assert all(at == 0 or line[at - 1] == " " and line[at] != " " for line in lines), (column, head, lines)


def file_limit(desk, folder):
    """A file that may not grow is an error that is told, not a death."""
    path = os.path.join(folder, "limited")
    outcome = subprocess.run(["sh", "-c", 'ulimit -f 64; exec "$@"', "sh", BINARY, "export", path, "--store", desk.store, "--as", "registrar"],
                             capture_output=True, text=True)
    assert outcome.returncode == 7 and outcome.stderr.startswith("returnhub: "), outcome


def manual():
    page = run("manual")
    checked = subprocess.run(["mandoc", "-Tlint", "-Wwarning"], input=page.encode(), capture_output=True)
    assert checked.returncode == 0, checked.stdout.decode()
    for command in commands():
        assert command.replace("-", "\\-") in page, command


def whole_path(desk):
    person = desk.ready_person()
    explained = json.loads(desk.run("explain", person, "hub_transfer", "--hub", "HUB-NORTH", "--format", "json"))
    titles = {safeguard["name"]: safeguard["title"] for safeguard in explained["safeguards"]}
    assert explained["clearance"] == "clear" and (titles["not_british"], titles["no_court_order"]) == ("Not British", "No court order"), titles
    request = desk.request(person)
    for account in ("caseworker", "senior", "hub-north", "monitor"):  # none of these may give the first approval
        outcome = subprocess.run([BINARY, "step", "approve", request, "--store", desk.store, "--as", account],
                                 capture_output=True)
        assert outcome.returncode in (4, 5, 6), (account, outcome)
    desk.run("step", "approve", request, account="authorising")
    again = subprocess.run([BINARY, "step", "approve", request, "--store", desk.store, "--as", "authorising"],
                           capture_output=True)
    assert again.returncode in (5, 6), again  # nobody approves twice
    approved = desk.json("step", "approve", request, account="senior")
    assert approved["request"]["state"] == "approved", approved
    assert approved["request"]["place"] > 0, approved
    taken = desk.json("step", "take", request)
    assert taken["request"]["state"] == "taken", taken
    assert desk.json("person", "show", person)["stage"]["name"] == "at_hub"


def late_order(desk):
    person = desk.ready_person()
    request = desk.request(person)
    desk.run("step", "approve", request, account="authorising")
    desk.run("step", "approve", request, account="senior")
    answer = desk.json("record", person, "court_order.status", "reported", "--source", "telephone call from the court")
    assert [str(stopped["request"]) for stopped in answer["stopped"]] == [request], answer
    assert "no_court_order" in json.dumps(answer["stopped"]), answer
    desk.run("step", "take", request, expect=5)
    refusal = desk.run("step", "request", person, "hub_transfer", "--hub", "HUB-NORTH", expect=1)
    for words in ("no_court_order", "Senior Courts Act 1981", "what would change it", "court_order.status"):
        assert words in refusal, (words, refusal[:2000])
    desk.run("record", person, "court_order.status", "lifted")
    assert desk.request(person)


def past(desk):
    """A verdict of the past is derived again as it was known then, whatever was recorded since."""
    person = desk.ready_person(leave=1)
    known_at = desk.json("person", "show", person)["history"][0]["recorded_at"]
    before = desk.json("explain", person, "hub_transfer", "--hub", "HUB-NORTH")
    desk.run("record", person, "court_order.status", "made")
    assert "name it with --hub" not in desk.run("explain", person, "hub_transfer", "--hub", "HUB-NORTH", expect=1)
    assert "name it with --hub" in desk.run("explain", person, "hub_transfer", expect=1)
    assert "does not lead on" not in desk.run("explain", person, "hub_transfer", expect=1)
    elsewhere = ("explain", person, "onward_return_enforced")  # of those who are at a hub
    assert "does not lead on from where the person is" in desk.run(*elsewhere, expect=1)
    assert json.loads(desk.run(*elsewhere, "--format", "json", expect=1))["leads_on"] is False
    again = json.loads(run("explain", person, "hub_transfer", "--hub", "HUB-NORTH", "--as-known-at", "2100-01-01T00:00:00Z",
                           "--store", desk.store, "--as", "caseworker", "--format", "json", expect=1))
    assert again["clearance"] == "barred", again
    now = desk.json("person", "show", person)["history"][0]["recorded_at"]
    assert now > known_at
    just_before = now[:-4] + f"{max(0, int(now[-4:-1]) - 1):03d}Z" if now[-4:-1] != "000" else known_at
    then = desk.json("explain", person, "hub_transfer", "--hub", "HUB-NORTH", "--as-known-at", just_before)
    assert then["clearance"] == before["clearance"] == "clear", then["clearance"]


ORDER_RULE = "clear when court_order.status in (none, lifted, disproved)"


def other_law(folder):
    """A share folder whose rulebook lets a reported order pass; everything else as it is."""
    source = os.environ["RETURNHUB_SOURCE"]
    share = os.path.join(folder, "share")
    shutil.copytree(os.path.join(source, "rulebooks"), os.path.join(share, "rulebooks"))
    for name in ("pages", "data", "docs"):
        os.symlink(os.path.join(source, name), os.path.join(share, name))
    changed = 0
    for name in os.listdir(os.path.join(share, "rulebooks", "uk")):
        path = os.path.join(share, "rulebooks", "uk", name)
        with open(path, encoding="utf-8") as file:
            text = file.read()
        parts = text.split("safeguard no_court_order")
        if len(parts) == 2:
            changed += ORDER_RULE in parts[1]
            body = parts[1].replace(ORDER_RULE, "clear when court_order.status in (none, lifted, disproved, reported)", 1)
            body = body.replace("court_order.status = reported\n    then barred", "court_order.status = reported\n    then clear", 1)
            with open(path, "w", encoding="utf-8") as file:
                file.write(parts[0] + "safeguard no_court_order" + body)
    assert changed == 1
    return {**os.environ, "RETURNHUB_SHARE": share}


def order_safeguard(explained):
    return next(item["clearance"] for item in explained["safeguards"] if item["name"] == "no_court_order")


def past_law(desk, folder):
    """A question about the past is judged by the rulebook of that day, on the command line and by the server."""
    question = ["hub_transfer", "--hub", "HUB-NORTH", "--store", desk.store, "--as", "caseworker", "--format", "json"]
    person = desk.ready_person()
    desk.run("record", person, "court_order.status", "reported")
    known_at = desk.json("person", "show", person)["history"][0]["recorded_at"]
    environment = other_law(folder)

    def asked(*more):
        outcome = subprocess.run([BINARY, "explain", person, *question, *more], capture_output=True, env=environment)
        assert outcome.returncode in (0, 1), outcome
        return order_safeguard(json.loads(outcome.stdout))
    assert asked() == "clear"
    assert asked("--as-known-at", known_at) == "barred"
    server = Server(desk.store, environment)
    try:
        client = signed_in(server.port, "caseworker")
        path = f"/people/{person}/steps/hub_transfer?hub=HUB-NORTH"
        assert order_safeguard(client.call("GET", path)[1]) == "clear"
        assert order_safeguard(client.call("GET", f"{path}&known_at={known_at}")[1]) == "barred"
    finally:
        server.stop()


def twice(desk):
    person = desk.somebody()
    client_id = new_client_id()
    first = desk.json("record", person, "person.language", "Albanian", "--client-id", client_id)
    events = desk.events()
    second = desk.json("record", person, "person.language", "Albanian", "--client-id", client_id)
    assert first["events"] == second["events"] and second["repeated"], (first, second)
    assert desk.events() == events


def clocks():
    """Twelve working days, by hand: sent on Monday 1 June 2026, the last day is Wednesday 17 June; from 1 April, with Good Friday
    and Easter Monday between, 21 April."""
    for start, last in (("2026-06-01", "2026-06-17"), ("2026-04-01", "2026-04-21"), ("2026-05-20", "2026-06-08")):
        answer = json.loads(run("clock", "time_to_ask_upper_for_court", "--start", start, "--format", "json"))
        last_days = [line.get("last_day") for line in answer["runs"] if line["duration"].startswith("12 working days")]
        assert last_days and set(last_days) == {last}, (start, answer["runs"][0])
    text = run("clock", "time_to_appeal", "--start", "2026-06-01")
    assert "Last day: 2026-06-15" in text, text
    beyond = json.loads(run("clock", "time_to_ask_upper_for_court", "--start", "2150-01-01", "--format", "json"))
    assert not any(line["known"] for line in beyond["runs"] if "working" in line["duration"])


def extended(desk):
    """A family is held for 72 hours, for seven days once the Minister's authority is on record: in whole days, two and six."""
    person = desk.somebody()
    today = datetime.datetime.now(datetime.timezone.utc).date()
    for fact, value in (("detention.status", "detained"), ("detention.began_on", str(today)), ("family.child_in_household", "yes"),
                        ("detention.family_minister_authorised", "no")):
        desk.run("record", person, fact, value)
    desk.run("record", person, "detention.family_minister_authorised", "yes", expect=3)
    command = ["clock", "extend", person, "detention_of_family"]
    desk.run(*command, account="senior", expect=3)  # without a reason
    desk.run(*command, "--reason", "no flight before", expect=6)
    desk.run(*command, "--reason", "no flight before", "--until", str(today), account="senior", expect=3)
    answer = desk.json(*command, "--reason", "no flight before", account="senior")
    days = [datetime.date.fromisoformat(answer[name]) for name in ("last_day_before", "last_day")]
    assert days == [today + datetime.timedelta(days=2), today + datetime.timedelta(days=6)], answer
    desk.run(*command, "--reason", "no flight before", account="senior", expect=5)
    desk.run("clock", "suspend", person, "detention_of_family", "--reason", "none", account="senior", expect=3)
    desk.run("clock", "resume", person, "detention_of_family", "--reason", "none", account="senior", expect=3)
    assert "senior_officer" in run("rulebook", "explain", "detention_of_family")


def formats(desk):
    person = desk.somebody()
    for arguments in (["person", "list"], ["person", "show", person], ["screen", "enforced_removal"],
                      ["explain", person, "grant_leave"]):
        for form in ("text", "json", "csv"):
            outcome = subprocess.run([BINARY, *arguments, "--store", desk.store, "--as", "caseworker", "--format", form],
                                     capture_output=True, text=True)
            assert outcome.returncode in (0, 1) and outcome.stdout, (arguments, form, outcome)
            if form == "json":
                json.loads(outcome.stdout)
            if form == "csv":
                lines = list(csv.reader(io.StringIO(outcome.stdout)))
                assert len({len(line) for line in lines}) == 1, (arguments, lines[:3])
    assert json.loads(run("rulebook", "check", "--format", "json"))["errors"] == 0
    assert json.loads(run("rulebook", "test", "--format", "json"))["failed"] == 0
    assert run("rulebook", "show").startswith("\nReturn of refused asylum seekers")
    assert "<svg" in run("rulebook", "show", "--format", "html")
    pdf = subprocess.run([BINARY, "rulebook", "show", "--format", "pdf"], capture_output=True, check=True).stdout
    assert pdf.startswith(b"%PDF-") and pdf.rstrip().endswith(b"%%EOF")
    for arguments, words in ((["show", "--format", "csv"], "text, html or pdf"), (["check", "--format", "pdf"], "text, json or csv"),
                             (["show", "--html"], "no option --html")):
        refused = subprocess.run([BINARY, "rulebook", *arguments], capture_output=True, text=True)
        assert refused.returncode == 2 and words in refused.stderr and refused.stdout == "", refused


BAD = [
    # arguments, exit status, words that must stand in the message
    (["record", "PERSON", "appeal.nonsense", "yes"], 3, "no fact"),
    (["record", "PERSON", "court_order.statuz", "none"], 3, "court_order.status"),
    (["record", "PERSON", "court_order.status", "perhaps"], 3, "one of"),
    (["record", "PERSON", "court_order.status", "none", "--true-from", "2026-02-30"], 3, "February 2026"),
    (["record", "PERSON", "hub.places_free", "3"], None, ""),
    (["record", "RH-ZZZZZZ-Z", "court_order.status", "none"], None, ""),
    (["record", "RH-000000-0", "court_order.status", "none"], 4, "no person"),
    (["record", "PERSON", "court_order.status"], 2, "needs"),
    (["record", "PERSON", "court_order.status", "none", "--colour", "red"], 2, "--colour"),
    (["record", "PERSON", "court_order.status", "none", "--client-id", "not-a-uuid"], 3, ""),
    (["record", "PERSON", "person.language", "Arabic\u202e"], 3, "control character"),
    (["person", "note", "PERSON", "reads \u202eotherwise"], 3, "control character"),
    (["person", "note", "PERSON", "two\u2028lines"], 3, "control character"),
    (["step", "request", "PERSON", "fly"], None, "fly"),
    (["step", "request", "PERSON", "hub_transfer", "--hub", "HUB-NOWHERE"], None, ""),
    (["step", "take", "999999999"], 4, ""),
    (["step", "approve", "x"], 3, ""),
    (["person", "show", "RH-000000-0"], 4, ""),
    (["explain", "PERSON", "hub_transfer", "--on", "tomorrow"], 3, "tomorrow"),
    (["screen", "hub_transfers"], 4, "hub_transfer"),
    (["person", "list", "--limit", "0"], 3, "--limit"),
    (["person", "list", "--format", "xml"], 2, "xml"),
]


def bad_input(desk, arguments, status, words):
    person = desk.somebody()
    before = desk.events()
    outcome = subprocess.run([BINARY, *[person if word == "PERSON" else word for word in arguments],
                              "--store", desk.store, "--as", "caseworker"], capture_output=True, text=True)
    message = outcome.stderr
    assert outcome.returncode not in (0, 70), (outcome.returncode, message)
    assert status is None or outcome.returncode == status, (outcome.returncode, message)
    assert words in message, message
    assert message.startswith("returnhub: "), message
    assert desk.events() == before


def not_utf8(desk):
    person = desk.somebody()
    before = desk.events()
    outcome = subprocess.run([BINARY.encode(), b"record", person.encode(), b"person.language", b"\xff\xfe",
                              b"--store", desk.store.encode(), b"--as", b"caseworker"], capture_output=True)
    assert outcome.returncode in (2, 3), outcome
    assert desk.events() == before


def mistyped():
    """What is near is offered, and nothing else; options before the command are told from one."""
    for arguments, words, never in ((["persn", "list"], "returnhub person list", "comes first"),
                                    (["foo"], "returnhub --help lists the commands", "mean"),
                                    (["--store", "x.db", "person", "list"], "the command comes first", "mean")):
        outcome = subprocess.run([BINARY, *arguments], capture_output=True, text=True)
        assert outcome.returncode == 2 and words in outcome.stderr and never not in outcome.stderr, outcome


def no_store():
    message = subprocess.run([BINARY, "person", "list", "--store", "/nonexistent/x.db", "--as", "caseworker"],
                             capture_output=True, text=True)
    assert message.returncode in (4, 7), message
    assert "/nonexistent/x.db" in message.stderr, message.stderr


def full_output(desk):
    if not os.path.exists("/dev/full"):
        return
    with open("/dev/full", "w") as full:
        outcome = subprocess.run([BINARY, "person", "list", "--store", desk.store, "--as", "caseworker"], stdout=full,
                                 stderr=subprocess.PIPE)
    assert outcome.returncode == 7, outcome


def closed_output(desk):
    """A reader that has seen enough ends the command without a word, as it would any other program."""
    read, write = os.pipe()
    os.close(read)
    try:
        outcome = subprocess.run([BINARY, "person", "list", "--store", desk.store, "--as", "caseworker"], stdout=write,
                                 stderr=subprocess.PIPE)
    finally:
        os.close(write)
    assert outcome.returncode == 141, outcome
    assert outcome.stderr == b"", outcome.stderr
    bad = subprocess.run([BINARY, "person", "show", "RH-000000-0", "--store", desk.store, "--as", "caseworker"],
                         stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    assert bad.returncode == 4 and bad.stderr, bad


def acknowledged(desk):
    """Every command tells of the stops above, until the account says that it knows."""
    stops = desk.json("stop", "list")["stops"]
    assert stops
    for stop in stops:
        desk.run("stop", "acknowledge", str(stop["stop"]))
    assert desk.json("stop", "list")["unacknowledged"] == 0


def main():
    tap = Tap()
    tap.run("every command has help", helps)
    tap.run("the manual page is clean and names every command", manual)
    tap.run("the clocks count as by hand", clocks)
    tap.run("a store that is not there is a clear error", no_store)
    tap.run("a command that is none", mistyped)
    with tempfile.TemporaryDirectory() as folder:
        desk = Desk(make_demo(folder, people=300))
        tap.run("request, two approvals, take", lambda: whole_path(desk))
        tap.run("a late court order stops an approved transfer, and a refusal explains itself", lambda: late_order(desk))
        tap.run("a verdict of the past is derived again", lambda: past(desk))
        tap.run("a verdict of the past is judged by the rulebook of that day", lambda: past_law(desk, folder))
        tap.run("the same command twice is done once", lambda: twice(desk))
        tap.run("a time is extended by whom the law says, for as long as it says", lambda: extended(desk))
        tap.run("text, JSON and CSV are well formed", lambda: formats(desk))
        tap.run("the stops are acknowledged", lambda: acknowledged(desk))
        for arguments, status, words in BAD:
            tap.run(f"refused, nothing changed: {' '.join(arguments)}",
                    lambda a=arguments, s=status, w=words: bad_input(desk, a, s, w))
        tap.run("broken UTF-8 is refused, nothing changed", lambda: not_utf8(desk))
        tap.run("output that cannot be written is an error", lambda: full_output(desk))
        tap.run("output that nobody reads any more is none", lambda: closed_output(desk))
        tap.run("what is refused prints nothing but that", lambda: refused_prints_nothing(desk))
        tap.run("a name in which nothing can be seen is none", lambda: a_name_that_nobody_sees(desk))
        tap.run("columns stand below one another in any script", lambda: columns_of_any_script(desk))
        tap.run("a file that may not grow is an error", lambda: file_limit(desk, folder))
        tap.run("the rows follow from the events", lambda: run("rebuild", "--check", "--store", desk.store))
    return tap.done()


if __name__ == "__main__":
    sys.exit(main())
