#!/usr/bin/env python3
"""Do the people of the demonstration agree with the published tables? As TAP.

    agreement_with_tables.py LIST_EVENTS RULES DATA

For each of three seeds, 10,000 people are made. What is expected is calculated here, from the CSV files and with nothing of the
program's own code: for each person the probability of being in a cell, summed over the people. What is found is counted
from the events alone. A cell with 20 or more expected must be found within 4.5 standard deviations; people of one
family are decided together, so the deviation is taken over families. Where the program only fits several published totals that
do not agree with each other (waiting times), the same bound holds for each seed by itself; where it draws from a table directly,
also for the three seeds together, which would find a bias of a quarter of that.

A check that cannot fail is a defect: most checks are run once more over people of whom some were altered, and must find it.
"""
import collections
import csv
import datetime
import subprocess
import sys

SEEDS = (1, 2, 3)
PEOPLE = 10000
TODAY = datetime.date(2026, 11, 23)
LAST_DAY = datetime.date(2023, 12, 31)
BOUND = 4.5
LEAST = 20
YEARS = range(2018, 2024)
QUARTERS = [f"{year}-Q{quarter}" for year in YEARS for quarter in range(1, 5)]


# --- the tables --------------------------------------------------------------------------------------------------------

class Tables:
    def __init__(self, folder):
        self.folder = folder
        self.names, self.code_of = {}, {}
        for row in self.rows("nationality_lookup.csv"):
            self.names[row["nationality"]] = row["nationality_iso3"]
        self.by_code = {code: name for name, code in self.names.items() if code}
        for row in self.rows("demonstration_people.csv"):
            if row["code"]:
                self.by_code[row["code"]] = row["nationality"]
        self.read_claims()
        self.read_waiting()
        self.read_outcomes()
        self.read_appeals()
        self.read_returns_and_support()

    def rows(self, name):
        with open(f"{self.folder}/{name}", newline="", encoding="utf-8") as file:
            yield from csv.DictReader(file)

    def nationality(self, row):
        code = row["nationality_iso3"]
        return self.by_code.get(code) if code else row["nationality"] if row["nationality"] in self.names else None

    def read_claims(self):
        self.level = collections.defaultdict(collections.Counter)
        for row in self.rows("national_quarterly_totals.csv"):
            self.level[row["measure"]][row["quarter"]] = int(row["people"])
        self.claims = {quarter: self.level["claims"][quarter] for quarter in QUARTERS}
        self.all_claims = sum(self.claims.values())
        self.joint = collections.defaultdict(collections.Counter)
        for row in self.rows("claims_joint_annual_nationality_age_sex.csv"):
            cell = (self.nationality(row), row["age_group"], row["sex"], row["uasc"], row["applicant_type"],
                    row["location"])
            self.joint[int(row["year"])][cell] += int(row["claims"])
        self.routes = collections.defaultdict(collections.Counter)
        for row in self.rows("claims_by_quarter_route_of_entry.csv"):
            self.routes[row["quarter"]][row["route"]] += int(row["claims"])

    def marginal(self, year, index):
        """The shares of a year's claims by some parts of the cell."""
        counts = collections.Counter()
        for cell, claims in self.joint[year].items():
            counts[tuple(cell[i] for i in index)] += claims
        total = sum(counts.values())
        return {cell: claims / total for cell, claims in counts.items()}

    def read_waiting(self):
        self.within = {}
        for row in self.rows("processed_within_6_months.csv"):
            if row["sex"] == "All" and row["claim_quarter"] in self.claims:
                self.within[row["claim_quarter"]] = (int(row["completed_within_6_months"])
                                                     / int(row["claims_received"]))
        self.waiting = collections.Counter()
        self.waiting_by_nationality = collections.Counter()
        for row in self.rows("awaiting_decision_by_quarter_nationality.csv"):
            if row["snapshot_date"] == "2023-12-31" and row["stage"] == "Pending initial decision":
                self.waiting[row["duration"]] += int(row["people"])
                self.waiting_by_nationality[self.nationality(row)] += int(row["people"])

    def read_outcomes(self):
        measures = {"grant": "initial_grants", "refusal": "initial_refusals", "withdrawal": "withdrawals",
                    "administrative": "administrative_outcomes"}
        groups = {"Grant of Protection": "grant", "Grant of Other Leave": "grant", "Refused": "refusal",
                  "Withdrawn": "withdrawal", "Administrative Outcome": "administrative"}
        self.national = {year: {outcome: sum(self.level[measure][f"{year}-Q{quarter}"] for quarter in range(1, 5))
                                for outcome, measure in measures.items()} for year in YEARS}
        counts = collections.defaultdict(collections.Counter)
        self.refused_main = collections.Counter()
        for row in self.rows("decisions_by_quarter_nationality.csv"):
            outcome, nationality = groups[row["outcome_group"]], self.nationality(row)
            counts[int(row["quarter"][:4]), nationality][outcome] += int(row["decisions"])
            if outcome == "refusal" and row["applicant_type"] == "Main applicant":
                self.refused_main[nationality] += int(row["decisions"])
        # The nationality's own shares, at the level of the release that levels are taken from.
        self.outcome = {}
        for year in YEARS:
            all_of = collections.Counter()
            for (of_year, _), row in counts.items():
                if of_year == year:
                    all_of.update(row)
            level = self.national[year]
            level_sum, table_sum = sum(level.values()), sum(all_of.values())
            for nationality in self.names:
                row = counts.get((year, nationality), {})
                own = sum(row.values())
                shares = {}
                for outcome in measures:
                    average = level[outcome] / level_sum
                    if own and all_of[outcome]:
                        shares[outcome] = row[outcome] / own * average / (all_of[outcome] / table_sum)
                    else:
                        shares[outcome] = average
                total = sum(shares.values())
                self.outcome[year, nationality] = {outcome: share / total for outcome, share in shares.items()}

    def smoothed(self, part, whole, average):
        return (part + 20 * average) / (whole + 20)

    def read_appeals(self):
        fields = ("initial_refused", "appeals_lodged", "appeals_allowed", "appeals_dismissed", "appeals_withdrawn",
                  "latest_refused", "returns_enforced", "returns_voluntary")
        own = collections.defaultdict(collections.Counter)
        every = collections.Counter()
        for row in self.rows("outcome_cohorts_by_claim_year_nationality.csv"):
            if row["claim_year"] in ("2017", "2018", "2019"):
                numbers = {field: int(row[field]) for field in fields}
                own[self.nationality(row)].update(numbers)
                every.update(numbers)
        self.cohort, self.cohort_all = own, every
        self.lodged = {n: min(0.98, self.smoothed(own[n]["appeals_lodged"], own[n]["initial_refused"],
                                                  every["appeals_lodged"] / every["initial_refused"]))
                       for n in self.names}
        self.appeal_withdrawn = every["appeals_withdrawn"] / (
            every["appeals_allowed"] + every["appeals_dismissed"] + every["appeals_withdrawn"])
        certified = collections.Counter()
        for row in self.rows("section94_certified_by_quarter_nationality.csv"):
            if row["quarter"] >= "2018" and self.nationality(row):
                certified[self.nationality(row)] += int(row["clearly_unfounded_total"])
        average = sum(certified.values()) / sum(self.refused_main.values())
        self.certified = {n: min(0.95, self.smoothed(certified[n], self.refused_main[n], average) / (1 - self.lodged[n]))
                          for n in self.names}
        rows = collections.defaultdict(dict)
        for row in self.rows("appeals_fttiac_by_quarter.csv"):
            if row["case_type"].startswith("Asylum/Protection") and row["quarter"] in self.claims:
                rows[row["quarter"]][row["measure"]] = float(row["value"])
        self.allowed, self.appeal_days = {}, {}
        for year in YEARS:
            quarters = [rows[f"{year}-Q{quarter}"] for quarter in range(1, 5)]
            disposals = sum(row["disposals"] for row in quarters)
            self.allowed[year] = sum(row["allowed_rate_pct"] / 100 * row["disposals"] for row in quarters) / disposals
            self.appeal_days[year] = sum(row["open_caseload"] for row in quarters) / 4 / (disposals / 365)

    def read_returns_and_support(self):
        groups = {"Enforced return": "enforced", "Voluntary return": "voluntary",
                  "Refused entry at port and subsequently departed": "refused_at_port"}
        total = collections.Counter()
        for row in self.rows("returns_asylum_related_by_period.csv"):
            if row["category"] == "Asylum-related" and row["period_end"] >= "2018":
                total[groups[row["return_group"]]] += int(row["returns"])
        port = total["refused_at_port"] / (total["enforced"] + total["voluntary"])
        every = self.cohort_all
        self.returns = {}
        for n in self.names:
            own = self.cohort[n]
            shares = {kind: self.smoothed(own[field], own["latest_refused"], every[field] / every["latest_refused"])
                      for kind, field in (("enforced", "returns_enforced"), ("voluntary", "returns_voluntary"))}
            shares["refused_at_port"] = port * sum(shares.values())
            factor = min(1, 0.95 / sum(shares.values()))
            self.returns[n] = {kind: share * factor for kind, share in shares.items()}
        self.support = collections.Counter()
        for row in self.rows("asylum_support_by_quarter_nationality.csv"):
            if row["snapshot_date"] == "2023-12-31":
                self.support[row["support_type"]] += int(row["people"])


