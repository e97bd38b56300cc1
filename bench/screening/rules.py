#!/usr/bin/env python3
"""Writes the workload of the screening bench as a rulebook: bench/screening/rules.py > bench/screening/screening.rules

Written by a program because the agreements are ten lists of about a hundred nationalities; a test sees that the two agree.
The countries carry codes that ISO 3166-1 leaves to users (QMA to QZZ): no agreement here is one of a real country.
"""
import os
import re
import string

HERE = os.path.dirname(os.path.abspath(__file__))
HUBS = [f"hub_{number}" for number in range(10)]
ROUTES = ["ordinary", "accelerated", "inadmissible"]
STATUSES = ["pending", "refused", "final", "withdrawn", "closed"]
CHOICES = {"transfer.hub": HUBS, "procedure.route": ROUTES, "procedure.status": STATUSES}
TYPES = {"DATE": "date", "NUMBER": "number", "COUNTRY": "country"}
CODES = [f"Q{second}{third}" for second in "MNOPQRSTUVWXYZ" for third in string.ascii_uppercase][:200]


def agreements():
    with open(os.path.join(HERE, "agreements.def"), encoding="utf-8") as file:
        return [int(number) for number in re.findall(r"\d+(?=,)", file.read().split("*/")[1])]


def columns():
    """(column, fact, kind) in the order of workload.def; the kind is FLAG, CHOICE, NUMBER, COUNTRY or DATE."""
    with open(os.path.join(HERE, "workload.def"), encoding="utf-8") as file:
        for line in file:
            match = re.match(r'(FLAG|CELL)\((?:(\w+), \w+, )?(\w+), "([\w.]+)"', line)
            if match:
                yield match.group(3), match.group(4), match.group(2) or "FLAG"


def wrapped(words, indent):
    """Words joined by commas, on lines of at most about a hundred characters."""
    lines = [""]
    for word in words:
        if len(lines[-1]) > 90:
            lines.append("")
        lines[-1] += word + ", "
    return (" \n" + indent).join(lines).replace(" \n", "\n").rstrip(", ")


def outside_agreement():
    lists = []
    for number, hub in enumerate(HUBS):
        covered = [code for code, hubs in zip(CODES, agreements()) if hubs >> number & 1]
        lists.append(f"(transfer.hub = {hub} and person.nationality in (\n        {wrapped(covered, ' ' * 8)}))")
    # An agreement that covers a nationality covers nobody until it is known which hub is meant: the last line is
    # unknown as long as the hub is, and adds nothing once it is known.
    return "\n    or ".join(lists) + f"\n    or not transfer.hub in ({', '.join(HUBS)})"


