#!/usr/bin/env python3
"""Aim: letters from the command line. Every notice can be written in every language; the translations are read as GNU gettext reads
them; one that nobody approved is not issued; the hash on a letter is that of its text, by sha256sum; PDF and HTML say their languages."""
import gettext
import hashlib
import io
import json
import os
import re
import subprocess
import sys
import tempfile

SOURCE = os.environ["RETURNHUB_SOURCE"]
sys.path.insert(0, os.path.join(SOURCE, "tests", "server"))
from desk import BINARY, Tap, make_demo, run  # noqa: E402

NOTICES = os.path.join(SOURCE, "notices", "uk")
LANGUAGES = sorted(name[:-3] for name in os.listdir(NOTICES) if name.endswith(".po"))
RIGHT_TO_LEFT = {"ar", "ckb", "prs", "ps", "ur"}


class Desk:
    def __init__(self, store):
        self.store = store

    def run(self, *arguments, account="caseworker", expect=0):
        return run(*arguments, "--store", self.store, "--as", account, expect=expect)

    def refused(self, *arguments):
        """What is said of a command that must fail."""
        outcome = subprocess.run([BINARY, *arguments, "--store", self.store, "--as", "caseworker"], capture_output=True, text=True)
        assert outcome.returncode != 0, outcome
        return outcome.stderr

    def json(self, *arguments, **options):
        return json.loads(self.run(*arguments, "--format", "json", **options))


def translations(language):
    """What GNU gettext makes of the catalogue."""
    made = subprocess.run(["msgfmt", "--check-format", "-o", "-", os.path.join(NOTICES, language + ".po")], check=True, capture_output=True)
    return gettext.GNUTranslations(io.BytesIO(made.stdout))


def letters(desk, person):
    """Each notice, with the arguments that it needs."""
    for notice in desk.json("notice", "list")["notices"]:
        hub = ["--hub", "HUB-NORTH"] if notice["name"] in ("transfer_information", "arrival_information") else []
        yield notice["name"], [person, notice["name"], *hub]


def test_every_language(desk, person):
    """The text between what is put in is the one that gettext gives, in every language, for every line of every notice."""
    texts = "".join(open(os.path.join(NOTICES, name), encoding="utf-8").read() for name in sorted(os.listdir(NOTICES)) if name.endswith(".notice") and name != "office.notice")
    originals = [re.sub(r'"\s*\n\s+"', " ", text) for text in re.findall(r'(?:^notice \w+|^  (?:heading|paragraph|item)) "((?:[^"]|"\s*\n\s+")*)"\s*$', texts, re.M)]
    assert len(originals) > 40, len(originals)
    assert len(LANGUAGES) == 9, LANGUAGES
    for language in LANGUAGES:
        catalogue = translations(language)
        wanted = {catalogue.pgettext("notice", original) for original in originals if catalogue.pgettext("notice", original) != original}
        assert len(wanted) == len(set(originals)), language
        written = ""
        for _, arguments in letters(desk, person):
            draft = desk.json("notice", "draft", *arguments, "--language", language)
            written += "\n".join(line["translation"] for line in draft["lines"]) + "\n"
        for text in wanted:
            for piece in re.split(r"\{[^}]*\}", text):
                assert piece in written, (language, piece)


def test_not_approved(desk, person):
    assert "is not approved" in desk.refused("notice", "issue", person, "removal_decision", "--language", "sq")
    desk.run("notice", "approve", "removal_decision", "sq", "--reason", "read by sworn translator 7", account="senior")
    issued = desk.json("notice", "issue", person, "removal_decision", "--language", "sq")
    assert issued["state"] == "issued" and issued["approval"] > 0, issued


def test_hash(desk, person):
    issued = desk.json("notice", "issue", person, "removal_decision")
    number = str(issued["number"])
    text = desk.run("notice", "show", number, "--format", "hashed")
    assert hashlib.sha256(text.encode()).hexdigest() == issued["sha256"]
    for form in ("text", "html"):
        assert issued["sha256"] in desk.run("notice", "show", number, "--format", form), form


def test_pages(desk, person):
    for language in LANGUAGES:
        page = desk.run("notice", "draft", person, "removal_decision", "--language", language, "--format", "html")
        direction = "rtl" if language in RIGHT_TO_LEFT else "ltr"
        assert f'lang="{language}" dir="{direction}"' in page, language
        with tempfile.NamedTemporaryFile(suffix=".pdf") as file:
            subprocess.run([BINARY, "notice", "draft", person, "removal_decision", "--language", language, "--format", "pdf", "--store",
                            desk.store, "--as", "caseworker"], check=True, stdout=file)
            inside = subprocess.run(["qpdf", "--qdf", "--object-streams=disable", file.name, "-"], check=True, capture_output=True).stdout
            assert f"/Lang ({language})".encode() in inside, language


def test_service(desk, person):
    issued = desk.json("notice", "issue", person, "removal_decision")
    number = str(issued["number"])
    listed = desk.json("notice", "of", person)["notices"]
    assert [one["state"] for one in listed if one["number"] == issued["number"]] == ["issued"]
    served = desk.json("notice", "serve", number, "--by", "in_person", "--understood", "yes", "--proof", "signed by the person")
    assert len(served["events"]) >= 3, served
    shown = desk.json("notice", "show", number)
    assert shown["state"] == "served" and shown["served"]["proof"] == "signed by the person", shown
    assert "was served already" in desk.refused("notice", "serve", number, "--by", "in_person", "--understood", "yes", "--proof", "again")


def main():
    tap = Tap()
    with tempfile.TemporaryDirectory() as folder:
        desk = Desk(make_demo(folder, people=300))
        rows = desk.run("screen", "enforced_removal", "--format", "csv").splitlines()
        person = rows[1].split(",")[0]
        desk.run("record", person, "departure.destination", "ALB")
        desk.run("record", person, "departure.on", "2027-01-20")
        tap.run("every notice in every language, as gettext reads it", lambda: test_every_language(desk, person))
        tap.run("a translation that nobody approved is not issued", lambda: test_not_approved(desk, person))
        tap.run("the hash is that of the text", lambda: test_hash(desk, person))
        tap.run("pages and PDFs say their languages", lambda: test_pages(desk, person))
        tap.run("a letter is served once, with its facts", lambda: test_service(desk, person))
    return tap.done()


if __name__ == "__main__":
    sys.exit(main())
