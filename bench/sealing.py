"""script/bench seal: what the seal costs, beside hashing the same and beside the same register without it. What is measured and
how: bench/README.md."""
import os
import shutil
import subprocess
import tempfile
import time

from common import BINARY, QUICK, REGISTER, ROUNDS, SEAL, judged, make_demo, spread
from register import CLIENTS, RULES, SECONDS, Figures, copy_store, ratios, run_contestant

ENTRIES = 20_000 if QUICK else 1_000_000
PROOF_ENTRIES = 100_000 if QUICK else 100_000_000
PROOFS = 200
SIZES = (10_000, 20_000) if QUICK else (100_000, 1_000_000, 10_000_000)
PEOPLE = 200 if QUICK else 20_000  # about 50 events each


def words(*arguments):
    out = subprocess.run(list(map(str, arguments)), check=True, stdout=subprocess.PIPE, text=True).stdout.split()
    return {name: float(value) for name, value in zip(out[::2], out[1::2])}


def fresh(folder, name):
    path = os.path.join(folder, name)
    shutil.rmtree(path, ignore_errors=True)
    for ending in (".key", ".key.pub", ".key.signed"):
        if os.path.exists(path + ending):
            os.remove(path + ending)
    return path


def commands(folder):
    people = 1000 if QUICK else 10000
    print(f"  One fact recorded, {CLIENTS} clients, {people:,} people, {SECONDS} s each: sealed on every beat, and not at all")
    store, _ = make_demo(folder, people)
    ours = os.path.join(folder, "ours.db")
    figures = {"sealed": Figures(), "facts": Figures()}
    for number in range(ROUNDS):
        for name in (("sealed", "facts"), ("facts", "sealed"))[number % 2]:
            copy_store(store, ours)
            more = (fresh(folder, "ours.log"),) if name == "sealed" else ()
            run_contestant(figures[name], name, ours, RULES, SECONDS, CLIENTS, *more)
    for name in ("facts", "sealed"):
        print(f"    {name:8} a second {spread(figures[name]['rate']):28} processor us each {spread(figures[name]['cpu'], '{:.1f}')}")
    cost = [100 * (1 - ratio) for ratio in ratios(figures["sealed"]["rate"], figures["facts"]["rate"])]
    cpu = [100 * (ratio - 1) for ratio in ratios(figures["sealed"]["cpu"], figures["facts"]["cpu"])]
    print(f"    {'cost of sealing, % of the rate':48} {judged(cost, 5, False)}")
    print(f"    {'... % of processor time':48} {spread(cpu, '{:.1f}')}")


def growing(folder):
    print(f"  {ENTRIES:,} entries appended at once, synced and signed, against hashing the same once")
    kinds = {"append": [], "append in memory": [], "messages": [], "bytes": []}
    memory = tempfile.mkdtemp(dir="/dev/shm" if os.path.isdir("/dev/shm") else None)
    for _ in range(ROUNDS):
        kinds["append"].append(words(SEAL, "append", fresh(folder, "grown.log"), ENTRIES))
        kinds["append in memory"].append(words(SEAL, "append", fresh(memory, "grown.log"), ENTRIES))
        kinds["messages"].append(words(SEAL, "messages", ENTRIES))
        kinds["bytes"].append(words(SEAL, "bytes", ENTRIES))
    shutil.rmtree(memory)
    for name, values in kinds.items():
        print(f"    {name:18} seconds {spread([value['seconds'] for value in values], '{:.3f}'):28} "
              f"processor seconds {spread([value['cpu'] for value in values], '{:.3f}')}")
    for whole, part in (("append", "messages"), ("append in memory", "messages"), ("append", "bytes")):
        pairs = list(zip(kinds[whole], kinds[part]))
        print(f"    {f'{whole} / {part}':48} {judged([a['seconds'] / b['seconds'] for a, b in pairs], 2, False)}")
        print(f"    {'... processor time':48} {spread([a['cpu'] / b['cpu'] for a, b in pairs], '{:.2f}')}")


def proving(folder):
    print(f"  {PROOFS} proofs from a log of {PROOF_ENTRIES:,} entries, written as receipts; each is checked")
    found = words(SEAL, "proofs", fresh(folder, "large.log"), PROOF_ENTRIES, PROOFS)
    for state in ("cold", "warm"):
        print(f"    {state:6} median {found[state + '_p50']:,.0f} us, slowest {found[state + '_most']:,.0f} us"
              f"{'':10} target: at most 1,000")
    print(f"    memory {found['kib'] / 1024:.1f} MiB")


def memory(folder):
    print("  Memory of a process that appends 4,096 entries a beat, and of the audit of all")
    for size in SIZES:
        log = fresh(folder, "memory.log")
        grown = words(SEAL, "beats", log, size)
        audited = words(SEAL, "audit", log)
        print(f"    {size:>12,} entries: {grown['kib'] / 1024:.1f} MiB appending, {audited['kib'] / 1024:.1f} MiB auditing in "
              f"{audited['seconds']:.2f} s")
    shutil.rmtree(log)


def auditing(folder):
    store, _ = make_demo(folder, PEOPLE)
    for arguments in (("seal", "key", "bench.example/log"), ("seal", "publish")):
        subprocess.run([BINARY, *arguments, "--store", store], check=True, stdout=subprocess.DEVNULL)
    threads = {1: [], 2: []}
    whole = []
    for _ in range(ROUNDS):
        for count, seconds in threads.items():
            found = words(REGISTER, "verify", store, count)
            seconds.append(found["seconds"])
        begin = time.monotonic()
        subprocess.run([BINARY, "seal", "verify", "--store", store], check=True, stdout=subprocess.DEVNULL)
        whole.append(time.monotonic() - begin)
    print(f"  Full audit of {found['events']:,.0f} events: every entry, hash and signature of the log, and every event opened and compared")
    print(f"    {'one thread, seconds':48} {spread(threads[1], '{:.2f}')}")
    print(f"    {'two threads, seconds':48} {judged(threads[2], 5, False)}")
    print(f"    {'`seal verify`, which makes all rows anew too':48} {spread(whole, '{:.2f}')}")


def seal(folder):
    load = os.getloadavg()[0]
    print(f"{os.cpu_count()} processors, load {load:.1f} at the beginning" + (": busy, so times mean little" if load > 1 else ""))
    commands(folder)
    growing(folder)
    proving(folder)
    memory(folder)
    auditing(folder)
