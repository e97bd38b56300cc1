"""A person's page, from the server as it runs, against the same server saying pong and against a peer (script/bench web)."""
import contextlib
import hashlib
import http.client
import json
import os
import random
import re
import sqlite3
import statistics
import subprocess

import postgresql
from common import BINARY, QUICK, ROUNDS, judged, kept_demo, make_demo, spread

HERE = os.path.dirname(os.path.abspath(__file__))
PEOPLE = int(os.environ.get("RETURNHUB_BENCH_PEOPLE", "300" if QUICK else "100000"))
ASKED = 20 if QUICK else 2000  # people whose pages are asked for, drawn from all
SECONDS = 1 if QUICK else 4
CONNECTIONS = 32  # for the rate: as much as the server does
FEW = 4  # for the latency: what somebody waits for, with others at work but no queue before the server
PASSWORD = "demonstration-only"
TOKEN = "a token of the peer"


def on_core(core, command):
    """Servers share the first processor, as they would one of a virtual machine; who asks has another."""
    return ["taskset", "-c", str(core), *command] if os.cpu_count() > 1 else command


class Asked:
    """One server, one kind of answer."""

    def __init__(self, what, port, paths, headers):
        self.what, self.port, self.paths, self.headers = what, port, paths, headers
        self.rates, self.p50, self.p99 = [], [], []

    def ask(self, seed):
        self.rates.append(float(re.search(r"Requests/sec:\s+([\d.]+)", self.wrk(seed, CONNECTIONS)).group(1)))
        out = self.wrk(seed, FEW)
        self.p50.append(milliseconds(out, 50))
        self.p99.append(milliseconds(out, 99))

    def wrk(self, seed, connections):
        command = ["wrk", "-t1", f"-c{connections}", f"-d{SECONDS}s", "--latency", "-s", os.path.join(HERE, "people.lua")]
        for name, value in self.headers.items():
            command += ["-H", f"{name}: {value}"]
        out = subprocess.run(on_core(1, [*command, f"http://127.0.0.1:{self.port}"]), check=True, capture_output=True, text=True,
                             env={**os.environ, "PATHS": self.paths, "SEED": str(seed)}).stdout
        # One that was late is late, and counts as that; one that was not answered ends the bench.
        if "Non-2xx" in out or re.search(r"Socket errors: (?!connect 0, read 0, write 0)", out):
            raise SystemExit(f"bench: {self.what} was not answered:\n{out}")
        return out


def milliseconds(out, percentile):
    value, unit = re.search(rf"^\s+{percentile}%\s+([\d.]+)(us|ms|s)$", out, re.MULTILINE).groups()
    return float(value) * {"us": 0.001, "ms": 1, "s": 1000}[unit]


def get(connection, path, headers):
    connection.request("GET", path, headers=headers)
    response = connection.getresponse()
    body = response.read()
    if response.status != 200:
        raise SystemExit(f"bench: {path} answered {response.status}")
    return body


@contextlib.contextmanager
def running(command, environment=None):
    server = subprocess.Popen(on_core(0, command), stdout=subprocess.PIPE, text=True, env=environment)
    try:
        line = server.stdout.readline()
        found = re.search(r"(\d+)$", line.strip())
        if not found:
            raise SystemExit(f"bench: {command[0]} did not start: {line}")
        yield int(found.group(1))
    finally:
        server.terminate()
        server.wait()


def sign_in(connection):
    connection.request("POST", "/sign-in", json.dumps({"username": "caseworker", "password": PASSWORD}),
                       {"Content-Type": "application/json", "Accept": "application/json"})
    return json.loads(connection.getresponse().read())["token"]


def everybody_in(store):
    with contextlib.closing(sqlite3.connect(f"file:{store}?mode=ro", uri=True)) as register:
        return [row[0] for row in register.execute(
            "SELECT reference FROM person WHERE part_of = 0 AND erased = 0 AND restricted = 0 AND protection = 0 ORDER BY id")]