# --- the people --------------------------------------------------------------------------------------------------------

class Person:
    def __init__(self, number, born, claimed):
        self.number, self.family = number, number
        self.born, self.claimed = born, claimed
        self.facts, self.days, self.steps = {}, {}, []
        self.support = []
        self.alone = True

    def step(self, *names):
        """The day of the first of these steps."""
        for name, day in self.steps:
            if name in names:
                return day
        return None

    def prepare(self, tables):
        code = self.facts.get("person.nationality")
        self.nationality = tables.by_code.get(code, code)
        self.year = self.claimed.year
        self.quarter = f"{self.year}-Q{(self.claimed.month + 2) // 3}"
        self.main = self.facts["claim.applicant"] == "main_applicant"
        self.outcome = self.facts.get("claim.initial_outcome")
        self.decided = self.days.get("claim.initial_outcome")
        self.exhausted = self.step("exhaust_appeal_rights")


def day(text):
    return None if text == "-" else datetime.date.fromisoformat(text)


def make_people(program, rules, data, seed, tables):
    run = subprocess.run([program, rules, data, str(PEOPLE), str(seed), TODAY.isoformat()], capture_output=True,
                         text=True, check=True)
    people = {}
    for line in run.stdout.splitlines():
        kind, number, *rest = line.split("\t")
        if kind == "person":
            people[number] = Person(number, day(rest[1]), day(rest[2]))
        elif kind == "family":
            people[number].family = rest[0]
            people[number].alone = False
        elif kind == "fact":
            person = people[number]
            if rest[0] == "support.type":
                person.support.append((rest[2], rest[1]))
            person.facts[rest[0]] = rest[1]
            person.days[rest[0]] = day(rest[2])
        elif kind == "step":
            people[number].steps.append((rest[0], day(rest[3])))
    people = list(people.values())
    for person in people:
        person.prepare(tables)
    return people


