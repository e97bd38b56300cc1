#!/usr/bin/env python3
"""Every safeguard of a step, judged twice on every combination of what its facts can meaningfully be: by the program, and by language.py,
which was written from the reference of the language alone. Verdicts, needs, clocks and what is read must agree.

A fact's classes are: unknown; yes and no; every choice; numbers one below, at and one above each number that it is compared with, and the
ends of the range; the countries that the condition names and two that it does not; sets of none, one and all of these; dates on both sides of
every threshold (today, and each start whose clock ends yesterday, today or tomorrow), the first and last day that can be written, and the edges of the
calendars in use. Families have none, one or two members.

Where the whole product is larger than BOUND it is thinned first (only the dates where something turns), and if it is still larger: every
definition that it uses is enumerated as a whole; every example of the rulebook is varied in every two facts (three, when long); and random
questions are asked. RETURNHUB_LONG raises the bound.

    enumerate.py ANSWER RULEBOOK_FOLDER [STEP] [SEED]          writes TAP
    enumerate.py --write FOLDER RULEBOOK_FOLDER [STEP] [SEED]  writes a small part as FOLDER/questions and FOLDER/answers, for mutate.py
"""

import itertools
import math
import os
import pathlib
import random
import re
import subprocess
import sys
import tempfile
from datetime import date

sys.dont_write_bytecode = True
import language  # noqa: E402
from language import DAY, FIRST_DAY, LAST_DAY, TRUE, UNKNOWN, Question  # noqa: E402

LONG = bool(os.environ.get("RETURNHUB_LONG"))
BOUND = 5_000_000 if LONG else 30_000
PIECE = 200_000
RANDOM_QUESTIONS = 1_000_000 if LONG else 20_000  # of each safeguard beyond the bound
PAIRS_OF_EXAMPLE = None if LONG else 40  # pairs (triples, when long) of facts varied around an example; None: all
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


class Asked:
    """One question over all its combinations."""

    def __init__(self, kind, name, axes):
        self.kind, self.name, self.axes = kind, name, axes

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


# --- What is asked of a safeguard

def member_records(rulebook, tree, classes, facts, dice, most):
    """Records of a member: all combinations when they are few enough, otherwise the examples of the rulebook and random changes of
    them, first those that give answers of their own."""
    if size(axes_of(classes, facts)) <= most:
        return [dict(zip(facts, values)) for values in itertools.product(*(classes[fact] for fact in facts))]
    examples = [example for _, _, several in rulebook.safeguards.values() for example in several]
    bases = [{fact: given[fact] for fact in facts if fact in given} for _, given, _, _, _ in examples]
    bases = [base for base in bases if base]
    conditions = [rulebook.condition(part[2]) for part, _ in language.parts_of(rulebook, tree) if part[0] == "members"]
    kept, others, seen = [], [], set()
    for i in range(most * 20):
        record = dict(bases[i % len(bases)]) if bases else {}
        for fact in dice.sample(facts, 0 if i < len(bases) else min(len(facts), dice.randrange(4))):
            record[fact] = dice.choice(classes[fact])
        record = {fact: record.get(fact) for fact in facts}
        found = tuple(condition(Question(TODAYS[0], record)) for condition in conditions)
        (others if found in seen else kept).append(record)
        seen.add(found)
    dice.shuffle(kept)
    return (kept + others)[:most]


def family_axes(rulebook, tree, classes, facts, dice, most):
    if not facts:
        return [[[("members", 0)]]]
    records = member_records(rulebook, tree, classes, facts, dice, most)
    return [[[("members", count)] for count in (0, 1, 2)]] + [
        [[((whose, fact), record[fact]) for fact in facts] for record in records] for whose in ("1:", "2:")]


