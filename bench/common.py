"""What the benches share: where things are, how often they are measured, how figures are printed."""
import contextlib
import os
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


def make_demo(folder, people):
    store = os.path.join(folder, f"register-{people}.db")
    begin = time.monotonic()
    subprocess.run([BINARY, "demo", "--people", str(people), "--seed", "1", "--store", store], check=True,
                   stdout=subprocess.DEVNULL)
    return store, time.monotonic() - begin


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
        _, seconds = make_demo(cache, people)
        with open(finished, "w", encoding="utf-8") as file:
            file.write(f"{seconds:.1f}\n")
        print(f"  Made in {seconds:,.0f} s")
    return store