def months_later(from_day, months):
    month = from_day.month - 1 + months
    year, month = from_day.year + month // 12, month % 12 + 1
    for last in (from_day.day, 30, 29, 28):
        try:
            return datetime.date(year, month, min(last, from_day.day))
        except ValueError:
            continue


def age_band(person):
    if person.born is None:
        return "Unknown age"
    age = person.claimed.year - person.born.year - (
        (person.claimed.month, person.claimed.day) < (person.born.month, person.born.day))
    for most, name in ((17, "Under 18"), (29, "18-29"), (49, "30-49"), (69, "50-69")):
        if age <= most:
            return name
    return "70+"


# --- comparing ---------------------------------------------------------------------------------------------------------

class Cell:
    def __init__(self):
        self.found = self.expected = self.variance = 0.0

    def add(self, other):
        self.found += other.found
        self.expected += other.expected
        self.variance += other.variance

    def z(self):
        return (self.found - self.expected) / self.variance ** 0.5 if self.variance > 0 else 0.0


def compare(people, found_in, expected_in):
    """found_in(person): the cells the person is in (None: not looked at); expected_in(person): {cell: probability}, one and the
    same dictionary for all to whom it applies.

    The variance is the sum of squares, over families, of what was found less what was expected; but not less than that of people
    who are each decided by themselves, because a few who are all alike would seem to vary by nothing."""
    shares = {}                          # by identity of the dictionary
    found = collections.Counter()        # by (dictionary, family, cell)
    size = collections.Counter()         # by (dictionary, family)
    for person in people:
        cells = found_in(person)
        if cells is None:
            continue
        probabilities = expected_in(person)
        shares[id(probabilities)] = probabilities
        size[id(probabilities), person.family] += 1
        for cell in cells:
            found[id(probabilities), person.family, cell] += 1
    counts = collections.Counter((which, members) for (which, _), members in size.items())
    cells = collections.defaultdict(Cell)
    single = collections.Counter()
    for (which, members), families in counts.items():
        for cell, p in shares[which].items():
            cells[cell].expected += families * members * p
            cells[cell].variance += families * (members * p) ** 2
            single[cell] += families * members * p * (1 - p)
    for (which, family, cell), number in found.items():
        expected = size[which, family] * shares[which].get(cell, 0)
        cells[cell].found += number
        cells[cell].variance += (number - expected) ** 2 - expected ** 2
    for cell, value in cells.items():
        value.variance = max(value.variance, single[cell])
    return cells


