#!/usr/bin/env python3
"""Aim: the published tables say what the record says. The expected numbers are calculated here, from the rows of facts and people in
the SQLite file, which the program does not read for them; withheld numbers are looked at with linear algebra; and the spreadsheet
is opened by the standard library alone."""
import csv
import datetime
import fractions
import io
import json
import math
import os
import shutil
import sqlite3
import sys
import tempfile
import xml.etree.ElementTree
import zipfile
from collections import Counter, defaultdict

SOURCE = os.environ["RETURNHUB_SOURCE"]
sys.path.insert(0, os.path.join(SOURCE, "tests", "server"))
from desk import BINARY, Tap, make_demo, run  # noqa: E402
import subprocess  # noqa: E402

YEARS = range(2018, 2027)
OWN_TABLES = """
policy
  suppress below {below}
  median of at least 1
  provisional for 12 months
  contact days bands 0, 29, 91, 183, 366

table claims "Claims"
  counts claims
  each year
  by fact person.nationality
  across fact person.sex
table ages "Claims by age"
  counts claims
  each year
  by age person.born_on bands 0, 18, 30, 50, 70
table decisions "Decisions"
  counts first steps grant_leave, refuse_claim, withdraw_claim
  each year
  across step
table now "Where people are now"
  counts claims
  each year
  by stage now
table waits "Waits"
  counts first steps grant_leave, refuse_claim, withdraw_claim
  each year
  compares by fact person.sex
  median days since claim
table rates "Rates"
  counts first steps grant_leave, refuse_claim
  each year
  compares by fact person.sex
  share of grant_leave
table open "Open at the end of the year"
  counts people open
  each year
table missing "Nothing that this rulebook has"
  counts claims
  by fact person.shoe_size
"""


def day(number):
    return datetime.date(1970, 1, 1) + datetime.timedelta(days=number)


class Register:
    """The record, read from the rows of facts and people."""

    def __init__(self, store):
        database = sqlite3.connect(f"file:{store}?mode=ro", uri=True)
        self.people = {row[0]: row[1:] for row in database.execute("SELECT id, registered_on, stage FROM person")}
        self.facts = defaultdict(list)
        for subject, fact, true_from, position, value in database.execute(
                "SELECT subject, fact, true_from, position, value FROM fact WHERE subject_kind = 1 AND withdrawn = 0"):
            self.facts[subject, fact].append((true_from, position, value))
        self.titles = dict()
        database.close()

    def on(self, person, fact, when):
        counting = [entry for entry in self.facts.get((person, fact), []) if entry[0] <= when]
        return max(counting)[2] if counting else "unknown"

    def first_decision(self, person):
        """The day and the outcome, from what the steps record of the claim."""
        kinds = {"granted": "Grant leave", "refused": "Refuse the claim", "withdrawn": "The person withdraws the claim"}
        decided = [(true_from, position, kinds[value])
                   for true_from, position, value in self.facts.get((person, "claim.status"), []) if value in kinds]
        return min(decided, default=None, key=lambda entry: entry[1])


def table(text):
    return list(csv.DictReader(io.StringIO(text)))


class Desk:
    def __init__(self, store, folder):
        self.store, self.folder = store, folder

    def run(self, *arguments, account="statistician", expect=0):
        return run(*arguments, "--store", self.store, "--as", account, expect=expect)

    def table(self, name, *more):
        return table(self.run("statistics", name, "--format", "csv", "--from", str(YEARS[0]), "--to", str(YEARS[-1]),
                              "--definitions", self.folder, *more))


def totals(rows, *keys):
    return {tuple(row[key] for key in keys): row for row in rows}


def same_claims(desk, register):
    expected = Counter()
    for person, (registered, _) in register.people.items():
        sex = register.on(person, "person.sex", registered).capitalize()
        expected[str(day(registered).year), sex] += 1
    found = Counter()
    for row in desk.table("claims"):
        for sex in ("Female", "Male", "Unknown"):
            if row["Nationality"] == "Total":
                assert int(row.get(sex, 0)) == expected[row["Period"], sex], (row, expected)
            else:
                found[row["Period"], sex] += int(row.get(sex, 0))
    assert +found == +expected, (found, expected)


