#!/usr/bin/env python3
"""Aim: a store that somebody changed by hand is found by `seal verify`, which names the table and the event: every column of every
table, one row at a time, with sqlite3 and without the program. What is not found stands in EXCEPTIONS with its reason, and in
docs/seal.md. And whoever changed it gets nothing from the program meanwhile: no session and no password that was put in is
taken. Arguments are names of tables: only those are changed.

Every table is changed here, and of its columns and their values one in seven, drawn at random; all of them under script/check-long (RETURNHUB_LONG), or with
names of tables."""
import collections
import http.client
import os
import random
import re
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import uuid

sys.path.insert(0, os.path.join(os.environ["RETURNHUB_SOURCE"], "tests", "server"))
sys.path.insert(0, os.path.join(os.environ["RETURNHUB_SOURCE"], "tests", "cli"))
from desk import BINARY, Client, Server, Tap, run, signed_in  # noqa: E402
from seal import Sealed  # noqa: E402

LONG = bool(os.environ.get("RETURNHUB_LONG")) or len(sys.argv) > 1
SEED = int(os.environ.get("RETURNHUB_SEED", random.randrange(2**32)))
CHANCE = random.Random(SEED)
EXCEPTIONS = {
    ("migration", "applied_at"): "when a program made the layout of the file; nothing is judged or shown by it",
}
# Rows that are about nobody: there is no one event to name.
NO_EVENT = {"migration", "property", "password", "second_factor", "passkey", "subject_link", "ceremony", "session", "look", "rulebook",
            "fact_name", "word", "subject_key"}


def change(store, *statements):
    database = sqlite3.connect(store, isolation_level=None)
    database.execute("PRAGMA ignore_check_constraints = ON")
    kept = [row[0] for row in database.execute("SELECT sql FROM sqlite_schema WHERE type = 'trigger'")]
    for name in [row[0] for row in database.execute("SELECT name FROM sqlite_schema WHERE type = 'trigger'")]:
        database.execute(f"DROP TRIGGER {name}")
    for statement, *values in statements:
        database.execute(statement, values)
    for trigger in kept:  # as if nothing had been
        database.execute(trigger)
    database.close()


