#!/usr/bin/env python3
"""Are the judge's tests good enough to notice a fault? Faults are made one at a time, and some test must fail on each.

A mutant is src/rulebook/judge*.c with one token or statement changed: an operator, a constant, an entry of a table, a result, a condition negated,
a statement left out, two cases exchanged. Only the changed file is compiled, into a shared library of the judge alone; the tests of the rulebook are run with it until one fails:
the unit tests, the law's own examples, and a part of the enumeration whose answers language.py has computed beforehand. A mutant whose machine
code is the original's is no mutant. One that survives must be listed in equivalent_mutants.txt with the reason why it changes
nothing; one that is listed must survive.

    mutate.py SOURCE BUILD [--whole | --count N] [--seed N] [--only FILE] [--workers N]     writes TAP

RETURNHUB_LONG means --whole; otherwise 12 at random.
"""

import argparse
import concurrent.futures
import hashlib
import json
import os
import pathlib
import random
import re
import resource
import shlex
import subprocess
import sys
import tempfile

TESTS = ["tests/rulebook/test_judge_stops", "tests/rulebook/check_rules", "tests/proof/answer", "tests/rulebook/test_clock",
         "tests/rulebook/test_judge"]
SECONDS_MOST = 30  # of the processor; the slowest test takes one, on a machine short of memory many more
QUICK = 12
PROGRESS = 100  # so often it is said how far a whole run has come
LISTED = "equivalent_mutants.txt"
LIBRARY = "libjudge.so"

TOKEN = re.compile(r"""(?P<skip>\s+|/\*.*?\*/|^\#[^\n]*(?=\n)) | (?P<text>"(?:\\.|[^"\\])*") | (?P<number>\d+) | (?P<word>[A-Za-z_]\w*)
                       | (?P<mark>->|\+\+|--|\+=|-=|&&|\|\||==|!=|<=|>=|.)""", re.X | re.S | re.M)
EXCHANGED = {
    "<": ["<=", ">="], "<=": ["<", ">"], ">": [">=", "<="], ">=": [">", "<"], "==": ["!="], "!=": ["=="], "&&": ["||"], "||": ["&&"],
    "+=": ["-="], "-=": ["+="], "++": ["--"], "true": ["false"], "false": ["true"], "kleene_and": ["kleene_or"],
    "kleene_or": ["kleene_and"], "NODE_LATER": ["NODE_EARLIER"], "NODE_BEFORE": ["NODE_AFTER"],
}
FAMILIES = [
    ["TRUTH_FALSE", "TRUTH_TRUE", "TRUTH_UNKNOWN"], ["CLEARANCE_CLEAR", "CLEARANCE_BARRED", "CLEARANCE_UNKNOWN"],
    ["CLOCK_NOT_STARTED", "CLOCK_RUNNING", "CLOCK_EXPIRED", "CLOCK_UNKNOWN"], ["SUBJECT_PERSON", "SUBJECT_HUB", "SUBJECT_AGREEMENT"],
    ["CLOCK_DAY_START", "CLOCK_DAY_COUNTED", "CLOCK_DAY_SKIPPED", "CLOCK_DAY_LAST", "CLOCK_DAY_MOVED"],
    ["DAY_WORKING", "DAY_WEEKEND", "DAY_HOLIDAY", "DAY_NOT_KNOWN"], ["UNIT_DAYS", "UNIT_WORKING_DAYS", "UNIT_MONTHS", "UNIT_YEARS"],
    ["NODE_LESS", "NODE_LESS_EQUAL", "NODE_GREATER", "NODE_GREATER_EQUAL"],
]
RESULTS = {
    "bool": ["!({})"], "enum truth": FAMILIES[0], "enum clearance": FAMILIES[1], "struct value": ["value_unknown()"],
    "size_t": ["0", "({}) - 1"], "enum day_kind": FAMILIES[5], "struct clock_answer": ["(struct clock_answer){{0}}"],
}
FUNCTION = re.compile(r"^(?:static )?(?:const )?((?:enum |struct )?\w+) \**(\w+)\([^;{]*?\)\n\{", re.M | re.S)
STATEMENT_WORDS = {"return", "if", "for", "while", "switch", "case", "break", "else", "do", "const", "static", "struct", "enum", "continue"}


class Mutant:
    def __init__(self, path, text, start, end, new, what):
        self.path, self.what = path, what
        self.text = text[:start] + new + text[end:]
        first = text.rfind("\n", 0, start) + 1
        last = text.find("\n", end)
        self.line = text.count("\n", 0, start) + 1
        if last - first < 20:  # a `return;` is told from the others by the line before
            first = text.rfind("\n", 0, first - 1) + 1
        self.old = " ".join(text[first:last].split())
        self.new = " ".join((text[first:start] + new + text[end:last]).split())
        before = [match.group(2) for match in FUNCTION.finditer(text) if match.start() <= start]
        self.function = before[-1] if before else "-"
        self.key = (path.name, self.function, self.old, self.new)

    def __str__(self):
        return f"{self.path.name}:{self.line} {self.function}\n- {self.old}\n+ {self.new}"