def write_paths(path, references):
    with open(path, "w", encoding="utf-8") as file:
        file.writelines(f"/people/{reference}\n" for reference in references)


# --- the peer's rows ------------------------------------------------------------------------------------------------

DEFINITIONS = ("facts", "steps", "stages", "clocks", "hubs", "sections")
TABLES = [(f"definition_of_{name}", "name text PRIMARY KEY, ordinal int NOT NULL, content jsonb NOT NULL", "")
          for name in DEFINITIONS] + [
    ("account", "id int PRIMARY KEY, name text NOT NULL, role text NOT NULL, closed boolean NOT NULL", ""),
    ("session", "token_hash bytea PRIMARY KEY, account int NOT NULL, seen_at timestamptz NOT NULL", ""),
    ("person", "id int PRIMARY KEY, reference text UNIQUE NOT NULL, name text, born_on text, stage text, stage_since text,"
               " registered_on text, last_contact_on text, last_contact_source text, next_check_on text, placed_at_hub boolean,"
               " has_family boolean, hub text, holds int, restricted boolean, erasure_requested boolean, erased boolean,"
               " history_more boolean", ""),
    ("fact", "person int, ordinal int, fact text, known boolean, recorded boolean, value jsonb, text text, event bigint,"
             " true_from text, recorded_at text, recorded_by text, source text", "(person, ordinal)"),
    ("verdict", "person int, ordinal int, step text, hub text, clearance text, clear int, barred int, unknown int",
     "(person, ordinal)"),
    ("clock", "person int, ordinal int, clock text, state text, start text, last_day text", "(person, ordinal)"),
    ("line", "person int, kind text, ordinal int, line jsonb", "(person, kind, ordinal)"),
    ("look", "number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, account int NOT NULL, person int NOT NULL,"
             " at timestamptz NOT NULL, purpose text NOT NULL", "(person)"),
]
OF_THE_FACT = ("fact", "title", "note", "section", "subject", "type", "choices", "counted", "recordable")
OF_THE_STEP = ("step", "title", "section", "needs_hub", "approvals_needed", "same_stage", "to")
OF_THE_CLOCK = ("name", "title", "due_to", "due_from", "sources")


