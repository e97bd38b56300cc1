#!/usr/bin/env python3
"""Aim: whatever words the program itself puts into a page can be translated, whichever way they come there. The desk runs with a catalogue
that puts every text there is into brackets (tests/web/languages.py pseudo), and its pages are read as every account sees them: a text of that
catalogue that stands on a page without brackets was not said. What is data - names, what the law says, what people wrote - is in no
catalogue, and stands as it is."""
import html.parser
import http.client
import os
import re
import shutil
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from desk import Client, Server, Tap, make_demo  # noqa: E402

SOURCE = os.environ["RETURNHUB_SOURCE"]
LANGUAGES = os.path.join(SOURCE, "tests", "web", "languages.py")
OPEN, CLOSE = "\u27e6", "\u27e7"
ACCOUNTS = ("caseworker", "senior", "hub-north", "monitor", "protection", "admin", "statistician", "registrar", "lawyer")
PAGES_AN_ACCOUNT = int(os.environ.get("RETURNHUB_PAGES", "400" if "RETURNHUB_LONG" in os.environ else "60"))
OF_A_KIND = 2
# What it shows is the document of the API, which is in English.
IN_ENGLISH = ("/api",)


class Reader(html.parser.HTMLParser):
    """The texts of a page, those that are read out too, and where it leads."""

    def __init__(self, text):
        super().__init__()
        self.texts, self.links, self.inside = [], [], []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        if tag in ("script", "style", "code", "pre"):
            self.inside.append(tag)
        for name, value in attributes:
            if name in ("aria-label", "alt", "title", "placeholder") and value:
                self.texts.append(value)
            if tag == "a" and name == "href" and value:
                self.links.append(value)

    def handle_endtag(self, tag):
        if self.inside and self.inside[-1] == tag:
            self.inside.pop()

    def handle_data(self, data):
        if not self.inside:
            self.texts.append(data)


def pieces_of(text):
    """What of a text stands outside of brackets, part by part."""
    outside, depth, part = [], 0, ""
    for letter in text:
        if letter == OPEN:
            depth, part = depth + 1, outside.append(part) or ""
        elif letter == CLOSE:
            depth = max(depth - 1, 0)
        elif depth == 0:
            part += letter
    outside.append(part)
    return [re.sub(r"\s+", " ", one).strip(" ,.;:()\u2013\u00b7") for one in outside]


def unsaid(page, texts):
    return [one for text in Reader(page).texts for one in pieces_of(text) if one in texts or one + "." in texts]


def fetch(port, token, path):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    connection.request("GET", path, headers={"Accept": "text/html", "Accept-Language": "la", "Cookie": f"returnhub_session={token}"})
    answer = connection.getresponse()
    text = answer.read().decode(errors="replace")
    connection.close()
    return answer.status, answer.getheader("Content-Type") or "", answer.getheader("Location") or "", text


def kind_of(path):
    return re.sub(r"/(?:RH|HUB|AG|MF|JO|OP|D)-[A-Z0-9-]+|/\d+|/[0-9a-f]{12,}|=[^&]*", "/*", path)


def pages_of(port, token):
    """Pages by what leads to them, few of a kind."""
    waiting, seen, kinds = ["/", "/account", "/people", "/hubs", "/agreements", "/manifests", "/books", "/statistics", "/rulebook", "/access", "/log",
                            "/monitor", "/operations", "/stops", "/looks", "/glass", "/api", "/accessibility", "/letters/texts", "/forecast",
                            "/screening", "/rulebook/what-if", "/accounts", "/nothing-here"], set(), {}
    while waiting and len(seen) < PAGES_AN_ACCOUNT:
        path = waiting.pop(0).split("#")[0]
        kind = kind_of(path)
        if not path.startswith("/") or path in seen or kinds.get(kind, 0) >= OF_A_KIND or path.startswith(("/assets", "/log/")):
            continue
        seen.add(path)
        kinds[kind] = kinds.get(kind, 0) + 1
        status, content, location, text = fetch(port, token, path)
        if status == 303:
            waiting.insert(0, location)
        elif content.startswith("text/html"):
            yield path, text
            waiting += Reader(text).links


def also_data():
    """The titles of the rulebook and of the tables of statistics: the same word may stand on a page as what the law says."""
    found = set()
    for room in ("rulebooks", "statistics", "scenarios"):
        for folder, _, names in os.walk(os.path.join(SOURCE, room)):
            for name in names:
                with open(os.path.join(folder, name), encoding="utf-8") as file:
                    found.update(re.findall(r'"([^"\n]+)"', file.read()))
    return found


def texts_of(catalogue):
    said = (match.replace('\\"', '"').replace("\\\\", "\\") for match in re.findall(r'^msgid "(.+)"$', catalogue, re.MULTILINE))
    return {text for text in said if "{{" not in text and re.search(r"[A-Za-z]{2}", text)} - also_data()


def share(folder, catalogue):
    """The program's own files, and among its pages one more language."""
    os.mkdir(folder)
    for name in os.listdir(SOURCE):
        if name not in ("pages", "build", "node_modules", ".git"):
            os.symlink(os.path.join(SOURCE, name), os.path.join(folder, name))
    shutil.copytree(os.path.join(SOURCE, "pages"), os.path.join(folder, "pages"))
    with open(os.path.join(folder, "pages", "languages", "la.po"), "w", encoding="utf-8") as file:
        file.write(catalogue)


def main():
    tap = Tap()
    catalogue = subprocess.run([sys.executable, LANGUAGES, "pseudo"], check=True, capture_output=True, text=True).stdout
    texts = texts_of(catalogue)
    tap.check("a text without brackets is found, and one within is not", unsaid("<p>Safeguards: 3</p><b>People</b>", {"People"}) == ["People"]
              and unsaid(f"<p>{OPEN}People{CLOSE}, 3 of them</p>", {"People"}) == [])
    with tempfile.TemporaryDirectory(prefix="rh-said-") as folder:
        share(os.path.join(folder, "share"), catalogue)
        store = make_demo(folder, people=150)
        server = Server(store, environment={**os.environ, "RETURNHUB_SHARE": os.path.join(folder, "share")})
        faults, count, said = {}, 0, 0
        for account in ACCOUNTS:
            token = Client(server.port).sign_in(account).token
            for path, text in pages_of(server.port, token):
                count += 1
                said += text.count(OPEN)
                for one in unsaid(text, texts) if path not in IN_ENGLISH else ():
                    faults.setdefault(one, f"{path} ({account})")
        server.stop()
        print(f"# {count} pages, {said} texts in brackets, {len(texts)} texts there are")
        tap.check("every text of the program is said, on every page", not faults, "\n".join(f"{one!r} on {where}" for one, where in sorted(faults.items())))
        tap.check("there were pages, and texts on them", count > 100 and said > 20 * count, (count, said))
    return tap.done()


if __name__ == "__main__":
    sys.exit(main())