def tokens_of(text):
    return [(match.lastgroup, match.group(), match.start(), match.end()) for match in TOKEN.finditer(text) if match.lastgroup != "skip"]


def close_of(tokens, at):
    """The token that closes the bracket at `at`."""
    depth = 0
    for i in range(at, len(tokens)):
        depth += tokens[i][1] in "([{"
        depth -= tokens[i][1] in ")]}"
        if depth == 0:
            return i
    raise SyntaxError("a bracket is not closed")


def until(tokens, at, ends):
    """The first of these marks, outside brackets, from `at` on; -1 when a bracket closes before."""
    depth = 0
    for i in range(at, len(tokens)):
        if depth == 0 and tokens[i][1] in ends:
            return i
        depth += tokens[i][1] in "([{"
        depth -= tokens[i][1] in ")]}"
        if depth < 0:
            return i if ")" in ends else -1
    return -1


def bodies(tokens):
    """For each token: is it inside a function (or the initialiser of a table)?"""
    depth, inside = 0, []
    for _, token, _, _ in tokens:
        depth -= token == "}"
        inside.append(depth > 0)
        depth += token == "{"
    return inside


def mutants_of(path):
    text = path.read_text(encoding="utf-8")
    tokens = tokens_of(text)
    inside = bodies(tokens)
    types = [(match.start(), match.group(1)) for match in FUNCTION.finditer(text)]
    found = []

    def add(first, last, new, what):
        found.append(Mutant(path, text, tokens[first][2], tokens[last][3], new, what))

    def said(first, last):
        return text[tokens[first][2]:tokens[last][3]]

    for i, (kind, token, start, _) in enumerate(tokens):
        if not inside[i] or text[text.rfind("\n", 0, start) + 1:].lstrip().startswith("ASSERT("):
            continue  # an assertion holds always: it is there for what is not yet written
        before = tokens[i - 1]
        operand_before = before[0] in ("word", "number") and before[1] != "return" or before[1] in (")", "]")
        if before[1] != "case":
            for new in EXCHANGED.get(token, []):
                add(i, i, new, "exchanged")
            for family in FAMILIES:
                for new in family if token in family else []:
                    if new != token:
                        add(i, i, new, "another of the same kind")
        if kind == "number" and not (before[1] == "[" and tokens[i - 2][1] == "]"):  # not the length of a table's rows
            for new in {int(token) + 1, max(int(token) - 1, 0), 0} - {int(token)}:
                add(i, i, str(new), "another number")
        if token in ("+", "-") and operand_before:
            add(i, i, "-" if token == "+" else "+", "exchanged")
        elif token == "-":
            add(i, i, "", "sign left out")
        if token == "*" and before[0] == "number":
            add(i, i, "+", "exchanged")
        if token == "!":
            add(i, i, "", "negation left out")
        if token in ("if", "while"):
            close = close_of(tokens, i + 1)
            add(i + 2, close - 1, f"!({said(i + 2, close - 1)})", "condition negated")
        if token == "for":
            first = until(tokens, i + 2, ";")
            second = until(tokens, first + 1, ";")
            add(first + 1, second - 1, f"!({said(first + 1, second - 1)})", "condition negated")
        if token == "?":
            colon = until(tokens, i + 1, ":")
            end = until(tokens, colon + 1, (";", ",", ")", "}"))
            add(i + 1, end - 1, f"{said(colon + 1, end - 1)} : {said(i + 1, colon - 1)}", "alternatives exchanged")
        if before[1] in (";", "{", "}", ":") and is_statement(tokens, i):
            end = until(tokens, i, ";")
            if end > 0:
                add(i, end, ";", "statement left out")
        if token in ("break", "return") and tokens[i + 1][1] == ";":
            add(i, i + 1, ";", "statement left out")
        elif token == "return":
            end = until(tokens, i, ";")
            kind_of = [name for at, name in types if at <= start][-1]
            value = said(i + 1, end - 1)
            for form in RESULTS.get(kind_of, []):
                if form.format(value) != value:
                    add(i + 1, end - 1, form.format(value), "another result")
        if token == "case" and tokens[i + 2][1] == ":":
            following = next((k for k in range(i + 3, len(tokens)) if tokens[k][1] in ("case", "switch")), None)
            if following and following != i + 3 and tokens[following][1] == "case" and is_same_switch(tokens, i, following):
                add(i + 1, following + 1, tokens[following + 1][1] + said(i + 2, following) + " " + tokens[i + 1][1], "cases exchanged")
    times = {}
    for mutant in found:  # what reads the same is counted, from the second on
        times[mutant.key] = times.get(mutant.key, 0) + 1
        if times[mutant.key] > 1:
            mutant.function += f"/{times[mutant.key]}"
            mutant.key = (path.name, mutant.function, mutant.old, mutant.new)
    return found