class Rows:
    """The same answers as rows of tables: what does not depend on the person once, everything else a row each."""

    def __init__(self, answers):
        self.definitions = {name: {} for name in DEFINITIONS}
        self.tables = {name: [] for name, _, _ in TABLES}
        self.tables["account"].append((1, "Caseworker", "caseworker", "f"))
        self.tables["session"].append((hashlib.sha256(TOKEN.encode()).digest(), 1, "now"))
        for number, answer in enumerate(answers, 1):
            self.add(number, answer)
        for name, contents in self.definitions.items():
            self.tables[f"definition_of_{name}"] = [(key, number, json.dumps(content))
                                                    for number, (key, content) in enumerate(contents.items())]

    def define(self, kind, name, whole, members):
        self.definitions[kind].setdefault(name, {member: whole[member] for member in members if member in whole})
        return name

    def hub(self, hub):
        return self.define("hubs", hub["reference"], hub, hub) if hub["known"] else None

    def add(self, number, answer):
        def day(name):
            return answer[name].get("value")

        stage, privacy = answer["stage"], answer["privacy"]
        self.tables["person"].append((
            number, answer["reference"], answer["name"], day("born_on"), self.define("stages", stage["name"], stage, stage),
            answer["stage_since"], answer["registered_on"], day("last_contact_on"), answer["last_contact_source"],
            day("next_check_on"), answer["placed_at_hub"], answer["has_family"], self.hub(answer["hub"]), privacy["holds"],
            privacy["restricted"], privacy["erasure_requested"], privacy["erased"], answer["history_more"]))
        for section in answer["fact_sections"]:
            self.define("sections", section["title"], section, ("facts", "recordable"))
        for ordinal, fact in enumerate(answer["facts"]):
            self.tables["fact"].append((
                number, ordinal, self.define("facts", fact["fact"], fact, OF_THE_FACT), fact["known"], fact["recorded"],
                json.dumps(fact["value"]) if fact["known"] else None, fact.get("text"), fact.get("event"),
                fact.get("true_from"), fact.get("recorded_at"), fact.get("recorded_by"), fact.get("source")))
        for ordinal, verdict in enumerate(answer["next_steps"]):
            counts = verdict["safeguards"]
            self.tables["verdict"].append((
                number, ordinal, self.define("steps", verdict["step"], verdict, OF_THE_STEP), self.hub(verdict["hub"]),
                verdict["clearance"], counts["clear"], counts["barred"], counts["unknown"]))
        for ordinal, clock in enumerate(answer["clocks"]):
            self.tables["clock"].append((
                number, ordinal, self.define("clocks", clock["name"], clock, OF_THE_CLOCK), clock["state"],
                clock["start"].get("value"), clock["last_day"].get("value")))
        for kind, name in (("request", "requests"), ("relative", "family"), ("passage", "passed"), ("event", "history")):
            for ordinal, line in enumerate(answer[name]):
                self.tables["line"].append((number, kind, ordinal, json.dumps(line)))

    def fill(self, cluster):
        for name, columns, key in TABLES:
            cluster.psql(f"CREATE TABLE {name} ({columns})")
            listed = ", ".join(column.split()[0] for column in columns.split(", ") if "IDENTITY" not in column)
            if self.tables[name]:
                cluster.psql(f"COPY {name} ({listed}) FROM STDIN", self.tables[name])
            if key:
                cluster.psql(f"CREATE INDEX ON {name} {key}")
        cluster.psql("VACUUM ANALYZE")
        cluster.psql("CHECKPOINT")


def without_time(answer):
    """All but the instant of the question."""
    return {name: value for name, value in answer.items() if name != "known_at"}


def check_same(port, asked, answers):
    connection = http.client.HTTPConnection("127.0.0.1", port)
    for reference, answer in list(zip(asked, answers))[:50]:
        theirs = json.loads(get(connection, f"/people/{reference}", {"Authorization": f"Bearer {TOKEN}"}))
        ours = without_time(answer)
        if without_time(theirs) != ours:
            odd = [name for name in ours if theirs.get(name) != ours[name]]
            raise SystemExit(f"bench: the peer answers something else for {reference}: {', '.join(odd)}")


@contextlib.contextmanager
def peer(folder, asked, answers):
    """Gives the peer's port, or None where it is absent."""
    installed = os.path.exists(os.path.join(HERE, "node_modules", "fastify"))
    if not installed or not os.path.exists(os.path.join(postgresql.PROGRAMS, "initdb")):
        print("  The peer is absent: it needs PostgreSQL 15 and the npm packages of bench/web")
        yield None
        return
    cluster = postgresql.Cluster(folder)
    try:
        if os.cpu_count() > 1:
            cluster.pin(0)
        Rows(answers).fill(cluster)
        environment = {**os.environ, "PGHOST": cluster.home, "PGUSER": "bench", "PGDATABASE": "postgres", "NODE_ENV": "production"}
        with running(["node", os.path.join(HERE, "peer.cjs")], environment) as port:
            check_same(port, asked, answers)
            yield port
    finally:
        cluster.stop()


# --- what a browser loads -------------------------------------------------------------------------------------------

def weigh(connection, path, headers):
    """Bytes of the page and of what it names, as they are sent to a browser."""
    page = get(connection, path, headers)
    sizes = {"page": len(page)}
    for address in sorted(set(re.findall(rb'(?:href|src)="(/assets/[^"]+)"', page))):
        sizes[address.decode().rsplit("/", 1)[1]] = len(get(connection, address.decode(), {"Accept-Encoding": "gzip"}))
    return sizes


