"""Aim: whoever reads a page in another language reads all of it. No template says a word outside of {{#say}}; every text of a page
that speaks other languages is in every catalogue of pages/languages, and none stands there that no page says any more; what a
rulebook is said to say, one of them does say. A planted fault of each kind is found.

Texts are said in {{#say}} in a template (format/template.h), and marked SAY("...") in C (web/speech.h); the English text is its own
key, and so is the text of an error that a person reads, marked TOLD("...") (base/result.h). The pages that speak other languages are
those that call page_speak, for whoever asks, or page_speak_unless_staff, for the person, their lawyer and whoever is not signed in: what
the person may reach (tests/server/said.py goes through it), and signing in.

What the staff's pages say is read by the same engine from the same catalogues, but nobody translates it yet. Nothing has to be marked for
that: every text in src/web, and every title in the lists of the register and of casework, is a text to translate, but for what is told as an
error, is a header, or stands in a call that names a thing of the machine. Whether the templates say each of them is found out on the pages
themselves (tests/server/said.py). A sentence that C puts together of pieces (arena_format, buf_put_c) has no translation: it is a text with
values in it instead (view_said). What goes with a number stands in COUNTED("{{count}} day", "{{count}} days") and nowhere else, for other
languages have other forms, and more of them (format/plural.h). What is no sentence, or belongs to a document in English, stands in composed.txt, each under its reason.

    languages.py [list | template | pseudo | composed]    all there is to translate for the pages that speak; all that any page says, as a .pot
                                                          file; the same as a catalogue in brackets; the sentences that C puts together
"""
import gettext
import glob
import json
import os
import re
import sys

SOURCE = os.environ.get("RETURNHUB_SOURCE", ".")
SAID = re.compile(r"\{\{#say\}\}(.*?)\{\{/say\}\}", re.S)
VALUE = re.compile(r"\{\{[a-z_.]+\}\}")
MARKED = re.compile(r'\b(?:SAY|TOLD)\(\s*((?:"(?:[^"\\]|\\.)*"\s*)+)\)')
COUNTED = re.compile(r'\bCOUNTED(?:_INIT)?\(\s*((?:"(?:[^"\\]|\\.)*"\s*)+),\s*((?:"(?:[^"\\]|\\.)*"\s*)+)\)')
QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"')
ROLE = re.compile(r'^ROLE\(\w+, "\w+", "([^"]+)"\)', re.M)
ERROR = re.compile(r'^ERROR\(\w+, "[^"]+", \d+, \d+, "([^"]+)"\)', re.M)
TITLE = re.compile(r'^ *(?:title +)?"((?:[^"\\]|\\.)*)"', re.M)


# Templates that are part of the layout, but never on a page that speaks: they are for staff.
STAFF_ALONE = {"part_stops"}
# Documents in English, whole and so marked: a published table, with all that must be said about it in the words of its definition.
IN_ENGLISH = {"release"}
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
    for path in sorted(glob.glob(os.path.join(SOURCE, "src", "web", "*.c"))):
        if re.search(r"\bpage_speak(?:_unless_staff)?\(", read(path)):
            names.update(re.findall(r'\b(?:page_open|open_page|open_part)\([^;]*?exchange, "([a-z_]+)"', read(path)))
    found = set()
    names -= IN_ENGLISH
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


LITERALS = re.compile(r'"(?:[^"\\\n]|\\.)*"(?:\s*"(?:[^"\\\n]|\\.)*")*')
TOKEN = re.compile(LITERALS.pattern + r"|(\w+)?\s*\(|\)|'(?:[^'\\]|\\.)+'")
BYTES = re.compile(r"(?:\\x[0-9A-Fa-f]{2})+")
WORDS = re.compile(r"^[A-Z][a-z]+$|^[A-Z].* |[a-z] [a-z]|[a-z], [a-z]|[a-z]{3,}:? %|%[a-z.*]+ [a-z]{3,}")
DIRECTIVE = re.compile(r"%[-+ 0#]*(?:\*|\d+)?(?:\.(?:\*|\d+))?(?:ll|l|z)?[dsuxc]")
# Whose literals nobody reads on a page: errors of what was asked, headers, keys, addresses, files.
NOT_SHOWN = {"err_set", "err_hint", "result_ignore", "http_header_set", "http_header_get", "answer_text", "json_object_get", "page_href", "lacks", "refuse"}
PUT_TOGETHER = {"arena_format", "buf_format", "buf_put_c", "buf_put", "snprintf"}


