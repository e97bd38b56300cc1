"""What the benches share: where things are, how often they are measured, how figures are printed."""
import contextlib
import os
import random
import shutil
import statistics
import subprocess
import time

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
BUILD = os.path.join(ROOT, "build", "release-bench")
# A test says where its own are, and asks for the shortest run that goes through everything.
BINARY = os.environ.get("RETURNHUB_BENCH_BINARY", os.path.join(BUILD, "src", "cli", "returnhub"))
REGISTER = os.environ.get("RETURNHUB_BENCH_REGISTER", os.path.join(BUILD, "bench", "register"))
SEAL = os.environ.get("RETURNHUB_BENCH_SEAL", os.path.join(BUILD, "bench", "seal"))
QUICK = os.environ.get("RETURNHUB_BENCH_QUICK") == "1"
ROUNDS = int(os.environ.get("RETURNHUB_BENCH_ROUNDS", "1" if QUICK else "5"))


def spread(values, form="{:,.0f}"):
    return (f"{form.format(statistics.median(values))} "
            f"({form.format(min(values))} to {form.format(max(values))})")


def judged(values, target, least):
    """The spread of ratios, the target and whether their median reaches it."""
    median = statistics.median(values)
    reached = median >= target if least else median <= target
    form = "{:,.2f}" if median < 100 else "{:,.0f}"
    bound = f"{'at least' if least else 'at most'} {target:,}"
    return f"{spread(values, form):32} target: {bound:18} {'reached' if reached else 'NOT reached'}"


COLUMNS = ("reference@case-system,name,born_on,registered_on,stage,stage@since,person.nationality,first_tier.status,"
           "first_tier.status@true_from,decision.sent_on,last_contact_on,last_contact_source")
IMPORTS = ("--as", "registrar", "--source", "bench", "--true-from", "2024-01-01")
# More people than these are a demonstration of so many, and the rest imported: one of a million would need 22 GB of memory.
DEMO_MAX = 100_000


def make_people_file(path, people):
    """About 144 bytes a person; 6.75 events each: registration, reference, 2.75 facts, contact and what the law is told of it."""
    chance = random.Random(7)
    with open(path, "w", newline="", encoding="utf-8") as file:
        file.write(COLUMNS + "\r\n")
        for number in range(people):
            day = chance.randint(1, 28)
            appeal = chance.choice(["none,2024-03-01", "pending,2024-03-01", "dismissed,2024-03-01", ","])
            file.write(f"CS-{number:08d},Synthetic Person {number:07d},{chance.randint(1950, 2005)}-{chance.randint(1, 12):02d}-{day:02d},"
                       f"{chance.randint(2018, 2023)}-{chance.randint(1, 12):02d}-{day:02d},"
                       f"{chance.choice(['claim_registered', 'refused', 'appeal_rights_exhausted', 'first_tier_appeal'])},2024-02-{day:02d},"
                       f"{chance.choice(['ALB', 'IRN', 'ERI', 'VNM', 'AFG', 'SYR', 'IRQ', 'SDN'])},{appeal},2024-01-{day:02d},"
                       f"2024-0{chance.randint(1, 9)}-{day:02d},letter answered\r\n")


def make_demo(folder, people):
    store = os.path.join(folder, f"register-{people}.db")
    begin = time.monotonic()
    subprocess.run([BINARY, "demo", "--people", str(people), "--seed", "1", "--store", store], check=True,
                   stdout=subprocess.DEVNULL)
    return store, time.monotonic() - begin


def make_large(folder, people, store):
    """Seconds it took. Made in a folder of its own: the demonstration may stand beside it."""
    place = os.path.join(folder, "making")
    shutil.rmtree(place, ignore_errors=True)
    os.mkdir(place)
    made, seconds = make_demo(place, min(people, DEMO_MAX))
    if people > DEMO_MAX:
        path = os.path.join(place, "people.csv")
        make_people_file(path, people - DEMO_MAX)
        begin = time.monotonic()
        subprocess.run([BINARY, "import", path, "--store", made, *IMPORTS], check=True, stdout=subprocess.DEVNULL)
        seconds += time.monotonic() - begin
    for ending in ("", ".key"):
        os.rename(made + ending, store + ending)
    shutil.rmtree(place)
    return seconds


def kept_demo(people):
    """A large register takes minutes to make and gigabytes to keep, so it is made once."""
    cache = os.path.join(ROOT, "build", "bench-cache")
    os.makedirs(cache, exist_ok=True)
    store = os.path.join(cache, f"register-{people}.db")
    finished = store + ".made"
    if not os.path.exists(finished):
        for ending in ("", ".key", "-wal", "-shm"):
            with contextlib.suppress(FileNotFoundError):
                os.remove(store + ending)
        print(f"  Making a register of {people:,} people in {cache} ...", flush=True)
        seconds = make_large(cache, people, store)
        with open(finished, "w", encoding="utf-8") as file:
            file.write(f"{seconds:.1f}\n")
        print(f"  Made in {seconds:,.0f} s")
    return store
