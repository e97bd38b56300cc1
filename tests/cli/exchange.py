#!/usr/bin/env python3
"""Aim: what goes in and out as files (docs/import.md): the examples of the manual; every fault told by row and column and nothing half
done; the same file twice; random people in as CSV and NDJSON and out again as they were; a whole register out and in again, equal to the
byte; and what an export of another's eyes may hold.

What is expected is made here, from the drawn people and Python's own csv, json and sqlite3.
"""
import csv
import hashlib
import io
import json
import os
import random
import re
import shlex
import shutil
import sqlite3
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.environ["RETURNHUB_SOURCE"], "tests", "server"))
from desk import BINARY, Tap, make_demo, run  # noqa: E402

SEED = int(os.environ.get("RETURNHUB_SEED", random.randrange(2**32)))
LONG = bool(os.environ.get("RETURNHUB_LONG"))
PEOPLE = 2000 if LONG else 200
DEMO_PEOPLE = int(os.environ.get("RETURNHUB_DEMO_PEOPLE", "10000" if LONG else "200"))
DERIVED = ("person fact request place hub agreement account caseload course merge moved fact_name word").split()


def write(path, text):
    data = text if isinstance(text, bytes) else text.encode()
    with open(path, "wb") as file:
        file.write(data)
    return path


def copy_store(store, folder, name):
    path = os.path.join(folder, name)
    for ending in ("", ".key"):
        shutil.copy(store + ending, path + ending)
    return path


def events(store):
    return json.loads(run("rebuild", "--check", "--store", store, "--format", "json"))["events"]


def rows_of(store, tables):
    with sqlite3.connect(f"file:{store}?mode=ro", uri=True) as database:
        return {table: sorted(database.execute(f"select * from {table}"), key=repr) for table in tables}


def headers_of(store):
    with sqlite3.connect(f"file:{store}?mode=ro", uri=True) as database:
        return list(database.execute("select position, subject_kind, subject, kind, effective_on, recorded_at, actor, client_id from event"
                                     " order by position"))


def import_file(store, path, *more, expect=0, account="registrar"):
    out = run("import", path, *more, "--store", store, "--as", account, "--format", "json", expect=expect)
    return json.loads(out) if out else None


# --- the manual ---------------------------------------------------------------------------------------------------------------

def manual(folder):
    page = open(os.path.join(os.environ["RETURNHUB_SOURCE"], "docs", "import.md"), encoding="utf-8").read()
    make_demo(folder, 200)
    environment = {**os.environ, "RETURNHUB_STORE": os.path.join(folder, "register.db")}
    examples = 0
    for name, kind, text in re.findall(r"(?:`([\w.]+)`:\n\n)?```(csv|ndjson|console)\n(.*?)```", page, re.S):
        if kind != "console":
            write(os.path.join(folder, name), text)
            continue
        command, expected = text.split("\n", 1)
        outcome = subprocess.run([BINARY, *shlex.split(command.removeprefix("$ returnhub "))], cwd=folder, env=environment,
                                 capture_output=True, text=True)
        shown, more, _ = expected.partition("...\n")  # numbers that depend on the day are left out
        assert outcome.stdout.startswith(shown) if more else outcome.stdout == shown, f"{command}\n{outcome.stdout}{outcome.stderr}"
        examples += 1
    assert examples >= 6, examples
    faults = list(csv.DictReader(open(os.path.join(folder, "errors.csv"), newline="", encoding="utf-8")))
    assert [(fault["row"], fault["column"]) for fault in faults] == [
        ("2", "born_on"), ("3", "stage"), ("3", "person.nationality"), ("4", "reference@case-system")], faults
    assert "Write the year first" in faults[0]["what to do"], faults
    # Since when somebody is in the stage that the file gave is what their page says, and not since when they are registered.
    store = environment["RETURNHUB_STORE"]
    first = json.loads(run("person", "show", "other_system:case-system:CS-1001", "--store", store, "--as", "caseworker", "--format", "json"))
    assert (first["stage_since"], first["passed"][-1]["on"]) == ("2022-11-01", "2022-11-01"), first["passed"]


# --- faults -------------------------------------------------------------------------------------------------------------------

HEAD = "reference@cs,name,registered_on"
GOOD = "\nA-1,Synthetic Person,2020-01-01"