def is_statement(tokens, at):
    """Does a call or an assignment begin here? A declaration does not, nor does an entry of a table."""
    kind, token = tokens[at][:2]
    after, second = tokens[at + 1], tokens[at + 2]
    if token != "*" and (kind != "word" or token in STATEMENT_WORDS or after[0] == "word" or (after[1] == "*" and second[0] == "word")):
        return False
    depth = 0
    for i in range(at - 1, -1, -1):  # the innermost bracket around must be a body
        if tokens[i][1] in ")]}":
            depth += 1
        elif tokens[i][1] in "([{":
            if depth == 0:
                return tokens[i][1] == "{" and tokens[i - 1][1] in (")", "else", "do", ":")
            depth -= 1
    return False


def is_same_switch(tokens, first, second):
    depth = 0
    for i in range(first, second):
        depth += tokens[i][1] == "{"
        depth -= tokens[i][1] == "}"
        if depth < 0:
            return False
    return depth == 0


# --- Building and running

class Workshop:
    def __init__(self, source, folder):
        self.source, self.folder = source, folder
        if not (folder / "build.ninja").exists():
            self.run("meson", "setup", folder, source, "--buildtype=plain", "-Doptimization=1", "-Dwerror=false",
                     env={**os.environ, "CC": "gcc"})
        self.run("ninja", "-C", folder, *TESTS)
        commands = json.loads((folder / "compile_commands.json").read_text(encoding="utf-8"))
        self.compile = {pathlib.Path(command["file"]).name: shlex.split(command["command"]) for command in commands
                        if "librulebook.a.p" in command["command"]}
        self.objects = {path.name.removesuffix(".o"): path for path in (folder / "src/rulebook/librulebook.a.p").glob("judge*.c.o")}
        self.library(folder)
        for test in TESTS:
            words = shlex.split(self.run("ninja", "-C", folder, "-t", "commands", test).splitlines()[-1])
            output, libraries = words.index("-o"), words.index("-Wl,--start-group")
            self.run(*words[:output + 1], self.program(test), "-rdynamic", *words[output + 2:libraries], "-Wl,--no-as-needed",
                     folder / LIBRARY, *words[libraries:], cwd=folder)
        self.law = source / "rulebooks/uk"
        self.run(sys.executable, source / "tests/proof/enumerate.py", "--write", folder, self.law)
        self.questions, self.answers = (folder / "questions").read_bytes(), (folder / "answers").read_bytes()
        self.originals = {}
        self.verdicts = {}  # machine code -> the test that fails, or None

    def run(self, *words, **options):
        done = subprocess.run([str(word) for word in words], capture_output=True, text=True, **options)
        if done.returncode:
            sys.exit(f"Bail out! {' '.join(map(str, words))}\n{done.stdout[-4000:]}{done.stderr[-4000:]}")
        return done.stdout

    def program(self, test):
        """The test, linked with the judge as a shared library."""
        return self.folder / ("shared_" + pathlib.Path(test).name)

    def library(self, place, **changed):
        """The judge as a shared library, with these objects in place of the original ones."""
        self.run("gcc", "-shared", "-o", place / LIBRARY, f"-Wl,-soname,{LIBRARY}", *{**self.objects, **changed}.values())

    def object_of(self, name, text, place):
        """Machine code of a file of the judge with this text; None when it does not compile."""
        changed, made = place / name, place / (name + ".o")
        changed.write_text(text, encoding="utf-8")
        words = self.compile[name]
        output = words.index("-o")
        words = words[:output + 1] + [str(made)] + words[output + 2:-1] + ["-w", "-Werror=return-type", f"-ffile-prefix-map={place}=.", str(changed)]
        words = [word for word in words if word not in ("-MD", "-MQ", "-MF")]
        words = [word for word in words if not word.endswith(".o.d") and not (word.endswith(".c.o") and word != str(made))]
        done = subprocess.run(words, cwd=self.folder, capture_output=True)
        return made if done.returncode == 0 else None

    def holds(self, test, place):
        """Does the test pass with the library of this place?"""
        words, given = [str(self.program(test))], None
        if test.endswith("answer"):
            words, given = words + [str(self.law)], self.questions
        elif test.endswith("check_rules"):
            words += ["-q", str(self.law)]

        def limit():
            resource.setrlimit(resource.RLIMIT_CPU, (SECONDS_MOST, SECONDS_MOST))
            resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        done = subprocess.run(words, input=given, capture_output=True, preexec_fn=limit,
                              env={**os.environ, "RETURNHUB_SOURCE": str(self.source), "LD_LIBRARY_PATH": str(place)})
        return done.returncode == 0 and (given is None or done.stdout == self.answers)

    def failing(self, name, made, place):
        """The first test that fails with this object."""
        self.library(place, **{name: made})
        return next((test for test in TESTS if not self.holds(test, place)), None)

    def judge(self, mutant):
        """"no mutant", "survived", or the test that killed it."""
        with tempfile.TemporaryDirectory() as place:
            place = pathlib.Path(place)
            name = mutant.path.name
            made = self.object_of(name, mutant.text, place)
            if made is None:
                return "no mutant"
            code = hashlib.sha256(made.read_bytes()).digest()
            if code == self.original(name, mutant.path):
                return "no mutant"
            if code not in self.verdicts:
                self.verdicts[code] = self.failing(name, made, place) or "survived"
            return self.verdicts[code]

    def original(self, name, path):
        if name not in self.originals:
            with tempfile.TemporaryDirectory() as place:
                made = self.object_of(name, path.read_text(encoding="utf-8"), pathlib.Path(place))
                self.originals[name] = hashlib.sha256(made.read_bytes()).digest()
        return self.originals[name]

    def unsound(self):
        """The first test that fails on what is not changed."""
        return next((test for test in TESTS if not self.holds(test, self.folder)), None)


