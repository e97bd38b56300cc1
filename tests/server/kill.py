#!/usr/bin/env python3
"""Aim: what the server acknowledged survives kill -9 at any moment, and the rows still follow from the events.

Clients record facts and keep the client id of each command that was answered with success. The server is killed at a random
instant, many times. The store is then read from outside, with Python's own SQLite: every acknowledged client id must be there,
once. `rebuild --check` must find no difference. A control plants a fault: an acknowledged event that is then taken away must be
missed by the check.
"""
import contextlib
import os
import random
import sqlite3
import sys
import tempfile
import threading
import time

from desk import Client, Server, Tap, make_demo, new_client_id, run, signed_in

ROUNDS = int(os.environ.get("RETURNHUB_ROUNDS", "1000" if os.environ.get("RETURNHUB_LONG") else "25"))
CLIENTS = 8
SEED = int(os.environ.get("RETURNHUB_SEED", random.randrange(2**32)))


def people(client):
    status, answer = client.call("GET", "/people")
    assert status == 200, answer
    return [person["reference"] for person in answer["people"]]


def load(port, token, references, seed, acknowledged, stop):
    chance = random.Random(seed)
    client = Client(port, token)
    while not stop.is_set():
        client_id = new_client_id()
        fact = {"fact": "person.language", "value": chance.choice(["Albanian", "Arabic"]), "source": f"letter {client_id}"}
        try:
            status, answer = client.call("POST", f"/people/{chance.choice(references)}/facts", {"facts": [fact]},
                                         {"Idempotency-Key": client_id})
        except OSError:
            return
        except Exception:  # a half answer is no acknowledgement
            return
        if status in (200, 201):
            acknowledged.append(client_id)
        else:
            acknowledged.append(f"unexpected answer {status}: {answer}")
            return


def stored_client_ids(store):
    with contextlib.closing(sqlite3.connect(f"file:{store}?mode=ro", uri=True)) as database:
        rows = database.execute("select hex(client_id), count(*) from event where client_id is not null group by 1")
        return {client_id.lower(): count for client_id, count in rows}


def missing(store, acknowledged):
    stored = stored_client_ids(store)
    return [entry for entry in acknowledged if stored.get(entry.replace("-", "")) != 1]


def one_round(store, token, references, chance, acknowledged):
    server = Server(store)
    stop = threading.Event()
    threads = [threading.Thread(target=load, args=(server.port, token, references, chance.random(), acknowledged, stop))
               for _ in range(CLIENTS)]
    for thread in threads:
        thread.start()
    enough, deadline = len(acknowledged) + chance.randint(1, 40), time.monotonic() + 5
    while len(acknowledged) < enough and time.monotonic() < deadline:
        time.sleep(0.001)
    time.sleep(chance.uniform(0, 0.01))
    server.kill()
    stop.set()
    for thread in threads:
        thread.join()


def main():
    tap = Tap()
    chance = random.Random(SEED)
    acknowledged = []
    print(f"# seed {SEED} (RETURNHUB_SEED), {ROUNDS} rounds, {CLIENTS} clients")
    with tempfile.TemporaryDirectory() as folder:
        store = make_demo(folder)
        server = Server(store)
        client = signed_in(server.port, "caseworker")
        references = people(client)[:40]
        server.stop()
        lost_rounds = []
        for number in range(ROUNDS):
            before = len(acknowledged)
            one_round(store, client.token, references, chance, acknowledged)
            lost = missing(store, acknowledged[before:])
            if lost:
                lost_rounds.append(f"round {number}: {len(lost)} of {len(acknowledged) - before}: {lost[:3]}")
        tap.check(f"{len(acknowledged)} acknowledged events survive {ROUNDS} kills", not lost_rounds,
                  "\n".join(lost_rounds))
        tap.check("there was work to lose: more than 5 acknowledged events a round",
                  len(acknowledged) > 5 * ROUNDS, len(acknowledged))
        tap.check("every acknowledged event is still there at the end", not missing(store, acknowledged))
        tap.run("the rows follow from the events", lambda: run("rebuild", "--check", "--store", store))
        tap.check("an event that is taken away is missed (the check can fail)",
                  len(missing(store, acknowledged + [new_client_id()])) == 1)
    return tap.done()


if __name__ == "__main__":
    sys.exit(main())