def some(of, part=3):
    """One in so many, and one at least; all in the long form."""
    return of if LONG else CHANCE.sample(of, -(-len(of) // part))


def others(kind, value):
    """Something else of the same type: near, far, and what a careless reader takes for the same."""
    if kind == "INTEGER":
        return [5] if value is None else [value + 1000003, value + 2**32, -value - 1]
    if kind == "TEXT":
        return [(value or "") + "x", (value or "") + "\0x"]
    if not value:
        return [b"\1"]
    return [bytes([value[0] ^ 1]) + value[1:], value[:-1], value + b"\0"]


class Room:
    def __init__(self, folder):
        self.sealed = Sealed(os.path.join(folder, "register"))
        self.store = self.sealed.store
        self.fill()
        self.sealed.publish()
        self.good = os.path.join(folder, "good")
        database = sqlite3.connect(self.store)
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        self.tables = {}
        for (table,) in database.execute("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"):
            self.tables[table] = [(c[1], c[2], c[5]) for c in database.execute(f"PRAGMA table_info({table})")]
        database.close()
        shutil.copy2(self.store, self.good)

    def fill(self):
        """What the demonstration has no row of, in the tables that cannot be made anew from the events."""
        people = run("person", "list", "--store", self.store, "--as", "caseworker", "--format", "csv").splitlines()
        run("record", people[1].split(",")[0], "person.language", "Albanian", "--store", self.store, "--as", "caseworker",
            "--client-id", str(uuid.uuid4()))
        server = Server(self.store)
        client = signed_in(server.port, "caseworker")
        client.call("POST", "/account/second-factor", {})
        self.token = client.token
        server.stop()

    def restore(self):
        for ending in ("-wal", "-shm"):
            if os.path.exists(self.store + ending):
                os.remove(self.store + ending)
        shutil.copy2(self.good, self.store)

    def rows(self, table):
        database = sqlite3.connect(self.good)
        database.row_factory = sqlite3.Row
        rows = database.execute(f"SELECT * FROM {table}").fetchall()
        database.close()
        return rows

    def changes(self, table):
        """Of a row of it, if it has one: a column, another value, and the statement for change()."""
        rows = self.rows(table)
        if not rows or (sys.argv[1:] and table not in sys.argv[1:]):
            return []
        row = rows[len(rows) // 2]
        keys = [name for name, _, key in self.tables[table] if key] or ["rowid"]
        where = " AND ".join(f"{key} IS ?" for key in keys)
        return [(name, value, (f"UPDATE {table} SET {name} = ? WHERE {where}", value, *[row[key] for key in keys]))
                for name, kind, _ in self.tables[table] for value in others(kind, row[name])]

    def is_missed(self, what, table):
        """A list that is empty when the change was found and named."""
        outcome = subprocess.run([BINARY, "seal", "verify", "--store", self.store], capture_output=True, text=True)
        error = outcome.stderr
        event = re.search(r"vent \d+", error)
        named = (table in error or table == "property" or (table == "subject_key" and "key of " in error) or
                 (event and table in ("event", "subject_key", "command")))
        told = event or table in NO_EVENT or table == "place_count" or "no event made it" in error
        found = outcome.returncode in (1, 2, 3, 4, 5, 6, 7) and named and told
        return [] if found else [(what, outcome.returncode, error[:300])]


def kept_tables_are_not_empty(room):
    for table in ("event", "subject_key", "command", "property", "password", "second_factor", "session", "look", "rulebook",
                  "migration"):
        assert room.rows(table), table


def every_column_of_every_table(room):
    changed = 0
    missed = []
    for table in room.tables:
        for name, value, statement in some(room.changes(table), 7):
            change(room.store, statement)
            if (table, name) in EXCEPTIONS:
                room.sealed.run("verify")
            else:
                missed += room.is_missed(f"{table}.{name} = {value!r:.40}", table)
            room.restore()
            changed += 1
    print(f"# {changed} values changed, one at a time")
    assert (changed > (400 if LONG else 60) or sys.argv[1:]) and not missed, "\n".join(map(str, missed))


def a_server_lives_with_it(room):
    """Whatever a row says: it may refuse to start, and to show a page, and says why; it never falls over it."""
    people = [row["reference"] for row in room.rows("person")]
    pages = ["/today", "/people", "/hubs", "/agreements", "/manifests", "/books", "/stops", "/statistics/reconciliation", "/changes",
             *(f"/people/{people[len(people) // 2]}{part}" for part in ("", "/history", "/identity", "/clocks", "/movements"))]
    met = collections.Counter()
    for table, name, value, statement in some([(table, *one) for table in room.tables for one in room.changes(table)], 60):
        change(room.store, statement)
        try:
            server = Server(room.store)
        except AssertionError as refusal:
            assert re.search(r"\nreturnhub: |: returnhub: ", str(refusal)) and "rror: " not in str(refusal), (table, name, value, str(refusal))
            met["no start"] += 1
            room.restore()
            continue
        client = Client(server.port, room.token)
        try:
            met.update(client.call("GET", page)[0] for page in pages)
            server.stop()
        except (OSError, http.client.HTTPException) as fallen:  # whoever said "Serving on" serves
            ended = server.process.wait(timeout=20)
            raise AssertionError((table, name, value, ended, "".join(server.errors)[-2000:], fallen)) from fallen
        room.restore()
    print(f"# what was met: {dict(met)}")
    assert met[200] > 10 or sys.argv[1:], met


def a_row_more_in_every_table_of_rows(room):
    """Also in those that have none: every column of a row that no event made."""
    for table in some([table for table in room.tables if table not in ("event", "migration", "property")]):
        columns = room.tables[table]
        values = [others(kind, None)[0] if kind != "BLOB" else bytes(32) for _, kind, _ in columns]
        change(room.store, (f"INSERT OR REPLACE INTO {table} VALUES ({','.join('?' * len(values))})", *values))
        error = room.sealed.fails("verify")
        assert table in error or "vent " in error, (table, error)
        room.restore()


def a_row_less(room):
    for table, column in some([("look", "number"), ("command", "position"), ("subject_key", "subject"), ("person", "id"),
                               ("fact", "position"), ("event", "position"), ("account", "id"), ("course", "person")]):
        rows = room.rows(table)
        change(room.store, (f"DELETE FROM {table} WHERE {column} = ?", rows[len(rows) // 2][column]))
        error = room.sealed.fails("verify")
        assert table in error or "vent " in error, (table, error)
        room.restore()
    # The last of a chain: only the log knows that there was one.
    change(room.store, ("DELETE FROM look WHERE number = (SELECT MAX(number) FROM look)",))
    assert "look" in room.sealed.fails("verify")
    assert "look" in room.sealed.fails("publish")
    room.restore()


def a_key_that_is_gone_is_not_an_erasure(room):
    person = room.rows("person")[3]["id"]
    change(room.store, ("UPDATE subject_key SET wrapped = NULL WHERE subject_kind = 1 AND subject = ?", person))
    assert f"{person}" in room.sealed.fails("verify")
    room.restore()


def the_layout_is_looked_at(room):
    for statement in ("DROP TRIGGER event_is_never_changed", "DROP INDEX event_by_subject", "CREATE TABLE another (x)",
                      "DROP TRIGGER look_is_never_deleted"):
        database = sqlite3.connect(room.store)
        database.execute(statement)
        database.commit()
        database.close()
        assert "layout" in room.sealed.fails("verify"), statement
        room.restore()


# Enums that begin with 1: what is 0 would be an index of nothing.
STATES = (("request", "state"), ("place", "state"), ("stay", "arrival"), ("manifest", "state"), ("manifest_entry", "state"), ("merge", "state"),
          ("tie", "kind"), ("fact", "subject_kind"), ("entry", "subject_kind"), ("event", "kind"))


def a_state_that_is_none_is_not_read(room):
    tried = 0
    for table, column in STATES:
        if not room.rows(table):
            continue
        change(room.store, (f"UPDATE {table} SET {column} = 0",))
        error = room.sealed.fails("verify")
        assert re.search(f"In {table}\\b.*, {column} holds what this program never writes|{table}\\b.*: {column} is 0 and should be ", error) or (
            "vent " in error and table in ("event", "fact", "entry")), (table, column, error)
        room.restore()
        tried += 1
    assert tried >= 6, tried
    hub = room.rows("hub")[0]["reference"]
    met = collections.Counter()
    for table, column, value in (("place", "state", 0), ("place", "state", 99), ("stay", "arrival", 0), ("stay", "arrival", 99)):
        change(room.store, (f"UPDATE {table} SET {column} = ?", value))
        try:
            server = Server(room.store)
        except AssertionError:
            met["no start"] += 1
            room.restore()
            continue
        for token in (room.token, Client(server.port).sign_in("hub-north").token):
            met.update(Client(server.port, token).call("GET", path)[0] for path in ("/hubs", f"/hubs/{hub}", f"/hubs/{hub}/desk"))
        server.kill()
        room.restore()
    print(f"# what was met: {dict(met)}")
    assert met[503] + met[500] + met["no start"] >= 4, met


def what_was_put_in_opens_no_door(room):
    """A session made over to another account, and a password hash of one's own, are refused at once."""
    others = room.rows("account")
    other = next(a["id"] for a in others if a["username"] == "admin")
    change(room.store, ("UPDATE session SET account = ?", other))
    server = Server(room.store)
    status = Client(server.port, room.token).call("GET", "/people")[0]
    assert status not in (200, 303), status
    server.kill()
    room.restore()
    mine = next(a["id"] for a in others if a["username"] == "caseworker")
    change(room.store, ("UPDATE password SET (hash, proof) = (SELECT hash, proof FROM password WHERE account = ?)"
                        " WHERE account = ?", mine, other))
    server = Server(room.store)
    client = Client(server.port)
    try:
        client.sign_in("admin")
        raise RuntimeError("a password that was put in was taken")
    except AssertionError:
        pass
    server.kill()
    room.restore()


def main():
    tap = Tap()
    print(f"# seed {SEED} (RETURNHUB_SEED)")
    with tempfile.TemporaryDirectory() as folder:
        room = Room(folder)
        for check in (kept_tables_are_not_empty, every_column_of_every_table, a_server_lives_with_it, a_row_more_in_every_table_of_rows, a_row_less,
                      a_key_that_is_gone_is_not_an_erasure, the_layout_is_looked_at, a_state_that_is_none_is_not_read, what_was_put_in_opens_no_door):
            tap.run(check.__name__.replace("_", " "), lambda check=check: check(room))
            room.restore()
    return tap.done()


if __name__ == "__main__":
    sys.exit(main())
