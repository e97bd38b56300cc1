"""The rulebook language a second time: read and evaluated from docs/rulebook-language.md alone, to be compared with the program.

Nothing here was written from the C sources. A rulebook's text becomes trees of tuples; each condition becomes a function that
answers a truth and the set of facts it needs (bits of a number, in the order in which the facts are written). Dates are
datetime.date, months are counted with the calendar module.
"""

import calendar as gregorian
import pathlib
import re
from datetime import date, timedelta

DAY = timedelta(days=1)
FIRST_DAY, LAST_DAY = date(1900, 1, 1), date(2199, 12, 31)
FALSE, UNKNOWN, TRUE = 0, 1, 2  # so that `and` is the least, `or` the greatest, and `not` the distance from 2
REMEMBERED_MOST = 200_000
NEGATED = (TRUE, UNKNOWN, FALSE)
WEEKDAYS = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
MONTHS = ["january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december"]
TYPES = {"flag", "date", "number", "country", "countries", "text"}

TOKEN = re.compile(r"""[ \t\r\n]+|\#[^\n]* | (?P<text>"(?:\\.|[^"\\])*") | (?P<date>\d{4}-\d\d-\d\d) | (?P<number>-?\d+)
                       | (?P<country>[A-Z]{3}) | (?P<name>[a-z][a-z0-9_]*(?:\.[a-z0-9_]+)?) | (?P<mark>!=|<=|>=|[=<>(),:])""", re.X)


class Item:
    """One item's tokens, and a place in them."""

    def __init__(self, tokens):
        self.tokens, self.at = tokens, 0

    def peek(self, *words):
        """Do these words stand here?"""
        return all(self.at + i < len(self.tokens) and self.tokens[self.at + i][1] == word
                   and self.tokens[self.at + i][0] != "text" for i, word in enumerate(words))

    def kind(self):
        return self.tokens[self.at][0] if self.at < len(self.tokens) else "end"

    def take(self, *words):
        found = self.peek(*words)
        self.at += len(words) if found else 0
        return found

    def must(self, *words):
        if not self.take(*words):
            raise SyntaxError(f"line {self.line()}: {' '.join(words)} expected, found {self.tokens[self.at:self.at + 4]}")

    def next(self):
        self.at += 1
        return self.tokens[self.at - 1][1]

    def line(self):
        return self.tokens[min(self.at, len(self.tokens) - 1)][2]

    def texts(self):
        parts = []
        while self.kind() == "text":
            parts.append(re.sub(r"\\(.)", r"\1", self.next()[1:-1]))
        return " ".join(parts)

    def names(self):
        found = [self.next()]
        while self.take(","):
            found.append(self.next())
        return found

    def choices(self):
        """What a choice is called after "as" is for people who read it."""
        found = []
        while not found or self.take(","):
            found.append(self.next())
            if self.take("as"):
                self.next()
        return found


def items_of(text):
    """Items begin at the left margin; what is indented belongs to them."""
    items, at = [], 0
    line = 1
    while at < len(text):
        match = TOKEN.match(text, at)
        if not match:
            raise SyntaxError(f"line {line}: {text[at:at + 20]!r}")
        if match.lastgroup:
            if at == 0 or text[at - 1] == "\n":
                items.append([])
            items[-1].append((match.lastgroup, match.group(), line))
        line += match.group().count("\n")
        at = match.end()
    return [Item(tokens) for tokens in items]


# --- Conditions and values as trees

def read_condition(item):
    return read_several(item, "or", lambda: read_several(item, "and", lambda: read_negation(item)))


def read_several(item, word, read):
    parts = [read()]
    while item.take(word):
        parts.append(read())
    return parts[0] if len(parts) == 1 else (word, parts)


def read_negation(item):
    return ("not", read_negation(item)) if item.take("not") else read_single(item)


