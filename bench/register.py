"""script/bench register: durable commands and reading of the register, beside its peers in one run. What is measured and how:
bench/README.md."""
import contextlib
import os
import re
import resource
import signal
import shutil
import sqlite3
import statistics
import subprocess
import sys
import time

from common import BINARY, QUICK, REGISTER, ROOT, ROUNDS, judged, kept_demo, make_demo, spread
import postgresql

RULES = os.path.join(ROOT, "rulebooks", "uk")
CLIENTS = 64
SECONDS = 1 if QUICK else 3
PEOPLE = 1000 if QUICK else 10000
LARGE = int(os.environ.get("RETURNHUB_BENCH_PEOPLE", "1100" if QUICK else "100000"))

COMMANDS = (
    ("facts", "returnhub, one fact of a person"),
    ("steps", "returnhub, a step asked for"),
    ("postgresql", "PostgreSQL 15, the rows of one fact"),
    ("sqlite", "SQLite, the rows of one fact, a transaction each"),
    ("log", "bare group-commit log, 160 bytes"),
)


class Figures:
    """Of one contestant, a value for each round: rate, p50 and p99 in microseconds, processor time of each in microseconds."""

    def __init__(self):
        self.values = {}

    def add(self, **values):
        for name, value in values.items():
            self.values.setdefault(name, []).append(value)

    def __getitem__(self, name):
        return self.values[name]


def run_contestant(figures, *arguments):
    out = subprocess.run([REGISTER, *map(str, arguments)], check=True, stdout=subprocess.PIPE, text=True).stdout
    words = out.split()
    figures.add(**{name: float(value) for name, value in zip(words[::2], words[1::2])})


def copy_store(store, path):
    for ending in ("", "-wal", "-shm"):
        with contextlib.suppress(FileNotFoundError):
            os.remove(path + ending)
    shutil.copy(store, path)
    shutil.copy(store + ".key", path + ".key")


def make_sqlite_peer(store, path):
    """The same tables, rows and indices, without the rest."""
    shutil.copy(store, path)
    with contextlib.closing(sqlite3.connect(path)) as peer:
        kept = {name for name, _ in postgresql.TABLES}
        for (name,) in peer.execute("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'").fetchall():
            if name not in kept:
                peer.execute(f"DROP TABLE {name}")
        peer.commit()


