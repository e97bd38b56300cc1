#!/usr/bin/env python3
"""Aim: whatever words the program itself puts into a page can be translated, whichever way they come there. The desk runs with a catalogue
that puts every text there is into brackets (tests/web/languages.py pseudo), and its pages are read as every account sees them: a text of that
catalogue that stands on a page without brackets was not said, nor was one with values in it that is there filled in. What is data - names, what the law says, what people wrote - is in no
catalogue, and stands as it is.

Whoever is subject of a record, represents them, or is not signed in reads in their own language whatever they can reach: every address that
there is, every link from there, and addresses that are refused. The desk runs once more with what the Albanian catalogue translates, in
brackets: every page is in that language, and whatever stands on it without them is data of the register - no word of English else, whether
any catalogue has it or not. Documents that are in English say so of themselves, and so do files: the heads of CSV are the names of the API,
those of a spreadsheet the words of the table's definition.

Both are shown to find what is planted into the templates that a desk is run with: a sentence, one around a value, one in the title of the page,
in a label that is read out, in the description of a picture, in the page of a problem."""
import csv
import html.parser
import http.client
import os
import re
import shutil
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from desk import PASSWORD, Client, Server, Tap, make_demo, no_pace  # noqa: E402

SOURCE = os.environ["RETURNHUB_SOURCE"]
LANGUAGES = os.path.join(SOURCE, "tests", "web", "languages.py")
OPEN, CLOSE = "\u27e6", "\u27e7"
ACCOUNTS = ("caseworker", "senior", "hub-north", "monitor", "protection", "admin", "statistician", "registrar", "lawyer")
PAGES_AN_ACCOUNT = int(os.environ.get("RETURNHUB_PAGES", "400" if "RETURNHUB_LONG" in os.environ else "60"))
OF_A_KIND = 2
AROUND = " ,.;:()\u2013\u00b7"
WORDS_OF_A_SENTENCE = 3
# What they show is a document in English: that of the API, a published table, the law, the log, the texts of letters.
IN_ENGLISH = re.compile(r"/api$|/releases/|/rulebook$|/log$|/letters/texts$")
OUTSIDE = ("person", "lawyer", None)
REFUSED = ("/nothing-here", "/own/letters/99999", "/clients/RH-000000-0", "/people?limit=x", "/own/record?known_at=yesterday")


def also_data():
    """The titles of the rulebook and of the tables of statistics: the same word may stand on a page as what the law says."""
    found = set()
    for room in ("rulebooks", "statistics", "scenarios"):
        for folder, _, names in os.walk(os.path.join(SOURCE, room)):
            for name in names:
                with open(os.path.join(folder, name), encoding="utf-8") as file:
                    found.update(re.findall(r'"([^"\n]+)"', file.read()))
    return found


def named_in_law():
    """Of a safeguard without a title the name is shown, in words."""
    found = set()
    for folder, _, names in os.walk(os.path.join(SOURCE, "rulebooks")):
        for name in names:
            with open(os.path.join(folder, name), encoding="utf-8") as file:
                found.update(one.replace("_", " ").capitalize() for one in re.findall(r"^safeguard (\w+)", file.read(), re.MULTILINE))
    return found


WORD = re.compile(r"[\w'’-]+")
NUMBER = r"\d[\d,]*"


class Texts(set):
    """The texts of a catalogue; one with values in it is there when its words are, around anything, and one that is put together when one of
    some words is a part of it."""
    filled = re.compile("(?!)")
    beginnings = {}
    law = also_data() | named_in_law()

    def __contains__(self, one):
        return super().__contains__(one) or self.filled.fullmatch(one) is not None or self.has_part(one)

    def has_part(self, one):
        one = one.strip(AROUND)
        if one in self.law:
            return False
        words = WORD.findall(one)
        return any(words[at:at + len(part)] == part for at, word in enumerate(words) for part in self.beginnings.get(word, ()))

    def with_parts(self):
        self.beginnings = {}
        for text in self:
            words = WORD.findall(text)
            if len(words) >= WORDS_OF_A_SENTENCE:
                self.beginnings.setdefault(words[0], []).append(words)
        return self

    def with_values(self, texts):
        """Those of a few words fit what is data, unless a number stands in them."""
        patterns = []
        for text in texts:
            parts = re.split(r"\{\{([a-z_.]+)\}\}", text.strip(AROUND))
            words = len(re.findall(r"[A-Za-z]{2,}", " ".join(parts[::2])))
            if len(parts) > 1 and words >= (1 if "count" in parts[1::2] else WORDS_OF_A_SENTENCE):
                filled = [NUMBER if name == "count" else ".+" for name in parts[1::2]]
                patterns.append("".join(re.escape(part) + value for part, value in zip(parts[::2], [*filled, ""])))
        self.filled = re.compile("|".join(patterns) or "(?!)")
        return self


