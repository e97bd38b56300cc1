#!/usr/bin/env python3
"""The long forms: what script/test proves on a few draws, at full length, in an optimised build.

    check_long.py SOURCE BUILD [--seed N] [--processes N] [--list] [FORM...]
    check_long.py SOURCE BUILD --tests     names the tests of script/test that have a long form of their own
    check_long.py SOURCE BUILD --complete  is every test that has a long form among these, or run by a form? TAP

A form is a program that is run in parts, each from a seed of its own, two parts at a time. Of each form a line says how much was done
and from which seeds; what a part said stands in BUILD/long/FORM-PART.log, and the log of a part that failed is kept there, with what the
program left behind (BUILD/long/FORM-PART/). One part that fails does not end the form.
"""
import argparse
import concurrent.futures
import dataclasses
import json
import os
import pathlib
import random
import re
import shutil
import subprocess
import sys
import tempfile
import time


@dataclasses.dataclass
class Form:
    name: str
    what: str  # is counted
    parts: int
    command: object  # (source, build, part, seed) -> words and environment
    count: str  # what the log says of how much was done, as an expression with one number; summed over the parts
    wanted: int  # at least so much, or it is not done


def program(path, *words):
    return lambda source, build, part, seed: ([str(build / path)] + [word.format(part=part, seed=seed) for word in words], {})


def script(path, rounds):
    return lambda source, build, part, seed: (["python3", str(source / path)], {"RETURNHUB_ROUNDS": str(rounds), "RETURNHUB_SEED": str(seed),
                                                                                "RETURNHUB_LONG": "1"})


