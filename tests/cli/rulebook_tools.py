#!/usr/bin/env python3
"""Aim: `rulebook format` lays out files safely and never changes what they mean, and `rulebook explain` says in full what a rule says;
both answer bad input with a clear error and change nothing."""
import json
import os
import stat
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.environ["RETURNHUB_SOURCE"], "tests", "server"))
from desk import BINARY, Tap, run  # noqa: E402

UK = os.path.join(os.environ["RETURNHUB_SOURCE"], "rulebooks", "uk")
MESSY = "#head\nstage only \"Only\"   start outcome\n\n\n\nrulebook r title \"R\" in force from 2026-01-01\n"
NEAT = "#head\nstage only  \"Only\"  start  outcome\n\nrulebook r\n  title    \"R\"\n  in force from 2026-01-01\n"
BROKEN = "stage\n"


def write(folder, name, text):
    path = os.path.join(folder, name)
    with open(path, "w", newline="") as file:
        file.write(text)
    return path


def read(path):
    with open(path, newline="") as file:
        return file.read()


def returnhub(*arguments, text=""):
    return subprocess.run([BINARY, "rulebook", *arguments], input=text, capture_output=True, text=True)


def identity(folder):
    return json.loads(run("rulebook", "check", folder, "--format", "json"))["identity"]


def checks():
    with tempfile.TemporaryDirectory() as folder:
        path = write(folder, "a.rules", MESSY)
        outcome = returnhub("format", "--check", folder)
        assert outcome.returncode == 1 and outcome.stdout == path + "\n", outcome
        assert "1 of 1 file would change" in outcome.stderr, outcome
        assert read(path) == MESSY


def rewrites():
    with tempfile.TemporaryDirectory() as folder:
        path = write(folder, "a.rules", MESSY)
        os.chmod(path, 0o640)
        before = identity(folder)
        outcome = returnhub("format", path)
        assert outcome.returncode == 0 and outcome.stdout == path + "\n", outcome
        assert read(path) == NEAT, read(path)
        assert stat.S_IMODE(os.stat(path).st_mode) == 0o640
        assert identity(folder) == before
        assert os.listdir(folder) == ["a.rules"]
        touched = os.stat(path).st_ino
        outcome = returnhub("format", folder)
        assert outcome.returncode == 0 and outcome.stdout == "", outcome
        assert os.stat(path).st_ino == touched  # what is laid out is not written again
        assert returnhub("format", "--check", folder).returncode == 0


def follows_links():
    with tempfile.TemporaryDirectory() as folder:
        path = write(folder, "real", MESSY)
        link = os.path.join(folder, "a.rules")
        os.symlink("real", link)
        assert returnhub("format", link).returncode == 0
        assert os.path.islink(link) and read(path) == NEAT


def streams():
    outcome = returnhub("format", "-", text=MESSY)
    assert outcome.returncode == 0 and outcome.stdout == NEAT, outcome
    assert returnhub("format", "--check", "-", text=MESSY).returncode == 1
    assert returnhub("format", "--check", "-", text=NEAT).returncode == 0
    outcome = returnhub("format", "-", text=BROKEN)
    assert outcome.returncode == 3 and outcome.stdout == "" and "-:1:" in outcome.stderr, outcome


def one_broken_file_spares_all():
    with tempfile.TemporaryDirectory() as folder:
        good = write(folder, "a.rules", MESSY)
        write(folder, "b.rules", BROKEN)
        also = write(folder, "c.rules", "fact\n")
        outcome = returnhub("format", folder)
        assert outcome.returncode == 3 and outcome.stdout == "", outcome
        assert "b.rules:1:6: error: Expected the name of a stage" in outcome.stderr, outcome
        assert f"{also}:1:5: error: Expected the name of a fact" in outcome.stderr, outcome
        assert read(good) == MESSY


def cannot_write():
    with tempfile.TemporaryDirectory() as folder:
        path = write(folder, "a.rules", MESSY)
        os.chmod(folder, 0o500)
        outcome = returnhub("format", path)
        os.chmod(folder, 0o700)
        if os.getuid() != 0:  # root may write anywhere
            assert outcome.returncode == 7 and path in outcome.stderr, outcome
            assert read(path) == MESSY


def nothing_there():
    outcome = returnhub("format", "/nonexistent/a.rules")
    assert outcome.returncode == 4 and "/nonexistent/a.rules" in outcome.stderr, outcome
    with tempfile.TemporaryDirectory() as folder:
        outcome = returnhub("format", folder)
        assert outcome.returncode == 4 and "files that end in .rules" in outcome.stderr, outcome


