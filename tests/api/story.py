"""What users of the API do, one after the other, over a demonstration register: every thing that can be read by each role, and every kind of
command. The caller of each function says what is done with an answer; what must hold is checked here."""
import datetime
import http.client
import json
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "server"))
from desk import Client, PASSWORD, new_client_id  # noqa: E402

ROLES = ["caseworker", "authorising", "senior", "hub-north", "monitor", "protection", "admin"]
HUB_DEEDS = ["report", "explanation", "unexpected", "out-of-use", "back-in-use", "kind", "place-change", "prebooking", "prebooking-giving",
             "prebooking-end", "arrival", "refusal", "resolution", "hand-over", "identification", "departure-cancelled"]
MANIFEST_DEEDS = ["listing", "taking-off", "change", "boarding", "departure", "accounting", "closing", "cancellation"]


class Reader:
    """One account; keeps every answer that is not as expected, and tells it at the end."""

    def __init__(self, port, username, faults):
        self.client = Client(port)
        self.username = username
        self.faults = faults
        self.count = 0
        status, answer = self.call("POST", "/sign-in", {"username": username, "password": PASSWORD}, {200})
        self.client.token = answer["token"]

    def call(self, method, path, body=None, expected=(200,), headers=None):
        try:
            status, answer = self.client.call(method, path, body, headers)
        except (OSError, http.client.HTTPException):  # a connection that was kept, and closed meanwhile
            self.client.connection.close()
            status, answer = self.client.call(method, path, body, headers)
        self.count += 1
        keep(method, path, body, status, answer)
        if status not in expected:
            self.faults.append(f"{self.username}: {method} {path} {json.dumps(body)[:200]}: {status} "
                               f"{json.dumps(answer)[:600] if isinstance(answer, dict) else answer[:300]}")
        return status, answer if isinstance(answer, dict) else {}

    def get(self, path, expected=(200, 403, 404)):
        return self.call("GET", path, None, expected)[1]

    def post(self, path, body, expected=(200, 201)):
        return self.call("POST", path, body, expected, {"Idempotency-Key": new_client_id()})[1]


def keep(method, path, sent, status, answer):
    """For who compares answers with the document without a proxy."""
    folder = os.environ.get("RETURNHUB_ANSWERS")
    if folder and isinstance(answer, dict):
        with open(os.path.join(folder, "story.ndjson"), "a", encoding="utf-8") as file:
            file.write(json.dumps({"method": method, "path": path.split("?")[0], "status": status, "answer": answer, "sent": sent,
                                   "type": "application/json" if status < 400 else "application/problem+json"}) + "\n")


def read_person(reader, reference):
    for part in ["", "/known", "/safeguards", "/clocks", "/contacts", "/movements", "/identity", "/history", "/letters", "/letters/new",
                 "/privacy", "/privacy/hold", "/copy", "/correction", "/clocks/extension"]:
        reader.get(f"/people/{reference}{part}")
    reader.get(f"/people/{reference}/return", (200, 403, 404, 409))  # where no step leads back, there is no form
    for part in ["", "/known", "/safeguards", "/clocks", "/contacts", "/movements", "/identity", "/history"]:  # as it was known
        reader.get(f"/people/{reference}{part}?known_at={in_days(-1)[:10]}")
    person = reader.get(f"/people/{reference}")
    for step in person.get("next_steps", [])[:2]:
        hub = f"?hub={step['hub']['reference']}" if step["hub"]["known"] else ""
        for part in ["", "/confirm"]:
            reader.get(f"/people/{reference}/steps/{step['step']}{part}{hub}", (200, 403, 404, 422))
    for clock in person.get("clocks", [])[:1]:
        reader.get(f"/people/{reference}/clocks?clock={clock['name']}")
    for request in person.get("requests", [])[:2]:
        reader.get(f"/requests/{request['id']}")


