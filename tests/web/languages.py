"""Aim: whoever reads a page in another language reads all of it. No template says a word outside of {{#say}}; every text of a page
that speaks other languages is in every catalogue of pages/languages, and none stands there that no page says any more; what a
rulebook is said to say, one of them does say. A planted fault of each kind is found.

Texts are said in {{#say}} in a template (format/template.h), and marked SAY("...") in C (web/speech.h); the English text is its own
key. The pages that speak other languages are those that call page_speak: the person's own, the legal representative's, and signing
in. What the staff's pages say is read by the same engine from the same catalogues, but nobody translates it yet.

    languages.py [list | template]    all there is to translate for the pages that speak; all that any page says, as a .pot file
"""
import glob
import os
import re
import sys

SOURCE = os.environ.get("RETURNHUB_SOURCE", ".")
SAID = re.compile(r"\{\{#say\}\}(.*?)\{\{/say\}\}", re.S)
VALUE = re.compile(r"\{\{[a-z_.]+\}\}")
MARKED = re.compile(r'SAY\(\s*((?:"(?:[^"\\]|\\.)*"\s*)+)\)')
QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"')
ROLE = re.compile(r'^ROLE\(\w+, "\w+", "([^"]+)"\)', re.M)
TITLE = re.compile(r'^ *(?:title +)?"((?:[^"\\]|\\.)*)"', re.M)


# Templates that are part of the layout, but never on a page that speaks: they are for staff.
STAFF_ALONE = {"part_stops"}
NO_PAGE = {"feed"}  # read by programs
# Said alike in every language.
NAMES = {"returnhub", "DEMO", "API", "CSV", "JSON", "NDJSON", "PDF", "HTML", "Atom", "OpenDocument", "SHA-256", "UTC"}
PIECE = re.compile(r"\{\{\{.*?\}\}\}|\{\{.*?\}\}|<!--.*?-->|<(code)\b.*?</\1>|<(?:[^<>{}]|\{\{.*?\}\})*>", re.S)
READ_OUT = re.compile(r'\b(?:aria-label|title|alt|placeholder)="([^"]*)"')
WORD = re.compile(r"[A-Za-z]+")


def read(path):
    with open(path, encoding="utf-8") as stream:
        return stream.read()


def texts_of_template(text):
    for said in SAID.findall(text):
        if not VALUE.fullmatch(said):
            yield said


def outside_of_say(text):
    """The words of a template that no catalogue can have."""
    text = re.sub(r"\{\{#say\}\}.*?\{\{/say\}\}", "{{say}}", text, flags=re.S)
    at = 0
    for piece in [*PIECE.finditer(text), None]:
        between = text[at:piece.start() if piece else len(text)]
        attributes = READ_OUT.findall(piece.group()) if piece and piece.group().startswith("<") else []
        at = piece.end() if piece else at
        for part in [between, *attributes]:
            part = re.sub(r"\{\{.*?\}\}|&[a-z]+;", " ", part)
            if WORD.search(part) and part.strip(" .,;:()-") not in NAMES:
                yield part.strip()


def pages_that_speak():
    """The names of the templates of pages that speak, with all that they are made of."""
    names = set()
    for path in glob.glob(os.path.join(SOURCE, "src", "web", "handle_*.c")):
        if "page_speak(" in read(path):
            names.update(re.findall(r'\b(?:page_open|open_page|open_part)\([^;]*?exchange, "([a-z_]+)"', read(path)))
    found = set()
    while names:
        name = names.pop()
        found.add(name)
        parts = re.findall(r"\{\{[><] *([a-z_]+)", read(os.path.join(SOURCE, "pages", name + ".html")))
        names.update(set(parts) - found - STAFF_ALONE)
    return found


def templates():
    for path in sorted(glob.glob(os.path.join(SOURCE, "pages", "*.html"))):
        yield os.path.basename(path)[:-len(".html")], read(path)


def texts_of_c(text):
    for literals in MARKED.findall(text):
        said = "".join(QUOTED.findall(literals)).replace('\\"', '"')
        if said:
            yield said


def faults_of_text(said):
    if said != said.strip() or "\n" in said:
        yield f"not on one line: {said[:60]!r}"
    if re.search(r"[<>&]", said):
        yield f"markup in {said[:60]!r}"
    if re.search(r"\{\{[^a-z.]", said):
        yield f"more than values in {said[:60]!r}"


def said_here():
    """{text: where} of the pages that speak, and the roles, which are said wherever somebody's role is."""
    said = {}
    speaking = pages_that_speak()
    for name, template in templates():
        for text in texts_of_template(template) if name in speaking else ():
            said.setdefault(text, name)
    for pattern in ("*.c", "*.def"):
        for path in sorted(glob.glob(os.path.join(SOURCE, "src", "web", pattern))):
            for text in texts_of_c(read(path)):
                said.setdefault(text, os.path.basename(path))
    for title in ROLE.findall(read(os.path.join(SOURCE, "src", "casework", "access.def"))):
        said.setdefault(title, "access.def")
    return said


def entries_of(text):
    """A catalogue, read a second time: [(context, original, translated)] and its header."""
    entries, header = [], ""
    for block in re.split(r"\n\s*\n", text):
        parts = {"msgctxt": "", "msgid": None, "msgstr": None}
        at = None
        for line in block.splitlines():
            found = re.match(r'(msgctxt|msgid|msgstr) "(.*)"$', line)
            more = re.match(r'"(.*)"$', line)
            if found:
                at = found.group(1)
                parts[at] = found.group(2)
            elif more and at:
                parts[at] += more.group(1)
        if parts["msgid"] == "":
            header = parts["msgstr"]
        elif parts["msgid"] is not None:
            entries.append(tuple(parts[key].replace('\\"', '"') for key in ("msgctxt", "msgid", "msgstr")))
    return header, entries


