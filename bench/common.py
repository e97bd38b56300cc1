"""What the benches share: where things are, how often they are measured, how figures are printed."""
import os
import statistics
import subprocess
import time

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
BUILD = os.path.join(ROOT, "build", "release-bench")
BINARY = os.path.join(BUILD, "src", "cli", "returnhub")
ROUNDS = int(os.environ.get("RETURNHUB_BENCH_ROUNDS", "5"))


def spread(values, form="{:,.0f}"):
    return (f"{form.format(statistics.median(values))} "
            f"({form.format(min(values))} to {form.format(max(values))})")


def make_demo(folder, people):
    store = os.path.join(folder, f"register-{people}.db")
    begin = time.monotonic()
    subprocess.run([BINARY, "demo", "--people", str(people), "--seed", "1", "--store", store], check=True,
                   stdout=subprocess.DEVNULL)
    return store, time.monotonic() - begin