def read_everything(reader):
    """Every address that can be read, and some things of every list."""
    for path in ["/today", "/people", "/people?limit=2", "/stops", "/hubs", "/agreements", "/agreements/new", "/orders/new", "/operations",
                 "/operations/new", "/monitor", "/manifests", "/manifests/new", "/books", "/books?all=yes", "/books/new", "/accounts",
                 "/access", "/looks", "/looks?account=caseworker", "/glass", "/account", "/rulebook", "/statistics", "/releases", "/accessibility", "/health",
                 "/letters/texts", "/changes", "/changes?limit=3", "/sign-in", "/problems/not-found"]:
        reader.get(path)
    for path in ["/stops", "/hubs", "/agreements", "/operations", "/manifests", "/books", "/accounts", "/glass", "/statistics", "/releases", "/letters/texts",
                 "/merges", "/erasures", "/duplicates"]:  # a page that another follows
        reader.get(f"{path}?limit=1", (200, 202, 403, 404))
    reader.get("/accounts/lawyer")
    reader.get("/screening?step=enforced_removal", (200, 403, 422))
    reader.get(f"/screening?step=enforced_removal&known_at={in_days(-1)[:10]}", (200, 403, 422))
    reader.get("/screening/missing?step=enforced_removal", (200, 403, 422))
    for merge in reader.get("/merges?show=all").get("merges", [])[:2]:
        for part in ["", "/confirmation", "/undoing"]:
            reader.get(f"/merges/{merge['merge']}{part}")
    for line in reader.get("/people").get("people", [])[:3]:
        read_person(reader, line["reference"])
    for request in reader.get("/today").get("requests", [])[:3]:
        reader.get(f"/requests/{request['id']}")
    for hub in reader.get("/hubs").get("hubs", []):
        reader.get(f"/hubs/{hub['reference']}")
        reader.get(f"/hubs/{hub['reference']}/desk")
        for deed in HUB_DEEDS:
            reader.get(f"/hubs/{hub['reference']}/desk/{deed}")
    for agreement in reader.get("/agreements").get("agreements", [])[:3]:
        for part in ["", "/state", "/announcement"]:
            reader.get(f"/agreements/{agreement['reference']}{part}")
    for operation in reader.get("/operations").get("operations", [])[:2]:
        for part in ["", "/correction"]:
            reader.get(f"/operations/{operation['reference']}{part}")
    for manifest in reader.get("/manifests").get("manifests", [])[:3]:
        reader.get(f"/manifests/{manifest['reference']}")
        for deed in MANIFEST_DEEDS:
            reader.get(f"/manifests/{manifest['reference']}/{deed}", (200, 403, 404, 409))
    for entry in reader.get("/books?all=yes&limit=10").get("entries", []):
        reader.get(f"/entries/{entry['entry']}")
        reader.get(f"/entries/{entry['entry']}/addition")
    for kind in ["incident", "complaint", "visit", "finding"]:
        reader.get(f"/books/new/{kind}")
    for table in reader.get("/statistics").get("tables", [])[:2]:
        reader.get(f"/statistics/{table['name']}")
    for stop in reader.get("/stops").get("stops", [])[:2]:
        reader.get(f"/stops/{stop['stop']}")


def write_letter(clerk, base):
    """To the first person for whom the register knows all that a letter says."""
    others = [f"/people/{line['reference']}" for line in clerk.get("/people?limit=20").get("people", [])]
    for address in [base, *others]:
        for notice in ["removal_decision", "transfer_information", "arrival_information", "departure_details"]:
            letter = clerk.post(f"{address}/letters/new", {"notice": notice, "language": "en-GB", "hub": ""}, {200, 201, 403, 404, 409, 422})
            number = letter.get("number")
            if isinstance(number, int):
                for part in ["", "/service", "/cancellation"]:
                    clerk.get(f"/letters/{number}{part}")
                clerk.get(f"{address}/letters")
                clerk.post(f"/letters/{number}/cancellation", {"reason": "written by mistake"})
                return


