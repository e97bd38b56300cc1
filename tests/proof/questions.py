"""What both judges are asked about a rulebook, and whether they agree: for enumerate.py and factorise.py.

A fact's classes are: unknown; yes and no; every choice; numbers one below, at and one above each number that it is compared with, and the
ends of the range; the countries that the condition names and two that it does not; sets of none, one and all of these; dates on both sides of
every threshold (today, and each start whose clock ends yesterday, today or tomorrow), the first and last day that can be written, and the edges of the
calendars in use.
"""

import itertools
import math
import subprocess
from datetime import date

import language
from language import DAY, FIRST_DAY, LAST_DAY, Question

PIECE = 200_000
DRAWN_TOGETHER = 100
TODAYS = [date(2026, 11, 30), date(2028, 2, 29), date(2027, 12, 31), date(2026, 3, 2), date(1900, 1, 1), date(2199, 12, 31)]
DAYS_IN = {"day": 1, "working": 1.45, "month": 30.44, "year": 365.25}
NUMBER_LEAST, NUMBER_MOST = -2**63, 2**63 - 1


# --- The classes of a fact

def durations_of(rulebook, tree):
    return [part[1] for part, _ in language.parts_of(rulebook, tree) if part[0] == "sum"]


def turns(ask, durations, today):
    """The days, near so long before or after today, on which the answer turns: both sides of each."""
    found = set()
    for count, unit, _ in [(0, "day", None), *durations]:
        for sign in (1, -1):
            try:
                center = today + int(sign * count * DAYS_IN[unit]) * DAY
                days = [center + i * DAY for i in range(-45, 46)]
            except OverflowError:
                continue
            answers = [ask(day) if FIRST_DAY <= day <= LAST_DAY else None for day in days]
            for i in range(1, len(days)):
                if answers[i] != answers[i - 1] and FIRST_DAY <= days[i - 1] and days[i] <= LAST_DAY:
                    found |= {days[i - 1], days[i]}
    return found


def dates_of(rulebook, tree, today, narrow):
    """fact -> its dates"""
    dates, edges = {}, {}
    for part, _ in language.parts_of(rulebook, tree):
        if part[0] == "compare":
            facts = [p[1] for p, _ in language.parts_of(rulebook, part) if p[0] == "fact" and rulebook.facts[p[1]][0] == "date"]
            judge = rulebook.condition(part)
            for fact in facts:
                def ask(day):
                    return judge(Question(today, {**dict.fromkeys(facts, today), fact: day}))[0]
                dates.setdefault(fact, set()).update(turns(ask, durations_of(rulebook, part), today))
        elif part[0] in ("expired", "running", "last_day"):
            runs, moved = rulebook.clocks[part[1]]
            for run, (duration, start, _) in enumerate(runs):
                facts = [p[1] for p, _ in language.parts_of(rulebook, start) if p[0] == "fact"]
                value = rulebook.value(start)

                def order(day):
                    first = value(Question(today, dict.fromkeys(facts, day)))[0]
                    last = None if first is None else rulebook.last_day(part[1], run, first)
                    return None if last is None else (last < today) if narrow else (last > today) - (last < today)
                found = turns(order, [duration, *durations_of(rulebook, start)], today)
                for fact in facts:
                    dates.setdefault(fact, set()).update(found)
                    for name in {duration[2] if duration[1] == "working" else None, moved} - {None}:
                        first, last = rulebook.calendars[name][2:]
                        edges.setdefault(fact, set()).update({last + DAY} if narrow else {first - DAY, first, last, last + DAY})
    for fact in dates:
        dates[fact] |= edges.get(fact, set())
        dates[fact] |= set() if narrow else {today - DAY, today, today + DAY, FIRST_DAY, LAST_DAY}
    return {fact: {day for day in days if FIRST_DAY <= day <= LAST_DAY} for fact, days in dates.items()}


def classes_of(rulebook, tree, today, narrow=False):
    """fact -> unknown and its values"""
    own, members = language.facts_read(rulebook, tree)
    literals = {}  # the literals that stand beside a fact
    for part, _ in language.parts_of(rulebook, tree):
        if part[0] in ("compare", "in_list", "in_set"):
            below = [p for p, _ in language.parts_of(rulebook, part)]
            beside = [p[1] for p in below if p[0] == "literal"]
            for fact in [p[1] for p in below if p[0] == "fact"]:
                literals.setdefault(fact, set()).update(beside)
    named = {code for beside in literals.values() for code in beside if code in rulebook.countries}
    countries = sorted(named) + [code for code in rulebook.countries if code not in named][:2]
    dates = dates_of(rulebook, tree, today, narrow)
    found = {}
    for fact in dict.fromkeys(own + members):
        kind, choices = rulebook.facts[fact]
        if kind == "flag":
            values = ["yes", "no"]
        elif kind == "choice":
            values = choices
        elif kind == "number":
            near = {n + d for n in literals.get(fact, {0}) or {0} for d in (-1, 0, 1)}
            values = sorted(near if narrow else near | {NUMBER_LEAST, NUMBER_MOST})
        elif kind == "country":
            values = countries
        elif kind == "countries":
            values = [frozenset(), *(frozenset([code]) for code in countries), frozenset(countries)]
        elif kind == "date":
            values = sorted(dates.get(fact) or {today})
        else:
            values = ["words"]
        found[fact] = [None, *values]
    return found


# --- Questions: what is asked, and axes of alternatives; an alternative sets slots. A slot is "today", "members", or a fact of the
# question's own ("", fact) or of a member ("1:", fact).