READ_OUT = ("aria-label", "aria-description", "aria-valuetext", "alt", "title", "placeholder", "label")
VOID = ("area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr")


class Reader(html.parser.HTMLParser):
    """The texts of a page, those that are read out too, and where it leads. What is marked as of another language, as the law is where it is
    not translated and a language's own name, is none of them."""

    def __init__(self, text):
        super().__init__()
        self.texts, self.links, self.inside = [], [], []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        given = dict(attributes)
        marked = tag != "html" and given.get("lang", "la") != "la"
        if (self.inside or marked or tag in ("script", "style", "code", "pre")) and tag not in VOID:
            self.inside.append(tag)
        self.texts += [given[name] for name in READ_OUT if given.get(name) and not marked]
        self.texts += [given["value"]] if tag == "input" and given.get("type") in ("submit", "button", "reset") and given.get("value") else []
        self.texts += [given["content"]] if tag == "meta" and given.get("name") == "description" and given.get("content") else []
        self.links += [given["href"]] if tag == "a" and given.get("href") else []

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
    return [re.sub(r"\s+", " ", one).strip(AROUND) for one in outside]


def unsaid(page, texts):
    return [one for text in Reader(page).texts for one in pieces_of(text) if one in texts or one + "." in texts]


def serve(folder, name, store, catalogue, planted=()):
    """A desk that speaks the language of brackets, with faults planted into it."""
    share(os.path.join(folder, name), catalogue)
    for template, before in planted:
        plant(os.path.join(folder, name), template, before)
    return Server(store, environment={**os.environ, "RETURNHUB_SHARE": os.path.join(folder, name)}, options=no_pace(folder))


def fetch(port, token, path):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    cookie = {"Cookie": f"returnhub_session={token}"} if token else {}
    connection.request("GET", path, headers={"Accept": "text/html", "Accept-Language": "la", **cookie})
    answer = connection.getresponse()
    text = answer.read().decode(errors="replace")
    connection.close()
    return answer.status, answer.getheader("Content-Type") or "", answer.getheader("Location") or "", text


def kind_of(path):
    return re.sub(r"/(?:RH|HUB|AG|MF|JO|OP|D)-[A-Z0-9-]+|/\d+|/[0-9a-f]{12,}|=[^&]*", "/*", path)


def addresses():
    """Those that name nothing, of the one table of addresses."""
    with open(os.path.join(SOURCE, "src", "web", "route.def"), encoding="utf-8") as file:
        return re.findall(r'^ROUTE\(HTTP_GET, "([^"{]+)"', file.read(), re.MULTILINE)


def pages_of(port, token, begin):
    """Pages by what leads to them, few of a kind."""
    waiting, seen, kinds = list(begin), set(), {}
    while waiting and len(seen) < PAGES_AN_ACCOUNT:
        path = waiting.pop(0).split("#")[0]
        kind = kind_of(path)
        if "language=" in path:
            continue  # the same page in another language
        if not path.startswith("/") or path in seen or kinds.get(kind, 0) >= OF_A_KIND or path.startswith(("/assets", "/log/", "/events", "/changes")):
            continue
        seen.add(path)
        kinds[kind] = kinds.get(kind, 0) + 1
        status, content, location, text = fetch(port, token, path)
        if status == 303:
            waiting.insert(0, location)
        elif content.startswith("text/html"):
            yield path, text
            waiting += Reader(text).links


