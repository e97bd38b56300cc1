"""Aim: docs/api/openapi.json is true of the program: it has every address of the router and none else, every deed and none else, a description of
every field, no complaint from Spectral; and its examples do what they say. Expected: src/web/route.def and the tables of deeds, read as text."""
import json
import os
import re
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "server"))
from desk import Client, PASSWORD, Server, Tap, make_demo, no_pace  # noqa: E402

SOURCE = os.environ["RETURNHUB_SOURCE"]
DOCUMENT = os.path.join(SOURCE, "docs", "api", "openapi.json")
SPECTRAL = os.path.join(SOURCE, "node_modules", "@stoplight", "spectral-cli", "dist", "index.js")


def read(*path):
    with open(os.path.join(SOURCE, *path), encoding="utf-8") as file:
        return file.read()


def routes():
    return {(method.lower(), path.replace("{*}", "{tile}"))
            for method, path in re.findall(r'^ROUTE\(HTTP_(\w+), "([^"]+)"', read("src", "web", "route.def"), re.M)}


def addresses(document):
    return {(method, path) for path, item in document["paths"].items() for method in item}


# Where a table of deeds belongs: file and address.
DEEDS = {"handle_accounts.c": "/accounts/{account}/{deed}", "handle_agreements.c": "/agreements/{agreement}/{deed}",
         "handle_hub_desk.c": "/hubs/{hub}/desk/{deed}",
         "handle_letters.c": "/letters/{letter}/{deed}", "handle_manifests.c": "/manifests/{manifest}/{deed}",
         "handle_merges.c": "/merges/{merge}/{deed}",
         "handle_operations.c": "/operations/{operation}/{deed}", "handle_privacy.c": "/people/{person}/privacy/{deed}"}


def queries():
    """What the router knows: of each address the names, {a day} without its braces; of those that a handler looks at, nothing."""
    found = {path: set() for method, path in routes() if method == "get"}
    for path, names in re.findall(r'^QUERY\("([^"]+)", "([^"]+)"\)', read("src", "web", "route.def"), re.M):
        assert path in found and not found[path], path
        found[path] = {name.strip("{}") for name in names.split()} - {"*"}  # with what it may be: as=csv|json
    return found


def documented_queries(document):
    shared = document["components"]["parameters"]
    found = {}
    for path, item in document["paths"].items():
        parameters = [shared[one["$ref"].split("/")[-1]] if "$ref" in one else one for one in item.get("get", {}).get("parameters", [])]
        if "get" in item:
            found[path.replace("{tile}", "{*}") if path.startswith("/log/") else path] = {
                "=".join([one["name"], *(["|".join(one["schema"]["enum"])] if "enum" in one["schema"] else [])])
                for one in parameters if one["in"] == "query"}
    return found


def deeds_of(file):
    tables = re.findall(r"static const struct deed deeds\[\] = \{(.*?)\n\};", read("src", "web", file), re.S)
    return set(re.findall(r'\{?\.name = "([^"]+)"', tables[0]))


def documented_deeds(document, path, method):
    parameter = next(p for p in document["paths"][path][method]["parameters"] if p.get("name") == "deed")
    return set(parameter["schema"]["enum"])


# What the person is given of an event is all that is in it, whatever its kind: the kinds are in the list of the register (event.def).
OPEN = {"SubjectEvent"}


def undescribed(name, node, found):
    """Every property has a description, or is a schema that has one."""
    if isinstance(node, dict):
        for key, value in node.get("properties", {}).items() if isinstance(node.get("properties"), dict) else []:
            if not value.get("description"):
                found.append(f"{name}.{key}")
        is_schema = node.get("type") == "object" and (node.get("properties") or "required" in node or "additionalProperties" in node)
        if is_schema and node.get("additionalProperties") is not False and name not in OPEN:
            found.append(f"{name} may have any other property")
        for value in node.values():
            undescribed(name, value, found)
    elif isinstance(node, list):
        for value in node:
            undescribed(name, value, found)
    return found


def entry_fields_missing(document):
    """What can be written in an entry of the books, by the list of the register, and by the document."""
    listed = set(re.findall(r'ENTRY_FIELD\(\w+,\s*"(\w+)"', read("src", "register", "entry.def")))
    schemas = document["components"]["schemas"]
    return [f"{name}: {field}" for name in ("EntryOpeningCommand", "EntryMoveCommand") for field in sorted(listed)
            if field not in schemas[name]["properties"]]