def put_records_right(clerk, senior, protection, person, identifier):
    """Two records merged, taken apart, and another merge declined; a name and a reference put right; a record held and restricted."""
    base = f"/people/{person}"
    clerk.post(f"{base}/correction", {"name": "Story Toller", "born_on": "1990-03-04", "reason": "as in the passport"}, {200})
    clerk.post(f"{base}/identifiers/{identifier}/withdrawal", {"reason": "of somebody else"}, {200})
    second = clerk.post("/people", {"name": "Story Toller", "born_on": "1990-03-04", "registered_on": "2023-05-01", "another_person": "yes"})
    compared = f"{base}/merge/{second.get('reference')}"
    count = len(clerk.get(compared, (200,)).get("conflicts", []))
    clerk.get(f"{compared}/request", (200,))
    merge = f"/merges/{clerk.post(f'{compared}/request', {'reason': 'one passport'}, {201}).get('merge')}"
    senior.post(f"{merge}/confirmation", {"differences": count + 1}, {409})
    senior.post(f"{merge}/confirmation", {"differences": count}, {200})
    clerk.post(f"{base}/note", {"note": "Whose is this?"})
    events = senior.get(merge, (200,)).get("separation", {}).get("events", [])
    decided = {f"event_{event['event']}": "absorbed" for event in events if event["about"] == "to be decided" and event["follows"] == 0}
    senior.post(f"{merge}/undoing", {"reason": "two people", **decided}, {200})
    for deed, reader in [("declination", senior), ("withdrawal", clerk)]:
        again = clerk.post(f"{compared}/request", {"reason": "one passport"}, {201}).get("merge")
        reader.post(f"/merges/{again}/{deed}", {"reason": "two sisters"}, {200})
    for deed, field in [("hold", "reason"), ("hold-lifting", "reason"), ("restriction", "reason"), ("restriction-lifting", "reason"),
                        ("erasure-request", "basis"), ("erasure-declination", "reason")]:
        protection.post(f"{base}/privacy/{deed}", {field: "as the law has it"}, {200})
    protection.post(f"{base}/privacy/protection", {"seen_by": "senior caseworker role:authorising_officer", "reason": "threatened"}, {200})
    protection.post(f"{base}/privacy/protection-lifting", {"reason": "over"}, {200})
    protection.get(f"{base}/privacy", (200,))
    senior.post(f"{base}/clocks/extension", {"clock": "detention_in_pregnancy", "reason": "authorised"}, {409})


def in_days(days):
    return (datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(days=days)).strftime("%Y-%m-%dT08:00:00Z")


