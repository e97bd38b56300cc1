#!/usr/bin/env python3
"""Aim: a second law in the same program. A register under rulebooks/eu, driven as its users would: steps on the command line, facts in
bundles through the server that runs over the same file, pages as a browser asks for them. A person goes from the application to a
transfer to a hub: refused for a missing fact, approved by two people, stopped by a court, transferred, sent on. Nothing on the way
speaks of another law.

    eu.py OPEN_REGISTER"""
import json
import os
import re
import subprocess
import sys
import tempfile
from datetime import datetime, timedelta, timezone

sys.path.insert(0, os.path.join(os.environ["RETURNHUB_SOURCE"], "tests", "server"))
from desk import PASSWORD, BINARY, Client, Server, Tap, password_alone, run, signed_in  # noqa: E402

HUB, AGREEMENT = "HUB-NORTH", "AGR-1"
TODAY = datetime.now(timezone.utc).date()
OTHER_LAW = re.compile(r"British|Home Office|First-tier|Upper Tribunal|United Kingdom|Immigration Act|Immigration Rules|in_uk")
COUNTRIES = re.compile(r"United Kingdom(?=</option>)|United Kingdom and France|British (?:Indian|Virgin|overseas|national|protected|subject)")


def day(offset):
    return (TODAY + timedelta(days=offset)).isoformat()


class Page(Client):
    """A browser's view: HTML, signed in with the token of the JSON interface as a cookie."""

    def html(self, path):
        self.connection.close()
        self.connection.request("GET", path, headers={"Accept": "text/html", "Cookie": f"returnhub_session={self.token}"})
        response = self.connection.getresponse()
        return response.status, response.read().decode()


class Desk:
    def __init__(self, folder, program):
        made = subprocess.run([program, "eu", PASSWORD], capture_output=True, text=True, env={**os.environ, "TMPDIR": folder}, check=True)
        self.store = made.stdout.strip()
        self.person = None
        self.server = Server(self.store, options=password_alone(os.path.dirname(self.store)))
        self.clerk = signed_in(self.server.port, "clerk").token
        self.senior = signed_in(self.server.port, "senior").token

    def run(self, *arguments, account="clerk", expect=0):
        return run(*arguments, "--store", self.store, "--as", account, expect=expect)

    def json(self, *arguments, **options):
        return json.loads(self.run(*arguments, "--format", "json", **options))

    def know(self, path=None, token=None, **facts):
        entries = [{"fact": name.replace("__", "."), "value": value} for name, value in facts.items()]
        client = Client(self.server.port, token or self.clerk)  # between two bundles a connection may grow too old
        status, answer = client.call("POST", f"{path or '/people/' + self.person}/facts", {"facts": entries})
        assert status in (200, 201), (status, answer)

    def step(self, step, hub=False, expect=0):
        return self.run("step", "request", self.person, step, *(["--hub", HUB] if hub else []), expect=expect)

    def request(self, step, *approvers):
        request = str(self.json("step", "request", self.person, step, "--hub", HUB)["request"]["id"])
        for approver in approvers:
            answer = self.json("step", "approve", request, account=approver)
        assert answer["request"]["state"] == "approved", answer
        return request

    def stage(self):
        return self.json("person", "show", self.person)["stage"]["name"]


def register(desk):
    desk.person = desk.json("person", "register", "PersonOne Samplealpha", "1990-05-05")["reference"]
    assert desk.stage() == "application_registered"


def to_the_return_decision(desk):
    refusal = desk.step("begin_examination", expect=1)
    assert "identity.checked" in refusal and "Regulation (EU) 2024/1348" in refusal, refusal
    desk.know(identity__checked="yes", screening__needs_asked="yes")
    desk.step("begin_examination")
    desk.know(interview__understood="yes", decision__reasons_in_writing="yes")
    desk.step("reject_application")
    # The days stated by the decisions are over: two weeks to appeal, then the period to leave.
    desk.know(decision__service="proven", decision__appeal_last_day=day(-7), return_decision__individual="yes",
              return_decision__reasons_in_writing="yes")
    desk.step("issue_return_decision")
    desk.know(return_decision__service="proven", return_decision__enforceable="yes", return_decision__appeal_last_day=day(-7),
              return_decision__countries="ALB,XDM", free_movement__status="excluded", stay__status="none")
    desk.step("open_voluntary_departure")
    desk.know(voluntary_departure__period="granted", voluntary_departure__last_day=day(-7))
    desk.step("make_return_enforceable")
    assert desk.stage() == "to_be_returned"


