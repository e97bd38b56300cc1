#!/usr/bin/env python3
"""Every safeguard of a step, judged twice on every combination of what its facts can meaningfully be: by the program, and by language.py,
which was written from the reference of the language alone. Verdicts, needs, clocks and what is read must agree.

How a fact's values are classed says questions.py. Families have none, one or two members.

Where the whole product is larger than BOUND it is thinned first (only the dates where something turns), and if it is still larger it is
enumerated by its parts (factorise.py); every definition that it uses is enumerated too, every example of the rulebook is varied in every two facts
(three, when long), and random questions are asked. RETURNHUB_LONG raises the bound, and leaves nothing out of what is enumerated by its parts.

    enumerate.py ANSWER RULEBOOK_FOLDER [STEP] [SEED]          writes TAP
    enumerate.py --write FOLDER RULEBOOK_FOLDER [STEP] [SEED]  writes a small part as FOLDER/questions and FOLDER/answers, for mutate.py
"""

import contextlib
import copy
import itertools
import os
import pathlib
import random
import re
import sys
import tempfile
from datetime import date

sys.dont_write_bytecode = True
import language  # noqa: E402
from factorise import Family, Proof, Split, Values  # noqa: E402
from language import DAY, FIRST_DAY, LAST_DAY, Question  # noqa: E402
from questions import TODAYS, Asked, Program, axes_of, classes_of, compare, size, watched  # noqa: E402

LONG = bool(os.environ.get("RETURNHUB_LONG"))
BOUND = 5_000_000 if LONG else 30_000
BOUND_OF_DAYS = BOUND if LONG else 5_000  # of the days after the first
OF_SPLIT = None if LONG else 2_500  # judgements of each split; None: all
LOOKED_AT = None if LONG else 100  # combinations by which the values of a definition are found; None: all
RANDOM_QUESTIONS = 1_000_000 if LONG else 4_000  # of each safeguard beyond the bound
RECORDS_MOST = 100  # of a member of the family
STARTS = 800  # of each line of a clock, when not long
PAIRS_OF_EXAMPLE = None if LONG else 10  # pairs (triples, when long) of facts varied around an example; None: all


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
        most = min(most, RECORDS_MOST)
        axes = [[[("today", today)]]] + family_axes(rulebook, tree, classes, members, dice, most) + axes
        if asked and total + size(axes) > BOUND_OF_DAYS:
            break
        total += size(axes)
        asked.append(Asked(kind, name, axes))
        asked[-1].whole = not members or size(axes_of(classes, members)) <= most
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
    """Every combination of what its lines ask, and, for each line, every start that the calendars know (some of these, when not long)."""
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
            every = starts_of(rulebook)
            days = [[((("", fact), day)) for fact in starts] for day in (every if LONG else sorted(dice.sample(every, STARTS)))]
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


def of_members(rulebook, tree):
    """The definitions that are asked of members of the family. Where not every record of a member is tried, but one of every value that these can
    have, they are enumerated by themselves."""
    return {part[2][1] for part, _ in language.parts_of(rulebook, tree) if part[0] == "members" and part[2][0] == "definition"}


def plan(rulebook, step, dice):
    """([(what is tested, questions)], [what is split])"""
    tests, definitions, large, families = [], set(), [], []
    for name, (guards, tree, _) in rulebook.safeguards.items():
        if step not in guards:
            continue
        asked = questions_of(rulebook, "safeguard", name, tree, dice)
        if asked is not None:
            whole = all(of_day.whole for of_day in asked)
            tests.append((f"{name}: the whole product{'' if whole else ' with some members of the family'}", asked))
            if not whole and tree[0] == "members":
                families.append(Family(rulebook, name))
            elif not whole:
                definitions |= of_members(rulebook, tree)
        else:
            large.append(("safeguard", name))
            definitions |= {part[1] for part, _ in language.parts_of(rulebook, tree) if part[0] == "definition"}
    for name in sorted(definitions):
        asked = questions_of(rulebook, "definition", name, rulebook.definitions[name], dice)
        if asked is not None:
            tests.append((f"definition {name}: the whole product", asked))
        else:
            large.append(("definition", name))
    for kind, name in large:
        if kind == "safeguard":
            tests.append((f"{name}: around its examples", around_examples(rulebook, name, dice)))
            tests.append((f"{name}: at random", at_random(rulebook, name, dice)))
    for name in rulebook.clocks:
        asked, missing = questions_of_clock(rulebook, name, dice)
        assert not missing, f"no facts were found on which lines {missing} of {name} apply"
        tests.append((f"clock {name}: every line, {'every start' if LONG else 'some starts'}", asked))
    splits = {}
    for kind, name in large:  # a safeguard that only names a definition is split as that definition is
        split = Split(rulebook, kind, name)
        if not split.of_members:
            splits.setdefault(split.changed, split)
    return tests, [*splits.values(), *families]


