#!/usr/bin/env python3
"""The rules of the house that a compiler does not check, as TAP.

Each check is run twice: over the tree, where it must find nothing, and over a planted fault, which it must find: a check
that cannot fail is a defect.
"""
import os
import re
import subprocess
import sys
import tempfile

# ARCHITECTURE.md, "Rooms and floors". A room includes rooms of lower floors, or itself.
FLOORS = {
    "base": 0,
    "system": 1, "format": 1, "document": 1,
    "rulebook": 2, "register": 2, "seal": 2, "statistics": 2, "notice": 2, "credential": 2,
    "store": 3, "log": 3,
    "casework": 4, "forecast": 4,
    "demo": 5, "http": 5,
    "web": 6,
    "cli": 7,
}
# Rooms that are pure: they may include nothing of system/.
PURE = {"rulebook", "register", "seal", "statistics", "notice", "credential", "format", "document"}

BANNED = ("strtok sprintf vsprintf strcpy strcat atoi atol strtol strtoul localtime gmtime mktime rand srand alloca "
          "setjmp longjmp gets").split()
ONE_HOME = {"malloc": "base/arena.c", "calloc": "base/arena.c", "realloc": "base/arena.c", "free": "base/arena.c",
            "printf": "cli/output.c", "fprintf": "cli/output.c", "puts": "cli/output.c"}
CALL_OF_BANNED = re.compile(rf"\b({'|'.join(BANNED)})\s*\(")
CALL_AT_HOME = re.compile(rf"(?<![\w.>])\b({'|'.join(ONE_HOME)})\s*\(")


def sources(root, endings=(".c", ".h", ".def")):
    for folder, folders, names in os.walk(root):
        folders.sort()
        for name in sorted(names):
            if name.endswith(endings):
                yield os.path.join(folder, name)


def without_comments_and_text(code):
    return re.sub(r'/\*.*?\*/|"(?:\\.|[^"\\])*"|\'(?:\\.|[^\'\\])*\'', lambda m: "\n" * m.group().count("\n"), code,
                  flags=re.S)


def check_includes(src):
    faults = []
    for path in sources(src):
        room = os.path.relpath(path, src).split(os.sep)[0]
        if room not in FLOORS:
            faults.append(f"{path}: the room {room} has no floor")
            continue
        for number, line in enumerate(open(path, encoding="utf-8"), 1):
            match = re.match(r'\s*#\s*include\s+"([^/"]+)/', line)
            if not match:
                if re.match(r'\s*#\s*include\s+"', line):
                    faults.append(f"{path}:{number}: include with the room's name: {line.strip()}")
                continue
            other = match.group(1)
            if other == room:
                continue
            if other not in FLOORS or FLOORS[other] >= FLOORS[room]:
                faults.append(f"{path}:{number}: {room} may not include {other}")
            elif room in PURE and other == "system":
                faults.append(f"{path}:{number}: {room} is pure and may not include {other}")
    return faults


def check_banned(src):
    faults = []
    for path in sources(src, (".c", ".h")):
        here = os.path.relpath(path, src)
        code = without_comments_and_text(open(path, encoding="utf-8").read())
        for number, line in enumerate(code.split("\n"), 1):
            for name in CALL_OF_BANNED.findall(line):
                faults.append(f"{path}:{number}: {name} is banned")
            for name in CALL_AT_HOME.findall(line):
                if here != ONE_HOME[name]:
                    faults.append(f"{path}:{number}: {name} belongs in {ONE_HOME[name]} alone")
    return faults


# Of each thread, and why it cannot be handed in is said there.
OF_A_THREAD = {("json_memory.c.o", "region")}


