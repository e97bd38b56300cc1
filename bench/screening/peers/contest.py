"""How a contestant in Python speaks with the driver: what contest.h says."""
import statistics
import sys
import time


def serve(about, run, answers):
    """`run()` does the work once and may return its own seconds; `answers(path)` writes the masks."""
    print(f"ready {about}", flush=True)
    for line in sys.stdin:
        word, _, rest = line.strip().partition(" ")
        if word == "run":
            seconds = []
            for _ in range(int(rest.split()[0])):
                begin = time.perf_counter()
                own = run()
                seconds.append(time.perf_counter() - begin if own is None else own)
            print(f"time {statistics.median(seconds):.9f}", flush=True)
        elif word == "answers":
            answers(rest)
            print("answers", flush=True)
        else:
            print("error: run COUNT or answers PATH", flush=True)