# name, reason, clear when, facts given so that it is clear, barred, unknown
SAFEGUARDS = [
    ("no_appeal_pending", "An appeal is pending.", "not appeal.pending",
     "appeal.pending = no", "appeal.pending = yes", "appeal.pending unknown"),
    ("appeal_time_over", "The refusal can still be appealed.",
     "not (procedure.status = refused and time_to_appeal is running)",
     "procedure.status = refused, procedure.route = ordinary, decision.served_on = 2026-08-20",
     "procedure.status = refused, procedure.route = ordinary, decision.served_on = 2026-08-21",
     "procedure.status = refused, decision.served_on = 2026-08-20"),
    ("notice_given", "The notice was served fewer than five working days ago.",
     "not 5 working days (bank_days) after notice.served_on > today",
     "notice.served_on = 2026-08-31", "notice.served_on = 2026-09-01", "notice.served_on unknown"),
    ("no_trafficking_referral", "The person was referred as a possible victim of trafficking.", "not trafficking.referred",
     "trafficking.referred = no", "trafficking.referred = yes", "trafficking.referred unknown"),
    ("adult", "The person is a child.", "not (person.minor or person.age < 18)",
     "person.minor = no, person.age = 18", "person.age = 17", "person.minor = no"),
    ("best_interests", "The best interests of the children were not assessed.",
     "not (family.children and not family.best_interests_assessed)",
     "family.best_interests_assessed = yes", "family.children = yes, family.best_interests_assessed = no", "family.children = yes"),
    ("age_settled", "The person's age is disputed.", "not person.age_disputed",
     "person.age_disputed = no", "person.age_disputed = yes", "person.age_disputed unknown"),
    ("no_injunction", "A court forbids the removal.", "not court.injunction",
     "court.injunction = no", "court.injunction = yes", "court.injunction unknown"),
    ("no_further_submissions", "Further submissions are undecided.", "not claim.further_submissions",
     "claim.further_submissions = no", "claim.further_submissions = yes", "claim.further_submissions unknown"),
    ("fit_to_fly", "The person is not fit to fly.", "not (not health.fit_to_fly)",
     "health.fit_to_fly = yes", "health.fit_to_fly = no", "health.fit_to_fly unknown"),
    ("recent_assessment_of_the_frail", "The fitness of a frail person was last assessed more than fourteen days ago.",
     "not (14 days after assessment.fitness_on < today\n    and (health.pregnant or health.hold or person.age >= 65))",
     "assessment.fitness_on = 2026-08-24", "assessment.fitness_on = 2026-08-23, person.age = 65", "person.age = 65"),
    ("covered_by_agreement", "The agreement of the hub does not cover the person's nationality.", None,
     "transfer.hub = hub_3, person.nationality = QMA", "transfer.hub = hub_3, person.nationality = QMB",
     "person.nationality = QMA"),
    ("place_at_hub", "The hub is full.", "not transfer.hub in (hub_3, hub_7)",
     "transfer.hub = hub_2", "transfer.hub = hub_7", "transfer.hub unknown"),
    ("recent_assessment_of_refoulement", "The risk of refoulement was last assessed more than 180 days ago.",
     "not 180 days after assessment.refoulement_on < today",
     "assessment.refoulement_on = 2026-03-11", "assessment.refoulement_on = 2026-03-10", "assessment.refoulement_on unknown"),
    ("decision_in_force", "No decision to return is in force.", "not procedure.status in (pending, withdrawn)",
     "procedure.status = final", "procedure.status = withdrawn", "procedure.status unknown"),
    ("no_medical_hold", "A doctor put the removal on hold.", "not health.hold",
     "health.hold = no", "health.hold = yes", "health.hold unknown"),
    ("pregnancy_assessed", "The fitness of a pregnant person was last assessed more than seven days ago.",
     "not (health.pregnant and 7 days after assessment.fitness_on < today)",
     "assessment.fitness_on = 2026-08-31", "health.pregnant = yes, assessment.fitness_on = 2026-08-30", "health.pregnant = yes"),
    ("lawyer_for_claims_of_torture", "A claim of torture is made without legal aid.",
     "not (claim.torture and not lawyer.legal_aid)",
     "claim.torture = no", "claim.torture = yes, lawyer.legal_aid = no", "claim.torture = yes"),
    ("heard_and_offered", "No interpreter was present, or no voluntary return was offered.",
     "not (not interview.interpreter or not return.offered)",
     "interview.interpreter = yes, return.offered = yes", "return.offered = no", "return.offered = yes"),
    ("no_prosecution", "A prosecution is under way.", "not court.prosecution",
     "court.prosecution = no", "court.prosecution = yes", "court.prosecution unknown"),
    ("statelessness_settled", "A claim of statelessness is open and there is no travel document.",
     "not (claim.stateless and not document.held)",
     "document.held = yes", "claim.stateless = yes, document.held = no", "claim.stateless = yes"),
    ("document_lasts", "There is no travel document that is valid for thirty days.",
     "not (not (document.held and document.expires_on >= 30 days after today))",
     "document.held = yes, document.expires_on = 2026-10-07", "document.held = yes, document.expires_on = 2026-10-06",
     "document.held = yes"),
    ("detention_not_too_long", "The person has been detained for more than 180 days.",
     "not (detention.detained and detention.days > 180)",
     "detention.detained = yes, detention.days = 180", "detention.detained = yes, detention.days = 181", "detention.detained = yes"),
    ("guaranteed", "The hub gave no guarantee for a person at risk.",
     "not (not transfer.guarantee\n    and (claim.torture or (family.dependants > 0 and family.children)))",
     "transfer.guarantee = yes", "transfer.guarantee = no, family.dependants = 1, family.children = yes", "claim.torture = yes"),
]

HEAD = '''# The workload of the screening bench. Written by bench/screening/rules.py; not law, and in use nowhere.

rulebook screening_bench
  title "Workload of the screening bench"
  in force from 2026-09-07

holidays bank_holidays
  source "Definition of the workload"
  2026-08-31 "Summer bank holiday"

calendar bank_days
  "Working days of the workload"
  source   "Definition of the workload"
  weekend  saturday, sunday
  holidays bank_holidays
  from     2020-01-01
  until    2035-12-31

stage refused "Refused" start
stage transferred "Transferred" outcome

step transfer "Transfer to a hub"
  from refused
  to   transferred

clock time_to_appeal
  "Time to appeal"
  source "Definition of the workload, safeguard 1"
  runs   10 working days (bank_days) after decision.served_on when procedure.route = ordinary
  runs   5 working days (bank_days) after decision.served_on when procedure.route != ordinary
'''


def main():
    print(HEAD)
    for code, number in zip(CODES, range(200)):
        print(f'country {code} "Nationality {number}"')
    print()
    for _, fact, kind in columns():
        title = fact.replace(".", ", ").replace("_", " ").capitalize()
        if kind == "CHOICE":
            print(f'fact {fact}\n  "{title}"\n  one of {", ".join(CHOICES[fact])}\n')
        else:
            print(f'fact {fact} : {TYPES.get(kind, "flag")}\n  "{title}"\n')
    for number, (name, reason, condition, clear, barred, unknown) in enumerate(SAFEGUARDS):
        print(f'safeguard {name}\n  guards transfer\n  source "Definition of the workload, safeguard {number}"\n  reason "{reason}"')
        print(f"  clear when {condition or outside_agreement()}")
        for answer, given in (("clear", clear), ("barred", barred), ("unknown", unknown)):
            print(f'  example "{answer}"\n    given {given}\n    then {answer}')
        print(end="" if number == len(SAFEGUARDS) - 1 else "\n")


if __name__ == "__main__":
    main()
