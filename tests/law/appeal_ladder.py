#!/usr/bin/env python3
"""Is an appeal pending, or could one still be brought in time? Histories of appeals, walked at random up and down the courts.

The walk knows nothing of the rulebook: at each point it knows, from section 104 of the Nationality, Immigration and Asylum Act 2002 and the
time limits of clock_oracle.py, until when the appeal is pending. What a caseworker would have recorded by then is put to the program, on the
days around each limit, and the answers must agree: barred while it is pending, clear when it is not, unknown where the limit lies beyond the
calendar. Then single records are withheld, and nobody who must wait may become clear. At last, rungs are broken in a copy of the rulebook,
and the walk must notice each.

    appeal_ladder.py ASK_RULEBOOK RULEBOOK_FOLDER [SEED]          writes TAP
"""

import pathlib
import random
import shutil
import subprocess
import sys
import tempfile
from datetime import date

sys.dont_write_bytecode = True
from clock_oracle import DAY, LAST, expected  # noqa: E402

HISTORIES = 6000
ASKED_OF_FAULTS = 20000  # of the questions, for each planted fault
FOR_EVER, ENDED = "for ever", "ended"

AT_REFUSAL = {
    "claim.status": "refused", "decision.service": "proven", "appeal.right": "in_country", "appeal.heard_in": "england_and_wales",
    "person.in_uk": "yes", "first_tier.status": "none", "permission.first_tier": "not_applied", "permission.upper": "not_applied",
    "upper_tribunal.status": "none", "permission.court_by_upper": "not_applied", "permission.court": "not_applied",
    "court_of_appeal.status": "none",
}


LADDER = "05-safeguards-1-claim-and-appeals.rules"
PLANTED = [
    ("a pending appeal counts as given up", "first_tier.status in (withdrawn, abandoned) and", "first_tier.status in (withdrawn, pending) and"),
    ("no time to ask the Upper Tribunal", "permission.upper = not_applied and too_late_to_ask_upper_tribunal",
     "permission.upper = not_applied"),
    ("no time to ask for the Court of Appeal", "permission.court = not_applied and too_late_to_ask_upper_for_court",
     "permission.court = not_applied"),
    ("permission refused once is refused for good", "or (permission.court_by_upper = refused and permission.court = refused)",
     "or permission.court_by_upper = refused"),
    ("the Home Office's withdrawn appeal counts against the person",
     "upper_tribunal.status in (withdrawn, abandoned) and first_tier.status in (dismissed, struck_out)",
     "upper_tribunal.status in (withdrawn, abandoned)"),
    ("Scotland counts by the calendar of England", "heard_elsewhere and time_to_appeal_elsewhere has expired",
     "heard_elsewhere and today > 18 days after decision.sent_on"),
    ("the Supreme Court is not looked at", "and supreme_court.status in (none, ended)", ""),
    ("a dismissal after the person had won cannot be final",
     "upper_tribunal.status = dismissed and first_tier.status in (allowed, dismissed, struck_out)",
     "upper_tribunal.status = dismissed and first_tier.status in (dismissed, struck_out)"),
]