# A row each, all in one file: (column, value, where it is told, what is told).
FAULTY_CELLS = [
    ("born_on", "17/05/1990", ["born_on"], "17/05/1990"),
    ("born_on", "1990-02-30", ["born_on"], "no day 30"),
    ("born_on", "44197", ["born_on"], "44197"),
    ("born_on", "2020-01-02", ["born_on"], "after the day of registration"),
    ("registered_on", "2190-01-01", ["registered_on"], "future"),
    ("born_on", "1900-01-02", ["born_on"], "1900-01-02, is before anybody who is alive was born"),
    ("person.born_on", "2099-01-01", ["person.born_on"], "\"person.born_on\", 2099-01-01, lies in the future"),
    ("decision.sent_on", "2190-01-01", ["decision.sent_on"], "more than thirty years ahead"),
    ("next_check_on", "2190-01-01", ["last_contact_on", "next_check_on"], ""),
    ("registered_on", "", ["registered_on"], "missing"),
    ("name", "", ["name"], "missing"),
    ("name", "n" * 201, ["name"], "longer than 200"),
    ("person.nationality", "Albania", ["person.nationality"], "three capital letters"),
    ("person.nationality", "ZZZ", ["person.nationality"], "not listed"),
    ("identity.checked", "true", ["identity.checked"], '"yes" or "no"'),
    ("first_tier.status", "dismised", ["first_tier.status"], "one of its choices"),
    ("decision.sent_on", "1.2.2020", ["decision.sent_on"], "a date"),
    ("person.language", "x" * 2001, ["person.language"], "longer than 2000"),
    ("person.language", "a\tb\x01c", ["person.language"], "control character"),
    ("stage", "at_hub", ["stage"], "takes an approval or a hub"),
    ("stage", "nowhere", ["stage"], "no stage"),
    ("stage", "removed", ["stage"], "takes an approval or a hub"),
    ("stage", "refused", ["stage@since"], "Since when"),
    ("stage@since", "2021-01-01", ["stage@since"], "no stage"),
    ("last_contact_source", "letter", ["last_contact_on"], "day is not said"),
    ("last_contact_on", "2021-01-01", ["last_contact_source"], "How contact was made"),
    ("person.nationality@true_from", "2021-01-01", ["person.nationality@true_from"], "no value"),
    ("person", "RH-000000-1", ["person"], ""),
    ("reference@cs", "", [""], "does not say who"),
    ("reference@cs", "A-1", ["reference@cs"], "Row 2"),
]


def faulty_cells():
    columns = ["reference@cs", "name", "registered_on"]
    columns += [column for column in dict.fromkeys(row[0] for row in FAULTY_CELLS) if column not in columns]
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, columns)
    writer.writeheader()
    expected = []
    writer.writerow({"reference@cs": "A-1", "name": "Synthetic Person", "registered_on": "2020-01-01"})
    for number, (column, value, told_at, part) in enumerate(FAULTY_CELLS, 3):
        row = {"reference@cs": f"B-{number}", "name": "Synthetic Person", "registered_on": "2020-01-01"}
        row[column] = value
        writer.writerow(row)
        expected += [(str(number), place, part) for place in told_at]
    return f"{len(FAULTY_CELLS)} faults of cells", out.getvalue(), expected


def faulty_files():
    """(what, bytes, [(row, column, part of what is told)])"""
    yield faulty_cells()
    yield ("names of columns", f"{HEAD},hub.monitor_appointed,entry.opens,person.natonality,reference@Upper Case,person.nationality@2020-13-01{GOOD},,,,,\n",
           [("1", "hub.monitor_appointed", "not a fact that is recorded of people"),
            ("1", "entry.opens", "open an entry in the books instead"), ("1", "person.natonality", "no such column"),
            ("1", "reference@Upper Case", "not the name of a system"), ("1", "person.nationality@2020-13-01", "month 13")])
    yield ("one row with several faults, and nothing made up about its stage",
           f"{HEAD},born_on,stage,stage@since{GOOD},,,\nA-1,Synthetic Person,2020-01-01,2021-01-01,nowhere,2020-02-01\n",
           [("3", "stage", "no stage"), ("3", "born_on", "after the day of registration"), ("3", "reference@cs", "Row 2")])
    yield ("no key column", "name,registered_on\nSynthetic Person,2020-01-01\n", [("1", "", "No column says")])
    yield ("quotes, lengths and encodings",
           f'{HEAD}\nA-1,Synthetic Person\nA-2,Synthetic "Person,2020-01-01\nA-3,Synthetic Person,x\nA-4,Synthetic\0Person,2020-01-01\n'
           .encode() + "A-5,Synthetic P\u00e9rson,2020-01-01\n".encode("cp1252") + b'A-6,"Synthetic Person,2020-01-01\n',
           [("2", "", "3 columns"), ("3", "name", "quote"), ("4", "registered_on", "x"), ("5", "name", "NUL"), ("6", "name", "UTF-8"),
            ("7", "name", "never closed")])
    yield ("cells in which nothing can be seen", f"{HEAD}\nA-1,\u200b\ufeff \u2060,2020-01-01\nA-2,\u3000\u200e,2020-01-01\n\u00ad,Synthetic Person,2020-01-01\n",
           [("2", "name", "nothing in it that can be seen"), ("3", "name", "nothing in it"), ("4", "reference@cs", "nothing in it")])
    yield ("a row beyond the maximum", f'{HEAD}{GOOD}\nA-2,"' + "x" * (5 << 20), [("3", "", "no end of a row")])
    yield ("lines that are no objects", '{"reference@cs": "A-1"\n[1]\n{"reference@cs": 1.5}\n{"reference@cs": "A", "reference@cs": "B"}\n',
           [("1", "", "JSON"), ("2", "", "object"), ("3", "reference@cs", "whole number"), ("4", "", "JSON")])


