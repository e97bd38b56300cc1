#!/usr/bin/env python3
"""Aim: the work of the day of a large register does not wait for the comparison of everybody with everybody. It leads to the list all the
same, and counts the pairs once somebody has asked for them; a pair that is found since is counted, too. Who asks for the list is told how far
the comparison is until it is known; and the program ends at once while it runs."""
import os
import sqlite3
import sys
import tempfile
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from desk import Client, Server, Tap, make_demo  # noqa: E402

SMALL = 20000  # events (casework/pairs.c): up to so many are compared at once


def waiting(client):
    return client.call("GET", "/today")[1]["waiting"]


def known_list(client):
    """The list, asked for until it is known; what was answered before."""
    before = []
    status, answer = client.call("GET", "/duplicates")
    while status == 202:
        before.append(answer)
        time.sleep(0.05)
        status, answer = client.call("GET", "/duplicates")
    return answer, before


def main():
    tap = Tap()
    with tempfile.TemporaryDirectory(prefix="rh-duplicates-") as folder:
        store = make_demo(folder, people=700)
        with sqlite3.connect(f"file:{store}?mode=ro", uri=True) as register:
            events = register.execute("SELECT count(*) FROM event").fetchone()[0]
        tap.check("the register is one that is compared only when somebody asks", events > SMALL, events)
        server = Server(store)
        clerk = Client(server.port).sign_in("caseworker")
        statistician = Client(server.port).sign_in("statistician")
        first = waiting(clerk)
        tap.check("nobody waits for it, and the way to the list is shown",
                  first["duplicates"] == {"known": False} and first["looks_for_duplicates"], first)
        clerk.connection.request("GET", "/today", headers={"Authorization": f"Bearer {clerk.token}", "Accept": "text/html"})
        page = clerk.connection.getresponse().read().decode()
        tap.check("on the page, too", 'href="/duplicates">People who may be one person' in page)
        status, answer = statistician.call("GET", "/today")
        tap.check("but not to those who may not", status != 200 or not answer["waiting"]["looks_for_duplicates"], answer)
        answer, before = known_list(clerk)
        listed = answer["total"]
        tap.check("until the list is known, it is told how far that is",
                  all(0 <= one["comparing"]["done"] < one["comparing"]["all"] == 100 for one in before), before)
        second = waiting(clerk)
        tap.check("counted once somebody asked", second["duplicates"] == {"known": True, "value": listed}, (listed, second))
        for _ in range(2):
            status, made = clerk.call("POST", "/people", {"name": "Samplequince Personzyx", "born_on": "1990-03-04", "registered_on": "2024-01-01",
                                                           "another_person": "yes"})
            tap.check("somebody is registered", status in (200, 201), made)
        third = waiting(clerk)
        tap.check("and with what was found since", third["duplicates"] == {"known": True, "value": listed + 1}, (listed, third))
        server.stop()
        server = Server(store)
        Client(server.port).sign_in("caseworker").call("GET", "/duplicates")
        begun = time.monotonic()
        server.stop()
        tap.check("the program ends while it compares", time.monotonic() - begun < 5, time.monotonic() - begun)
    return tap.done()


if __name__ == "__main__":
    sys.exit(main())