class History:
    """One person's way. `until` is the last day on which the appeal is pending if nothing else happens, FOR_EVER while somebody
    else must act, or ENDED."""

    def __init__(self, dice):
        self.dice = dice
        self.today = date(2022, 1, 3) + dice.randrange(2000) * DAY
        self.facts = dict(AT_REFUSAL)
        self.facts["decision.sent_on"] = self.today.isoformat()
        self.abroad = dice.random() < 0.15
        if self.abroad:
            self.facts["person.in_uk"] = "no"
            self.facts["decision.received_on"] = (self.today + DAY).isoformat()
        self.elsewhere = dice.random() < 0.3
        if self.elsewhere:
            self.facts["appeal.heard_in"] = dice.choice(["scotland", "northern_ireland"])
        self.asked = []
        start = self.today + DAY if self.abroad else self.today
        self.wait("time_to_appeal", 2 if self.abroad else 0, start)

    def wait(self, clock, run, start):
        self.until = expected(f"{clock}_elsewhere" if self.elsewhere else clock, run, start)
        self.remember()

    def remember(self):
        """The days on which to ask."""
        if self.until in (FOR_EVER, ENDED):
            days = [self.today, self.today + self.dice.randrange(400) * DAY]
        elif self.until is None:
            days = [LAST + 100 * DAY]
        else:
            days = [self.today, self.until - DAY, self.until, self.until + DAY, self.until + self.dice.randrange(2, 300) * DAY]
        for day in days:
            if self.until is None:
                answer = "unknown"
            elif self.until == ENDED:
                answer = "clear"
            elif self.until == FOR_EVER or day <= self.until:
                answer = "barred"
            else:
                answer = "clear"
            self.asked.append((day, dict(self.facts), answer))

    def record(self, until=FOR_EVER, **facts):
        self.today += self.dice.randrange(1, 90) * DAY
        for name, value in facts.items():
            fact = name.replace("__", ".")
            if value is None:
                self.facts.pop(fact, None)
            else:
                self.facts[fact] = self.today.isoformat() if value == "today" else value
        if until is not None:
            self.until = until
            self.remember()

    def choose(self, *ways):
        return self.dice.choice(ways)()

    # --- First-tier Tribunal
    def walk(self):
        if self.dice.random() < 0.8:
            self.lodge()

    def lodge(self):
        self.record(first_tier__status="pending")
        self.choose(self.first_tier_dismisses, self.first_tier_dismisses, self.first_tier_allows, self.give_up_first_tier)

    def give_up_first_tier(self):
        self.record(ENDED, first_tier__status=self.dice.choice(["withdrawn", "abandoned"]))

    def first_tier_allows(self):
        self.record(first_tier__status="allowed")
        if self.dice.random() < 0.5:  # the Home Office goes on
            self.record(permission__first_tier="granted", upper_tribunal__status="pending")
            self.upper_tribunal()

    def first_tier_dismisses(self):
        self.record(None, first_tier__status="dismissed", first_tier__reasons_sent_on="today")
        self.wait("time_to_ask_first_tier", 1 if self.abroad else 0, self.today)
        if self.dice.random() < 0.8:
            self.record(permission__first_tier="pending")
            self.choose(self.permission_granted, self.permission_refused)

    def permission_granted(self):
        self.record(permission__first_tier="granted")
        self.record(upper_tribunal__status="pending")
        self.upper_tribunal()

    def permission_refused(self):
        self.record(None, permission__first_tier="refused", permission__first_tier_refusal_sent_on="today")
        self.wait("time_to_ask_upper_tribunal", 1 if self.abroad else 0, self.today)
        if self.dice.random() < 0.8:
            self.record(permission__upper="pending")
            if self.dice.random() < 0.5:
                self.record(ENDED, permission__upper="refused")
            else:
                self.record(permission__upper="granted", upper_tribunal__status="pending")
                self.upper_tribunal()

    # --- Upper Tribunal
    def upper_tribunal(self):
        self.choose(self.upper_dismisses, self.upper_dismisses, self.upper_allows, self.upper_remits, self.upper_given_up)

    def upper_given_up(self):
        # by the person: over; by the Home Office, against an appeal that was allowed: the person has won
        self.record(ENDED if self.facts["first_tier.status"] == "dismissed" else FOR_EVER,
                    upper_tribunal__status=self.dice.choice(["withdrawn", "abandoned"]))

    def upper_remits(self):
        self.record(upper_tribunal__status="remitted", first_tier__status="pending", first_tier__reasons_sent_on=None,
                    permission__first_tier="not_applied", permission__upper="not_applied",
                    permission__first_tier_refusal_sent_on=None)
        self.choose(self.first_tier_dismisses, self.first_tier_allows, self.give_up_first_tier)

    def upper_allows(self):
        self.record(upper_tribunal__status="allowed")
        if self.dice.random() < 0.3:
            self.record(permission__court_by_upper="granted", court_of_appeal__status="pending")
            self.court()

    def upper_dismisses(self):
        self.record(None, upper_tribunal__status="dismissed", upper_tribunal__decision_sent_on="today",
                    permission__court_by_upper="not_applied", permission__court="not_applied",
                    permission__court_by_upper_refusal_sent_on=None)
        self.wait("time_to_ask_upper_for_court", 1 if self.abroad else 0, self.today)
        if self.dice.random() < 0.8:
            self.record(permission__court_by_upper="pending")
            if self.dice.random() < 0.4:
                self.record(permission__court_by_upper="granted")
                self.record(court_of_appeal__status="pending")
                self.court()
            else:
                self.refused_by_upper()

    def refused_by_upper(self):
        self.record(None, permission__court_by_upper="refused", permission__court_by_upper_refusal_sent_on="today")
        self.wait("time_to_ask_court", 0, self.today)
        if self.dice.random() < 0.8:
            self.record(permission__court="pending")
            if self.dice.random() < 0.5:
                self.record(ENDED, permission__court="refused")
            else:
                self.record(permission__court="granted", court_of_appeal__status="pending")
                self.court()

    # --- Court of Appeal
    def court(self):
        self.choose(self.court_dismisses, self.court_allows, self.court_remits, self.court_given_up)

    def court_given_up(self):
        self.record(ENDED if self.facts["upper_tribunal.status"] == "dismissed" else FOR_EVER,
                    court_of_appeal__status="withdrawn", supreme_court__status="none")

    def court_allows(self):
        self.record(court_of_appeal__status="allowed")

    def court_remits(self):
        self.record(court_of_appeal__status="remitted", upper_tribunal__status="pending", upper_tribunal__decision_sent_on=None,
                    permission__court_by_upper="not_applied", permission__court="not_applied",
                    permission__court_by_upper_refusal_sent_on=None)
        self.choose(self.upper_dismisses, self.upper_allows)

    def court_dismisses(self):
        self.record(court_of_appeal__status="dismissed", supreme_court__status="pending")
        self.record(ENDED, supreme_court__status=self.dice.choice(["none", "ended"]))