def values_of(rulebook, splits, dice):
    """(day, values): those that the definitions below the splits can have on each day, by the dates where something turns."""
    whole = ("and", [split.whole for split in splits])
    return [(today, Values(rulebook, today, classes_of(rulebook, whole, today, narrow=True), dice, LOOKED_AT))
            for today in (TODAYS if LONG else TODAYS[:1]) if splits]


def prove(program, canonical, split, values, dice):
    """(held, what, details): of one split."""
    if isinstance(split, Family):
        yield from prove_family(program, split, values)
        return
    with Proof(program, split, canonical) as proof:
        yield proof.same, f"{split}: with flags in the place of {len(split.condition.parts)} definitions the text is otherwise the same", ()
        count, wrong = proof.conditions(TODAYS[0], dice, OF_SPLIT)
        yield count > 0 and not wrong, f"{split}: truths of its definitions: {count} judgements", wrong
        for today, of_day in values:
            proof.compare(today, of_day, OF_SPLIT)
        part = "the whole" if LONG else "a part of the"
        yield (proof.judgements > 0 and not proof.wrong, f"{split}: {part} product by its parts: {proof.judgements} judgements", proof.wrong)
        if LONG:
            yield (proof.stands_for == proof.there_are,
                   f"{split}: these stand for {proof.stands_for} combinations, and there are {proof.there_are}", ())


def prove_family(program, family, values):
    judgements, wrong, stand_for, there_are = 0, [], 0, 0
    for today, of_day in values:
        there_are += family.combinations(of_day.classes)
        for combinations, asked in family.questions(today, of_day, OF_SPLIT):
            count, different = compare(program, family.rulebook, [asked])
            judgements, stand_for, wrong = judgements + count, stand_for + combinations, wrong + different
    part = "every value" if LONG else "some values"
    yield judgements > 0 and not wrong, f"{family}: {part} of {family.part} of one member and of two: {judgements} judgements", wrong
    if LONG:
        yield stand_for == there_are, f"{family}: of one member these stand for {stand_for} combinations, and there are {there_are}", ()


# --- Planted faults: the program is given a rulebook that means something else.

FAULTS = [("<= today", "< today"), (" and ", " or "), (" or ", " and "), ("not ", ""), (">= 1", ">= 2"), (" known", " unknown")]
FAULTS_OF_SPLIT = [(" or ", " and "), (" and ", " or "), (" = ", " != "), ("expired", "running"), ("not ", "")]


@contextlib.contextmanager
def given(program, text):
    """The program with another rulebook."""
    with tempfile.TemporaryDirectory() as folder:
        (pathlib.Path(folder) / "changed.rules").write_text(text, encoding="utf-8")
        with Program(program.path, folder) as changed:
            yield changed


def changed_text(canonical, word, name, old, new):
    """The text with the words changed where they first stand in what this safeguard or definition asks; None when they do not."""
    block = re.search(rf"^{word} {name}\n.*?(?=^\S|\Z)", canonical, re.M | re.S)
    asks = block and re.search(r"clear when.*?(?=\n\n|\n  \w|\n  example|\Z)" if word == "safeguard" else r"\n  [^\"\n]*$", block.group(), re.M | re.S)
    if not asks or old not in asks.group():
        return None
    at = block.start() + asks.start() + asks.group().index(old)
    return canonical[:at] + new + canonical[at + len(old):]


def with_fault(program, rulebook, canonical, old, new, tests):
    """The first small safeguard in which the words stand, changed: is it seen?"""
    for title, questions in tests:
        name = title.split(":")[0]
        text = changed_text(canonical, "safeguard", name, old, new) if "whole product" in title else None
        if text:
            with given(program, text) as changed:
                return name, bool(compare(changed, rulebook, questions)[1])
    return None, False


def with_fault_in(program, split, canonical, values, name, old, new):
    """The definition changed, of which the split consists or which is a part of it: is it seen? None when the words do not stand in it."""
    text = changed_text(canonical, split.changed[0] if name == split.changed[1] else "define", name, old, new)
    if text is None:
        return None
    today, of_day = values[0]
    with given(program, text) as changed:
        seen = any(compare(changed, split.rulebook, [piece.asked])[1] for piece in split.pieces(today, of_day, OF_SPLIT))
    if name == split.changed[1]:  # with flags too
        with Proof(program, split, text) as proof:
            proof.compare(today, of_day, OF_SPLIT)
            seen = seen and any("not what its parts make of it" in wrong for wrong in proof.wrong)
    return seen


def write_part(folder, rulebook, step, dice):
    """A part that is judged in a moment."""
    with open(folder / "questions", "w", encoding="utf-8") as questions, open(folder / "answers", "w", encoding="utf-8") as answers:
        for name, (_, tree, _) in rulebook.safeguards.items():
            questions.write(f"reads\t{name}\n")
            answers.write("".join(f"{fact} " for fact in watched(rulebook, tree)) + "\n")
        for title, asked_of in plan(rulebook, step, dice)[0]:
            for asked in itertools.islice(asked_of, 4 if "at random" in title else 200):
                if size(asked.axes) <= 3000:
                    asked.write(rulebook, questions)
                    answers.write("".join(f"{answer} " for answer in asked.answers(rulebook)) + "\n")


