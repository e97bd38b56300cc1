"""A condition with too many combinations of facts to write out, and none of them left out.

A condition learns nothing of a definition that it names but its value: its truth, and the facts that are needed while it is unknown. So all
combinations of facts that agree in what the condition reads itself, and give each of its definitions (its parts) the same value, are one
combination to it, and it is enough to ask about one of them. A Split makes these questions: for every combination of the facts that two parts share (or
a part and the condition itself), every combination of the values that the parts can have with them. Which values a part can have is found by
enumerating the facts that it alone reads, or, where it has parts of its own, by splitting it in turn; how many combinations each value stands for
is counted, so that the sum of all must be the whole product.

That nothing else of a definition is learnt is tested, not believed: the same questions are asked of a rulebook in which each part is a flag that
is recorded as yes, no or unknown, its text being otherwise the same. Truth and needs must follow from this answer and the values of
the parts.
"""

import itertools
import math
import pathlib
import re
import tempfile

import language
from language import FALSE, TRUE, UNKNOWN, Question
from questions import Asked, Program, axes_of, classes_of, compare, difference, drawn, size, watched

FREE = "free"  # of a fact: not fixed
CHUNK = 500  # values of a part in a piece, and combinations of what only the condition reads: the program reads lines of a megabyte
WRONG_ENOUGH = 3
RECORDED = {TRUE: "yes", FALSE: "no", UNKNOWN: None}
FLAG = "part_flag."
COMPLETE = "family.complete"


def replaced(tree, name_of, word):
    """The tree with (word, name_of(DEFINITION)) in place of each definition that it names."""
    if isinstance(tree, tuple) and tree[:1] == ("definition",):
        return (word, name_of(tree[1]))
    if isinstance(tree, (tuple, list)):
        return type(tree)(replaced(part, name_of, word) for part in tree)
    return tree


def named_in(tree):
    """The definitions that a condition names itself, in their order."""
    if isinstance(tree, tuple) and tree[:1] == ("definition",):
        return [tree[1]]
    if isinstance(tree, (tuple, list)):
        return list(dict.fromkeys(name for part in tree for name in named_in(part)))
    return []


class Condition:
    """A condition, its parts, and who reads which facts. `judge` takes the values of the parts from the question, as if they were facts."""

    def __init__(self, rulebook, tree):
        asked = replaced(tree, str, "given")
        self.parts = named_in(tree)
        self.reads = {name: frozenset(language.facts_read(rulebook, rulebook.definitions[name])[0]) for name in self.parts}
        self.direct = frozenset(language.facts_read(rulebook, asked)[0])
        self.facts = [fact for fact in rulebook.facts if fact in self.direct.union(*self.reads.values())]
        self.judge = rulebook.condition(asked)

    def shared(self, fixed):
        """The facts that more than one reads, of those that are not fixed."""
        readers = [self.direct, *self.reads.values()]
        return [fact for fact in self.facts if fact not in fixed and sum(fact in read for read in readers) > 1]

    def alone(self, fixed):
        """The facts that only the condition itself reads."""
        return [fact for fact in self.facts if fact not in fixed and not any(fact in read for read in self.reads.values())]