def ask(program, folder, questions):
    lines = "".join(
        f"no_appeal_open {day} {' '.join(f'{fact}={value}' for fact, value in sorted(facts.items()))}\n"
        for day, facts in questions)
    return subprocess.run([program, folder], input=lines, check=True, capture_output=True, text=True, timeout=120).stdout.split()


def with_fault(program, folder, asked, old, new):
    """How many answers differ with a broken rung; -1 when the rulebook has no such rung."""
    with tempfile.TemporaryDirectory() as temporary:
        copy = pathlib.Path(temporary) / "uk"
        shutil.copytree(folder, copy)
        text = (copy / LADDER).read_text(encoding="utf-8")
        if text.count(old) < 1:
            return -1
        (copy / LADDER).write_text(text.replace(old, new), encoding="utf-8")
        answers = ask(program, str(copy), [(day, facts) for day, facts, _ in asked])
        return sum(a[2] != got for a, got in zip(asked, answers))


def main():
    program, folder = sys.argv[1], sys.argv[2]
    seed = int(sys.argv[3]) if len(sys.argv) > 3 else 20261101
    dice = random.Random(seed)
    tests = []

    def test(held, name, detail=""):
        tests.append(held)
        print(f"{'ok' if held else 'not ok'} {len(tests)} - {name}", flush=True)
        if not held:
            print(f"# seed {seed}: {detail}")

    asked = []
    for _ in range(HISTORIES):
        history = History(dice)
        history.walk()
        asked += history.asked
    answers = ask(program, folder, [(day, facts) for day, facts, _ in asked])
    wrong = [(a, got) for a, got in zip(asked, answers) if a[2] != got]
    counts = {kind: sum(a[2] == kind for a in asked) for kind in ("barred", "clear", "unknown")}
    test(len(answers) == len(asked) and not wrong,
         f"{len(asked)} questions about {HISTORIES} histories: {counts}", f"{len(wrong)} wrong, the first: {wrong[:1]}")
    test(min(counts.values()) > 50, "each answer was expected often enough", str(counts))
    withheld = []
    for day, facts, answer in asked:
        if answer == "barred":
            less = dict(facts)
            del less[dice.choice(sorted(less))]
            withheld.append((day, less))
    answers = ask(program, folder, withheld)
    freed = [q for q, got in zip(withheld, answers) if got == "clear"]
    test(len(answers) == len(withheld) and not freed,
         f"{len(withheld)} people who must wait, one record withheld: nobody is clear", f"{freed[:1]}")
    for name, old, new in PLANTED:
        noticed = with_fault(program, folder, asked[:ASKED_OF_FAULTS], old, new)
        test(noticed > 0, f"a broken rung is noticed: {name}", "not planted" if noticed < 0 else "no difference")
    print(f"1..{len(tests)}")
    return 0 if all(tests) else 1


if __name__ == "__main__":
    sys.exit(main())