def do_everything(port, faults):
    """One command of each kind. Returns how many requests were sent."""
    readers = {name: Reader(port, name, faults) for name in ROLES}
    clerk, senior, hub, monitor, protection, admin = (readers[name] for name in
                                                      ["caseworker", "senior", "hub-north", "monitor", "protection", "admin"])
    person = clerk.post("/people", {"name": "Story Teller", "born_on": "1990-03-04", "registered_on": "2023-05-01"})
    base = f"/people/{person.get('reference', 'RH-000000-0')}"
    clerk.post(f"{base}/contact", {"on": "2023-06-01", "source": "reported in person"})
    clerk.post(f"{base}/note", {"note": "Asks for letters in Albanian"})
    identifier = clerk.post(f"{base}/identifiers", {"scheme": "travel_document", "value": "AB1234567", "issuer": "ALB", "source": "passport seen"})
    other = clerk.get("/people?limit=1")["people"][0]["reference"]
    clerk.post(f"{base}/family", {"relative": other})
    clerk.post(f"{base}/leave-family", {"reason": "recorded by mistake"})
    fact = clerk.post(f"{base}/facts", {"facts": [{"fact": "person.language", "value": "Albanian", "true_from": "2023-05-01"}]})
    clerk.post(f"{base}/facts/{fact.get('events', [1])[0]}/withdrawal", {"reason": "a mistake"})
    clerk.call("POST", f"{base}/facts", {"facts": [{"fact": "person.language", "shoe": 1}]}, {422})
    clerk.call("POST", f"{base}/facts", {}, {422})
    clerk.call("POST", "/people", {"born_on": "never"}, {422})
    write_letter(clerk, base)
    put_records_right(clerk, senior, protection, person.get("reference"), identifier.get("event"))
    clerk.post(f"{base}/steps", {"step": "enforced_removal"}, {200, 201, 409, 422})
    for request in clerk.get("/today").get("requests", []):
        if request["state"] == "open" and request.get("mine_to_approve") is False:
            clerk.post(f"/requests/{request['id']}/withdrawal", {"reason": "no longer asked for"}, {200, 403, 404, 409})
            break
    for name in ["authorising", "senior"]:
        for request in readers[name].get("/today").get("requests", []):
            if request["mine_to_approve"]:
                readers[name].post("/account/proof", {"password": PASSWORD}, {204})
                readers[name].post(f"/requests/{request['id']}/approval", {}, {200, 409})
                break
    for request in readers["authorising"].get("/today").get("requests", []):
        if request["mine_to_approve"]:
            readers["authorising"].post(f"/requests/{request['id']}/declination", {"reason": "not now"}, {200, 409})
            break
    clerk.post("/account/proof", {"password": PASSWORD}, {204})
    for request in clerk.get("/today").get("requests", []):
        if request["mine_to_take"]:
            clerk.post(f"/requests/{request['id']}/taking", {}, {200, 409})
            break
    senior.post("/hubs/HUB-NORTH/places", {"places": 60, "reason": "protocol"}, {200, 201, 403, 409})
    facts = senior.get("/hubs/HUB-NORTH").get("facts", [])
    flag = next((f["fact"] for f in facts if f["type"] == "yes or no" and not f["counted"]), None)
    if flag:
        senior.post("/hubs/HUB-NORTH/facts", {"facts": [{"fact": flag, "value": "yes"}]}, {200, 201, 403})
    hub.post("/hubs/HUB-NORTH/desk/report", {"accurate_at": "2023-06-01T12:00:00Z", "in_use": 3, "out_of_use": 0}, {200, 201, 409, 422})
    hub.post("/hubs/HUB-NORTH/desk/out-of-use", {"place": 2, "reason": "damage", "words": "a broken window"}, {200, 201, 409, 422})
    hub.post("/hubs/HUB-NORTH/desk/unexpected", {"description": "a man of about thirty", "seen_on": "2023-06-01"}, {200, 201, 422})
    agreement = senior.post("/agreements/new", {"reference": "AGR-STORY", "partner": "Storyland", "title": "Understanding",
                                                "compartment": "announced"}, {200, 201, 403})
    if agreement:
        senior.post("/agreements/AGR-STORY/state", {"state": "approached", "from": "2023-06-01", "source": "a letter"}, {200, 201, 422})
        senior.post("/agreements/AGR-STORY/facts", {"facts": [{"fact": "agreement.covers_nationality", "value": "yes"}]}, {200, 201, 403, 422})
    clerk.post("/orders/new", {"person": person.get("reference"), "order": "court_order", "reporter": "counsel", "means": "telephone",
                               "heard_at": "2023-06-01T12:00:00Z"}, {200, 201, 409, 422})
    manifest = clerk.post("/manifests/new", {"step": "enforced_removal", "destination": "ALB", "departs_at": in_days(30)},
                          {200, 201, 422})
    if manifest.get("reference"):
        address = f"/manifests/{manifest['reference']}"
        for deed in MANIFEST_DEEDS:
            clerk.get(f"{address}/{deed}")
        clerk.post(f"{address}/change", {"departs_at": in_days(31), "carrier": "Story Air", "reason": "another day"}, {200, 201, 422})
        clerk.post(f"{address}/cancellation", {"reason": "not needed"}, {200, 409, 422})
    entry = clerk.post("/books/new/incident", {"subject": person.get("reference"), "what": "fire", "started_at": "2023-06-01T12:00:00Z",
                                               "description": "a small fire", "due_on": in_days(5)[:10], "due_reason": "as agreed"}, {200, 201, 403, 422})
    if entry.get("entry"):
        clerk.post(f"/entries/{entry['entry']}/addition", {"answer": "put out"}, {200, 201, 409, 422})
    monitor.post("/books/new/visit", {"subject": "HUB-NORTH", "started_at": "2023-06-01T12:00:00Z"}, {200, 201, 422})
    clerk.post("/glass", {"person": other, "minutes": 5, "reason": "an emergency"}, {201, 409})
    protection.get("/glass")
    senior.post("/rulebook/what-if", {"safeguard": "no_appeal_open", "condition": "false", "step": "enforced_removal"},
                {200, 403, 404, 422})
    for stop in clerk.get("/stops").get("stops", []):
        if not stop["acknowledged"]:
            clerk.post(f"/stops/{stop['stop']}/acknowledgement", {})
            break
    sessions = clerk.get("/account").get("sessions", [])
    for session in [s for s in sessions if not s["current"]][:1] if sessions and "current" in sessions[0] else []:
        clerk.post(f"/account/sessions/{session['session']}/end", {}, {200, 404})
    secret = monitor.post("/account/second-factor", {}, {200, 201, 403, 409})
    monitor.post("/account/second-factor/confirmation", {"code": "000000"}, {403, 409, 422} if secret else {403, 409, 422})
    clerk.call("GET", "/nothing", None, {404})
    clerk.call("POST", "/people", {"name": "N", "registered_on": "2023-05-01"}, {406}, {"Accept": "image/png"})
    clerk.call("POST", "/sign-in", {"username": "caseworker", "password": "wrong"}, {401})
    clerk.post("/sign-out", {}, {204})
    return sum(reader.count for reader in readers.values())


