"""A file of people into the register, whole processes, against the floor: sqlite3 .import of the same file into a plain table."""
import contextlib
import os
import random
import subprocess
import time

from common import BINARY, ROUNDS, make_demo, spread

PEOPLE = int(os.environ.get("RETURNHUB_BENCH_PEOPLE", "1000000"))
COLUMNS = ("reference@case-system,name,born_on,registered_on,stage,stage@since,person.nationality,first_tier.status,"
           "first_tier.status@true_from,decision.sent_on,last_contact_on,last_contact_source")


def make_file(path):
    """About 144 bytes a person; 5.75 events each: registration, reference, 2.75 facts, contact."""
    chance = random.Random(7)
    with open(path, "w", newline="", encoding="utf-8") as file:
        file.write(COLUMNS + "\r\n")
        for number in range(PEOPLE):
            day = chance.randint(1, 28)
            appeal = chance.choice(["none,2024-03-01", "pending,2024-03-01", "dismissed,2024-03-01", ","])
            file.write(f"CS-{number:08d},Synthetic Person {number:07d},{chance.randint(1950, 2005)}-{chance.randint(1, 12):02d}-{day:02d},"
                       f"{chance.randint(2018, 2023)}-{chance.randint(1, 12):02d}-{day:02d},"
                       f"{chance.choice(['claim_registered', 'refused', 'appeal_rights_exhausted', 'first_tier_appeal'])},2024-02-{day:02d},"
                       f"{chance.choice(['ALB', 'IRN', 'ERI', 'VNM', 'AFG', 'SYR', 'IRQ', 'SDN'])},{appeal},2024-01-{day:02d},"
                       f"2024-0{chance.randint(1, 9)}-{day:02d},letter answered\r\n")


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
    make_file(path)
    seen = {"returnhub import": [], "the same file again": [], "sqlite3 .import, one plain table": []}
    for _ in range(ROUNDS):
        remove(os.path.join(folder, "register-100.db"))
        store, _ = make_demo(folder, 100)
        ours = [BINARY, "import", path, "--store", store, "--as", "registrar", "--source", "bench", "--true-from", "2024-01-01"]
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