class Values:
    """Which values a definition can have on a day, while some of its facts are fixed. With `most`, only so many combinations of what it
    reads itself or its parts share are looked at, and some values may be missed."""

    def __init__(self, rulebook, today, classes, dice, most=None):
        self.rulebook, self.today, self.dice, self.most = rulebook, today, dice, most
        self.classes = {fact: dice.sample(values, len(values)) for fact, values in classes.items()}  # any of a class may stand for it
        self.conditions, self.found, self.alike = {}, {}, {}

    def condition(self, name):
        if name not in self.conditions:
            self.conditions[name] = Condition(self.rulebook, self.rulebook.definitions[name])
        return self.conditions[name]

    def assignments(self, facts, most=None):
        """All combinations, or `most` of them at random where these are more."""
        classes = [self.classes[fact] for fact in facts]
        if most is None or math.prod(map(len, classes)) <= most:
            return (dict(zip(facts, values)) for values in itertools.product(*classes))
        return ({fact: self.dice.choice(self.classes[fact]) for fact in facts} for _ in range(most))

    def of(self, name, fixed):
        """value -> [of how many combinations of the facts that are not fixed, one of these]"""
        condition = self.condition(name)
        key = (name, *(fixed.get(fact, FREE) for fact in condition.facts))
        if key not in self.found:
            known = {fact: fixed[fact] for fact in condition.facts if fact in fixed}
            self.found[key] = self.enumerate(condition, known) if condition.shared(known) else self.apart(name, condition, known)
        return self.found[key]

    def apart(self, name, condition, fixed):
        """The same where the parts have nothing in common any more: what is fixed of a part matters only by the values that are left to it."""
        parts = tuple(tuple((value, count, *one.items()) for value, (count, one) in self.of(part, fixed).items()) for part in condition.parts)
        key = (name, parts, *(fixed.get(fact, FREE) for fact in condition.facts if fact in condition.direct))
        if key not in self.alike:
            self.alike[key] = self.enumerate(condition, fixed)
        return self.alike[key]

    def enumerate(self, condition, fixed):
        found = {}
        question = Question(self.today)
        for own in self.assignments(condition.shared(fixed) + condition.alone(fixed), self.most):
            known = {**fixed, **own}
            question.facts = dict(known)
            for several in itertools.product(*(self.of(part, known).items() for part in condition.parts)):
                question.facts.update((part, value) for part, (value, _) in zip(condition.parts, several))
                value = condition.judge(question)
                if value not in found:
                    found[value] = [0, {**own, **{fact: of for _, (_, one) in several for fact, of in one.items()}}]
                found[value][0] += math.prod(count for _, (count, _) in several)
        return found


