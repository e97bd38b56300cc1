#!/usr/bin/env python3
"""The back-test and the calibration as their users see them, as TAP, in a small form: few origins, few futures.

The means that the program prints are computed here a second time from the single scores that it prints, and whether an
interval held is asked of the published tables themselves.
"""
import csv
import io
import json
import os
import subprocess
import sys
import tempfile

PROGRAM = os.path.join(os.environ["RETURNHUB_BUILD"], "src", "cli", "returnhub")
DATA = os.path.join(os.environ["RETURNHUB_SOURCE"], "data")
SMALL = ["--from", "2023-Q1", "--horizon", "3", "--futures", "40", "--one-in", "100", "--seed", "3"]

checks = []


def check(name, good, told=""):
    checks.append(good)
    print(f"{'ok' if good else 'not ok'} {len(checks)} - {name}")
    if not good and told:
        print("# " + str(told).replace("\n", "\n# ")[:2000])


def run(*words, share=os.environ["RETURNHUB_SOURCE"]):
    return subprocess.run([PROGRAM, "forecast", *words], capture_output=True, text=True, check=False,
                          env=dict(os.environ, RETURNHUB_SHARE=share))


def earlier_tables(share, year):
    """The tables as they would have stood at the end of the year: its quarters and those before, from a release of its own."""
    os.makedirs(os.path.join(share, "data"))
    for name in ("national_quarterly_totals.csv", "appeals_fttiac_by_quarter.csv", "returns_by_quarter_type.csv"):
        with open(os.path.join(DATA, name), encoding="utf-8", newline="") as source, \
                open(os.path.join(share, "data", name), "w", encoding="utf-8", newline="") as copy:
            for line in source:
                if line[:1].isalpha() or int(line[:4]) <= year:
                    copy.write(line.replace("YE Dec 2025 (published Feb 2026)", f"YE Dec {year} (published Feb {year + 1})"))


def published():
    """series, quarter -> number, read from the tables by a second reader."""
    numbers = {}
    rows = csv.DictReader(open(os.path.join(DATA, "national_quarterly_totals.csv"), encoding="utf-8"))
    for row in rows:
        name = {"claims": "claims", "awaiting_initial_decision": "waiting", "initial_grants": "decisions",
                "initial_refusals": "decisions"}.get(row["measure"])
        if name and row["people"]:
            numbers[name, row["quarter"]] = numbers.get((name, row["quarter"]), 0) + float(row["people"])
    for row in csv.DictReader(open(os.path.join(DATA, "returns_by_quarter_type.csv"), encoding="utf-8")):
        if row["release"].startswith("YE Dec 2025"):  # the later one of two
            name = {"E": "returns_enforced", "V": "returns_voluntary", "R": "returns_port"}[row["return_group"][0]]
            for key in ((name, row["quarter"]), ("returns", row["quarter"])):
                numbers[key] = numbers.get(key, 0) + float(row["returns"])
    return numbers


def rows_of(sheet):
    return [dict(zip(sheet["columns"], row)) for row in sheet["rows"]]


def mean(numbers):
    return sum(numbers) / len(numbers)