def print_weight(connection, asked, headers):
    pages = [weigh(connection, f"/people/{reference}", headers) for reference in asked[:50]]
    heaviest = max(pages, key=lambda sizes: sizes["page"])
    total = sum(heaviest.values())
    parts = ", ".join(f"{name} {size / 1000:.1f} kB" for name, size in heaviest.items())
    print(f"  Weight of the heaviest of {len(pages)} pages, everything it loads: {total / 1000:.1f} kB ({parts})"
          f"   target: under 100 kB      {'reached' if total < 100000 else 'NOT reached'}")
    style = next(size for name, size in heaviest.items() if name.endswith(".css"))
    print(f"  Styles, as sent: {style / 1000:.1f} kB   target: at most 26 kB   {'reached' if style <= 26000 else 'NOT reached'}")


# --- the bench ------------------------------------------------------------------------------------------------------

def print_rates(contestants):
    print(f"  {'':42} {'a second':30} {'p50 ms':8} p99 ms")
    for one in contestants:
        print(f"  {one.what:42} {spread(one.rates):30} {statistics.median(one.p50):6.2f}   {spread(one.p99, '{:.1f}')}")


def print_ratios(pong, pages, other):
    for page, percent in pages:
        ratios = [100 * ours / ping for ours, ping in zip(page.rates, pong.rates)]
        print(f"  {page.what + ', of the rate of pong, %':48} {judged(ratios, percent, True)}")
        print(f"  {page.what + ', p99 in ms':48} {judged(page.p99, 10, False)}")
    if other is not None:
        ratios = [ours / theirs for ours, theirs in zip(pages[0][0].rates, other.rates)]
        print(f"  {'JSON, against Fastify and PostgreSQL':48} {judged(ratios, 10, True)}")


def web(folder):
    load = os.getloadavg()[0]
    print(f"A person's page, {PEOPLE:,} people, {ASKED:,} of them asked for, {CONNECTIONS} connections ({FEW} for latency), {SECONDS} s each, {ROUNDS} rounds;"
          f" load {load:.1f} at the beginning")
    store = make_demo(folder, PEOPLE)[0] if QUICK else kept_demo(PEOPLE)
    os.sync()  # a store that was just made is not what a look has to wait for
    everybody = everybody_in(store)
    asked = random.Random(1).sample(everybody, min(ASKED, len(everybody)))
    paths, anybody, ping = (os.path.join(folder, name) for name in ("paths", "anybody", "ping"))
    write_paths(paths, asked)
    write_paths(anybody, everybody)
    with open(ping, "w", encoding="utf-8") as file:
        file.write("/ping\n")
    with running([BINARY, "serve", "--store", store, "--port", "0"]) as port:
        connection = http.client.HTTPConnection("127.0.0.1", port)
        headers = {"Authorization": f"Bearer {sign_in(connection)}", "Accept": "application/json"}
        answers = [json.loads(get(connection, f"/people/{reference}", headers)) for reference in asked]
        html = {**headers, "Accept": "text/html"}
        print_weight(connection, asked, html)
        with peer(folder, asked, answers) as peer_port:
            pong = Asked("pong", port, ping, {})
            pages = [(Asked("JSON", port, paths, headers), 10), (Asked("HTML", port, paths, html), 5)]
            other = Asked("Fastify and PostgreSQL, JSON", peer_port, paths, {"Authorization": f"Bearer {TOKEN}"}) if peer_port else None
            # What is kept of earlier readings is of little use here: nearly everybody is asked for once.
            rare = [Asked("JSON, of anybody", port, anybody, headers), Asked("HTML, of anybody", port, anybody, html)]
            contestants = [pong, *(page for page, _ in pages), *rare, *([other] if other else [])]
            for number in range(ROUNDS):
                for contestant in contestants:
                    contestant.ask(number)
    print_rates(contestants)
    print_ratios(pong, pages, other)