def within_by_quarter(tables, person):
    if not person.main or person.quarter not in tables.within:
        return None
    fast = person.decided is not None and person.decided <= months_later(person.claimed, 6)
    return [person.quarter] if fast else []


def waiting_cells(person):
    if person.decided is not None and person.decided <= LAST_DAY:
        return []
    short = person.claimed >= datetime.date(2023, 7, 1)
    return ["6 months or less" if short else "More than 6 months"]


def support_on_last_day(person):
    current = None
    for from_day, kind in person.support:
        if from_day <= LAST_DAY.isoformat():
            current = kind
    return current


def appellant(person):
    """Refused, and so long ago that an appeal would have been lodged."""
    return person.outcome == "refusal" and person.main and person.decided <= TODAY - datetime.timedelta(30)


def ended_appeal(person):
    return person.main and person.step("first_tier_allows", "first_tier_dismisses")


def looked_at_for_return(tables, person):
    return (person.main and person.alone and person.exhausted and person.born and person.nationality
            and tables.names.get(person.nationality) and "claim.unaccompanied_child" not in person.facts
            and age_band(person) not in ("Under 18", "Unknown age")
            and person.outcome == "refusal" and person.exhausted <= TODAY - datetime.timedelta(541))


def checks(tables):
    """(name, is it drawn from the table directly, found_in, expected_in)"""
    quarter_share = {quarter: claims / tables.all_claims for quarter, claims in tables.claims.items()}
    nationality_share = {year: tables.marginal(year, (0,)) for year in YEARS}
    age_share = {year: tables.marginal(year, (1, 2, 4)) for year in YEARS}
    other_share = {year: tables.marginal(year, (3, 5)) for year in YEARS}
    route_names = {"Small Boat": "small_boat", "Clandestine": "clandestine",
                   "Entered Without Relevant Documentation": "without_documents", "Work Visa": "work_visa",
                   "Study Visa": "study_visa", "Visitor Visa": "visitor_visa", "Other Leave": "other_leave",
                   "Other": "other_route"}
    route_share = {quarter: {(quarter, route_names[route]): claims / sum(row.values())
                             for route, claims in row.items()} for quarter, row in tables.routes.items()}
    waiting_share = {duration: people / tables.all_claims for duration, people in tables.waiting.items()}
    waiting_nationality = {n: people / tables.all_claims for n, people in tables.waiting_by_nationality.items()}
    level_share = {(year, outcome): people / tables.all_claims for year in (2021, 2022, 2023)
                   for outcome, people in tables.national[year].items()}
    support_share = {kind: tables.support[name] / tables.all_claims for kind, name in
                     (("section_95", "Section 95"), ("section_98", "Section 98"), ("section_4", "Section 4"))}
    sexes = {"female": "Female", "male": "Male", None: "Unknown Sex"}
    applicants = {"main_applicant": "Main applicant", "dependant": "Dependant"}
    places = {"at_port": "At Port", "in_country": "In Country"}

    within_share = {quarter: {quarter: share} for quarter, share in tables.within.items()}
    by_year_and_nationality = {year: {(year, n): share for (n,), share in row.items()}
                               for year, row in nationality_share.items()}
    outcome_share = {(year, n): {cell: share for outcome, share in row.items()
                                 for cell in ((year, n, outcome), (n, outcome), outcome)}
                     for (year, n), row in tables.outcome.items()}
    lodged_share = {n: {"all": share, n: share} for n, share in tables.lodged.items()}
    certified_share = {n: {"all": share, n: share} for n, share in tables.certified.items()}
    allowed_share = {year: {"all": share, year: share} for year, share in tables.allowed.items()}
    withdrawn_share = {"all": tables.appeal_withdrawn}

    def decided_in_tables(person):
        return person.decided is not None and person.decided <= LAST_DAY

    def year_of_appeal(person):
        return min(2023, ended_appeal(person).year)

    yield ("claims by quarter", True, lambda p: [p.quarter], lambda p: quarter_share)
    yield ("claims by nationality and year", True, lambda p: [(p.year, p.nationality)],
           lambda p: by_year_and_nationality[p.year])
    yield ("claims by age, sex and applicant", True,
           lambda p: [(age_band(p), sexes[p.facts.get("person.sex")], applicants[p.facts["claim.applicant"]])],
           lambda p: age_share[p.year])
    yield ("unaccompanied children and claims at ports", True,
           lambda p: [("UASC" if "claim.unaccompanied_child" in p.facts else "Non-UASC",
                       places[p.facts["claim.lodged"]])],
           lambda p: other_share[p.year])
    yield ("route of entry by quarter", True, lambda p: [(p.quarter, p.facts["arrival.route"])],
           lambda p: route_share[p.quarter])
    yield ("decided within six months, by quarter", False, lambda p: within_by_quarter(tables, p),
           lambda p: within_share[p.quarter])
    yield ("waiting on 31 December 2023, by time waited", False, waiting_cells, lambda p: waiting_share)
    yield ("waiting on 31 December 2023, by nationality", False,
           lambda p: [p.nationality] if waiting_cells(p) else [], lambda p: waiting_nationality)
    yield ("initial outcomes of 2021 to 2023", False,
           lambda p: [(p.decided.year, p.outcome)] if decided_in_tables(p) and p.decided.year >= 2021 else [],
           lambda p: level_share)
    yield ("initial outcomes by year and nationality", True,
           lambda p: [(p.decided.year, p.nationality, p.outcome), (p.nationality, p.outcome), p.outcome]
           if decided_in_tables(p) and p.nationality else None,
           lambda p: outcome_share[p.decided.year, p.nationality])
    yield ("appeals lodged, by nationality", True,
           lambda p: (["all", p.nationality] if p.step("lodge_appeal") else []) if appellant(p) and p.nationality else None,
           lambda p: lodged_share[p.nationality])
    yield ("appeals allowed, by year", False,
           lambda p: (["all", year_of_appeal(p)] if p.step("first_tier_allows") else []) if ended_appeal(p) else None,
           lambda p: allowed_share[year_of_appeal(p)])
    yield ("appeals withdrawn", True,
           lambda p: (["all"] if p.step("withdraw_appeal") else [])
           if p.main and (ended_appeal(p) or p.step("withdraw_appeal")) else None,
           lambda p: withdrawn_share)
    yield ("refusals certified as clearly unfounded", True,
           lambda p: (["all", p.nationality] if p.facts["appeal.right"] == "only_from_abroad" else [])
           if appellant(p) and p.nationality and not p.step("lodge_appeal") else None,
           lambda p: certified_share[p.nationality])
    yield ("returns of the refused, by kind", True,
           lambda p: ([p.facts["return.kind"]] if "return.kind" in p.facts
                      and not p.step("hub_transfer") else []) if looked_at_for_return(tables, p) else None,
           lambda p: tables.returns[p.nationality])
    yield ("people on support on 31 December 2023", False,
           lambda p: [support_on_last_day(p)] if support_on_last_day(p) in support_share else [],
           lambda p: support_share)