def read_single(item):
    if item.take("("):
        inner = read_condition(item)
        item.must(")")
        return inner
    for word in ("always", "never"):
        if item.take(word):
            return (word,)
    for quantifier in ("any", "no", "every"):
        if item.take(quantifier, "family", "member", "has"):
            return ("members", quantifier, read_single(item))
    if item.kind() == "name" and "." not in item.tokens[item.at][1]:
        name = item.tokens[item.at][1]
        following = item.tokens[item.at + 1][1] if item.at + 1 < len(item.tokens) else ""
        if following == "has":
            item.next()
            item.must("has", "expired")
            return ("expired", name)
        if following == "is":
            item.next()
            item.must("is", "running")
            return ("running", name)
        if following not in ("=", "!=", "<", "<=", ">", ">=", "in", "of", "day") and name != "today":
            return ("definition", item.next())
    value = read_value(item)
    if item.take("known"):
        return ("known", value[1])
    if item.take("unknown"):
        return ("unknown", value[1])
    if item.take("in"):
        if item.take("("):
            listed = [read_value(item)]
            while item.take(","):
                listed.append(read_value(item))
            item.must(")")
            return ("in_list", value, listed)
        return ("in_set", value, read_value(item))
    if item.kind() == "mark" and item.tokens[item.at][1] in ("=", "!=", "<", "<=", ">", ">="):
        sign = item.next()
        return ("compare", sign, value, read_value(item))
    return ("flag", value[1])


def read_duration(item):
    count = int(item.next())
    unit = item.next().rstrip("s")
    detail = None
    if unit == "working":
        item.next()
        item.must("(")
        detail = item.next()
        item.must(")")
    elif unit in ("month", "year"):
        item.must("rounding")
        detail = item.next()
    return (count, unit, detail)


def read_value(item):
    kind = item.kind()
    if kind == "number" and item.tokens[item.at + 1][1] in ("day", "days", "working", "month", "months", "year", "years"):
        duration = read_duration(item)
        direction = item.next()
        return ("sum", duration, 1 if direction == "after" else -1, read_value(item))
    if kind == "number":
        return ("literal", int(item.next()))
    if kind == "date":
        return ("literal", date.fromisoformat(item.next()))
    if kind in ("country", "text"):
        return ("literal", item.next())
    if item.take("last", "day", "of"):
        return ("last_day", item.next())
    for word, choose in (("later", max), ("earlier", min)):
        if item.take(word, "of", "("):
            parts = [read_value(item)]
            while item.take(","):
                parts.append(read_value(item))
            item.must(")")
            return ("extreme", choose, parts)
    if item.take("today"):
        return ("today",)
    name = item.next()
    return ("fact", name) if "." in name else ("literal", name)


# --- Items

def read_settings(item, facts):
    given = {}
    while True:
        fact = item.next()
        if item.take("unknown"):
            given[fact] = None
        else:
            item.must("=")
            given[fact] = read_setting(item, facts[fact][0])
        if not item.take(","):
            return given


def read_setting(item, kind):
    if kind == "countries":
        codes = []
        if item.take("("):
            while not item.take(")"):
                codes.append(item.next())
                item.take(",")
        else:
            codes.append(item.next())
        return frozenset(codes)
    if item.take("unknown"):
        return None
    if kind == "text":
        return item.texts()
    text = item.next()
    return date.fromisoformat(text) if kind == "date" else int(text) if kind == "number" else text


