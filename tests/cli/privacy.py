#!/usr/bin/env python3
"""Aim: holding, restricting, erasing, telling a person everything and telling who looked, from the command line, on the
demonstration register: what is asked for happens, what may not happen is refused in words, and an erased name is nowhere."""
import json
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.environ["RETURNHUB_SOURCE"], "tests", "server"))
from desk import BINARY, Tap, make_demo, run  # noqa: E402


class Register:
    def __init__(self, store):
        self.store = store

    def run(self, *arguments, account="protection", expect=0):
        return run(*arguments, "--store", self.store, "--as", account, expect=expect)

    def removed(self, place):
        lines = self.run("person", "list", "--stage", "removed", "--format", "csv", account="caseworker").splitlines()
        return lines[1 + place].split(",")[0]

    def path(self, name):
        return os.path.join(os.path.dirname(self.store), name)

    def files(self):
        """Every file there is: the store, its write-ahead log, the log and what was exported of it, backups."""
        for place, _, names in os.walk(os.path.dirname(self.store)):
            for name in names:
                # In a process of its own: closing the file in this one would let go of SQLite's locks.
                yield name, subprocess.run(["cat", os.path.join(place, name)], capture_output=True, check=True).stdout

    def files_with(self, key):
        """The names of the files that a piece of it is in."""
        pieces = [key[at:at + 12] for at in range(0, max(1, len(key) - 11), 4)]
        return [name for name, data in self.files() if any(piece in data for piece in pieces)]

    def seal(self, *arguments):
        return run("seal", *arguments, "--store", self.store)

    def keep(self, name, text):
        with open(self.path(name), "w", encoding="utf-8") as file:
            file.write(text)
        return self.path(name)


def erases(register):
    person = register.removed(0)
    shown = json.loads(register.run("person", "show", person, "--format", "json"))
    register.run("privacy", "erase", person, expect=5)  # nobody has asked
    register.run("privacy", "hold", person, "--reason", "A claim for damages")
    register.run("privacy", "request-erasure", person, "--reason", "Art. 17(1)(a)")
    register.run("privacy", "erase", person, expect=5)  # the same account
    register.run("privacy", "erase", person, account="senior", expect=5)  # a hold
    register.run("privacy", "erase", person, account="caseworker", expect=6)  # not in this role
    register.run("privacy", "lift-hold", person, "--reason", "The claim was settled")
    # What others keep of the time before: a checkpoint, and the receipts of the person's events.
    register.seal("key", "register.example/log")
    register.seal("publish")
    with open(register.path("register.db.log/checkpoint"), encoding="utf-8") as file:
        older = register.keep("kept-checkpoint", file.read())
    receipts = {event: register.keep(f"kept-receipt-{event}", register.seal("receipt", str(event))) for event in events_of(shown)}
    assert len(receipts) >= 5, shown
    reader = sqlite3.connect(register.store)  # while somebody has it open, the write-ahead log stays
    key = reader.execute("SELECT wrapped FROM subject_key, person WHERE subject_kind = 1 AND subject = id AND reference = ?",
                         (person,)).fetchone()[0]
    assert register.files_with(key)
    assert "was erased: erased-" in register.run("privacy", "erase", person, account="senior")
    backup = sqlite3.connect(register.path("backup"))
    reader.backup(backup)
    backup.close()
    reader.execute("VACUUM INTO ?", (register.path("vacuumed"),))
    assert os.path.exists(register.store + "-wal")
    register.seal("publish")
    register.seal("export", register.path("public"))
    assert not register.files_with(key)
    reader.close()
    assert not register.files_with(key)
    register.run("person", "show", person, account="caseworker", expect=4)
    assert not register.files_with(person.encode()), shown["reference"]
    outcome = json.loads(run("rebuild", "--check", "--store", register.store, "--format", "json"))
    assert outcome["differences"] == 0, outcome
    for copy in ("backup", "vacuumed"):  # a register that is opened from them cannot read the person either
        shutil.copy(register.store + ".key", register.path(copy) + ".key")
        run("person", "show", person, "--store", register.path(copy), "--as", "caseworker", expect=4)
        os.remove(register.path(copy))  # it has the keys of those who are erased after it
    # Whatever was proved before is proved still, of the register, of the log alone, and of the person's own events.
    assert "whole" in register.seal("verify", "--older", older)
    assert "whole" in register.seal("verify", "--older", older, "--files", register.path("public"))
    for event, receipt in receipts.items():
        assert "good" in register.seal("verify", "--receipt", receipt), event
        later = register.seal("receipt", str(event))
        with open(receipt, encoding="utf-8") as file:
            assert file.read().split("\n")[1:3] == later.split("\n")[1:3], event  # the same leaf, in the same line