def told(store, folder, data, expect=3):
    path, errors = write(os.path.join(folder, "file"), data), os.path.join(folder, "errors.csv")
    import_file(store, path, "--errors", errors, expect=expect)
    return list(csv.DictReader(open(errors, newline="", encoding="utf-8")))


def many_faults(store, folder):
    """Of more rows than are read ahead at a time: what a cell says wrong, what the register does, and who stands in
    the file twice are told row by row, in the order of the file."""
    lines, expected = [HEAD], []
    for row in range(2, 20002):
        reference, day = f"M-{row}", "2020-01-01"
        if row % 997 == 0:  # told while reading
            day = "01/02/2020"
            expected.append((str(row), "registered_on"))
        if row % 1499 == 0:  # told when it is compared: the row before has the same
            reference = f"M-{row - 1}"
            expected.append((str(row), "reference@cs"))
        name = "" if row % 2503 == 0 else f"Synthetic Person {row}"
        if name == "" and row % 997 != 0:  # told after asking the register: somebody new needs one
            expected.append((str(row), "name"))
        lines.append(f"{reference},{name},{day}")
    found = told(store, folder, "\n".join(lines) + "\n")
    assert [(fault["row"], fault["column"]) for fault in found] == expected, (len(found), len(expected))


def faults(store, folder, tap):
    before = events(store)
    tap.run("told in the order of the file, however long it is", lambda: many_faults(store, folder))
    for what, data, expected in faulty_files():
        def check(data=data, expected=expected):
            found = told(store, folder, data)
            assert len(found) == len(expected), found
            for fault, (row, column, part) in zip(found, expected):
                assert (fault["row"], fault["column"]) == (row, column), found
                assert part in fault["what is wrong"] and fault["what is wrong"], found
        tap.run(f"told where and what, and nothing is recorded: {what}", check)
    for what, data in (("nothing at all", b""), ("UTF-16", f"{HEAD}{GOOD}\n".encode("utf-16")),
                       ("two columns of one name", f"{HEAD},name\n")):
        tap.run(f"refused as a whole: {what}", lambda data=data: import_file(store, write(os.path.join(folder, "file"), data), expect=3))
    tap.run("and what to do", lambda: what_to_do(store, folder))
    tap.check("after all of them the register is as it was", events(store) == before)
    tap.run("a good row is recorded all the same (the checks can fail)", lambda: import_file(
        copy_store(store, folder, "good.db"), write(os.path.join(folder, "file"), f"{HEAD}{GOOD}\n")))


def what_to_do(store, folder):
    """Whoever has such a file is told what to do with it."""
    good = f"{HEAD}{GOOD}\n"
    for data, part in ((good.replace("\n", "\r"), "ends of lines"), (good.encode("utf-16-le"), "UTF-16"), (f"{HEAD},name\n", "Leave one of them out"),
                       (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "Save the sheet as CSV"), (good.replace(",", ";"), "commas"),
                       ("reference@cs,n\u00e4me\n".encode("cp1252"), "Windows-1252")):
        outcome = subprocess.run([BINARY, "import", write(os.path.join(folder, "file"), data), "--store", store, "--as", "registrar"],
                                 capture_output=True, text=True, check=False)
        assert outcome.returncode == 3 and part in outcome.stderr.partition("hint:")[2], (part, outcome.stderr)
    found = told(store, folder, "reference@cs,Name,Registered on,person.nationality\nA-1,Synthetic Person,2020-01-01,albania\n")
    assert [fault["what to do"] for fault in found if fault["row"] == "1" or fault["column"] == "person.nationality"] == [
        'Did you mean "name"?', 'Did you mean "registered_on"?', "Did you mean ALB (Albania)?"], found
    # Between two that are as near nothing is guessed; what may be chosen is listed; how several are written is said.
    found = told(store, folder, "reference@cs,name,registered_on,person.nationality,age.status,travel_document.accepted_by\n"
                 "A-1,Synthetic Person,2020-01-01,Irak,minor,IRQ ALB\n")
    assert [fault["what to do"] for fault in found] == [
        "Did you mean IRN (Iran) or IRQ (Iraq)?", "It is one of: adult_undisputed, disputed, assessed_adult, child; or unknown.",
        'Several countries are written ALB,XKX; none at all is "none".'], found
    # What would be recorded of a file with a fault is nothing.
    faulty = write(os.path.join(folder, "file"), f"{HEAD}{GOOD}\nA-2,Synthetic Person Two,01/02/2020\n")
    dry = import_file(store, faulty, "--dry-run", expect=3)
    assert (dry["rows"], dry["faults"], dry["faulty_rows"], dry["new_people"], dry["references"]) == (2, 1, 1, 0, 0), dry