def check_globals(folder):
    """Object files of the product: nothing in a writable section. Constant tables with addresses in them stand in
    .data.rel.ro, which is read-only once the program runs."""
    faults = []
    objects = [path for path in sources(folder, (".o",)) if "llhttp" not in path]
    if not objects:
        return [f"{folder}: no object files"]
    tables = subprocess.run(["objdump", "-t", *objects], capture_output=True, text=True, check=True).stdout
    tables = re.split(r"^(?=\S.*: +file format )", tables, flags=re.M)[1:]
    assert len(tables) == len(objects), (len(tables), len(objects))
    for path, table in zip(objects, tables):
        for line in table.splitlines():
            match = re.match(r"^[0-9a-f]+ (.{7}) (\S+)\s+([0-9a-f]+)\s+(?:\.hidden )?(\S+)$", line)
            if not match:
                continue
            flags, section, size, name = match.groups()
            of_a_thread = re.match(r"\.t(data|bss)", section) is not None  # such a symbol is not marked as an object
            if not ("O" in flags or of_a_thread) or int(size, 16) == 0 or re.search(r"asan|ubsan|odr|sancov", name):
                continue
            if of_a_thread and (os.path.basename(path), name) in OF_A_THREAD:
                continue
            if section == "*COM*" or re.match(r"\.(t?data|t?bss)(\.(?!rel\.ro)|$)", section):
                faults.append(f"{path}: {name} is mutable ({section})")
    return faults


def check_format(paths):
    outcome = subprocess.run(["clang-format", "--dry-run", "--Werror", *paths], capture_output=True, text=True)
    return [line for line in outcome.stderr.splitlines() if "error:" in line] if outcome.returncode else []


def check_words(paths):
    """Nothing unfinished, and no path of a machine, in what is kept."""
    faults = []
    pattern = re.compile("|".join(["TO" + "DO", "FIX" + "ME", r"(?<![\w.])/(?:home|work|root)/\w"]))
    for path in paths:
        for number, line in enumerate(open(path, encoding="utf-8", errors="replace"), 1):
            if pattern.search(line):
                faults.append(f"{path}:{number}: {line.strip()[:120]}")
    return faults


# Words of the rulebooks that are common words too, as whole texts in the program: what they mean there.
COMMON_WORDS = {
    "refused": "the answer of a step, and of an error",
    "screening": "a page, and why somebody looked",
    "removed": "an item that a newer rulebook lacks",
}
# Of a particular law or country, wherever they stand in a text of the program.
WORDS_OF_A_LAW = re.compile(
    r"\bBritish\b|United Kingdom|Great Britain|Home Office|First-tier|Upper Tribunal|\bEngland\b|\bScotland\b|Northern Ireland"
    r"|\bUnion\b|European|Member State|Return Regulation|\bDirective\b|\bAct [12]\d{3}\b|\b[Aa]rt(?:icle|\.) ?\d|\(EU\)|rulebooks/[a-z]")
ITEM = re.compile(r"^(?:fact|stage|step|role|notice|safeguard|clock|define|calendar|holidays)\s+([a-z][a-z0-9_.]*)", re.M)
DOCUMENTED = "## Names that the program itself knows"


def law_names(root):
    """The names of every rulebook, and the codes of its countries."""
    names, countries = set(), set()
    for path in sources(os.path.join(root, "rulebooks"), (".rules",)):
        text = open(path, encoding="utf-8").read()
        names.update(ITEM.findall(text))
        countries.update(re.findall(r"^country ([A-Z]{3})", text, re.M))
    return names, countries


def documented_names(root):
    """The names in the first column of the table in docs/rulebook-language.md."""
    text = open(os.path.join(root, "docs", "rulebook-language.md"), encoding="utf-8").read()
    section = text.partition(DOCUMENTED)[2].partition("\n## ")[0]
    return {name for row in re.findall(r"^\| (.*?) \|", section, re.M) for name in re.findall(r"`([a-z_.]+)`", row)}


def without_comments(text):
    return re.sub(r'("(?:\\.|[^"\\])*")|/\*.*?\*/', lambda m: m.group(1) or "\n" * m.group().count("\n"), text, flags=re.S)


def check_law_names(src):
    """No law in C: outside the demonstration no name of a rulebook that is not documented as the program's own, no country's code,
    no words of one law. A folder of templates is held to the same."""
    root = os.environ["RETURNHUB_SOURCE"]
    names, countries = law_names(root)
    known = documented_names(root) | set(COMMON_WORDS)
    compound = {name for name in names - known if "_" in name or "." in name}
    single = names - known - compound
    faults = []
    for path in sources(src, (".c", ".h", ".def", ".in", ".html")):
        if os.path.relpath(path, src).split(os.sep)[0] == "demo":
            continue
        text = without_comments(open(path, encoding="utf-8").read())
        for number, line in enumerate(text.split("\n"), 1):
            literals = re.findall(r'"((?:\\.|[^"\\])*)"', line)
            found = [name for name in re.findall(r"[a-z][a-z0-9_]*(?:\.[a-z][a-z0-9_]*)?", line) if name in compound]
            found += [literal for literal in literals if literal in single or literal in countries]
            found += [word for literal in (literals if not path.endswith(".html") else [line])
                      for word in WORDS_OF_A_LAW.findall(literal)]
            faults += [f"{path}:{number}: {name} belongs to a rulebook: {line.strip()[:100]}" for name in found]
    return faults


