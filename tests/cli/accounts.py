#!/usr/bin/env python3
"""Aim: a register is begun and its accounts are kept from the command line alone. A password is typed at a terminal that shows
nothing of it, or stands in the first line of a file; it is never an argument, it is kept as an Argon2id hash, and it opens the door
of the server."""
import json
import os
import pty
import sqlite3
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.environ["RETURNHUB_SOURCE"], "tests", "server"))
from desk import BINARY, Client, Server, Tap, new_client_id, run, password_alone  # noqa: E402

SECRET = "correct horse battery staple"


class Desk:
    def __init__(self, store):
        self.store = store

    def run(self, *arguments, account=None, expect=0, **options):
        return run(*arguments, "--store", self.store, *(["--as", account] if account else []), expect=expect, **options)

    def accounts(self):
        return {line["username"]: line for line in
                json.loads(self.run("account", "list", "--format", "json", account="root"))["accounts"]}

    def hash_of(self, username):
        file = sqlite3.connect(self.store)
        try:
            row = file.execute("SELECT hash FROM password JOIN account ON account.id = password.account "
                               "WHERE username = ?", (username,)).fetchone()
            return row[0] if row else None
        finally:
            file.close()

    def type_password(self, username, lines):
        """Types at a terminal of the command's own; what the terminal showed and the exit status."""
        child, terminal = pty.fork()
        if child == 0:
            os.execv(BINARY, [BINARY, "account", "password", username, "--store", self.store, "--as", "root"])
        shown, asked = b"", 0
        while True:
            try:
                got = os.read(terminal, 4096)
            except OSError:  # the other end is closed
                break
            if not got:
                break
            shown += got
            while asked < len(lines) and shown.count(b": ") > asked:
                os.write(terminal, lines[asked].encode() + b"\n")
                asked += 1
        os.close(terminal)
        return shown.decode(), os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def began(desk):
    """Only an administrator begins a register, and only once is nobody asked who they are."""
    desk.run("account", "open", "clerk", "--name", "First clerk", "--role", "caseworker", expect=4)
    assert not os.path.exists(desk.store)
    desk.run("account", "open", "root", "--name", "First administrator", "--role", "administrator")
    desk.run("account", "open", "other", "--name", "Other", "--role", "administrator", expect=6)
    assert set(desk.accounts()) == {"root"}


def opened(desk):
    client_id = new_client_id()
    for _ in range(2):  # the second is the first again
        desk.run("account", "open", "clerk", "--name", "First clerk", "--role", "caseworker", "--client-id", client_id, account="root")
    desk.run("account", "open", "operator", "--name", "Operator", "--role", "hub_operator", account="root", expect=3)
    desk.run("account", "open", "pilot", "--name", "Pilot", "--role", "pilot", account="root", expect=3)
    told = subprocess.run([BINARY, "account", "role", "nobody", "caseworker", "--reason", "none", "--store", desk.store, "--as", "root"], capture_output=True, text=True)
    assert told.returncode == 4 and 'There is no account "nobody"' in told.stderr and "for this account" not in told.stderr, told
    desk.run("account", "open", "late", "--name", "Late", "--role", "caseworker", account="clerk", expect=6)
    listed = desk.accounts()
    assert set(listed) == {"root", "clerk"}, listed
    assert listed["clerk"] == {"username": "clerk", "name": "First clerk", "role": "caseworker", "hub": "", "closed": False,
                               "has_password": False}, listed


def typed(desk):
    shown, status = desk.type_password("clerk", [SECRET, SECRET])
    assert status == 0 and "Set the password of clerk" in shown and SECRET not in shown, shown
    before = desk.hash_of("clerk")
    assert before.startswith("$argon2id$") and SECRET not in before, before
    shown, status = desk.type_password("clerk", [SECRET + "1", SECRET + "2"])
    assert status == 3 and "differ" in shown and SECRET not in shown, (status, shown)
    assert desk.hash_of("clerk") == before
    assert desk.accounts()["clerk"]["has_password"]


def from_a_file(desk):
    """The first line of standard input; no terminal is needed. Too short a one is refused."""
    desk.run("account", "password", "root", "--password-file", "/dev/stdin", account="root", input=b"a secret of the root\nmore\n")
    assert desk.hash_of("root").startswith("$argon2id$")
    before = desk.hash_of("root")
    desk.run("account", "password", "root", "--password-file", "/dev/stdin", account="root", input=b"short\n", expect=3)
    desk.run("account", "password", "root", "--password-file", "/nonexistent/secret", account="root", expect=4)
    desk.run("account", "password", "root", SECRET, account="root", expect=2)  # never an argument
    assert desk.hash_of("root") == before
    alone = subprocess.run([BINARY, "account", "password", "root", "--store", desk.store, "--as", "root"], capture_output=True,
                           input=b"a secret of the root\n", start_new_session=True)
    assert alone.returncode == 2 and b"--password-file" in alone.stderr, alone


def signed_in_and_closed(desk):
    server = Server(desk.store, options=password_alone(os.path.dirname(desk.store)))
    try:
        clerk = Client(server.port).sign_in("clerk", SECRET)
        assert clerk.call("GET", "/people")[0] == 200
        desk.run("account", "close", "clerk", account="root", expect=3)  # without a reason
        desk.run("account", "close", "clerk", "--reason", "left", account="root")
        assert clerk.call("GET", "/people")[0] == 401
        assert Client(server.port).call("POST", "/sign-in", {"username": "clerk", "password": SECRET})[0] == 401
    finally:
        server.stop()
    assert desk.accounts()["clerk"]["closed"]
    desk.run("account", "password", "clerk", "--password-file", "/dev/stdin", account="root", input=SECRET.encode(), expect=5)
    desk.run("account", "open", "clerk", "--name", "Another", "--role", "caseworker", account="root", expect=5)


def changed(desk):
    desk.run("account", "open", "second", "--name", "Second", "--role", "caseworker", account="root")
    desk.run("account", "role", "second", "senior_officer", "--reason", "promoted", account="root")
    assert desk.accounts()["second"]["role"] == "senior_officer"
    desk.run("account", "role", "second", "senior_officers", "--reason", "promoted", account="root", expect=3)
    desk.run("account", "role", "root", "caseworker", "--reason", "moved", account="root", expect=5)  # the last administrator
    desk.run("account", "close", "root", "--reason", "left", account="root", expect=5)
    desk.run("account", "hub", "second", "HUB-NOWHERE", "--reason", "moved", account="root", expect=3)  # of no one hub
    desk.run("account", "list", account="second", expect=6)


def main():
    tap = Tap()
    with tempfile.TemporaryDirectory() as folder:
        desk = Desk(os.path.join(folder, "register.db"))
        tap.run("a register begins with its administrator", lambda: began(desk))
        tap.run("accounts are opened by an administrator, once", lambda: opened(desk))
        tap.run("a password is typed twice, and not shown", lambda: typed(desk))
        tap.run("a password is read from a file, never from an argument", lambda: from_a_file(desk))
        tap.run("it opens the door until the account is closed", lambda: signed_in_and_closed(desk))
        tap.run("roles change; one administrator stays", lambda: changed(desk))
        tap.run("the rows follow from the events", lambda: run("rebuild", "--check", "--store", desk.store))
    return tap.done()


if __name__ == "__main__":
    sys.exit(main())