def to_the_transfer(desk):
    desk.know(f"/agreements/{AGREEMENT}", desk.senior, agreement__exclusive_elsewhere="no", agreement__capped="no",
              agreement__intake_limited="no", agreement__binding="yes", agreement__partner="XDM", agreement__in_force_from=day(0),
              agreement__open_ended="yes", agreement__notified_to_commission="yes", agreement__nationalities="ALB",
              agreement__families_with_children="excluded", agreement__sets_request_time="no", agreement__clause_transfer="yes",
              agreement__clause_stay="yes", agreement__clause_responsibilities="yes", agreement__clause_onward_return="yes",
              agreement__clause_fallback="yes", agreement__fallback_country="DEU", agreement__clause_monitoring="yes",
              agreement__clause_new_claim="yes", agreement__clause_breach="yes", agreement__rights_assessment="standards_met",
              agreement__rights_assessment_valid_until=day(300), agreement__impact_assessed_on=day(-1))
    desk.know(f"/hubs/{HUB}", desk.senior, hub__country="XDM", hub__purpose="transfer_centre", hub__open="yes",
              hub__services_confirmed="yes", hub__resources_confirmed="yes", hub__regime="open", hub__standards="met",
              hub__last_monitor_visit_on=day(0), hub__next_monitor_visit_due_on=day(90))
    desk.know(subsequent_application__status="none", identity__nationality_confirmed="yes", person__nationality="ALB",
              age__status="adult_undisputed", person__born_on="1990-05-05", family__complete="yes", family__child_in_household="no",
              representative__status="on_record", departure__destination="XDM")
    desk.step("prepare_transfer", hub=True)
    desk.step("give_removal_order")
    desk.know(removal_notice__service="proven", removal_notice__destination="XDM", removal_notice__departure_on=day(10), departure__on=day(10),
              letters__contradiction="none_found", representation__status="none", removal_notice__understood="yes",
              person__language="Albanian", representative__notice_copied="yes", last_decision__time_to_reach_court="was_given",
              court_order__status="none", interim_measure__status="none", protection__assessed_on=day(0),
              protection__safe_destinations="XDM", trafficking__identification="none_found", statelessness__determination="none",
              family__life_considered="yes", voluntary__offered="yes", voluntary__support_adequate="yes",
              voluntary__answer="declined", removal__postponed="none", removal__monitor_told="yes", travel_document__status="held",
              travel_document__holder_matches="yes", travel_document__expires_on=day(300), travel_document__accepted_by="ALB,XDM",
              health__fit_to_travel="fit", health__fitness_valid_until=day(30), departure__admission="agreed",
              transfer__manner="forced", transfer__order_or_consent_recorded="yes", transfer__accepted_by_partner="yes",
              transfer__acceptance_expires_on=day(30), transfer__legal_status_promised="for_the_stay",
              transfer__officer_named="yes", transfer__responsible_officer="Officer 12", hub_stay__place_kind="general")


def a_missing_fact(desk):
    refusal = desk.step("hub_transfer", hub=True, expect=1)
    for words in ("vulnerable_people_are_safe_there", "vulnerability.assessment", "European Union Agency for Fundamental Rights"):
        assert words in refusal, (words, refusal)
    explained = desk.json("explain", desk.person, "hub_transfer", "--hub", HUB, expect=1)
    assert explained["clearance"] == "unknown", explained["clearance"]
    assert [item["name"] for item in explained["safeguards"] if item["clearance"] != "clear"] == ["vulnerable_people_are_safe_there"]
    desk.know(vulnerability__assessment="none_found")


def a_late_order(desk):
    request = desk.request("hub_transfer", "officer", "senior")
    answer = desk.json("record", desk.person, "court_order.status", "reported", "--source", "telephone call from the court")
    assert [str(stopped["request"]) for stopped in answer["stopped"]] == [request], answer
    desk.run("step", "take", request, expect=5)
    assert "Charter of Fundamental Rights" in desk.step("hub_transfer", hub=True, expect=1)
    desk.run("record", desk.person, "court_order.status", "disproved")