def check_documented_names(src):
    """What the documentation says the program knows, it knows."""
    root = os.environ["RETURNHUB_SOURCE"]
    text = "".join(open(path, encoding="utf-8").read() for path in sources(src))
    names = documented_names(root)
    faults = [] if names else [f"docs/rulebook-language.md has no table under {DOCUMENTED}"]
    return faults + [f"{name} is documented and nowhere in src/" for name in sorted(names)
                     if f'"{name}"' not in text]


def check_rulebook_names(paths):
    """What rulebooks/README.md says of a name, there is: safeguards, steps, clocks and facts of the rulebooks."""
    names, _ = law_names(os.environ["RETURNHUB_SOURCE"])
    faults = []
    for path in paths:
        for name in re.findall(r"`([a-z]+[_.][a-z_.]+)`", open(path, encoding="utf-8").read()):
            if name not in names:
                faults.append(f"{path}: no rulebook has {name}")
    return faults


NUMBERS = r'%(?:lld|zu|llu|u|" PRIu64 ")'
NOUNS = re.compile(r'str_noun\([^;]*?"[^"]*",\s*"([a-z]{4,})\b[^"]*"\)')


def check_nouns(src):
    """A number that is told has its noun from str_noun (base/str.h): "1 events" is no sentence. Looked for are the nouns that it is asked for,
    but not what is many anyway: "more than 3 days", "the checkpoint of 256 entries"."""
    texts = {path: re.sub(r'"\s*\n\s*"', "", open(path, encoding="utf-8").read()) for path in sources(src, (".c",))}
    nouns = {noun for text in texts.values() for noun in NOUNS.findall(text)} | {"events", "rows"}
    found = re.compile(f"(?<!of )(?<!to )(?<!than )(?<!first ){NUMBERS} (?:[a-z]+ )?(?:{'|'.join(sorted(nouns))})\\b")
    return [f"{path}: {match.group()}" for path, text in texts.items() for match in found.finditer(text)]


def check_quotes(src):
    """What a message names stands in double quotes. Attributes of a library (name='...'), and what a language of its own needs (SQL, a
    policy of content), are none: looked for are values that are put in, and on the command line words too."""
    faults = []
    for path in sources(src, (".c", ".def")):
        words = "|[a-z][a-z -]*" if os.path.relpath(path, src).startswith("cli" + os.sep) else ""
        single = re.compile(rf"(?<![A-Za-z0-9=])'(?:%(?:\.\*)?s|returnhub %s{words})'(?![A-Za-z0-9])")
        code = re.sub(r"/\*.*?\*/", "", open(path, encoding="utf-8").read(), flags=re.S)
        faults += [f"{path}: {text}" for text in re.findall(r'"(?:\\.|[^"\\\n])*"', code) if single.search(text)]
    return faults


def planted(check, name, text):
    """Runs a check over a folder with one faulty file in it."""
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        if check is check_format:
            for ancestor in (folder,):
                with open(os.path.join(ancestor, ".clang-format"), "w", encoding="utf-8") as style:
                    style.write("BasedOnStyle: LLVM\n")
        if check is check_globals:
            subprocess.run(["gcc", "-c", path, "-o", path + ".o"], check=True)
        return check([path] if check in (check_format, check_words, check_rulebook_names) else folder)