# What an address says because of a parameter that it takes: the next page, and as of when it is known.
SAID_BECAUSE = {"cursor": "next", "known_at": "known_at"}


def at(document, node):
    while "$ref" in node:
        found = document
        for part in node["$ref"].split("/")[1:]:
            found = found[part]
        node = found
    return node


def said_fields_missing(document):
    faults = []
    for path, methods in document["paths"].items():
        taken = {at(document, parameter)["name"] for parameter in methods.get("get", {}).get("parameters", [])}
        for parameter in taken & set(SAID_BECAUSE):
            content = methods["get"]["responses"]["200"]["content"].get("application/json", {"schema": {}})
            if SAID_BECAUSE[parameter] not in at(document, content["schema"]).get("properties", {}):
                faults.append(f"{path} takes {parameter} and does not say {SAID_BECAUSE[parameter]}")
    return faults


def json_that_may_be_anything(document):
    """Every JSON that is sent or answered is a schema that says what is in it."""
    found = []

    def look(place, node):
        if isinstance(node, dict):
            for kind, content in node.get("content", {}).items() if isinstance(node.get("content"), dict) else []:
                schema = content.get("schema", {})
                if kind in ("application/json", "application/problem+json") and not {"$ref", "properties", "anyOf", "oneOf", "items", "maxProperties"} & set(schema):
                    found.append(f"{place}: {schema}")
            for key, value in node.items():
                look(f"{place}/{key}", value)
        elif isinstance(node, list):
            for value in node:
                look(place, value)

    look("", {path: item for path, item in document["paths"].items() if path != "/openapi.json"})  # which is the document itself
    return found


def fields_refused(document, clients, sample):
    """A list is the value of no field: what each address says of all that it is said to take, sent so. What it calls unknown, and what it
    names that is not written down; how many addresses answered."""
    faults, answered = [], 0
    for path, item in document["paths"].items():
        body = item.get("post", {}).get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema", {})
        known = set(at(document, body).get("properties", {}))
        there = re.sub(r"\{(\w+)\}", lambda match: str(sample.get(match.group(1), 1)), path)
        for client in clients if known else []:
            status, answer = client.call("POST", there, {name: [] for name in known})
            if status != 422 or not isinstance(answer, dict):
                continue
            answered += 1
            named = {error["pointer"].split("/")[1]: error["detail"] for error in answer["errors"] if error["pointer"]}
            faults += [f"{path}: {name} is not written down" for name in set(named) - known]
            faults += [f"{path}: {name} is not taken" for name, detail in named.items() if detail == "There is no such field here"]
            break
    return faults, answered


def run_example(command, desk, token):
    outcome = subprocess.run(["sh", "-c", command], capture_output=True, timeout=60, env={**os.environ, "DESK": desk, "TOKEN": token})
    return outcome.returncode, outcome.stdout.decode()


def example_is_right(title, status, text):
    if title == "Sign in":
        return "token" in json.loads(text)
    if title.startswith("Two people"):
        answer = json.loads(text)
        return len(answer["people"]) == 2 and answer["next"].startswith("/people?")
    if title.startswith("Register"):
        return json.loads(text)["reference"].startswith("RH-")
    if title == "What a value must be":
        return {error["pointer"] for error in json.loads(text)["errors"]} == {"/name", "/registered_on"}
    if title == "Everybody as a table":
        return text.startswith("reference,name,born_on")
    if title.startswith("What was recorded"):
        return [line["position"] > 100 for line in json.loads(text)["changes"]] == [True] * 3
    if title.startswith("The same as a stream"):
        lines = [json.loads(line) for line in text.splitlines()]
        return status == 28 and len(lines) >= 6 and all(line["kind"] for line in lines)
    if title == "Stops as they happen":
        return status == 28 and text.startswith("retry: 5000\n\n")
    if title.startswith("What may be done"):
        return " 204 " in text.splitlines()[0] and "Allow: GET, HEAD, OPTIONS, POST" in text
    if title.startswith("What a type"):
        return json.loads(text)["status"] == 409
    return False