class Rulebook:
    """`text` is one rulebook, or a folder of .rules files."""

    def __init__(self, text):
        if isinstance(text, pathlib.Path):
            text = "\n".join(path.read_text(encoding="utf-8") for path in sorted(text.glob("*.rules")))
        self.facts, self.definitions, self.clocks, self.safeguards = {}, {}, {}, {}
        self.holidays, self.calendars, self.countries = {}, {}, []
        items = items_of(text)
        for item in items:  # names may be used before they are written
            if item.peek("fact"):
                item.next()
                self.read_fact(item)
        readers = {"define": self.read_definition, "clock": self.read_clock, "safeguard": self.read_safeguard,
                   "holidays": self.read_holidays, "calendar": self.read_calendar}
        for item in items:
            word = item.next() if item.at == 0 else "fact"
            if word == "country":
                self.countries.append(item.next())
            elif word == "rulebook":
                while not item.take("in", "force", "from"):
                    item.next()
                self.in_force_from = date.fromisoformat(item.next())
            elif word in readers:
                readers[word](item)
        self.bits = {name: 1 << i for i, name in enumerate(self.facts)}
        self.days = {name: self.working_days(*said) for name, said in self.calendars.items()}
        self.made = {}
        self.last_days = {}

    def read_common(self, item):
        """What many items may have; False when something else stands here."""
        if item.take("source") or item.take("note"):
            item.texts()
            item.take("unverified")
        elif item.kind() == "text":
            item.texts()
        else:
            return False
        return True

    def read_fact(self, item):
        name, kind, choices = item.next(), None, []
        while item.kind() != "end":
            if item.take(":"):
                kind = item.next()
            elif item.take("one", "of"):
                kind, choices = "choice", item.choices()
            elif not item.take("counted", "by", "the", "register") and not self.read_common(item):
                raise SyntaxError(f"line {item.line()}: fact {name}")
        self.facts[name] = (kind, choices)

    def read_definition(self, item):
        name = item.next()
        while item.kind() != "end":
            if not self.read_common(item):
                self.definitions[name] = read_condition(item)

    def read_clock(self, item):
        name, runs, moved = item.next(), [], None
        while item.kind() != "end":
            if item.take("runs"):
                duration = read_duration(item)
                item.must("after")
                start = read_value(item)
                runs.append((duration, start, read_condition(item) if item.take("when") else ("always",)))
            elif item.take("ends", "on", "a", "working", "day", "("):
                moved = item.next()
                item.must(")")
            elif item.take("due", "to"):
                line = item.line()
                while item.kind() != "end" and item.line() == line:
                    item.next()
            elif item.take("due", "from"):  # whose duty: nothing that is judged
                item.next()
                if item.take("until"):
                    read_condition(item)
            elif item.take("extension", "by") or item.take("suspension", "by"):  # who may record facts that are read above
                line = item.line()
                while item.kind() != "end" and item.line() == line:
                    item.next()
            elif item.take("example"):
                item.texts()
                while item.take("given"):
                    read_settings(item, self.facts)
                item.must("then", "last", "day")
                item.next()
            elif not self.read_common(item):
                raise SyntaxError(f"line {item.line()}: clock {name}")
        self.clocks[name] = (runs, moved)

    def read_safeguard(self, item):
        name, guards, condition, examples = item.next(), [], None, []
        while item.kind() != "end":
            if item.take("guards"):
                guards = item.names()
            elif item.take("reason"):
                item.texts()
            elif item.take("clear", "when"):
                condition = read_condition(item)
            elif item.take("example"):
                examples.append(self.read_example(item))
            elif not self.read_common(item):
                raise SyntaxError(f"line {item.line()}: safeguard {name}")
        self.safeguards[name] = (guards, condition, examples)

    def read_example(self, item):
        item.texts()
        day, given, members = None, {}, []
        while not item.take("then"):
            if item.take("on"):
                day = date.fromisoformat(item.next())
            elif item.take("family", "member", "given"):
                members.append(read_settings(item, self.facts))
            else:
                item.must("given")
                given.update(read_settings(item, self.facts))
        answer, needs = item.next(), None
        if item.take(",", "needs"):
            needs = item.names()
        return (day or self.in_force_from, given, members, answer, needs)

    def read_holidays(self, item):
        name, lines = item.next(), []
        while item.kind() != "end":
            if item.kind() == "date":
                lines.append(("day", date.fromisoformat(item.next())))
            elif item.take("every"):
                first = (MONTHS.index(item.tokens[item.at + 1][1]) + 1, int(item.next()))
                item.next()
                last = first
                if item.take("to"):
                    last = (MONTHS.index(item.tokens[item.at + 1][1]) + 1, int(item.next()))
                    item.next()
                lines.append(("every", first, last))
            elif not self.read_common(item):
                raise SyntaxError(f"line {item.line()}: holidays {name}")
        self.holidays[name] = lines

    def read_calendar(self, item):
        name, weekend, lists, span = item.next(), [], [], {}
        while item.kind() != "end":
            if item.take("weekend"):
                weekend = [WEEKDAYS.index(word) for word in item.names()]
            elif item.take("holidays"):
                lists = item.names()
            elif item.peek("from") or item.peek("until"):
                edge = item.next()
                span[edge] = date.fromisoformat(item.next())
            elif not self.read_common(item):
                raise SyntaxError(f"line {item.line()}: calendar {name}")
        self.calendars[name] = (weekend, lists, span["from"], span["until"])

    # --- Days

    def working_days(self, weekend, lists, first, last):
        """Each day the calendar knows, and whether it is a working day."""
        lines = [line for name in lists for line in self.holidays[name]]
        fixed = {line[1] for line in lines if line[0] == "day"}
        every = [line[1:] for line in lines if line[0] == "every"]

        def is_holiday(day):
            at = (day.month, day.day)
            return day in fixed or any(a <= at <= b if a <= b else at >= a or at <= b for a, b in every)

        days, day = {}, first
        while day <= last:
            days[day] = day.weekday() not in weekend and not is_holiday(day)
            day += DAY
        return days

    def sum(self, duration, sign, start):
        """The day that lies so long after (or before) another; None when it cannot be said."""
        count, unit, detail = duration
        if unit == "day":
            found = start + sign * count * DAY
        elif unit == "working":
            known = self.days[detail]
            found, left = start, count
            while found in known and left:
                found += sign * DAY
                left -= known.get(found, False)
            if found not in known:
                return None
        else:
            months = start.year * 12 + start.month - 1 + sign * count * (12 if unit == "year" else 1)
            year, month = divmod(months, 12)
            length = gregorian.monthrange(year, month + 1)[1]
            found = date(year, month + 1, min(start.day, length))
            if start.day > length and detail == "up":
                found += DAY
        return found if FIRST_DAY <= found <= LAST_DAY else None

    def last_day(self, clock, run, start):
        key = (clock, run, start)
        if key not in self.last_days:
            runs, moved = self.clocks[clock]
            day = self.sum(runs[run][0], 1, start)
            while moved and day is not None and not self.days[moved].get(day, False):
                day = day + DAY if day in self.days[moved] else None
            self.last_days[key] = day
        return self.last_days[key]

    # --- Meaning. A condition becomes a function of a question that answers (truth, needs); needs are the unknown facts of the
    # parts that are themselves unknown, so they are 0 wherever the truth is known.

    def condition(self, tree):
        key = id(tree)
        if key not in self.made:
            self.made[key] = (getattr(self, "make_" + tree[0])(*tree[1:]), tree)  # the tree is kept, so its id is not reused
        return self.made[key][0]

    def make_always(self):
        return lambda question: (TRUE, 0)

    def make_never(self):
        return lambda question: (FALSE, 0)

    def make_and(self, parts, decides=FALSE):
        parts = [self.condition(part) for part in parts]

        def judge(question):
            needs, open_ = 0, False
            for part in parts:
                truth, needed = part(question)
                if truth == decides:
                    return truth, 0
                open_ = open_ or truth == UNKNOWN
                needs |= needed
            return (UNKNOWN, needs) if open_ else (2 - decides, 0)
        return judge

    def make_or(self, parts):
        return self.make_and(parts, TRUE)

    def make_not(self, part):
        part = self.condition(part)

        def judge(question):
            truth, needs = part(question)
            return NEGATED[truth], needs
        return judge

    def make_definition(self, name):
        own, members = facts_read(self, self.definitions[name])
        condition = self.condition(self.definitions[name])
        return condition if members else remembered(condition, own)

    def make_given(self, name):
        """No condition of the language: one whose truth and needs the question brings itself (factorise.py)."""
        return lambda question: question.facts[name]

    def make_flag(self, fact):
        bit = self.bits[fact]
        return lambda question: {"yes": (TRUE, 0), "no": (FALSE, 0), None: (UNKNOWN, bit)}[question.facts.get(fact)]

    def make_known(self, fact):
        return lambda question: (TRUE if question.facts.get(fact) is not None else FALSE, 0)

    def make_unknown(self, fact):
        return lambda question: (TRUE if question.facts.get(fact) is None else FALSE, 0)

    def make_compare(self, sign, left, right):
        left, right = self.value(left), self.value(right)
        holds = {"=": lambda a, b: a == b, "!=": lambda a, b: a != b, "<": lambda a, b: a < b, "<=": lambda a, b: a <= b,
                 ">": lambda a, b: a > b, ">=": lambda a, b: a >= b}[sign]

        def judge(question):
            a, needs_a = left(question)
            b, needs_b = right(question)
            if a is None or b is None:
                return UNKNOWN, needs_a | needs_b
            return (TRUE if holds(a, b) else FALSE), 0
        return judge

    def make_in_list(self, value, listed):
        return self.make_or([("compare", "=", value, other) for other in listed])

    def make_in_set(self, value, values):
        value, values = self.value(value), self.value(values)

        def judge(question):
            a, needs_a = value(question)
            b, needs_b = values(question)
            if a is None or b is None:
                return UNKNOWN, needs_a | needs_b
            return (TRUE if a in b else FALSE), 0
        return judge

    def make_expired(self, clock):
        ask = self.clock(clock)

        def judge(question):
            state, _, _, _, needs = ask(question)
            return {"expired": TRUE, "running": FALSE}.get(state, UNKNOWN), needs
        return judge

    def make_running(self, clock):
        return self.make_not(("expired", clock))

    def make_members(self, quantifier, tree):
        facts = facts_read(self, tree)[0]
        shared = [fact for fact in facts if fact.startswith(("hub.", "agreement."))]
        condition = remembered(self.condition(tree), facts)
        complete_bit = self.bits["family.complete"]
        decides = FALSE if quantifier == "every" else TRUE  # one member who is so decides

        def judge(question):
            complete = question.facts.get("family.complete")
            needs, open_ = (complete_bit if complete is None else 0), complete != "yes"
            answer = None
            for member in question.members:
                truth, needed = condition(question.of(member, shared))
                if truth == decides:
                    answer = decides
                open_ = open_ or truth == UNKNOWN
                needs |= needed
            if answer is None:
                answer = UNKNOWN if open_ else 2 - decides
            return (NEGATED[answer] if quantifier == "no" else answer), (needs if answer == UNKNOWN else 0)
        return judge

    def clock(self, name):
        """A function that answers (state, line, start, last day, needs)."""
        key = ("clock", name)
        if key not in self.made:
            runs, _ = self.clocks[name]
            self.made[key] = remembered(self.make_clock(name, [(self.condition(when), self.value(start)) for _, start, when in runs]),
                                        facts_read(self, ("expired", name))[0])
        return self.made[key]

    def make_clock(self, name, runs):
        def ask(question):
            needs, doubtful = 0, None
            for run, (when, start) in enumerate(runs):
                truth, needed = when(question)
                if truth == FALSE:
                    continue
                first, missing = start(question)
                needs |= needed | missing
                if truth == UNKNOWN:  # this line may count, and so may those after it
                    doubtful = run if doubtful is None else doubtful
                    continue
                if doubtful is not None:
                    break
                last = None if first is None else self.last_day(name, run, first)
                if last is None:
                    return "unknown", run, None, None, needs
                return ("expired" if last < question.today else "running"), run, first, last, 0
            if doubtful is not None:
                return "unknown", doubtful, None, None, needs
            return "not started", None, None, None, 0
        return ask

    # --- Values: functions that answer (value or None, needs)

    def value(self, tree):
        return getattr(self, "value_" + tree[0])(*tree[1:])

    def value_literal(self, literal):
        return lambda question: (literal, 0)

    def value_today(self):
        return lambda question: (question.today, 0)

    def value_fact(self, fact):
        bit = self.bits[fact]

        def evaluate(question):
            found = question.facts.get(fact)
            return found, (bit if found is None else 0)
        return evaluate

    def value_sum(self, duration, sign, start):
        start = self.value(start)

        def evaluate(question):
            day, needs = start(question)
            return (None if day is None else self.sum(duration, sign, day)), needs
        return evaluate

    def value_last_day(self, clock):
        ask = self.clock(clock)

        def evaluate(question):
            _, _, _, last, needs = ask(question)
            return last, needs
        return evaluate

    def value_extreme(self, choose, parts):
        parts = [self.value(part) for part in parts]

        def evaluate(question):
            found = [part(question) for part in parts]
            needs = 0
            for _, needed in found:
                needs |= needed
            return (None if any(day is None for day, _ in found) else choose(day for day, _ in found)), needs
        return evaluate


