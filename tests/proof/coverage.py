#!/usr/bin/env python3
"""Every branch of the judge, and every condition of every decision on its own (MC/DC), is taken both ways by its unit tests.

Builds the tests of the judge with clang 19 in a build folder of its own, with RETURNHUB_WITHOUT_ASSERT (base/result.h): the branch of an
assertion that never happens is not there to be covered. Nothing else is left out. Measured are src/rulebook/judge*.c, by the
unit tests alone, not by the enumeration. Runs when RETURNHUB_LONG is set.

    coverage.py SOURCE BUILD                    writes TAP
"""

import json
import os
import pathlib
import subprocess
import sys

TESTS = ["test_judge", "test_clock", "test_judge_stops"]
WITHOUT = "test_judge_stops"  # what is not covered without it must be seen
FLAGS = "-fprofile-instr-generate -fcoverage-mapping -fcoverage-mcdc"
MEASURED = ["lines", "functions", "branches", "mcdc"]


def run(*words, **options):
    done = subprocess.run([str(word) for word in words], capture_output=True, text=True, **options)
    if done.returncode:
        sys.exit(f"Bail out! {' '.join(map(str, words))}\n{done.stdout[-4000:]}{done.stderr[-4000:]}")
    return done.stdout


def build(source, folder):
    if not (folder / "build.ninja").exists():
        run("meson", "setup", folder, source, "--buildtype=debug", "-Dwerror=false", f"-Dc_args={FLAGS} -DRETURNHUB_WITHOUT_ASSERT",
            "-Dc_link_args=-fprofile-instr-generate", env={**os.environ, "CC": "clang-19", "LLVM_PROFILE_FILE": os.devnull})
    run("ninja", "-C", folder, *(f"tests/rulebook/{test}" for test in TESTS))


def measure(source, folder, tests):
    """file -> {measure: (number, covered)}"""
    objects = [folder / "tests/rulebook" / test for test in tests]
    profiles = []
    for test in objects:
        profiles.append(folder / f"{test.name}.profraw")
        run(test, env={**os.environ, "LLVM_PROFILE_FILE": str(profiles[-1]), "RETURNHUB_SOURCE": str(source)})
    merged = folder / "judge.profdata"
    run("llvm-profdata-19", "merge", "-o", merged, *profiles)
    files = sorted((source / "src/rulebook").glob("judge*.c"))
    more = [word for test in objects[1:] for word in ("-object", test)]
    found = json.loads(run("llvm-cov-19", "export", "--summary-only", "-instr-profile", merged, objects[0], *more, *files))
    return {pathlib.Path(file["filename"]).name: {kind: (file["summary"][kind]["count"], file["summary"][kind]["covered"])
                                                  for kind in MEASURED} for file in found["data"][0]["files"]}


def main():
    source, folder = pathlib.Path(sys.argv[1]).resolve(), pathlib.Path(sys.argv[2]) / "coverage"
    if not os.environ.get("RETURNHUB_LONG"):
        print("1..1\nok 1 - coverage of the judge # SKIP a build of its own with clang 19: script/check-long")
        return 0
    build(source, folder)
    results = []

    def test(held, name):
        results.append(held)
        print(f"{'ok' if held else 'not ok'} {len(results)} - {name}", flush=True)

    found = measure(source, folder, TESTS)
    test(set(found) == {path.name for path in (source / "src/rulebook").glob("judge*.c")}, "every file of the judge is measured")
    for name, kinds in sorted(found.items()):
        for kind, (count, covered) in kinds.items():
            test(count == covered and count > 0, f"{name}: {kind} {covered} of {count}")
    less = measure(source, folder, [name for name in TESTS if name != WITHOUT])
    test(any(count > covered for kinds in less.values() for count, covered in kinds.values()),
         f"what only {WITHOUT} covers is missed without it")
    print(f"1..{len(results)}")
    return 0 if all(results) else 1


if __name__ == "__main__":
    sys.exit(main())