def altered(people, alter):
    """Some people changed: what a check must find. `alter` returns what puts the person back."""
    undo = [back for back in (alter(person) for person in people) if back]
    return undo


def put(person, **values):
    before = {name: getattr(person, name) for name in values}
    for name, value in values.items():
        setattr(person, name, value)
    return lambda: [setattr(person, name, value) for name, value in before.items()]


def faults():
    """For the check of this name: a change of some people that it must find."""
    def some(person, part):
        return int(person.number) % part == 0

    def fact(person, name, value):
        return put(person, facts={**person.facts, name: value})

    later = datetime.timedelta(400)
    return {
        "claims by quarter": lambda p: some(p, 3) and p.quarter == "2022-Q3" and put(p, quarter="2022-Q4"),
        "claims by nationality and year": lambda p: some(p, 3) and p.nationality == "Iran" and put(p, nationality="Iraq"),
        "claims by age, sex and applicant": lambda p: some(p, 6) and p.facts.get("person.sex") == "female"
        and fact(p, "person.sex", "male"),
        "route of entry by quarter": lambda p: some(p, 4) and p.facts["arrival.route"] == "small_boat"
        and fact(p, "arrival.route", "clandestine"),
        "decided within six months, by quarter": lambda p: p.decided and p.quarter == "2018-Q2" and some(p, 2)
        and put(p, decided=p.decided + later),
        "waiting on 31 December 2023, by time waited": lambda p: p.decided and some(p, 10)
        and put(p, decided=p.decided + later),
        "waiting on 31 December 2023, by nationality": lambda p: p.decided and p.nationality == "Albania" and some(p, 2)
        and put(p, decided=p.decided + 3 * later),
        "initial outcomes of 2021 to 2023": lambda p: p.outcome == "grant" and some(p, 8) and put(p, outcome="refusal"),
        "initial outcomes by year and nationality": lambda p: p.outcome == "grant" and some(p, 12)
        and put(p, outcome="refusal"),
        "appeals lodged, by nationality": lambda p: p.step("lodge_appeal") and some(p, 8)
        and put(p, steps=[s for s in p.steps if s[0] != "lodge_appeal"]),
        "appeals allowed, by year": lambda p: p.step("first_tier_dismisses") and some(p, 3)
        and put(p, steps=[("first_tier_allows", d) for _, d in p.steps if _ == "first_tier_dismisses"] + p.steps),
        "returns of the refused, by kind": lambda p: p.facts.get("return.kind") == "voluntary" and some(p, 2)
        and fact(p, "return.kind", "enforced"),
        "people on support on 31 December 2023": lambda p: p.support and some(p, 8) and put(p, support=[]),
    }


