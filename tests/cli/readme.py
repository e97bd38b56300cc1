#!/usr/bin/env python3
"""README.md shows a rule and what a change of it does. Is it what rulebooks/uk and the program say?

The rule stands there to the letter. The commands are run in an empty folder, as they are printed, and answer with the lines that are printed, in that
order, and with no others: a line of three dots stands for any lines, and three dots in a line for any words. What needs a register of 10,000
people is run under RETURNHUB_LONG only."""
import os
import pathlib
import re
import subprocess
import sys
import tempfile

SOURCE, BUILD = pathlib.Path(os.environ["RETURNHUB_SOURCE"]), pathlib.Path(os.environ["RETURNHUB_BUILD"])
LONG = bool(os.environ.get("RETURNHUB_LONG"))
SECTION = "## A rule, its law, its verdict, and what a change of it would do"
DOTS = "..."


def blocks():
    text = (SOURCE / "README.md").read_text(encoding="utf-8").partition(SECTION)[2].partition("\n## ")[0]
    return re.findall(r"^```\n(.*?)^```$", text, re.M | re.S)


def pattern(lines):
    """Of an answer of which these lines are printed."""
    parts = [r"(?:.*\n)*?" if line == DOTS else ".*".join(map(re.escape, line.split(DOTS))) + r" *\n" for line in lines]
    return re.compile("".join(parts))


def commands(block):
    """[(command, the lines printed after it)]"""
    found = []
    for line in block.splitlines():
        if line.startswith("$ "):
            found.append((line[2:], []))
        else:
            found[-1][1].append(line)
    return found


def stands_in_the_law(rule):
    lines = rule.splitlines()
    assert lines.pop().strip() == DOTS
    wanted = "\n".join(lines) + "\n"
    return any(wanted in path.read_text(encoding="utf-8") for path in (SOURCE / "rulebooks/uk").glob("*.rules"))


def answers_so(command, lines, folder):
    done = subprocess.run(command, shell=True, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False,
                          env={**os.environ, "PATH": f"{BUILD / 'src/cli'}:{os.environ['PATH']}"})
    held = pattern(lines).fullmatch(done.stdout) is not None
    if not held:
        print("".join(f"# {line}\n" for line in done.stdout.splitlines()[:40]), end="")
    return held


def main():
    rule, *transcripts = blocks()
    results = [(stands_in_the_law(rule), "the rule is one of rulebooks/uk, to the letter")]
    with tempfile.TemporaryDirectory() as folder:
        os.symlink(SOURCE / "rulebooks", os.path.join(folder, "rulebooks"))
        for command, lines in (pair for block in transcripts for pair in commands(block)):
            if LONG or "--store" not in command:
                results.append((answers_so(command, lines, folder), command.replace("#", "")))
    results.append((len(results) >= 4, f"{len(results)} things are asked"))
    for number, (held, what) in enumerate(results, 1):
        print(f"{'ok' if held else 'not ok'} {number} - {what}")
    print(f"1..{len(results)}")
    return 0 if all(held for held, _ in results) else 1


if __name__ == "__main__":
    sys.exit(main())