def questions_of(rulebook, kind, name, tree, dice):
    """The whole product on each of the days, as long as it is small; thinned when it is not; None when it is still too large."""
    own, members = language.facts_read(rulebook, tree)
    asked, total = [], 0
    for today in TODAYS:
        for narrow in (False, True):
            classes = classes_of(rulebook, tree, today, narrow)
            axes = axes_of(classes, own)
            most = int((BOUND / 3 / size(axes)) ** 0.5) if members else 1
            if size(axes) <= BOUND and (most >= 3 or not members):
                break
        else:
            return asked or None
        axes = [[[("today", today)]]] + family_axes(rulebook, tree, classes, members, dice, min(most, 100)) + axes
        if asked and total + size(axes) > BOUND:
            break
        total += size(axes)
        asked.append(Asked(kind, name, axes))
    return asked


def around_examples(rulebook, name, dice):
    """Each example, with every two (or three) of its facts taking all their values."""
    _, tree, examples = rulebook.safeguards[name]
    own, members = language.facts_read(rulebook, tree)
    for day, given, family, _, _ in examples:
        classes = classes_of(rulebook, tree, day, narrow=True)
        slots = [("", fact) for fact in own] + [(f"{i + 1}:", fact) for i in range(len(family)) for fact in members]
        base = [("today", day), ("members", len(family))] + [
            ((whose, fact), (family[int(whose[0]) - 1] if whose else given).get(fact)) for whose, fact in slots]
        groups = list(itertools.combinations(slots, min(3 if LONG else 2, len(slots))))
        for group in groups if PAIRS_OF_EXAMPLE is None else dice.sample(groups, min(len(groups), PAIRS_OF_EXAMPLE)):
            yield Asked("safeguard", name, [[base]] + [[[(slot, value)] for value in classes[slot[1]]] for slot in group])