def remembered(ask, facts):
    """The same function of a question; what it answered about the same values of these facts is not found out again."""
    answers = {}

    def again(question):
        key = (question.today, *map(question.facts.get, facts))
        answer = answers.get(key)
        if answer is None:
            if len(answers) == REMEMBERED_MOST:
                answers.clear()
            answer = answers[key] = ask(question)
        return answer
    return again


class Question:
    """The facts of the person, the hub and the agreement together (their names tell them apart), and those of each member."""

    def __init__(self, today, facts=None, members=()):
        self.today, self.facts, self.members = today, {} if facts is None else facts, members

    def of(self, member, shared):
        """The same of a member, with these facts that are not a person's."""
        return Question(self.today, {**member, **{fact: self.facts.get(fact) for fact in shared}} if shared else member)


def parts_of(rulebook, tree):
    """Every tree below this one, through definitions and clocks; those asked of family members are marked."""
    stack, found, seen = [(tree, False)], [], set()
    while stack:
        part, of_member = stack.pop()
        found.append((part, of_member))
        below = []
        if part[0] == "definition":
            below = [rulebook.definitions[part[1]]]
        elif part[0] in ("expired", "running", "last_day"):
            if (part[1], of_member) not in seen:
                seen.add((part[1], of_member))
                below = [tree for _, start, when in rulebook.clocks[part[1]][0] for tree in (start, when)]
        elif part[0] == "members":
            stack.append((part[2], True))
        elif part[0] == "in_list":
            below = [part[1], *part[2]]
        else:
            for child in part[1:]:
                if isinstance(child, tuple) and child and isinstance(child[0], str):
                    below.append(child)
                elif isinstance(child, list):
                    below.extend(child)
        stack.extend((child, of_member) for child in below)
    return found


def facts_read(rulebook, tree):
    """(the question's own facts, the members' facts), each in the order of the rulebook."""
    key = ("facts", id(tree))
    if key not in rulebook.made:
        rulebook.made[key] = (find_facts(rulebook, tree), tree)
    return rulebook.made[key][0]


def find_facts(rulebook, tree):
    own, members = set(), set()
    for part, of_member in parts_of(rulebook, tree):
        if part[0] in ("fact", "flag", "known", "unknown"):
            to_own = not of_member or part[1].startswith(("hub.", "agreement."))
            (own if to_own else members).add(part[1])
        elif part[0] == "members":
            own.add("family.complete")
    order = list(rulebook.facts)
    return sorted(own, key=order.index), sorted(members, key=order.index)