class Split:
    """A safeguard or a definition, to be asked about every combination of the values of its parts. A safeguard that is clear when a definition is,
    and says no more, is split into the parts of that definition."""

    def __init__(self, rulebook, kind, name):
        self.rulebook, self.kind, self.name = rulebook, kind, name
        self.whole = self.whole_of(rulebook)
        self.tree, self.changed = self.whole, ("safeguard" if kind == "safeguard" else "define", name)
        while self.tree[0] == "definition":
            self.changed, self.tree = ("define", self.tree[1]), rulebook.definitions[self.tree[1]]
        self.condition = Condition(rulebook, self.tree)
        self.of_members = bool(language.facts_read(rulebook, self.whole)[1])  # then it is not for a Split

    def __str__(self):
        return self.name if self.kind == "safeguard" else f"definition {self.name}"

    def whole_of(self, rulebook):
        return rulebook.safeguards[self.name][1] if self.kind == "safeguard" else rulebook.definitions[self.name]

    def pieces(self, today, values, most=None):
        """For every combination of the facts that are shared, and of some that are not, where these are many: Pieces. With `most`, so many questions and
        a few more, in no order."""
        condition, left = self.condition, most
        held, alone = condition.shared({}), condition.alone({})
        while size(axes_of(values.classes, alone)) > CHUNK:
            held.append(alone.pop())
        axes = axes_of(values.classes, alone)
        assignments = list(values.assignments(held))
        for fixed in assignments if most is None else values.dice.sample(assignments, len(assignments)):
            found = [list(values.of(part, fixed).items()) for part in condition.parts]
            pieces = (Piece(self, today, fixed, axes, few) for few in itertools.product(*map(chunks, found)))
            if most is None:
                yield from pieces
                continue
            of_these = max(most // len(assignments), 1)
            while left > 0 and of_these > 0 and (piece := next(pieces, None)):
                yield piece
                of_these, left = of_these - size(piece.asked.axes), left - size(piece.asked.axes)

    def combinations(self, classes):
        """How many there are, of a day."""
        return size(axes_of(classes, self.condition.facts))

    def flagged_text(self, canonical):
        """The text with flags in the place of the parts, in this condition and nowhere else."""
        word, name = self.changed
        block = re.search(rf"^{word} {name}\n(.*?)(?=^\S|\Z)", canonical, re.M | re.S)
        pieces, end = [], block.start(1)
        for token in language.TOKEN.finditer(canonical, block.start(1), block.end(1)):
            if token.lastgroup == "name" and token.group() in self.condition.parts:
                pieces += [canonical[end:token.start()], FLAG]
                end = token.start()
        facts = [f'\nfact {FLAG}{part} : flag\n  "{part}"\n' for part in self.condition.parts]
        return canonical[:block.start(1)] + "".join(pieces) + canonical[end:] + "".join(facts)

    def is_flagged(self, canonical, text, flagged):
        """Is that text, read again, the same but for the flags?"""
        again = text
        for part in self.condition.parts:
            again = again.replace(f'\nfact {FLAG}{part} : flag\n  "{part}"\n', "")
        facts = {FLAG + part: ("flag", []) for part in self.condition.parts}
        tree = replaced(self.tree, FLAG.__add__, "flag")
        safeguards, definitions = dict(self.rulebook.safeguards), dict(self.rulebook.definitions)
        word, name = self.changed
        if word == "safeguard":
            safeguards[name] = (safeguards[name][0], tree, safeguards[name][2])
        else:
            definitions[name] = tree
        return (again.replace(FLAG, "") == canonical and flagged.facts == {**self.rulebook.facts, **facts}
                and (flagged.safeguards, flagged.definitions) == (safeguards, definitions)
                and (flagged.clocks, flagged.calendars) == (self.rulebook.clocks, self.rulebook.calendars))

    def of_flags(self, flagged, today, dice, most):
        """The condition over all answers of its parts and all classes of the facts it reads itself (over `most` of these combinations)."""
        tree = self.whole_of(flagged)
        axes = [[[("today", today), ("members", 0)]],
                *axes_of(classes_of(flagged, tree, today, narrow=True), language.facts_read(flagged, tree)[0])]
        return [Asked(self.kind, self.name, axes)] if most is None or size(axes) <= most else drawn(self.kind, self.name, axes, most, dice)


class Piece:
    """Questions in which the shared facts are the same. `asked` are those of the rulebook, `flags` the same of the flagged one: the alternatives of its axes,
    in their order, stand for those of `asked`."""

    def __init__(self, split, today, fixed, alone, found):
        self.split, self.found = split, found
        own = {fact: value for fact, value in fixed.items() if fact in split.condition.direct}
        self.asked = self.question(today, fixed, alone, [[one for _, (_, one) in values] for values in self.found])
        self.flags = self.question(today, own, alone, [[{FLAG + part: RECORDED[truth]} for (truth, _), _ in values]
                                                       for part, values in zip(split.condition.parts, self.found)])
        self.count = size(alone) * math.prod(sum(count for _, (count, _) in values) for values in self.found)

    def question(self, today, fixed, alone, several):
        first = [("today", today), ("members", 0), *settings(fixed), *(setting for one in several if len(one) == 1 for setting in settings(one[0]))]
        return Asked(self.split.kind, self.split.name,
                     [[first], *alone, *([settings(facts) for facts in one] for one in several if len(one) > 1)])

    def composed(self, words, watched_flags):
        """What the answers about flags make of the question itself: a flag that is needed stands for what its part needs."""
        split, bits = self.split, self.split.rulebook.bits
        mine = [bits[fact] for fact in watched(split.rulebook, split.whole)]
        places = [split.condition.parts.index(fact[len(FLAG):]) if fact.startswith(FLAG) else bits[fact] for fact in watched_flags]
        answers = []
        for word, values in zip(words, itertools.cycle(itertools.product(*self.found))):
            needs = 0
            for i, fact in enumerate(watched_flags):
                if int(word[1:] or "0", 16) >> i & 1:
                    needs |= values[places[i]][0][1] if fact.startswith(FLAG) else places[i]
            mask = sum(1 << i for i, bit in enumerate(mine) if needs & bit)
            answers.append(word[0] + (f"{mask:x}" if mask else ""))
        return answers


class Family:
    """A safeguard that asks one definition of every member of the family, and else only whether the family is complete: with one member it is asked about
    every value that the definition can have, and with two about every value of the one beside every truth of the other."""

    def __init__(self, rulebook, name):
        self.rulebook, self.name = rulebook, name
        self.whole = rulebook.safeguards[name][1]
        own, self.facts = language.facts_read(rulebook, self.whole)
        assert self.whole[0] == "members" and self.whole[2][0] == "definition" and own == [COMPLETE], f"{name} asks more of a family"
        self.part = self.whole[2][1]

    def __str__(self):
        return self.name

    def combinations(self, classes):
        """How many there are of one member, of a day."""
        return len(RECORDED) * size(axes_of(classes, self.facts))

    def questions(self, today, values, most):
        """(of how many combinations of one member, question)"""
        found = list(values.of(self.part, {}).items())
        of_each = {truth: one for (truth, _), (_, one) in found}
        complete = [[(("", COMPLETE), value)] for value in RECORDED.values()]
        for few in chunks(found if most is None else values.dice.sample(found, min(len(found), most // 20))):
            axes = [complete, [settings(one, "1:") for _, (_, one) in few]]
            yield len(complete) * sum(count for _, (count, _) in few), self.question(today, 1, [], axes)
            for other in of_each.values():
                yield 0, self.question(today, 2, settings(other, "2:"), axes)
                yield 0, self.question(today, 2, settings(other, "1:"), [complete, [settings(one, "2:") for _, (_, one) in few]])

    def question(self, today, members, fixed, axes):
        return Asked("safeguard", self.name, [[[("today", today), ("members", members), *fixed]], *axes])


def chunks(values):
    return [values[i:i + CHUNK] for i in range(0, len(values), CHUNK)]


def settings(facts, whose=""):
    return [((whose, fact), value) for fact, value in facts.items()]


# --- Comparing

class Proof:
    """What came of a split, on so many days: judgements compared, the combinations they stand for, how many there are, and differences. The program is one
    that has the rulebook, and is started once more for the one with flags."""

    def __init__(self, program, split, canonical):
        self.program, self.split = program, split
        text = split.flagged_text(canonical)
        self.flagged = language.Rulebook(text)
        self.same = split.is_flagged(canonical, text, self.flagged)
        self.judgements, self.stands_for, self.there_are, self.wrong = 0, 0, 0, []
        with tempfile.TemporaryDirectory() as folder:
            (pathlib.Path(folder) / "flagged.rules").write_text(text, encoding="utf-8")
            self.program_of_flags = Program(program.path, folder)
            self.program_of_flags.canonical()  # it is read now

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.program_of_flags.__exit__()

    def conditions(self, today, dice, most):
        """(number of judgements, differences): of the one with flags."""
        return compare(self.program_of_flags, self.flagged, self.split.of_flags(self.flagged, today, dice, most))

    def compare(self, today, values, most):
        """Until enough is seen to be wrong."""
        watched_flags = watched(self.flagged, self.split.whole_of(self.flagged))
        self.there_are += self.split.combinations(values.classes)
        for piece in self.split.pieces(today, values, most):
            self.program.ask(piece.asked, self.split.rulebook)
            self.program_of_flags.ask(piece.flags, self.flagged)
            mine = piece.asked.answers(self.split.rulebook)
            theirs, composed = self.program.answer(), piece.composed(self.program_of_flags.answer(), watched_flags)
            self.judgements += len(mine)
            self.stands_for += piece.count
            if theirs != mine:
                self.wrong.append(difference(piece.asked, mine, theirs))
            if theirs != composed:
                self.wrong.append("not what its parts make of it: " + difference(piece.asked, composed, theirs))
            if len(self.wrong) >= WRONG_ENOUGH:
                return