def same_ages(desk, register):
    expected = Counter()
    for person, (registered, _) in register.people.items():
        born = register.on(person, "person.born_on", registered)
        if born == "unknown":
            expected[str(day(registered).year), "Unknown"] += 1
            continue
        then, born = day(registered), datetime.date.fromisoformat(born)
        age = then.year - born.year - ((then.month, then.day) < (born.month, born.day))
        band = next(name for least, name in ((70, "70 and over"), (50, "50 to 69"), (30, "30 to 49"), (18, "18 to 29"),
                                             (0, "0 to 17")) if age >= least)
        expected[str(then.year), band] += 1
    found = {(row["Period"], row["Age"]): int(row["Total"]) for row in desk.table("ages") if row["Age"] != "Total"}
    assert found == dict(expected), (found, expected)


def same_decisions(desk, register):
    expected = Counter()
    for person in register.people:
        decision = register.first_decision(person)
        if decision:
            expected[str(day(decision[0]).year), decision[2]] += 1
    found = Counter()
    for row in desk.table("decisions"):
        for step in ("Grant leave", "Refuse the claim", "The person withdraws the claim"):
            found[row["Period"], step] += int(row[step])
    assert +found == +expected, (found, expected)


def same_stages(desk, register):
    expected = Counter(str(day(registered).year) for registered, _ in register.people.values())
    found = Counter()
    stages = Counter()
    for row in desk.table("now"):
        if row["Stage at the date of the table"] == "Total":
            found[row["Period"]] = int(row["Total"])
        else:
            stages[row["Stage at the date of the table"]] += int(row["Total"])
    assert +found == expected, (found, expected)
    assert sorted(stages.values()) == sorted(Counter(stage for _, stage in register.people.values()).values())


