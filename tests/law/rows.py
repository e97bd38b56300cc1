#!/usr/bin/env python3
"""Is every row of the law that was collected in the rulebook, and nothing in the rulebook without a row?

The table "Row by row" of rulebooks/README.md says of each row what it bars and where it is encoded, or why it is not. The test reads the
table and the loaded rulebook: each id stands in it once; what is named exists; each step that a row bars is guarded by a
safeguard of that row; every safeguard and every clock has a row, or is listed as procedure. Faults planted in the table and in
the rulebook must be seen.

    rows.py RULEBOOK_NAMES README RULEBOOK_FOLDER            writes TAP
"""

import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

IDS = [f"A{number:02}" for number in range(1, 59)] + [f"H{number:02}" for number in range(1, 33)]

# What a bar means: a safeguard of the row guards this step, or one of these.
BARS = {
    "PLAN": ["prepare_removal"],
    "NOTICE": ["serve_removal_notice"],
    "DETAIN": ["begin_detention", "continue_detention"],
    "SEPARATE": ["remove_from_association", "confine", "continue_separation"],
    "REMOVE": ["enforced_removal"],
    "TRANSFER": ["hub_transfer"],
    "STAY": ["continue_stay"],
    "ONWARD": ["onward_return_enforced"],
    "CLOSE": ["end_support"],
    "EXHAUST": ["exhaust_appeal_rights"],
}


class Law:
    def __init__(self, program, folder):
        made = subprocess.run([program, str(folder)], check=True, capture_output=True, text=True, timeout=120)
        self.names, self.guards = {}, {}
        for line in made.stdout.splitlines():
            kind, name, *rest = line.split()
            if kind == "guards":
                self.guards.setdefault(name, set()).add(rest[0])
            else:
                self.names.setdefault(kind, set()).add(name)
        self.all_names = set().union(*self.names.values()) | set(self.guards)


def rows_of(readme):
    """(id, bars, the last cell) of each line of the table."""
    lines = re.findall(r"^\| ([AH]\d+|procedure) \|([^|]*)\|([^|]*)\|(.*)\|$", readme, flags=re.M)
    return [(mark, bars.split(), where.strip()) for mark, _, bars, where in lines]


def named_in(where):
    return re.findall(r"`(\w+)`", where)


def faults_of(readme, law):
    faults = []
    rows = rows_of(readme)
    marks = [mark for mark, _, _ in rows]
    for mark in IDS:
        if marks.count(mark) != 1:
            faults.append(f"{mark} stands in the table {marks.count(mark)} times")
    faults += [f"{mark} is no row" for mark in marks if mark not in IDS and mark != "procedure"]
    everything = set()
    for mark, bars, where in rows:
        names = named_in(where)
        everything |= set(names)
        if not where:
            faults.append(f"{mark} says neither where nor why not")
        if not names and not re.match(r"not (used|here|in force)", where):
            faults.append(f"{mark} names no rule and does not say why")
        faults += [f"{mark} names {name}, which does not exist" for name in names if name not in law.all_names]
        for bar in bars:
            if bar not in BARS:
                faults.append(f"{mark} bars {bar}, which is no step")
                continue
            guarding = set().union(*(law.guards.get(step, set()) for step in BARS[bar]))
            if mark == "H31":
                missing = law.guards["enforced_removal"] - law.guards["hub_transfer"]
                faults += [f"H31: {name} does not guard the transfer" for name in sorted(missing)]
            elif not guarding & set(names):
                faults.append(f"{mark} bars {bar}, and no safeguard of the row guards {' or '.join(BARS[bar])}")
    for kind in ("safeguard", "clock"):
        faults += [f"the {kind} {name} has no row" for name in sorted(law.names[kind] - everything)]
    return faults


# (name, old, new): changes to the table
PLANTED_IN_TABLE = [
    ("a row left out", "| A31 |", "| A131 |"),
    ("a row twice", "| H07 |", "| H06 |"),
    ("a name that does not exist", "`no_court_order`", "`no_order_of_a_court`"),
    ("a safeguard without a row", "`bail_is_looked_at`, ", ""),
    ("a clock without a row", ", `reference_for_bail`", ""),
    ("a bar that the rulebook does not have", "| A30 | judicial review threatened or lodged | REMOVE |",
     "| A30 | judicial review threatened or lodged | REMOVE CLOSE |"),
    ("a row without where or why", "not in force |", "|"),
]
# (name, file, old, new, the row that must be reported): changes to the rulebook
PLANTED_IN_RULEBOOK = [
    ("detention without nurse and doctor", "05-safeguards-7-detention.rules",
     "safeguard health_was_looked_at\n  guards  continue_detention", "safeguard health_was_looked_at\n  guards  confine", "A43"),
    ("a stay without standards", "05-safeguards-5-hub.rules",
     "safeguard standards_are_met\n  guards  hub_transfer, move_to_another_hub, continue_stay",
     "safeguard standards_are_met\n  guards  hub_transfer, move_to_another_hub", "H15"),
    ("a removal without further submissions", "05-safeguards-1-claim-and-appeals.rules",
     "safeguard further_submissions_considered\n  guards  prepare_removal, enforced_removal,",
     "safeguard further_submissions_considered\n  guards  prepare_removal,", "A24"),
    ("a transfer that asks less than a removal", "05-safeguards-4-departure.rules",
     "safeguard fit_to_travel\n  guards  enforced_removal, hub_transfer,", "safeguard fit_to_travel\n  guards  enforced_removal,", "H31"),
]


def law_with_fault(program, folder, file, old, new):
    with tempfile.TemporaryDirectory() as temporary:
        copy = pathlib.Path(temporary) / "uk"
        shutil.copytree(folder, copy)
        text = (copy / file).read_text(encoding="utf-8")
        if old not in text:
            return None
        (copy / file).write_text(text.replace(old, new), encoding="utf-8")
        return Law(program, copy)


def main():
    program, readme_path, folder = sys.argv[1], pathlib.Path(sys.argv[2]), pathlib.Path(sys.argv[3])
    readme = readme_path.read_text(encoding="utf-8")
    law = Law(program, folder)
    tests = []

    def test(held, name, details=()):
        tests.append(held)
        print(f"{'ok' if held else 'not ok'} {len(tests)} - {name}", flush=True)
        for detail in details if not held else ():
            print(f"# {detail}")

    faults = faults_of(readme, law)
    test(not faults, f"{len(IDS)} rows, {len(law.names['safeguard'])} safeguards, {len(law.names['clock'])} clocks", faults)
    for name, old, new in PLANTED_IN_TABLE:
        planted = readme.count(old) > 0
        test(planted and bool(faults_of(readme.replace(old, new), law)), f"a planted fault is seen: {name}")
    for name, file, old, new, expected in PLANTED_IN_RULEBOOK:
        other = law_with_fault(program, folder, file, old, new)
        seen = [] if other is None else faults_of(readme, other)
        test(any(fault.startswith(expected) for fault in seen), f"a planted fault is seen: {name}", [f"no fault of {expected}", *seen])
    print(f"1..{len(tests)}")
    return 0 if all(tests) else 1


if __name__ == "__main__":
    sys.exit(main())