def listed(path):
    """(file, function, old line, new line) -> why it changes nothing"""
    found = {}
    for block in path.read_text(encoding="utf-8").split("\n\n"):
        match = re.fullmatch(r"(\S+) (\S+)\n- (.*)\n\+ (.*)\n(.+)", block.strip(), re.S)
        if match:
            found[match.groups()[:4]] = match.group(5)
        elif block.strip() and not block.startswith("#"):
            sys.exit(f"Bail out! {path}: not a mutant with a reason:\n{block}")
    return found


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("source", type=pathlib.Path)
    arguments.add_argument("build", type=pathlib.Path)
    arguments.add_argument("--whole", action="store_true", default=bool(os.environ.get("RETURNHUB_LONG")))
    arguments.add_argument("--count", type=int, default=QUICK)
    arguments.add_argument("--seed", type=int, default=None)
    arguments.add_argument("--only")
    arguments.add_argument("--workers", type=int, default=2)
    given = arguments.parse_args()
    source = given.source.resolve()
    seed = random.SystemRandom().randrange(10**6) if given.seed is None else given.seed
    shop = Workshop(source, given.build.resolve() / "mutants")
    mutants = [mutant for path in sorted((source / "src/rulebook").glob("judge*.c")) if given.only in (None, path.name)
               for mutant in mutants_of(path)]
    made = len(mutants)
    if not given.whole:
        print(f"# seed {seed}")
        mutants = random.Random(seed).sample(mutants, min(given.count, made))
    equivalent = listed(source / "tests/proof" / LISTED)
    killed, survived, none, wrong, kills, seen = 0, 0, 0, [], {}, set()
    unsound = shop.unsound()
    if unsound:
        sys.exit(f"Bail out! {unsound} fails on what is not changed")
    with concurrent.futures.ThreadPoolExecutor(given.workers) as workers:
        for mutant, verdict in zip(mutants, workers.map(shop.judge, mutants)):
            seen.add(mutant.key)
            count = len(wrong)
            if given.whole and (killed + survived + none) % PROGRESS == 0:
                print(f"# {killed + survived + none} of {len(mutants)} tried, {killed} killed", flush=True)
            if verdict == "no mutant":
                none += 1
            elif verdict == "survived":
                survived += 1
                if mutant.key not in equivalent:
                    wrong.append(f"survives: {mutant}")
            else:
                killed += 1
                kills[verdict] = kills.get(verdict, 0) + 1
                if mutant.key in equivalent:
                    wrong.append(f"is killed by {verdict}, and listed as equivalent: {mutant}")
            for line in wrong[count:]:
                print("# " + line.replace("\n", "\n# ") + "\n#", flush=True)
    if given.whole and not given.only:
        lost = [key for key in equivalent if key not in seen]
        wrong += lost
        print("".join(f"# is listed, and not made: {key}\n" for key in lost), end="")
    print(f"# {len(mutants)} of {made} made; {none} do not compile or change no machine code; "
          f"{', '.join(f'{count} by {pathlib.Path(test).name}' for test, count in kills.items())}")
    print("1..2")
    print(f"{'not ok' if wrong else 'ok'} 1 - {killed} of {killed + survived} mutants are killed, {survived} survive and are listed as equivalent")
    enough = killed >= 0.99 * (killed + survived) or not given.whole
    print(f"{'ok' if enough and killed else 'not ok'} 2 - of a hundred mutants at least 99 are killed")
    return 0 if enough and killed and not wrong else 1


if __name__ == "__main__":
    sys.exit(main())