class Report:
    def __init__(self):
        self.lines, self.count, self.failed = [], 0, 0

    def say(self, good, text):
        self.count += 1
        self.failed += not good
        self.lines.append(f"{'ok' if good else 'not ok'} {self.count} - {text}")

    def note(self, text):
        self.lines.append("# " + text)

    def end(self):
        print("TAP version 13")
        print(f"1..{self.count}")
        print("\n".join(self.lines))
        return 1 if self.failed else 0


def worst(cells):
    """The cell with enough expected that is farthest off, and how many there are."""
    looked_at = [(abs(cell.z()), name, cell) for name, cell in cells.items() if cell.expected >= LEAST]
    return (max(looked_at, key=lambda item: item[0]) if looked_at else (0.0, None, Cell())), len(looked_at)


def check_seeds(report, tables, seeds):
    report.note(f"{'check':46} {'cells':>5} {'worst z':>8}  found / expected, where")
    for name, direct, found_in, expected_in in checks(tables):
        pooled = collections.defaultdict(Cell)
        farthest, most_cells = (0.0, None, Cell()), 0
        for people in seeds:
            cells = compare(people, found_in, expected_in)
            for cell, value in cells.items():
                pooled[cell].add(value)
            of_seed, count = worst(cells)
            farthest, most_cells = max(farthest, of_seed, key=lambda item: item[0]), max(most_cells, count)
        if direct:
            farthest = max(farthest, worst(pooled)[0], key=lambda item: item[0])
        z, where, cell = farthest
        report.note(f"{name:46} {most_cells:5d} {cell.z():8.2f}  {cell.found:.0f} / {cell.expected:.1f}, {where}")
        report.say(most_cells > 0 and z < BOUND, f"{name}: every cell within {BOUND} standard deviations")