def erases_in_spite_of_a_kill(register):
    """Killed after the erasure was recorded and before the write-ahead log was cut off, in a register with pages of another size
    (4 KiB, of before): whoever opens the register next cuts it."""
    database = sqlite3.connect(register.store, isolation_level=None)
    assert database.execute("PRAGMA page_size").fetchone()[0] == 2048
    for statement in ("PRAGMA journal_mode = DELETE", "PRAGMA page_size = 4096", "VACUUM", "PRAGMA journal_mode = WAL"):
        database.execute(statement)
    assert database.execute("PRAGMA page_size").fetchone()[0] == 4096
    database.close()
    person = register.removed(0)
    register.run("privacy", "request-erasure", person, "--reason", "Art. 17(1)(a)")
    other = sqlite3.connect(register.store, isolation_level=None)  # while it has the store open, the log stays
    key = other.execute("SELECT wrapped FROM subject_key, person WHERE subject_kind = 1 AND subject = id AND reference = ?",
                        (person,)).fetchone()[0]
    for before, after in ((key, b"x"), (b"x", key)):  # now the log has an image of it
        other.execute("UPDATE subject_key SET wrapped = ? WHERE wrapped = ?", (after, before))
    other.execute("BEGIN")
    other.execute("SELECT COUNT(*) FROM person").fetchone()  # while it reads, the log cannot be cut off
    process = subprocess.Popen([BINARY, "privacy", "erase", person, "--store", register.store, "--as", "senior"])
    looking = sqlite3.connect(register.store, isolation_level=None)
    while looking.execute("SELECT COUNT(*) FROM subject_key WHERE wrapped = ?", (key,)).fetchone()[0] > 0:
        assert process.poll() is None, process.returncode
        time.sleep(0.05)
    process.kill()
    process.wait()
    due = "SELECT COUNT(*) FROM property WHERE name = 'purge_is_due'"
    assert os.path.basename(register.store) + "-wal" in register.files_with(key)
    register.run("person", "show", person, account="caseworker", expect=4)
    assert looking.execute(due).fetchone()[0] == 1  # it could not be cut off
    other.execute("ROLLBACK")
    register.run("person", "show", person, account="caseworker", expect=4)
    assert looking.execute(due).fetchone()[0] == 0  # whoever opens the store from now on need not do it
    assert os.path.exists(register.store + "-wal")
    assert not register.files_with(key), register.files_with(key)
    other.close()
    looking.close()


def events_of(shown):
    """Events of the person, as what is known of them names them."""
    return sorted({fact["event"] for fact in shown["facts"] if fact.get("event")})


def restricts(register):
    person = register.removed(1)
    register.run("privacy", "restrict", person, "--reason", "Accuracy is contested")
    register.run("person", "show", person, account="caseworker", expect=4)
    assert person not in register.run("person", "list", "--stage", "removed", account="caseworker")
    register.run("person", "show", person)
    register.run("privacy", "lift-restriction", person, "--reason", "It was accurate")
    register.run("person", "show", person, account="caseworker")


def tells_everything(register):
    person = register.removed(2)
    text = register.run("person", "show", person, "--purpose", "The solicitor has written", account="caseworker")
    born = [line for line in text.splitlines() if line.startswith("Born")][0].split()[1]
    register.run("privacy", "export", person, account="caseworker", expect=6)
    told = json.loads(register.run("privacy", "export", person, "--format", "json"))
    for fact in json.loads(register.run("person", "show", person, "--format", "json"))["facts"]:
        if fact.get("event"):
            assert any(row["event"] == fact["event"] for row in told["facts_recorded"]), fact
    assert any(look["reason"] == "The solicitor has written" for look in told["looks"]), told["looks"]
    page = register.run("privacy", "export", person)
    assert born in page and "<!DOCTYPE html>" in page.splitlines()[0], page[:200]
    looks = json.loads(register.run("privacy", "looks", "--person", person, "--format", "json"))["looks"]
    assert len(looks) >= 4, looks
    register.run("privacy", "looks", account="caseworker", expect=6)


def protects(register):
    person = register.removed(3)
    register.run("privacy", "protect", person, "role:no_such_role", "--reason", "A threat", expect=3)
    register.run("privacy", "protect", person, "senior", "--reason", "A threat", account="caseworker", expect=6)
    register.run("privacy", "protect", person, "senior", "role:monitor", "--reason", "A threat")
    assert json.loads(register.run("privacy", "protection", person, "--format", "json", account="senior")) == {
        "protected": True, "accounts": ["Demonstration senior officer"], "roles": ["monitor"], "reason": "A threat"}
    register.run("person", "show", person, account="caseworker", expect=4)
    assert person not in register.run("person", "list", "--stage", "removed", account="caseworker")
    assert person in register.run("person", "list", "--stage", "removed", account="senior")

    register.run("glass", "break", person, "31", "--reason", "At the door, and ill", account="caseworker", expect=3)
    register.run("glass", "break", person, "5", "--reason", "At the door, and ill", account="admin", expect=6)
    glass = json.loads(register.run("glass", "break", person, "5", "--reason", "At the door, and ill", "--format", "json",
                                    account="caseworker"))
    assert glass["shows"] and glass["outcome"] == "not_reviewed", glass
    register.run("person", "show", person, account="caseworker")
    assert "At the door, and ill" in register.run("glass", "list")
    register.run("glass", "list", account="caseworker", expect=6)
    register.run("glass", "review", str(glass["glass"]), "justified", "--reason", "The hub confirms it")
    register.run("glass", "review", str(glass["glass"]), "justified", "--reason", "The hub confirms it", expect=5)
    assert "At the door" not in register.run("glass", "list") and "At the door" in register.run("glass", "list", "--all")
    assert "The hub confirms it" in register.run("glass", "own", account="caseworker")
    register.run("privacy", "lift-protection", person, "--reason", "The danger ended")
    outcome = json.loads(run("rebuild", "--check", "--store", register.store, "--format", "json"))
    assert outcome["differences"] == 0, outcome


def main():
    tap = Tap()
    with tempfile.TemporaryDirectory() as folder:
        register = Register(make_demo(folder, people=400))
        tap.run("two people erase a record, after a hold was lifted, and nothing of it is left", lambda: erases(register))
        tap.run("nothing is left when the process was killed in between, with pages of another size",
                lambda: erases_in_spite_of_a_kill(register))
        tap.run("a restricted record is seen by one role", lambda: restricts(register))
        tap.run("a person is told everything, and who looked", lambda: tells_everything(register))
        tap.run("a protected record is seen by those named, and by whoever breaks the glass and answers for it",
                lambda: protects(register))
    return tap.done()


if __name__ == "__main__":
    sys.exit(main())