def transferred_and_sent_on(desk):
    desk.run("step", "take", desk.request("hub_transfer", "officer", "senior"))
    assert desk.stage() == "at_hub"
    desk.know(hub_stay__arrived_on=day(0))
    desk.step("confirm_arrival")
    refusal = desk.step("onward_return_enforced", hub=True, expect=1)
    assert "fresh_risk_assessment_onward" in refusal and "removal_order_was_given" in refusal, refusal
    desk.know(departure__destination="ALB")
    desk.step("give_removal_order")
    desk.know(removal_notice__service="proven", removal_notice__destination="ALB", removal_notice__departure_on=day(10), departure__on=day(10),
              letters__contradiction="none_found", removal_notice__understood="yes",
              last_decision__time_to_reach_court="was_given", removal__monitor_told="yes", health__fit_to_travel="fit",
              health__fitness_valid_until=day(30), departure__admission="agreed", protection__assessed_on=day(0),
              protection__safe_destinations="ALB", hub_stay__protection_need="none")
    desk.run("step", "take", desk.request("onward_return_enforced", "officer"))
    assert desk.stage() == "removed"


def pages(desk):
    """What the browser sees is that law's, whatever the page."""
    browser = Page(desk.server.port, desk.clerk)
    person = f"/people/{desk.person}"
    rows = [
        ("/today", "Removed"), ("/people", desk.person), ("/people/new", "Register"), (person, "Removed"),
        (f"{person}/facts?section=Return%20decision", "Countries of return that the decision names"),
        (f"{person}/facts?section=Detention", "Detained since"), (f"{person}/steps/ordered_return", "sending Member State"),
        (f"{person}/contact", "contact"), (f"/hubs/{HUB}", "What the hub is for"), (f"/agreements/{AGREEMENT}", "Families with children"),
        ("/rulebook", "Return from the European Union"), ("/rulebook", "Longest detention for the purpose of return"),
        (f"/screening?step=hub_transfer&hub={HUB}", "Transfer to a return hub"), ("/accessibility", "Accessibility"),
    ]
    for path, words in rows:
        status, text = browser.html(path)
        assert status == 200, (path, status, text[:300])
        assert words in text, (path, words)
        foreign = OTHER_LAW.search(COUNTRIES.sub("", text))
        assert foreign is None, (path, foreign.group(), text[max(0, foreign.start() - 80):foreign.end() + 80])


def one_law(desk):
    """The register knows its law: no option names it, and another is refused, with nothing recorded."""
    source = os.environ["RETURNHUB_SOURCE"]
    before = json.loads(run("rebuild", "--check", "--store", desk.store, "--format", "json"))["events"]
    for command in (["person", "list", "--as", "clerk"], ["serve", "--port", "0"]):
        outcome = subprocess.run([BINARY, *command, "--store", desk.store, "--rulebook", f"{source}/rulebooks/uk"], capture_output=True,
                                 text=True, timeout=120)
        assert outcome.returncode == 5, outcome
        assert 'kept under the rulebook "eu", not "uk"' in outcome.stderr, outcome.stderr
    assert json.loads(run("rebuild", "--check", "--store", desk.store, "--format", "json"))["events"] == before


def no_demonstration(folder):
    """The demonstration tells the story of one law, and says so of another; it leaves nothing half made that is in the way."""
    store = os.path.join(folder, "demo.db")
    outcome = subprocess.run([BINARY, "demo", "--people", "100", "--store", store, "--rulebook",
                              os.path.join(os.environ["RETURNHUB_SOURCE"], "rulebooks", "eu")], capture_output=True, text=True, timeout=120)
    assert outcome.returncode != 0 and "Use the rulebook of the United Kingdom" in outcome.stderr, outcome
    assert not os.path.exists(store), os.listdir(folder)


def main():
    tap = Tap()
    with tempfile.TemporaryDirectory() as folder:
        desk = Desk(folder, sys.argv[1])
        tap.run("a person is registered where this law begins", lambda: register(desk))
        tap.run("from the application to an enforceable return decision", lambda: to_the_return_decision(desk))
        tap.run("a transfer is prepared", lambda: to_the_transfer(desk))
        tap.run("with one fact missing the transfer is refused, and the refusal names fact and law", lambda: a_missing_fact(desk))
        tap.run("an order of a court stops an approved transfer", lambda: a_late_order(desk))
        tap.run("transferred, and sent on from the hub", lambda: transferred_and_sent_on(desk))
        tap.run("the pages are those of this law", lambda: pages(desk))
        tap.run("the register keeps its law", lambda: one_law(desk))
        tap.run("the rows follow from the events", lambda: run("rebuild", "--check", "--store", desk.store))
        tap.run("the server ends in order", lambda: desk.server.stop())
        tap.run("what only the UK rulebook can show is refused with the reason", lambda: no_demonstration(folder))
    return tap.done()


if __name__ == "__main__":
    sys.exit(main())