def law_texts():
    texts = set()
    for path in glob.glob(os.path.join(SOURCE, "rulebooks", "*", "*.rules")):
        texts.update(match.replace('\\"', '"') for match in TITLE.findall(read(path)))
        texts.update(re.findall(r'(?:section|reason|role \w+ +|stage \w+ +|step \w+ +) *"([^"]+)"', read(path)))
    return texts


def faults_of_catalogue(text, said, law):
    header, entries = entries_of(text)
    if "X-Translation-Status:" not in header:
        yield "it does not say how the translation came about"
    pages = {original for context, original, _ in entries if context == "page"}
    for text_said, where in said.items():
        if text_said not in pages:
            yield f"not translated: {text_said!r} ({where})"
    seen = set()
    for context, original, translated in entries:
        if (context, original) in seen:
            yield f"twice: {original!r}"
        seen.add((context, original))
        if context == "page" and original not in said:
            yield f"no page says {original!r}"
        if context == "law" and original not in law:
            yield f"no rulebook says {original!r}"
        if context not in ("page", "law"):
            yield f"unknown context {context!r}"
        if translated == "":
            yield f"empty: {original!r}"
        if sorted(VALUE.findall(original)) != sorted(VALUE.findall(translated)):
            yield f"other values are put into {original!r}"


HEAD = 'msgid ""\nmsgstr ""\n"Language: xx\\n"\n"X-Translation-Status: planted\\n"\n\n'
PAGE = 'msgctxt "page"\nmsgid "Last day: {{day}}"\nmsgstr "XX {{day}}"\n\n'
PLANTED = {
    "a text that is missing": HEAD,
    "a text that no page says": HEAD + PAGE + 'msgctxt "page"\nmsgid "Gone"\nmsgstr "XX"\n',
    "a text of no rulebook": HEAD + PAGE + 'msgctxt "law"\nmsgid "Gone"\nmsgstr "XX"\n',
    "another value": HEAD + PAGE.replace("XX {{day}}", "XX {{year}}"),
    "an empty translation": HEAD + PAGE.replace("XX {{day}}", ""),
    "no status": PAGE,
    "a text twice": HEAD + PAGE + PAGE,
}


OUTSIDE = {
    "a sentence": "<p>Nothing.</p>",
    "a word beside a value": "<p>Born {{day}}</p>",
    "a label that is read out": '<div aria-label="The table">{{#say}}Text{{/say}}</div>',
    "a word between sections": "{{#any}}<b>{{#say}}One{{/say}}</b> and {{/any}}",
}
INSIDE = "<title>{{#say}}A{{/say}} - returnhub</title><code>returnhub serve</code> &ndash; {{value}}, {{#a}}{{#say}}b {{c}}{{/say}}{{/a}}"


def checks_of_templates():
    for title, text in OUTSIDE.items():
        yield f"finds {title} outside of say", [] if list(outside_of_say(text)) else ["it was not found"]
    yield "allows what is said, names and code", list(outside_of_say(INSIDE))
    speaking = pages_that_speak()
    yield f"{len(speaking)} templates speak", [] if {"own", "clients", "sign_in", "layout", "part_own_day"} <= speaking else sorted(speaking)
    everything = {text for _, template in templates() for text in texts_of_template(template)}
    faults = [f"{name}: {text!r}" for name, template in templates() if name not in NO_PAGE for text in outside_of_say(template)]
    yield f"no template says a word outside of say: {len(everything)} texts", faults
    yield "every one of them is plain", [fault for text in everything for fault in faults_of_text(text)]


def checks():
    yield from checks_of_templates()
    said = said_here()
    law = law_texts()
    for title, text in PLANTED.items():
        found = list(faults_of_catalogue(text, {"Last day: {{day}}": "planted"}, {"Known"}))
        yield f"finds {title}", [] if found else ["it was not found"]
    yield "allows a good catalogue", list(faults_of_catalogue(HEAD + PAGE, {"Last day: {{day}}": "planted"}, set()))
    yield "finds markup in a text", [] if list(faults_of_text("a <b>")) else ["it was not found"]
    yield f"{len(said)} texts are plain", [fault for text in said for fault in faults_of_text(text)]
    catalogues = sorted(glob.glob(os.path.join(SOURCE, "pages", "languages", "*.po")))
    names = [os.path.basename(path) for path in catalogues]
    yield "Albanian and Arabic are there", [] if {"ar.po", "sq.po"} <= set(names) else [f"there is {names}"]
    for path in catalogues:
        yield f"{os.path.basename(path)} is whole", list(faults_of_catalogue(read(path), said, law))


def main():
    if sys.argv[1:] == ["list"]:
        for text in said_here():
            print(text)
        return 0
    if sys.argv[1:] == ["template"]:
        for text in sorted({text for _, template in templates() for text in texts_of_template(template)} | set(said_here())):
            quoted = text.replace('"', '\\"')
            print(f'msgctxt "page"\nmsgid "{quoted}"\nmsgstr ""\n')
        return 0
    number = failed = 0
    for name, faults in checks():
        number += 1
        failed += 1 if faults else 0
        print(f"{'not ok' if faults else 'ok'} {number} - {name}")
        for fault in faults:
            print(f"# {fault}")
    print(f"1..{number}")
    return 1 if failed else 0


sys.exit(main())