def main():
    root = os.environ["RETURNHUB_SOURCE"]
    build = os.environ["RETURNHUB_BUILD"]
    src = os.path.join(root, "src")
    tracked = subprocess.run(["git", "-C", root, "ls-files", "--cached", "--others", "--exclude-standard"],
                             capture_output=True, text=True).stdout.split("\n")
    kept = [os.path.join(root, name) for name in tracked if os.path.isfile(os.path.join(root, name))]
    code = [path for path in kept if path.endswith((".c", ".h"))]
    text = [path for path in kept if path.endswith((".c", ".h", ".def", ".md", ".rules", ".build", ".py", ".mjs", ".html"))
            and not path.endswith("structure.py")]
    rows = [
        ("folders include only folders below them", lambda: check_includes(src)),
        ("an upward include is found",
         lambda: planted(check_includes, "base/x.c", '#include "store/store.h"\n')),
        ("an include between rooms of one floor is found",
         lambda: planted(check_includes, "rulebook/x.c", '#include "register/event.h"\n')),
        ("banned functions are not called", lambda: check_banned(src)),
        ("a banned function is found", lambda: planted(check_banned, "base/x.c", "void f(void) { strcpy(a, b); }\n")),
        ("malloc outside its home is found",
         lambda: planted(check_banned, "store/x.c", "void f(void) { p = malloc(4); }\n")),
        ("no mutable object at file scope", lambda: check_globals(os.path.join(build, "src"))),
        ("a variable of each thread is found", lambda: planted(check_globals, "x.c", "static _Thread_local int counter; int f(void) { return counter++; }\n")),
        ("a mutable object is found", lambda: planted(check_globals, "x.c", "static int counter; int f(void) { return counter++; }\n")),
        ("no law in C: names, countries and words of a rulebook stand in the rulebooks", lambda: check_law_names(src)),
        ("no law in the page templates", lambda: check_law_names(os.path.join(root, "pages"))),
        ("a step of the UK rulebook in a text is found",
         lambda: planted(check_law_names, "web/x.c", 'str step(void) { return STR("enforced_removal"); }\n')),
        ("a fact of the UK rulebook in a text is found",
         lambda: planted(check_law_names, "cli/x.c", 'str fact(void) { return STR("person.in_uk"); }\n')),
        ("a stage of one word is found", lambda: planted(check_law_names, "web/x.c", 'bool end(str s) { return is(s, "interview"); }\n')),
        ("a country in a text is found", lambda: planted(check_law_names, "web/x.c", 'str home(void) { return STR("GBR"); }\n')),
        ("an authority in a text is found",
         lambda: planted(check_law_names, "web/x.c", 'str who(void) { return STR("Ask the Home Office."); }\n')),
        ("a paragraph of a law in a text is found",
         lambda: planted(check_law_names, "web/x.c", 'str why(void) { return STR("Article 17 applies."); }\n')),
        ("a safeguard named in a template is found",
         lambda: planted(check_law_names, "parts/x.html", "{{#if no_court_order}}<p>Stop</p>{{/if}}\n")),
        ("a number has its noun in one way", lambda: check_nouns(src)),
        ("a noun that is always many is found", lambda: planted(check_nouns, "cli/x.c", 'f("%lld events more", n); g("%zu %s", str_noun(n, "line", "lines"));\n')),
        ("what a message names stands in double quotes", lambda: check_quotes(src)),
        ("a name in single quotes is found", lambda: planted(check_quotes, "web/x.c", 'f(err, "There is no account \'%.*s\'", n);\n')),
        ("a command in single quotes is found", lambda: planted(check_quotes, "cli/x.c", 'const char *help = "as \'tie list\' prints it";\n')),
        ("the names that the documentation says the program knows, it knows", lambda: check_documented_names(src)),
        ("rulebooks/README.md names what the rulebooks have", lambda: check_rulebook_names([os.path.join(root, "rulebooks", "README.md")])),
        ("a name that no rulebook has is found",
         lambda: planted(check_rulebook_names, "README.md", "| H99 | courts | `no_court_odrer` |\n")),
        ("every C file is laid out by clang-format", lambda: check_format(code)),
        ("a badly laid out file is found", lambda: planted(check_format, "x.c", "int   main( ){return 0;}\n")),
        ("nothing unfinished and no machine's path is kept", lambda: check_words(text)),
        ("an unfinished line is found", lambda: planted(check_words, "x.c", "/* TO" + "DO */\n")),
    ]
    print(f"1..{len(rows)}")
    failed = 0
    for number, (aim, check) in enumerate(rows, 1):
        faults = check()
        wanted = aim.endswith("is found")
        ok = bool(faults) == wanted
        failed += not ok
        print(f"{'ok' if ok else 'not ok'} {number} - {aim}")
        if not ok:
            for fault in faults[:40]:
                print(f"# {fault}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