def roles(store, folder):
    path = write(os.path.join(folder, "file"), f"{HEAD}{GOOD}\n")
    for account in ("caseworker", "senior", "admin"):
        import_file(store, path, account=account, expect=6)
    for account in ("senior", "admin"):
        run("export", os.path.join(folder, "all"), "--events", "--store", store, "--as", account, expect=6)
    assert not os.path.exists(os.path.join(folder, "all")) and not os.path.exists(os.path.join(folder, "all.part"))


# --- random people in, and out again ------------------------------------------------------------------------------------------

FACTS = {"person.nationality": ["ALB", "IRN", "unknown"], "identity.checked": ["yes", "no"],
         "first_tier.status": ["none", "pending", "dismissed"], "decision.sent_on": ["2020-02-29", "2023-12-31"]}


def random_text(chance):
    alphabet = "abcDEF '\",;-=+@\u00e9\u00df\u0416\u4e2d\U0001F600()/\\#&<>%"
    return "".join(chance.choice(alphabet) for _ in range(chance.randrange(1, 30))).strip() or "x"


def random_person(chance, number):
    maybe = lambda value: value if chance.random() < 0.7 else ""
    person = {"reference@cs": f"{number}-{random_text(chance)}", "reference@ports": maybe(f"P{number}"), "name": random_text(chance),
              "born_on": maybe(f"19{chance.randrange(40, 99)}-0{chance.randrange(1, 9)}-1{chance.randrange(9)}"),
              "registered_on": f"20{chance.randrange(10, 23)}-0{chance.randrange(1, 9)}-0{chance.randrange(1, 9)}",
              "person.language": maybe(random_text(chance))}
    for fact, values in FACTS.items():
        person[fact] = maybe(chance.choice(values))
    person["first_tier.status@true_from"] = maybe("2022-05-06") if person["first_tier.status"] else ""
    if chance.random() < 0.5:
        person.update({"last_contact_on": "2023-04-05", "last_contact_source": random_text(chance), "next_check_on": maybe("2023-06-05")})
    return person


COLUMNS = ["reference@cs", "reference@ports", "name", "born_on", "registered_on", "person.language", *FACTS, "first_tier.status@true_from",
           "last_contact_on", "last_contact_source", "next_check_on"]


def as_csv(people, chance):
    out = io.StringIO(newline="")
    columns = COLUMNS[:]
    chance.shuffle(columns)
    writer = csv.DictWriter(out, columns, lineterminator=chance.choice(["\n", "\r\n"]), quoting=chance.choice([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]))
    writer.writeheader()
    writer.writerows(people)
    return chance.choice(["", "\ufeff"]) + out.getvalue()


def as_ndjson(people, chance):
    lines = []
    for person in people:
        members = [(key, {"yes": True, "no": False}.get(value, value) or (None if value == "" else value)) for key, value in person.items()]
        members = [(key, False if person[key] == "no" else value) for key, value in members]
        chance.shuffle(members)
        lines.append(json.dumps(dict(members), ensure_ascii=chance.random() < 0.5))
    return "\n".join(lines) + chance.choice(["", "\n"])


def exported(store, folder, name):
    path = os.path.join(folder, name)
    run("export", path, "--store", store, "--as", "registrar")
    return {set_: [json.loads(line) for line in open(os.path.join(path, set_ + ".ndjson"), encoding="utf-8")]
            for set_ in ("people", "references", "facts", "requests", "places", "hubs", "agreements")}


TOLD = ["contact.last_confirmed_on", "contact.next_check_due_on"]


