#!/usr/bin/env python3
"""Aim: a copy of a store is whole, or it is not there. Made while others write, it is the store as of one commit: its events are the first ones
of the store's, and its rows follow from them. No file is written over; a copy that is killed in the middle, or for which there is no room,
leaves nothing under its name, and the next one succeeds; a damaged store gives none; it opens with the key of the store alone.

Long form (RETURNHUB_LONG): more of each."""
import json
import os
import random
import resource
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time

sys.path.insert(0, os.path.join(os.environ["RETURNHUB_SOURCE"], "tests", "server"))
from desk import BINARY, Server, Tap, make_demo, run, signed_in  # noqa: E402

SEED = int(os.environ.get("RETURNHUB_SEED", random.randrange(2**32)))
LONG = "RETURNHUB_LONG" in os.environ
WRITERS, COPIES, KILLS = 3, 12 if LONG else 3, 40 if LONG else 5


def headers(store):
    """Events as they lie there, read by Python's own SQLite, which makes no log beside it."""
    with sqlite3.connect(f"file:{store}?immutable=1", uri=True) as database:
        return list(database.execute("select * from event order by position"))


def backup(store, path, expect=0, **options):
    return run("backup", path, "--store", store, expect=expect, **options)


def left_of(path):
    folder, name = os.path.split(path)
    return sorted(one for one in os.listdir(folder) if one.startswith(name))


def check_whole(store, path):
    assert left_of(path) == [os.path.basename(path)], left_of(path)
    assert os.stat(path).st_mode & 0o777 == 0o600
    with sqlite3.connect(f"file:{path}?immutable=1", uri=True) as database:
        assert database.execute("pragma integrity_check").fetchone() == ("ok",)
    rebuilt = json.loads(run("rebuild", "--check", "--store", path, "--key", store + ".key", "--format", "json"))
    assert rebuilt["differences"] == 0 and rebuilt["events"] > 0, rebuilt
    return headers(path)


def write_on(port, stop, done):
    client = signed_in(port, "caseworker")
    while not stop.is_set():
        status, _ = client.call("POST", "/people", {"name": "Somebody new", "registered_on": "2026-01-02", "another_person": "yes"})
        done.append(status)


def while_written(store, folder):
    """The server's writers go on; each copy is a beginning of what the store has then."""
    server, stop, done = Server(store), threading.Event(), []
    threads = [threading.Thread(target=write_on, args=(server.port, stop, done)) for _ in range(WRITERS)]
    for thread in threads:
        thread.start()
    copies = []
    for number in range(COPIES):
        path = os.path.join(folder, f"while-{number}.db")
        told = json.loads(run("backup", path, "--store", store, "--format", "json"))
        copies.append((path, told))
    stop.set()
    for thread in threads:
        thread.join()
    server.stop()
    assert done and set(done) == {201}, done[:5]
    everything = headers(store)
    sizes = []
    for path, told in copies:
        copied = check_whole(store, path)
        assert copied == everything[:len(copied)], "it is no beginning of the store's events"
        assert told["events"] == len(copied), (told, len(copied))
        sizes.append(len(copied))
    assert sizes == sorted(sizes) and sizes[-1] < len(everything) and len(set(sizes)) > 1, (sizes, len(everything))


def killed(store, folder, chance):
    """Whenever it is killed, there is no copy, or a whole one."""
    path = os.path.join(folder, "killed.db")
    begun = time.monotonic()
    backup(store, path)
    whole = time.monotonic() - begun
    seen = set()
    for _ in range(KILLS):
        os.path.exists(path) and os.remove(path)
        process = subprocess.Popen([BINARY, "backup", path, "--store", store], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(chance.uniform(0, whole))
        process.send_signal(signal.SIGKILL)
        process.wait()
        seen.add(os.path.exists(path))
        if os.path.exists(path):
            assert headers(path) == headers(store)
    os.path.exists(path) and os.remove(path)
    # What the next one finds beside its name: half a copy, and the log and the journal of another file.
    shutil.copy(store, path + ".part")
    for ending in ("-wal", "-journal"):
        with open(path + ".part" + ending, "wb") as file:
            file.write(os.urandom(100000))
    backup(store, path)
    check_whole(store, path)
    assert False in seen, "it was never killed in time"


def no_room(store, folder):
    def small():
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (1024 * 1024, 1024 * 1024))
    path = os.path.join(folder, "no-room.db")
    backup(store, path, expect=7, preexec_fn=small)
    assert left_of(path) == [], left_of(path)


def not_over(store, folder):
    path = os.path.join(folder, "there.db")
    with open(path, "w", encoding="utf-8") as file:
        file.write("somebody's")
    backup(store, path, expect=5)
    backup(store, store, expect=5)
    backup(store, store + ".key", expect=5)
    assert open(path, encoding="utf-8").read() == "somebody's" and left_of(path) == ["there.db"]
    os.rename(path, path + "-wal")  # the log of a file that is gone would be taken for the copy's
    backup(store, path, expect=5)
    assert left_of(path) == ["there.db-wal"]


def of_damage(store, folder):
    """What cannot be relied on is not copied on."""
    damaged, path = os.path.join(folder, "damaged.db"), os.path.join(folder, "of-damage.db")
    for ending in ("", ".key"):
        shutil.copy(store + ending, damaged + ending)
    with sqlite3.connect(damaged) as database:
        database.execute("update person set stage = 'nowhere' where id = 3")
    backup(damaged, path, expect=7)
    assert left_of(path) == [], left_of(path)


def key_of_another(store, folder):
    path, other = os.path.join(folder, "keyed.db"), os.path.join(folder, "other.key")
    backup(store, path)
    with open(other, "w", encoding="utf-8") as file:
        file.write("ab" * 32 + "\n")
    os.chmod(other, 0o600)
    run("rebuild", "--check", "--store", path, "--key", other, expect=7)
    run("rebuild", "--check", "--store", path, "--key", store + ".key")
    backup(os.path.join(folder, "nothing.db"), path + "2", expect=4)


def main():
    tap, chance = Tap(), random.Random(SEED)
    print(f"# seed {SEED} (RETURNHUB_SEED)")
    with tempfile.TemporaryDirectory() as folder:
        store = make_demo(folder, people=150)
        tap.run("a copy is there whole, or not at all, whenever it is killed", lambda: killed(store, folder, chance))
        tap.run("no file is written over", lambda: not_over(store, folder))
        tap.run("without room there is none", lambda: no_room(store, folder))
        tap.run("of a damaged store there is none", lambda: of_damage(store, folder))
        tap.run("it opens with the key of the store alone", lambda: key_of_another(store, folder))
        tap.run("while others write it is the store as of one commit", lambda: while_written(store, folder))
    return tap.done()


if __name__ == "__main__":
    sys.exit(main())