def check_examples(tap, document):
    with tempfile.TemporaryDirectory() as folder:
        server = Server(make_demo(folder, people=100, seed=7), options=no_pace(folder))
        try:
            desk = f"http://127.0.0.1:{server.port}"
            token = Client(server.port).sign_in("caseworker", PASSWORD).token
            for example in document["x-examples"]:
                status, text = run_example(example["command"], desk, token)
                try:
                    right = example_is_right(example["title"], status, text)
                except (ValueError, KeyError, IndexError):
                    right = False
                tap.check(f"the example does what it says: {example['title']}", right, f"{status} {text[:1000]}")
            clients = [Client(server.port).sign_in(name, PASSWORD) for name in ("caseworker", "senior", "admin", "protection", "hub-north")]
            person = clients[0].call("GET", "/people?limit=1")[1]["people"][0]["reference"]
            sample = {"person": person, "hub": "HUB-NORTH", "agreement": "AGR-DEMONIA"}
            faults, answered = fields_refused(document, clients, sample)
            tap.check("what an address takes is what is written of it", not faults and answered > 15, "\n".join(faults) or answered)
            status, served = Client(server.port).call("GET", "/openapi.json")
            tap.check("the document is served as it is", status == 200 and served == document)
            status, page = Client(server.port).call("GET", "/api", None, {"Accept": "text/html"})
            page = page.decode() if isinstance(page, bytes) else ""
            names = list(document["components"]["schemas"])
            tap.check("the page has every address and every schema",
                      status == 200 and all(f"<h3 class=\"govuk-heading-s\" id=\"{name}\">" in page for name in names) and
                      all(f"<code>{method.upper()} {path}</code>" in page for method, path in addresses(document)))
        finally:
            server.stop()


def main():
    tap = Tap()
    document = json.loads(read("docs", "api", "openapi.json"))
    tap.check("every address of the router is in the document", not routes() - addresses(document), routes() - addresses(document))
    tap.check("no other address is", not addresses(document) - routes(), addresses(document) - routes())
    tap.check("a missing address would be seen", len(routes()) > 130)
    known, written = {path.replace("{tile}", "{*}"): names for path, names in queries().items()}, documented_queries(document)
    faults = [f"{path}: {sorted(known[path] ^ written[path])}" for path in known if known[path] != written[path]]
    tap.check("what a query may name is the same in the document and for the router", not faults and len(known) > 80 and sum(map(len, known.values())) > 60,
              "\n".join(faults))
    for file, path in DEEDS.items():
        for method in ("get", "post"):
            expected, found = deeds_of(file), documented_deeds(document, path, method)
            tap.check(f"{method} {path} has the deeds of {file}", expected == found and expected, expected ^ found)
    faults = []
    for name, schema in document["components"]["schemas"].items():
        undescribed(name, schema, faults)
    tap.check("every field is described, and nothing else may be there", not faults, "\n".join(faults))
    faults = []
    undescribed("planted", {"type": "object", "properties": {"a": {"description": "A", "type": "string"}}, "additionalProperties": {"type": "string"}}, faults)
    tap.check("a schema that leaves other fields open is found", faults == ["planted may have any other property"], faults)
    tap.check("every JSON says what is in it", not json_that_may_be_anything(document), json_that_may_be_anything(document)[:10])
    tap.check("what is written in the books is in it field by field", not entry_fields_missing(document), entry_fields_missing(document))
    faults = said_fields_missing(document)
    tap.check("who asks for a page or for the past is told of it", not faults, "\n".join(faults))
    limits = dict(re.findall(r"(LISTING_LIMIT\w*) = (\d+)", read("src", "web", "listing.h")))
    limit = document["components"]["parameters"]["limit"]["schema"]
    tap.check("the limits of a page are those of the program",
              (str(limit["default"]), str(limit["maximum"])) == (limits["LISTING_LIMIT"], limits["LISTING_LIMIT_MAX"]), limits)
    lint = subprocess.run(["node", SPECTRAL, "lint", DOCUMENT, "--ruleset", os.path.join(SOURCE, "tests", "api", "spectral.json"),
                           "--fail-severity", "hint"], capture_output=True, text=True, timeout=550, check=False)
    tap.check("Spectral finds nothing", lint.returncode == 0, lint.stdout + lint.stderr)
    check_examples(tap, document)
    return tap.done()


sys.exit(main())