def literals_of_c(text):
    """(text, names of the calls around it) of each string; neighbours are one."""
    text = re.sub(r"/\*.*?\*/|^#include[^\n]*", " ", text, flags=re.S | re.M)
    calls = []
    for token in TOKEN.finditer(text):
        if token.group().endswith("("):
            calls.append(token.group(1) or "")
        elif token.group() == ")":
            calls = calls[:-1]
        elif token.group().startswith('"'):
            said = "".join(QUOTED.findall(token.group())).replace('\\"', '"').replace("\\n", "\n")
            yield BYTES.sub(lambda found: bytes.fromhex(found.group().replace("\\x", "")).decode(errors="replace"), said), calls


def counted_of_c(text):
    """{of one: of any other number}"""
    return {"".join(QUOTED.findall(one)): "".join(QUOTED.findall(other)) for one, other in COUNTED.findall(text)}


def texts_and_pieces(text):
    """The texts that C puts into pages as they are, and those that it puts together of pieces."""
    texts, pieces = set(), set()
    for said, calls in literals_of_c(COUNTED.sub("", text)):
        if "{{count}}" in said:
            pieces.add(said)
            continue
        if VALUE.search(said):
            texts.add(said)
            continue
        if not WORDS.search(said) or NOT_SHOWN & set(calls) or "<" in said or said.startswith("/"):
            continue
        if "$" in said or not re.search(r"[A-Za-z]{2}", DIRECTIVE.sub("", said)):
            continue  # a command to type, a path of a picture
        alone = re.fullmatch(r"[A-Z].*[^: ]", said) and not DIRECTIVE.search(said)
        composed = not alone and (DIRECTIVE.search(said) or PUT_TOGETHER & set(calls[-2:])) or "\n" in said
        (pieces if composed else texts).add(said if composed else said.strip())
    return texts, pieces


def staff_texts():
    texts, pieces = set(), set()
    places = [("web", "*.c"), ("web", "*.def"), ("register", "*.def"), ("casework", "access.def"), ("casework", "agreement_state.def")]
    for room, pattern in places:
        for path in sorted(glob.glob(os.path.join(SOURCE, "src", room, pattern))):
            found, composed = texts_and_pieces(read(path))
            texts |= found
            pieces |= {f"{os.path.basename(path)}: {json.dumps(piece)}" for piece in composed}
    return texts, pieces


def counted_here():
    counted = {}
    for path in sorted(glob.glob(os.path.join(SOURCE, "src", "web", "*.c"))):
        counted.update(counted_of_c(read(path)))
    return counted


def faults_of_counted(counted):
    for one, other in counted.items():
        yield from faults_of_text(one)
        yield from faults_of_text(other)
        if "{{count}}" not in other or set(VALUE.findall(one)) - {"{{count}}"} != set(VALUE.findall(other)) - {"{{count}}"}:
            yield f"of any other number it does not name the number, or other values: {other!r}"


def composed_faults(pieces, allowed):
    """A sentence that is put together and was not before; one that stands in the list and is no more."""
    return [f"put together in C, so nobody can translate it: {one}" for one in sorted(pieces - allowed)] + \
        [f"no longer there, take it out of composed.txt: {one}" for one in sorted(allowed - pieces)]


def allowed_pieces(lines):
    """Those of the list, and those among them that stand under no reason."""
    reason, allowed, bare = "", set(), []
    for line in lines:
        if line.startswith("# "):
            reason = line
        else:
            allowed.add(line)
            bare += [] if reason else [f"no reason is said: {line}"]
    return allowed, bare


def checks_of_staff():
    texts, pieces = staff_texts()
    allowed, bare = allowed_pieces(read(os.path.join(SOURCE, "tests", "web", "composed.txt")).splitlines())
    yield f"{len(texts)} texts that C puts into pages can be translated; {len(pieces)} are put together, and why", composed_faults(pieces, allowed) + bare
    planted = 'static void f(void) { page_set(&page, "lead", STR("You have looked at a record")); json_set(view, "x", ' \
        'arena_format(arena, "You have %lld records", n)); snprintf(text, sizeof text, "longest %s", time); err_set(err, ERROR_INPUT, "No such day"); }'
    yield "finds a text, and a sentence that is put together", \
        [] if texts_and_pieces(planted) == ({"You have looked at a record"}, {"You have %lld records", "longest %s"}) else [str(texts_and_pieces(planted))]
    counted = counted_here()
    yield f"{len(counted)} texts go with a number", list(faults_of_counted(counted)) + ([] if len(counted) > 30 else ["they were not found"])
    planted = 'json_set_str(view, "x", view_counted(context, n, COUNTED("{{count}} day", "{{count}} "\n "days"))); view_said(context, "{{count}} weeks", v);'
    yield "finds what goes with a number, and a number that nothing else goes with", \
        [] if counted_of_c(planted) == {"{{count}} day": "{{count}} days"} and texts_and_pieces(planted) == (set(), {"{{count}} weeks"}) else [str(texts_and_pieces(planted))]
    yield "finds a text that does not say its number", [] if list(faults_of_counted({"{{count}} day": "days"})) else ["it was not found"]
    yield "finds a sentence that was not put together before", [] if composed_faults({"a"}, set()) and composed_faults(set(), {"a"}) else ["it was not found"]
    yield "finds one that has no reason", [] if allowed_pieces(["x.c: 1", "# Drawn", "y.c: 2"])[1] == ["no reason is said: x.c: 1"] else ["it was not found"]


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
    for room, pattern in (("web", "*.c"), ("web", "*.def"), ("casework", "*.c")):
        for path in sorted(glob.glob(os.path.join(SOURCE, "src", room, pattern))):
            for text in texts_of_c(read(path)):
                said.setdefault(text, os.path.basename(path))
    for meaning in ERROR.findall(read(os.path.join(SOURCE, "src", "base", "error.def"))):
        said.setdefault(meaning, "error.def")
    for title in ROLE.findall(read(os.path.join(SOURCE, "src", "casework", "access.def"))):
        said.setdefault(title, "access.def")
    return said