def main():
    single = run("backtest", *SMALL, "--format", "csv", "--threads", "1")
    check("every score is printed", single.returncode == 0, single.stderr)
    rows = list(csv.DictReader(io.StringIO(single.stdout)))
    # Origins 2023-Q1, Q2 and Q3 have 3, 2 and 1 quarters to be scored by; 8 series; 4 contenders.
    check("a row for each score", len(rows) == 6 * 8 * 4, len(rows))
    numbers = published()
    wrong = [row for row in rows if row["series"] != "appeals_open"
             and float(row["number"]) != numbers[row["series"], row["quarter"]]]
    check("numbers are those of the published tables", not wrong, wrong[:3])
    check("intervals lie within each other",
          all(float(row["low_95"]) <= float(row["low_80"]) <= float(row["low_50"]) <= float(row["median"])
              <= float(row["high_50"]) <= float(row["high_80"]) <= float(row["high_95"]) for row in rows))

    both = run("backtest", *SMALL, "--format", "json", "--threads", "2")
    scores, horizons, every = map(rows_of, json.loads(both.stdout))
    check("the same scores on two threads", [float(row["crps"]) for row in every] == [float(row["crps"]) for row in rows])
    again = run("backtest", *SMALL, "--format", "csv", "--threads", "2")
    check("the same seed gives the same bytes", again.stdout == single.stdout)
    worst = 0
    for row in scores:
        for contender in ("returnhub", "seasonal-naive", "ETS", "stock-flow"):
            of = [r for r in rows if r["contender"] == contender and row["series"] in (r["series"], "all series")]
            by_series = {}
            for r in of:
                by_series.setdefault(r["series"], []).append(float(r["crps"]) / float(r["scale"]))
            worst = max(worst, abs(mean([mean(v) for v in by_series.values()]) - float(row[contender])))
    check("the means are those of the single scores", worst < 0.002, worst)
    claims = next(row for row in scores if row["series"] == "claims")
    held = mean([float(r["low_80"]) <= float(r["number"]) <= float(r["high_80"]) for r in rows
                 if r["series"] == "claims" and r["contender"] == "returnhub"])
    check("coverage is that of the single intervals", abs(float(claims["in 80 %"]) - 100 * held) <= 0.5, (claims, held))
    check("a row for each quarter ahead", [int(row["quarters ahead"]) for row in horizons] == [1, 2, 3])

    drawn = run("backtest", *SMALL, "--format", "svg")
    check("drawn", drawn.stdout.startswith("<svg xmlns=") and drawn.stdout.count("<circle") == 18, drawn.stdout[:300])
    text = run("backtest", *SMALL)
    worse = [line for line in text.stdout.split("\n") if line.startswith("Worse:")]
    said = sum(float(row[c]) <= float(row["returnhub"]) for row in scores for c in ("seasonal-naive", "ETS", "stock-flow"))
    check("where it is the worse one is said", len(worse) == said, (len(worse), said))

    with tempfile.TemporaryDirectory() as share:
        earlier_tables(share, 2022)
        since = ["backtest", "--from", "2022-Q1", "--horizon", "2", "--futures", "20", "--one-in", "0", "--format", "csv"]
        then, now = run(*since, share=share), run(*since, "--to", "2022-Q4")
        check("tables with later rows, of another release, change no score of before",
              then.returncode == 0 and then.stdout == now.stdout and then.stdout.count("\n") == 1 + 5 * 8 * 4, then.stderr + then.stdout[:300])

    for words, told in (
            (["backtest", "--from", "2023"], "2023-Q4"),
            (["backtest", "--from", "2023-Q4"], "after the first origin"),
            (["backtest", "--format", "pdf"], "svg"),
            (["backtest", "--horizon", "9"], "from 1 to 8"),
            (["backtest", "--from", "2014-Q4", "--to", "2015-Q4", "--futures", "20"], "2015-Q4"),
            (["calibrate", "--up-to", "2024-Q1"], "Nothing is published"),
            (["calibrate", "--one-in", "0"], "one-in")):
        refused = run(*words)
        check(f"refused, and what to do: {' '.join(words)}", refused.returncode in (2, 3) and told in refused.stderr,
              refused.stderr)

    fitted = run("calibrate", "--up-to", "2022-Q4", "--futures", "30", "--one-in", "100", "--horizon", "2", "--format", "json")
    drivers, futures, together = map(rows_of, json.loads(fitted.stdout))
    check("nine drivers", len(drivers) == 9, fitted.stderr)
    check("thirteen series, two quarters", len(futures) == 26 and futures[0]["quarter"] == "2023-Q1")
    found = {(row["series"], row["with"]): float(row["correlation"]) for row in together}
    check("every two series go together somehow", len(found) == 78 and all(-1 <= value <= 1 for value in found.values()), found)
    check("decisions with what is granted of them, returns with those among them",
          found["decisions", "grants"] > 0.5 and found["returns_voluntary", "returns"] > 0.5, found)
    check("weights of models give parameters within their range",
          all(0.3 <= float(row["gain"]) <= 0.9 and 0.02 <= float(row["pull"]) <= 0.3 for row in drivers))
    print(f"1..{len(checks)}")
    return 0 if all(checks) else 1


if __name__ == "__main__":
    sys.exit(main())
