#!/usr/bin/env python3
"""Aim: a server that answers the same page again and again keeps what it has read for a moment; a command at the command line, which is
another process, counts nevertheless from the next request on: what it records is shown, and a right that it takes away is gone."""
import os
import sqlite3
import sys
import tempfile
import threading
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from desk import Client, Server, Tap, make_demo, no_pace, run  # noqa: E402

READERS = 4
ROUNDS = 20


class Reader(threading.Thread):
    """Asks for one page all the time; notes of each request when it began and what was answered."""

    def __init__(self, client, path):
        super().__init__()
        self.client, self.path, self.answers, self.over = client, path, [], threading.Event()

    def run(self):
        while not self.over.is_set():
            began = time.monotonic()
            status, answer = self.client.call("GET", self.path)
            self.answers.append((began, status, answer))

    def since(self, moment, least=3):
        """At least so many answers to requests that began after the moment."""
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            found = [(status, answer) for began, status, answer in list(self.answers) if began > moment]
            if len(found) >= least:
                return found
            time.sleep(0.01)
        raise AssertionError(f"no answer from {self.path}")


def main():
    tap = Tap()
    with tempfile.TemporaryDirectory(prefix="rh-beside-") as folder:
        store = make_demo(folder, people=100)
        with sqlite3.connect(f"file:{store}?mode=ro", uri=True) as register:
            person = register.execute("SELECT reference FROM person WHERE part_of = 0 AND erased = 0 AND restricted = 0"
                                      " AND protection = 0 ORDER BY id LIMIT 1").fetchone()[0]
        server = Server(store, options=no_pace(folder))
        readers = [Reader(Client(server.port).sign_in("caseworker"), f"/people/{person}") for _ in range(READERS)]
        for reader in readers:
            reader.start()

        def since(moment):
            return [one for reader in readers for one in reader.since(moment)]

        def beside(*command, account="admin"):
            run(*command, "--store", store, "--as", account)
            return time.monotonic()

        try:
            first = since(0)
            tap.check("the page is answered", all(status == 200 for status, _ in first), first[0])
            for number in range(5):
                since(time.monotonic())
                written = beside("person", "note", person, f"note {number}", account="caseworker")
                after = since(written)
                tap.check("a note of another process is shown from the next request on",
                          all(status == 200 and f"note {number}" in str(answer["history"]) for status, answer in after), after[0])
            # A command has more to do after its commit, longer than anything is kept; a commit by hand returns at once.
            register = sqlite3.connect(store, isolation_level=None, timeout=30)
            late = []
            for _ in range(ROUNDS):
                for role, wanted in (("statistician", {403, 404}), ("caseworker", {200})):
                    register.execute("UPDATE account SET role = ? WHERE username = 'caseworker'", (role,))
                    late += [(role, status) for status, _ in since(time.monotonic()) if status not in wanted]
            register.close()
            tap.check(f"{2 * ROUNDS} times another role counts from the next request on", not late, late[:5])
            ended = beside("account", "end-sessions", "caseworker", "--reason", "a test")
            statuses = {status for status, _ in since(ended)}
            tap.check("who is signed out is nobody from the next request on", statuses == {401}, statuses)
        finally:
            for reader in readers:
                reader.over.set()
            for reader in readers:
                reader.join()
        server.stop()
    return tap.done()


if __name__ == "__main__":
    sys.exit(main())