FORMS = [
    Form("kills", "kills (kill -9) with eight writers", 4, program("tests/crash/test_crash", "250", "{seed}"), r"ok 1 - killed (\d+) times", 1000),
    Form("server_kills", "kills of the server with eight clients", 4, script("tests/server/kill.py", 250), r"survive (\d+) kills", 1000),
    Form("power_loss", "crash states after a failure of the power", 4, program("tests/crash/test_power_loss", "25000", "{seed}"),
         r"commands, (\d+) different states, 0 lost", 100000),
    Form("power_loss_together", "crash states while several write at once", 2,
         program("tests/crash/test_power_loss_together", "5000", "{seed}"), r"looked at (\d+) states, 0 lost", 9900),
    Form("calls", "runs, a fault at every call of the system, in every way", 4, program("tests/crash/test_calls", "0", "{seed}", "{part}", "4"),
         r"calls in the script, (\d+) runs", 2000),
    Form("memory", "allocations refused, every one alone and with all that follow", 8,
         program("tests/crash/test_memory", "0", "{seed}", "{part}", "8"), r"allocations in the script, \d+ runs, (\d+) refused", 60000),
    Form("simulation", "simulated runs, a seed each", 100, program("tests/simulation/test_simulation", "small", "1000", "{seed}"),
         r"# (\d+) runs, \d+ steps", 100000),
    Form("simulation_uk", "simulated runs under the law of the United Kingdom", 10,
         program("tests/simulation/test_simulation", "uk", "100", "{seed}"), r"# (\d+) runs, \d+ steps", 1000),
    Form("fuzz", "executions of the fuzzer of the rulebook language", 1,
         lambda source, build, part, seed: ([str(source / "tools/fuzz.sh"), "10000000", str(seed // 1_000_000)], {}),
         r"(\d+) of \d+ executions in", 9_999_999),
    Form("import_kills", "imports that were killed and went on", 1, script("tests/cli/import_kill.py", 20), r"(\d+) kills, \d+ with part", 20),
]

# Tests of script/test that have a long form of their own, under RETURNHUB_LONG.
TESTS = [
    "backup",
    "exchange",
    "hub_rush",
    "identity",
    "judge_coverage",
    "judge_mutants",
    "judge_twice",
    "judge_twice_eu",
    "law_pages",
    "lighthouse",
    "notice_commands_eu",
    "notice_commands_uk",
    "possible",
    "readme",
    "recent",
    "screen",
    "seal_commands",
    "seal_tamper",
    "server_in_trouble",
    "server_said",
    "server_scanners",
    "server_slow",
    "simulation_sees_faults",
    "tampered",
    "work_that_waits",
]


def run_part(given, form, part, seed):
    """(how much was done, did it fail, where its log is)"""
    place = given.build / "long"
    log, kept = place / f"{form.name}-{part}.log", place / f"{form.name}-{part}"
    shutil.rmtree(kept, ignore_errors=True)
    place.mkdir(parents=True, exist_ok=True)
    left = tempfile.mkdtemp(dir="/dev/shm" if os.path.isdir("/dev/shm") else None)  # no form is about the disk itself
    words, environment = form.command(given.source, given.build, part, seed)
    with open(log, "w", encoding="utf-8") as said:
        print(f"# seed {seed}: {' '.join(words)}", file=said, flush=True)
        code = subprocess.run(words, stdout=said, stderr=subprocess.STDOUT, cwd=given.source, check=False,
                              env={**os.environ, "RETURNHUB_SOURCE": str(given.source), "RETURNHUB_BUILD": str(given.build),
                                   "CMOCKA_MESSAGE_OUTPUT": "TAP", "TMPDIR": left, **environment}).returncode
    text = log.read_text(encoding="utf-8", errors="replace")
    done = sum(int(number) for number in re.findall(form.count, text))
    failed = code != 0 or re.search(r"^not ok", text, re.M) is not None
    if failed:
        shutil.move(left, kept)
    else:
        shutil.rmtree(left, ignore_errors=True)
    return done, failed, log


def run_form(given, form, pool):
    begun = time.monotonic()
    seeds = [given.seed * 1_000_000 + part * 1000 for part in range(form.parts)]
    parts = list(pool.map(lambda part: run_part(given, form, part, seeds[part]), range(form.parts)))
    done = sum(part[0] for part in parts)
    failed = [part[2] for part in parts if part[1]]
    short = done < form.wanted
    print(f"{'not ok' if failed or short else 'ok'} - {form.name}: {done} {form.what}; {form.parts} parts, seeds {seeds[0]} to {seeds[-1]} "
          f"by 1000; {time.monotonic() - begun:.0f} s", flush=True)
    if short and not failed:
        print(f"#   {form.wanted} were wanted")
    for log in failed:
        print(f"#   failed: {log}", flush=True)
    return not failed and not short


def introspect(build, what):
    return json.loads(subprocess.run(["meson", "introspect", str(build), what], check=True, capture_output=True, text=True).stdout)


def knows_long(path):
    return os.path.isfile(path) and not os.path.samefile(path, __file__) and b"RETURNHUB_LONG" in pathlib.Path(path).read_bytes()


def is_complete(source, build):
    """Every test whose program knows RETURNHUB_LONG is named above or run by a form, and every name above is such a test's."""
    sources = {name: [path for group in target["target_sources"] for path in group.get("sources", [])]
               for target in introspect(build, "--targets") for name in target["filename"]}
    in_forms = {word for form in FORMS for word in form.command(source, build, 0, 0)[0]}
    long, wrong = set(), []
    for test in introspect(build, "--tests"):
        words = [os.path.normpath(word) for word in test["cmd"]]
        knowing = {word for word in words if any(map(knows_long, sources.get(word, [word] if word.startswith(str(source)) else [])))}
        if knowing:
            long.add(test["name"])
        if knowing and test["name"] not in TESTS and not knowing & in_forms:
            wrong.append(f"{test['name']} has a long form, and script/check-long does not run it")
    wrong += [f"{name} is no test that has a long form" for name in TESTS if name not in long]
    print("".join(f"# {line}\n" for line in wrong) + f"{'not ok' if wrong else 'ok'} 1 - {len(long)} tests have a long form, and it is run\n1..1")
    return not wrong


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("source", type=pathlib.Path)
    arguments.add_argument("build", type=pathlib.Path)
    arguments.add_argument("forms", nargs="*", metavar="FORM")
    arguments.add_argument("--seed", type=int, default=random.SystemRandom().randrange(1, 10**6))
    arguments.add_argument("--processes", type=int, default=2)
    arguments.add_argument("--list", action="store_true")
    arguments.add_argument("--tests", action="store_true")
    arguments.add_argument("--complete", action="store_true")
    given = arguments.parse_args()
    given.source, given.build = given.source.resolve(), given.build.resolve()
    known = {form.name: form for form in FORMS}
    if given.tests:
        print(" ".join(TESTS))
        return 0
    if given.complete:
        return 0 if is_complete(given.source, given.build) else 1
    if given.list:
        print("\n".join(f"{form.name}: {form.wanted} {form.what}" for form in FORMS))
        return 0
    for name in given.forms:
        if name not in known:
            sys.exit(f"check_long.py: there is no form {name}; there are {', '.join(known)}")
    print(f"# seed {given.seed}, logs in {given.build / 'long'}", flush=True)
    with concurrent.futures.ThreadPoolExecutor(given.processes) as pool:
        kept = [run_form(given, known[name], pool) for name in given.forms or known]
    return 0 if all(kept) else 1


if __name__ == "__main__":
    sys.exit(main())