def as_imported(sets, day):
    """From an export, the rows that were imported."""
    people = {}
    keys = {}
    for row in sets["references"]:
        keys.setdefault(row["person"], {})["reference@" + row["system"]] = row["reference"]
    facts = {}
    for row in sets["facts"]:
        facts.setdefault(row["subject"], []).append(row)
    for row in sets["people"]:
        if row["person"] not in keys:
            continue
        person = dict.fromkeys(COLUMNS, "")
        person.update(keys[row["person"]])
        for column in ("name", "born_on", "registered_on", "last_contact_on", "last_contact_source", "next_check_on"):
            person[column] = row[column] or ""
        of_person = facts.get(row["person"], [])
        # What the law is told of the contact in the same commit; of nobody without one.
        told = {(fact["fact"], fact["value"], fact["true_from"]) for fact in of_person if fact["fact"] in TOLD}
        assert told == {(fact, row[column], row["last_contact_on"]) for fact, column in zip(TOLD, ("last_contact_on", "next_check_on"))
                        if row[column]}, (row, told)
        for fact in of_person:
            if fact["fact"] in TOLD:
                continue
            person[fact["fact"]] = fact["value"]
            assert fact["source"] == "a source" and fact["account"] == "registrar", fact
            if fact["true_from"] != day:
                person[fact["fact"] + "@true_from"] = fact["true_from"]
        people[person["reference@cs"]] = person
    return people


def there_and_back(empty, folder, chance):
    drawn = [random_person(chance, number) for number in range(PEOPLE)]
    expected = {person["reference@cs"]: {column: person.get(column, "") for column in COLUMNS} for person in drawn}
    for name, text in (("csv", as_csv(drawn, chance)), ("ndjson", as_ndjson(drawn, chance))):
        store = copy_store(empty, folder, name + ".db")
        path = write(os.path.join(folder, "people." + name), text)
        options = ("--source", "a source", "--true-from", "2024-01-02")
        dry = import_file(store, path, *options, "--dry-run")
        first = import_file(store, path, *options)
        assert {**dry, "recorded": True} == first, (dry, first)
        assert first["new_people"] == PEOPLE and not first["faults"], first
        found = as_imported(exported(store, folder, "out-" + name), "2024-01-02")
        assert found == expected, [(found.get(key), value) for key, value in expected.items() if found.get(key) != value][:2]
        before = events(store)
        again = import_file(store, path, *options)
        assert again["unchanged_people"] == PEOPLE and events(store) == before, again
        changed_rows(store, folder, drawn, chance, options)


def corrected_birth(store, folder):
    """A date of birth that a file corrects is what the safeguards read, too, from the day that the wrong one was true from."""
    head = "reference@cs,name,born_on,registered_on,person.born_on,person.born_on@true_from\n"
    path = os.path.join(folder, "birth.csv")
    import_file(store, write(path, head + "B-1,Synthetic Birth,1990-05-05,2024-01-02,1990-05-05,2024-01-02\n"), "--source", "first")
    before = events(store)
    import_file(store, write(path, "reference@cs,born_on\nB-1,2012-03-03\n"), "--source", "second")
    assert events(store) == before + 2
    born = [row for row in exported(store, folder, "out-birth-" + os.path.basename(store))["facts"]
            if row["fact"] == "person.born_on" and row["source"] in ("first", "second")]
    born.sort(key=lambda row: row["event"])
    assert [(row["value"], row["true_from"]) for row in born] == [("1990-05-05", "2024-01-02"), ("2012-03-03", "2024-01-02")], born


def later_contact(store, folder):
    """A search that was made before the contact that a file brings counts no more; one that was made after it does."""
    path = os.path.join(folder, "contact.csv")
    head = "reference@cs,name,registered_on,contact.search_made,contact.search_made@true_from,last_contact_on,last_contact_source\n"
    import_file(store, write(path, head + "C-1,Synthetic Met,2024-01-02,yes,2024-02-01,2024-03-01,came\n"
                             "C-2,Synthetic Sought,2024-01-02,yes,2024-04-01,2024-03-01,came\nC-3,Synthetic Both,2024-01-02,yes,2024-02-01,,\n"),
                "--source", "search")
    import_file(store, write(path, "reference@cs,last_contact_on,last_contact_source\nC-3,2024-05-01,came\n"), "--source", "search")
    sets = exported(store, folder, "out-contact-" + os.path.basename(store))
    names = {row["person"]: row["name"] for row in sets["people"]}
    found = {}
    for row in sorted(sets["facts"], key=lambda row: (row["true_from"], row["event"])):
        if row["fact"] == "contact.search_made" and row["source"] == "search":
            found.setdefault(names[row["subject"]], []).append(row["value"])
    assert {name: values[-1] for name, values in found.items()} == {"Synthetic Met": "no", "Synthetic Sought": "yes", "Synthetic Both": "no"}, found