def axes_of(classes, facts, whose=""):
    return [[[((whose, fact), value)] for value in classes[fact]] for fact in facts]


def size(axes):
    return math.prod(len(axis) for axis in axes)


def text_of(value):
    if value is None:
        return "unknown"
    if isinstance(value, frozenset):
        return ",".join(sorted(value)) or "none"
    return str(value)


def alternative_text(alternative):
    return ";".join(f"{slot if isinstance(slot, str) else slot[0] + slot[1]}={text_of(value)}" for slot, value in alternative)


def drawn(kind, name, axes, count, dice):
    """So many combinations, drawn at random."""
    for first in range(0, count, DRAWN_TOGETHER):
        yield Asked(kind, name, [[[setting for axis in axes for setting in dice.choice(axis)]
                                  for _ in range(min(DRAWN_TOGETHER, count - first))]])


class Asked:
    """One question over all its combinations."""

    def __init__(self, kind, name, axes):
        self.kind, self.name, self.axes = kind, name, axes
        self.whole = True  # nothing is left out

    def parts(self):
        """The same in pieces that fit into memory."""
        if size(self.axes) <= PIECE:
            return [self]
        longest = max(range(len(self.axes)), key=lambda i: len(self.axes[i]))
        halves = [self.axes[longest][::2], self.axes[longest][1::2]]
        return [part for half in halves
                for part in Asked(self.kind, self.name, self.axes[:longest] + [half] + self.axes[longest + 1:]).parts()]

    def write(self, rulebook, file):
        file.write(f"ask\t{self.kind}\t{self.name}\n")
        if self.kind != "clock":
            file.write("watch\t" + "\t".join(watched(rulebook, self.tree(rulebook))) + "\n")
        for axis in self.axes:
            file.write("axis\t" + "\t".join(alternative_text(alternative) for alternative in axis) + "\n")
        file.write("go\n")

    def tree(self, rulebook):
        return {"safeguard": lambda: rulebook.safeguards[self.name][1], "definition": lambda: rulebook.definitions[self.name],
                "clock": lambda: ("expired", self.name)}[self.kind]()

    def answers(self, rulebook):
        """What language.py says, as the program writes it."""
        own, members = {}, [{}, {}]
        question = Question(None, own)
        words = {}
        bits = [rulebook.bits[fact] for fact in watched(rulebook, self.tree(rulebook))]
        judge = rulebook.clock(self.name) if self.kind == "clock" else rulebook.condition(self.tree(rulebook))

        def verdict():
            found = judge(question)
            word = words.get(found)
            if word is None:
                truth, needs = found
                mask = sum(1 << i for i, bit in enumerate(bits) if needs & bit)
                word = words[found] = "buc"[truth] + (f"{mask:x}" if mask else "")
            return word

        def state():
            state, run, start, last, _ = judge(question)
            days = "" if last is None else f":{(start - EPOCH).days}:{(last - EPOCH).days}"
            return f"{state[0]}{run or 0}{days}"

        answer = state if self.kind == "clock" else verdict
        prepared = []
        for axis in self.axes:
            prepared.append([[(None if isinstance(slot, str) else own if not slot[0] else members[int(slot[0][0]) - 1],
                               slot if isinstance(slot, str) else slot[1], value) for slot, value in alternative]
                             for alternative in axis])
        out = []

        def walk(depth):
            if depth == len(prepared):
                out.append(answer())
                return
            for alternative in prepared[depth]:
                for facts, fact, value in alternative:
                    if facts is not None:
                        facts[fact] = value
                    elif fact == "today":
                        question.today = value
                    else:
                        question.members = members[:value]
                walk(depth + 1)

        walk(0)
        return out


EPOCH = date(1970, 1, 1)


def watched(rulebook, tree):
    own, members = language.facts_read(rulebook, tree)
    return [fact for fact in rulebook.facts if fact in own or fact in members]


# --- Comparing

class Program:
    """The program with a rulebook; asked one thing at a time, and its answer read before the next, so that neither waits for the other."""

    def __init__(self, path, folder):
        self.path, self.folder = path, folder
        self.running = subprocess.Popen([path, str(folder)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        with self.running:
            self.running.stdin.close()

    def say(self, line):
        self.running.stdin.write(line)
        self.running.stdin.flush()

    def ask(self, asked, rulebook):
        asked.write(rulebook, self.running.stdin)
        self.running.stdin.flush()

    def answer(self):
        line = self.running.stdout.readline()
        if not line:
            raise RuntimeError(f"the program ended with {self.running.wait()}")
        return line.split()

    def canonical(self):
        self.say("canonical\n")
        return "".join(iter(self.running.stdout.readline, ".\n"))[:-1]

    def reads(self, safeguard):
        self.say(f"reads\t{safeguard}\n")
        return self.answer()


def compare(program, rulebook, questions):
    """(number of judgements, differences as text)"""
    count, wrong = 0, []
    for asked in (part for asked in questions for part in asked.parts()):
        program.ask(asked, rulebook)
        mine = asked.answers(rulebook)
        theirs = program.answer()
        count += len(mine)
        if mine != theirs:
            wrong.append(difference(asked, mine, theirs))
    return count, wrong


def difference(asked, mine, theirs):
    if len(mine) != len(theirs):
        return f"{asked.name}: {len(theirs)} answers instead of {len(mine)}"
    at = next(i for i in range(len(mine)) if mine[i] != theirs[i])
    chosen = next(itertools.islice(itertools.product(*asked.axes), at, None))
    settings = ";".join(alternative_text(alternative) for alternative in chosen)
    return f"{asked.name}: {theirs[at]} instead of {mine[at]} on {settings}"