class Results:
    """What is written: TAP."""

    def __init__(self):
        self.held = []

    def test(self, held, name, detail=()):
        self.held.append(held)
        print(f"{'ok' if held else 'not ok'} {len(self.held)} - {name}", flush=True)
        for line in list(detail)[:3]:
            print(f"# {line}")


def test_reading(results, program, canonical, rulebook):
    """Both have read the same rulebook."""
    again = language.Rulebook(canonical)
    results.test((again.facts, again.definitions, again.clocks, again.safeguards, again.calendars, again.holidays)
                 == (rulebook.facts, rulebook.definitions, rulebook.clocks, rulebook.safeguards, rulebook.calendars, rulebook.holidays),
                 "the canonical text reads the same as the files")
    examples, wrong = 0, []
    for name, (_, tree, several) in rulebook.safeguards.items():
        for day, facts, family, answer, needs in several:
            truth, needed = rulebook.condition(tree)(Question(day, facts, family))
            examples += 1
            if ["barred", "unknown", "clear"][truth] != answer or (needs and sum(rulebook.bits[n] for n in set(needs)) != needed):
                wrong.append(f"{name}: {answer}")
    results.test(not wrong, f"language.py holds the rulebook's own {examples} examples", wrong)
    reads = {name: program.reads(name) for name in rulebook.safeguards}
    wrong = [f"{name}: {reads[name]}" for name, (_, tree, _) in rulebook.safeguards.items() if reads[name] != watched(rulebook, tree)]
    results.test(not wrong, f"what {len(reads)} safeguards read", wrong)


def test_faults(results, program, canonical, rulebook, tests, splits, values):
    for old, new in FAULTS:
        name, seen = with_fault(program, rulebook, canonical, old, new, tests)
        if name:
            results.test(seen, f"a planted fault is seen: {old.strip()} becomes {new.strip() or 'nothing'} in {name}")
    for split in splits:
        if isinstance(split, Family) or not LONG and split.kind == "definition":
            continue  # a part of the product need not show what is wrong in a part
        for name in (split.changed[1], *(split.condition.parts if LONG else [])):
            for old, new in FAULTS_OF_SPLIT:
                seen = with_fault_in(program, split, canonical, values, name, old, new)
                if seen is not None:
                    results.test(seen, f"{split}: a planted fault is seen: {old.strip()} becomes {new.strip() or 'nothing'} in {name}")
                    break


def forgetful(values):
    """The same, but that a definition never has the first of several values."""
    less = copy.copy(values)
    less.of = lambda name, fixed: dict(list(values.of(name, fixed).items())[1:]) or values.of(name, fixed)
    return less


def test_counting(results, split, values):
    """Values that are left out are missed."""
    today, of_day = values[0]
    count = sum(piece.count for piece in split.pieces(today, forgetful(of_day)))
    results.test(0 < count < split.combinations(of_day.classes), f"{split}: a value that is left out is missed: {count} combinations")


def test_all(program, rulebook, step, dice):
    results = Results()
    canonical = program.canonical()
    test_reading(results, program, canonical, rulebook)
    guarded = [name for name, (guards, _, _) in rulebook.safeguards.items() if step in guards]
    results.test(bool(guarded), f"{len(guarded)} safeguards guard {step}")
    tests, splits = plan(rulebook, step, dice)
    total = 0
    for title, questions in tests:
        count, wrong = compare(program, rulebook, questions)
        total += count
        results.test(count > 0 and not wrong, f"{title}: {count} judgements", wrong)
    values = values_of(rulebook, splits, dice)
    for split in splits:
        for held, what, wrong in prove(program, canonical, split, values, dice):
            results.test(held, what, wrong)
    results.test(total > 100_000, f"{total} judgements compared")
    test_faults(results, program, canonical, rulebook, tests, splits, values)
    for split in splits:
        if LONG and isinstance(split, Split):
            test_counting(results, split, values)
    print(f"1..{len(results.held)}")
    return 0 if all(results.held) else 1


def main():
    path, folder, rest = sys.argv[1], pathlib.Path(sys.argv[2]), sys.argv[3:]
    write = path == "--write"
    if write:
        target, folder, rest = folder, pathlib.Path(rest[0]), rest[1:]
    step = rest[0] if rest else "hub_transfer"
    seed = int(rest[1]) if len(rest) > 1 else 1951
    rulebook = language.Rulebook(folder)
    if write:
        write_part(target, rulebook, step, random.Random(seed))
        return 0
    print(f"# seed {seed}; bound {BOUND}", flush=True)
    with Program(path, folder) as program:
        return test_all(program, rulebook, step, random.Random(seed))


if __name__ == "__main__":
    sys.exit(main())