def check_tribunal_waits(report, tables, seeds):
    """The mean wait for the First-tier Tribunal by year of the appeal, against open cases over disposals a day."""
    waits = collections.defaultdict(list)
    for people in seeds:
        for person in people:
            end = person.step("first_tier_allows", "first_tier_dismisses", "withdraw_appeal")
            begun = person.step("lodge_appeal")
            if person.main and end and begun.year in tables.appeal_days:
                waits[begun.year].append((end - begun).days)
    far = 0
    for year, days in sorted(waits.items()):
        if len(days) < LEAST:
            continue
        mean = sum(days) / len(days)
        deviation = (sum((d - mean) ** 2 for d in days) / (len(days) - 1) / len(days)) ** 0.5
        far = max(far, abs(mean - tables.appeal_days[year]) / deviation)
        report.note(f"wait for the tribunal, appeals of {year}: {mean:.0f} days, expected {tables.appeal_days[year]:.0f}")
    report.say(0 < far < BOUND, "mean wait for the tribunal, by year")


def check_faults(report, tables, people):
    alterations = faults()
    for name, _, found_in, expected_in in checks(tables):
        if name not in alterations:
            continue
        undo = altered(people, alterations[name])
        (z, _, _), _ = worst(compare(people, found_in, expected_in))
        for back in undo:
            back()
        report.say(z >= BOUND, f"{name}: a planted fault is found (z {z:.1f})")


def main():
    program, rules, data = sys.argv[1:4]
    tables = Tables(data)
    report = Report()
    seeds = [make_people(program, rules, data, seed, tables) for seed in SEEDS]
    check_seeds(report, tables, seeds)
    check_tribunal_waits(report, tables, seeds)
    check_faults(report, tables, seeds[0])
    return report.end()


if __name__ == "__main__":
    sys.exit(main())
