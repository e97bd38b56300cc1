#!/usr/bin/env python3
"""Aim: letters from the command line, under either law. Every notice can be written in every language; the translations are read as GNU
gettext reads them; one that nobody approved is not issued; the hash on a letter is that of its text, by sha256sum; PDF and HTML say
their languages; only service records the facts that times begin with.

    notice.py uk|eu [OPEN_REGISTER]"""
import gettext
import hashlib
import io
import itertools
import json
import os
import random
import re
import subprocess
import sys
import tempfile

SOURCE = os.environ["RETURNHUB_SOURCE"]
sys.path.insert(0, os.path.join(SOURCE, "tests", "server"))
from desk import BINARY, PASSWORD, Tap, make_demo, run  # noqa: E402

LAW = sys.argv[1]
NOTICES = os.path.join(SOURCE, "notices", LAW)
# Of each law: the letter that tells of the decision, the one that tells of the departure, and what service of that one records.
DECISION, DEPARTURE, GIVEN = {
    "uk": ("removal_decision", "departure_details", "removal_notice.departure_details_given_on"),
    "eu": ("return_decision", "removal_order", "removal_notice.given_on"),
}[LAW]
LANGUAGES = sorted(name[:-3] for name in os.listdir(NOTICES) if name.endswith(".po"))
RIGHT_TO_LEFT = {"ar", "ckb", "prs", "ps", "ur"}


class Desk:
    """A register with somebody in it about whom all is known that a letter says."""

    def __init__(self, folder):
        if LAW == "uk":
            self.store, self.clerk = make_demo(folder, people=300), "caseworker"
            self.person = self.run("screen", "enforced_removal", "--format", "csv").splitlines()[1].split(",")[0]
        else:
            made = subprocess.run([sys.argv[2], LAW, PASSWORD], capture_output=True, text=True, env={**os.environ, "TMPDIR": folder}, check=True)
            self.store, self.clerk = made.stdout.strip(), "clerk"
            self.person = self.json("person", "register", "PersonOne Samplealpha", "1990-05-05")["reference"]
            self.run("record", "HUB-NORTH", "hub.country", "XDM", account="senior")
            self.run("record", self.person, "return_decision.appeal_last_day", "2027-01-20")
        self.run("record", self.person, "departure.destination", "ALB")
        self.run("record", self.person, "departure.on", "2027-01-20")

    def run(self, *arguments, account=None, expect=0):
        return run(*arguments, "--store", self.store, "--as", account or self.clerk, expect=expect)

    def refused(self, *arguments):
        """What is said of a command that must fail."""
        outcome = subprocess.run([BINARY, *arguments, "--store", self.store, "--as", self.clerk], capture_output=True, text=True)
        assert outcome.returncode != 0, outcome
        return outcome.stderr

    def json(self, *arguments, **options):
        return json.loads(self.run(*arguments, "--format", "json", **options))


def translations(language):
    """What GNU gettext makes of the catalogue."""
    made = subprocess.run(["msgfmt", "--check-format", "-o", "-", os.path.join(NOTICES, language + ".po")], check=True, capture_output=True)
    return gettext.GNUTranslations(io.BytesIO(made.stdout))


def letters(desk):
    """Each notice, with the arguments that it needs."""
    for notice in desk.json("notice", "list")["notices"]:
        hub = ["--hub", "HUB-NORTH"] if notice["name"] in ("transfer_information", "arrival_information") else []
        yield notice["name"], [desk.person, notice["name"], *hub]


def test_every_language(desk):
    """The text between what is put in is the one that gettext gives, in every language, for every line of every notice."""
    texts = "".join(open(os.path.join(NOTICES, name), encoding="utf-8").read() for name in sorted(os.listdir(NOTICES)) if name.endswith(".notice") and name != "office.notice")
    originals = [re.sub(r'"\s*\n\s+"', " ", text) for text in re.findall(r'(?:^notice \w+|^  (?:heading|paragraph|item)) "((?:[^"]|"\s*\n\s+")*)"\s*$', texts, re.M)]
    assert len(originals) > 40 and len(list(letters(desk))) == 4, originals
    assert len(LANGUAGES) == 9, LANGUAGES
    for language in LANGUAGES:
        catalogue = translations(language)
        wanted = {catalogue.pgettext("notice", original) for original in originals if catalogue.pgettext("notice", original) != original}
        assert len(wanted) == len(set(originals)), language
        written = ""
        for _, arguments in letters(desk):
            draft = desk.json("notice", "draft", *arguments, "--language", language)
            written += "\n".join(line["translation"] for line in draft["lines"]) + "\n"
        for text in wanted:
            for piece in re.split(r"\{[^}]*\}", text):
                assert piece in written, (language, piece)