def at_random(rulebook, name, dice):
    """Random questions: half of them from nothing, half from an example with up to six facts changed."""
    _, tree, examples = rulebook.safeguards[name]
    own, members = language.facts_read(rulebook, tree)
    for today in TODAYS[:4]:
        classes = classes_of(rulebook, tree, today)
        slots = [("", fact) for fact in own] + [(whose, fact) for whose in ("1:", "2:") for fact in members]
        axis = []
        for i in range(RANDOM_QUESTIONS // 4):
            day, given, family, _, _ = dice.choice(examples)
            record = {("", fact): given.get(fact) for fact in own}
            record |= {(f"{n + 1}:", fact): (family[n % len(family)] if family else given).get(fact)
                       for n in range(2) for fact in members}
            for slot in dice.sample(slots, min(len(slots), dice.randrange(7))) if i % 2 else slots:
                record[slot] = dice.choice(classes[slot[1]]) if i % 2 or dice.random() < 0.85 else None
            axis.append([("today", today if i % 4 < 2 else day), ("members", dice.randrange(3) if members else 0), *record.items()])
            if len(axis) == 100:
                yield Asked("safeguard", name, [axis])
                axis = []


def questions_of_clock(rulebook, name, dice):
    """Every combination of what its lines ask, and, for each line, every start that the calendars know."""
    tree = ("expired", name)
    asked = questions_of(rulebook, "clock", name, tree, dice) or []
    own, _ = language.facts_read(rulebook, tree)
    classes = classes_of(rulebook, tree, TODAYS[0], narrow=True)
    ask = rulebook.clock(name)
    wanted = set(range(len(rulebook.clocks[name][0])))
    for values in itertools.product(*(classes[fact] for fact in own)):
        facts = dict(zip(own, values))
        state, run, _, _, _ = ask(Question(TODAYS[0], facts))
        if run in wanted and state in ("running", "expired"):
            wanted.discard(run)
            starts = [fact for fact in own if rulebook.facts[fact][0] == "date"]
            days = [[((("", fact), day)) for fact in starts] for day in starts_of(rulebook)]
            rest = [(("", fact), facts[fact]) for fact in own if fact not in starts]
            asked.append(Asked("clock", name, [[rest + [("today", today)] for today in (TODAYS if LONG else TODAYS[:1])], days]))
        if not wanted:
            break
    return asked, wanted


def starts_of(rulebook):
    first = min(said[2] for said in rulebook.calendars.values()) - 40 * DAY
    last = max(said[3] for said in rulebook.calendars.values()) + 40 * DAY
    return ([FIRST_DAY + i * DAY for i in range(40)] + [first + i * DAY for i in range((last - first).days + 1)]
            + [LAST_DAY - i * DAY for i in range(400)])


# --- Comparing

def compare(program, folder, rulebook, questions):
    """(number of judgements, differences as text)"""
    questions = [part for asked in questions for part in asked.parts()]
    with tempfile.TemporaryFile("w+", encoding="utf-8") as file:
        for asked in questions:
            asked.write(rulebook, file)
        file.seek(0)
        with subprocess.Popen([program, str(folder)], stdin=file, stdout=subprocess.PIPE, text=True) as asking:
            count, wrong = 0, []
            for asked in questions:
                mine = asked.answers(rulebook)
                line = asking.stdout.readline().rstrip(" \n")
                count += len(mine)
                if line != " ".join(mine):
                    wrong.append(difference(asked, mine, line.split(" ")))
            asking.stdout.read()
    if asking.returncode:
        wrong.append(f"the program ended with {asking.returncode}")
    return count, wrong


def difference(asked, mine, theirs):
    if len(mine) != len(theirs):
        return f"{asked.name}: {len(theirs)} answers instead of {len(mine)}"
    at = next(i for i in range(len(mine)) if mine[i] != theirs[i])
    chosen = next(itertools.islice(itertools.product(*asked.axes), at, None))
    settings = ";".join(alternative_text(alternative) for alternative in chosen)
    return f"{asked.name}: {theirs[at]} instead of {mine[at]} on {settings}"


def plan(rulebook, step, dice):
    """[(what is tested, questions)]"""
    tests, definitions, large = [], set(), []
    for name, (guards, tree, _) in rulebook.safeguards.items():
        if step not in guards:
            continue
        asked = questions_of(rulebook, "safeguard", name, tree, dice)
        if asked is not None:
            tests.append((f"{name}: the whole product", asked))
        else:
            large.append(name)
            definitions |= {part[1] for part, _ in language.parts_of(rulebook, tree) if part[0] == "definition"}
    for name in sorted(definitions):
        asked = questions_of(rulebook, "definition", name, rulebook.definitions[name], dice)
        if asked is not None:
            tests.append((f"definition {name}: the whole product", asked))
    for name in large:
        tests.append((f"{name}: around its examples", around_examples(rulebook, name, dice)))
        tests.append((f"{name}: at random", at_random(rulebook, name, dice)))
    for name in rulebook.clocks:
        asked, missing = questions_of_clock(rulebook, name, dice)
        assert not missing, f"no facts were found on which lines {missing} of {name} apply"
        tests.append((f"clock {name}: every line, every start", asked))
    return tests


# --- Planted faults: the program is given a rulebook that means something else.

FAULTS = [("<= today", "< today"), (" and ", " or "), (" or ", " and "), ("not ", ""), (">= 1", ">= 2"), (" known", " unknown")]


def with_fault(program, rulebook, canonical, old, new, tests):
    """The first small safeguard in which the words stand, changed: is it seen?"""
    for title, questions in tests:
        name = title.split(":")[0]
        match = re.search(rf"^safeguard {name}\n(.*?)(?=^\S|\Z)", canonical, re.M | re.S)
        if not match or "whole product" not in title:
            continue
        block = match.group()
        clear = re.search(r"clear when.*?(?=\n\n|\n  \w|\n  example|\Z)", block, re.S).group()
        if old not in clear:
            continue
        changed = canonical.replace(block, block.replace(clear, clear.replace(old, new, 1)))
        with tempfile.TemporaryDirectory() as folder:
            (pathlib.Path(folder) / "changed.rules").write_text(changed, encoding="utf-8")
            return name, bool(compare(program, folder, rulebook, questions)[1])
    return None, False


def canonical_of(program, folder):
    made = subprocess.run([program, str(folder)], input="canonical\n", capture_output=True, text=True, check=True)
    return made.stdout.removesuffix("\n.\n")


def reads_of(program, folder, names):
    made = subprocess.run([program, str(folder)], input="".join(f"reads\t{name}\n" for name in names), capture_output=True, text=True,
                          check=True)
    return dict(zip(names, (line.split() for line in made.stdout.splitlines())))


def write_part(folder, rulebook, step, dice):
    """A part that is judged in a moment."""
    with open(folder / "questions", "w", encoding="utf-8") as questions, open(folder / "answers", "w", encoding="utf-8") as answers:
        for name, (_, tree, _) in rulebook.safeguards.items():
            questions.write(f"reads\t{name}\n")
            answers.write("".join(f"{fact} " for fact in watched(rulebook, tree)) + "\n")
        for title, asked_of in plan(rulebook, step, dice):
            for asked in itertools.islice(asked_of, 4 if "at random" in title else 200):
                if size(asked.axes) <= 3000:
                    asked.write(rulebook, questions)
                    answers.write("".join(f"{answer} " for answer in asked.answers(rulebook)) + "\n")


def main():
    program, folder = sys.argv[1], pathlib.Path(sys.argv[2])
    if program == "--write":
        target, folder, rest = folder, pathlib.Path(sys.argv[3]), sys.argv[4:]
    else:
        target, rest = None, sys.argv[3:]
    step = rest[0] if rest else "hub_transfer"
    seed = int(rest[1]) if len(rest) > 1 else 1951
    dice = random.Random(seed)
    rulebook = language.Rulebook(folder)
    if target:
        write_part(target, rulebook, step, dice)
        return 0
    print(f"# seed {seed}; bound {BOUND}", flush=True)
    results, total = [], 0

    def test(held, name, detail=()):
        results.append(held)
        print(f"{'ok' if held else 'not ok'} {len(results)} - {name}", flush=True)
        for line in list(detail)[:3]:
            print(f"# {line}")

    canonical = canonical_of(program, folder)
    again = language.Rulebook(canonical)
    test((again.facts, again.definitions, again.clocks, again.safeguards, again.calendars, again.holidays)
         == (rulebook.facts, rulebook.definitions, rulebook.clocks, rulebook.safeguards, rulebook.calendars, rulebook.holidays),
         "the canonical text reads the same as the files")
    examples, wrong = 0, []
    for name, (_, tree, several) in rulebook.safeguards.items():
        for day, given, family, answer, needs in several:
            truth, needed = rulebook.condition(tree)(Question(day, given, family))
            examples += 1
            if ["barred", "unknown", "clear"][truth] != answer or (needs and sum(rulebook.bits[n] for n in set(needs)) != needed):
                wrong.append(f"{name}: {answer}")
    test(not wrong, f"language.py holds the rulebook's own {examples} examples", wrong)
    guarded = [name for name, (guards, _, _) in rulebook.safeguards.items() if step in guards]
    test(bool(guarded), f"{len(guarded)} safeguards guard {step}")
    reads = reads_of(program, folder, list(rulebook.safeguards))
    wrong = [f"{name}: {reads[name]}" for name, (_, tree, _) in rulebook.safeguards.items() if reads[name] != watched(rulebook, tree)]
    test(not wrong, f"what {len(reads)} safeguards read", wrong)
    tests = plan(rulebook, step, dice)
    for title, questions in tests:
        count, wrong = compare(program, folder, rulebook, questions)
        total += count
        test(count > 0 and not wrong, f"{title}: {count} judgements", wrong)
    test(total > 100_000, f"{total} judgements compared")
    for old, new in FAULTS:
        name, seen = with_fault(program, rulebook, canonical, old, new, tests)
        if name:
            test(seen, f"a planted fault is seen: {old.strip()} becomes {new.strip() or 'nothing'} in {name}")
    print(f"1..{len(results)}")
    return 0 if all(results) else 1


if __name__ == "__main__":
    sys.exit(main())