def entries_of(text):
    """A catalogue, read a second time: its header, and [(context, original, of other numbers or None, [forms])]."""
    entries, header = [], ""
    for block in re.split(r"\n\s*\n", text):
        parts = {"msgctxt": "", "msgid": None, "msgid_plural": None}
        at = None
        for line in block.splitlines():
            found = re.match(r'(msgctxt|msgid|msgid_plural|msgstr|msgstr\[\d\]) "(.*)"$', line)
            more = re.match(r'"(.*)"$', line)
            if found:
                at = found.group(1)
                parts[at] = found.group(2)
            elif more and at:
                parts[at] += more.group(1)
        parts = {key: value.replace('\\"', '"') for key, value in parts.items() if value is not None}
        forms = [value for key, value in parts.items() if key.startswith("msgstr")]
        if parts.get("msgid") == "":
            header = forms[0]
        elif "msgid" in parts:
            entries.append((parts["msgctxt"], parts["msgid"], parts.get("msgid_plural"), forms))
    return header, entries


def law_texts():
    texts = set()
    for path in glob.glob(os.path.join(SOURCE, "rulebooks", "*", "*.rules")):
        texts.update(match.replace('\\"', '"') for match in TITLE.findall(read(path)))
        texts.update(re.findall(r'(?:section|reason|role \w+ +|stage \w+ +|step \w+ +) *"([^"]+)"', read(path)))
    return texts


def own_titles():
    """What somebody's own record is told in: the stage they are in, the steps that led there, the times that run. Each is translated."""
    return {title for path in glob.glob(os.path.join(SOURCE, "rulebooks", "*", "*.rules"))
            for title in re.findall(r'^(?:stage|step|clock) [^"\n]*\n?[^"\n]*"([^"\n]+)"', read(path), re.MULTILINE)}


def forms_of(header):
    """How many forms the language has, as GNU gettext's rule is read by another program; None where it says none, or one that no number has."""
    found = re.search(r"Plural-Forms: *nplurals=(\d+); *plural=([^;]+);", header)
    if not found:
        return None
    form = gettext.c2py(found.group(2))
    return int(found.group(1)) if {form(number) for number in range(1001)} == set(range(int(found.group(1)))) else None


def faults_of_counted_entry(entry, counted, form_count):
    _, original, other, forms = entry
    if counted.get(original) != other:
        yield f"no page says {original!r} of one and {other!r} of others"
    if len(forms) != form_count:
        yield f"{len(forms)} forms of {original!r}, and the language has {form_count}"
    for form in forms:
        if form == "" or set(VALUE.findall(form)) - {"{{count}}"} != set(VALUE.findall(original)) - {"{{count}}"}:
            yield f"empty, or other values are put into {form!r}"


def faults_of_catalogue(text, said, law, counted, titles=frozenset()):
    header, entries = entries_of(text)
    form_count = forms_of(header)
    if "X-Translation-Status:" not in header:
        yield "it does not say how the translation came about"
    if form_count is None:
        yield "it does not say which forms go with a number, or one of them with none"
    for entry in entries:
        yield from faults_of_counted_entry(entry, counted, form_count) if entry[2] is not None else ()
    entries = [(context, original, forms[0]) for context, original, other, forms in entries if other is None]
    pages = {original for context, original, _ in entries if context == "page"}
    for text_said, where in said.items():
        if text_said not in pages:
            yield f"not translated: {text_said!r} ({where})"
    for title in sorted(titles - {original for context, original, _ in entries if context == "law"}):
        yield f"a title of the law is not translated: {title!r}"
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