def keeps_the_law():
    """The whole rulebook, laid out, has the same identity, every example holds, and every comment is still there."""
    with tempfile.TemporaryDirectory() as folder:
        comments = {}
        for name in sorted(os.listdir(UK)):
            text = read(os.path.join(UK, name))
            comments[name] = [line.strip() for line in text.splitlines() if line.strip().startswith("#")]
            write(folder, name, text)
        before = identity(folder)
        run("rulebook", "format", folder)
        assert identity(folder) == before
        assert json.loads(run("rulebook", "test", folder, "--format", "json"))["failed"] == 0
        for name, lines in comments.items():
            found = [line.strip() for line in read(os.path.join(folder, name)).splitlines() if line.strip().startswith("#")]
            assert found == lines, name


def names_of(kind):
    for name in sorted(os.listdir(UK)):
        for line in read(os.path.join(UK, name)).splitlines():
            if line.startswith(kind + " "):
                yield line.split()[1]


KINDS = ["safeguard", "define", "clock", "step", "stage", "fact", "notice"]


def explains_every_kind(kind):
    called = "definition" if kind == "define" else kind
    names = list(names_of(kind))
    assert names
    for name in names[:3] + names[-1:]:
        rules = json.loads(run("rulebook", "explain", name, "--format", "json"))["rules"]
        assert called in [rule["kind"] for rule in rules] and all(rule["name"] == name for rule in rules), rules
        assert f"{called} {name}" in run("rulebook", "explain", name)


def leaves(outline):
    if outline["kind"] == "fact":
        yield outline["text"]
    for child in outline.get("of", []):
        yield from leaves(child)


def down_to_the_facts():
    """The condition is written out to the facts that the text itself names; the clock and the definitions in between are named."""
    rule = json.loads(run("rulebook", "explain", "no_child_is_sent", "--format", "json"))["rules"][0]
    facts = {"age.status", "person.born_on", "family.child_in_household", "family.complete", "agreement.excludes_children"}
    assert set(leaves(rule["clear_when"])) == facts == {fact["name"] for fact in rule["facts"]}, rule
    text = run("rulebook", "explain", "no_child_is_sent")
    for words in ("Clear when", "[adult_for_certain]", "of every member of the family", rule["reason"], *facts,
                  *[source["text"] for source in rule["sources"]], *[example["title"] for example in rule["examples"]]):
        assert words in text, words


def who_reads_a_fact():
    rule = json.loads(run("rulebook", "explain", "agreement.excludes_children", "--format", "json"))["rules"][0]
    assert [reader["name"] for reader in rule["read_by"]] == ["no_child_is_sent"], rule
    born = json.loads(run("rulebook", "explain", "person.born_on", "--format", "json"))["rules"][0]
    assert "no_child_is_sent" in [reader["name"] for reader in born["read_by"]]  # through a definition
    assert "no_child_is_sent" not in [user["name"] for user in born["used_by"]]
    assert "adult_for_certain" in [user["name"] for user in born["used_by"]]


def guards_and_steps_agree():
    """What a safeguard guards, the step says of itself."""
    for step in list(names_of("step"))[::8]:
        rule = next(rule for rule in json.loads(run("rulebook", "explain", step, "--format", "json"))["rules"]
                    if rule["kind"] == "step")
        for guard in rule["guarded_by"][:3]:
            safeguard = json.loads(run("rulebook", "explain", guard["name"], "--format", "json"))["rules"][0]
            assert step in [guarded["name"] for guarded in safeguard["guards"]], (step, guard)


def unknown_name():
    for typed, meant in (("no_child_is_send", "no_child_is_sent"), ("time_to_apeal", "time_to_appeal"),
                         ("first_tier.statuss", "first_tier.status"), ("hub_transfr", "hub_transfer")):
        outcome = returnhub("explain", typed)
        assert outcome.returncode == 4 and f'did you mean "{meant}"?' in outcome.stderr, outcome
    outcome = returnhub("explain", "completely_different")
    assert outcome.returncode == 4 and "rulebook show" in outcome.stderr, outcome
    outcome = returnhub("explain", "no_child_is_sent", "--format", "csv")
    assert outcome.returncode == 2 and "CSV" in outcome.stderr, outcome
    assert returnhub("explain").returncode == 2


def main():
    tap = Tap()
    tap.run("format --check names what would change, and changes nothing", checks)
    tap.run("format rewrites in place; mode and identity stay", rewrites)
    tap.run("format writes through a link", follows_links)
    tap.run("format - is a filter", streams)
    tap.run("one broken file spares all", one_broken_file_spares_all)
    tap.run("a folder that cannot be written is a clear error", cannot_write)
    tap.run("format of nothing is a clear error", nothing_there)
    tap.run("the law laid out is the same law", keeps_the_law)
    for kind in KINDS:
        tap.run(f"explain: a rule begun by {kind}", lambda kind=kind: explains_every_kind(kind))
    tap.run("explain goes down to the facts", down_to_the_facts)
    tap.run("explain says who reads a fact", who_reads_a_fact)
    tap.run("explain: safeguards and steps agree", guards_and_steps_agree)
    tap.run("explain: a name nobody knows", unknown_name)
    return tap.done()


if __name__ == "__main__":
    sys.exit(main())