def run_pgbench(figures, cluster, seconds):
    log = os.path.join(cluster.home, "latencies")
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    server = cluster.processor_seconds()
    out = subprocess.run(["pgbench", "--no-vacuum", "--client", str(CLIENTS), "--jobs", "2", "--protocol", "prepared", "--time",
                          str(seconds), "--host", cluster.home, "--username", "bench", "--file", cluster.script, "--log",
                          f"--log-prefix={log}", "postgres"], check=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                         text=True).stdout
    server = cluster.processor_seconds() - server
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = int(re.search(r"actually processed: (\d+)", out).group(1))
    if done == 0 and seconds < 60:  # on a very busy machine 64 clients are not even connected in a second
        run_pgbench(figures, cluster, seconds * 4)
        return
    client = after.ru_utime + after.ru_stime - used.ru_utime - used.ru_stime
    latencies = []
    for name in os.listdir(cluster.home):
        if name.startswith("latencies"):
            path = os.path.join(cluster.home, name)
            with open(path, encoding="utf-8") as file:
                latencies += [int(line.split()[2]) for line in file]
            os.remove(path)
    latencies.sort()
    figures.add(rate=float(re.search(r"tps = ([\d.]+)", out).group(1)), p50=latencies[len(latencies) // 2],
                p99=latencies[len(latencies) * 99 // 100], cpu=1e6 * (server + client) / done)


def ratios(a, b):
    return [x / y for x, y in zip(a, b)]


def print_commands(figures):
    print(f"  {'':50} {'a second':28} {'p50 ms':8} {'p99 ms':20} processor us each")
    for name, what in COMMANDS:
        if name in figures:
            each = figures[name]
            print(f"  {what:50} {spread(each['rate']):28} {statistics.median(each['p50']) / 1000:6.2f}   "
                  f"{spread([value / 1000 for value in each['p99']], '{:.1f}'):20} {spread(each['cpu'], '{:.0f}')}")
    ours = figures["facts"]
    print("  Rate of one fact recorded, against")
    for name, target in (("postgresql", 1.5), ("sqlite", 5), ("log", 0.4)):
        if name in figures:
            print(f"    {name:48} {judged(ratios(ours['rate'], figures[name]['rate']), target, True)}")
    print("  Processor time of one command of theirs, against one of ours")
    for name in ("postgresql", "sqlite"):
        if name in figures:
            print(f"    {name:48} {spread(ratios(figures[name]['cpu'], ours['cpu']), '{:.2f}')}")


def commands(folder, store):
    print(f"Durable commands, {CLIENTS} clients, {PEOPLE:,} people, {SECONDS} s each, {ROUNDS} rounds")
    ours, sqlite, log = (os.path.join(folder, name) for name in ("ours.db", "peer.sqlite", "log"))
    figures = {name: Figures() for name, _ in COMMANDS}
    make_sqlite_peer(store, sqlite)
    cluster = None
    if os.path.exists(os.path.join(postgresql.PROGRAMS, "initdb")):
        cluster = postgresql.CommandCluster(store, PEOPLE)
    else:
        del figures["postgresql"]
        print("  PostgreSQL 15 is absent")
    try:
        copy_store(store, ours)
        for _ in range(ROUNDS):
            run_contestant(figures["facts"], "facts", ours, RULES, SECONDS, CLIENTS)
            if cluster:
                run_pgbench(figures["postgresql"], cluster, SECONDS)
            run_contestant(figures["log"], "log", log, SECONDS, CLIENTS)
            run_contestant(figures["sqlite"], "sqlite", sqlite, SECONDS)
            run_contestant(figures["steps"], "steps", ours, RULES, SECONDS, CLIENTS)
    finally:
        if cluster:
            cluster.stop()
    print_commands(figures)


def read_once(path):
    with open(path, "rb") as file:
        while file.read(1 << 22):
            pass


def pages(small, large):
    """Both files are in the system's memory when they begin: how long its disk takes to read a page is not asked."""
    print(f"A person's page (casework, with every next step judged and the look recorded), one reader, {ROUNDS} rounds")
    figures = {"small": Figures(), "large": Figures()}
    for _ in range(ROUNDS):
        for store in (small, large):
            read_once(store)
        run_contestant(figures["small"], "pages", small, RULES, SECONDS, 1)
        run_contestant(figures["large"], "pages", large, RULES, SECONDS, 1)
    for name, people in (("small", PEOPLE), ("large", LARGE)):
        each = figures[name]
        print(f"    {people:>12,} people: p50 {spread(each['p50'])} us, p99 {spread(each['p99'])} us, processor {spread(each['cpu'])} us")
    print(f"    {'p99, many people against few':48} {judged(ratios(figures['large']['p99'], figures['small']['p99']), 1.5, False)}")


def start_after_kill(store):
    """Commands are under way when the process is killed; then a server is started on what is left."""
    seconds = []
    for _ in range(ROUNDS):
        clients = subprocess.Popen([REGISTER, "facts", store, RULES, "60", str(CLIENTS)], stdout=subprocess.DEVNULL)
        time.sleep(2)
        clients.send_signal(signal.SIGKILL)
        clients.wait()
        begin = time.monotonic()
        server = subprocess.Popen([BINARY, "serve", "--store", store, "--port", "0"], stdout=subprocess.PIPE, text=True)
        line = server.stdout.readline()
        seconds.append(time.monotonic() - begin)
        server.terminate()
        server.wait()
        if "http" not in line:
            raise SystemExit(f"bench: the server did not start after the kill: {line}")
    print(f"  {f'Ready after kill -9, {LARGE:,} people, seconds':50} {judged(seconds, 1, False)}")


def caseload_memory(store):
    out = subprocess.run([REGISTER, "caseload", store, RULES], check=True, stdout=subprocess.PIPE, text=True).stdout.split()
    people, held = int(out[1]), int(out[3])
    print(f"  {f'Bytes a person of the caseload, {people:,} people':50} {judged([held / people], 300, False)}")


def register(folder):
    load = os.getloadavg()[0]
    print(f"{os.cpu_count()} processors, load {load:.1f} at the beginning" + (": busy, so rates mean little" if load > 1 else ""))
    store, _ = make_demo(folder, PEOPLE)
    large = kept_demo(LARGE) if not QUICK else make_demo(folder, LARGE)[0]
    commands(folder, store)
    pages(store, large)
    start_after_kill(large)
    caseload_memory(large)
    sys.stdout.flush()