def texts_of(catalogue):
    said = (match.replace('\\"', '"').replace("\\\\", "\\") for match in re.findall(r'^msgid(?:_plural)? "(.+)"$', catalogue, re.MULTILINE))
    texts = {text for text in said if re.search(r"[A-Za-z]{2}", text)} - also_data()
    return Texts(text for text in texts if "{{" not in text).with_values(sorted(text for text in texts if "{{" in text)).with_parts()


def share(folder, catalogue):
    """The program's own files, and among its pages one more language."""
    os.mkdir(folder)
    for name in os.listdir(SOURCE):
        if name not in ("pages", "build", "node_modules", ".git"):
            os.symlink(os.path.join(SOURCE, name), os.path.join(folder, name))
    shutil.copytree(os.path.join(SOURCE, "pages"), os.path.join(folder, "pages"))
    with open(os.path.join(folder, "pages", "languages", "la.po"), "w", encoding="utf-8") as file:
        file.write(catalogue)


def translated(path):
    """What a catalogue of the program translates, in brackets, for the pages that speak alone."""
    with open(path, encoding="utf-8") as file:
        catalogue = file.read()
    entries = re.findall(r'^msgctxt "page"\nmsgid "(.+)"$', catalogue, re.MULTILINE)
    return 'msgid ""\nmsgstr ""\n"Language: la\\n"\n"X-Translation-Status: texts in brackets\\n"\n\n' + \
        "\n".join(f'msgctxt "page"\nmsgid "{text}"\nmsgstr "{OPEN}{text}{CLOSE}"\n' for text in entries)


# Said alike in every language; a reference, a day and a time of day (in English, for nobody wrote them in the language of brackets).
NAMES = {"returnhub", "- returnhub", "Latin", "DEMO", "API", "CSV", "JSON", "UTC", "Atom", PASSWORD}
MONTHS = "January|February|March|April|May|June|July|August|September|October|November|December"
PLAIN = re.compile(rf"[A-Z]{{2,3}}-[A-Z0-9-]+|(?:{MONTHS}) \d+, \d{{4}}|\d\d:\d\d UTC|Synthetic Person \d+")


def data_of(port):
    """What people wrote, where somebody outside may read it: the names of accounts, and the agreements of the demonstration."""
    accounts = Client(port).sign_in("admin").call("GET", "/accounts")[1]["accounts"]
    with open(os.path.join(SOURCE, "data", "demonstration_agreements.csv"), encoding="utf-8") as file:
        agreements = {cell.strip(AROUND) for row in csv.reader(file) for cell in row}
    return agreements | {one[name] for one in accounts for name in ("name", "username")}


def of_no_one(page, data):
    """The words on a page without brackets that are no data, whoever put them there."""
    return [one for text in Reader(page).texts for one in pieces_of(text)
            if re.search("[A-Za-z]{2}", one) and one not in NAMES and one not in data and not PLAIN.fullmatch(one)]


def fault_of_page(path, text, data):
    """What keeps somebody from reading a page in their language; None when they can."""
    found = re.search(r'<html lang="([^"]*)"', text)
    language = found.group(1) if found else "no language"
    if language == "en" and IN_ENGLISH.search(path):
        return None
    left = of_no_one(text, data)
    return f"it is in {language}" if language != "la" else f"not translated: {left}" if left else None


def check_outside(tap, folder, store):
    """The pages of whoever is not of the staff."""
    tap.check("a page in English is found, one that has a word in English, and not one that has a name",
              fault_of_page("/x", '<html lang="en"><p>', set()) and fault_of_page("/x", '<html lang="la"><p>Remove it</p>', set())
              and not fault_of_page("/x", f'<html lang="la"><p>{OPEN}Remove it{CLOSE} Ann <b lang="sq">shqip</b></p>', {"Ann"}))
    server = serve(folder, "outside", store, translated(os.path.join(SOURCE, "pages", "languages", "sq.po")))
    data = data_of(server.port)
    for account in OUTSIDE:
        token = Client(server.port).sign_in(account).token if account else None
        faults, read = [], 0
        for path, text in pages_of(server.port, token, [*REFUSED, *addresses()]):
            read += 1
            fault = fault_of_page(path, text, data)
            faults += [f"{path}: {fault}"] if fault else []
        tap.check(f"{account or 'nobody'} reads all they can reach in their language: {read} pages", not faults and read > 5, "\n".join(faults))
    server.stop()


