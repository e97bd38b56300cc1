#!/usr/bin/env python3
"""Aim: letters in the API: what the command line can, the addresses can; each form of a letter is served as a file, and what is wrong is
a problem."""
import hashlib
import os
import sys
import tempfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from desk import Server, Tap, make_demo, run, signed_in  # noqa: E402


class Letters:
    def __init__(self, clerk, senior, person):
        self.clerk = clerk
        self.senior = senior
        self.person = person

    def write(self, notice, language="en-GB", expect=201):
        status, answer = self.clerk.call("POST", f"/people/{self.person}/letters/new", {"notice": notice, "language": language})
        assert status == expect, (status, answer)
        return answer

    def get(self, path, expect=200, **headers):
        status, answer = self.clerk.call("GET", path, headers=headers)
        assert status == expect, (path, status, answer)
        return answer


def test_forms(letters):
    letter = letters.write("removal_decision")
    base = f"/letters/{letter['number']}"
    assert letters.get(base + "/pdf")[:5] == b"%PDF-"
    assert b'<html lang="en-GB">' in letters.get(base + "/page")
    assert hashlib.sha256(letters.get(base + "/text")).hexdigest() == letter["sha256"]
    page = letters.get(base, Accept="text/html")
    assert letter["sha256"].encode() in page and b"Issued, not served" in page
    listed = letters.get(f"/people/{letters.person}/letters")["notices"]
    assert [one["number"] for one in listed] == [letter["number"]]


def words_are_seen(letters):
    """Whoever signs for a translation has both before them, line by line."""
    status, page = letters.senior.call("GET", "/letters/texts/removal_decision/ar/approval", headers={"Accept": "text/html"})
    texts = letters.get("/letters/texts")["translations"]
    lines = [one["lines"] for one in texts if (one["notice"], one["language"]) == ("removal_decision", "ar")]
    page = page.decode()
    assert status == 200 and "Notice that you are to be removed" in page, (status, page)
    assert [page.count('<td class="govuk-table__cell" lang="ar" dir="rtl">')] == lines, (lines, page)


def test_bilingual(letters):
    problem = letters.write("removal_decision", "ar", expect=409)
    assert "is not approved" in problem["detail"], problem
    assert '"Notice that you are to be removed"' in problem["detail"] and "into Arabic" in problem["detail"], problem  # in no names
    form = letters.get(f"/people/{letters.person}/letters/new", Accept="text/html").decode()
    assert "Arabic, in which no letter is approved" in form and "Demonia North hub" in form
    words_are_seen(letters)
    status, problem = letters.clerk.call("POST", "/letters/texts/removal_decision/ar/approval", {"remark": "read by sworn translator 7"})
    assert status == 403, (status, problem)
    status, approved = letters.senior.call("POST", "/letters/texts/removal_decision/ar/approval", {"remark": "read by sworn translator 7"})
    assert status == 200 and approved["approved"]["event"] > 0, (status, approved)
    form = letters.get(f"/people/{letters.person}/letters/new", Accept="text/html").decode()
    assert "Arabic, in which" not in form and "Albanian, in which no letter is approved" in form
    letter = letters.write("removal_decision", "ar")
    page = letters.get(f"/letters/{letter['number']}", Accept="text/html").decode()
    assert 'lang="ar" dir="rtl"' in page
    texts = letters.get("/letters/texts")["translations"]
    assert [one["language"] for one in texts if "approved" in one] == ["ar"]


def test_service(letters):
    letter = letters.write("removal_decision")
    path = f"/letters/{letter['number']}/service"
    status, problem = letters.clerk.call("POST", path, {"method": "pigeon", "on": "2026-11-28", "understood": "perhaps"})
    assert status == 422 and {error["pointer"] for error in problem["errors"]} == {"/method", "/understood", "/proof"}, (status, problem)
    served = {"method": "in_person", "on": letter["issued_on"], "understood": "no", "proof": "a recording"}
    status, answer = letters.clerk.call("POST", path, served)
    assert status == 200 and len(answer["events"]) > 1, (status, answer)
    status, problem = letters.clerk.call("POST", path, served)
    assert status == 409 and "was served already" in problem["detail"], (status, problem)
    shown = letters.get(f"/letters/{letter['number']}")
    assert shown["state"] == "served" and shown["served"]["understood"] is False, shown


def test_nothing_there(letters):
    for path in ("/letters/1", "/letters/999999999", "/letters/x", "/letters/1/pdf", "/letters/texts/none/ar/approval"):
        status, problem = letters.clerk.call("GET", path)
        assert status == 404 or path.endswith("approval"), (path, status, problem)


def main():
    tap = Tap()
    with tempfile.TemporaryDirectory() as folder:
        store = make_demo(folder, people=200)
        person = run("screen", "enforced_removal", "--format", "csv", "--store", store, "--as", "caseworker").splitlines()[1].split(",")[0]
        server = Server(store)
        try:
            letters = Letters(signed_in(server.port, "caseworker"), signed_in(server.port, "senior"), person)
            tap.run("a letter in each form", lambda: test_forms(letters))
            tap.run("a letter in two languages, when it is approved", lambda: test_bilingual(letters))
            tap.run("a letter is served once", lambda: test_service(letters))
            tap.run("nothing there", lambda: test_nothing_there(letters))
        finally:
            server.stop()
    return tap.done()


if __name__ == "__main__":
    sys.exit(main())