def same_waits(desk, register):
    waits = defaultdict(list)
    for person, (registered, _) in register.people.items():
        decision = register.first_decision(person)
        if decision and decision[0] >= registered:
            sex = register.on(person, "person.sex", decision[0]).capitalize()
            for group in (sex, "Total"):
                waits[str(day(decision[0]).year), group].append(decision[0] - registered)
    found = totals(desk.table("waits"), "Period", "Group")
    assert waits
    assert "the lower of the two in the middle" in " ".join(desk.run("statistics", "waits", "--definitions", desk.folder).split())
    for key, values in waits.items():
        values.sort()
        n = len(values)
        assert int(found[key]["Total"]) == n, (key, n, found[key])
        assert int(found[key]["Median, days"]) == values[(n - 1) // 2], (key, found[key])
        rank = max((d for d in range(1, n // 2 + 1)
                    if fractions.Fraction(sum(math.comb(n, k) for k in range(d)), 2 ** n) <= fractions.Fraction(1, 40)),
                   default=0)
        interval = [found[key]["95 per cent interval from"], found[key]["to"]]
        assert interval == ([str(values[rank - 1]), str(values[n - rank])] if rank else ["[x]", "[x]"]), (key, interval)


def same_rates(desk, register):
    counts = defaultdict(lambda: [0, 0])
    for person in register.people:
        decisions = [(position, value) for _, position, value in register.facts.get((person, "claim.status"), [])
                     if value in ("granted", "refused")]
        if decisions:
            position, value = min(decisions)
            when = next(entry[0] for entry in register.facts[person, "claim.status"] if entry[1] == position)
            sex = register.on(person, "person.sex", when).capitalize()
            for group in (sex, "Total"):
                counts[str(day(when).year), group][value == "refused"] += 1
    found = totals(desk.table("rates"), "Period", "Group")
    for key, (granted, refused) in counts.items():
        row, n = found[key], granted + refused
        assert (int(row["Total"]), int(row["Of these"])) == (n, granted), (key, row, n, granted)
        z, p = 1.959963984540054, granted / n
        middle, half = (p + z * z / 2 / n) / (1 + z * z / n), z / (1 + z * z / n) * math.sqrt(p * (1 - p) / n + z * z / 4 / n / n)
        low, high = (float(row["95 per cent interval from"]), float(row["to"]))
        assert 0 <= 100 * (middle - half) - low < 0.1001 or granted == 0 and low == 0, (key, row)
        assert 0 <= high - 100 * (middle + half) < 0.1001 or refused == 0 and high == 100, (key, row)


def determined(unknowns, equations):
    """Which unknowns have one value only, among the real solutions of these equations (each a set of unknowns that add up to
    something known, with signs)."""
    matrix = [[fractions.Fraction(equation.get(name, 0)) for name in unknowns] for equation in equations]
    rank_rows, used = [], 0
    for column in range(len(unknowns)):
        pivot = next((i for i in range(used, len(matrix)) if matrix[i][column] != 0), None)
        if pivot is None:
            continue
        matrix[used], matrix[pivot] = matrix[pivot], matrix[used]
        factor = matrix[used][column]
        matrix[used] = [value / factor for value in matrix[used]]
        for i in range(len(matrix)):
            if i != used and matrix[i][column] != 0:
                other = matrix[i][column]
                matrix[i] = [a - other * b for a, b in zip(matrix[i], matrix[used])]
        used += 1
    return [unknowns[next(j for j, v in enumerate(row) if v)] for row in matrix[:used] if sum(1 for v in row if v) == 1]


def small_numbers(desk, exact_desk):
    withheld = 0
    exact = {(row["Period"], row["Nationality"]): row for row in exact_desk.table("claims")}
    by_period = defaultdict(list)
    for row in desk.table("claims"):
        by_period[row["Period"]].append(row)
    columns = [name for name in ("Female", "Male", "Unknown") if name in exact[next(iter(exact))]] + ["Total"]
    for period, rows in by_period.items():
        unknowns, equations = [], []
        for row in rows:
            for column in columns:
                true = int(exact[period, row["Nationality"]][column])
                if row[column] == "[c]":
                    assert true > 0, (period, row)
                    unknowns.append((row["Nationality"], column))
                else:
                    assert int(row[column]) == true and not 0 < true < 5, (period, row, true)
            equations.append({(row["Nationality"], column): -1 if column == "Total" else 1 for column in columns})
        for column in columns:
            equations.append({(row["Nationality"], column): -1 if row["Nationality"] == "Total" else 1 for row in rows})
        known = set(unknowns)
        equations = [{key: sign for key, sign in equation.items() if key in known} for equation in equations]
        assert not determined(unknowns, equations), (period, determined(unknowns, equations))
        withheld += len(unknowns)
    assert withheld > 50, withheld
    # The check itself: one of two withheld numbers shown, and the other is found out.
    assert determined(["a"], [{"a": 1}]) == ["a"]


def rounded(desk, exact_desk, folder):
    """Each number by itself, to the nearest 5, and as many withheld as without."""
    own = os.path.join(folder, "rounded")
    os.mkdir(own)
    with open(os.path.join(own, "own.tables"), "w", encoding="utf-8") as file:
        file.write(OWN_TABLES.format(below=5).replace("policy\n", "policy\n  round to 5\n"))
    rounded_rows, plain_rows, exact_rows = Desk(desk.store, own).table("claims"), desk.table("claims"), exact_desk.table("claims")
    assert len(rounded_rows) == len(plain_rows) == len(exact_rows) > 50
    for row, plain, exact in zip(rounded_rows, plain_rows, exact_rows):
        for column in ("Female", "Male", "Total"):
            assert (row[column] == "[c]") == (plain[column] == "[c]")
            if row[column] != "[c]":
                assert int(row[column]) == (int(exact[column]) + 2) // 5 * 5, (row, exact)


def spreadsheet(desk, folder):
    names = ["claims", "now"]
    outcome = subprocess.run([BINARY, "statistics", *names, "--format", "ods", "--from", "2018", "--to", "2026", "--store",
                              desk.store, "--as", "statistician", "--definitions", desk.folder], capture_output=True, timeout=300)
    assert outcome.returncode == 0, outcome.stderr
    archive = zipfile.ZipFile(io.BytesIO(outcome.stdout))
    assert archive.testzip() is None
    first = archive.infolist()[0]
    assert (first.filename, first.compress_type) == ("mimetype", zipfile.ZIP_STORED)
    assert archive.read("mimetype") == b"application/vnd.oasis.opendocument.spreadsheet"
    xml.etree.ElementTree.fromstring(archive.read("META-INF/manifest.xml"))
    content = archive.read("content.xml")
    for forbidden in (b"number-columns-spanned", b"number-rows-spanned", b"covered-table-cell"):
        assert forbidden not in content
    space = {"t": "urn:oasis:names:tc:opendocument:xmlns:table:1.0", "x": "urn:oasis:names:tc:opendocument:xmlns:text:1.0",
             "o": "urn:oasis:names:tc:opendocument:xmlns:office:1.0"}
    tables = xml.etree.ElementTree.fromstring(content).findall(".//t:table", space)
    name = "{%s}name" % space["t"]
    assert [one.get(name) for one in tables] == ["Contents", "Notes", *names]
    for one, table_name in zip(tables[2:], names):
        cells = [["".join(cell.itertext()) for cell in row.findall("t:table-cell", space)]
                 for row in one.findall(".//t:table-row", space)]
        expected = list(csv.reader(io.StringIO(desk.run("statistics", table_name, "--format", "csv", "--from", "2018", "--to",
                                                        "2026", "--definitions", desk.folder))))
        assert cells == expected, (cells[:2], expected[:2])
        assert all(len(row) == len(cells[0]) and all(row) for row in cells)
        kind = "{%s}value-type" % space["o"]
        assert {cell.get(kind) for cell in one.findall(".//t:table-cell", space)} == {"string", "float"}


def editions(desk):
    everything = ("statistics", "claims", "--from", "2018", "--to", "2026", "--definitions", desk.folder)
    before = desk.run(*everything)
    position = before.split("with --at-position ")[1].split()[0]
    person = desk.run("person", "list", "--limit", "1", "--format", "csv", account="caseworker").splitlines()[1].split(",")[0]
    sex = json.loads(desk.run("person", "show", person, "--format", "json", account="caseworker"))
    register = Register(desk.store)
    identity = next(iter(register.people))
    registered = register.people[identity][0]
    other = "male" if register.on(identity, "person.sex", registered) == "female" else "female"
    assert sex
    desk.run("record", person, "person.sex", other, "--true-from", str(day(registered)), account="caseworker")
    assert desk.run(*everything, "--at-position", position) == before
    assert desk.run(*everything) != before
    listed = table(desk.run(*everything, "--compare-with", position, "--format", "csv"))
    changed = {(row["Nationality"], row["Number"]): (row["Was"], row["Is"]) for row in listed}
    total = {key[1]: value for key, value in changed.items() if key[0] == "Total"}
    assert set(total) == {"Female", "Male"} and len(changed) == 4, listed
    for was, now in total.values():
        assert abs(int(was) - int(now)) == 1


def reconciles(desk, register):
    report = json.loads(desk.run("statistics", "reconciliation", "--format", "json"))
    rows = {(row[0], row[1]): row[2] for row in report["rows"]}
    assert rows["Residual", "Total"] == 0
    assert rows["Everybody ever recorded", "Total"] == len(register.people)
    counts = Counter(stage for _, stage in register.people.values())
    found = [count for (kind, stage), count in rows.items() if stage != "Total"]
    assert sorted(found) == sorted(counts.values()), (found, counts)
    for year in ("2019-12-31", "2023-12-31"):
        report = json.loads(desk.run("statistics", "reconciliation", "--as-of", year, "--format", "json"))
        rows = {(row[0], row[1]): row[2] for row in report["rows"]}
        expected = sum(1 for registered, _ in register.people.values() if day(registered).isoformat() <= year)
        assert rows["Everybody ever recorded", "Total"] == expected and rows["Residual", "Total"] == 0
        number_open = sum(int(row["Total"]) for row in desk.table("open") if row["Period"] == year[:4])
        assert number_open == rows["Open by stage", "Total"] + rows["Whereabouts unknown", "Total"]


def not_recorded(desk):
    text = desk.run("statistics", "missing", "--definitions", desk.folder)
    assert "not recorded under this rulebook" in text and "person.shoe_size" in text, text
    assert table(desk.run("statistics", "missing", "--definitions", desk.folder, "--format", "csv")) == []


def bad_input(desk):
    for arguments, status, part in (
            (("statistics", "clams", "--definitions", desk.folder), 4, "did you mean claims?"),
            (("statistics", "claims", "--from", "2018-Q5", "--definitions", desk.folder), 3, "Write it like 2023"),
            (("statistics", "claims", "--at-position", "99999999", "--definitions", desk.folder), 3, "The last event"),
            (("statistics", "claims", "--definitions", "/nowhere"), None, "nowhere"),
            (("statistics", "claims", "--compare-with", "9", "--definitions", desk.folder), 3, "say the first and the last"),
            (("person", "list"), None, "may not do this")):
        outcome = subprocess.run([BINARY, *arguments, "--store", desk.store, "--as", "statistician"], capture_output=True, text=True)
        assert outcome.returncode != 0 and status in (None, outcome.returncode) and part in outcome.stderr, (arguments, outcome.returncode, outcome.stderr)


def regions():
    """The regions in the definitions are those of the published look-up."""
    expected = defaultdict(set)
    with open(os.path.join(SOURCE, "data", "nationality_lookup.csv"), encoding="utf-8") as file:
        for row in csv.DictReader(file):
            if row["nationality_iso3"]:
                expected[row["region"]].add(row["nationality_iso3"])
    found = defaultdict(set)
    with open(os.path.join(SOURCE, "statistics", "uk", "10-regions.tables"), encoding="utf-8") as file:
        for line in file:
            if line.startswith('  "'):
                label, names = line[3:].split('"', 1)
                found[label].update(names.replace(",", " ").split())
    assert found == expected


def all_tables(desk):
    """Each table that comes with the program can be made of the demonstration; those that say they are not recorded are those that say
    why."""
    names = [line.split(",")[0] for line in desk.run("statistics", "--format", "csv").splitlines()[1:]]
    assert len(names) > 40
    half = len(names) // 2
    made = json.loads(desk.run("statistics", *names[:half], "--format", "json"))
    made += json.loads(desk.run("statistics", *names[half:], "--format", "json"))
    assert [one["name"] for one in made] == names
    empty = [one["name"] for one in made if any(note["label"] == "Not recorded" for note in one["notes"])]
    assert empty == ["asy_d10", "ret_d03", "ret_d04", "operations"], empty


def main():
    tap = Tap()
    folder = tempfile.mkdtemp()
    try:
        folders = {}
        for below in (1, 5):
            folders[below] = os.path.join(folder, str(below))
            os.mkdir(folders[below])
            with open(os.path.join(folders[below], "own.tables"), "w", encoding="utf-8") as file:
                file.write(OWN_TABLES.format(below=below))
        store = make_demo(folder, people=1500)
        register, desk, published = Register(store), Desk(store, folders[1]), Desk(store, folders[5])
        tap.run("claims by nationality and sex", lambda: same_claims(desk, register))
        tap.run("claims by age", lambda: same_ages(desk, register))
        tap.run("first decisions", lambda: same_decisions(desk, register))
        tap.run("where people are now", lambda: same_stages(desk, register))
        tap.run("waits, medians and their intervals", lambda: same_waits(desk, register))
        tap.run("shares and their intervals", lambda: same_rates(desk, register))
        tap.run("everybody is accounted for", lambda: reconciles(desk, register))
        tap.run("small numbers cannot be worked out", lambda: small_numbers(published, desk))
        tap.run("rounding", lambda: rounded(published, desk, folder))
        tap.run("a table that cannot be made says so", lambda: not_recorded(desk))
        tap.run("a spreadsheet that anybody can open", lambda: spreadsheet(desk, folder))
        tap.run("bad input", lambda: bad_input(desk))
        tap.run("every table that comes with the program", lambda: all_tables(desk))
        tap.run("regions", regions)
        tap.run("an old edition, to the byte, and what has changed", lambda: editions(desk))
    finally:
        shutil.rmtree(folder)
    return tap.done()


sys.exit(main())
