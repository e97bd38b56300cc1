"""A file of people into the register, whole processes, against the floor: sqlite3 .import of the same file into a plain table."""
import contextlib
import os
import subprocess
import time

from common import BINARY, IMPORTS, ROUNDS, make_demo, make_people_file, spread

PEOPLE = int(os.environ.get("RETURNHUB_BENCH_PEOPLE", "1000000"))


def timed(arguments):
    """Wall seconds, processor seconds (user and system), greatest memory in MiB."""
    begun = time.monotonic()
    process = subprocess.Popen(arguments, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    if status != 0:
        raise SystemExit(f"bench: {arguments[0]} ended with {status}")
    return time.monotonic() - begun, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def remove(path):
    for ending in ("", ".key", "-wal", "-shm", "-journal"):
        with contextlib.suppress(FileNotFoundError):
            os.remove(path + ending)


def importing(folder):
    print(f"Import of {PEOPLE} people, CSV, whole process, into a register on SQLite")
    path = os.path.join(folder, "people.csv")
    make_people_file(path, PEOPLE)
    seen = {"returnhub import": [], "the same file again": [], "sqlite3 .import, one plain table": []}
    for _ in range(ROUNDS):
        remove(os.path.join(folder, "register-100.db"))
        store, _ = make_demo(folder, 100)
        ours = [BINARY, "import", path, "--store", store, *IMPORTS]
        plain = os.path.join(folder, "plain.db")
        remove(plain)
        seen["returnhub import"].append(timed(ours))
        seen["sqlite3 .import, one plain table"].append(timed(["sqlite3", plain, "-cmd", ".mode csv", f".import '{path}' people"]))
        seen["the same file again"].append(timed(ours))
    for name, values in seen.items():
        print(f"  {name:34} {spread([PEOPLE / wall for wall, _, _ in values])} people a second")
        print(f"  {'':34} {spread([wall for wall, _, _ in values], '{:.1f}')} s, processor {spread([cpu for _, cpu, _ in values], '{:.1f}')} s, "
              f"memory at most {max(memory for _, _, memory in values):.0f} MiB")
    ratios = [ours[0] / floor[0] for ours, floor in zip(seen["returnhub import"], seen["sqlite3 .import, one plain table"])]
    print(f"  time of the import / of the plain table  {spread(ratios, '{:.1f}')}")
    print(f"  target: {PEOPLE} people in {60 * PEOPLE / 1e6:.0f} s")