HEAD = 'msgid ""\nmsgstr ""\n"Language: xx\\n"\n"X-Translation-Status: planted\\n"\n"Plural-Forms: nplurals=2; plural=n != 1;\\n"\n\n'
PAGE = 'msgctxt "page"\nmsgid "Last day: {{day}}"\nmsgstr "XX {{day}}"\n\n'
DAYS = 'msgctxt "page"\nmsgid "{{count}} day"\nmsgid_plural "{{count}} days"\n'
DAYS_SAID = {"{{count}} day": "{{count}} days"}
PLANTED = {
    "a text that is missing": HEAD,
    "a text that no page says": HEAD + PAGE + 'msgctxt "page"\nmsgid "Gone"\nmsgstr "XX"\n',
    "a text of no rulebook": HEAD + PAGE + 'msgctxt "law"\nmsgid "Gone"\nmsgstr "XX"\n',
    "another value": HEAD + PAGE.replace("XX {{day}}", "XX {{year}}"),
    "an empty translation": HEAD + PAGE.replace("XX {{day}}", ""),
    "no status": PAGE,
    "a text twice": HEAD + PAGE + PAGE,
    "no forms": HEAD.replace("Plural-Forms", "Forms") + PAGE,
    "a form of no number": HEAD.replace("nplurals=2", "nplurals=3") + PAGE,
    "a form too few": HEAD + PAGE + DAYS + 'msgstr[0] "XX"\n',
    "an empty form": HEAD + PAGE + DAYS + 'msgstr[0] "XX"\nmsgstr[1] ""\n',
    "another value in a form": HEAD + PAGE + DAYS + 'msgstr[0] "XX"\nmsgstr[1] "{{days}} XX"\n',
    "another text of others": HEAD + PAGE + DAYS.replace("days", "weeks") + 'msgstr[0] "XX"\nmsgstr[1] "XX"\n',
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
    yield from checks_of_staff()
    said = said_here()
    law = law_texts()
    for title, text in PLANTED.items():
        found = list(faults_of_catalogue(text, {"Last day: {{day}}": "planted"}, {"Known"}, DAYS_SAID))
        yield f"finds {title}", [] if found else ["it was not found"]
    lacking = list(faults_of_catalogue(HEAD + PAGE, {"Last day: {{day}}": "planted"}, {"Known"}, DAYS_SAID, {"Known"}))
    yield "finds a title of the law that is missing", [] if len(lacking) == 1 else lacking + ["it was not found, or another was"]
    titles = own_titles()
    yield f"{len(titles)} stages, steps and clocks have titles", [] if titles and titles <= law else sorted(titles - law)
    good = HEAD + PAGE + DAYS + 'msgstr[0] "one XX"\nmsgstr[1] "{{count}} XX"\n'
    yield "allows a good catalogue", list(faults_of_catalogue(good, {"Last day: {{day}}": "planted"}, set(), DAYS_SAID))
    yield "finds markup in a text", [] if list(faults_of_text("a <b>")) else ["it was not found"]
    yield f"{len(said)} texts are plain", [fault for text in said for fault in faults_of_text(text)]
    catalogues = sorted(glob.glob(os.path.join(SOURCE, "pages", "languages", "*.po")))
    names = [os.path.basename(path) for path in catalogues]
    yield "Albanian and Arabic are there", [] if {"ar.po", "sq.po"} <= set(names) else [f"there is {names}"]
    for path in catalogues:
        yield f"{os.path.basename(path)} is whole", list(faults_of_catalogue(read(path), said, law, counted_here(), titles))


def quoted(text):
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")


def print_catalogue(form):
    everything = {text for _, template in templates() for text in texts_of_template(template)} | set(said_here()) | staff_texts()[0]
    for text in sorted(everything):
        print(f'msgctxt "page"\nmsgid "{quoted(text)}"\nmsgstr "{form.replace("{}", quoted(text))}"\n')
    for one, other in sorted(counted_here().items()):
        forms = "".join(f'msgstr[{at}] "{form.replace("{}", quoted(text))}"\n' for at, text in enumerate((one, other)))
        print(f'msgctxt "page"\nmsgid "{quoted(one)}"\nmsgid_plural "{quoted(other)}"\n{forms}')


def main():
    if sys.argv[1:] == ["list"]:
        for text in said_here():
            print(text)
        return 0
    if sys.argv[1:] == ["template"]:
        print_catalogue("")
        return 0
    if sys.argv[1:] == ["pseudo"]:
        print('msgid ""\nmsgstr ""\n"Language: la\\n"\n"X-Pages: all\\n"\n"X-Translation-Status: texts in brackets\\n"\n"Plural-Forms: nplurals=2; plural=(n != 1);\\n"\n')
        print_catalogue("\u27e6{}\u27e7")
        return 0
    if sys.argv[1:] == ["composed"]:
        print("\n".join(sorted(staff_texts()[1])))
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