# Into which template, before what, and what is found of it: by whoever is outside on a page and on the page of a problem, and by the staff.
PLANTED = {
    "a sentence": ("<p>Nobody said this.</p>", "Nobody said this"),
    "a sentence around a value": ("<p>Asked of {{page.title}} three times over.</p>", "three times over"),
    "the title of the page": ("<svg role=\"img\"><title>A way that nobody said</title></svg>", "A way that nobody said"),
    "a label that is read out": ('<div role="region" aria-label="A part that nobody named">{{page.title}}</div>', "A part that nobody named"),
    "the description of a picture": ('<img src="/x" alt="A picture of nothing">', "A picture of nothing"),
}


def plant(folder, template, before):
    """Every fault into a template of a desk that is run."""
    path = os.path.join(folder, "pages", template)
    with open(path, encoding="utf-8") as file:
        text = file.read()
    with open(path, "w", encoding="utf-8") as file:
        file.write(text.replace(before, "".join(fault for fault, _ in PLANTED.values()) + before, 1))


def check_planted(tap, folder, store):
    """Faults in a page of one's own and in the page of a problem are found, each of them on both."""
    server = serve(folder, "planted", store, translated(os.path.join(SOURCE, "pages", "languages", "sq.po")),
                   [("own.html", "<nav"), ("problem.html", "<h1")])
    data = data_of(server.port)
    token = Client(server.port).sign_in("person").token
    for path in ("/own", "/nothing-here"):
        left = of_no_one(fetch(server.port, token, path)[3], data)
        for what, (_, words) in PLANTED.items():
            tap.check(f"{what} that is planted on {path} is found", any(words in one for one in left), left)
    server.stop()


def main():
    tap = Tap()
    catalogue = subprocess.run([sys.executable, LANGUAGES, "pseudo"], check=True, capture_output=True, text=True).stdout
    texts = texts_of(catalogue)
    tap.check("a text without brackets is found, and one within is not", unsaid("<p>Safeguards: 3</p><b>People</b>", {"People"}) == ["People"]
              and unsaid(f"<p>{OPEN}People{CLOSE}, 3 of them</p>", {"People"}) == [])
    planted = Texts().with_values(["Approved by the {{role}}.", "{{a}} of {{b}}", "{{count}} people"])
    tap.check("one with values in it is found, and not what only looks a little like it",
              unsaid("<p>Approved by the Senior officer</p>3 of 4", planted) == ["Approved by the Senior officer"]
              and unsaid(f"<p>1,204 people<b>some people</b>{OPEN}3 people{CLOSE}", planted) == ["1,204 people"]
              and unsaid(f"<p>{OPEN}Approved by the Senior{CLOSE} officer</p>", planted) == [])
    together = Texts(["things are due"]).with_parts()
    tap.check("one that is put together of a text and something else is found, a number too",
              unsaid("<p>For you things are due</p>", together) and unsaid("<p>Kinds (things are due)</p>", together) and unsaid("<p>15 things are due", together)
              and not unsaid(f"<p>15 {OPEN}things are due{CLOSE}</p>For you {OPEN}things are due{CLOSE}<b>some things are</b>", together))
    with tempfile.TemporaryDirectory(prefix="rh-said-") as folder:
        store = make_demo(folder, people=150)
        check_planted(tap, folder, store)
        server = serve(folder, "share", store, catalogue)
        faults, count, said = {}, 0, 0
        for account in ACCOUNTS:
            token = Client(server.port).sign_in(account).token
            for path, text in pages_of(server.port, token, ["/", "/nothing-here", *addresses()]):
                count += 1
                said += text.count(OPEN)
                for one in unsaid(text, texts) if path != "/api" else ():
                    faults.setdefault(one, f"{path} ({account})")
        server.stop()
        check_outside(tap, folder, store)
        print(f"# {count} pages, {said} texts in brackets, {len(texts)} texts there are")
        tap.check("every text of the program is said, on every page", not faults, "\n".join(f"{one!r} on {where}" for one, where in sorted(faults.items())))
        tap.check("there were pages, and texts on them", count > 100 and said > 20 * count, (count, said))
    return tap.done()


if __name__ == "__main__":
    sys.exit(main())