def read_own(reader, base):
    """A record as its person, or who represents them, sees it."""
    record = reader.get(base, (200,))
    for part in ["/record", "/looks", "/copy"]:
        reader.get(f"{base}{part}", (200,))
    for letter in record.get("letters", []):
        reader.get(f"{base}/letters/{letter['number']}", (200,))
    return record


def serve_letter(clerk, base):
    """So that the record, as its person sees it, has a letter."""
    for notice in ["removal_decision", "transfer_information", "arrival_information", "departure_details"]:
        letter = clerk.post(f"{base}/letters/new", {"notice": notice, "language": "en-GB", "hub": ""}, {200, 201, 403, 404, 409, 422})
        if isinstance(letter.get("number"), int):
            method = clerk.get(f"/letters/{letter['number']}")["methods"][0]
            clerk.post(f"/letters/{letter['number']}/service", {"method": method, "on": in_days(0)[:10], "understood": "yes", "proof": "signed for"})
            return


def see_own(port, faults):
    """What a person and a legal representative read and say, and who lets them."""
    person, lawyer, clerk = (Reader(port, name, faults) for name in ["person", "lawyer", "caseworker"])
    reference = read_own(person, "/own")["reference"]
    for client in lawyer.get("/clients", (200,))["clients"]:
        serve_letter(clerk, f"/people/{client['reference']}")
        read_own(lawyer, f"/clients/{client['reference']}")
    person.post("/own/complaint", {"about": "record", "words": "The day of birth is wrong"}, {201})
    person.call("POST", "/own/complaint", {"about": "record"}, {422})
    if os.environ.get("RETURNHUB_ANSWERS"):  # a proxy refuses it before we do
        _, refused = person.call("POST", "/own/complaint", {"about": "weather", "words": "It rains"}, {422})
        if [fault["pointer"] for fault in refused.get("errors", [])] != ["/about"]:
            faults.append(f"what a complaint is about is not what is wrong with it: {refused}")
    lawyer.post(f"/clients/{reference}/complaint", {"about": "decision", "words": "It does not say why"}, {201})
    person.post("/language", {"language": "sq"}, {204})
    person.call("POST", "/language", {"language": "tlh"}, {422})
    read_own(person, "/own")
    other = clerk.get("/people?limit=1")["people"][0]["reference"]
    lawyer.call("GET", f"/clients/{other}", None, {404})
    ties = f"/people/{other}/ties"
    clerk.get(f"{ties}/new", (200,))
    tie = clerk.post(f"{ties}/new", {"username": "lawyer", "authority": "a signed form", "last_day": in_days(90)[:10]}, {201})
    clerk.get(f"{ties}/{tie.get('tie')}/end", (200,))
    for whose in (reference, "RH-000002-4"):  # it is not theirs
        clerk.call("POST", f"/people/{whose}/ties/{tie.get('tie')}/end", {"reason": "somebody else was chosen"}, {404})
    clerk.post(f"{ties}/{tie.get('tie')}/end", {"reason": "somebody else was chosen"}, {200})
    for subject in [other, reference]:
        clerk.get(f"/people/{subject}/ties", (200,))
    clerk.call("GET", "/own", None, {403})
    person.call("POST", "/account/password", {"current": "wrong", "password": "several words to remember"}, {422})
    person.post("/account/password", {"current": PASSWORD, "password": "several words to remember"}, {204})
    return sum(reader.count for reader in [person, lawyer, clerk])


def everything(port, faults):
    count = see_own(port, faults)
    for name in ROLES:
        reader = Reader(port, name, faults)
        read_everything(reader)
        count += reader.count
    return count + do_everything(port, faults)