def test_not_approved(desk):
    for _, arguments in letters(desk):
        assert "is not approved" in desk.refused("notice", "issue", *arguments, "--language", "sq"), arguments
    desk.run("notice", "approve", DECISION, "sq", "--reason", "read by sworn translator 7", account="senior")
    issued = desk.json("notice", "issue", desk.person, DECISION, "--language", "sq")
    assert issued["state"] == "issued" and issued["approval"] > 0, issued


def test_hash(desk):
    issued = desk.json("notice", "issue", desk.person, DECISION)
    number = str(issued["number"])
    text = desk.run("notice", "show", number, "--format", "hashed")
    assert hashlib.sha256(text.encode()).hexdigest() == issued["sha256"]
    for form in ("text", "html"):
        assert issued["sha256"] in desk.run("notice", "show", number, "--format", form), form


def drawn_letters(desk):
    """Every letter in every language in the long form; otherwise each language once, with one of the letters."""
    there_are = list(letters(desk))
    if "RETURNHUB_LONG" in os.environ:
        return list(itertools.product(there_are, LANGUAGES))
    seed = int(os.environ.get("RETURNHUB_SEED", random.SystemRandom().randrange(1, 10**6)))
    print(f"# seed {seed}", flush=True)
    chance = random.Random(seed)
    return [(chance.choice(there_are), language) for language in LANGUAGES]


def test_pages(desk):
    """HTML and PDF say their language; whom a PDF is for stands whole in each of its two columns, every letter of it has a glyph in a font that
    is in it, and what is said of the letter is on one page."""
    for (notice, arguments), language in drawn_letters(desk):
        page = desk.run("notice", "draft", *arguments, "--language", language, "--format", "html")
        direction = "rtl" if language in RIGHT_TO_LEFT else "ltr"
        assert f'lang="{language}" dir="{direction}"' in page, language
        with tempfile.NamedTemporaryFile(suffix=".pdf") as file:
            subprocess.run([BINARY, "notice", "draft", *arguments, "--language", language, "--format", "pdf", "--store",
                            desk.store, "--as", desk.clerk], check=True, stdout=file)
            inside = subprocess.run(["qpdf", "--qdf", "--object-streams=disable", file.name, "-"], check=True, capture_output=True).stdout
            words = subprocess.run(["pdftotext", "-raw", file.name, "-"], check=True, capture_output=True, text=True).stdout
            fonts = subprocess.run(["pdffonts", file.name], check=True, capture_output=True, text=True).stdout.splitlines()[2:]
        assert f"/Lang ({language})".encode() in inside and b"/StructTreeRoot" in inside, language
        assert words.count(desk.person) == 2, (notice, language, words)
        assert "\ufffd" not in words and fonts and all(re.search(r" yes (yes|no ) +yes ", line) for line in fonts), (notice, language, fonts)
        about = [page for page in words.split("\f") if "SHA-256" in page]
        assert len(about) == 1 and "Draft." in about[0], (notice, language, "what is said of the letter stands on two pages")


def test_service(desk):
    def given():
        return [fact for fact in desk.json("person", "show", desk.person)["facts"] if GIVEN in (fact.get("name"), fact.get("fact"))]
    before = given()
    issued = desk.json("notice", "issue", desk.person, DEPARTURE)
    number = str(issued["number"])
    assert given() == before, "a letter that nobody served starts no time"
    listed = desk.json("notice", "of", desk.person)["notices"]
    assert [one["state"] for one in listed if one["number"] == issued["number"]] == ["issued"]
    served = desk.json("notice", "serve", number, "--by", "in_person", "--understood", "yes", "--proof", "signed by the person")
    assert len(served["events"]) >= 5 and given() and given() != before, served
    shown = desk.json("notice", "show", number)
    assert shown["state"] == "served" and shown["served"]["proof"] == "signed by the person", shown
    assert "was served already" in desk.refused("notice", "serve", number, "--by", "in_person", "--understood", "yes", "--proof", "again")


def main():
    tap = Tap()
    with tempfile.TemporaryDirectory() as folder:
        desk = Desk(folder)
        tap.run("every notice in every language, as gettext reads it", lambda: test_every_language(desk))
        tap.run("a translation that nobody approved is not issued", lambda: test_not_approved(desk))
        tap.run("the hash is that of the text", lambda: test_hash(desk))
        tap.run("pages and PDFs say their languages, and PDFs are whole", lambda: test_pages(desk))
        tap.run("a letter is served once, with its facts", lambda: test_service(desk))
    return tap.done()


if __name__ == "__main__":
    sys.exit(main())