def changed_rows(store, folder, drawn, chance, options):
    """Only what changed is recorded, and the register has it."""
    changed = [dict(person) for person in drawn]
    some = chance.sample(range(PEOPLE), 20)
    for index in some:
        changed[index]["person.language"] = "another language"
        changed[index]["name"] = f"Another Name {index}"
    before = events(store)
    outcome = import_file(store, write(os.path.join(folder, "changed.csv"), as_csv(changed, chance)), *options)
    assert (outcome["changed_people"], outcome["facts"], outcome["corrections"]) == (20, 20, 20), outcome
    assert events(store) == before + 40
    # The older file again is what the source says now: language and name as they were, and each is said once more.
    import_file(store, write(os.path.join(folder, "changed.csv"), as_csv(changed, chance)), *options)
    assert events(store) == before + 40
    corrected_birth(store, folder)
    later_contact(store, folder)
    assert json.loads(run("rebuild", "--check", "--store", store, "--format", "json"))["differences"] == 0


# --- a whole register ---------------------------------------------------------------------------------------------------------

def export_events(store, path):
    run("export", path, "--events", "--store", store, "--as", "registrar")
    return open(path, "rb").read()


def lost_to_nobody(store, folder):
    """A file that is there is the register, its key, the file that is read or an older export: none of them is written over."""
    copy = copy_store(store, folder, "kept.db")
    older, people = write(os.path.join(folder, "older.ndjson"), "older"), write(os.path.join(folder, "read.csv"), f"{HEAD}{GOOD}\n")
    kept = {path: open(path, "rb").read() for path in (copy + ".key", older, people)}
    for path in (copy, copy + ".key", older):
        run("export", path, "--events", "--store", copy, "--as", "registrar", expect=5)
    os.symlink(copy, os.path.join(folder, "a-link"))
    for path in (copy, copy + ".key", people, os.path.join(folder, "a-link")):
        import_file(copy, people, "--errors", path, expect=2)
    assert {path: open(path, "rb").read() for path in kept} == kept
    assert json.loads(run("rebuild", "--check", "--store", copy, "--format", "json"))["differences"] == 0
    listed = os.path.join(folder, "listed.csv")
    import_file(copy, people, "--errors", listed)
    head = open(listed, "rb").read()
    for what in (b"older", b"", head[:-1], b"row,column\r\n", b"\xef\xbb\xbf" + head):
        with open(older, "wb") as file:
            file.write(what)
        import_file(copy, people, "--errors", older, expect=5)
        assert open(older, "rb").read() == what
    with open(listed, "ab") as file:
        file.write(b"1,name,x,y,z\r\n")
    import_file(copy, people, "--errors", listed)  # a list of faults is: the file is corrected and tried again
    assert open(listed, "rb").read() == head


def chain_of(data):
    """The hash of docs/import.md, by itself."""
    lines = data.split(b"\n")
    chain = bytes(32)
    for line in lines[:-2]:
        chain = hashlib.sha256(chain + line).digest()
    return chain.hex(), json.loads(lines[-2])


def equal_register(store, folder, name):
    path, new = os.path.join(folder, name + ".ndjson"), os.path.join(folder, name + "-again.db")
    data = export_events(store, path)
    chain, end = chain_of(data)
    assert end["chain"] == chain and end["end"] == len(headers_of(store)), end
    outcome = json.loads(run("import", path, "--events", "--store", new, "--format", "json"))
    assert outcome["events"] == end["end"], outcome
    assert headers_of(new) == headers_of(store)
    assert rows_of(new, DERIVED) == rows_of(store, DERIVED)
    # Each store finds people by a key of its own.
    found = lambda rows: sorted((position, record) for _, position, _, record in rows["lookup"])
    assert found(rows_of(new, ["lookup"])) == found(rows_of(store, ["lookup"]))
    assert rows_of(new, ["rulebook", "command"]) == rows_of(store, ["rulebook", "command"])
    assert json.loads(run("rebuild", "--check", "--store", new, "--format", "json"))["differences"] == 0
    assert export_events(new, path + ".again") == data
    for kept in ("password", "session"):
        assert not rows_of(new, [kept])[kept], kept
    assert rows_of(store, ["password"])["password"], "the demonstration has passwords that could have leaked"
    for _, secret, *_ in rows_of(store, ["password"])["password"]:
        assert secret.encode() not in data
    return path, data


def left_of(store):
    """The files of a store: its own, its key, its log."""
    folder, name = os.path.split(store)
    return [one for one in os.listdir(folder) if one.startswith(name)]


