"""Aim: every JSON answer that the tests of the web received is as docs/api/openapi.json says. Usage: answers.py PROGRAM...: of each program
of tests/web what it was answered (tests/web/keep_answers.py) is compared by contract.cjs; one whose answers were kept by an older
program, or under other texts, is run once more."""
import os
import pathlib
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
SOURCE = pathlib.Path(os.environ["RETURNHUB_SOURCE"])
sys.path.insert(0, os.path.join(HERE, "..", "web"))
import keep_answers  # noqa: E402

# What the programs read as they run.
READ = ("data", "notices", "pages", "rulebooks", "statistics", "tests/casework")


def newest_text():
    return max(path.stat().st_mtime for folder in READ for path in (SOURCE / folder).rglob("*") if path.is_file())


def is_fresh(program, since):
    kept = keep_answers.kept_of(program)
    return kept.exists() and kept.stat().st_mtime > max(since, os.path.getmtime(program))


def main(programs):
    since = newest_text()
    for program in programs:
        if is_fresh(program, since):
            continue
        outcome = keep_answers.run(program, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        if outcome.returncode != 0:
            print(f"Bail out! {program} failed: {outcome.stderr.decode(errors='replace')[-400:]}")
            return 1
    return subprocess.run(["node", os.path.join(HERE, "contract.cjs"), *map(keep_answers.kept_of, programs)], check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