def nothing_half_made(folder):
    """A command that makes a store and fails takes it away again, and only what it made itself."""
    source, share, new = os.environ["RETURNHUB_SOURCE"], os.path.join(folder, "share"), os.path.join(folder, "new.db")
    os.makedirs(share)
    os.symlink(os.path.join(source, "rulebooks"), os.path.join(share, "rulebooks"))
    without_data = {**os.environ, "RETURNHUB_SHARE": share}
    run("demo", "--people", "100", "--store", new, expect=4, env=without_data)
    assert not left_of(new), left_of(new)
    run("account", "open", "not a name", "--name", "A", "--role", "administrator", "--store", new, expect=3)
    assert not left_of(new), left_of(new)
    run("account", "open", "root", "--name", "A", "--role", "administrator", "--store", new)
    before = {name: open(os.path.join(folder, name), "rb").read() for name in left_of(new)}
    run("demo", "--people", "100", "--store", new, expect=5)
    run("account", "open", "root", "--name", "A", "--role", "administrator", "--store", new, "--as", "root", expect=5)
    assert set(before) <= set(left_of(new)) and before["new.db.key"] == open(new + ".key", "rb").read()
    assert json.loads(run("account", "list", "--store", new, "--as", "root", "--format", "json"))["accounts"]


def damaged(path, data, folder, tap, chance):
    lines = data.split(b"\n")
    middle = len(lines) // 2
    bodies = [i for i, line in enumerate(lines) if b'"kind":"fact_recorded"' in line and b'"value":"yes"' in line]
    changed = lines[:]
    changed[bodies[0]] = changed[bodies[0]].replace(b'"value":"yes"', b'"value":"no"')
    rulebook = next(i for i, line in enumerate(lines) if b'"canonical"' in line)
    other = lines[:]
    other[rulebook] = other[rulebook].replace(b"safeguard", b"safequard", 1)
    versions = {
        "a changed value": changed,
        "an event left out": lines[:middle] + lines[middle + 1:],
        "an event twice": lines[:middle] + lines[middle:middle + 1] + lines[middle:],
        "two events in another order": lines[:middle] + [lines[middle + 1], lines[middle]] + lines[middle + 2:],
        "cut off between lines": lines[:middle] + [b""],
        "cut off within a line": lines[:middle] + [lines[middle][:20]],
        "something after the end": lines[:-1] + [lines[middle], b""],
        "a changed rulebook": other,
        "a kind of event from the future": lines[:middle] + [re.sub(rb'"kind":"\w+"', b'"kind":"not_known_yet"', lines[middle])] + lines[middle + 1:],
        "a newer version": [b'{"returnhub_events":2}'] + lines[1:],
        "something else": [b"name,born_on", b""],
    }
    drawn = chance.randrange(len(versions))
    for number, (what, version) in enumerate(versions.items()):
        def check(version=version, number=number):
            new = os.path.join(folder, f"damaged-{number}.db")
            run("import", write(os.path.join(folder, "damaged"), b"\n".join(version)), "--events", "--store", new, expect=3)
            assert not left_of(new), "a store was left behind"
            # ... and nothing is in the way of the good file. The last check needs the first one's.
            if LONG or number in (0, drawn):
                run("import", path, "--events", "--store", new)
        tap.run(f"refused, and nothing is taken: {what}", check)
    store = os.path.join(folder, "damaged-0.db")
    tap.run("events go into an empty store only", lambda: run("import", path, "--events", "--store", store, expect=5))


def erased(store, folder):
    """Of an erased person the headers are left, on both sides."""
    copy = copy_store(store, folder, "erased.db")
    with sqlite3.connect(copy) as database:
        database.execute("update subject_key set wrapped = null where subject_kind = 1 and subject = 5")
    run("rebuild", "--store", copy, expect=1)  # the rows of somebody who was erased are taken away
    path, data = equal_register(copy, folder, "erased")
    assert data.count(b'"erased":true') > 3
    again = os.path.join(folder, "erased-again.db")
    run("rebuild", "--check", "--store", again)


def erased_by_two(store, folder):
    """Of a register in which people were erased, one of them after a merge, the events make the same rows elsewhere."""
    copy = copy_store(store, folder, "erased-by-two.db")
    returned = [line.split(",")[0] for line in run("person", "list", "--stage", "returned_voluntarily", "--format", "csv", "--store", copy,
                                                  "--as", "caseworker").splitlines()[1:4]]
    assert len(returned) == 3, "the demonstration has too few people"
    plan = json.loads(run("merge", "plan", *returned[:2], "--format", "json", "--store", copy, "--as", "caseworker"))
    request = str(json.loads(run("merge", "request", *returned[:2], "--reason", "one passport", "--format", "json", "--store", copy,
                                 "--as", "caseworker"))["merge"])
    run("merge", "confirm", request, "--conflicts", str(len(plan["conflicts"])), "--store", copy, "--as", "senior")
    for person in returned[1:]:
        run("privacy", "request-erasure", person, "--reason", "Art. 17(1)(a)", "--store", copy, "--as", "protection")
        run("privacy", "erase", person, "--store", copy, "--as", "senior")
    path, new = os.path.join(folder, "by-two.ndjson"), os.path.join(folder, "by-two-again.db")
    data = export_events(copy, path)
    assert data.count(b'"erased":true') > 20
    run("import", path, "--events", "--store", new)
    # Names of facts are numbered by what is known of them: those of the erased alone are known here no more.
    kept = "person fact request place hub agreement account merge moved stay".split()
    assert rows_of(new, kept) == rows_of(copy, kept)
    for each in (copy, new):
        assert json.loads(run("rebuild", "--check", "--store", each, "--format", "json"))["differences"] == 0
    assert export_events(new, path + ".again") == data
    assert "was erased" in subprocess.run([BINARY, "merge", "undo", request, "--reason", "two people", "--store", copy, "--as", "senior"],
                                          capture_output=True, text=True).stderr


# --- other eyes ---------------------------------------------------------------------------------------------------------------

def inspector(store, folder):
    out = os.path.join(folder, "inspection")
    run("export", out, "--store", store, "--as", "monitor")
    listed = json.loads(run("person", "list", "--limit", "500", "--store", store, "--as", "monitor", "--format", "json"))["people"]
    sets = {name: list(csv.DictReader(open(os.path.join(out, name + ".csv"), newline="", encoding="utf-8")))
            for name in ("people", "references", "facts", "requests", "places", "hubs", "agreements")}
    people = {row["person"] for row in sets["people"]}
    assert people == {person["reference"] for person in listed} and people, (len(people), len(listed))
    assert {row["subject"] for row in sets["facts"] if row["about"] == "person"} <= people
    assert {row["person"] for row in sets["requests"]} <= people
    assert {row["hub"] for row in sets["places"]} == {"HUB-NORTH"} == {row["hub"] for row in sets["hubs"]}
    assert {row["person"] for row in sets["places"]} - {""} <= people
    manifest = json.load(open(os.path.join(out, "manifest.json"), encoding="utf-8"))
    assert manifest["account"] == "monitor" and manifest["rows"]["people"] == len(people), manifest
    for name in sets:
        lines = [json.loads(line) for line in open(os.path.join(out, name + ".ndjson"), encoding="utf-8")]
        as_text = [{key: "" if value is None else str(value) for key, value in line.items()} for line in lines]
        guarded = [{key: value[1:] if value[:2] in ("'=", "'+", "'-", "'@") else value for key, value in row.items()} for row in sets[name]]
        assert as_text == guarded, name
    with sqlite3.connect(f"file:{store}?mode=ro", uri=True) as database:
        looks = list(database.execute("select account.username from look join account on account.id = look.account where purpose = 'export'"))
    assert ("monitor",) in looks, looks
    assert all(os.stat(os.path.join(out, name)).st_mode & 0o77 == 0 for name in os.listdir(out)), "others could read the files"


def main():
    tap = Tap()
    chance = random.Random(SEED)
    print(f"# seed {SEED} (RETURNHUB_SEED), {PEOPLE} random people, a demonstration of {DEMO_PEOPLE}")
    with tempfile.TemporaryDirectory() as folder:
        of_manual = os.path.join(folder, "manual")
        os.mkdir(of_manual)
        tap.run("the examples of docs/import.md do what it says", lambda: manual(of_manual))
        store = os.path.join(folder, "demo.db")
        run("demo", "--people", "100", "--seed", "3", "--store", store)
        faults(store, folder, tap)
        tap.run("what a command made and did not finish is taken away again", lambda: nothing_half_made(os.path.join(folder, "half")))
        tap.run("no file that is there is lost to an export or a list of faults", lambda: lost_to_nobody(store, folder))
        tap.run("only the roles that may import and export do", lambda: roles(store, folder))
        tap.run(f"{PEOPLE} random people, in as CSV and as NDJSON, come out as they were", lambda: there_and_back(store, folder, chance))
        tap.run("a small random register is made again from its events, equal", lambda: equal_register(
            os.path.join(folder, "csv.db"), folder, "small"))
        large = os.path.join(folder, "large.db")
        run("demo", "--people", str(DEMO_PEOPLE), "--store", large)
        tap.run(f"a demonstration of {DEMO_PEOPLE} people is made again from its events, equal", lambda: equal_register(large, folder, "large"))
        small = os.path.join(folder, "small.ndjson")
        damaged(small, open(small, "rb").read(), folder, tap, chance)
        tap.run("an erased record stays erased", lambda: erased(store, folder))
        tap.run("people erased by two, one of them merged, are erased elsewhere too", lambda: erased_by_two(store, folder))
        tap.run("an inspector gets what they may see, and the sets agree", lambda: inspector(large, folder))
    return tap.done()


if __name__ == "__main__":
    sys.exit(main())
